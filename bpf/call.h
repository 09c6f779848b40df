/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The system call that a task is in, and the stage made ready for it. */
#ifndef LYM_CALL_H
#define LYM_CALL_H

#include "sock.h"

static __always_inline const volatile struct lym_row *row_of(u64 nr)
{
	return nr < LYM_SYSCALLS ? &rows[bound(nr, LYM_SYSCALLS - 1)] : NULL;
}

/* The call under way gets a record of its own. */
static __always_inline bool row_wanted(struct stage *st)
{
	return rows[bound(st->nr, LYM_SYSCALLS - 1)].when & ROW_WANTED;
}

#define ENTERED_UNSEEN 1	/* stage.entered of a call whose beginning we missed */
#define ENTERED 2		/* of one that nobody wants to know the time of */

/* Start over for a new call. */
static __always_inline void begin(struct stage *st, struct pt_regs *regs, u32 nr, const volatile struct lym_row *row)
{
	REGS_ARGS(regs, st->args);
	st->nr = nr;
	st->role = row->role;
	st->flags = row->flags_arg < 6 ? st->args[bound(row->flags_arg, 5)] : 0;
	st->sk = st->inode = st->sk_sure = st->sock_len = 0;
	st->len = st->items = st->nmsg = st->msg_at = 0;
	st->got = st->full = st->copies = st->peeked = st->ambiguous = st->whole = 0;
	st->implicit = st->aside.entered = 0;
	st->oob = st->len_in = st->waiting = 0;
	st->room = NONE;
	st->kaddr.set = st->kaddr.len = st->from.set = st->from.len = 0;
	st->head.skb = 0;
	st->rec.h.event = row->event;
}

/* We came while the call was running (attached in its midst): what the registers tell is still there. False: the task is
 * in no call of that role (ROLE_NONE: any), so whatever socket hook fires belongs to io_uring. */
static __always_inline bool begin_late(struct stage *st, struct task_struct *t, u32 role)
{
	struct pt_regs *regs = (void *)bpf_task_pt_regs(t);
	u64 nr = REGS_NR(regs);
	const volatile struct lym_row *row;

	if ((t->flags & PF_IO_WORKER) || (t->thread_info.status & TS_COMPAT) || nr >= LYM_SYSCALLS)
		return false;
	row = &rows[bound(nr, LYM_SYSCALLS - 1)];
	if (!(row->when & ROW_ENTER) || (role && row->role != role))
		return false;
	begin(st, regs, nr, row);
	st->entered = ENTERED_UNSEEN;
	if (row->role != ROLE_NONE)
		st->sk = fd_sock(t, st->args[0], &st->inode, &st->refs);
	return true;
}

#endif
