/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* UDP receives: linear, paged, IP fragments, trains, several at once, peeks, short buffers, errors. */
#include <poll.h>
#include "../lib/cases.h"
#include "../lib/rawudp.h"
#include "../lib/recv.h"

#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

static char data[65536];

static void plain(int family, size_t len)
{
	struct pair p = udp_pair(family);

	fill(data, len, len + family);
	put(&p.tx, data, len, 0);
	RECVFROM(.e = &p.rx, .room = len + 40, .addr = true, .from = &p.tx, .want = data, .len = len);
	put(&p.tx, data, len, 0);
	RECVMSG(.e = &p.rx, .room = len + 40, .addr = true, .from = &p.tx, .want = data, .len = len);
	put(&p.tx, data, len, 0);
	READ(.e = &p.rx, .room = len + 40, .from = &p.tx, .want = data, .len = len);
}

static void udp4(void) { plain(AF_INET, 31); }
static void udp6(void) { plain(AF_INET6, 31); }
static void udp4_1400(void) { plain(AF_INET, 1400); }
static void udp4_5000(void) { plain(AF_INET, 5000); }
static void udp6_5000(void) { plain(AF_INET6, 5000); }
static void udp4_60000(void) { plain(AF_INET, 60000); }
static void udp6_60000(void) { plain(AF_INET6, 60000); }

/* An MTU of 1500 cuts it into IP fragments: a list of buffers at the receiver. */
static void fragments(void)
{
	private_net(1500);
	plain(AF_INET, 9000);
	plain(AF_INET6, 9000);
	plain(AF_INET, 60000);
}

/* The caller does not ask who it was; the tracer says so all the same. */
static void noaddr(void)
{
	for (int i = 0; i < 2; i++) {
		struct pair p = udp_pair(i ? AF_INET6 : AF_INET);

		put(&p.tx, "from whom?", 10, 0);
		RECVFROM(.e = &p.rx, .room = 64, .from = &p.tx, .want = "from whom?", .len = 10);
		put(&p.tx, "from whom?", 10, 0);
		RECVMSG(.e = &p.rx, .room = 64, .from = &p.tx, .want = "from whom?", .len = 10);
	}
}

/* Both ends connected. */
static void connected(void)
{
	struct pair p = udp_pair(AF_INET);

	NEED(!connect(p.rx.fd, &p.tx.local.sa, p.tx.local_len));
	p.rx = end_of(p.rx.fd);
	put(&p.tx, "peer known", 10, 0);
	RECVFROM(.e = &p.rx, .room = 64, .addr = true, .from = &p.tx, .want = "peer known", .len = 10);
	put(&p.rx, "and back", 8, 0);
	RECVFROM(.e = &p.tx, .room = 64, .from = &p.rx, .want = "and back", .len = 8);
}

/* Three senders in turn: no address or payload of one receive may stick to the next. */
static void turns(void)
{
	struct pair p = udp_pair(AF_INET);
	struct end s[3];
	char m[40];

	for (int i = 0; i < 3; i++)
		s[i] = end_of(inet_bound(AF_INET, SOCK_DGRAM));
	for (int i = 0; i < 30; i++) {
		int n = snprintf(m, sizeof(m), "message %d%.*s", i, i % 7, "-------");

		NEED(sendto(s[i % 3].fd, m, n, 0, &p.rx.local.sa, p.rx.local_len) == n);
		RECVFROM(.e = &p.rx, .room = 64, .addr = i % 2, .from = &s[i % 3], .want = m, .len = n);
	}
}

static void zero(void)
{
	for (int i = 0; i < 2; i++) {
		struct pair p = udp_pair(i ? AF_INET6 : AF_INET);

		put(&p.tx, "", 0, 0);
		put(&p.tx, "next", 4, 0);
		RECVFROM(.e = &p.rx, .room = 64, .addr = true, .from = &p.tx, .want = "", .len = 0);
		RECVFROM(.e = &p.rx, .room = 64, .addr = true, .from = &p.tx, .want = "next", .len = 4);
	}
}

