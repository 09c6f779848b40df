/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A UDP datagram as a raw IPv4 packet on the loopback. The receiver verifies its checksum, after the queue if it is
 * longer than 76 bytes, so a bad one is met, and thrown away, by whoever receives.
 */
#ifndef TESTS_RAWUDP_H
#define TESTS_RAWUDP_H

#include <netinet/ip.h>
#include "net.h"

static inline unsigned short raw_udp_sum(const void *data, int len)
{
	const unsigned char *p = data;
	unsigned int s = 2 * 0x7f00 + 2 * 0x0001 + IPPROTO_UDP + len;	/* 127.0.0.1 twice */

	for (int i = 0; i < len; i += 2)
		s += p[i] << 8 | (i + 1 < len ? p[i + 1] : 0);
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return htons(~s & 0xffff ? ~s & 0xffff : 0xffff);
}

/* raw: a socket of IPPROTO_RAW. From and to are bound to 127.0.0.1. */
static inline bool raw_udp(int raw, const struct end *from, const struct end *to, const void *m, int len, bool bad)
{
	unsigned char b[2048];
	struct iphdr *ip = (void *)b;
	struct udphdr *u = (void *)(ip + 1);
	union addr a = to->local;

	memset(b, 0, sizeof(*ip) + sizeof(*u));
	*ip = (struct iphdr){.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP,
			     .saddr = htonl(INADDR_LOOPBACK), .daddr = htonl(INADDR_LOOPBACK)};
	u->source = from->local.in.sin_port;
	u->dest = to->local.in.sin_port;
	u->len = htons(sizeof(*u) + len);
	memcpy(u + 1, m, len);
	u->check = raw_udp_sum(u, sizeof(*u) + len);
	if (bad)	/* 0 would mean that there is none */
		u->check = u->check == 0x5555 ? 0x1111 : u->check ^ 0x5555;
	a.in.sin_port = 0;
	return sendto(raw, b, sizeof(*ip) + sizeof(*u) + len, 0, &a.sa, sizeof(a.in)) > 0;
}

#endif
