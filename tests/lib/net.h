/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Sockets for the live tests, and what is known about each without any tracer: getsockname, getpeername, SO_COOKIE,
 * fstat. Loopback only.
 */
#ifndef TESTS_NET_H
#define TESTS_NET_H

#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "expect.h"

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif
#ifndef SO_PEEK_OFF
#define SO_PEEK_OFF 42
#endif

/* A socket and the facts about it. */
struct end {
	int fd;
	int family, type, protocol;
	unsigned long long cookie, inode;
	union addr local, remote;
	socklen_t local_len, remote_len;	/* 0: it has none; UNSAID: this test does not know */
};

#define UNSAID 0xffff

/* Ask the kernel for the facts. */
static inline void end_facts(struct end *e)
{
	socklen_t n = sizeof(int);
	struct stat st;

	NEED(!getsockopt(e->fd, SOL_SOCKET, SO_DOMAIN, &e->family, &n));
	NEED(!getsockopt(e->fd, SOL_SOCKET, SO_TYPE, &e->type, &n));
	NEED(!getsockopt(e->fd, SOL_SOCKET, SO_PROTOCOL, &e->protocol, &n));
	n = sizeof(e->cookie);
	NEED(!getsockopt(e->fd, SOL_SOCKET, SO_COOKIE, &e->cookie, &n));
	NEED(!fstat(e->fd, &st));
	e->inode = st.st_ino;
	e->local_len = e->remote_len = sizeof(e->local);
	if (getsockname(e->fd, &e->local.sa, &e->local_len))
		e->local_len = 0;
	if (getpeername(e->fd, &e->remote.sa, &e->remote_len))
		e->remote_len = 0;
}

static inline struct end end_of(int fd)
{
	struct end e = {.fd = fd};

	NEED(fd >= 0);
	end_facts(&e);
	return e;
}

/* "socket":{…} of an event. */
static inline void x_sock(const struct end *e)
{
	x_sep("socket");
	fprintf(xl.f, "{\"family\":%d,\"type\":%d,\"protocol\":%d,\"cookie\":%llu,\"inode\":%llu",
		e->family, e->type, e->protocol, e->cookie, e->inode);
	if (e->local_len != UNSAID) {
		fputs(",\"local\":", xl.f);
		x_addr_json(&e->local, e->local_len);
	}
	if (e->remote_len != UNSAID) {
		fputs(",\"remote\":", xl.f);
		x_addr_json(&e->remote, e->remote_len);
	}
	fputc('}', xl.f);
}

static inline socklen_t loopback(int family, union addr *a)
{
	memset(a, 0, sizeof(*a));
	a->sa.sa_family = family;
	if (family == AF_INET) {
		a->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(a->in);
	}
	a->in6.sin6_addr = in6addr_loopback;
	return sizeof(a->in6);
}

/* A socket of an IP family, bound to a free port of the loopback. */
static inline int inet_bound(int family, int type)
{
	union addr a;
	socklen_t len = loopback(family, &a);
	int fd = socket(family, type, 0);

	NEED(fd >= 0);
	if (bind(fd, &a.sa, len))
		SKIP("no loopback of family %d: %s", family, strerror(errno));
	return fd;
}

struct pair {
	struct end tx, rx;
};

/* tx connected to rx, both bound; rx knows no peer. */
static inline struct pair udp_pair(int family)
{
	struct pair p;

	p.rx = end_of(inet_bound(family, SOCK_DGRAM));
	p.tx.fd = inet_bound(family, SOCK_DGRAM);
	NEED(!connect(p.tx.fd, &p.rx.local.sa, p.rx.local_len));
	p.tx = end_of(p.tx.fd);
	return p;
}

