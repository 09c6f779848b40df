/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Sends and connects: the destination is the one that the kernel used. */
#include <sys/sendfile.h>
#include "../lib/cases.h"
#include "../lib/send.h"

static char data[65536];

static void udp(int family, size_t len)
{
	struct end rx = end_of(inet_bound(family, SOCK_DGRAM)), tx = end_of(inet_bound(family, SOCK_DGRAM));

	fill(data, len, len);
	SENDTO(.e = &tx, .data = data, .len = len, .to = &rx);
	SENDTO(.e = &tx, .data = data, .len = len, .to = &rx, .flags = MSG_DONTWAIT | MSG_NOSIGNAL);
	SENDMSG(.e = &tx, .data = data, .len = len, .iov = 3, .to = &rx);
	SENDTO(.e = &tx, .data = "", .len = 0, .to = &rx);
	SENDTO(.e = &tx, .data = "nowhere", .len = 7, .fail = EDESTADDRREQ);
}

static void udp4(void) { udp(AF_INET, 31); }
static void udp6(void) { udp(AF_INET6, 31); }
static void udp4_60000(void) { udp(AF_INET, 60000); }

static void udp_connected(void)
{
	for (int i = 0; i < 2; i++) {
		struct pair p = udp_pair(i ? AF_INET6 : AF_INET), q = udp_pair(i ? AF_INET6 : AF_INET);

		SENDTO(.e = &p.tx, .data = "to the peer", .len = 11, .peer = &p.rx);
		SENDMSG(.e = &p.tx, .data = "to the peer", .len = 11, .iov = 2, .peer = &p.rx);
		WRITE(.e = &p.tx, .data = "to the peer", .len = 11, .peer = &p.rx);
		WRITE(.e = &p.tx, .data = "to the peer", .len = 11, .iov = 3, .peer = &p.rx);
		SENDTO(.e = &p.tx, .data = "elsewhere", .len = 9, .to = &q.rx);
		SENDTO(.e = &p.tx, .data = "to the peer", .len = 11, .peer = &p.rx);
	}
}

static void tcp(void)
{
	for (int i = 0; i < 2; i++) {
		struct pair p = tcp_pair(i ? AF_INET6 : AF_INET);

		fill(data, 30000, i);
		SENDTO(.e = &p.tx, .data = data, .len = 30000, .peer = &p.rx);
		SENDMSG(.e = &p.tx, .data = data, .len = 3000, .iov = 7, .flags = MSG_NOSIGNAL, .peer = &p.rx);
		WRITE(.e = &p.tx, .data = data, .len = 300, .peer = &p.rx);
		NEED(!shutdown(p.tx.fd, SHUT_WR));
		SENDTO(.e = &p.tx, .data = data, .len = 30, .flags = MSG_NOSIGNAL, .peer = &p.rx, .fail = EPIPE);
	}
}

static void unix_dgram(void)
{
	struct end rx = {.fd = socket(AF_UNIX, SOCK_DGRAM, 0)}, tx = end_of(socket(AF_UNIX, SOCK_DGRAM, 0));
	struct pair p = unix_pair(SOCK_DGRAM);
	char name[64];
	union addr a;
	int n = snprintf(name, sizeof(name), "%clym%c%d", 0, 0, getpid());

	NEED(!bind(rx.fd, &a.sa, unix_addr(&a, name, n)));
	rx = end_of(rx.fd);
	SENDTO(.e = &tx, .data = "abstract", .len = 8, .to = &rx);
	SENDMSG(.e = &tx, .data = "abstract", .len = 8, .iov = 2, .to = &rx);
	SENDTO(.e = &p.tx, .data = "a pair", .len = 6);
	WRITE(.e = &p.tx, .data = "a pair", .len = 6);
	close(rx.fd);
	SENDTO(.e = &tx, .data = "gone", .len = 4, .to = &rx, .fail = ECONNREFUSED);
}

