/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One send and what must be reported of it: the call itself and the socket_send below it. */
#ifndef TESTS_SEND_H
#define TESTS_SEND_H

#include "recv.h"

struct tx {
	const struct end *e;	/* the sending socket */
	int fd;			/* the descriptor to use, if another than e->fd */
	const void *data;
	size_t len;
	int iov;		/* in so many slices */
	int flags;
	const struct end *to;	/* send to its local address; NULL: to where it is connected */
	const char *origin;	/* where the address must come from; NULL: K */
	const struct end *peer;	/* connected: socket_send may name it */
	long fail;
	long due;		/* what the call returns, if not len */
};

static inline void x_dest(const struct tx *t, const char *name)
{
	if (t->to)
		x_addr(name, &t->to->local, t->to->local_len, t->origin ? t->origin : "K");
	else if (t->peer)
		x_maybe_addr(name, &t->peer->local, t->peer->local_len);
	else
		x_addr(name, NULL, 0, "*");
}

/* What the caller's memory held; a tracer may cut it after many slices, if it says so. */
static inline void x_payload_sent(const char *name, const void *p, size_t n, bool prefix)
{
	x_bytes(name, p, n, n, "U");
	if (prefix) {
		fseek(xl.f, -1, SEEK_CUR);	/* into the object just closed */
		fputs(",\"prefix\":true}", xl.f);
	}
}

static inline void x_sent(const struct tx *t, const char *name)
{
	if (t->fail)
		x_json(name, "{\"any\":true}");
	else
		x_payload_sent(name, t->data, t->len, t->iov > 16);
}

static inline void x_socket_send(const struct tx *t, const char *via, long ret)
{
	x_begin("socket_send", ret);
	x_sent(t, "buf");
	if (ret >= 0)
		x_int("len", ret);
	x_flags(t->flags);
	x_dest(t, "dst_addr");
	x_text("via", via);
	x_args_end();
	if (t->e)
		x_sock(t->e);
	if (ret < 0)
		x_json("optional", "true");
	x_end();
}

static inline void check_sent(const struct tx *t, long ret)
{
	long due = t->fail ? -t->fail : t->due ? t->due : (long)t->len;

	if (ret != due)
		DIE("the send returned %ld instead of %ld", ret, due);
}

static inline int tx_iov(const struct tx *t, struct iovec *v)
{
	struct rx r = {.room = t->len, .iov = t->iov};

	return rx_iov(&r, (char *)t->data, v);
}

static inline long tx_sendto(const struct tx *t)
{
	int fd = t->fd ? t->fd : t->e->fd;
	long ret;

	x_from = x_now();
	ret = ret_of(syscall(SYS_sendto, fd, t->data, t->len, t->flags, t->to ? &t->to->local : NULL,
			     t->to ? t->to->local_len : 0));
	check_sent(t, ret);
	x_socket_send(t, "sendto", ret);
	x_begin("sendto", ret);
	x_int("sockfd", fd);
	x_sent(t, "buf");
	x_int("len", t->len);
	x_flags(t->flags);
	x_dest(t, "dest_addr");
	x_int("addrlen", t->to ? t->to->local_len : 0);
	x_args_end();
	if (t->e)
		x_sock(t->e);
	x_end();
	return ret;
}

static inline long tx_sendmsg(const struct tx *t)
{
	struct iovec v[64];
	struct msghdr m = {.msg_iov = v, .msg_name = t->to ? (void *)&t->to->local : NULL,
			   .msg_namelen = t->to ? t->to->local_len : 0};
	int fd = t->fd ? t->fd : t->e->fd;
	long ret;

	m.msg_iovlen = tx_iov(t, v);
	x_from = x_now();
	ret = ret_of(syscall(SYS_sendmsg, fd, &m, t->flags));
	check_sent(t, ret);
	x_socket_send(t, "sendmsg", ret);
	x_begin("sendmsg", ret);
	x_int("sockfd", fd);
	x_sent(t, "msg.buf");
	x_dest(t, "msg.name");
	x_flags(t->flags);
	x_args_end();
	if (t->e)
		x_sock(t->e);
	x_end();
	return ret;
}

static inline long tx_write(const struct tx *t)
{
	int fd = t->fd ? t->fd : t->e->fd;
	struct iovec v[64];
	int n = tx_iov(t, v);
	long ret;

	x_from = x_now();
	ret = ret_of(t->iov ? writev(fd, v, n) : write(fd, t->data, t->len));
	check_sent(t, ret);
	x_socket_send(t, t->iov ? "writev" : "write", ret);
	return ret;
}

#define SENDTO(...) tx_sendto(&(struct tx){__VA_ARGS__})
#define SENDMSG(...) tx_sendmsg(&(struct tx){__VA_ARGS__})
#define WRITE(...) tx_write(&(struct tx){__VA_ARGS__})

/* sendmmsg of n messages of one socket; n + 1 events. */
static inline long tx_sendmmsg(const struct tx *t, int n, int flags)
{
	struct mmsghdr m[8] = {0};
	struct iovec v[8][16];
	char name[32];
	long ret;

	NEED(n <= 8);
	for (int i = 0; i < n; i++) {
		m[i].msg_hdr.msg_iov = v[i];
		m[i].msg_hdr.msg_iovlen = tx_iov(t + i, v[i]);
		m[i].msg_hdr.msg_name = t[i].to ? (void *)&t[i].to->local : NULL;
		m[i].msg_hdr.msg_namelen = t[i].to ? t[i].to->local_len : 0;
	}
	x_from = x_now();
	ret = ret_of(syscall(SYS_sendmmsg, t->e->fd, m, n, flags));
	if (ret != n)
		DIE("sendmmsg returned %ld", ret);
	for (int i = 0; i < n; i++)
		x_socket_send(t + i, "sendmmsg", m[i].msg_len);
	x_begin("sendmmsg", ret);
	x_int("sockfd", t->e->fd);
	x_int("vlen", n);
	x_flags(flags);
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "msgvec[%d].buf", i);
		x_sent(t + i, name);
		snprintf(name, sizeof(name), "msgvec[%d].name", i);
		x_dest(t + i, name);
	}
	x_args_end();
	x_sock(t->e);
	x_end();
	return ret;
}

/* connect: one event. ret 0 or -errno as due. */
static inline void do_connect(struct end *e, const void *addr, socklen_t len, const char *origin, long due)
{
	long ret;

	end_facts(e);		/* it has its cookie now */
	x_from = x_now();
	ret = ret_of(connect(e->fd, addr, len));
	if (ret != due)
		DIE("connect returned %ld instead of %ld", ret, due);
	end_facts(e);
	x_begin("connect", ret);
	x_int("sockfd", e->fd);
	x_addr("addr", addr, len, origin);
	x_int("addrlen", len);
	x_args_end();
	if (ret)
		e->local_len = e->remote_len = UNSAID;
	x_sock(e);
	x_end();
}

#endif