/* Twice the same, and the read after it too. */
static void peek(void)
{
	size_t lens[] = {20, 1400, 5000};

	for (int i = 0; i < 6; i++) {
		struct pair p = udp_pair(i & 1 ? AF_INET6 : AF_INET);
		size_t len = lens[i / 2];

		fill(data, len, i + 100);
		put(&p.tx, data, len, 0);
		put(&p.tx, "behind it", 9, 0);
		RECVFROM(.e = &p.rx, .room = 6000, .flags = MSG_PEEK, .addr = true, .from = &p.tx, .want = data,
			 .len = len);
		RECVFROM(.e = &p.rx, .room = 6000, .flags = MSG_PEEK | MSG_DONTWAIT, .from = &p.tx, .want = data,
			 .len = len);
		RECVFROM(.e = &p.rx, .room = 6000, .addr = true, .from = &p.tx, .want = data, .len = len);
		RECVFROM(.e = &p.rx, .room = 6000, .addr = true, .from = &p.tx, .want = "behind it", .len = 9);
	}
}

/* A buffer shorter than the message: nothing beyond it is shown, whatever the call returns. */
static void shortbuf(void)
{
	size_t lens[] = {100, 5000};

	for (int i = 0; i < 4; i++) {
		struct pair p = udp_pair(i & 1 ? AF_INET6 : AF_INET);
		size_t len = lens[i / 2];

		fill(data, len, i + 200);
		for (int k = 0; k < 4; k++)
			put(&p.tx, data, len, 0);
		RECVFROM(.e = &p.rx, .room = 10, .full = len, .addr = true, .from = &p.tx, .want = data, .len = 10);
		RECVFROM(.e = &p.rx, .room = 10, .full = len, .flags = MSG_TRUNC, .addr = true, .from = &p.tx,
			 .want = data, .len = 10);
		RECVFROM(.e = &p.rx, .room = 10, .full = len, .flags = MSG_TRUNC | MSG_PEEK, .from = &p.tx,
			 .want = data, .len = 10);
		RECVMSG(.e = &p.rx, .room = 10, .full = len, .addr = true, .from = &p.tx, .want = data, .len = 10);
		RECVFROM(.e = &p.rx, .room = 0, .full = len, .flags = MSG_TRUNC, .addr = true, .from = &p.tx,
			 .want = data, .len = 0);
	}
}

static void iovecs(void)
{
	size_t lens[] = {333, 5000, 40000};

	for (int i = 0; i < 6; i++) {
		struct pair p = udp_pair(i & 1 ? AF_INET6 : AF_INET);
		size_t len = lens[i / 2];

		fill(data, len, i + 300);
		put(&p.tx, data, len, 0);
		RECVMSG(.e = &p.rx, .room = len + 9, .iov = 5, .addr = true, .from = &p.tx, .want = data, .len = len);
		put(&p.tx, data, len, 0);
		READ(.e = &p.rx, .room = len + 9, .iov = 7, .from = &p.tx, .want = data, .len = len);
	}
}

/* recvmmsg over four senders and sizes; room for one more than there are. */
static void mmsg(void)
{
	size_t lens[] = {12, 1200, 5000, 30};
	static char m[4][5000];

	for (int f = 0; f < 2; f++) {
		struct pair p = udp_pair(f ? AF_INET6 : AF_INET);
		struct rx r[5] = {0};
		struct end s[4];

		for (int i = 0; i < 5; i++)
			r[i] = (struct rx){.e = &p.rx, .room = 5100, .iov = 1 + i % 3, .addr = i != 2};
		for (int i = 0; i < 4; i++) {
			s[i] = end_of(inet_bound(f ? AF_INET6 : AF_INET, SOCK_DGRAM));
			fill(m[i], lens[i], f * 10 + i);
			NEED(sendto(s[i].fd, m[i], lens[i], 0, &p.rx.local.sa, p.rx.local_len) == (ssize_t)lens[i]);
			r[i].from = &s[i];
			r[i].want = m[i];
			r[i].len = lens[i];
		}
		for (int i = 0; i < 4; i++)
			r[i].flags = MSG_DONTWAIT;
		rx_recvmmsg(r, 5, MSG_DONTWAIT, 4);
	}
}

/* recvmmsg shorter than the queue, peeking: every message is the first one. */
static void mmsg_peek(void)
{
	struct pair p = udp_pair(AF_INET);
	struct rx r = {.e = &p.rx, .room = 100, .addr = true, .flags = MSG_PEEK, .from = &p.tx, .want = "one",
		       .len = 3};
	struct rx rr[3] = {r, r, r};

	put(&p.tx, "one", 3, 0);
	put(&p.tx, "two", 3, 0);
	rx_recvmmsg(rr, 3, MSG_PEEK, 3);
	r.flags = 0;
	RECVFROM(.e = &p.rx, .room = 100, .addr = true, .from = &p.tx, .want = "one", .len = 3);
}

