/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * One receive and what must be reported of it: the call itself and the socket_recv below it. The bytes that arrive
 * are first held against what the peer sent; a program that got something else stops (exit 99).
 */
#ifndef TESTS_RECV_H
#define TESTS_RECV_H

#include <sys/uio.h>
#include "net.h"

struct rx {
	const struct end *e;	/* the socket that delivers */
	int fd;			/* the descriptor to use, if another than e->fd */
	size_t room;		/* size of the buffer */
	char *buf;		/* the buffer; NULL: a fresh one */
	int iov;		/* recvmsg, readv: in so many slices */
	int flags;
	bool addr;		/* ask for the source address */
	const struct end *from;	/* whose local address is the source; NULL: none is known */
	const struct end *peer;	/* a stream's other end: socket_recv may name it */
	bool unsure;		/* the source may be left out: nobody but the kernel's queue knew it */
	const void *want;	/* what was sent, len bytes of it are due */
	size_t len;
	size_t full;		/* length of the whole message where the buffer is shorter; 0: as len */
	bool nothing;		/* the kernel writes no payload (MSG_TRUNC of TCP) */
	bool trust;		/* the other end is the kernel: what arrives in this quiet program is the truth */
	const char *origin;	/* where the payload must come from; NULL: K */
	long fail;		/* errno that is due */
	long also;		/* another errno by which the tracer may call it: the kernel's own, before it turned
				 * into what the program sees */
	int restarts;		/* recvfrom: so often a signal made the kernel start it again, each an event */
	long long min_ns;	/* recvfrom: it took at least so long */
	size_t control;		/* recvmsg: room for control messages */
	const char *cmsg;	/* their due names, as JSON list of [level, type] */
};

static inline const char *msg_flags(int flags)
{
	static const struct {
		int f;
		const char *name;
	} t[] = {
#define F(x) {x, #x}
		F(MSG_OOB), F(MSG_PEEK), F(MSG_TRUNC), F(MSG_DONTWAIT), F(MSG_WAITALL), F(MSG_ERRQUEUE),
		F(MSG_NOSIGNAL), F(MSG_CMSG_CLOEXEC), F(MSG_WAITFORONE), F(MSG_DONTROUTE), F(MSG_MORE),
#undef F
	};
	static __thread char s[256];

	s[0] = 0;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		if (!(flags & t[i].f))
			continue;
		snprintf(s + strlen(s), sizeof(s) - strlen(s), "%s%s", s[0] ? "|" : "", t[i].name);
		flags &= ~t[i].f;
	}
	NEED(!flags);
	return s;
}

static inline void x_flags(int flags)
{
	if (flags)
		x_named("flags", flags, msg_flags(flags));
	else
		x_int("flags", 0);
}

static inline void x_payload(const struct rx *r, const char *name, long ret, const char *buf)
{
	size_t got = ret < (long)r->room ? ret : (long)r->room;
	size_t full = r->full ? r->full : got;

	if (ret < 0 || r->nothing)
		x_nobytes(name);
	else
		x_bytes(name, buf, got, full, r->origin ? r->origin : "K");
}

static inline void x_source(const struct rx *r, const char *name, long ret)
{
	if (ret >= 0 && r->from && r->unsure)
		x_maybe_addr(name, &r->from->local, r->from->local_len);
	else if (ret >= 0 && r->from)
		x_addr(name, &r->from->local, r->from->local_len, "K");
	else
		x_addr(name, NULL, 0, "*");
}

/* The socket_recv of a receive that returned ret. */
static inline void x_socket_recv(const struct rx *r, const char *via, long ret, const char *buf)
{
	size_t got = ret < (long)r->room ? ret : (long)r->room;

	x_begin("socket_recv", ret);
	x_payload(r, "buf", ret, buf);
	if (ret >= 0 && !r->nothing)
		x_int("len", got);
	x_flags(r->flags);
	if (ret >= 0 && !r->from && r->peer)
		x_maybe_addr("src_addr", &r->peer->local, r->peer->local_len);
	else
		x_source(r, "src_addr", ret);
	x_text("via", via);
	x_args_end();
	if (r->e)
		x_sock(r->e);
	if (ret < 0)
		x_json("optional", "true");
	if (r->also)
		x_json("or_ret", "%ld", -r->also);
	x_end();
}