/* No hook shows the kernel's copy of these: the field may say U, but not lie. */
static void netlink(void)
{
	struct pair p = netlink_pair();
	struct end tx = {.fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK)};
	struct sockaddr_nl a = {.nl_family = AF_NETLINK};

	NEED(!bind(tx.fd, (struct sockaddr *)&a, sizeof(a)));
	tx = end_of(tx.fd);
	SENDTO(.e = &tx, .data = "to a port", .len = 9, .to = &p.rx, .origin = "*");
	SENDTO(.e = &p.tx, .data = "connected", .len = 9, .peer = &p.rx);
}

static void mmsg(void)
{
	struct end tx = end_of(inet_bound(AF_INET, SOCK_DGRAM)), rx[4];
	struct tx t[4];

	fill(data, 6000, 3);
	for (int i = 0; i < 4; i++) {
		rx[i] = end_of(inet_bound(AF_INET, SOCK_DGRAM));
		t[i] = (struct tx){.e = &tx, .data = data + i, .len = 10 + 1500 * i, .iov = i + 1, .to = &rx[i]};
	}
	tx_sendmmsg(t, 4, 0);
}

/* IPv4 in IPv6: the kernel turns the address into another family, which is no tampering. */
static void v4mapped(void)
{
	struct end rx = end_of(inet_bound(AF_INET, SOCK_DGRAM)), tx = {.fd = socket(AF_INET6, SOCK_DGRAM, 0)};
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = rx.local.in.sin_port};

	if (tx.fd < 0)
		SKIP("no IPv6");
	inet_pton(AF_INET6, "::ffff:127.0.0.1", &a.sin6_addr);
	x_from = x_now();
	NEED(sendto(tx.fd, "four in six", 11, 0, (struct sockaddr *)&a, sizeof(a)) == 11);
	x_begin("sendto", 11);
	x_bytes("buf", "four in six", 11, 11, "U");
	x_json("dest_addr", "{\"addr_any\":[{\"sa_family\":\"AF_INET\",\"sin_addr\":\"127.0.0.1\",\"sin_port\":%u},"
	       "{\"sa_family\":\"AF_INET6\",\"sin6_addr\":\"::ffff:127.0.0.1\",\"sin6_port\":%u,\"sin6_flowinfo\":0,"
	       "\"sin6_scopeid\":0}]}", ntohs(a.sin6_port), ntohs(a.sin6_port));
	x_args_end();
	x_end();
}

/* A flow label that the socket is not told to use, and a scope: what the caller wrote is no tampering either. */
static void flowinfo(void)
{
	struct end rx, tx;
	union addr a;

	rx = end_of(inet_bound(AF_INET6, SOCK_DGRAM));
	tx = end_of(inet_bound(AF_INET6, SOCK_DGRAM));
	a = rx.local;
	a.in6.sin6_flowinfo = htonl(0x12345);
	a.in6.sin6_scope_id = 7;	/* not a link-local address: of no meaning */
	x_from = x_now();
	NEED(sendto(tx.fd, "flow", 4, 0, &a.sa, sizeof(a.in6)) == 4);
	x_begin("sendto", 4);
	x_bytes("buf", "flow", 4, 4, "U");
	x_sep("dest_addr");
	fputs("{\"addr_any\":[", xl.f);
	x_addr_json(&a, sizeof(a.in6));
	fputc(',', xl.f);
	x_addr_json(&rx.local, rx.local_len);
	fputs("]}", xl.f);
	x_args_end();
	x_end();
}

static void many_iovecs(void)
{
	struct pair p = udp_pair(AF_INET), t = tcp_pair(AF_INET);

	fill(data, 3000, 9);
	SENDMSG(.e = &p.tx, .data = data, .len = 3000, .iov = 50, .peer = &p.rx);
	WRITE(.e = &t.tx, .data = data, .len = 3000, .iov = 50, .peer = &t.rx);
}

