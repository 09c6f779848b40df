// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What a receive really delivered: the copy out of the skbs, the socket that served, the length of each message. */
#include "call.h"
#include "emit.h"
#include "message.h"
#include "scope.h"
#include "udp.h"

/* Forget the message under way; what is in the area already stays. */
static __always_inline void message_reset(struct stage *st)
{
	st->got = st->full = st->copies = st->peeked = st->ambiguous = st->whole = 0;
	st->kaddr.set = st->kaddr.len = st->from.set = st->from.len = 0;
	st->head.skb = 0;
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
		a->kaddr = st->kaddr;
		a->from = st->from;
		st->entered = 0;
	} else {
		st->len = st->items = 0;
	}
	message_reset(st);
	st->implicit = 1;
	st->flags = st->nmsg = st->waiting = st->refs = 0;
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
	st->kaddr = a->kaddr;
	st->from = a->from;
	st->sk_sure = st->sock_len = 0;
	a->entered = 0;
}

/* Where n bytes of an skb lie in the kernel's memory, if they lie in one piece, in its linear part or its first page; else 0. */
static __always_inline u64 skb_at(struct sk_buff *skb, u32 off, u32 n)
{
	u32 linear = skb->len - skb->data_len, at;
	struct skb_shared_info *si;
	struct skb_frag *f;
	u64 page;

	if (off + n <= linear)
		return (u64)skb->data + off;
	si = (void *)(GET(skb, head) + GET(skb, end));
	if (off < linear || !page_base || !GET(si, nr_frags))
		return 0;
	f = (void *)((u64)si + bpf_core_field_offset(struct skb_shared_info, frags));
	page = load64((u64)f);
	at = load64((u64)&f->len);
	if ((page & 1) || off - linear + n > at)
		return 0;
	return page_address(page) + (load64((u64)&f->len) >> 32) + off - linear;
}

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

/* Where in the skb the copy begins: the hook does not say, the protocol's own state does; NONE: unknown. */
static __always_inline u32 copy_offset(struct stage *st, struct sk_buff *skb, struct sock *sk)
{
	u16 family = GET(sk, __sk_common.skc_family), proto = GET(sk, sk_protocol);
	bool peek = st->flags & MSG_PEEK;
	s32 po = peek ? GET(sk, sk_peek_off) : 0;
	struct tcp_skb_cb *cb = (void *)skb->cb;
	struct tcp_sock *tp = (void *)sk;
	u32 off;

	if (po < 0)
		po = 0;
	if (st->flags & MSG_ERRQUEUE)
		return 0;
	if (family == AF_UNIX && GET(sk, sk_type) == SOCK_STREAM)
		return unix_stream_offset(st, skb, sk, po);
	if (family == AF_UNIX || family == AF_NETLINK || family == AF_PACKET)
		return po;
	if (family != AF_INET && family != AF_INET6)
		return NONE;
	if (GET(sk, sk_type) != SOCK_STREAM)
		return GET(sk, sk_type) == SOCK_DGRAM || GET(sk, sk_type) == SOCK_RAW ? po : NONE;
	if (proto != IPPROTO_TCP)	/* MPTCP and others keep their offsets elsewhere */
		return NONE;
	/* a ULP (kTLS) hands over skbs of its own making; a hole of urgent data is not counted under PEEK */
	if (GET((struct inet_connection_sock *)sk, icsk_ulp_ops) || (peek && GET(tp, urg_data)))
		return NONE;
	off = GET(tp, copied_seq) - GET(cb, seq);
	if (GET(cb, tcp_flags) & 2)	/* SYN: fast open */
		off--;
	return peek ? off + po + st->peeked : off;
}

