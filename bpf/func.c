// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The function tier: where the kernel lets programs be at the entry of its functions, those say more than any tracepoint. Each
 * function has a handler, which feeds the stage as the tracepoints' programs do, and a small program for each way to get
 * there; src/tiers.c chooses one.
 */
#include "area.h"
#include "call.h"
#include "implicit.h"
#include "message.h"
#include "scope.h"
#include "udp.h"

/* How far into the datagram a peek looks: what it stepped over has been in front of it. NONE: not known any more. */
static __always_inline u32 peeked_at(struct sock *sk, u64 skb)
{
	u64 q = (u64)sk + bpf_core_field_offset(struct udp_sock, reader_queue);
	u64 b = (u64)GET((struct udp_sock *)sk, reader_queue.next);
	s32 off = GET(sk, sk_peek_off);
	u32 len;

	if (off <= 0)
		return 0;
	for (int i = 0; i < 32 && b && b != q; i++) {
		if (b == skb)
			return off;
		len = GET((struct sk_buff *)b, len);
		if (off >= len)
			off -= len;
		b = (u64)GET((struct sk_buff *)b, next);
	}
	return NONE;
}

/*
 * skb_consume_udp(): a receive of UDP has copied this very datagram, and lets go of it. len: what the call returns, below 0 for
 * a peek. What is in pages has been seen by the copy's own hook, which came first.
 */
__noinline int udp_taken(u64 skaddr, u64 skb, s32 len)
{
	struct task_struct *t = current_task();
	struct stage *st = stage_in_scope(t, true, NO_EVENT);
	u32 off = 0, whole;

	if (!st)
		return 0;
	if (st->entered ? st->role != ROLE_RECV : !begin_late(st, t, ROLE_RECV)) {
		if (!config.socket_recv || sock_is_kernels((struct sock *)skaddr))
			return 0;
		implicit_begin(st, skaddr);
	}
	if (len < 0) {
		len = -len;
		off = peeked_at((struct sock *)skaddr, skb);
	}
	whole = GET((struct sk_buff *)skb, len);
	st->orphan = 0;
	addr_of_packet(&st->from, (struct sk_buff *)skb, GET((struct sock *)skaddr, __sk_common.skc_family) == AF_INET6, true);
	if (st->copies)
		return 0;
	st->copies = 1;
	if (off >= whole)	/* also if it is not known */
		st->ambiguous = off > whole;
	else
		st->whole = whole - off;
	if (st->flags & MSG_TRUNC) {	/* then len is not what was copied */
		find_buffers(0);
		len = st->whole < st->room ? st->whole : st->room;
	}
	st->full = len;
	if (st->ambiguous)
		return 0;
	st->got = stage_copy(skb, off);
	if (off) {		/* another one who peeks may have moved it: the caller's buffers must bear it out */
		u32 n = st->got < st->full ? st->got : st->full, iovs = find_buffers(0);

		if (n && (!iovs || buffers_differ(st, iovs, st->len + ITEM, n)))
			st->ambiguous = 1;
	}
	return 0;
}

/* An address that the kernel has taken over from the caller, or is about to hand to it. */
static __always_inline void address_is(struct stage *st, u64 addr, u32 len)
{
	u64 n = bound(len, ADDR_MAX);

	st->kaddr.set = 1;
	st->kaddr.len = n;
	bpf_probe_read_kernel(st->kaddr.b, n, (void *)addr);
}

/* The stage of a call that a hook of its socket is in; NULL: it is none that we follow, or the socket is the kernel's own. */
static __always_inline struct stage *stage_of_call(u64 socket)
{
	struct task_struct *t = current_task();
	struct stage *st = stage_in_scope(t, true, NO_EVENT);

	if (!st || (socket && !GET((struct socket *)socket, file)))
		return NULL;
	if (!st->entered)
		begin_late(st, t, ROLE_NONE);
	return st;
}

/* security_socket_bind(), security_socket_connect() */
__noinline int address_given(u64 socket, u64 addr, s32 len)
{
	struct stage *st = stage_of_call(socket);

	if (st)
		address_is(st, addr, len);
	return 0;
}

/* security_socket_sendmsg(): not for the second message of a sendmmsg to the same address. */
__noinline int address_sent(u64 socket, u64 msg)
{
	struct stage *st = stage_of_call(socket);
	u64 name;

	if (!st)
		return 0;
	name = (u64)GET((struct msghdr *)msg, msg_name);
	if (name)
		address_is(st, name, GET((struct msghdr *)msg, msg_namelen));
	else
		st->kaddr.set = st->kaddr.len = 0;
	return 0;
}

/* move_addr_to_user(): of a receive the datagram says it, and nobody waits for this one. */
__noinline int address_returned(u64 addr, s32 len)
{
	struct stage *st = stage_of_call(0);

	if (st && st->entered && st->role == ROLE_SOCK)
		address_is(st, addr, len);
	return 0;
}

#define TWO(get, ctx) get(ctx, 0), get(ctx, 1)
#define THREE(get, ctx) TWO(get, ctx), get(ctx, 2)

#define ON_ENTRY(name, function, handler, args) \
	SEC("fentry/" #function) int name(void *ctx) { handler(args(func_arg, ctx)); return 0; } \
	SEC("kprobe/" #function) int name##_k(struct pt_regs *ctx) { handler(args(REGS_ARG, ctx)); return 0; }
#define ON_LSM(name, hook, handler, args) \
	SEC("lsm/" #hook) int name##_l(void *ctx) { handler(args(func_arg, ctx)); return 0; }

ON_ENTRY(taken, skb_consume_udp, udp_taken, THREE)
ON_ENTRY(connecting, security_socket_connect, address_given, THREE)
ON_ENTRY(binding, security_socket_bind, address_given, THREE)
ON_ENTRY(sending, security_socket_sendmsg, address_sent, TWO)
ON_ENTRY(returning, move_addr_to_user, address_returned, TWO)
ON_LSM(connecting, socket_connect, address_given, THREE)
ON_LSM(binding, socket_bind, address_given, THREE)
ON_LSM(sending, socket_sendmsg, address_sent, TWO)
