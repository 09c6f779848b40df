/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Receives that fail half-way: buffers that end in nothing, bad pointers, what is no socket. */
#include "../lib/cases.h"
#include "../lib/recv.h"

static char data[65536];

static struct pair make(int kind)
{
	switch (kind) {
	case 0: return udp_pair(AF_INET);
	case 1: return udp_pair(AF_INET6);
	case 2: return unix_pair(SOCK_DGRAM);
	case 3: return unix_pair(SOCK_SEQPACKET);
	case 4: return netlink_pair();
	case 5: return tcp_pair(AF_INET);
	default: return unix_pair(SOCK_STREAM);
	}
}

static bool names(int kind)
{
	return kind < 2 || kind == 4;
}

/* Half of the buffer cannot be written: EFAULT, no payload; whatever comes next is told right. */
static void halfbuf(void)
{
	size_t lens[] = {200, 5000};

	for (int i = 0; i < 14; i++) {
		struct pair p = make(i / 2);
		size_t len = lens[i % 2];
		const struct end *from = names(i / 2) ? &p.tx : NULL;
		char *edge = guard_page();
		bool stream = i / 2 >= 5;

		fill(data, len, i);
		put(&p.tx, data, len, 0);
		RECVFROM(.e = &p.rx, .buf = edge - 50, .room = len, .addr = true, .peer = &p.tx, .fail = EFAULT);
		if (!stream) {
			put(&p.tx, data + 1, len - 1, 0);
			RECVFROM(.e = &p.rx, .room = len, .addr = true, .from = from, .peer = &p.tx,
				 .want = data + 1, .len = len - 1);
		} else {
			RECVFROM(.e = &p.rx, .room = len, .flags = MSG_WAITALL, .addr = true, .peer = &p.tx,
				 .want = data, .len = len);
		}
	}
}

/* A stream of several skbs into a buffer that takes only the first of them: a short success. */
static void stream_short(void)
{
	for (int f = 0; f < 2; f++) {
		struct pair p = f ? unix_pair(SOCK_STREAM) : tcp_pair(AF_INET);
		char *edge = guard_page();
		long n;

		fill(data, 6000, f + 40);
		for (int i = 0; i < 60; i++)
			put(&p.tx, data + i * 100, 100, 0);
		n = RECVFROM(.e = &p.rx, .buf = edge - 2050, .room = 4000, .peer = &p.tx, .trust = true);
		if (n >= 2050 || memcmp(edge - 2050, data, n))
			DIE("expected a short read, got %ld", n);
		RECVFROM(.e = &p.rx, .room = 6000 - n, .flags = MSG_WAITALL, .peer = &p.tx, .want = data + n,
			 .len = 6000 - n);
	}
}

/* The second of two iovecs is bad. */
static void iovec(void)
{
	for (int kind = 0; kind < 5; kind++) {
		struct pair p = make(kind);
		char buf[10];
		struct iovec v[2] = {{buf, sizeof(buf)}, {(void *)8, 100}};
		struct msghdr m = {.msg_iov = v, .msg_iovlen = 2};
		struct rx r = {.e = &p.rx, .room = 110, .peer = &p.tx, .fail = EFAULT};

		put(&p.tx, "this is longer than ten bytes", 29, 0);
		x_from = x_now();
		NEED(recvmsg(p.rx.fd, &m, 0) == -1 && errno == EFAULT);
		x_socket_recv(&r, "recvmsg", -EFAULT, buf);
		x_begin("recvmsg", -EFAULT);
		x_nobytes("msg.buf");
		x_addr("msg.name", NULL, 0, "*");
		x_args_end();
		x_sock(&p.rx);
		x_end();
	}
}

/* The payload was taken, the address could not be stored: the call failed, so neither is shown. */
static void bad_address(void)
{
	struct pair p = udp_pair(AF_INET);
	char buf[64];
	socklen_t len = 16, neg = -1;
	struct {
		void *a;
		socklen_t *l;
		int err;
	} t[] = {{(void *)8, &len, EFAULT}, {buf, NULL, EFAULT}, {buf, &neg, EINVAL}, {guard_page() - 4, &len, EFAULT}};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		put(&p.tx, "addressed", 9, 0);
		x_from = x_now();
		NEED(recvfrom(p.rx.fd, buf, sizeof(buf), 0, t[i].a, t[i].l) == -1 && errno == t[i].err);
		x_begin("recvfrom", -t[i].err);
		x_nobytes("buf");
		x_addr("src_addr", NULL, 0, "*");
		x_args_end();
		x_sock(&p.rx);
		x_end();
	}
	put(&p.tx, "afterwards", 10, 0);
	RECVFROM(.e = &p.rx, .room = 64, .addr = true, .from = &p.tx, .want = "afterwards", .len = 10);
}

/* Room for four bytes of address: the kernel knows all of it, and a short copy is no tampering. */
static void short_address(void)
{
	struct pair p = udp_pair(AF_INET);
	char buf[64], a[16];

	for (socklen_t room = 0; room < 16; room += 4) {
		socklen_t len = room;

		put(&p.tx, "addressed", 9, 0);
		x_from = x_now();
		NEED(recvfrom(p.rx.fd, buf, sizeof(buf), 0, (void *)a, &len) == 9 && len == 16);
		x_begin("recvfrom", 9);
		x_bytes("buf", "addressed", 9, 9, "K");
		x_addr("src_addr", &p.tx.local, p.tx.local_len, "K");
		x_args_end();
		x_sock(&p.rx);
		x_end();
	}
}

static void no_socket(void)
{
	int p[2], closed = dup(0);
	char b;

	NEED(!pipe(p) && !close(closed));
	RECVFROM(.fd = p[0], .room = 10, .addr = true, .fail = ENOTSOCK);
	RECVMSG(.fd = p[0], .room = 10, .addr = true, .fail = ENOTSOCK);
	RECVFROM(.fd = closed, .room = 10, .addr = true, .fail = EBADF);
	RECVFROM(.fd = -1, .room = 10, .fail = EBADF);
	RECVMSG(.fd = 99999, .room = 10, .fail = EBADF);
	NEED(write(p[1], "x", 1) == 1 && read(p[0], &b, 1) == 1);	/* no socket_recv either */
}

/* The message header itself cannot be read. */
static void bad_header(void)
{
	struct pair p = udp_pair(AF_INET);

	x_from = x_now();
	NEED(syscall(SYS_recvmsg, p.rx.fd, (void *)16, 0) == -1 && errno == EFAULT);
	x_begin("recvmsg", -EFAULT);
	x_nobytes("msg.buf");
	x_args_end();
	x_end();
	NEED(syscall(SYS_recvmmsg, p.rx.fd, (void *)16, 2, 0, NULL) == -1 && errno == EFAULT);
	x_begin("recvmmsg", -EFAULT);
	x_nobytes("msgvec[0].buf");
	x_args_end();
	x_end();
}

static const struct tcase cases[] = {
	{"halfbuf", halfbuf},
	{"stream-short", stream_short},
	{"iovec", iovec},
	{"bad-address", bad_address, .events = "recvfrom"},
	{"short-address", short_address, .events = "recvfrom"},
	{"no-socket", no_socket},
	{"bad-header", bad_header, .events = "recvmsg,recvmmsg"},
};

CASES_MAIN(cases)
