// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What a receive really delivered: the socket that served, the length of each message; a message is closed here. */
#include "call.h"
#include "emit.h"
#include "implicit.h"
#include "message.h"
#include "scope.h"
#include "udp.h"

/*
 * The payload of a UDP receive out of the datagram kept, if that is proved to be the one.
 */
static __always_inline bool udp_close(struct stage *st, struct udp *u, struct task_struct *t, struct sock *sk)
{
	s32 peek_off = st->now_flags & MSG_PEEK ? GET(sk, sk_peek_off) : -1;
	struct head *h = &st->head;
	u32 off = 0, proof, k;

	if (!udp_take(st, u))
		return false;
	if (st->now_flags & (MSG_PEEK | MSG_TRUNC) || (u32)st->now_ret < h->len)
		find_buffers(0);
	if (peek_off > st->now_ret) {	/* the peek began at an offset, which it has moved on; the datagram is still there */
		off = peek_off - st->now_ret;
		if (off >= h->len)	/* it looked further than the head */
			return false;
		h->got = stage_copy(h->skb, off);
	}
	off = forgotten(st, off);
	proof = forgotten(st, udp_proved(st, u, t, sk));
	if (proof == PROOF_WEAK) {	/* then the caller's buffers must bear it out */
		u32 iovs = find_buffers(0);

		k = h->got;
		if (!(st->now_flags & MSG_PEEK) && k > (u32)st->now_ret)
			k = st->now_ret;
		if (st->room != NONE && k > st->room)
			k = st->room;
		if (!k || !iovs || buffers_differ(st, iovs, st->len + ITEM, k))
			proof = PROOF_NONE;
		forget(st, proof);
	}
	if (!proof)
		return false;
	st->proved = 1;
	st->from.set = 1;
	st->from.len = h->from.len;
	move_words(st->from.b, h->from.b, 4);
	st->whole = h->len - off;
	if (st->now_flags & (MSG_PEEK | MSG_TRUNC)) {
		st->now_full = h->len - off;
		if (st->room != NONE && st->now_full > st->room)
			st->now_full = st->room;
	}
	st->now_got = h->got;
	/* cut because it cannot be read, not because nobody wants more */
	return !h->hooked && (h->got >= st->now_full || h->got >= config.snaplen);
}

/* The urgent byte of TCP, which passes no hook: it stays in its skb until the stream is read past it. 0: not found. */
__noinline int urgent_byte(u64 sk)
{
	u64 q = sk + bpf_core_field_offset(struct sock, sk_receive_queue);
	u64 skb = (u64)GET((struct sock *)sk, sk_receive_queue.next), at;
	u32 seq = GET((struct tcp_sock *)sk, urg_seq);
	struct stage *st = stage_or_side(0);

	for (int i = 0; i < 16 && st && skb && skb != q; i++) {
		struct sk_buff *b = (void *)skb;
		u32 off = seq - GET((struct tcp_skb_cb *)b->cb, seq);

		if (off < GET(b, len)) {
			at = skb_at(b, off, 1);
			*(u64 *)area_at(st, st->len + ITEM) = at ? load64(at) & 0xff : 0;
			return at && linked(skb);
		}
		skb = (u64)GET(b, next);
	}
	return 0;
}

/* Where what is known of the message under way is kept; the last of them is for all that are too many. */
static __always_inline u32 slot(struct stage *st)
{
	return masked(st->now_slot, MMSGS - 1);
}

#define HEADERS 128		/* bytes that the header and the buffers of a message take in the record, which come last */

/* Would the message just closed leave no room for the headers of it and of those before it? */
static __always_inline bool no_room(struct stage *st)
{
	return st->nmsg >= MMSGS - 1 || st->len + HEADERS * (st->nmsg + 1) > config.area;
}

/* What it took in the area is given back. */
static __always_inline void forget_message(struct stage *st, u32 items)
{
	st->len = st->msg_at;
	st->items = items;
	st->cut = LYM_F_CUT;
	st->msg[slot(st)].data_at = st->msg[slot(st)].addr_at = NOWHERE;
}

