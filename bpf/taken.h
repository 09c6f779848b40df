/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A UDP datagram that a receive has taken, where the function that disposes of it can be hooked: skb_consume_udp() has the very one,
 * when it has been copied, and also when it was only looked at. It takes the place of udp.h, which has to prove it.
 */
#ifndef LYM_TAKEN_H
#define LYM_TAKEN_H

#include "call.h"
#include "implicit.h"
#include "message.h"
#include "scope.h"
#include "skb.h"

static __always_inline struct udp *udp_get(struct sock *sk)
{
	return NULL;
}

SEC("fentry/skb_consume_udp")
int BPF_PROG(taken, struct sock *sk, struct sk_buff *skb, int len)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct stage *st = stage_in_scope(t, true, NO_EVENT);
	struct head *h;
	s32 off;

	if (!st)
		return 0;
	if (st->entered ? st->role != ROLE_RECV : !begin_late(st, t, ROLE_RECV)) {
		if (!config.socket_recv || sock_is_kernels(sk))
			return 0;
		implicit_begin(st, plain(st, sk));
	}
	if (st->copies)		/* it has been told by the copy */
		return 0;
	h = &st->head;
	off = st->flags & MSG_PEEK ? GET(sk, sk_peek_off) : 0;
	off = off < 0 ? 0 : off;
	h->skb = plain(st, skb);
	h->len = GET(skb, len);
	h->got = 0;
	st->head_own = 1;
	if (off > h->len)
		return 0;
	h->len -= off;
	h->got = stage_copy(h->skb, off);
	addr_of_packet(&st->from, (void *)h->skb, GET(sk, __sk_common.skc_family) == AF_INET6, true);
	return 0;
}

/* The payload of a UDP receive out of the datagram taken. True: *n bytes of it are in the area, *full were delivered. */
static __always_inline bool udp_close(struct stage *st, struct udp *u, struct task_struct *t, struct sock *sk, u32 *n, u32 *full)
{
	struct head *h = &st->head;

	if (!st->head_own)
		return false;
	if (now_flags(st) & (MSG_PEEK | MSG_TRUNC) || (u32)now_ret(st) < h->len)
		find_buffers(0);
	st->proved = 1;
	st->whole = h->len;
	*full = now_ret(st);
	if (now_flags(st) & (MSG_PEEK | MSG_TRUNC)) {
		*full = h->len;
		if (st->room != NONE && *full > st->room)
			*full = st->room;
	}
	*n = h->got;
	return h->got >= *full || h->got >= config.snaplen;
}

#endif