/* A train cut by the sender (UDP_SEGMENT): whole at a receiver with UDP_GRO, in cars at one without. */
static void gro(void)
{
	int seg = 1000, one = 1;
	struct pair p = udp_pair(AF_INET);

	fill(data, 7300, 7);
	if (setsockopt(p.tx.fd, IPPROTO_UDP, UDP_SEGMENT, &seg, sizeof(seg)))
		SKIP("no UDP_SEGMENT");
	put(&p.tx, data, 7300, 0);
	for (int i = 0; i < 8; i++)
		RECVFROM(.e = &p.rx, .room = 9000, .addr = true, .from = &p.tx, .want = data + i * 1000,
			 .len = i < 7 ? 1000 : 300);
	if (setsockopt(p.rx.fd, IPPROTO_UDP, UDP_GRO, &one, sizeof(one)))
		SKIP("no UDP_GRO");
	for (int i = 0; i < 2; i++) {
		put(&p.tx, data, 7300, 0);
		if (i)
			RECVFROM(.e = &p.rx, .room = 9000, .addr = true, .from = &p.tx, .want = data, .len = 7300);
		else
			RECVMSG(.e = &p.rx, .room = 9000, .addr = true, .from = &p.tx, .want = data, .len = 7300,
				.control = 64, .cmsg = "[[17,104]]");
	}
}

static void peek_off(void)
{
	int off = 7, none = -1;
	size_t lens[] = {50, 5000};

	for (int i = 0; i < 2; i++) {
		struct pair p = udp_pair(AF_INET);
		size_t len = lens[i];

		fill(data, len, i + 500);
		put(&p.tx, data, len, 0);
		if (setsockopt(p.rx.fd, SOL_SOCKET, SO_PEEK_OFF, &off, sizeof(off)))
			SKIP("no SO_PEEK_OFF for UDP");
		RECVFROM(.e = &p.rx, .room = 10, .full = len - 7, .flags = MSG_PEEK, .addr = true, .from = &p.tx,
			 .want = data + 7, .len = 10);
		RECVFROM(.e = &p.rx, .room = 6000, .flags = MSG_PEEK, .addr = true, .from = &p.tx,
			 .want = data + 17, .len = len - 17);
		NEED(!setsockopt(p.rx.fd, SOL_SOCKET, SO_PEEK_OFF, &none, sizeof(none)));
		RECVFROM(.e = &p.rx, .room = 6000, .addr = true, .from = &p.tx, .want = data, .len = len);
	}
}

/* What bounced: the datagram comes back out of the error queue, its address is where it was sent. */
static void errqueue(void)
{
	for (int i = 0; i < 2; i++) {
		struct pair p = udp_pair(i ? AF_INET6 : AF_INET);
		int one = 1, e;
		socklen_t el = sizeof(e);

		NEED(!setsockopt(p.tx.fd, i ? IPPROTO_IPV6 : IPPROTO_IP, i ? IPV6_RECVERR : IP_RECVERR, &one, 4));
		close(p.rx.fd);
		put(&p.tx, "bounced", 7, 0);
		NEED(!getsockopt(p.tx.fd, SOL_SOCKET, SO_ERROR, &e, &el));
		RECVMSG(.e = &p.tx, .room = 100, .flags = MSG_ERRQUEUE, .addr = true, .from = &p.rx,
			.want = "bounced", .len = 7, .control = 512, .cmsg = i ? "[[41,25]]" : "[[0,11]]");
		RECVMSG(.e = &p.tx, .room = 100, .flags = MSG_ERRQUEUE, .addr = true, .fail = EAGAIN);
	}
}

/* Destination address and TTL come as control messages. */
static void control(void)
{
	struct pair p = udp_pair(AF_INET);
	int one = 1;

	NEED(!setsockopt(p.rx.fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof(one)));
	NEED(!setsockopt(p.rx.fd, IPPROTO_IP, IP_RECVTTL, &one, sizeof(one)));
	put(&p.tx, "with control", 12, 0);
	RECVMSG(.e = &p.rx, .room = 100, .addr = true, .from = &p.tx, .want = "with control", .len = 12,
		.control = 200, .cmsg = "[[0,8],[0,2]]");
}