SEC("tp_btf/skb_copy_datagram_iovec")
int BPF_PROG(copied, struct sk_buff *skb, int len)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct skb_copy c = {};
	struct bpf_dynptr d;
	struct stage *st;
	struct sock *sk, *owner;
	u32 off, n, before;
	u64 from;

	st = stage_in_scope(t, true, NO_EVENT);
	if (!st)
		return 0;
	owner = GET(skb, sk);
	if (st->entered ? st->role != ROLE_RECV : !begin_late(st, t, ROLE_RECV)) {
		u64 of = (u64)owner;

		if (!config.socket_recv)
			return 0;
		if (owner && GET(owner, __sk_common.skc_family) == AF_UNIX)
			of = (u64)GET((struct unix_sock *)owner, peer);
		implicit_begin(st, of);
	}
	if (owner && GET(owner, sk_protocol) == IPPROTO_TCP)
		st->sk = (u64)owner;	/* surer than the descriptor */
	sk = (void *)st->sk;
	if (sk) {
		off = copy_offset(st, skb, sk);
		if (!st->copies)
			addr_of_skb(&st->from, skb, sk, st->flags);
	} else {	/* a UDP datagram has no socket; its length will tell */
		off = 0;
		addr_of_packet(&st->from, skb, false, true);
	}
	if (!st->copies && off != NONE && (!sk || GET(sk, sk_type) != SOCK_STREAM))
		st->whole = GET(skb, len) - off;
	before = st->full;
	st->copies++;
	st->full += len;
	st->peeked += len;
	if (off == NONE)
		st->ambiguous = 1;
	if (st->ambiguous || st->got != before)	/* cut before */
		return 0;
	n = config.snaplen > st->got ? config.snaplen - st->got : 0;
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
	if (bpf_dynptr_from_skb((struct __sk_buff *)skb, 0, &d)) {
		st->ambiguous = 1;
		return 0;
	}
	c.st = st;
	c.d = &d;
	st->walk.from = off;
	st->walk.to = st->len + ITEM + st->got;
	st->walk.left = n;
	if (config.chunks == 1)
		skb_chunk(0, &c);
	else
		bpf_loop(config.chunks + 1, skb_chunk, &c, 0);
	if (st->walk.left)
		st->ambiguous = 1;
	st->got += n - st->walk.left;
	return 0;
}

/* Size of the caller's buffers for the message under way; NONE: not known. */
static __always_inline u64 buffer_size(struct stage *st)
{
	u32 n = buffers(st, st, st->nmsg);

	return n && n < IOVS ? iov_total(st, n) : NONE;
}

/* Is what was staged the payload of a UDP receive? Sets how many bytes it delivered. */
static __always_inline bool udp_close(struct stage *st, struct udp *u, struct sock *sk, s32 ret, u32 flags, u32 gen,
				      u32 *full)
{
	u32 proof, n, iovs;

	udp_take_arrival(st, u);
	if (flags & (MSG_PEEK | MSG_TRUNC) || (u32)ret < st->head.len)
		st->room = buffer_size(st);
	proof = udp_proved(st, u, sk, gen, ret, flags);
	if (proof == PROOF_WEAK) {	/* then the caller's buffers must bear it out */
		n = st->head.got;
		if (!(flags & MSG_PEEK) && n > (u32)ret)
			n = ret;
		iovs = buffers(st, st, st->nmsg);
		if (st->room != NONE && n > st->room)
			n = st->room;
		if (!n || !iovs || buffers_differ(st, iovs, st->len + ITEM, n))
			proof = PROOF_NONE;
	}
	if (!proof)
		return false;
	if (flags & (MSG_PEEK | MSG_TRUNC)) {
		*full = st->head.len - st->head.off;
		if (st->room != NONE && *full > st->room)
			*full = st->room;
	}
	st->from = st->head.from;
	st->whole = st->head.len - st->head.off;
	/* cut because it cannot be read, not because nobody wants more */
	return !st->head.hooked && (st->head.got >= *full || st->head.got >= config.snaplen);
}

