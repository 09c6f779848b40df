/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Small UDP datagrams pass no hook while they are copied, so the head of the queue of every socket that a traced task may
 * receive from is looked at while it is queued: when the receive before it completes, or, if the queue was empty then,
 * when it arrives. It is kept in the memory of the socket, and told as K only where it is proved to be what a receive took:
 *   - it is no longer queued, address and length agree with what the call was given, and
 *   - nobody else can have taken it: no other receive completed in between, and either nobody else holds the file now,
 *     so that none is under way, or the datagram behind it is still the head of the queue, or none was behind it and none
 *     has come since. On a socket that ever had two readers the latter two can be upset by the other one in the same
 *     moment, so there the caller's buffers must bear them out.
 * Else two receives cannot be told apart, and the payload is told as U.
 */
#ifndef LYM_UDP_H
#define LYM_UDP_H

#include "area.h"
#include "skb.h"
#include "sock.h"

/* What is known of a socket; NULL: nothing, no traced task has had it. */
static __always_inline struct udp *udp_get(struct sock *sk)
{
	return bpf_sk_storage_get(&udps, sk, NULL, 0);
}

/* The datagram that the next receive takes, and the one behind it. */
static __always_inline u64 queue_head(u64 skaddr, u64 *next)
{
	struct sock *sk = (void *)skaddr;
	u64 rq = skaddr + bpf_core_field_offset(struct udp_sock, reader_queue);
	u64 sq = skaddr + bpf_core_field_offset(struct sock, sk_receive_queue);
	u64 r = (u64)GET((struct udp_sock *)sk, reader_queue.next);
	u64 s = (u64)GET(sk, sk_receive_queue.next), n;

	if (r == rq) {
		r = s;
		rq = sq;
		s = sq;
	}
	if (r == rq || !r)
		return 0;
	n = (u64)GET((struct sk_buff *)r, next);
	if (!n)			/* somebody dequeues it just now */
		return 0;
	if (n == rq)
		n = s;
	*next = n == sq ? 0 : n;
	return r;
}

/* Will the copy pass the hook? Not if the checksum has still to be computed, which happens while copying. */
static __always_inline bool copy_is_hooked(struct sk_buff *skb)
{
	u32 summed;

	if (!GET(skb, data_len))
		return false;
	summed = BPF_CORE_READ_BITFIELD_PROBED(skb, ip_summed);
	return summed == 1 || summed == 3 || BPF_CORE_READ_BITFIELD_PROBED(skb, csum_valid);
}

/* Somebody receives from the socket. */
static __always_inline void udp_reader(struct udp *u, struct task_struct *t)
{
	u32 tid = GET(t, pid);

	if (!u->reader)
		u->reader = tid;
	else if (u->reader != tid)
		u->shared = 1;
}

/* Has anybody but this task received from the socket? Asked before this receive is counted. */
static __always_inline bool udp_shared(struct udp *u, struct task_struct *t)
{
	return u->shared || (u->reader && u->reader != (u32)GET(t, pid));
}

/* A fingerprint of a datagram: buffer, length, ports, the first bytes. */
static __always_inline u64 skb_print(u64 skb)
{
	struct sk_buff *b = (void *)skb;
	u64 head = (u64)GET(b, head), bytes[2] = {}, ports = 0;

	bpf_probe_read_kernel(bytes, sizeof(bytes), GET(b, data));
	bpf_probe_read_kernel(&ports, sizeof(ports), (void *)(head + GET(b, transport_header)));
	return (head * 31 + GET(b, len)) * 31 + (bytes[0] * 31 + bytes[1]) * 0x9e3779b97f4a7c15ull + ports;
}

static long udp_chunk(u64 i, struct udp **up)
{
	struct walk *w = &(*up)->walk;
	u64 n;

	if (!walk_step(w, &n) ||
	    bpf_probe_read_kernel((*up)->data + bound(w->to, config.udp_room), n, (void *)w->from))
		return 1;
	walk_advance(w, n);
	return 0;
}

/* Copy the first n bytes of a datagram to the memory of the socket; returns how many came. */
static __always_inline u32 udp_copy(struct udp *u, struct sk_buff *skb, u32 n)
{
	if (n > config.udp_max)
		n = config.udp_max;
	if (n <= 64 && n <= GET(skb, len) - GET(skb, data_len)) {
		load_words(u->data, (u64)GET(skb, data), 8);
		return n;
	}
	walk_begin(&u->walk, skb, 0);
	u->walk.left = n;
	u->walk.to = 0;
	bpf_loop(config.chunks + PARTS, udp_chunk, &u, 0);
	return n - u->walk.left;
}

/* Look at the head of the queue; false: it is empty. */
static __always_inline bool udp_look(struct head *h, u64 skaddr)
{
	struct sk_buff *b;
	u64 next = 0;

	h->csum = csum_drops;
	asm volatile("" ::: "memory");
	h->skb = queue_head(skaddr, &next);
	if (!h->skb)
		return false;
	b = (void *)h->skb;
	h->next = next;
	h->next_print = next ? skb_print(next) : 0;
	h->len = GET(b, len);
	h->hooked = copy_is_hooked(b);
	addr_of_packet(&h->from, b, GET((struct sock *)skaddr, __sk_common.skc_family) == AF_INET6, true);
	return true;
}

