/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Receives of netlink, raw and packet sockets; IPv6 scope ids and flow labels; IPv4 in IPv6. */
#include <net/ethernet.h>
#include <linux/rtnetlink.h>
#include "../lib/cases.h"
#include "../lib/recv.h"

static char data[65536];

static void usersock(void)
{
	size_t lens[] = {24, 3000, 20000};

	for (int i = 0; i < 3; i++) {
		struct pair p = netlink_pair();
		size_t len = lens[i];

		fill(data, len, i);
		for (int k = 0; k < 3; k++)
			put(&p.tx, data, len, 0);
		RECVFROM(.e = &p.rx, .room = len, .flags = MSG_PEEK, .from = &p.tx, .want = data, .len = len);
		RECVFROM(.e = &p.rx, .room = len, .addr = true, .from = &p.tx, .want = data, .len = len);
		RECVMSG(.e = &p.rx, .room = len, .iov = 3, .addr = true, .from = &p.tx, .want = data, .len = len);
		RECVFROM(.e = &p.rx, .room = 8, .full = len, .flags = MSG_TRUNC, .from = &p.tx, .want = data,
			 .len = 8);
	}
}

/* The kernel's own answer: a dump of all links, the sender is nl_pid 0. */
static void route_dump(void)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg i;
	} q = {{sizeof(q), RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0}, {.ifi_family = AF_UNSPEC}};
	struct end e, kernel = {.local.nl.nl_family = AF_NETLINK, .local_len = sizeof(struct sockaddr_nl)};
	static char buf[32768];
	struct nlmsghdr *h = (void *)buf;
	long n;

	e.fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	NEED(!bind(e.fd, &kernel.local.sa, sizeof(struct sockaddr_nl)));
	e = end_of(e.fd);
	NEED(send(e.fd, &q, sizeof(q), 0) == sizeof(q));
	do {
		n = RECVMSG(.e = &e, .room = sizeof(buf), .buf = buf, .addr = true, .from = &kernel, .trust = true);
		NEED(n >= (long)sizeof(*h) && h->nlmsg_seq == 1);
	} while (h->nlmsg_type != NLMSG_DONE && n > 0);
}

/* Raw IPv4: the header is part of what is received. */
static void raw4(void)
{
	struct pair p;
	union addr a;
	size_t lens[] = {30, 1400, 8000};
	static char buf[9000];

	p.rx.fd = socket(AF_INET, SOCK_RAW, 253);
	p.tx.fd = socket(AF_INET, SOCK_RAW, 253);
	if (p.rx.fd < 0 || p.tx.fd < 0)
		SKIP("no raw sockets: %s", strerror(errno));
	loopback(AF_INET, &a);
	a.in.sin_addr.s_addr = htonl(0x7f0000f1);	/* an address that nobody else uses */
	NEED(!bind(p.rx.fd, &a.sa, sizeof(a.in)));
	p.rx = end_of(p.rx.fd);
	NEED(!connect(p.tx.fd, &a.sa, sizeof(a.in)));
	p.tx = end_of(p.tx.fd);
	p.tx.local.in.sin_port = 0;
	for (int i = 0; i < 3; i++) {
		size_t len = lens[i];

		fill(data, len, i + 10);
		put(&p.tx, data, len, 0);
		RECVFROM(.e = &p.rx, .buf = buf, .room = sizeof(buf), .addr = true, .from = &p.tx, .trust = true);
		NEED(!memcmp(buf + 20, data, len));
		put(&p.tx, data, len, 0);
		RECVMSG(.e = &p.rx, .buf = buf, .room = sizeof(buf), .iov = 3, .addr = true, .from = &p.tx,
			.trust = true);
		NEED(!memcmp(buf + 20, data, len));
	}
}