static __always_inline void learn_kind(struct stage *st, struct sock *sk)
{
	u16 family = GET(sk, __sk_common.skc_family);

	st->now_kind = 0;
	if (family == AF_INET6)
		st->now_kind = KIND_INET | KIND_V6;
	else if (family == AF_INET)
		st->now_kind = KIND_INET;
	if (!now_is(st, KIND_INET))
		return;
	if (GET(sk, sk_type) == SOCK_STREAM)
		st->now_kind |= KIND_STREAM;
	if (GET(sk, sk_protocol) == (now_is(st, KIND_STREAM) ? IPPROTO_TCP : IPPROTO_UDP))
		st->now_kind |= now_is(st, KIND_STREAM) ? KIND_TCP : KIND_UDP;
}

/* Close the message under way: payload and address become items. Returns how many bytes it delivered. */
static __always_inline u32 message_close(struct stage *st, struct udp *u, struct task_struct *t, u64 skaddr)
{
	struct sock *sk = (void *)skaddr;
	struct closed *m;
	u32 index, n;

	learn_kind(st, sk);
	m = &st->msg[slot(st)];
	/* in the record of a recvmmsg; alone in one of socket_recv */
	index = st->entered && row_wanted(st) ? st->nmsg : 0;
	m->data_at = m->addr_at = NOWHERE;
	m->data_len = m->why = 0;
	st->now_sure = 0;
	st->now_got = 0;
	st->now_full = st->now_ret;
	if (st->copies) {
		st->now_got = st->got;
		st->now_full = st->full;
		if (!(st->now_flags & MSG_PEEK) && st->now_full > (u32)st->now_ret)	/* a later part met a bad buffer */
			st->now_full = st->now_ret;
		/* else a part passed no hook; a ULP (kTLS) hands over skbs of its own making */
		if (!st->ambiguous && ((st->now_flags & (MSG_PEEK | MSG_TRUNC)) || st->now_full >= (u32)st->now_ret) &&
		    !(st->orphan && (!now_is(st, KIND_INET) || now_is(st, KIND_STREAM))) &&
		    !(now_is(st, KIND_TCP) && GET((struct inet_connection_sock *)sk, icsk_ulp_ops)))
			st->now_sure = 1;
	} else if (now_is(st, KIND_UDP) && !(st->now_flags & MSG_ERRQUEUE)) {
		st->proved = 0;
		if (u && udp_close(st, u, t, sk))
			st->now_sure = 1;
		if (!st->now_sure && !st->proved) {
			m->why = LYM_I_AMBIG;
			want_late = 1;
		}
	} else if (now_is(st, KIND_TCP) && (st->now_flags & MSG_OOB)) {
		if (st->now_ret == 1 && urgent_byte(skaddr))
			st->now_sure = 1;
		st->now_got = 1;
	} else if (now_is(st, KIND_TCP) && (st->now_flags & MSG_TRUNC)) {
		st->now_full = 0;	/* the bytes were thrown away, nothing was delivered */
		st->now_sure = 1;
	} else if (!st->now_ret) {
		st->now_sure = 1;
	}
	if (st->now_sure) {
		n = st->now_got < st->now_full ? st->now_got : st->now_full;
		item_pad(st, n);
		m->data_at = st->len;
		m->data_len = n;
		item_commit(st, 1, LYM_DATA, LYM_I_KERNEL, n, st->whole > st->now_full ? st->whole : st->now_full, index);
	}
	if (now_is(st, KIND_TCP) && !(st->now_flags & MSG_ERRQUEUE)) {	/* TCP gives no address */
		st->from.set = 1;
		st->from.len = 0;
	} else if (st->kaddr.set) {
		addr_copy(&st->from, &st->kaddr);
	} else if (now_is(st, KIND_V6) && st->from.len == sizeof(struct sin)) {
		addr_map(&st->from);
	}
	if (st->from.set) {
		m->addr_at = st->len;
		item_addr(st, st->entered && rows[masked(st->nr, LYM_ROWS - 1)].cap[1] == CAP_BUF_OUT ? 4 : 1,
			  LYM_I_KERNEL, &st->from, index);
	}
	return st->now_full;
}