/* No buffer of the caller's is in this call: nothing may be shown as one. */
static void from_file(void)
{
	struct pair p = tcp_pair(AF_INET);
	int f = memfd_create("data", 0);
	off_t off = 0;

	fill(data, 3000, 10);
	NEED(f >= 0 && write(f, data, 3000) == 3000);
	x_from = x_now();
	NEED(sendfile(p.tx.fd, f, &off, 3000) == 3000);
	x_begin("socket_send", 3000);
	x_nobytes("buf");
	x_int("len", 3000);
	x_maybe_addr("dst_addr", &p.rx.local, p.rx.local_len);
	x_text("via", "sendfile");
	x_args_end();
	x_sock(&p.tx);
	x_end();
}

static void connects(void)
{
	struct end l = end_of(inet_bound(AF_INET, SOCK_STREAM)), l6 = end_of(inet_bound(AF_INET6, SOCK_STREAM));
	struct end u = end_of(inet_bound(AF_INET, SOCK_DGRAM)), c = {.fd = socket(AF_INET, SOCK_STREAM, 0)};
	struct end c6 = {.fd = socket(AF_INET6, SOCK_STREAM, 0)}, d = {.fd = socket(AF_INET, SOCK_DGRAM, 0)};
	struct end r = {.fd = socket(AF_INET, SOCK_STREAM, 0)}, x = {.fd = socket(AF_UNIX, SOCK_STREAM, 0)};
	struct end k = {.fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK)}, gone;
	struct sockaddr_nl nl = {.nl_family = AF_NETLINK};
	char name[64];
	union addr a;
	int n = snprintf(name, sizeof(name), "%clym.none.%d", 0, getpid());

	NEED(!listen(l.fd, 1) && !listen(l6.fd, 1));
	do_connect(&c, &l.local, l.local_len, "K", 0);
	do_connect(&c6, &l6.local, l6.local_len, "K", 0);
	do_connect(&d, &u.local, u.local_len, "K", 0);
	do_connect(&k, &nl, sizeof(nl), "*", 0);
	gone = end_of(inet_bound(AF_INET, SOCK_STREAM));
	close(gone.fd);
	do_connect(&r, &gone.local, gone.local_len, "K", -ECONNREFUSED);
	do_connect(&x, &a, unix_addr(&a, name, n), "K", -ECONNREFUSED);
	do_connect(&c, &l.local, l.local_len, "*", -EISCONN);
}

/* dup2 over the descriptor while a send sleeps. */
static struct pair blocked, other;
static pid_t sleeper;

static void *swap(void *arg)
{
	wait_blocked(sleeper, SYS_sendto);
	NEED(dup2(other.tx.fd, blocked.tx.fd) == blocked.tx.fd);
	while (recv(blocked.rx.fd, data, sizeof(data), MSG_DONTWAIT) > 0)
		;
	return arg;
}

static void dup2_sendto(void)
{
	static char m[4000];
	pthread_t t;

	blocked = unix_pair(SOCK_DGRAM);
	other = unix_pair(SOCK_DGRAM);
	sleeper = syscall(SYS_gettid);
	while (1) {	/* fill the queue */
		x_from = x_now();
		if (write(blocked.tx.fd, m, sizeof(m)) < 0)
			break;
		if (fcntl(blocked.tx.fd, F_GETFL) & O_NONBLOCK)
			continue;
		NEED(!fcntl(blocked.tx.fd, F_SETFL, O_NONBLOCK));
	}
	NEED(!fcntl(blocked.tx.fd, F_SETFL, 0));
	NEED(!pthread_create(&t, NULL, swap, NULL));
	fill(m, sizeof(m), 4);
	NEED(send(blocked.tx.fd, m, sizeof(m), 0) == sizeof(m));
	x_begin("sendto", sizeof(m));
	x_bytes("buf", m, sizeof(m), sizeof(m), "U");
	x_args_end();
	x_sock(&blocked.tx);
	x_end();
	pthread_join(t, NULL);
}

static void errors(void)
{
	struct end tx = end_of(inet_bound(AF_INET, SOCK_DGRAM)), rx = end_of(inet_bound(AF_INET, SOCK_DGRAM));
	int p[2];

	NEED(!pipe(p));
	SENDTO(.fd = p[1], .data = "x", .len = 1, .fail = ENOTSOCK);
	SENDTO(.fd = -1, .data = "x", .len = 1, .fail = EBADF);
	SENDMSG(.fd = 99999, .data = "x", .len = 1, .fail = EBADF);
	SENDTO(.e = &tx, .data = data, .len = 65530, .to = &rx, .origin = "*", .fail = EMSGSIZE);
	SENDTO(.e = &tx, .data = (void *)8, .len = 10, .to = &rx, .origin = "*", .fail = EFAULT);
	NEED(write(p[1], "x", 1) == 1);
}

