// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Calls that block. */
#include "call.h"
#include "emit.h"
#include "scope.h"

#define STOPPED (0x4 | 0x8)	/* by a signal or a tracer, at the border of a call: it does not wait in it */

int exit_socket(void);

/* Of the task that goes, and no longer to be believed in itself, except before 5.18, where the tracepoint does not tell it. */
static __always_inline unsigned int state_of(unsigned long long *ctx, struct task_struct *t)
{
#if OLD
	if (config.bare)
		return bpf_core_field_exists(struct task_struct, __state) ? GET(t, __state) : GET((struct task_struct___state *)t, state);
#endif
	return ctx[3];
}

/*
 * A call blocks: what it was given is told now, besides all of it when it returns. The task still runs, with its memory, so its
 * stage is its own; whatever grows in there goes on where it was. A new stage cannot be made in here: `forked` has.
 */
SEC("tp_btf/sched_switch")
int BPF_PROG(blocked, bool preempt, struct task_struct *prev)
{
	unsigned int state = state_of(ctx, prev);
	struct task_struct *t = current_task();
	const volatile struct lym_row *row;
	struct pt_regs *regs;
	struct stage *st;
	u32 len, items, cut, at;
	u64 nr;

	if (preempt || !state || state & STOPPED || (GET(t, flags) & (PF_IO_WORKER | PF_KTHREAD | PF_EXITING)))
		return 0;
	st = stage_in_scope(t, false, NO_EVENT);
	if (!st)
		return 0;
	regs = task_regs(st, t);
	nr = REGS_NR(regs);
	if (nr >= LYM_SYSCALLS)
		return 0;
	at = COMPAT(t) ? LYM_COMPAT + nr : nr;
	if (st->entered && st->nr != at && (row_at(at)->when & row_at(st->nr)->when & ROW_EXEC ||
					    (row_at(at)->mux && compat(st) && st->number == nr)))
		at = st->nr;
	forget(st, at);
	row = row_at(at);
	if (!row->mux && (row->when & (ROW_WANTED | ROW_LAST)) != ROW_WANTED)
		return 0;
	if (!st->entered || st->nr != at) {
		if (!REGS_INSIDE(regs))		/* it has returned, and something else is done on the way out */
			return 0;
		at = begin(st, regs, at);
		row = row_at(at);
		if (!(row->when & ROW_WANTED)) {
			st->entered = 0;
			return 0;
		}
		if (row->role == ROLE_SEND || row->role == ROLE_SOCK)
			st->sk = fd_sock(t, st->args[0], &st->inode);
	}
	if (st->told)
		return 0;
	st->told = LYM_F_TOLD;
	len = st->len;
	items = st->items;
	cut = st->cut;
	header(&st->rec.h, t, row->event, st->number, -1);
	st->rec.h.flags = LYM_F_ENTER | abi(st);
	st->rec.h.duration = config.duration && st->entered > ENTERED ? bpf_ktime_get_ns() - st->entered : 0;
	move_words(st->rec.cell, st->args, LYM_CELLS);
	if (row->role == ROLE_SEND && !st->sk_sure && st->sk) {	/* what is sent is told by the socket's kind */
		exit_socket();
		item_sock(st, st);
	}
	for (u32 i = 0; config.after && i < 6; i++)
		if (row->out & (1 << i) && row->cap[i] != CAP_MSG_OUT)
			exit_arg(i, row->cap[i], -1);
	emit(st);
	st->len = len;
	st->items = items;
	st->cut = cut;
	return 0;
}