static inline struct pair tcp_pair(int family)
{
	int l = inet_bound(family, SOCK_STREAM), one = 1;
	struct end le;
	struct pair p;

	NEED(!listen(l, 1));
	le = end_of(l);
	p.tx.fd = inet_bound(family, SOCK_STREAM);
	NEED(!connect(p.tx.fd, &le.local.sa, le.local_len));
	p.rx = end_of(accept(l, NULL, NULL));
	NEED(!setsockopt(p.tx.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)));
	p.tx = end_of(p.tx.fd);
	close(l);
	return p;
}

static inline struct pair unix_pair(int type)
{
	struct pair p;
	int sv[2];

	NEED(!socketpair(AF_UNIX, type, 0, sv));
	p.tx = end_of(sv[0]);
	p.rx = end_of(sv[1]);
	return p;
}

/* An AF_UNIX address: name with its first byte NUL is abstract. */
static inline socklen_t unix_addr(union addr *a, const void *name, size_t n)
{
	memset(a, 0, sizeof(*a));
	a->un.sun_family = AF_UNIX;
	memcpy(a->un.sun_path, name, n);
	return offsetof(struct sockaddr_un, sun_path) + n;
}

/* Two USERSOCK netlink sockets, tx connected to rx. */
static inline struct pair netlink_pair(void)
{
	struct pair p;
	struct sockaddr_nl a = {.nl_family = AF_NETLINK};

	p.rx.fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
	p.tx.fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
	NEED(p.rx.fd >= 0 && p.tx.fd >= 0);
	NEED(!bind(p.rx.fd, (struct sockaddr *)&a, sizeof(a)));		/* the kernel picks nl_pid */
	NEED(!bind(p.tx.fd, (struct sockaddr *)&a, sizeof(a)));
	p.rx = end_of(p.rx.fd);
	NEED(!connect(p.tx.fd, &p.rx.local.sa, p.rx.local_len));
	p.tx = end_of(p.tx.fd);
	return p;
}

/* A network namespace of our own with the loopback up. Children and threads made later share it. */
static inline void private_net(int mtu)
{
	struct ifreq r = {.ifr_name = "lo"};
	int fd;

	if (unshare(CLONE_NEWNET))
		SKIP("no private network namespace: %s", strerror(errno));
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	NEED(fd >= 0);
	r.ifr_flags = IFF_UP | IFF_RUNNING;
	NEED(!ioctl(fd, SIOCSIFFLAGS, &r));
	if (mtu) {
		r.ifr_mtu = mtu;
		NEED(!ioctl(fd, SIOCSIFMTU, &r));
	}
	close(fd);
}

static inline void pin(int cpu)
{
	cpu_set_t s;

	CPU_ZERO(&s);
	CPU_SET(cpu % sysconf(_SC_NPROCESSORS_ONLN), &s);
	NEED(!sched_setaffinity(0, sizeof(s), &s));
}

/* Wait until the thread sleeps inside that system call: its state is S and /proc names the call. Bounded by alarm(). */
static inline void wait_blocked(pid_t tid, long nr)
{
	char path[64], b[512];

	for (;;) {
		int fd, n;
		char *s;

		snprintf(path, sizeof(path), "/proc/%d/stat", tid);
		fd = open(path, O_RDONLY);
		n = read(fd, b, sizeof(b) - 1);
		close(fd);
		if (n > 0) {
			b[n] = 0;
			s = strrchr(b, ')');
			if (s && s[2] == 'S') {
				snprintf(path, sizeof(path), "/proc/%d/syscall", tid);
				fd = open(path, O_RDONLY);
				n = read(fd, b, sizeof(b) - 1);
				close(fd);
				if (n > 0 && atol(b) == nr && b[0] >= '0' && b[0] <= '9')
					return;
			}
		}
		sched_yield();
	}
}

/* Two pages of which the second cannot be touched; returns the border. */
static inline char *guard_page(void)
{
	long pg = sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, 2 * pg, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	NEED(p != MAP_FAILED && !mprotect(p + pg, pg, PROT_NONE));
	return p + pg;
}

#endif