/* Memory of several kinds, each with an end that nothing follows. */
static char *memory(const char *kind, size_t *size)
{
	long pg = sysconf(_SC_PAGESIZE), huge = 2 << 20;
	char *p;
	int fd;

	*size = 2 * pg;
	if (!strcmp(kind, "huge")) {
		*size = huge;
		p = mmap(NULL, 3 * huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		NEED(p != MAP_FAILED);
		p += huge - (unsigned long)p % huge;
		madvise(p, huge, MADV_HUGEPAGE);	/* where there are none these are small pages */
		NEED(!mprotect(p + huge, huge, PROT_NONE));
		return p;
	}
	if (!strcmp(kind, "zeros")) {		/* one page of the kernel's, for everybody who has only read his */
		p = guard_page() - pg;
		NEED(!*(volatile char *)p);
		return p;
	}
	if (!strcmp(kind, "anonymous"))
		return mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
#ifdef SYS_memfd_secret
	if (!strcmp(kind, "secret"))		/* that the kernel itself does not map */
		fd = syscall(SYS_memfd_secret, 0);
	else
#endif
		fd = memfd_create("memory", 0);
	if (fd < 0)
		return NULL;
	NEED(!ftruncate(fd, *size));
	p = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return p == MAP_FAILED ? NULL : p;
}

/* What lies in pages that the kernel has in different ways, at their ends and across them. */
static void pages(void)
{
	const char *kinds[] = {"anonymous", "file", "huge", "secret", "zeros"};
	size_t lens[] = {1, 7, 8, 33, 63, 64, 65};

	for (int k = 0; k < 5; k++) {
		struct end rx = end_of(inet_bound(AF_INET, SOCK_DGRAM)), tx = end_of(inet_bound(AF_INET, SOCK_DGRAM));
		size_t size, pg = sysconf(_SC_PAGESIZE);
		char *p = memory(kinds[k], &size);

		if (!p)
			continue;
		if (k == 4)
			size = pg;
		for (int i = 0; i < 7; i++) {
			char *at[] = {p, p + size - lens[i], p + pg - lens[i], p + pg - 1, p + 3};

			for (int j = 0; j < 5; j++) {
				if (at[j] + lens[i] > p + size)
					continue;
				if (k != 4)
					fill(at[j], lens[i], k + i + j);
				SENDTO(.e = &tx, .data = at[j], .len = lens[i], .to = &rx);
			}
		}
	}
}

static const struct tcase cases[] = {
	{"pages", pages, SENDS},
	{"udp4", udp4, SENDS},
	{"udp6", udp6, SENDS},
	{"udp4-60000", udp4_60000, SENDS},
	{"udp-connected", udp_connected, "sendto,sendmsg,socket_send"},
	{"tcp", tcp, "sendto,sendmsg,socket_send"},
	{"unix-dgram", unix_dgram, SENDS},
	{"netlink", netlink, "sendto,socket_send"},
	{"mmsg", mmsg, SENDS},
	{"v4mapped", v4mapped, "sendto"},
	{"flowinfo", flowinfo, "sendto"},
	{"many-iovecs", many_iovecs, "sendmsg,socket_send"},
	{"from-file", from_file, "socket_send"},
	{"connects", connects, "connect"},
	{"dup2-sendto", dup2_sendto, "sendto"},
	{"errors", errors, SENDS},
	{"snaplen-0", udp4, SENDS, .snaplen = -1},
	{"snaplen-64", mmsg, SENDS, .snaplen = 64},
	{"tcp-snaplen-64", tcp, "sendto,sendmsg,socket_send", .snaplen = 64},
};

CASES_MAIN(cases)