/* Is what arrived what was sent? */
static inline void check_got(const struct rx *r, long ret, const char *buf)
{
	size_t got = ret < (long)r->room ? ret : (long)r->room;

	if (r->fail) {
		if (ret != -r->fail)
			DIE("returned %ld instead of %s", ret, strerrorname_np(r->fail));
		return;
	}
	if (ret < 0)
		DIE("receive returned %s", strerrorname_np(-ret));
	if (r->trust || r->nothing)
		return;
	if (got != r->len || memcmp(buf, r->want, got))
		DIE("%zu bytes arrived, %zu sent, or they differ", got, r->len);
}

static inline long ret_of(long r)
{
	return r < 0 ? -errno : r;
}

/* A fresh buffer, to be freed, if the test brings none. */
static inline char *rx_own(const struct rx *r)
{
	return r->buf ? NULL : calloc(1, r->room ? r->room : 1);
}

/* Slice the buffer into r->iov pieces, uneven on purpose. */
static inline int rx_iov(const struct rx *r, char *buf, struct iovec *v)
{
	int n = r->iov ? r->iov : 1;
	size_t at = 0;

	for (int i = 0; i < n; i++) {
		size_t l = i == n - 1 ? r->room - at : (r->room - at) / (n - i) / (i % 2 + 1);

		v[i] = (struct iovec){buf + at, l};
		at += l;
	}
	return n;
}

static inline void x_recvfrom(const struct rx *r, long ret, int fd, const char *buf)
{
	x_socket_recv(r, "recvfrom", ret, buf);
	x_begin("recvfrom", ret);
	x_int("sockfd", fd);
	x_payload(r, "buf", ret, buf);
	x_int("len", r->room);
	x_flags(r->flags);
	x_source(r, "src_addr", ret);
	x_args_end();
	if (r->e)
		x_sock(r->e);
	if (r->also)
		x_json("or_ret", "%ld", -r->also);
	if (r->min_ns)
		x_json("min_ns", "%lld", r->min_ns);
	x_end();
}

/* recvfrom: two events. Returns what the call returned, -errno on failure. */
static inline long rx_recvfrom(const struct rx *r)
{
	union addr a;
	socklen_t al = sizeof(a);
	char *own = rx_own(r), *buf = own ? own : r->buf;
	int fd = r->fd ? r->fd : r->e->fd;
	long ret;

	memset(&a, 0xa5, sizeof(a));	/* a stale address would show */
	x_from = x_now();
	ret = ret_of(syscall(SYS_recvfrom, fd, buf, r->room, r->flags, r->addr ? &a : NULL, r->addr ? &al : NULL));
	check_got(r, ret, buf);
	for (int i = 0; i < r->restarts; i++)
		x_recvfrom(r, -ERESTARTSYS, fd, buf);
	x_recvfrom(r, ret, fd, buf);
	free(own);
	return ret;
}

/* recvmsg: two events. */
static inline long rx_recvmsg(const struct rx *r)
{
	union addr a;
	char *own = rx_own(r), *buf = own ? own : r->buf, *control = calloc(1, r->control + 1);
	struct iovec v[64];
	struct msghdr m = {.msg_name = r->addr ? &a : NULL, .msg_namelen = r->addr ? sizeof(a) : 0, .msg_iov = v,
			   .msg_control = r->control ? control : NULL, .msg_controllen = r->control};
	int fd = r->fd ? r->fd : r->e->fd;
	long ret;

	memset(&a, 0xa5, sizeof(a));
	m.msg_iovlen = rx_iov(r, buf, v);
	x_from = x_now();
	ret = ret_of(syscall(SYS_recvmsg, fd, &m, r->flags));
	check_got(r, ret, buf);
	x_socket_recv(r, "recvmsg", ret, buf);
	x_begin("recvmsg", ret);
	x_int("sockfd", fd);
	x_payload(r, "msg.buf", ret, buf);
	x_source(r, "msg.name", ret);
	x_flags(r->flags);
	if (r->cmsg)
		x_json("msg.control", "{\"cmsg\":%s}", r->cmsg);
	x_args_end();
	if (r->e)
		x_sock(r->e);
	if (r->also)
		x_json("or_ret", "%ld", -r->also);
	x_end();
	free(own);
	free(control);
	return ret;
}

