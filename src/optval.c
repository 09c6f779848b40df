/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Values of socket options, as strace prints them. Declared in decode.h. */
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include "decode.h"
#include "names.h"
#include "structs.h"
#include "value.h"

#ifndef SOL_PACKET
#define SOL_PACKET 263
#endif
#define NETLINK_LIST_MEMBERSHIPS 9
#define MCAST_JOIN 42
#define MCAST_LEAVE 45

static __u32 u32_at(const unsigned char *p, size_t n, size_t off)
{
	__u32 v = 0;

	if (off < n)
		memcpy(&v, p + off, n - off < 4 ? n - off : 4);
	return v;
}

/* Options of SOL_SOCKET that are an int however long the caller says it is. */
static bool socket_int(__u32 name)
{
	switch (name) {
	case 1: case 2: case 5 ... 12: case 14 ... 16: case 18: case 19: case 27: case 29: case 30:
	case 32 ... 37: case 40 ... 46: case 49: case 53: case 56: case 60: case 63 ... 65: case 68 ... 70:
	case 73 ... 75:
		return true;
	}
	return false;
}

enum sign { SIGNED, UNSIGNED, ID };	/* of an id -1 is none */

/* {a=1, b=2} of 32-bit members, as many as are there; a member cut short is shown as bytes. */
static void members(struct lym_buf *b, const struct lym_optval *o, const char *const *name, enum sign sign)
{
	size_t i, off;

	lym_text_char(b, '{');
	for (i = 0; name[i] && 4 * i < o->n; i++) {
		off = 4 * i;
		if (i)
			lym_text_lit(b, ", ");
		lym_text_str(b, name[i]);
		lym_text_char(b, '=');
		if (o->n - off < 4) {
			lym_text_char(b, '"');
			lym_text_xstr(b, o->p + off, o->n - off);
			lym_text_char(b, '"');
		} else if (sign == SIGNED || (sign == ID && u32_at(o->p, o->n, off) == ~0u)) {
			lym_text_i64(b, (__s32)u32_at(o->p, o->n, off));
		} else {
			lym_text_u64(b, u32_at(o->p, o->n, off));
		}
	}
	lym_text_char(b, '}');
}

static bool integer(struct lym_buf *b, const struct lym_optval *o)
{
	if (o->n < 4)
		return false;
	lym_text_char(b, '[');
	lym_text_i64(b, (__s32)u32_at(o->p, o->n, 0));
	lym_text_char(b, ']');
	return true;
}

static bool bytes(struct lym_buf *b, const struct lym_optval *o)
{
	size_t show = o->n < o->limit ? o->n : o->limit;

	if (show < o->limit && show < o->len)	/* the rest could not be read */
		return false;
	lym_text_char(b, '"');
	lym_text_cstr(b, o->p, show);
	lym_text_str(b, show < o->len ? "\"..." : "\"");
	return true;
}

/* Too few of a number. */
static bool octets(struct lym_buf *b, const struct lym_optval *o)
{
	lym_text_char(b, '"');
	lym_text_xstr(b, o->p, o->n);
	lym_text_char(b, '"');
	return true;
}

static bool otherwise(struct lym_buf *b, const struct lym_optval *o)
{
	return o->len == 4 ? integer(b, o) : bytes(b, o);
}

static bool error(struct lym_buf *b, const struct lym_optval *o)
{
	__s32 v = u32_at(o->p, o->n, 0);
	const char *s = v > 0 ? lym_names_errno(v) : NULL;

	if (o->n < 4)
		return octets(b, o);
	if (!s)
		return otherwise(b, o);
	lym_text_char(b, '[');
	lym_text_str(b, s);
	lym_text_char(b, ']');
	return true;
}

/* A program that is attached. */
static bool filter(struct lym_buf *b, const struct lym_optval *o)
{
	enum lym_struct s = o->compat ? LYM_STRUCT_sock_fprog32 : LYM_STRUCT_sock_fprog;

	return o->len == lym_struct_size(s) && lym_struct_strace(b, s, &(struct lym_extent){
		o->p, o->n, o->n, .inner = o->inner, .inner_len = o->inner_len }, o->verbose);
}

/* One that is told, its length in instructions. */
static bool filter_told(struct lym_buf *b, const struct lym_optval *o)
{
	if (!o->verbose)
		return false;
	lym_structs_strace(b, LYM_STRUCT_sock_filter, o->p, o->n, o->n / lym_struct_size(LYM_STRUCT_sock_filter), 1, ~0u, true);
	return true;
}

