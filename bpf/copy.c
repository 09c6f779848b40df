// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The copy out of the skbs: payload and sender, while the kernel delivers them. */
#include "area.h"
#include "call.h"
#include "implicit.h"
#include "scope.h"
#include "skb.h"

#define CHUNKS (config.chunks + LYM_NETLINK / 64 + 1)

#if OLD
/* Copy n bytes of the skb, from off on, behind what of this message is in the area already; false: not all came. */
static __always_inline bool copy_out(struct stage *st, struct sk_buff *skb, u32 off, u32 n)
{
	walk_begin(&st->walk, skb, off);
	st->walk.to = st->len + ITEM + st->got;
	st->walk.left = n;
	LOOP(CHUNKS + PARTS, stage_chunk, st, 0);
	st->got += n - st->walk.left;
	return !st->walk.left;
}
#else
struct skb_copy {
	struct stage *st;
	struct bpf_dynptr *d;
};

static long skb_chunk(u64 i, struct skb_copy *c)
{
	struct walk *w = &c->st->walk;
	u64 n = bound(w->left, config.chunk);

	if (!n || bpf_dynptr_read(area_at(c->st, w->to), n, c->d, w->from, 0))
		return 1;
	w->from += n;
	w->to += n;
	w->left -= n;
	return 0;
}

/* Copy n bytes of the skb, from off on, behind what of this message is in the area already; false: not all came. */
static __always_inline bool copy_out(struct stage *st, struct sk_buff *skb, u32 off, u32 n)
{
	struct skb_copy c = { .st = st };
	struct bpf_dynptr d;

	if (bpf_dynptr_from_skb((struct __sk_buff *)skb, 0, &d))
		return false;
	c.d = &d;
	st->walk.from = off;
	st->walk.to = st->len + ITEM + st->got;
	st->walk.left = n;
	if (n <= config.chunk)
		skb_chunk(0, &c);
	else
		bpf_loop(CHUNKS, skb_chunk, &c, 0);
	st->got += n - st->walk.left;
	return !st->walk.left;
}
#endif

/* Where in the skb of a unix stream the copy begins. */
static __always_inline u32 unix_stream_offset(struct stage *st, struct sk_buff *skb, struct sock *sk, s32 peek_off)
{
	u32 off = GET((struct unix_skb_parms *)skb->cb, consumed);
	struct sk_buff *q;

	if (!peek_off || st->copies)
		return off;
	q = GET(sk, sk_receive_queue.next);	/* skbs before this one were stepped over */
	for (int i = 0; i < 64 && q && q != skb; i++) {
		peek_off -= GET(q, len) - GET((struct unix_skb_parms *)q->cb, consumed);
		q = GET(q, next);
	}
	return off + peek_off;
}

/*
 * Where in the skb the copy begins: the hook does not say, the protocol's own state does; NONE: unknown. owner is the
 * skb's socket: the receiver, but of unix sockets the sender, and of a UDP datagram there is none. Under MSG_PEEK st->sk is
 * the one behind the descriptor, because that knows the peek offset.
 */
static __always_inline u32 copy_offset(struct stage *st, struct sk_buff *skb, struct sock *owner)
{
	bool peek = st->flags & MSG_PEEK;
	struct sock *sk = (void *)st->sk;
	s32 po = peek && sk ? GET(sk, sk_peek_off) : 0;
	struct tcp_skb_cb *cb = (void *)skb->cb;
	struct tcp_sock *tp = (void *)owner;
	u16 family, type;
	u32 off;

	if (po < 0)
		po = 0;
	if (st->flags & MSG_ERRQUEUE)
		return 0;
	if (!owner)
		return po;
	family = GET(owner, __sk_common.skc_family);
	type = GET(owner, sk_type);
	if (family == AF_UNIX && type == SOCK_STREAM)
		return unix_stream_offset(st, skb, sk, po);
	if (family == AF_UNIX || family == AF_NETLINK || family == AF_PACKET)
		return po;
	if (family != AF_INET && family != AF_INET6)
		return NONE;
	if (type != SOCK_STREAM)
		return type == SOCK_DGRAM || type == SOCK_RAW ? po : NONE;
	if (GET(owner, sk_protocol) != IPPROTO_TCP)	/* MPTCP and others keep their offsets elsewhere */
		return NONE;
	if (peek && GET(tp, urg_data))	/* a hole of urgent data is not counted under PEEK */
		return NONE;
	off = GET(tp, copied_seq) - GET(cb, seq);
	if (GET(cb, tcp_flags) & 2)	/* SYN: fast open */
		off--;
	return peek ? off + po + st->peeked : off;
}

SEC("tp_btf/skb_copy_datagram_iovec")
int TWIN_PROG(RAN_COPY, copied, struct sk_buff *skb, int len)
{
	struct task_struct *t = current_task();
	struct stage *st;
	struct sock *owner;
	u32 off, n, before;
	u64 from;

	st = stage_in_scope(t, true, NO_EVENT);
	if (!st)
		return 0;
	did(st, RAN_COPY);
	owner = GET(skb, sk);
	if (st->entered ? st->role != ROLE_RECV : !begin_late(st, t, ROLE_RECV)) {
		u64 of = (u64)owner;

		if (!config.socket_recv)
			return 0;
		if (owner && GET(owner, __sk_common.skc_family) == AF_UNIX)
			of = (u64)GET((struct unix_sock *)owner, peer);
		implicit_begin(st, of);
	}
	if ((st->flags & MSG_PEEK) && !st->sk)
		st->sk = fd_sock(t, st->args[0], &st->inode);
	off = forgotten(st, copy_offset(st, skb, owner));
	if (!st->copies) {
		if (owner)
			addr_of_skb(&st->from, skb, owner, st->flags);
		else
			addr_of_packet(&st->from, skb, false, true);
		st->orphan = !owner;
		if (off != NONE && (!owner || GET(owner, sk_type) != SOCK_STREAM))
			st->whole = GET(skb, len) - off;
	}
	before = st->full;
	st->copies++;
	st->full += len;
	st->peeked += len;
	if (off == NONE)
		st->ambiguous = 1;
	if (st->ambiguous || st->got != before)	/* cut before */
		return 0;
	n = owner && GET(owner, __sk_common.skc_family) == AF_NETLINK ? config.netlink : config.snaplen;
	n = n > st->got ? n - st->got : 0;
	if (n > (u32)len)
		n = len;
	if (area_room(st) < st->got + n)
		n = area_room(st) > st->got ? (area_room(st) - st->got) & ~7u : 0;
	if (!n)
		return 0;
	from = n <= 64 && !st->got ? skb_at(skb, off, n) : 0;
	if (from) {
		load_words(area_at(st, st->len + ITEM), from, 8);
		st->got = n;
		return 0;
	}
	if (!copy_out(st, skb, off, n))
		st->ambiguous = 1;
	return 0;
}