/* No stale payload, no stale address on a call that failed. */
static void errors(void)
{
	struct pair p = udp_pair(AF_INET);
	struct pair q = udp_pair(AF_INET);

	put(&p.tx, "stale", 5, 0);
	RECVFROM(.e = &p.rx, .room = 100, .addr = true, .from = &p.tx, .want = "stale", .len = 5);
	RECVFROM(.e = &p.rx, .room = 100, .flags = MSG_DONTWAIT, .addr = true, .fail = EAGAIN);
	RECVMSG(.e = &p.rx, .room = 100, .flags = MSG_DONTWAIT, .addr = true, .fail = EAGAIN);
	close(q.rx.fd);
	put(&q.tx, "refused", 7, 0);
	RECVFROM(.e = &q.tx, .room = 100, .flags = MSG_DONTWAIT, .addr = true, .fail = ECONNREFUSED);
	put(&p.tx, "fresh", 5, 0);
	RECVFROM(.e = &p.rx, .room = 100, .flags = MSG_DONTWAIT, .addr = true, .from = &p.tx, .want = "fresh",
		 .len = 5);
}

/* Datagrams with a bad checksum before the one that counts, or with nothing behind them. */
static void badsum(void)
{
	struct pair p = udp_pair(AF_INET);
	int raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

	if (raw < 0)
		SKIP("no raw sockets: %s", strerror(errno));
	for (int i = 0; i < 8; i++) {
		size_t len = i & 1 ? 200 : 1000;
		int flags = i & 2 ? MSG_PEEK : 0;

		fill(data, 2000, 800 + i);
		for (int k = 0; k < 2; k++)
			NEED(raw_udp(raw, &p.tx, &p.rx, data + 1000, 500 + k, true));
		if (i >= 4)
			RECVFROM(.e = &p.rx, .room = 1200, .flags = flags | MSG_DONTWAIT, .addr = true, .fail = EAGAIN);
		NEED(raw_udp(raw, &p.tx, &p.rx, data, len, false));
		RECVFROM(.e = &p.rx, .room = 1200, .flags = flags, .addr = i & 1, .from = &p.tx, .want = data,
			 .len = len);
		if (flags)
			RECVMSG(.e = &p.rx, .room = 1200, .iov = 3, .from = &p.tx, .want = data, .len = len);
	}
}

/* recvmmsg whose third buffer is bad: two messages, and the error at the next call. */
static void mmsg_fault(void)
{
	struct pair p = udp_pair(AF_INET);
	char b[2][32];
	struct iovec v[3] = {{b[0], 32}, {b[1], 32}, {(void *)8, 32}};
	struct mmsghdr m[3] = {{{.msg_iov = v, .msg_iovlen = 1}}, {{.msg_iov = v + 1, .msg_iovlen = 1}},
			       {{.msg_iov = v + 2, .msg_iovlen = 1}}};

	put(&p.tx, "first", 5, 0);
	put(&p.tx, "second", 6, 0);
	put(&p.tx, "third", 5, 0);
	x_from = x_now();
	NEED(recvmmsg(p.rx.fd, m, 3, 0, NULL) == 2);
	x_begin("recvmmsg", 2);
	x_bytes("msgvec[0].buf", "first", 5, 5, "K");
	x_bytes("msgvec[1].buf", "second", 6, 6, "K");
	x_nobytes("msgvec[2].buf");
	x_addr("msgvec[0].name", &p.tx.local, p.tx.local_len, "K");
	x_addr("msgvec[1].name", &p.tx.local, p.tx.local_len, "K");
	x_args_end();
	x_sock(&p.rx);
	x_end();
	x_from = x_now();
	NEED(recvmmsg(p.rx.fd, m, 3, MSG_DONTWAIT, NULL) == -1 && errno == EFAULT);
	x_begin("recvmmsg", -EFAULT);
	x_nobytes("msgvec[0].buf");
	x_args_end();
	x_end();
}

/* What was sent comes back with the time it left: the packet, headers and all. */
static void tx_stamp(void)
{
	struct pair p = udp_pair(AF_INET);
	struct end none = {0};
	struct pollfd e = {.fd = p.tx.fd};
	int on = 2 | 16 | 1024;		/* TX_SOFTWARE, SOFTWARE, OPT_CMSG */

	if (setsockopt(p.tx.fd, SOL_SOCKET, SO_TIMESTAMPING, &on, sizeof(on)))
		SKIP("no SO_TIMESTAMPING");
	put(&p.tx, "on its way", 10, 0);
	NEED(poll(&e, 1, 2000) == 1);
	RECVMSG(.e = &p.tx, .room = 100, .flags = MSG_ERRQUEUE, .from = &none, .unsure = true, .trust = true,
		.control = 512);
	RECVFROM(.e = &p.rx, .room = 100, .from = &p.tx, .want = "on its way", .len = 10);
}