/* [SOCK_TXREHASH_ENABLED], a number in decimal */
static bool rehash(struct lym_buf *b, const struct lym_optval *o)
{
	__s32 v = u32_at(o->p, o->n, 0);
	const char *s = lym_names_find(LYM_NAMES_sock_txrehash, (__u32)v);

	if (o->n < 4)
		return o->get ? octets(b, o) : false;
	lym_text_char(b, '[');
	if (!s || b->names)
		lym_text_i64(b, v);
	if (b->names != LYM_NAMES_RAW) {
		lym_text_str(b, !s || b->names ? " /* " : "");
		lym_text_str(b, s ?: "SOCK_TXREHASH_???");
		lym_text_str(b, !s || b->names ? " */" : "");
	}
	lym_text_char(b, ']');
	return true;
}

static bool sol_socket(struct lym_buf *b, const struct lym_optval *o)
{
	static const char *const linger[] = { "l_onoff", "l_linger", NULL };
	static const char *const ucred[] = { "pid", "uid", "gid", NULL };

	switch (o->name) {
	case SO_LINGER:
		if (o->n < (o->get ? 1 : 8))
			return false;
		members(b, o, linger, SIGNED);
		return true;
	case SO_PEERCRED:
		if (!o->get)
			return otherwise(b, o);
		members(b, o, ucred, ID);
		return true;
	case 74:	/* SO_TXREHASH */
		return rehash(b, o);
	case SO_ERROR:
		return o->get ? error(b, o) : otherwise(b, o);
	case 26:	/* SO_ATTACH_FILTER, or SO_GET_FILTER */
	case 51:	/* SO_ATTACH_REUSEPORT_CBPF */
		return o->get ? filter_told(b, o) : filter(b, o);
	}
	if (socket_int(o->name))
		return o->get && o->len < 4 ? octets(b, o) : integer(b, o);
	return otherwise(b, o);
}

/* struct group_req: an index, padding, an address. */
static bool group(struct lym_buf *b, const struct lym_optval *o)
{
	size_t addr = o->compat ? 4 : 8;

	if (o->n < addr + 128)
		return false;
	lym_text_lit(b, "{gr_interface=");
	lym_sockaddr_ifindex(b, u32_at(o->p, o->n, 0));
	lym_text_lit(b, ", gr_group=");
	lym_sockaddr_strace(b, o->p + addr, o->n - addr);
	lym_text_char(b, '}');
	return true;
}

static bool sol_ip(struct lym_buf *b, const struct lym_optval *o)
{
	if (o->get)
		return otherwise(b, o);
	switch (o->name) {
	case IP_ADD_MEMBERSHIP:
	case IP_DROP_MEMBERSHIP:
		if (o->n < 8)
			return false;
		lym_text_lit(b, "{imr_multiaddr=inet_addr(\"");
		lym_sockaddr_ipv4(b, o->p);
		lym_text_lit(b, "\"), imr_interface=inet_addr(\"");
		lym_sockaddr_ipv4(b, o->p + 4);
		lym_text_lit(b, "\")}");
		return true;
	case MCAST_JOIN:
	case MCAST_LEAVE:
		return group(b, o);
	}
	return otherwise(b, o);
}

static bool sol_ipv6(struct lym_buf *b, const struct lym_optval *o)
{
	if (o->get)
		return otherwise(b, o);
	switch (o->name) {
	case 20:	/* IPV6_ADD_MEMBERSHIP */
	case 21:	/* IPV6_DROP_MEMBERSHIP */
	case 27:	/* IPV6_JOIN_ANYCAST */
	case 28:	/* IPV6_LEAVE_ANYCAST */
		if (o->n < 20)
			return false;
		lym_text_lit(b, "{inet_pton(AF_INET6, \"");
		lym_sockaddr_ipv6(b, o->p);
		lym_text_lit(b, "\", &ipv6mr_multiaddr), ipv6mr_interface=");
		lym_sockaddr_ifindex(b, u32_at(o->p, o->n, 16));
		lym_text_char(b, '}');
		return true;
	case MCAST_JOIN:
	case MCAST_LEAVE:
		return group(b, o);
	}
	return otherwise(b, o);
}

static bool packet_member(struct lym_buf *b, const struct lym_optval *o)
{
	__u32 word = u32_at(o->p, o->n, 4), type = word & 0xffff, alen = word >> 16;

	if (o->n < 16 || o->len != 16)
		return false;
	lym_text_lit(b, "{mr_ifindex=");
	lym_sockaddr_ifindex(b, u32_at(o->p, o->n, 0));
	lym_text_lit(b, ", mr_type=");
	lym_names_put(b, LYM_NAMES_packet_mr, type);
	lym_text_lit(b, ", mr_alen=");
	lym_text_u64(b, alen);
	lym_text_lit(b, ", mr_address=");
	lym_value_mac(b, o->p + 8, alen < 8 ? alen : 8);
	lym_text_char(b, '}');
	return true;
}