/* Keep the head of the queue in the memory of the socket. Two CPUs at once: the second leaves it. */
static __always_inline void udp_keep(struct udp *u, u64 skaddr)
{
	struct head *h = &u->head;

	__sync_fetch_and_add(&u->writers, 1);
	if (*(volatile u32 *)&u->writers == 1) {
		__sync_fetch_and_add(&u->seq, 1);
		/* what happened so far is noted first: whatever happens in between then disproves */
		h->gen = *(volatile u32 *)&u->gen;
		h->arrivals = *(volatile u32 *)&u->arrivals;
		if (udp_look(h, skaddr))
			h->got = h->hooked ? 0 : udp_copy(u, (struct sk_buff *)h->skb, h->len);
		__sync_fetch_and_add(&u->seq, 1);
	}
	__sync_fetch_and_add(&u->writers, -1);
}

/* Has nothing been taken from the queue since it was looked at? */
static __always_inline bool udp_current(struct udp *u)
{
	return u->head.gen == *(volatile u32 *)&u->gen && u->head.csum == csum_drops;
}

/* A datagram was queued: in the sender's context, or in softirq. */
static __always_inline void udp_arrived(struct udp *u, u64 skaddr)
{
	__sync_fetch_and_add(&u->arrivals, 1);
	if (!u->head.skb || !udp_current(u))
		udp_keep(u, skaddr);
}

/*
 * Take over what is kept for the socket, its bytes behind what is in the area. False: nothing is, or it is being changed.
 * What this call itself has looked at, because a bad checksum came first, is there already.
 */
static __always_inline bool udp_take(struct stage *st, struct udp *u)
{
	u32 seq = *(volatile u32 *)&u->seq, n;
	struct head *h = &st->head;

	if (st->head_own) {
		h->gen = u->head.gen;		/* nobody has received since then, so nobody since we looked */
		h->arrivals = u->arrivals - 1;	/* not known */
		return h->skb;
	}
	if (seq & 1)
		return false;
	move_words(h, &u->head, __builtin_offsetof(struct head, from) / 8);
	h->from.len = u->head.from.len;
	move_words(h->from.b, u->head.from.b, 4);
	n = h->got;
	if (n > area_room(st))
		n = area_room(st) & ~7u;
	if (n <= 64)
		move_words(area_at(st, st->len + ITEM), u->data, 8);
	else
		n = area_copy(0, st, st->len + ITEM, plain(st, u->data), n);
	h->got = n;
	return h->skb && *(volatile u32 *)&u->seq == seq;
}

/* A reader throws a datagram away for a bad checksum, and takes the next one. */
static __always_inline void udp_look_again(struct stage *st, u64 skaddr)
{
	struct head *h = &st->head;

	st->head_own = 1;
	if (udp_look(h, skaddr))
		h->got = h->hooked ? 0 : stage_copy(h->skb, 0);
}

static __always_inline bool same_peer(const struct addr *a, const struct addr *b)
{
	const u64 *x = (void *)a->b, *y = (void *)b->b;

	if (a->len != b->len || x[0] != y[0])
		return false;
	return a->len < 28 || (x[1] == y[1] && x[2] == y[2]);
}

/* Is no other receive under way? Each holds a reference to the file, but for that of a process without threads, whose
 * descriptor is the only one. */
static __always_inline bool udp_alone(struct task_struct *t, struct sock *sk)
{
	u32 own = GET(GET(t, files), count.counter) > 1 ? 2 : 1;
	struct socket *so = GET(sk, sk_socket);
	struct file *f = so ? GET(so, file) : NULL;

	return f && file_refs(f) <= own;
}

/*
 * Is nothing but the staged datagram gone from the queue? The one behind it is still the head, or none was behind it and
 * none has come.
 */
static __always_inline bool udp_next_is_there(struct udp *u, struct sock *sk, struct head *h)
{
	u64 next = 0;

	if (h->next)
		return queue_head((u64)sk, &next) == h->next && linked(h->next) && skb_print(h->next) == h->next_print;
	return *(volatile u32 *)&u->arrivals == h->arrivals;
}

/* May a receive of a datagram that long have returned what this one did? */
static __always_inline bool length_fits(struct stage *st, u32 len)
{
	u32 ret = st->now_ret;

	if (ret >= len)
		return ret == len;
	return !(st->now_flags & MSG_TRUNC) && (st->room == NONE || ret == st->room);
}

enum { PROOF_NONE, PROOF_WEAK, PROOF };

/*
 * Is the datagram in st->head the one that this call took? A weak proof is one that only another reader in the same moment
 * could upset; then the caller's buffers must bear it out. Called before this receive is counted.
 */
static __always_inline u32 udp_proved(struct stage *st, struct udp *u, struct task_struct *t, struct sock *sk)
{
	u32 gen = *(volatile u32 *)&u->gen, proof = PROOF;
	bool shared = forgotten(st, udp_shared(u, t)), peek = st->now_flags & MSG_PEEK;
	struct head *h = &st->head;

	if (shared && !config.births)	/* seen to be told wrongly on 6.12, which has no hooks of cgroups for us; not understood */
		return PROOF_NONE;
	if (h->gen != gen || (st->kaddr.len && !same_peer(&h->from, &st->kaddr)))
		return PROOF_NONE;
	if (peek) {	/* what was looked at stays the head, what was taken is gone */
		if (!linked(h->skb))
			return PROOF_NONE;
	} else if (linked(h->skb) || !length_fits(st, h->len)) {
		return PROOF_NONE;
	}
	/* nobody else is at it now; but who has taken the head since this call peeked may have left already */
	if ((peek && shared) || !forgotten(st, udp_alone(t, sk) && csum_drops == h->csum)) {
		if (!peek && !udp_next_is_there(u, sk, h))
			return PROOF_NONE;
		if (shared)
			proof = PROOF_WEAK;
	}
	/* looked at last: who left before we looked has been counted first */
	return *(volatile u32 *)&u->gen == gen ? proof : PROOF_WEAK;
}

#endif
