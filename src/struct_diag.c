// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What schema/structs_netlink.def cannot declare of a struct: what is told of sockets, and of netfilter's messages. */
#include <arpa/inet.h>
#include "names.h"
#include "nlbytes.h"
#include "sockaddr.h"
#include "struct_code.h"
#include "value.h"

/* htons(80) */
static void port(struct lym_members *m, const char *name, size_t off)
{
	__u16 v = ntohs(lym_member_get(m, off, 2));

	if (m->json) {
		lym_member_uint(m, name, v, false);
		return;
	}
	lym_member_name(m, name);
	lym_text_lit(m->b, "htons(");
	lym_text_u64(m->b, v);
	lym_text_char(m->b, ')');
}

/* An address of the family that the struct begins with. */
static void address(struct lym_members *m, const char *name, unsigned int family, size_t off)
{
	enum { ROOM = 16 };
	struct lym_nlbytes d = { m->p + off, m->n > off ? m->n - off : 0, ROOM, m->addr + off, false };
	size_t start;

	if (d.n > ROOM)
		d.n = ROOM;
	if (!m->json) {
		lym_text_lit(m->b, ", ");
		lym_nlbytes_member(m->b, name, family, d);
		return;
	}
	start = lym_member_begin(m, name);
	if (d.n < ROOM)
		lym_text_xstr(m->b, d.p, d.n);
	else if (family == AF_INET6)
		lym_sockaddr_ipv6(m->b, d.p);
	else
		lym_sockaddr_ipv4(m->b, d.p);
	lym_member_end(m, start);
}

/* struct inet_diag_sockid: which connection. */
void lym_struct_inet_diag_id(struct lym_members *m, size_t off)
{
	unsigned int family = lym_member_get(m, 0, 1) == AF_INET6 ? AF_INET6 : AF_INET;
	size_t start;

	lym_member_name(m, "id");
	lym_text_char(m->b, '{');
	m->any = false;
	port(m, "idiag_sport", off);
	port(m, "idiag_dport", off + 2);
	address(m, "idiag_src", family, off + 4);
	address(m, "idiag_dst", family, off + 20);
	start = lym_member_begin(m, "idiag_if");
	lym_sockaddr_ifindex(m->b, lym_member_get(m, off + 36, 4));
	lym_member_end(m, start);
	lym_member_name(m, "idiag_cookie");
	lym_text_char(m->b, '[');
	lym_text_u64(m->b, lym_member_get(m, off + 40, 4));
	lym_text_bytes(m->b, ", ", m->json ? 1 : 2);
	lym_text_u64(m->b, lym_member_get(m, off + 44, 4));
	lym_text_lit(m->b, "]}");
	m->any = true;
}

void lym_struct_sockaddr_storage(struct lym_members *m, size_t off)
{
	lym_sockaddr_strace(m->b, m->p + off, m->n - off);
}

/* Bits of which nothing is known. */
void lym_struct_sockopt_unused(struct lym_members *m, size_t off)
{
	lym_member_unnamed(m, "unused", lym_member_get(m, off, 1) >> 3, " /* bits 3..8 */");
}

void lym_struct_be16(struct lym_members *m, size_t off)
{
	__u16 v = ntohs(lym_member_get(m, off, 2));

	lym_text_lit(m->b, "htons(");
	lym_text_u64(m->b, v);
	lym_text_char(m->b, ')');
}

/* A kind of frame in network order. */
void lym_struct_be_ethertype(struct lym_members *m, size_t off)
{
	lym_text_lit(m->b, "htons(");
	lym_names_put(m->b, LYM_NAMES_eth_p, ntohs(lym_member_get(m, off, 2)));
	lym_text_char(m->b, ')');
}

/* A hardware address with all the room that it has. */
void lym_struct_mac32(struct lym_members *m, size_t off)
{
	lym_value_mac(m->b, m->p + off, 32);
}

/* Of 64 bits, which some have aligned and some have not. */
void lym_struct_vf_guid(struct lym_members *m, size_t off)
{
	lym_text_hex(m->b, lym_member_get(m, m->n < 16 ? off : 8, 8));
}

/* [[BR_MCAST_DIR_RX]=1, [BR_MCAST_DIR_TX]=2] */
void lym_struct_mcast_dir(struct lym_members *m, size_t off)
{
	for (int i = 0; i < 2; i++) {
		lym_text_str(m->b, i ? ", " : "[");
		lym_nlbytes_index(m->b, LYM_NAMES_br_mcast_dir, i);
		lym_text_u64(m->b, lym_member_get(m, off + 8 * i, 8));
	}
	lym_text_char(m->b, ']');
}

/* An address, and a key as long as the member before says. */
void lym_struct_md5_key(struct lym_members *m, size_t off)
{
	enum { LENGTH = 2, KEY = 16, MOST = 80 };
	size_t n = lym_member_get(m, LENGTH, 2), start;

	address(m, "tcpm_addr", lym_member_get(m, 0, 1), off);
	start = lym_member_begin(m, "tcpm_key");
	off += KEY;
	n = n < MOST ? n : MOST;
	if (off + n > m->n)
		n = m->n > off ? m->n - off : 0;
	lym_text_str(m->b, m->json ? "" : "\"");
	lym_text_xstr(m->b, m->p + off, n);
	lym_text_str(m->b, m->json ? "" : "\"");
	lym_member_end(m, start);
}

/* Which part of netfilter a message is for; some programs forget the order of bytes. */
void lym_struct_nf_res_id(struct lym_members *m, size_t off)
{
	enum { NFTABLES = 10 };
	__u16 v = lym_member_get(m, off, 2);

	if (v == NFTABLES) {
		lym_names_put(m->b, LYM_NAMES_nfnl_subsys, v);
		return;
	}
	v = ntohs(v);
	if (v != NFTABLES) {
		lym_struct_be16(m, off);
		return;
	}
	lym_text_lit(m->b, "htons(");
	lym_names_put(m->b, LYM_NAMES_nfnl_subsys, v);
	lym_text_char(m->b, ')');
}