static bool sol_packet(struct lym_buf *b, const struct lym_optval *o)
{
	static const char *const ring[] = { "tp_block_size", "tp_block_nr", "tp_frame_size", "tp_frame_nr", NULL };
	static const char *const count[] = { "tp_packets", "tp_drops", NULL };

	switch (o->name) {
	case PACKET_ADD_MEMBERSHIP:
	case PACKET_DROP_MEMBERSHIP:
		return o->get ? otherwise(b, o) : packet_member(b, o);
	case PACKET_RX_RING:
	case PACKET_TX_RING:
		if (o->get)
			return otherwise(b, o);
		if (o->n < 16 || o->len != 16)
			return false;
		members(b, o, ring, UNSIGNED);
		return true;
	case PACKET_STATISTICS:
		if (!o->get)
			return otherwise(b, o);
		members(b, o, count, UNSIGNED);
		return true;
	}
	return otherwise(b, o);
}

/* A list of what an ICMP socket lets in or keeps out, whichever is shorter. */
static bool icmp_filter(struct lym_buf *b, const struct lym_optval *o)
{
	static const char *const types[19] = {
		[0] = "ICMP_ECHOREPLY", [3] = "ICMP_DEST_UNREACH", [4] = "ICMP_SOURCE_QUENCH", [5] = "ICMP_REDIRECT",
		[8] = "ICMP_ECHO", [11] = "ICMP_TIME_EXCEEDED", [12] = "ICMP_PARAMETERPROB", [13] = "ICMP_TIMESTAMP",
		[14] = "ICMP_TIMESTAMPREPLY", [15] = "ICMP_INFO_REQUEST", [16] = "ICMP_INFO_REPLY",
		[17] = "ICMP_ADDRESS", [18] = "ICMP_ADDRESSREPLY",
	};
	__u32 mask = u32_at(o->p, o->n, 0), i, first = 1;

	if (o->n < 4)
		return otherwise(b, o);
	if (__builtin_popcount(mask) > 16) {
		mask = ~mask;
		lym_text_char(b, '~');
	}
	lym_text_char(b, '[');
	for (i = 0; i < 32; i++) {
		if (!(mask & 1u << i))
			continue;
		if (!first)
			lym_text_char(b, ' ');
		first = 0;
		if (i < 19 && types[i]) {
			lym_text_str(b, types[i]);
		} else {
			lym_text_hex(b, i);
			lym_text_lit(b, " /* ICMP_??? */");
		}
	}
	lym_text_char(b, ']');
	return true;
}

static bool sol_netlink(struct lym_buf *b, const struct lym_optval *o)
{
	size_t i;

	if (!o->get || o->name != NETLINK_LIST_MEMBERSHIPS)
		return integer(b, o);
	lym_text_char(b, '[');
	for (i = 0; i + 4 <= o->n; i += 4) {
		if (i)
			lym_text_lit(b, ", ");
		lym_text_u64(b, u32_at(o->p, o->n, i));
	}
	lym_text_char(b, ']');
	return true;
}

bool lym_decode_optval(struct lym_buf *b, const struct lym_optval *o)
{
	if (o->get && !o->n)
		return false;
	switch (o->level) {
	case SOL_SOCKET:
		return sol_socket(b, o);
	case IPPROTO_IP:
		return sol_ip(b, o);
	case IPPROTO_IPV6:
		return sol_ipv6(b, o);
	case SOL_PACKET:
		return sol_packet(b, o);
	case IPPROTO_RAW:
		return o->name == 1 ? icmp_filter(b, o) : otherwise(b, o);
	case 270:	/* SOL_NETLINK */
		return sol_netlink(b, o);
	}
	return otherwise(b, o);
}

bool lym_decode_optval_of(const struct lym_record *r, unsigned int i, struct lym_optval *o)
{
	struct lym_bytes v = lym_record_item(r, i, LYM_DATA, 0, false);
	struct lym_bytes in = lym_record_item(r, i, LYM_DATA, 1, false);
	__u32 len;

	if (i < 2 || !v.item || v.item->flags & LYM_I_UNREAD)
		return false;
	*o = (struct lym_optval){
		.level = lym_record_cell(r, i - 2), .name = lym_record_cell(r, i - 1), .p = v.p, .n = v.item->len,
		.get = r->ev->field[i].type == LYM_T_OPT_OUT, .len = v.item->full, .compat = r->h->flags & LYM_F_COMPAT,
		.inner = in.p, .inner_len = in.item ? in.item->len : 0, .limit = 32,
	};
	if (!o->get)
		o->len = (__u32)lym_record_cell(r, i + 1);
	else if (lym_decode_u32(r, i + 1, LYM_VALUE, &len))
		o->len = len;
	if (o->n > o->len && !(o->get && o->level == SOL_SOCKET && o->name == SO_ATTACH_FILTER))
		o->n = o->len;
	return (__s32)o->len >= 0;
}
