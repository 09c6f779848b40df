/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The message that is being received, and receives that no system call asks for. */
#ifndef LYM_IMPLICIT_H
#define LYM_IMPLICIT_H

#include "stage.h"

/* Forget the message under way; what is in the area already stays. */
static __always_inline void message_reset(struct stage *st)
{
	st->got = st->full = st->copies = st->peeked = st->ambiguous = st->whole = 0;
	st->orphan = st->head_own = 0;
	st->kaddr.set = st->kaddr.len = st->from.set = st->from.len = 0;
}

/*
 * A receive that belongs to no call we follow (io_uring, splice) begins with its first hook and ends with its length. The
 * kernel may do it in the midst of a send of the same task, whose stage is put aside then.
 */
static __always_inline void implicit_begin(struct stage *st, u64 sk)
{
	struct aside *a = &st->aside;

	if (st->implicit && (st->sk == sk || !st->sk)) {
		st->sk = sk;
		return;
	}
	if (st->entered) {
		a->entered = st->entered;
		a->sk = st->sk;
		a->inode = st->inode;
		a->flags = st->flags;
		a->len = st->len;
		a->items = st->items;
		a->nmsg = st->nmsg;
		addr_copy(&a->kaddr, &st->kaddr);
		addr_copy(&a->from, &st->from);
		st->entered = 0;
	} else {
		st->len = st->items = 0;
	}
	message_reset(st);
	st->implicit = 1;
	st->flags = st->nmsg = 0;
	st->room = NONE;
	st->sk = sk;
	st->inode = 0;
	st->uring.ptr = 0;
}

static __always_inline void implicit_end(struct stage *st)
{
	struct aside *a = &st->aside;

	message_reset(st);
	st->implicit = 0;
	if (!a->entered)
		return;
	st->entered = a->entered;
	st->sk = a->sk;
	st->inode = a->inode;
	st->flags = a->flags;
	st->len = a->len;
	st->items = a->items;
	st->nmsg = a->nmsg;
	addr_copy(&st->kaddr, &a->kaddr);
	addr_copy(&st->from, &a->from);
	st->sk_sure = st->sock_len = 0;
	a->entered = 0;
}

#endif
