/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Small UDP datagrams pass no hook while they are copied, so they are looked at while they are still queued: the head
 * of the queue when the call begins, or, if the queue was empty then, the first one to arrive. What was looked at is
 * told as K only where it is proved to be what this call took:
 *   - it is no longer queued, address and length agree with what the call was given, and
 *   - nobody else can have taken it: either the file has no second reference before and after the call and no other
 *     receive completed in between, or the datagram behind it is still the head of the queue, or none was behind it
 *     and none has come since. On a socket that ever had two readers the latter two can be upset by the other one in the
 *     same moment, so there the caller's buffers must bear them out.
 * Else two receives cannot be told apart, and the payload is told as U.
 */
#ifndef LYM_UDP_H
#define LYM_UDP_H

#include "area.h"
#include "sock.h"

static __always_inline struct udp *udp_get(u64 sk)
{
	return bpf_map_lookup_elem(&udps, &sk);
}

/* dequeuing sets next and prev to NULL */
static __always_inline bool linked(u64 skb)
{
	struct sk_buff *b = (void *)skb, *n = GET(b, next);

	return n && GET(n, prev) == b;
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

/* The first byte of a page in the kernel's own mapping. The distance is measured at start, see pages.c. */
static __always_inline u64 page_address(u64 page)
{
	return page * (config.page_size / bpf_core_type_size(struct page)) + page_base;
}

/* Go on with an skb: its linear part comes first, then its page fragments. */
static __always_inline void walk_skb(struct walk *w, struct sk_buff *skb)
{
	struct skb_shared_info *si = (void *)(GET(skb, head) + GET(skb, end));

	w->from = (u64)GET(skb, data);
	w->piece_left = GET(skb, len) - GET(skb, data_len);
	w->nfrags = GET(si, nr_frags);
	w->frags = (u64)si + bpf_core_field_offset(struct skb_shared_info, frags);
}

/* Begin a walk over a datagram, off bytes into it. The skbs of its frag_list (IP fragments) follow. */
static __always_inline void walk_begin(struct walk *w, struct sk_buff *skb, u32 off)
{
	struct skb_shared_info *si = (void *)(GET(skb, head) + GET(skb, end));

	walk_skb(w, skb);
	/* data_len counts both, pages and the list */
	w->next = GET(skb, data_len) ? (u64)GET(si, frag_list) : 0;
	if (w->next)	/* what the list holds is no part of the linear bytes either */
		w->piece_left = GET(skb, len) - GET(skb, data_len);
	w->skip = off;
}

/* Enter the next part; false: there is none, or none that can be read. */
static __always_inline bool walk_part(struct walk *w)
{
	struct sk_buff *skb;
	struct skb_frag f;

	if (w->nfrags) {
		if (!page_base || bpf_probe_read_kernel(&f, sizeof(f), (void *)w->frags) || (f.netmem & 1))
			return false;	/* bit 0: device memory, which no CPU reads */
		w->nfrags--;
		w->frags += sizeof(f);
		w->from = page_address(f.netmem) + f.offset;
		w->piece_left = f.len;
		return true;
	}
	skb = (void *)w->next;
	if (!skb)
		return false;
	w->next = (u64)GET(skb, next);
	walk_skb(w, skb);
	return true;
}

/* One step of a walk: *n bytes to copy from w->from, at most a chunk, possibly none. False: the end. */
static __always_inline bool walk_step(struct walk *w, u64 *n)
{
	u32 skip;

	if (!w->left || (!w->piece_left && !walk_part(w)))
		return false;
	skip = w->skip < w->piece_left ? w->skip : w->piece_left;
	w->skip -= skip;
	w->from += skip;
	w->piece_left -= skip;
	*n = bound(w->piece_left < w->left ? w->piece_left : w->left, config.chunk);
	return true;
}

static __always_inline void walk_advance(struct walk *w, u64 n)
{
	w->from += n;
	w->to += n;
	w->left -= n;
	w->piece_left -= n;
}

/* Will the copy pass the hook? Not if the checksum has still to be computed, which happens while copying. */
static __always_inline bool copy_is_hooked(struct sk_buff *skb)
{
	u32 summed = BPF_CORE_READ_BITFIELD_PROBED(skb, ip_summed);

	return GET(skb, data_len) && (summed == 1 || summed == 3 || BPF_CORE_READ_BITFIELD_PROBED(skb, csum_valid));
}

/* Somebody receives from the socket. */
static __always_inline void udp_reader(struct udp *u)
{
	u32 tid = bpf_get_current_pid_tgid();

	if (!u->reader)
		u->reader = tid;
	else if (u->reader != tid)
		u->shared = 1;
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

/* What happened on the socket so far. Noted before the queue is looked at: whatever happens in between then disproves. */
static __always_inline void head_begin(struct head *h, struct udp *u)
{
	h->skb = 0;
	h->epoch = *(volatile u32 *)&u->epoch;
	h->gen = *(volatile u32 *)&u->gen;
	h->arrivals = *(volatile u32 *)&u->arrivals;
	asm volatile("" ::: "memory");
}

/* Note a queued datagram in h and begin a walk over its payload. */
static __always_inline void head_note(struct head *h, struct walk *w, u64 skaddr, u64 skb, u64 next, u32 off)
{
	struct sk_buff *b = (void *)skb;
	u16 family = GET((struct sock *)skaddr, __sk_common.skc_family);

	h->skb = skb;
	h->next = next;
	h->next_print = next ? skb_print(next) : 0;
	h->len = GET(b, len);
	h->hooked = copy_is_hooked(b);
	h->got = 0;
	h->off = off < h->len ? off : 0;
	addr_of_packet(&h->from, b, family == AF_INET6, true);
	walk_begin(w, b, h->off);
}

#define PARTS 64	/* parts of a datagram that are looked at: 64 KiB in packets of 1,500 bytes have 45 */

static long head_chunk(u64 i, struct stage **st)
{
	struct walk *w = &(*st)->walk;
	u64 n;

	if (!walk_step(w, &n) || bpf_probe_read_kernel(area_at(*st, w->to), n, (void *)w->from))
		return 1;
	walk_advance(w, n);
	return 0;
}

/* Copy n bytes of the walk behind what is in the area; returns how many came. */
__noinline int head_copy(u32 n)
{
	struct stage *st = stage_or_side(0);

	if (!st)
		return 0;
	st->walk.to = st->len + ITEM;
	st->walk.left = n;
	if (!st->walk.skip && st->walk.piece_left >= n && n <= config.chunk)
		head_chunk(0, &st);
	else
		bpf_loop(config.chunks + PARTS, head_chunk, &st, 0);
	return n - st->walk.left;
}

/* Stage the head of the queue in the task's own record, behind what is there; false: the queue is empty. */
static __always_inline bool udp_stage(struct stage *st, struct udp *u)
{
	struct sock *sk = (void *)st->sk;
	u64 next = 0, skb;
	s32 peek = 0;
	u32 n;

	head_begin(&st->head, u);
	skb = queue_head(st->sk, &next);
	if (!skb)
		return false;
	if (st->flags & MSG_PEEK)
		peek = GET(sk, sk_peek_off);
	head_note(&st->head, &st->walk, st->sk, skb, next, peek > 0 ? peek : 0);
	if (peek > 0 && (u32)peek >= st->head.len) {	/* it will look further than the head */
		st->head.skb = 0;
		return true;
	}
	n = st->head.len - st->head.off;
	if (n > config.snaplen)
		n = config.snaplen;
	if (n > area_room(st))
		n = area_room(st) & ~7u;
	if (!st->head.hooked)
		st->head.got = head_copy(n);
	return true;
}

/* What is known of the socket from now on. */
static __always_inline struct udp *udp_make(u64 key)
{
	struct udp *u = udp_get(key), *z;
	u32 zero = 0;

	if (u)
		return u;
	z = bpf_map_lookup_elem(&udp_zero, &zero);
	if (z)
		bpf_map_update_elem(&udps, &key, z, BPF_NOEXIST);
	return udp_get(key);
}

/* At the entry of a receive. */
static __always_inline void udp_enter(struct stage *st)
{
	struct udp *u = udp_make(st->sk);

	if (!u)
		return;
	udp_reader(u);
	st->csum0 = csum_drops;
	if (udp_stage(st, u))
		return;
	/* empty: the first to arrive is ours; look again, for it may have come before we were counted */
	__sync_fetch_and_add(&u->epoch, 1);
	st->epoch = *(volatile u32 *)&u->epoch;
	__sync_fetch_and_add(&u->waiting, 1);
	st->waiting = 1;
	u->staged = 0;
	udp_stage(st, u);
}

static __always_inline void udp_unwait(struct stage *st, struct udp *u)
{
	if (st->waiting && u)
		__sync_fetch_and_add(&u->waiting, -1);
	st->waiting = 0;
}

static long udp_chunk(u64 i, struct udp **up)
{
	struct walk *w = &(*up)->walk;
	u64 n;

	if (!walk_step(w, &n) ||
	    bpf_probe_read_kernel((*up)->data + bound(w->to, config.chunk * config.chunks), n, (void *)w->from))
		return 1;
	walk_advance(w, n);
	return 0;
}

/* Stage the head of the queue in the memory of the socket. Two CPUs at once: the second leaves it. */
static __always_inline void udp_stage_shared(struct udp *u, u64 skaddr)
{
	u64 next = 0, skb;
	u32 n;

	__sync_fetch_and_add(&u->writers, 1);
	if (*(volatile u32 *)&u->writers != 1)
		goto out;
	__sync_fetch_and_add(&u->seq, 1);
	head_begin(&u->head, u);
	skb = queue_head(skaddr, &next);
	if (skb) {
		head_note(&u->head, &u->walk, skaddr, skb, next, 0);
		n = u->head.len;
		u->walk.left = n = n > config.snaplen ? config.snaplen : n;
		u->walk.to = 0;
		if (!u->head.hooked) {
			if (u->walk.piece_left >= n && n <= config.chunk)
				udp_chunk(0, &u);
			else
				bpf_loop(config.chunks + PARTS, udp_chunk, &u, 0);
			u->head.got = n - u->walk.left;
		}
	}
	u->staged = skb != 0;
	__sync_fetch_and_add(&u->seq, 1);
out:
	__sync_fetch_and_add(&u->writers, -1);
}

/* A datagram was queued: in the sender's context, or in softirq. */
static __always_inline void udp_arrived(u64 skaddr)
{
	struct udp *u = udp_get(skaddr);

	if (!u)
		return;
	__sync_fetch_and_add(&u->arrivals, 1);
	if ((u->waiting || u->uring) && !(u->staged && u->head.gen == u->gen && u->head.epoch == u->epoch))
		udp_stage_shared(u, skaddr);
}

/* io_uring receives in whatever task it likes, and many at a time: the socket, not the task, keeps the head. */
__noinline int udp_uring(u64 skaddr)
{
	struct udp *u = udp_make(skaddr);

	if (!u)
		return 0;
	u->uring = 1;
	if (!(u->staged && u->head.gen == u->gen)) {
		udp_stage_shared(u, skaddr);
	}
	return 0;
}

/* Take over what was staged for the socket, if this call waited for it and nobody wrote it meanwhile. */
static __always_inline void udp_take_arrival(struct stage *st, struct udp *u)
{
	struct head *h = &st->head;
	u32 n, seq = *(volatile u32 *)&u->seq;

	if ((!st->waiting && !st->implicit) || h->skb || (seq & 1) || !*(volatile u32 *)&u->staged)
		return;
	*h = u->head;
	n = h->got;
	if (n > area_room(st))
		n = area_room(st) & ~7u;
	h->got = area_copy(0, st, st->len + ITEM, plain(st, u->data), n);
	if (*(volatile u32 *)&u->seq != seq)
		h->skb = 0;
	if (st->waiting && (s32)(h->epoch - st->epoch) < 0)	/* looked at before we were waiting */
		h->skb = 0;
}

static __always_inline bool same_peer(const struct addr *a, const struct addr *b)
{
	const u64 *x = (void *)a->b, *y = (void *)b->b;

	if (a->len != b->len || x[0] != y[0])
		return false;
	return a->len < 28 || (x[1] == y[1] && x[2] == y[2]);
}

/* May nobody but this call have taken a datagram? One reference to the file before and now, the one that a call of a
 * process with threads holds not counted. */
static __always_inline bool udp_alone(struct stage *st, struct sock *sk)
{
	struct task_struct *t = (void *)bpf_get_current_task();
	u32 own = GET(GET(t, files), count.counter) > 1 ? 2 : 1;
	struct socket *so = GET(sk, sk_socket);
	struct file *f = so ? GET(so, file) : NULL;

	return f && st->refs == 1 && csum_drops == st->csum0 && file_refs(f) <= own;
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
	return config.arrivals && *(volatile u32 *)&u->arrivals == h->arrivals;
}

enum { PROOF_NONE, PROOF_WEAK, PROOF };

/*
 * Is the staged datagram the one that this call took? gen: receives completed before it. A weak proof is one that only
 * another reader in the same moment could upset; then the caller's buffers must bear it out.
 */
static __always_inline u32 udp_proved(struct stage *st, struct udp *u, struct sock *sk, u32 gen, s32 ret, u32 flags)
{
	struct head *h = &st->head;
	bool peek = flags & MSG_PEEK;

	if (!h->skb || h->gen != gen || (st->kaddr.len && !same_peer(&h->from, &st->kaddr)))
		return PROOF_NONE;
	if (!peek && ((u32)ret > h->len ||
		      ((u32)ret < h->len && ((flags & MSG_TRUNC) || (st->room != NONE && (u32)ret != st->room)))))
		return PROOF_NONE;
	if (peek != linked(h->skb))	/* what was looked at stays the head, what was taken is gone */
		return PROOF_NONE;
	if (!udp_alone(st, sk)) {
		if (!peek && !udp_next_is_there(u, sk, h))
			return PROOF_NONE;
		if (u->shared)
			return PROOF_WEAK;
	}
	/* looked at last: who left before we looked has been counted first. Our own receive is counted already. */
	return *(volatile u32 *)&u->gen == gen + !peek ? PROOF : PROOF_WEAK;
}

#endif
