/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* TCP receives: several skbs, partial reads, peeks, urgent data, MSG_TRUNC, MSG_WAITALL, the end of the stream. */
#include <poll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include "../lib/cases.h"
#include "../lib/recv.h"

static char data[65536];

static void plain(int family, size_t len)
{
	struct pair p = tcp_pair(family);

	fill(data, 4 * len, len + family);
	for (int i = 0; i < 4; i++)
		put(&p.tx, data + i * len, len, 0);
	RECVFROM(.e = &p.rx, .room = len, .flags = MSG_WAITALL, .addr = true, .peer = &p.tx, .want = data, .len = len);
	RECVMSG(.e = &p.rx, .room = len, .flags = MSG_WAITALL, .addr = true, .peer = &p.tx, .want = data + len,
		.len = len);
	RECVFROM(.e = &p.rx, .room = len, .flags = MSG_WAITALL, .peer = &p.tx, .want = data + 2 * len, .len = len);
	READ(.e = &p.rx, .room = len, .peer = &p.tx, .want = data + 3 * len, .len = len);
}

static void tcp4(void) { plain(AF_INET, 31); }
static void tcp6(void) { plain(AF_INET6, 31); }
static void tcp4_5000(void) { plain(AF_INET, 5000); }
static void tcp6_5000(void) { plain(AF_INET6, 5000); }

/* Many small sends make several skbs in the queue; one receive crosses them all. */
static void skbs(void)
{
	for (int f = 0; f < 2; f++) {
		struct pair p = tcp_pair(f ? AF_INET6 : AF_INET);

		fill(data, 20000, f + 40);
		for (int i = 0; i < 100; i++)
			put(&p.tx, data + i * 100, 100, 0);
		put(&p.tx, data + 10000, 10000, 0);
		RECVFROM(.e = &p.rx, .room = 8123, .flags = MSG_PEEK | MSG_WAITALL, .peer = &p.tx, .want = data,
			 .len = 8123);
		RECVFROM(.e = &p.rx, .room = 9001, .flags = MSG_WAITALL, .peer = &p.tx, .want = data, .len = 9001);
		RECVMSG(.e = &p.rx, .room = 10999, .iov = 6, .flags = MSG_WAITALL, .peer = &p.tx,
			.want = data + 9001, .len = 10999);
	}
}

/* The stream in small bites: each starts where the last one ended. */
static void partial(void)
{
	struct pair p = tcp_pair(AF_INET);

	fill(data, 2000, 50);
	put(&p.tx, data, 1000, 0);
	put(&p.tx, data + 1000, 1000, 0);
	for (int at = 0, n = 1; at < 2000; at += n, n = n * 2 + 1) {
		if (n > 2000 - at)
			n = 2000 - at;
		RECVFROM(.e = &p.rx, .room = n, .flags = MSG_WAITALL, .peer = &p.tx, .want = data + at, .len = n);
	}
}

static void peek(void)
{
	struct pair p = tcp_pair(AF_INET);

	fill(data, 700, 60);
	put(&p.tx, data, 700, 0);
	RECVFROM(.e = &p.rx, .room = 100, .flags = MSG_PEEK, .peer = &p.tx, .want = data, .len = 100);
	RECVFROM(.e = &p.rx, .room = 300, .flags = MSG_PEEK, .peer = &p.tx, .want = data, .len = 300);
	RECVFROM(.e = &p.rx, .room = 200, .peer = &p.tx, .want = data, .len = 200);
	RECVFROM(.e = &p.rx, .room = 100, .flags = MSG_PEEK, .peer = &p.tx, .want = data + 200, .len = 100);
	RECVFROM(.e = &p.rx, .room = 500, .peer = &p.tx, .want = data + 200, .len = 500);
}

static void peek_off(void)
{
	struct pair p = tcp_pair(AF_INET);
	int off = 5, none = -1;

	fill(data, 500, 61);
	put(&p.tx, data, 500, 0);
	if (setsockopt(p.rx.fd, SOL_SOCKET, SO_PEEK_OFF, &off, sizeof(off)))
		SKIP("no SO_PEEK_OFF for TCP");
	RECVFROM(.e = &p.rx, .room = 100, .flags = MSG_PEEK, .peer = &p.tx, .want = data + 5, .len = 100);
	RECVFROM(.e = &p.rx, .room = 100, .flags = MSG_PEEK, .peer = &p.tx, .want = data + 105, .len = 100);
	NEED(!setsockopt(p.rx.fd, SOL_SOCKET, SO_PEEK_OFF, &none, sizeof(none)));
	RECVFROM(.e = &p.rx, .room = 500, .peer = &p.tx, .want = data, .len = 500);
}