static void raw6(void)
{
	struct pair p;
	union addr a;

	p.rx.fd = socket(AF_INET6, SOCK_RAW, 253);
	p.tx.fd = socket(AF_INET6, SOCK_RAW, 253);
	if (p.rx.fd < 0 || p.tx.fd < 0)
		SKIP("no raw IPv6 sockets: %s", strerror(errno));
	loopback(AF_INET6, &a);
	NEED(!bind(p.rx.fd, &a.sa, sizeof(a.in6)));
	p.rx = end_of(p.rx.fd);
	NEED(!connect(p.tx.fd, &a.sa, sizeof(a.in6)));
	p.tx = end_of(p.tx.fd);
	p.tx.local.in6.sin6_port = 0;
	fill(data, 5000, 12);
	put(&p.tx, data, 5000, 0);
	RECVFROM(.e = &p.rx, .room = 6000, .addr = true, .from = &p.tx, .want = data, .len = 5000);
	put(&p.tx, data, 50, 0);
	RECVMSG(.e = &p.rx, .room = 6000, .addr = true, .from = &p.tx, .want = data, .len = 50);
}

/* AF_PACKET on a private loopback: a datagram is seen coming in. */
static void packet(void)
{
	struct end e, from = {.local_len = sizeof(struct sockaddr_ll)};
	struct sockaddr_ll l = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP)};
	struct pair u;
	static char buf[4000];

	private_net(0);
	l.sll_ifindex = if_nametoindex("lo");
	for (int raw = 0; raw < 2; raw++) {
		u = udp_pair(AF_INET);
		e.fd = socket(AF_PACKET, raw ? SOCK_RAW : SOCK_DGRAM, 0);
		if (e.fd < 0)
			SKIP("no packet sockets: %s", strerror(errno));
		NEED(!bind(e.fd, (struct sockaddr *)&l, sizeof(l)));
		e = end_of(e.fd);
		e.local_len = UNSAID;
		fill(data, 700, raw + 13);
		put(&u.tx, data, 700, 0);
		from.local.ll = l;
		from.local.ll.sll_hatype = 772;		/* ARPHRD_LOOPBACK */
		from.local.ll.sll_pkttype = PACKET_HOST;
		NEED(RECVFROM(.e = &e, .buf = buf, .room = sizeof(buf), .addr = true, .from = &from,
			      .trust = true) == 700 + 28 + 14 * raw);
		NEED(!memcmp(buf + 28 + 14 * raw, data, 700));
		close(e.fd);
	}
}

struct in6_ifreq_ {
	struct in6_addr addr;
	unsigned int prefix;
	int ifindex;
};

/* Wait until what is sent to that address arrives. A worker of the kernel makes its route only after the address can be bound. Bounded by alarm(). */
static void wait_route(const struct in6_addr *addr)
{
	char line[256], local[64];
	FILE *routes;
	bool found = false;

	for (int i = 0; i < 16; i++)
		sprintf(local + 2 * i, "%02x", addr->s6_addr[i]);
	strcat(local, " 80 ");
	while (!found) {
		routes = fopen("/proc/self/net/ipv6_route", "r");
		NEED(routes);
		while (fgets(line, sizeof(line), routes))
			found |= !strncmp(line, local, strlen(local));
		fclose(routes);
	}
}

