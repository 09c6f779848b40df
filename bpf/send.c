// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * What a send gave to the kernel. No hook sees the kernel's own copy of the payload, so it is told as U; the socket,
 * the length and, through the cgroup hooks, the destination are the kernel's.
 */
#include "call.h"
#include "emit.h"
#include "message.h"
#include "scope.h"
#include "sock.h"

__noinline int socket_send(s32 ret)
{
	struct task_struct *t = current_task();
	struct stage *st = stage_get(t, false);
	struct stage *out = side_get(t);
	struct lym_sock *so;
	u32 nr, n;

	if (!st || !out) {
		count(LYM_EV_socket_send, EVENT_MADE);
		count(LYM_EV_socket_send, LOST_NO_MEMORY);
		return 0;
	}
	so = (void *)st->sock;
	nr = st->entered ? st->number : NONE;
	n = buffers(st, out, st->nmsg);
	out->len = out->items = 0;
	if (n && ret >= 0)
		item_gather(1, n, META(1, LYM_DATA, 0, 0), ret, config.snaplen);
	if (st->kaddr.len) {
		item_addr(out, 4, LYM_I_KERNEL, &st->kaddr, 0);
	} else if (so->remote_len) {
		struct addr *a = &out->kaddr;

		a->len = so->remote_len;
		bpf_probe_read_kernel(a->b, ADDR_MAX, so->addr + bound(so->local_len, ADDR_MAX));
		item_addr(out, 4, LYM_I_KERNEL, a, 0);
	} else if (st->from.len && st->entered) {
		item_addr(out, 4, 0, &st->from, 0);
	}
	item_sock(out, st);
	emit_socket_event(out, t, LYM_EV_socket_send, nr, ret, ret, st->entered ? st->flags : 0);
	return 0;
}

/* One message of a sendmmsg into the call's own record, as it stands just after the kernel took it. */
__noinline int mmsg_sent(s32 ret)
{
	struct stage *st = stage_get(current_task(), false);
	struct user_msghdr *m;
	u32 n;

	if (!st)
		return 0;
	m = msg_read(st, true, st->nmsg);
	if (!m)
		return 0;
	m->len = ret;
	n = item_msg(st, m, m->namelen, st->nmsg);
	item_gather(0, n, META(1, LYM_DATA, 0, st->nmsg), ret, config.snaplen);
	item_heads(1, n, ret, st->nmsg);
	if (m->control && m->controllen)
		item_user(st, META(1, LYM_CONTROL, 0, st->nmsg), m->control, m->controllen, config.control);
	if (st->kaddr.len)
		item_addr(st, 1, LYM_I_KERNEL, &st->kaddr, st->nmsg);
	else if (m->name && m->namelen)
		item_user(st, META(1, LYM_ADDR, 0, st->nmsg), m->name, m->namelen, ADDR_MAX);
	return 0;
}

static __always_inline int send(struct sock *sk, int ret)
{
	struct task_struct *t = current_task();
	struct stage *st;
	u64 key;

	st = stage_in_scope(t, true, !twin() && config.socket_send && ret != -EAGAIN ? LYM_EV_socket_send : NO_EVENT);
	if (!st)
		return 0;
	did(st, RAN_SEND);
	if (st->entered && st->role != ROLE_SEND)
		return 0;
	if (!st->entered && !begin_late(st, t, ROLE_SEND) && (!config.socket_send || sock_is_kernels(sk)))
		return 0;
	key = plain(st, sk);
	if (st->sk != key || !st->entered)
		st->inode = 0;
	st->sk = key;
	st->sk_sure = 1;
	if (!st->entered) {
		struct uring_send *s = bpf_map_lookup_elem(&uring_sends, &key);

		st->uring.ptr = 0;
		if (s && s->pending == 1)
			st->uring = *s;
		if (ret != -EAGAIN && s && s->pending)
			s->pending--;
	}
	sock_fill(st, key, st->inode, OLD ? 0 : bpf_get_socket_cookie(sk));
	if (config.socket_send && (ret >= 0 || !st->entered || !st->nmsg))
		socket_send(ret);
	if (!st->entered) {
		st->kaddr.set = st->kaddr.len = 0;
		return 0;
	}
	if (rows[masked(st->nr, LYM_ROWS - 1)].cap[1] == CAP_MMSG_IN && ret >= 0) {
		if (row_wanted(st) && st->nmsg < MMSGS)
			mmsg_sent(ret);
		if (!config.given)	/* who is asked again only where the next message goes elsewhere */
			st->kaddr.set = st->kaddr.len = 0;
	}
	if (ret >= 0)
		st->nmsg++;
	if (!(rows[masked(st->nr, LYM_ROWS - 1)].when & ROW_EXIT))	/* nobody will see the call end */
		st->entered = 0;
	return 0;
}

#if OLD		/* that tracepoint has come with Linux 6.3; sock_sendmsg(), where it is, is a part of its callers */
__noinline int send_of(u64 sk, s32 ret)
{
	return send((struct sock *)sk, ret);
}

/* What sends for a family of sockets: its function, what that has besides the socket, and what it returns. */
#define SENT_BY(function, args...) \
	SEC("fexit/" #function) \
	int BPF_PROG(sent_##function, struct socket *so, ##args, int ret) \
	{ \
		if (!config.bare)	/* so that it has one */ \
			bpf_get_socket_cookie(so->sk); \
		return send_of((u64)GET((struct socket *)func_arg(ctx, 0), sk), ret); \
	}

SENT_BY(inet_sendmsg, void *msg, u64 size)
SENT_BY(inet6_sendmsg, void *msg, u64 size)
SENT_BY(unix_dgram_sendmsg, void *msg, u64 size)
SENT_BY(unix_stream_sendmsg, void *msg, u64 size)
SENT_BY(netlink_sendmsg, void *msg, u64 size)
SENT_BY(packet_sendmsg, void *msg, u64 size)
SENT_BY(inet_sendpage, void *page, int offset, u64 size, int flags)
SENT_BY(unix_stream_sendpage, void *page, int offset, u64 size, int flags)
#else
SEC("tp_btf/sock_send_length")
int TWIN_PROG(RAN_SEND, sent, struct sock *sk, int ret, int flags)
{
	return send(sk, ret);
}
#endif
