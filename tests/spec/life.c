/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A socket's life: socket, socketpair, bind, listen, accept, names, options, shutdown; and each of them failing. */
#include "../lib/cases.h"
#include "../lib/recv.h"

/* One call with what is always known: the return value. Leaves the line open for its arguments. */
#define CALL(name, call, due) \
	(x_from = x_now(), last = ret_of(call), \
	 (due) != ANY && last != (due) ? DIE("%s returned %ld", name, last) : (void)0, x_begin(name, last))
#define ANY (-99999)

static long last;

static void done(const struct end *e)
{
	x_args_end();
	if (e)
		x_sock(e);
	x_end();
}

static void sockets(void)
{
	CALL("socket", socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP), ANY);
	x_named("domain", AF_INET, "AF_INET");
	x_named("type", SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, "SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK");
	x_named("protocol", IPPROTO_UDP, "IPPROTO_UDP");
	done(NULL);
	CALL("socket", socket(AF_INET6, SOCK_STREAM, 0), ANY);
	x_named("domain", AF_INET6, "AF_INET6");
	x_named("type", SOCK_STREAM, "SOCK_STREAM");
	x_int("protocol", 0);
	done(NULL);
	CALL("socket", socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), ANY);
	x_named("domain", AF_NETLINK, "AF_NETLINK");
	x_named("type", SOCK_RAW, "SOCK_RAW");
	done(NULL);
	CALL("socket", socket(77, SOCK_STREAM, 5), -EAFNOSUPPORT);
	x_int("domain", 77);
	x_int("protocol", 5);
	done(NULL);
	CALL("socket", socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), -EPROTONOSUPPORT);
	done(NULL);
}

static void pairs(void)
{
	int sv[2];

	CALL("socketpair", socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv), 0);
	x_named("domain", AF_UNIX, "AF_UNIX");
	x_named("type", SOCK_STREAM | SOCK_CLOEXEC, "SOCK_STREAM|SOCK_CLOEXEC");
	x_json("sv", "{\"fds\":[%d,%d]}", sv[0], sv[1]);
	done(NULL);
	CALL("socketpair", socketpair(AF_INET, SOCK_STREAM, 0, sv), -EOPNOTSUPP);
	x_named("domain", AF_INET, "AF_INET");
	done(NULL);
}

/* bind with whatever address; origin K where a hook shows the kernel's copy. */
static void one_bind(int fd, const void *a, socklen_t len, const char *origin, long due)
{
	struct end e = end_of(fd);	/* it has its cookie now */

	CALL("bind", bind(fd, a, len), due);
	x_int("sockfd", fd);
	x_addr("addr", a, len, origin);
	x_int("addrlen", len);
	e = end_of(fd);
	if (due)
		e.local_len = UNSAID;
	else if (e.family == AF_INET || e.family == AF_INET6)
		e.local_len = UNSAID;	/* the port may be the kernel's choice */
	e.remote_len = UNSAID;
	done(&e);
}

static void binds(void)
{
	union addr a, b;
	socklen_t len = loopback(AF_INET, &a);
	int fd = socket(AF_INET, SOCK_STREAM, 0), n;
	char name[64];
	struct end e;

	one_bind(fd, &a, len, "K", 0);
	e = end_of(fd);
	one_bind(socket(AF_INET, SOCK_STREAM, 0), &e.local, e.local_len, "K", -EADDRINUSE);
	a.in.sin_addr.s_addr = htonl(0xc6336407);	/* 198.51.100.7, nobody's */
	one_bind(socket(AF_INET, SOCK_DGRAM, 0), &a, len, "K", -EADDRNOTAVAIL);
	one_bind(socket(AF_INET6, SOCK_DGRAM, 0), &b, loopback(AF_INET6, &b), "K", 0);
	n = snprintf(name, sizeof(name), "%clym%c%d", 0, 0, getpid());
	one_bind(socket(AF_UNIX, SOCK_DGRAM, 0), &b, unix_addr(&b, name, n), "*", 0);
	memset(&b, 0, sizeof(b));
	b.nl.nl_family = AF_NETLINK;
	b.nl.nl_pid = getpid() | 0x40000000;
	one_bind(socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK), &b, sizeof(b.nl), "*", 0);
	one_bind(socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK), &b, sizeof(b.nl), "*", -EADDRINUSE);
}

/* Addresses that no socket here accepts: decoded all the same, an unknown family as bytes. */
static void strange(void)
{
	union addr a = {.vm = {.svm_family = AF_VSOCK, .svm_cid = 3, .svm_port = 1234}};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	CALL("bind", bind(fd, &a.sa, sizeof(a.vm)), ANY);
	x_addr("addr", &a, sizeof(a.vm), "*");
	done(NULL);
	memcpy(&a, "\x63\x00unheard of", 13);
	CALL("bind", bind(fd, &a.sa, 13), ANY);
	x_addr("addr", &a, 13, "*");
	done(NULL);
	CALL("bind", bind(fd, (void *)8, 16), -EFAULT);
	x_addr("addr", NULL, 0, "*");
	done(NULL);
	CALL("bind", bind(-1, &a.sa, 13), -EBADF);
	x_addr("addr", &a, 13, "*");
	done(NULL);
}