/* Link-local addresses on the loopback of a private namespace: the scope id is part of the address. */
static void scope_id(void)
{
	struct in6_ifreq_ r = {.prefix = 64};
	int fd = -1, one = 1;
	struct pair p;
	union addr a;

	private_net(0);
	fd = socket(AF_INET6, SOCK_DGRAM, 0);
	if (fd < 0)
		SKIP("no IPv6");
	inet_pton(AF_INET6, "fe80::5", &r.addr);
	r.ifindex = if_nametoindex("lo");
	NEED(!ioctl(fd, SIOCSIFADDR, &r));
	memset(&a, 0, sizeof(a));
	a.in6 = (struct sockaddr_in6){AF_INET6, 0, 0, r.addr, r.ifindex};
	p.rx.fd = socket(AF_INET6, SOCK_DGRAM, 0);
	p.tx.fd = socket(AF_INET6, SOCK_DGRAM, 0);
	NEED(!setsockopt(p.rx.fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	wait_route(&r.addr);
	NEED(!bind(p.rx.fd, &a.sa, sizeof(a.in6)));
	NEED(!bind(p.tx.fd, &a.sa, sizeof(a.in6)));
	p.rx = end_of(p.rx.fd);
	NEED(p.rx.local.in6.sin6_scope_id == (unsigned int)r.ifindex);
	NEED(!connect(p.tx.fd, &p.rx.local.sa, p.rx.local_len));
	p.tx = end_of(p.tx.fd);
	put(&p.tx, "link-local", 10, 0);
	RECVFROM(.e = &p.rx, .room = 64, .addr = true, .from = &p.tx, .want = "link-local", .len = 10);
	put(&p.tx, "link-local", 10, 0);
	RECVMSG(.e = &p.rx, .room = 64, .from = &p.tx, .want = "link-local", .len = 10);
}

/* An IPv4 sender at an IPv6 socket. */
static void v4mapped(void)
{
	struct end rx = {.fd = socket(AF_INET6, SOCK_DGRAM, 0)}, tx = end_of(inet_bound(AF_INET, SOCK_DGRAM)), m = {0};
	union addr a = {.in6 = {.sin6_family = AF_INET6}};

	if (rx.fd < 0)
		SKIP("no IPv6");
	NEED(!bind(rx.fd, &a.sa, sizeof(a.in6)));
	rx = end_of(rx.fd);
	m.local_len = sizeof(struct sockaddr_in6);
	m.local.in6.sin6_family = AF_INET6;
	inet_pton(AF_INET6, "::ffff:127.0.0.1", &m.local.in6.sin6_addr);
	m.local.in6.sin6_port = tx.local.in.sin_port;
	loopback(AF_INET, &a);
	a.in.sin_port = rx.local.in6.sin6_port;
	NEED(!connect(tx.fd, &a.sa, sizeof(a.in)));
	put(&tx, "four in six", 11, 0);
	RECVFROM(.e = &rx, .room = 64, .addr = true, .from = &m, .want = "four in six", .len = 11);
	put(&tx, "four in six", 11, 0);
	RECVFROM(.e = &rx, .room = 64, .from = &m, .want = "four in six", .len = 11);
}

/* How libraries ask for the size of what comes next: no room at all, a peek, the full length back. */
static void size_query(void)
{
	struct pair p = netlink_pair();

	fill(data, 500, 20);
	put(&p.tx, data, 500, 0);
	RECVMSG(.e = &p.rx, .room = 0, .full = 500, .flags = MSG_PEEK | MSG_TRUNC, .from = &p.tx, .want = "", .len = 0);
	RECVMSG(.e = &p.rx, .room = 500, .addr = true, .from = &p.tx, .want = data, .len = 500);
}

/* An unprivileged ping: the kernel answers. */
static void ping(void)
{
	struct end e = {0}, from = {0};
	unsigned char echo[40] = {8}, reply[64];
	union addr a;
	int fd;

	private_net(0);
	fd = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY);
	if (fd < 0 || write(fd, "0 0", 3) != 3)
		SKIP("no ping sockets");
	close(fd);
	from.local_len = loopback(AF_INET, &from.local);
	a = from.local;
	e.fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
	if (e.fd < 0)
		SKIP("no ping sockets: %s", strerror(errno));
	fill(echo + 8, 32, 21);
	NEED(sendto(e.fd, echo, sizeof(echo), 0, &a.sa, sizeof(a.in)) == sizeof(echo));
	e = end_of(e.fd);
	RECVFROM(.e = &e, .buf = (char *)reply, .room = sizeof(reply), .addr = true, .from = &from, .trust = true);
	NEED(!memcmp(reply + 8, echo + 8, 32));
	NEED(sendto(e.fd, echo, sizeof(echo), 0, &a.sa, sizeof(a.in)) == sizeof(echo));
	RECVMSG(.e = &e, .buf = (char *)reply, .room = sizeof(reply), .from = &from, .trust = true);
}

static const struct tcase cases[] = {
	{"usersock", usersock},
	{"route-dump", route_dump},
	{"raw4", raw4},
	{"raw6", raw6},
	{"size-query", size_query},
	{"ping", ping},
	{"packet", packet},
	{"scope-id", scope_id},
	{"v4mapped", v4mapped},
	{"route-dump-snaplen-64", route_dump, .snaplen = 64},
};

CASES_MAIN(cases)
