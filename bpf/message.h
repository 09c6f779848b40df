/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* User-space struct msghdr and mmsghdr: what the caller asked for, and where its buffers lie. */
#ifndef LYM_MESSAGE_H
#define LYM_MESSAGE_H

#include "area.h"

#define SOL_SOCKET 1
#define NAMELEN 8	/* offset of msg_namelen */
#define MSGHDR_SIZE 56
#define MMSGHDR_SIZE 64
#define NAMELEN32 4
#define MSGHDR_SIZE32 28
#define MMSGHDR_SIZE32 32

/* The same of a 32-bit program. */
static __always_inline struct user_msghdr *msg_read32(struct stage *st, u64 ptr, bool mmsg)
{
	struct user_msghdr *m = &st->msghdr;
	u32 *w = (void *)st->scratch;

	w[7] = 0;
	if (bpf_probe_read_user(w, mmsg ? MMSGHDR_SIZE32 : MSGHDR_SIZE32, (void *)ptr))
		return NULL;
	m->name = w[0];
	m->namelen = w[1];
	m->pad = 0;
	m->iov = w[2];
	m->iovlen = w[3];
	m->control = w[4];
	m->controllen = w[5];
	m->flags = w[6];
	m->pad2 = 0;
	m->len = w[7];
	m->pad3 = 0;
	return m;
}

/* The user's message number index of the call under way, until the next one is read; NULL: it cannot be. */
static __always_inline struct user_msghdr *msg_read(struct stage *st, bool mmsg, u32 index)
{
	struct user_msghdr *m = &st->msghdr;
	u64 p = st->args[1];

	m->len = 0;
	if (compat(st))
		return msg_read32(st, p + (mmsg ? (u64)index * MMSGHDR_SIZE32 : 0), mmsg);
	if (mmsg)
		return user_read(st, m, p + (u64)index * MMSGHDR_SIZE, MMSGHDR_SIZE) ? m : NULL;
	return user_read(st, m, p, MSGHDR_SIZE) ? m : NULL;
}

/* How long n buffers are together. */
static __always_inline u64 iov_total(struct stage *st, u32 n)
{
	u64 sum = 0;

	n = bound(n, IOVS);
#pragma nounroll
	for (u32 i = 0; i < n; i++)
		sum += st->iov[i].len;
	return sum;
}

/* Append an iovec array; the iovecs are in stage.iov afterwards. Returns how many. */
static __always_inline u32 item_iov(struct stage *st, u32 field, u64 ptr, u64 count, u32 index)
{
	u32 n = iov_load(st, ptr, count, compat(st)), told;

	if (n && area_room(st) >= IOVS_TOLD * sizeof(struct iov)) {
		told = (n < IOVS_TOLD ? n : IOVS_TOLD) * sizeof(struct iov);
		bpf_probe_read_kernel(area_at(st, st->len + ITEM), IOVS_TOLD * sizeof(struct iov), st->iov);
		item_commit(st, field, LYM_IOV, n < count && n < IOVS ? LYM_I_PART : 0, told, n * sizeof(struct iov), index);
	}
	return n;
}

/* Append the LYM_MSG item and the iovec array; the iovecs are in stage.iov afterwards. Returns how many. */
static __always_inline u32 item_msg(struct stage *st, const struct user_msghdr *m, u32 namelen_in, u32 index)
{
	struct lym_msg *o = area_at(st, st->len + ITEM);

	_Static_assert(sizeof(*o) % 8 == 0, "an item's end");
	if (area_room(st) >= sizeof(*o)) {
		*o = (struct lym_msg){
			.name = m->name, .iov = m->iov, .control = m->control, .iovlen = m->iovlen,
			.controllen = m->controllen, .namelen = m->namelen, .namelen_in = namelen_in,
			.flags = m->flags, .len = m->len,
		};
		item_commit(st, 1, LYM_MSG, 0, sizeof(*o), sizeof(*o), index);
	}
	return item_iov(st, 1, m->iov, m->iovlen, index);
}

/* Point stage.iov of `out` at the caller's buffers of message index of the call under way in st; returns how many
 * entries, 0: not known. */
static __always_inline u32 buffers(struct stage *st, struct stage *out, u32 index)
{
	const volatile struct lym_row *row = &rows[masked(st->nr, LYM_ROWS - 1)];
	struct user_msghdr *m = &st->msghdr;
	u32 cap = row->cap[1];

	if (!config.buffers)
		return st->entered ? iov_one(out, st->args[1], st->args[2]) : 0;
	if (!st->entered) {
		if (!st->uring.ptr)
			return 0;
		if (st->uring.op == IORING_OP_SEND || st->uring.op == IORING_OP_WRITE)
			return iov_one(out, st->uring.ptr, st->uring.len);
		if (st->uring.op == IORING_OP_WRITEV)
			return iov_load(out, st->uring.ptr, st->uring.len, false);
		if (bpf_probe_read_user(m, MSGHDR_SIZE, (void *)st->uring.ptr))
			return 0;
		return iov_load(out, m->iov, m->iovlen, false);
	}
	if (cap == CAP_BUF_IN || cap == CAP_BUF_OUT)
		return iov_one(out, st->args[1], st->args[2]);
	if (cap == CAP_IOV_IN || cap == CAP_IOV_OUT)
		return iov_load(out, st->args[1], st->args[2], compat(st));
	if (cap != CAP_MSG_IN && cap != CAP_MSG_OUT && cap != CAP_MMSG_IN && cap != CAP_MMSG_OUT)
		return 0;
	m = msg_read(st, cap == CAP_MMSG_IN || cap == CAP_MMSG_OUT, index);
	return m ? iov_load(out, m->iov, m->iovlen, compat(st)) : 0;
}

/* The same for the message under way, into the stage itself (side: the one beside); stage.room is their size, NONE: not known. */
__noinline int find_buffers(u32 side)
{
	struct stage *st = stage_or_side(0), *out = stage_or_side(side);
	u32 n;

	if (!st || !out)
		return 0;
	n = buffers(st, out, st->nmsg);
	st->room = n && n < IOVS ? iov_total(out, n) : NONE;
	return n;
}

#endif