static void listens(void)
{
	struct end e = end_of(inet_bound(AF_INET, SOCK_STREAM)), d = end_of(inet_bound(AF_INET, SOCK_DGRAM));

	CALL("listen", listen(e.fd, 7), 0);
	x_int("sockfd", e.fd);
	x_int("backlog", 7);
	done(&e);
	CALL("listen", listen(d.fd, 7), -EOPNOTSUPP);
	x_int("backlog", 7);
	done(&d);
	CALL("listen", listen(-1, 7), -EBADF);
	done(NULL);
}

static int client(const struct end *l)
{
	int fd = socket(l->family, SOCK_STREAM, 0);

	NEED(!connect(fd, &l->local.sa, l->local_len));
	return fd;
}

static void accepts(void)
{
	for (int f = 0; f < 2; f++) {
		struct end l = end_of(inet_bound(f ? AF_INET6 : AF_INET, SOCK_STREAM)), c;
		union addr a;
		socklen_t len = sizeof(a);

		NEED(!listen(l.fd, 5));
		l = end_of(l.fd);
		c = end_of(client(&l));
		CALL("accept", accept(l.fd, &a.sa, &len), ANY);
		NEED(last >= 0 && len == c.local_len && !memcmp(&a, &c.local, len));
		x_int("sockfd", l.fd);
		x_addr("addr", &c.local, c.local_len, "K");
		done(NULL);
		c = end_of(client(&l));
		len = sizeof(a);
		CALL("accept4", accept4(l.fd, &a.sa, &len, SOCK_CLOEXEC | SOCK_NONBLOCK), ANY);
		x_addr("addr", &c.local, c.local_len, "K");
		x_named("flags", SOCK_CLOEXEC | SOCK_NONBLOCK, "SOCK_CLOEXEC|SOCK_NONBLOCK");
		done(NULL);
		c = end_of(client(&l));
		CALL("accept", accept(l.fd, NULL, NULL), ANY);
		x_maybe_addr("addr", &c.local, c.local_len);
		done(NULL);
		NEED(!fcntl(l.fd, F_SETFL, O_NONBLOCK));
		CALL("accept", accept(l.fd, &a.sa, &len), -EAGAIN);
		x_addr("addr", NULL, 0, "*");
		done(&l);
		CALL("accept", accept(c.fd, &a.sa, &len), -EINVAL);
		x_addr("addr", NULL, 0, "*");
		done(&c);
	}
	CALL("accept4", accept4(-1, NULL, NULL, 0), -EBADF);
	done(NULL);
}

/* IPv4 clients of an IPv6 listener; AF_UNIX with a named and an unnamed client. */
static void accepts_others(void)
{
	struct end l = {.fd = socket(AF_INET6, SOCK_STREAM, 0)}, u = {.fd = socket(AF_UNIX, SOCK_STREAM, 0)}, c;
	union addr a = {.in6 = {.sin6_family = AF_INET6}}, m = a, n[2];
	socklen_t len = sizeof(a.in6);
	char s[64];

	NEED(!bind(l.fd, &a.sa, len) && !listen(l.fd, 5));
	l = end_of(l.fd);
	c.fd = socket(AF_INET, SOCK_STREAM, 0);
	loopback(AF_INET, &a);
	a.in.sin_port = l.local.in6.sin6_port;
	NEED(!connect(c.fd, &a.sa, sizeof(a.in)));
	c = end_of(c.fd);
	inet_pton(AF_INET6, "::ffff:127.0.0.1", &m.in6.sin6_addr);
	m.in6.sin6_port = c.local.in.sin_port;
	CALL("accept", accept(l.fd, &a.sa, &len), ANY);
	x_addr("addr", &m, sizeof(m.in6), "K");
	done(NULL);
	for (int i = 0; i < 2; i++)
		len = unix_addr(&n[i], s, snprintf(s, sizeof(s), "%clymaccept%d.%d", 0, i, getpid()));
	NEED(!bind(u.fd, &n[0].sa, len) && !listen(u.fd, 5));
	for (int i = 0; i < 2; i++) {
		socklen_t room = sizeof(a);

		c.fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (i)
			NEED(!bind(c.fd, &n[1].sa, len));
		NEED(!connect(c.fd, &n[0].sa, len));
		CALL("accept", accept(u.fd, &a.sa, &room), ANY);
		x_addr("addr", &n[1], i ? len : 0, "*");
		done(NULL);
	}
}

