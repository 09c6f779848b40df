// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What happens to a thread between its calls: signals that reach it, its end. */
#include "emit.h"
#include "scope.h"

#define SIGINFO 48		/* bytes of a struct kernel_siginfo, which begins as a siginfo_t does */
#define SIGCONT 18
#define IGNORED 1		/* TRACE_SIGNAL_IGNORED */

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct note);
} notes SEC(".maps");

static __always_inline struct note *note_of(struct task_struct *t)
{
#if OLD
	if (config.bare) {
		struct stage *st = stage_of(t);

		if (!st)
			return NULL;
		asm volatile("" : "+r"(st));	/* not before it is known to be one */
		return &st->note;
	}
#endif
	return bpf_task_storage_get(&notes, t, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/* The note of a task, which need not be the current one; NULL: there is no memory, which is counted. */
static __always_inline struct rec *note_get(struct task_struct *t, u32 event)
{
	struct note *note = note_of(t);
	struct rec *n;

	if (!note) {
		if (!twin()) {
			count(event, EVENT_MADE);
			count(event, LOST_NO_MEMORY);
		}
		return NULL;
	}
	n = (void *)note->rec;
	header(&n->h, t, event, NONE, 0);
	n->h.flags = 0;
	n->h.duration = 0;
	n->h.items = 0;
	for (u32 i = 0; i < LYM_CELLS; i++)
		n->cell[i] = 0;
	return n;
}

static __always_inline void signal(struct task_struct *t, int sig, u64 info, bool ignored)
{
	struct rec *n;
	struct lym_item *i;

	if (!other_in_scope(t))
		return;
	n = note_get(t, LYM_EV_signal_deliver);
	if (!n)
		return;
	n->cell[0] = sig;
	n->cell[1] = info;
	n->cell[2] = ignored;
	i = (void *)n->area;
	*i = (struct lym_item){ .field = 1, .kind = LYM_VALUE, .flags = LYM_I_KERNEL, .len = SIGINFO, .full = SIGINFO };
	if (info <= 1 || bpf_probe_read_kernel(i + 1, SIGINFO, (void *)info)) {	/* 0: from a process, 1: the kernel, neither with more */
		u64 *w = (void *)(i + 1);

		w[0] = sig;
		w[1] = info ? 0x80 : 0;	/* SI_KERNEL, SI_USER */
		w[2] = w[3] = w[4] = w[5] = 0;
	}
	/* what lets a program go that Lymer has started is none of its affair */
	if (sig == SIGCONT && (u32)((u64 *)(i + 1))[2] == config.tracer)
		return;
	n->h.items = 1;
	emit_rec(n, ITEM + SIGINFO);
}

SEC("tp_btf/signal_deliver")
int ALONE_PROG(delivered, int sig, void *info, void *action)
{
	signal(current_task(), sig, (u64)info, false);
	return 0;
}

/* The kernel throws away at once what nobody would be told of. */
SEC("tp_btf/signal_generate")
int ALONE_PROG(generated, int sig, void *info, struct task_struct *t, int group, int result)
{
	if (result == IGNORED)
		signal(t, sig, (u64)info, true);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int ALONE_PROG(ended, struct task_struct *t)
{
	struct stage *st;
	struct rec *n;

	if (!in_scope(t))
		return 0;
	n = note_get(t, LYM_EV_sched_process_exit);
	if (!n || marked(&((struct note *)n)->ran))
		return 0;
	leave_mark(&((struct note *)n)->ran);
	st = stage_get(t, false);
	if (st && st->entered && st->told) {	/* in the midst of a call that has been told as blocked */
		n->h.syscall = st->number;
		n->h.flags = LYM_F_TOLD | (compat(st) ? LYM_F_COMPAT : 0);
		n->cell[5] = row_at(st->nr)->event;	/* which call, for a number can be several */
	}
	n->cell[0] = GET(t, exit_code) >> 8 & 0xff;
	n->cell[1] = GET(t, exit_code) & 0x7f;
	n->cell[2] = GET(t, exit_code) >> 7 & 1;
	n->cell[3] = GET(GET(t, signal), live.counter) == 0;
	if (bpf_core_field_exists(struct signal_struct, group_exec_task) && GET(t, pid) == GET(t, tgid)) {
		struct task_struct *by = GET(GET(t, signal), group_exec_task);

		n->cell[4] = by && by != t ? GET(by, pid) : 0;
	}
	emit_rec(n, 0);
	return 0;
}