/*
 * The event socket_recv, from the message just closed: in the call's own stage if its area holds nothing but this
 * message, else in the one beside it. What it adds to the area is taken back.
 */
__noinline int socket_recv(u32 full, s32 ret, u32 flags, u32 items_before)
{
	struct task_struct *t = current_task();
	struct stage *st = stage_get(t, false), *out = st;
	u32 len, items, addr_at, data_at, field = 0, nr;
	struct lym_item *i;
	struct lym_sock *so;

	if (!st)
		return 0;
	addr_at = ret < 0 ? NOWHERE : st->msg[slot(st)].addr_at;
	data_at = ret < 0 ? NOWHERE : st->msg[slot(st)].data_at;
	so = (void *)st->sock;
	nr = st->entered ? st->number : NONE;
	if (st->msg_at) {
		out = side_get(t);
		if (!out) {
			count(LYM_EV_socket_recv, EVENT_MADE);
			count(LYM_EV_socket_recv, LOST_NO_MEMORY);
			return 0;
		}
		out->len = area_copy_chunks(1, 0, plain(st, area_at(st, st->msg_at)), st->len - st->msg_at);
		out->items = st->items - items_before;
		out->cut = 0;
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
		u32 n = find_buffers(out != st);

		count_user(LYM_EV_socket_recv, st->msg[slot(st)].why);
		if (n)
			item_gather(out != st, n, META(1, LYM_DATA, st->msg[slot(st)].why, 0), full, config.snaplen);
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

/* How long the caller says that the address buffer of message i is, while the kernel has not yet written how long the address was. */
static __always_inline void read_length(struct stage *st, const volatile struct lym_row *row, u32 i)
{
	u32 cap = row->cap[1];
	u64 m = st->args[1];

	if (cap == CAP_MSG_OUT || cap == CAP_MMSG_OUT) {
		if (cap == CAP_MMSG_OUT)
			m += (u64)i * (compat(st) ? MMSGHDR_SIZE32 : MMSGHDR_SIZE);
		user_read32(st, &st->msg[i].namelen_in, m + (compat(st) ? NAMELEN32 : NAMELEN));
	} else if (row->len_arg < 6) {
		m = st->args[masked(row->len_arg, ARGS - 1)];
		if (!m)
			return;
		st->len_unread = !user_read32(st, &st->len_in, m);
	}
	st->in_read = i + 1;
}

/* Which messages' address lengths can be read when a receive is told: its own, the next one's. */
enum { LENGTH_OWN = 1, LENGTH_NEXT = 2 };

static __always_inline int receive(struct sock *sk, int ret, int flags, u32 lengths)
{
	struct task_struct *t = current_task();
	const volatile struct lym_row *row;
	/* without memory the call's own event is lost where it ends, and a try that found nothing is none */
	struct stage *st = stage_in_scope(t, true, !twin() && config.socket_recv && ret != -EAGAIN ? LYM_EV_socket_recv : NO_EVENT);
	struct udp *u = !OLD && !config.taken && GET(sk, sk_protocol) == IPPROTO_UDP ? udp_get(sk) : NULL;
	u64 key = (u64)sk, cookie;
	u32 items, full = 0;

	if (!st)
		goto count;
	did(st, RAN_RECV);
	if (st->entered ? st->role == ROLE_RECV : begin_late(st, t, ROLE_RECV)) {
		st->now_slot = bound(st->nmsg, MMSGS - 1);
		row = &rows[masked(st->nr, LYM_ROWS - 1)];
		if (st->sk && st->sk != key) {	/* what was behind the descriptor has changed */
			st->ambiguous = st->copies != 0;
			st->inode = 0;
		}
		if (row->when & ROW_WANTED && lengths & LENGTH_OWN)
			read_length(st, row, slot(st));
		if (row->when & ROW_WANTED && lengths & LENGTH_NEXT && row->cap[1] == CAP_MMSG_OUT && st->nmsg < MMSGS - 1)
			read_length(st, row, slot(st) + 1);
	} else {
		if (!config.socket_recv || sock_is_kernels(sk))
			goto count;
		implicit_begin(st, key);
		st->now_slot = 0;
		st->flags = flags;
	}
	st->now_ret = ret;
	st->now_flags = flags;
	st->sk_sure = 1;
	st->sk = key = plain(st, sk);
	cookie = GET(sk, __sk_common.skc_cookie.counter);
	sock_fill(st, key, st->inode, cookie || BARE ? cookie : bpf_get_socket_cookie(sk));
	st->msg_at = st->len;
	items = st->items;
	if (st->now_ret >= 0)
		full = message_close(st, u, t, key);
	/* neither the last look of a recvmmsg nor the first one of io_uring, which comes again, is a receive */
	if (config.socket_recv && (st->now_ret >= 0 || (st->entered ? !st->nmsg : st->now_ret != -EAGAIN)))
		socket_recv(full, st->now_ret, st->now_flags, items);
	row = &rows[masked(st->nr, LYM_ROWS - 1)];
	if (!st->entered) {
		implicit_end(st);
	} else {
		if (st->now_ret >= 0) {
			if (!(row->when & ROW_WANTED))	/* it was for socket_recv alone */
				st->len = st->items = 0;
			else if (st->nmsg && no_room(st))
				forget_message(st, items);
			message_reset(st);
			st->nmsg++;
		}
		if (!(row->when & ROW_EXIT))	/* nobody will see the call end */
			st->entered = 0;
	}
count:
	/* whoever it is: it took a datagram that others may wait for */
	if (u) {
		udp_reader(u, t);
		if ((ret >= 0 || ret == -EFAULT) && !(flags & (MSG_PEEK | MSG_ERRQUEUE)))
			__sync_fetch_and_add(&u->gen, 1);
		if (!udp_current(u))
			udp_keep(u, key);
	}
	return 0;
}

#if OLD		/* that tracepoint has come with Linux 6.3 */
__noinline int receive_of(u64 sk, s32 ret, u32 flags)
{
	return receive((struct sock *)sk, ret, flags, LENGTH_OWN | LENGTH_NEXT);
}

/* What receives for a family of sockets: before 5.17, where sock_recvmsg() is a part of its callers, too. */
#define RECEIVED_BY(function) \
	SEC("fexit/" #function) \
	int BPF_PROG(got_##function, struct socket *so, void *msg, u64 size, int flags, int ret) \
	{ \
		return receive_of((u64)GET((struct socket *)func_arg(ctx, 0), sk), ret, flags); \
	}

RECEIVED_BY(inet_recvmsg)
RECEIVED_BY(inet6_recvmsg)
RECEIVED_BY(sock_common_recvmsg)		/* raw IPv6 */
RECEIVED_BY(unix_dgram_recvmsg)
RECEIVED_BY(unix_stream_recvmsg)
RECEIVED_BY(netlink_recvmsg)
RECEIVED_BY(packet_recvmsg)

SEC("fexit/sock_recvmsg")
int BPF_PROG(received_f, struct socket *so, void *msg, int flags, int ret)
{
	return receive(so->sk, ret, flags, LENGTH_OWN | LENGTH_NEXT);
}

/* The second message of a recvmmsg and those behind it (unchecked: not 0) are received by what is a part of their caller. When that
 * returns, the caller's memory has been told how long the address was. */
SEC("fexit/____sys_recvmsg")
int BPF_PROG(received_next, struct socket *so, void *msg, void *user, void *address, u32 flags, int unchecked, int ret)
{
	return unchecked ? receive(so->sk, ret, flags, LENGTH_NEXT) : 0;
}
#else
SEC("tp_btf/sock_recv_length")
int TWIN_PROG(RAN_RECV, received, struct sock *sk, int ret, int flags)
{
	return receive(sk, ret, flags, LENGTH_OWN);
}
#endif