/* Close the message under way: payload and address become items. Returns how many bytes it delivered. */
static __always_inline u32 message_close(struct stage *st, struct udp *u, u64 skaddr, s32 ret, u32 flags, u32 gen)
{
	struct sock *sk = (void *)skaddr;
	u16 proto = GET(sk, sk_protocol), family = GET(sk, __sk_common.skc_family);
	bool inet = family == AF_INET || family == AF_INET6;
	bool tcp = inet && proto == IPPROTO_TCP && GET(sk, sk_type) == SOCK_STREAM;
	u32 full = ret, n, index;
	struct closed *m;
	bool sure = false;

	m = &st->msg[bound(st->nmsg, MMSGS - 1)];
	/* in the record of a recvmmsg; alone in one of socket_recv */
	index = st->entered && row_wanted(st) ? st->nmsg : 0;
	n = st->got;
	m->data_at = m->addr_at = NOWHERE;
	m->data_len = m->why = 0;
	if (st->copies) {
		full = st->full;
		if (!(flags & MSG_PEEK) && full > (u32)ret)	/* a later part met a bad buffer */
			full = ret;
		/* else a part passed no hook */
		sure = !st->ambiguous && ((flags & (MSG_PEEK | MSG_TRUNC)) || full >= (u32)ret);
	} else if (inet && proto == IPPROTO_UDP && !(flags & MSG_ERRQUEUE)) {
		sure = u && udp_close(st, u, sk, ret, flags, gen, &full);
		m->why = sure || st->head.hooked ? 0 : LYM_I_AMBIG;
		n = st->head.got;
	} else if (tcp && (flags & MSG_OOB)) {
		*(u64 *)area_at(st, st->len + ITEM) = st->oob & 0xff;
		sure = (st->oob & 0x100) && ret == 1;
		n = 1;
	} else if (tcp && (flags & MSG_TRUNC)) {
		full = n = 0;	/* the bytes were thrown away, nothing was delivered */
		sure = true;
	} else {
		sure = ret == 0;
		n = 0;
	}
	if (sure) {
		if (n > full)
			n = full;
		item_pad(st, n);
		m->data_at = st->len;
		m->data_len = n;
		item_commit(st, 1, LYM_DATA, LYM_I_KERNEL, n, st->whole > full ? st->whole : full, index);
	}
	if (tcp && !(flags & MSG_ERRQUEUE)) {	/* TCP gives no address */
		st->from.set = 1;
		st->from.len = 0;
	} else if (st->kaddr.set) {
		st->from = st->kaddr;
	} else if (family == AF_INET6 && st->from.len == sizeof(struct sin)) {
		addr_map(&st->from);
	}
	if (st->from.set) {
		m->addr_at = st->len;
		item_addr(st, st->entered && rows[bound(st->nr, LYM_SYSCALLS - 1)].cap[1] == CAP_BUF_OUT ? 4 : 1,
			  LYM_I_KERNEL, &st->from, index);
	}
	return full;
}

/*
 * The event socket_recv, from the message just closed: in the call's own stage if its area holds nothing but this
 * message, else in the one beside it. What it adds to the area is taken back.
 */
__noinline int socket_recv(u32 full, s32 ret, u32 flags, u32 items_before)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct stage *st = stage_get(t, false), *out = st;
	u32 len, items, addr_at, data_at, field = 0, nr;
	struct lym_item *i;
	struct lym_sock *so;

	if (!st)
		return 0;
	addr_at = ret < 0 ? NOWHERE : st->msg[bound(st->nmsg, MMSGS - 1)].addr_at;
	data_at = ret < 0 ? NOWHERE : st->msg[bound(st->nmsg, MMSGS - 1)].data_at;
	so = (void *)st->sock;
	nr = st->entered ? st->nr : NONE;
	if (st->msg_at) {
		out = bpf_task_storage_get(&sides, t, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
		if (!out) {
			count(LYM_EV_socket_recv, EVENT_MADE);
			count(LYM_EV_socket_recv, LOST_NO_MEMORY);
			return 0;
		}
		out->len = area_copy_chunks(1, 0, plain(st, area_at(st, st->msg_at)), st->len - st->msg_at);
		out->items = st->items - items_before;
		addr_at -= addr_at == NOWHERE ? 0 : st->msg_at;
	}
	len = out->len;
	items = out->items;
	if (out != st && data_at != NOWHERE)
		((struct lym_item *)area_at(out, data_at - st->msg_at))->index = 0;
	if (addr_at != NOWHERE) {
		i = area_at(out, addr_at);
		field = i->field;
		i->field = 4;
		if (out != st)
			i->index = 0;
		if (!st->from.len && so->remote_len)	/* the peer will stand for it */
			i->kind = LYM_PAD;
	}
	if (ret >= 0 && data_at == NOWHERE) {
		u32 n = buffers(st, out, st->nmsg);

		count_user(LYM_EV_socket_recv, st->msg[bound(st->nmsg, MMSGS - 1)].why);
		if (n)
			item_gather(out != st, n, META(1, LYM_DATA, st->msg[bound(st->nmsg, MMSGS - 1)].why, 0), full, config.snaplen);
	}
	if (ret >= 0 && !(flags & MSG_ERRQUEUE) && (addr_at == NOWHERE || !st->from.len) && so->remote_len) {	/* connected: the peer */
		struct addr *a = &out->kaddr;

		a->len = so->remote_len;
		bpf_probe_read_kernel(a->b, ADDR_MAX, so->addr + bound(so->local_len, ADDR_MAX));
		item_addr(out, 4, LYM_I_KERNEL, a, 0);
	}
	item_sock(out, st);
	emit_socket_event(out, t, LYM_EV_socket_recv, nr, ret, full, flags);
	if (addr_at != NOWHERE && out == st) {
		i = area_at(out, addr_at);
		i->field = field;
		i->kind = LYM_ADDR;
	}
	out->len = len;
	out->items = items;
	return 0;
}

