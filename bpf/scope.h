/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Who is traced: the first question of every program. Terms that are not in use cost nothing (read-only data). */
#ifndef LYM_SCOPE_H
#define LYM_SCOPE_H

#include "stage.h"

#define NO_EVENT LYM_EV_MAX

/* What stands behind the final 0 does not count. */
static __always_inline bool comm_is(const u64 *comm, const volatile char *name)
{
	const char *c = (const char *)comm;

#pragma nounroll
	for (int i = 0; i < 16; i++) {
		if (c[i] != name[i])
			return false;
		if (!c[i])
			return true;
	}
	return true;
}

/* Is one of the values that of the task's cgroup or of one above it? */
static __always_inline bool cgroup_in(struct task_struct *t, const volatile struct lym_scope_term *s)
{
	struct cgroup *g = GET(GET(t, cgroups), dfl_cgrp);
#if OLD
	bool ids = !bpf_core_field_exists(struct cgroup, ancestors);
	u64 ancestors = (u64)g + (ids ? bpf_core_field_offset(struct cgroup___ids, ancestor_ids) : bpf_core_field_offset(struct cgroup, ancestors));
#else
	const bool ids = false;
	u64 ancestors = (u64)g + bpf_core_field_offset(struct cgroup, ancestors);
#endif
	int level = GET(g, level);

#pragma nounroll
	for (int l = 0; l < 32 && l <= level; l++) {
		struct cgroup *up = (void *)load64(ancestors + l * sizeof(void *));
		u64 id = ids ? (u64)up : GET(GET(up, kn), id);

#pragma nounroll
		for (int i = 0; i < LYM_SCOPE_VALUES && i < s->count; i++)
			if (id == s->value[i])
				return true;
	}
	return false;
}

/* A term of any kind but SCOPE_TREE. */
static __always_inline bool term_holds(struct task_struct *t, const volatile struct lym_scope_term *s)
{
	u64 v = 0, comm[2] = {};
	bool in = false;

	switch (s->kind) {
	case SCOPE_PID:
		v = GET(t, tgid);
		break;
	case SCOPE_UID:
		v = GET(GET(t, cred), uid.val);
		break;
	case SCOPE_COMM:
		load_words(comm, (u64)t + bpf_core_field_offset(struct task_struct, comm), 2);
#pragma nounroll
		for (int i = 0; i < LYM_SCOPE_VALUES && i < s->count; i++)
			if (comm_is(comm, s->comm[i]))
				in = true;
		return in != !!s->negate;
	case SCOPE_CGROUP:
		return cgroup_in(t, s) != !!s->negate;
	}
#pragma nounroll
	for (int i = 0; i < LYM_SCOPE_VALUES && i < s->count; i++)
		if (v == s->value[i])
			in = true;
	return in != !!s->negate;
}

/* All terms but those that look for the task's mark: of the task at that address. */
__noinline int terms_hold(u64 task)
{
#pragma nounroll
	for (int i = 0; i < LYM_SCOPE_TERMS && i < config.terms; i++)
		if (terms[i].kind != SCOPE_TREE && !term_holds((void *)task, &terms[i]))
			return false;
	return true;
}

/* Is it marked, as far as that is asked? */
static __always_inline bool marks_hold(struct task_struct *t)
{
	bool in;

	if (!config.marked && !config.unmarked)
		return true;
	in = tree_has(t);
	return !(config.marked && !in) && !(config.unmarked && in);
}

/* Is the current task traced? */
static __always_inline bool in_scope(struct task_struct *t)
{
	return marks_hold(t) && (!config.looks || terms_hold(bpf_get_current_task()));
}

/* Is another one? */
static __always_inline bool other_in_scope(struct task_struct *t)
{
	u64 address = 0;

	if (!marks_hold(t))
		return false;
	if (!config.looks)
		return true;
	bpf_probe_read_kernel(&address, sizeof(address), &t);	/* as a number */
	return terms_hold(address);
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