static void names(void)
{
	struct pair p[] = {tcp_pair(AF_INET), tcp_pair(AF_INET6), udp_pair(AF_INET), netlink_pair(),
			   unix_pair(SOCK_STREAM)};
	union addr a;
	socklen_t len;

	x_start();
	for (size_t i = 0; i < sizeof(p) / sizeof(*p); i++) {
		const struct end *e = &p[i].tx;

		len = sizeof(a);
		CALL("getsockname", getsockname(e->fd, &a.sa, &len), 0);
		x_int("sockfd", e->fd);
		x_addr("addr", &e->local, e->local_len, i < 3 ? "K" : "*");
		done(e);
		len = sizeof(a);
		CALL("getpeername", getpeername(e->fd, &a.sa, &len), 0);
		x_addr("addr", &e->remote, e->remote_len, i < 3 ? "K" : "*");
		done(e);
	}
	CALL("getpeername", getpeername(p[2].rx.fd, &a.sa, &len), -ENOTCONN);
	x_addr("addr", NULL, 0, "*");
	done(&p[2].rx);
	CALL("getsockname", getsockname(-1, &a.sa, &len), -EBADF);
	x_addr("addr", NULL, 0, "*");
	done(NULL);
}

/* As far as vsock goes without a peer: bound, and asked for its name. */
static void vsock(void)
{
	union addr a = {.vm = {.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY, .svm_port = 9000}}, b;
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);
	socklen_t len = sizeof(b);
	struct end e;

	if (fd < 0 || bind(fd, &a.sa, sizeof(a.vm)))
		SKIP("no vsock here: %s", strerror(errno));
	e = end_of(fd);
	x_start();
	CALL("getsockname", getsockname(fd, &b.sa, &len), 0);
	x_int("sockfd", fd);
	x_addr("addr", &a, sizeof(a.vm), "*");
	e.local_len = e.remote_len = UNSAID;	/* vsock may be a module, whose types vmlinux does not tell */
	done(&e);
}

static void shutdowns(void)
{
	struct pair p = tcp_pair(AF_INET), q = unix_pair(SOCK_STREAM);

	CALL("shutdown", shutdown(p.tx.fd, SHUT_WR), 0);
	x_int("sockfd", p.tx.fd);
	x_named("how", SHUT_WR, "SHUT_WR");
	done(&p.tx);
	CALL("shutdown", shutdown(q.rx.fd, SHUT_RDWR), 0);
	x_named("how", SHUT_RDWR, "SHUT_RDWR");
	done(&q.rx);
	CALL("shutdown", shutdown(q.tx.fd, 9), -EINVAL);
	x_int("how", 9);
	done(&q.tx);
	CALL("shutdown", shutdown(-1, SHUT_RD), -EBADF);
	x_named("how", SHUT_RD, "SHUT_RD");
	done(NULL);
}

static void options(void)
{
	struct end e = end_of(inet_bound(AF_INET, SOCK_STREAM));
	struct timeval tv = {.tv_sec = 3, .tv_usec = 500};
	int one = 1, v = 0;
	socklen_t len = sizeof(v);

	x_start();
	CALL("setsockopt", setsockopt(e.fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), 0);
	x_int("sockfd", e.fd);
	x_named("level", SOL_SOCKET, "SOL_SOCKET");
	x_named("optname", SO_REUSEADDR, "SO_REUSEADDR");
	x_json("optval", "{\"value\":1,\"hex\":\"01000000\"}");
	x_int("optlen", sizeof(one));
	done(&e);
	CALL("setsockopt", setsockopt(e.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)), 0);
	x_named("level", IPPROTO_TCP, "IPPROTO_TCP|SOL_TCP");
	x_named("optname", TCP_NODELAY, "TCP_NODELAY");
	x_json("optval", "{\"value\":1,\"hex\":\"01000000\"}");
	done(&e);
	CALL("setsockopt", setsockopt(e.fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)), 0);
	x_json("optval", "{\"hex\":\"0300000000000000f401000000000000\"}");
	x_int("optlen", sizeof(tv));
	done(&e);
	CALL("getsockopt", getsockopt(e.fd, SOL_SOCKET, SO_TYPE, &v, &len), 0);
	x_named("level", SOL_SOCKET, "SOL_SOCKET");
	x_named("optname", SO_TYPE, "SO_TYPE");
	x_json("optval", "{\"value\":1,\"hex\":\"01000000\"}");
	done(&e);
	CALL("getsockopt", getsockopt(e.fd, SOL_SOCKET, 9999, &v, &len), -ENOPROTOOPT);
	x_int("optname", 9999);
	done(&e);
	CALL("setsockopt", setsockopt(e.fd, SOL_SOCKET, SO_REUSEADDR, (void *)8, sizeof(one)), -EFAULT);
	done(&e);
	CALL("setsockopt", setsockopt(-1, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), -EBADF);
	x_json("optval", "{\"hex\":\"01000000\"}");
	done(NULL);
}

static const struct tcase cases[] = {
	{"socket", sockets, "socket"},
	{"socketpair", pairs, "socketpair"},
	{"bind", binds, "bind"},
	{"bind-strange", strange, "bind"},
	{"listen", listens, "listen"},
	{"accept", accepts, "accept,accept4"},
	{"accept-others", accepts_others, "accept"},
	{"names", names, "getsockname,getpeername"},
	{"vsock", vsock, "getsockname"},
	{"shutdown", shutdowns, "shutdown"},
	{"options", options, "setsockopt,getsockopt"},
};

CASES_MAIN(cases)