/* One datagram out of several sends: a head and pages behind it. */
static void cork(void)
{
	for (int i = 0; i < 2; i++) {
		struct pair p = udp_pair(i ? AF_INET6 : AF_INET);

		fill(data, 9000, 600 + i);
		for (int k = 0; k < 2; k++) {
			put(&p.tx, data, 700, MSG_MORE);
			put(&p.tx, data + 700, 5000, MSG_MORE);
			put(&p.tx, data + 5700, 300, 0);
			RECVFROM(.e = &p.rx, .room = 9000, .addr = !k, .from = &p.tx, .want = data, .len = 6000);
		}
	}
}

/* More slices than a tracer may care to look at. */
static void many_iovecs(void)
{
	struct pair p = udp_pair(AF_INET);

	fill(data, 4000, 700);
	put(&p.tx, data, 4000, 0);
	RECVMSG(.e = &p.rx, .room = 4000, .iov = 60, .addr = true, .from = &p.tx, .want = data, .len = 4000);
	put(&p.tx, data, 4000, 0);
	READ(.e = &p.rx, .room = 4000, .iov = 60, .from = &p.tx, .want = data, .len = 4000);
}

/* Sockets that come and go: the memory of one is the next one's. */
static void churn(void)
{
	char m[64];

	for (int i = 0; i < 2000; i++) {
		struct pair p = udp_pair(i & 1 ? AF_INET6 : AF_INET);
		int n = snprintf(m, sizeof(m), "number %d%.*s", i, i % 20, "--------------------");

		put(&p.tx, m, n, 0);
		if (i % 3 == 0)
			put(&p.tx, "left behind", 11, 0);
		RECVFROM(.e = &p.rx, .room = 64, .addr = i % 5, .from = &p.tx, .want = m, .len = n);
		close(p.rx.fd);
		close(p.tx.fd);
	}
}

/* Many sockets at once, all with a queue. */
static void crowd(void)
{
	static struct pair p[400];
	char m[64];

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 400; i++) {
			if (!round)
				p[i] = udp_pair(AF_INET);
			put(&p[i].tx, m, snprintf(m, sizeof(m), "round %d to %d", round, i), 0);
		}
		for (int i = 399; i >= 0; i--)
			RECVFROM(.e = &p[i].rx, .room = 64, .addr = true, .from = &p[i].tx, .want = m,
				 .len = snprintf(m, sizeof(m), "round %d to %d", round, i));
	}
}

static const struct tcase cases[] = {
	{"udp4", udp4},
	{"udp6", udp6},
	{"udp4-1400", udp4_1400},
	{"udp4-5000", udp4_5000},
	{"udp6-5000", udp6_5000},
	{"udp4-60000", udp4_60000},
	{"udp6-60000", udp6_60000},
	{"fragments", fragments},
	{"noaddr", noaddr},
	{"connected", connected},
	{"turns", turns},
	{"zero", zero},
	{"peek", peek},
	{"shortbuf", shortbuf},
	{"iovecs", iovecs},
	{"mmsg", mmsg},
	{"mmsg-peek", mmsg_peek},
	{"gro", gro},
	{"peek-off", peek_off},
	{"errqueue", errqueue},
	{"control", control},
	{"errors", errors},
	{"badsum", badsum},
	{"mmsg-fault", mmsg_fault, "recvmmsg"},
	{"tx-stamp", tx_stamp},
	{"cork", cork},
	{"many-iovecs", many_iovecs},
	{"churn", churn},
	{"crowd", crowd},
	{"snaplen-0", udp4_5000, .snaplen = -1},
	{"snaplen-1", udp4, .snaplen = 1},
	{"snaplen-64", udp4_5000, .snaplen = 64},
	{"snaplen-64-short", udp4, .snaplen = 64},
	{"snaplen-4096", udp4_5000, .snaplen = 4096},
	{"snaplen-4096-mmsg", mmsg, .snaplen = 4096},
};

CASES_MAIN(cases)