/* The kernel throws the bytes away and writes nothing: what the buffer happens to hold is no payload. */
static void cut_off(void)
{
	struct pair p = tcp_pair(AF_INET);
	char old[100];

	memset(old, 'x', sizeof(old));
	fill(data, 300, 70);
	put(&p.tx, data, 300, 0);
	RECVFROM(.e = &p.rx, .buf = old, .room = 100, .flags = MSG_TRUNC, .peer = &p.tx, .nothing = true);
	NEED(old[0] == 'x' && old[99] == 'x');
	RECVFROM(.e = &p.rx, .room = 200, .peer = &p.tx, .want = data + 100, .len = 200);
	put(&p.tx, data, 300, 0);
	RECVMSG(.e = &p.rx, .buf = old, .room = 100, .flags = MSG_TRUNC, .peer = &p.tx, .nothing = true);
	RECVFROM(.e = &p.rx, .room = 200, .flags = MSG_PEEK | MSG_TRUNC, .peer = &p.tx, .nothing = true);
}

static struct pair late;
static pid_t waiting;

static void *second_half(void *arg)
{
	wait_blocked(waiting, SYS_recvfrom);
	put(&late.tx, data + 500, 500, 0);
	return arg;
}

/* One receive, half of which arrives while it sleeps. */
static void waitall(void)
{
	pthread_t t;

	late = tcp_pair(AF_INET);
	fill(data, 1000, 80);
	put(&late.tx, data, 500, 0);
	waiting = syscall(SYS_gettid);
	NEED(!pthread_create(&t, NULL, second_half, NULL));
	RECVFROM(.e = &late.rx, .room = 1000, .flags = MSG_WAITALL, .addr = true, .peer = &late.tx, .want = data,
		 .len = 1000);
	pthread_join(t, NULL);
}

/* The urgent byte beside the stream. Its origin is whatever the kernel allows. */
static void oob(void)
{
	struct pair p = tcp_pair(AF_INET);
	struct pollfd urgent = {.fd = p.rx.fd, .events = POLLPRI};

	put(&p.tx, "abc", 3, 0);
	put(&p.tx, "!", 1, MSG_OOB);
	put(&p.tx, "def", 3, 0);
	NEED(poll(&urgent, 1, 5000) == 1);
	RECVFROM(.e = &p.rx, .room = 5, .flags = MSG_OOB, .addr = true, .peer = &p.tx, .want = "!", .len = 1,
		 .origin = "*");
	RECVFROM(.e = &p.rx, .room = 10, .peer = &p.tx, .want = "abc", .len = 3);
	RECVFROM(.e = &p.rx, .room = 10, .peer = &p.tx, .want = "def", .len = 3);
	RECVFROM(.e = &p.rx, .room = 5, .flags = MSG_OOB, .addr = true, .fail = EINVAL);
}

/* The urgent byte left in the stream. */
static void oob_inline(void)
{
	struct pair p = tcp_pair(AF_INET);
	int one = 1;

	NEED(!setsockopt(p.rx.fd, SOL_SOCKET, SO_OOBINLINE, &one, sizeof(one)));
	put(&p.tx, "abc", 3, 0);
	put(&p.tx, "!", 1, MSG_OOB);
	put(&p.tx, "def", 3, 0);
	RECVFROM(.e = &p.rx, .room = 3, .flags = MSG_WAITALL, .peer = &p.tx, .want = "abc", .len = 3);
	RECVFROM(.e = &p.rx, .room = 4, .flags = MSG_WAITALL, .peer = &p.tx, .want = "!def", .len = 4);
}

static void iovecs(void)
{
	struct pair p = tcp_pair(AF_INET6);

	fill(data, 9000, 90);
	put(&p.tx, data, 9000, 0);
	RECVMSG(.e = &p.rx, .room = 4000, .iov = 8, .flags = MSG_WAITALL, .addr = true, .peer = &p.tx, .want = data,
		.len = 4000);
	READ(.e = &p.rx, .room = 5000, .iov = 3, .peer = &p.tx, .want = data + 4000, .len = 5000);
}

/* recvmmsg works on streams too. */
static void mmsg(void)
{
	struct pair p = tcp_pair(AF_INET);
	struct rx r[3];

	fill(data, 900, 91);
	put(&p.tx, data, 900, 0);
	for (int i = 0; i < 3; i++)
		r[i] = (struct rx){.e = &p.rx, .room = 300, .addr = true, .peer = &p.tx, .want = data + i * 300,
				   .len = 300};
	rx_recvmmsg(r, 3, 0, 3);
}

