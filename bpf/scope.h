/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Who is traced: the first question of every program. Terms that are not in use cost nothing (read-only data). */
#ifndef LYM_SCOPE_H
#define LYM_SCOPE_H

#include "stage.h"

#define NO_EVENT LYM_EV_MAX

static __always_inline bool comm_is(const char *a, const volatile char *b)
{
	for (int i = 0; i < 16; i++) {
		if (a[i] != b[i])
			return false;
		if (!a[i])
			return true;
	}
	return true;
}

static __always_inline bool term_holds(struct task_struct *t, const volatile struct lym_scope_term *s)
{
	bool in = false;
	char comm[16];
	u64 v = 0;

	switch (s->kind) {
	case SCOPE_TREE:
		if (t->flags & PF_IO_WORKER)	/* an io_uring worker acts for the process that owns it */
			in = bpf_task_storage_get(&tree, t->group_leader, 0, 0) != NULL;
		else
			in = bpf_task_storage_get(&tree, t, 0, 0) != NULL;
		return in != !!s->negate;
	case SCOPE_PID:
		v = t->tgid;
		break;
	case SCOPE_UID:
		v = (u32)bpf_get_current_uid_gid();
		break;
	case SCOPE_COMM:
		bpf_get_current_comm(comm, sizeof(comm));
		for (int i = 0; i < LYM_SCOPE_VALUES; i++)
			if (i < s->count && comm_is(comm, s->comm[i]))
				in = true;
		return in != !!s->negate;
	case SCOPE_CGROUP:
		for (int level = 0; level < 16 && !in; level++) {
			v = bpf_get_current_ancestor_cgroup_id(level);
			if (!v)
				break;
			for (int i = 0; i < LYM_SCOPE_VALUES; i++)
				if (i < s->count && v == s->value[i])
					in = true;
		}
		return in != !!s->negate;
	}
	for (int i = 0; i < LYM_SCOPE_VALUES; i++)
		if (i < s->count && v == s->value[i])
			in = true;
	return in != !!s->negate;
}

static __always_inline bool in_scope(struct task_struct *t)
{
#pragma unroll
	for (int i = 0; i < LYM_SCOPE_TERMS; i++)
		if (i < config.terms && !term_holds(t, &terms[i]))
			return false;
	return true;
}

/*
 * The stage of the current task if that is in scope, else NULL; create: make one where there is none, and count an event
 * that was made in vain if there is no memory. A task whose scope cannot change (config.sticky) is asked once, for it has
 * a stage only if the answer was yes.
 */
static __always_inline struct stage *stage_in_scope(struct task_struct *t, bool create, u32 event)
{
	struct stage *st;

	if (!config.sticky && !in_scope(t))
		return NULL;
	st = stage_get(t, false);
	if (st || (config.sticky && !in_scope(t)) || !create)
		return st;
	st = stage_get(t, true);
	if (!st && event != NO_EVENT) {
		count(event, EVENT_MADE);
		count(event, LOST_NO_MEMORY);
	}
	return st;
}

#endif