/* read (or readv, if there are slices): no call of the catalogue, only the socket_recv. */
static inline long rx_read(const struct rx *r)
{
	char *own = rx_own(r), *buf = own ? own : r->buf;
	struct iovec v[64];
	int n = rx_iov(r, buf, v), fd = r->fd ? r->fd : r->e->fd;
	long ret;

	x_from = x_now();
	ret = ret_of(r->iov ? readv(fd, v, n) : read(fd, buf, r->room));
	check_got(r, ret, buf);
	x_socket_recv(r, r->iov ? "readv" : "read", ret, buf);
	free(own);
	return ret;
}

#define RECVFROM(...) rx_recvfrom(&(struct rx){__VA_ARGS__})
#define RECVMSG(...) rx_recvmsg(&(struct rx){__VA_ARGS__})
#define READ(...) rx_read(&(struct rx){__VA_ARGS__})

/* recvmmsg of n messages, each as the rx of the same index says; all of one socket. n + 1 events. */
static inline long rx_recvmmsg(const struct rx *r, int n, int flags, int due)
{
	union addr a[8];
	struct iovec v[8][16];
	struct mmsghdr m[8] = {0};
	char *buf[8], name[32];
	long ret;

	NEED(n <= 8);
	memset(a, 0xa5, sizeof(a));
	for (int i = 0; i < n; i++) {
		buf[i] = rx_own(r + i);
		m[i].msg_hdr.msg_iov = v[i];
		m[i].msg_hdr.msg_iovlen = rx_iov(r + i, buf[i], v[i]);
		m[i].msg_hdr.msg_name = r[i].addr ? &a[i] : NULL;
		m[i].msg_hdr.msg_namelen = r[i].addr ? sizeof(a[i]) : 0;
	}
	x_from = x_now();
	ret = ret_of(syscall(SYS_recvmmsg, r->e->fd, m, n, flags, NULL));
	if (ret != due)
		DIE("recvmmsg returned %ld instead of %d", ret, due);
	for (int i = 0; i < due; i++) {
		check_got(r + i, m[i].msg_len, buf[i]);
		x_socket_recv(r + i, "recvmmsg", m[i].msg_len, buf[i]);
	}
	x_begin("recvmmsg", ret);
	x_int("sockfd", r->e->fd);
	x_int("vlen", n);
	x_flags(flags);
	for (int i = 0; i < due; i++) {
		snprintf(name, sizeof(name), "msgvec[%d].buf", i);
		x_payload(r + i, name, m[i].msg_len, buf[i]);
		snprintf(name, sizeof(name), "msgvec[%d].name", i);
		x_source(r + i, name, m[i].msg_len);
	}
	snprintf(name, sizeof(name), "msgvec[%d].buf", due);
	x_nobytes(name);
	x_args_end();
	x_sock(r->e);
	x_end();
	for (int i = 0; i < n; i++)
		free(buf[i]);
	return ret;
}

/* Bytes of which no two stretches are alike. */
static inline void fill(void *p, size_t n, unsigned long long seed)
{
	unsigned long long x = seed * 0x9e3779b97f4a7c15ull + 1;
	unsigned char *d = p;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		d[i] = x >> 32;
	}
}

/* Send all of it from e, to where it is connected. */
static inline void put(const struct end *e, const void *p, size_t n, int flags)
{
	if (send(e->fd, p, n, flags) != (ssize_t)n)
		DIE("send of %zu bytes", n);
}

#endif