static void errors(void)
{
	struct pair p = tcp_pair(AF_INET);
	struct linger now = {.l_onoff = 1};
	struct end l = end_of(inet_bound(AF_INET, SOCK_STREAM));

	RECVFROM(.e = &p.rx, .room = 100, .flags = MSG_DONTWAIT, .addr = true, .peer = &p.tx, .fail = EAGAIN);
	put(&p.tx, "last words", 10, 0);
	NEED(!shutdown(p.tx.fd, SHUT_WR));
	RECVFROM(.e = &p.rx, .room = 100, .addr = true, .peer = &p.tx, .want = "last words", .len = 10);
	RECVFROM(.e = &p.rx, .room = 100, .addr = true, .peer = &p.tx, .want = "", .len = 0);
	p = tcp_pair(AF_INET);
	NEED(!setsockopt(p.tx.fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
	close(p.tx.fd);
	p.rx.remote_len = UNSAID;	/* after the reset getpeername says no, the kernel still remembers */
	RECVFROM(.e = &p.rx, .room = 100, .addr = true, .peer = &p.tx, .fail = ECONNRESET);
	RECVFROM(.e = &l, .room = 100, .addr = true, .fail = ENOTCONN);
}

/* Two threads read one stream; who gets what is theirs to say. */
static struct pair common;

static void *bites(void *arg)
{
	static __thread char b[4096];
	unsigned int dice = (long)arg;

	for (int i = 0; i < 150; i++) {
		dice = dice * 1103515245 + 12345;
		RECVFROM(.e = &common.rx, .buf = b, .room = 1 + (dice >> 16) % 3000,
			 .flags = i % 4 == 3 ? MSG_PEEK : i % 4 == 2 ? MSG_WAITALL : 0, .peer = &common.tx,
			 .trust = true);
	}
	return NULL;
}

static void two_readers(int f)
{
	pthread_t t[2];

	common = f ? unix_pair(SOCK_STREAM) : tcp_pair(AF_INET);
	fill(data, 30000, 97 + f);
	for (long i = 0; i < 2; i++)
		NEED(!pthread_create(&t[i], NULL, bites, (void *)(i + 1)));
	/* More than they can eat; then the end of it. */
	for (int i = 0; i < 40; i++)
		for (size_t at = 0; at < 30000;) {
			ssize_t n = send(common.tx.fd, data + at, 30000 - at, MSG_DONTWAIT);

			if (n > 0)
				at += n;
			else if (!pthread_tryjoin_np(t[0], NULL)) {
				pthread_join(t[1], NULL);
				return;
			} else
				sched_yield();
		}
	NEED(!shutdown(common.tx.fd, SHUT_WR));
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
}

static void two_readers_tcp(void) { two_readers(0); }
static void two_readers_unix(void) { two_readers(1); }

/* Pages of a file in the queue. */
static void from_file(void)
{
	struct pair p = tcp_pair(AF_INET);
	int f = memfd_create("data", 0);
	off_t off = 100;

	fill(data, 30000, 95);
	NEED(f >= 0 && write(f, data, 30000) == 30000);
	NEED(sendfile(p.tx.fd, f, &off, 20000) == 20000);
	RECVFROM(.e = &p.rx, .room = 1234, .flags = MSG_WAITALL, .peer = &p.tx, .want = data + 100, .len = 1234);
	RECVFROM(.e = &p.rx, .room = 18766, .flags = MSG_WAITALL, .peer = &p.tx, .want = data + 1334, .len = 18766);
}

static void many_iovecs(void)
{
	struct pair p = tcp_pair(AF_INET);

	fill(data, 8000, 96);
	put(&p.tx, data, 8000, 0);
	RECVMSG(.e = &p.rx, .room = 5000, .iov = 50, .flags = MSG_WAITALL, .peer = &p.tx, .want = data, .len = 5000);
	READ(.e = &p.rx, .room = 3000, .iov = 40, .peer = &p.tx, .want = data + 5000, .len = 3000);
}

static const struct tcase cases[] = {
	{"tcp4", tcp4},
	{"tcp6", tcp6},
	{"tcp4-5000", tcp4_5000},
	{"tcp6-5000", tcp6_5000},
	{"skbs", skbs},
	{"partial", partial},
	{"peek", peek},
	{"peek-off", peek_off},
	{"trunc", cut_off},
	{"waitall", waitall},
	{"oob", oob},
	{"oob-inline", oob_inline},
	{"iovecs", iovecs},
	{"mmsg", mmsg},
	{"errors", errors},
	{"two-readers-tcp", two_readers_tcp},
	{"two-readers-unix", two_readers_unix},
	{"from-file", from_file},
	{"many-iovecs", many_iovecs},
	{"snaplen-0", tcp4_5000, .snaplen = -1},
	{"snaplen-64", skbs, .snaplen = 64},
	{"snaplen-4096", skbs, .snaplen = 4096},
};

CASES_MAIN(cases)
