/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The system call that a task is in, and the stage made ready for it. */
#ifndef LYM_CALL_H
#define LYM_CALL_H

#include "sock.h"

/* The row of a number; what is in no table has the last one. */
static __always_inline const volatile struct lym_row *row_of(u64 nr)
{
	return &rows[masked(nr < LYM_SYSCALLS ? nr : LYM_SYSCALLS - 1, LYM_SYSCALLS - 1)];
}

/* The call under way gets a record of its own. */
static __always_inline bool row_wanted(struct stage *st)
{
	return rows[masked(st->nr, LYM_SYSCALLS - 1)].when & ROW_WANTED;
}

#define ENTERED_UNSEEN 1	/* stage.entered of a call whose beginning we did not look at */
#define ENTERED 2		/* of one that nobody wants to know the time of */

/* Start over for a new call. */
static __always_inline void begin(struct stage *st, struct pt_regs *regs, u32 nr, const volatile struct lym_row *row)
{
	REGS_ARGS(regs, st->args);
	st->entered = ENTERED_UNSEEN;
	st->nr = nr;
	st->role = row->role;
	st->flags = row->flags_arg < 6 ? st->args[masked(row->flags_arg, ARGS - 1)] : 0;
	st->room = NONE;
	if (row->cap[1] == CAP_BUF_OUT)
		st->room = st->args[2] < NONE ? st->args[2] : NONE;
	st->sk = st->inode = st->sk_sure = st->sock_len = 0;
	st->len = st->items = st->nmsg = st->msg_at = 0;
	st->got = st->full = st->copies = st->peeked = st->ambiguous = st->whole = st->orphan = st->head_own = 0;
	st->implicit = st->aside.entered = st->cut = 0;
	st->len_in = st->in_read = st->out_flags = st->told = 0;
	st->kaddr.set = st->kaddr.len = st->from.set = st->from.len = 0;
	st->rec.h.event = row->event;
}

/*
 * A hook below the call comes first: calls that need no look at their beginning begin here, and so do those in whose midst
 * tracing began; the registers still have the arguments. False: the task is in no call of that role (ROLE_NONE: any), so
 * whatever socket hook fires belongs to io_uring.
 */
static __always_inline bool begin_late(struct stage *st, struct task_struct *t, u32 role)
{
	struct pt_regs *regs = (void *)bpf_task_pt_regs(t);
	u64 nr = REGS_NR(regs);
	const volatile struct lym_row *row;

	if ((GET(t, flags) & PF_IO_WORKER) || COMPAT(t) || nr >= LYM_SYSCALLS)
		return false;
	row = &rows[masked(nr, LYM_SYSCALLS - 1)];
	if (role ? row->role != role : row->role == ROLE_NONE)
		return false;
	begin(st, regs, nr, row);
	return true;
}

#endif