/* The next message of a recvmmsg. */
__noinline int message_next(void)
{
	struct stage *st = stage_get(bpf_get_current_task_btf(), false);
	struct udp *u;

	if (!st)
		return 0;
	u = udp_get(st->sk);
	udp_unwait(st, u);
	message_reset(st);
	if (u)
		udp_enter(st);
	return 0;
}

/* The socket that serves is not the one behind the descriptor when the call began: it changed hands in between. */
static __always_inline void changed_hands(struct stage *st, u64 sk)
{
	if (st->waiting)
		udp_unwait(st, udp_get(st->sk));
	if (st->copies)
		st->ambiguous = 1;
	st->head.skb = 0;
	st->sk = sk;
	st->inode = 0;
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(received, struct sock *sk, int ret, int flags)
{
	struct task_struct *t = bpf_get_current_task_btf();
	const volatile struct lym_row *row;
	u64 key = (u64)sk, cookie;
	struct udp *u = NULL;
	struct stage *st;
	u32 gen = 0, items, full = 0;
	bool mmsg = false;

	if (sk->sk_protocol == IPPROTO_UDP) {	/* whoever it is: it took a datagram that others may wait for */
		u = udp_get(key);
		if (u) {
			udp_reader(u);
			gen = u->gen;
			if ((ret >= 0 || ret == -EFAULT) && !(flags & (MSG_PEEK | MSG_ERRQUEUE)))
				__sync_fetch_and_add(&u->gen, 1);
		}
	}
	st = stage_in_scope(t, true, NO_EVENT);
	if (!st)
		return 0;
	if (st->entered ? st->role == ROLE_RECV : begin_late(st, t, ROLE_RECV)) {
		row = &rows[bound(st->nr, LYM_SYSCALLS - 1)];
		mmsg = row->cap[1] == CAP_MMSG_OUT;
		if (st->sk != key)
			changed_hands(st, key);
	} else {
		if (!config.socket_recv || sock_is_kernels(sk))
			return 0;
		implicit_begin(st, key);
		st->flags = flags;
	}
	st->sk_sure = 1;
	st->sk = key = plain(st, sk);
	cookie = sk->__sk_common.skc_cookie.counter;
	sock_fill(st, key, st->inode, cookie ?: bpf_get_socket_cookie(sk));
	st->msg_at = st->len;
	items = st->items;
	if (ret >= 0)
		full = message_close(st, u, key, ret, flags, gen);
	/* neither the last look of a recvmmsg nor the first one of io_uring, which comes again, is a receive */
	if (config.socket_recv && (ret >= 0 || (st->entered ? !st->nmsg : ret != -EAGAIN)))
		socket_recv(full, ret, flags, items);
	if (!st->entered) {
		implicit_end(st);
		if (u && u->uring)
			udp_uring(key);
	} else if (ret >= 0) {
		if (!row_wanted(st))	/* it was for socket_recv alone */
			st->len = st->items = 0;
		if (mmsg)
			message_next();
		st->nmsg++;
	}
	return 0;
}

SEC("tp_btf/sk_data_ready")
int BPF_PROG(arrived, const struct sock *sk)
{
	if (sk->sk_protocol == IPPROTO_UDP)
		udp_arrived((u64)sk);
	return 0;
}

/* A reader that finds a bad checksum throws the datagram away and takes the next one. */
SEC("tp_btf/kfree_skb")
int BPF_PROG(dropped, struct sk_buff *skb, void *location, u32 reason)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct stage *st;
	struct udp *u;

	if (reason != bpf_core_enum_value(enum skb_drop_reason, SKB_DROP_REASON_UDP_CSUM))
		return 0;
	csum_drops++;
	st = stage_in_scope(t, false, NO_EVENT);
	if (!st || !st->entered || st->role != ROLE_RECV || !st->sk)
		return 0;
	u = udp_get(st->sk);
	if (!u)
		return 0;
	u->staged = 0;
	udp_unwait(st, u);
	udp_enter(st);
	return 0;
}
