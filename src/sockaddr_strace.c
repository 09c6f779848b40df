/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Socket addresses in strace's syntax. Declared in sockaddr.h. */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include "names.h"
#include "proc.h"
#include "sockaddr.h"
#include "structs.h"
#include "value.h"

#define LYM_AF_MCTP 45		/* not known to all libraries */

void lym_sockaddr_ifindex(struct lym_buf *b, __u32 index)
{
	const char *name = index && b->names != LYM_NAMES_RAW ? lym_proc_ifname(index) : NULL;

	if (!name || b->names)
		lym_text_u64(b, index);
	if (!name)
		return;
	lym_text_str(b, b->names ? " /* if_nametoindex(\"" : "if_nametoindex(\"");
	lym_text_cstr(b, name, strlen(name));
	lym_text_str(b, b->names ? "\") */" : "\")");
}

/* Bytes in the order of the net: as they are, unless names are asked for; false: they are all there is to say. */
static bool net_begin(struct lym_buf *b, const void *p, size_t n)
{
	if (b->names) {
		lym_text_char(b, '"');
		lym_text_xstr(b, p, n);
		lym_text_char(b, '"');
	}
	if (b->names == LYM_NAMES_RAW)
		return false;
	if (b->names)
		lym_text_lit(b, " /* ");
	return true;
}

static void net_end(struct lym_buf *b)
{
	if (b->names)
		lym_text_lit(b, " */");
}

/* htons(80) */
static void port(struct lym_buf *b, const void *p)
{
	const unsigned char *c = p;

	if (!net_begin(b, p, 2))
		return;
	lym_text_lit(b, "htons(");
	lym_text_u64(b, c[0] << 8 | c[1]);
	lym_text_char(b, ')');
	net_end(b);
}

static void in(struct lym_buf *b, const struct sockaddr_in *a)
{
	lym_text_lit(b, ", sin_port=");
	port(b, &a->sin_port);
	lym_text_lit(b, ", sin_addr=");
	if (!net_begin(b, &a->sin_addr, 4))
		return;
	lym_text_lit(b, "inet_addr(\"");
	lym_sockaddr_ipv4(b, &a->sin_addr);
	lym_text_lit(b, "\")");
	net_end(b);
}

static void in6(struct lym_buf *b, const struct sockaddr_in6 *a, size_t len)
{
	const unsigned char *ip = a->sin6_addr.s6_addr;

	lym_text_lit(b, ", sin6_port=");
	port(b, &a->sin6_port);
	lym_text_lit(b, ", sin6_flowinfo=");
	if (net_begin(b, &a->sin6_flowinfo, 4)) {
		lym_text_lit(b, "htonl(");
		lym_text_u64(b, ntohl(a->sin6_flowinfo));
		lym_text_char(b, ')');
		net_end(b);
	}
	lym_text_str(b, b->names ? ", sin6_addr=" : ", ");
	if (net_begin(b, ip, 16)) {
		lym_text_lit(b, "inet_pton(AF_INET6, \"");
		lym_sockaddr_ipv6(b, ip);
		lym_text_str(b, b->names ? "\")" : "\", &sin6_addr)");
		net_end(b);
	}
	if (len < sizeof(*a))
		return;
	lym_text_lit(b, ", sin6_scope_id=");
	if ((ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80) || (ip[0] == 0xff && (ip[1] & 0xf) == 2))
		lym_sockaddr_ifindex(b, a->sin6_scope_id);
	else
		lym_text_u64(b, a->sin6_scope_id);
}

static void un(struct lym_buf *b, const char *path, size_t n)
{
	if (!n)
		return;
	lym_text_lit(b, ", sun_path=");
	if (!*path) {
		lym_text_char(b, '@');
		path++;
		n--;
	} else {
		n = strnlen(path, n);
	}
	lym_text_char(b, '"');
	lym_text_cstr(b, path, n);
	lym_text_char(b, '"');
}

static void nl(struct lym_buf *b, const struct sockaddr_nl *a)
{
	if (a->nl_pad) {
		lym_text_lit(b, ", nl_pad=");
		lym_text_hex(b, a->nl_pad);
	}
	lym_text_lit(b, ", nl_pid=");
	lym_text_i64(b, (__s32)a->nl_pid);	/* so has it strace */
	lym_text_lit(b, ", nl_groups=");
	if (a->nl_groups)
		lym_text_lit(b, "0x");
	lym_text_hexpad(b, a->nl_groups, a->nl_groups ? 6 : 8);
}

static void ll(struct lym_buf *b, const struct sockaddr_ll *a)
{
	unsigned char names = b->names;
	const char *s = lym_names_find(LYM_NAMES_eth_p, ntohs(a->sll_protocol));
	unsigned int i;

	lym_text_lit(b, ", sll_protocol=");
	if (net_begin(b, &a->sll_protocol, 2)) {
		lym_text_lit(b, "htons(");
		if (s)
			lym_text_str(b, s);
		else if (names)
			lym_text_hex(b, ntohs(a->sll_protocol));
		else
			lym_names_put(b, LYM_NAMES_eth_p, ntohs(a->sll_protocol));
		lym_text_char(b, ')');
		net_end(b);
	}
	lym_text_lit(b, ", sll_ifindex=");
	lym_sockaddr_ifindex(b, a->sll_ifindex);
	lym_text_lit(b, ", sll_hatype=");
	lym_names_put(b, LYM_NAMES_arphrd, a->sll_hatype);
	lym_text_lit(b, ", sll_pkttype=");
	lym_names_put(b, LYM_NAMES_packet_type, a->sll_pkttype);
	lym_text_lit(b, ", sll_halen=");
	lym_text_u64(b, a->sll_halen);
	if (!a->sll_halen)
		return;
	lym_text_lit(b, ", sll_addr=[");
	for (i = 0; i < a->sll_halen && i < 8; i++) {
		if (i)
			lym_text_lit(b, ", ");
		if (a->sll_addr[i])
			lym_text_hex(b, a->sll_addr[i]);
		else
			lym_text_lit(b, "00");
	}
	lym_text_str(b, a->sll_halen > 8 ? ", ...]" : "]");
}

static void ipx(struct lym_buf *b, const unsigned char *p)
{
	int i;

	lym_text_lit(b, ", sipx_port=");
	port(b, p + 2);
	lym_text_lit(b, ", sipx_network=htonl(");
	lym_text_hex(b, (__u32)p[4] << 24 | p[5] << 16 | p[6] << 8 | p[7]);
	lym_text_lit(b, "), sipx_node=[");
	for (i = 0; i < 6; i++) {
		lym_text_str(b, i ? ", 0x" : "0x");
		lym_text_hexpad(b, p[8 + i], 2);
	}
	lym_text_lit(b, "], sipx_type=0x");
	lym_text_hexpad(b, p[14], 2);
	if (p[15]) {
		lym_text_lit(b, ", sipx_zero=");
		lym_text_hex(b, p[15]);
	}
}

/* ---- AX.25: six characters of a call sign, shifted, and a number ---- */

#define CALL 7			/* bytes of one */
#define DIGIS 8			/* calls that may follow the first */

/* How a call sign is to be told: by its name, by its bytes too (it is unusual), by these alone. */
static unsigned char call_style(const unsigned char *p)
{
	bool space = false, other = false, odd = p[CALL - 1] & ~0x1e;
	int i;

	for (i = 0; i < CALL - 1; i++) {
		unsigned char c = p[i] >> 1;

		if (c < ' ' || c > 0x7e || c == '*' || c == '/')
			return LYM_NAMES_RAW;
		odd |= p[i] & 1 || !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == ' ') || (c != ' ' && space);
		space |= c == ' ';
		other |= c != ' ';
	}
	return odd || (!other && p[CALL - 1]) ? LYM_NAMES_BOTH : 0;
}

/* VALID-13, {ax25_call="\x40..."} */
static void call(struct lym_buf *b, const unsigned char *p)
{
	unsigned char style = call_style(p) ?: b->names;
	int n = CALL - 1, number = p[CALL - 1] >> 1 & 0xf, i;

	if (style) {
		lym_text_lit(b, "{ax25_call=\"");
		lym_text_xstr(b, p, CALL);
		lym_text_lit(b, "\"}");
	}
	if (style == LYM_NAMES_RAW)
		return;
	if (style)
		lym_text_lit(b, " /* ");
	while (n && p[n - 1] >> 1 == ' ')
		n--;
	if (!n && !number) {
		lym_text_char(b, '*');
	} else {
		for (i = 0; i < n; i++)
			lym_text_char(b, p[i] >> 1);
		lym_text_char(b, '-');
		lym_text_u64(b, number);
	}
	if (style)
		lym_text_lit(b, " */");
}

static void ax25(struct lym_buf *b, const unsigned char *p, size_t len)
{
	enum { FIRST = 16 };		/* bytes of what is before the others */
	__s32 digis;
	size_t have, want, i;

	memcpy(&digis, p + 2 + CALL + 3, sizeof(digis));
	if (digis || len > FIRST)
		lym_text_str(b, ", fsa_ax25={sax25_call=");
	else
		lym_text_str(b, ", sax25_call=");
	call(b, p + 2);
	lym_text_lit(b, ", sax25_ndigis=");
	lym_text_i64(b, digis);
	if (!digis && len <= FIRST)
		return;
	lym_text_char(b, '}');
	have = (len - FIRST) / CALL < DIGIS ? (len - FIRST) / CALL : DIGIS;
	want = digis < 0 ? 0 : digis < DIGIS ? digis : DIGIS;
	if (want) {
		lym_text_lit(b, ", fsa_digipeater=[");
		for (i = 0; i < want && i < have; i++) {
			lym_text_str(b, i ? ", " : "");
			call(b, p + FIRST + i * CALL);
		}
		if (want > have)
			lym_text_str(b, have ? ", ..." : "...");
		lym_text_char(b, ']');
	}
	if (len > FIRST + have * CALL)
		lym_text_lit(b, ", ...");
}

/* What is beyond the family, as a string. */
static void rest(struct lym_buf *b, const unsigned char *p, size_t n)
{
	if (!n)
		return;
	lym_text_lit(b, ", \"");
	lym_text_cstr(b, p, n);
	lym_text_char(b, '"');
}

static void rxrpc(struct lym_buf *b, const unsigned char *p, size_t len)
{
	enum { TRANSPORT = 8 };
	struct sockaddr_in6 a6 = { 0 };
	struct sockaddr_in a4;
	__u16 w[5];
	size_t n;

	memcpy(w, p, sizeof(w));
	lym_text_lit(b, ", srx_service=");
	lym_value_explained(b, LYM_NAMES_rxrpc_services, w[1]);
	lym_text_lit(b, ", transport_type=");
	lym_names_put(b, LYM_NAMES_sock_type, w[2]);
	lym_text_lit(b, ", transport_len=");
	lym_text_u64(b, w[3]);
	lym_text_str(b, w[4] == AF_INET ? ", transport={sin={sin_family=" : w[4] == AF_INET6 ? ", transport={sin6={sin6_family=" : ", transport={family=");
	lym_names_put(b, LYM_NAMES_af, w[4]);
	n = w[3] < len - TRANSPORT ? w[3] : len - TRANSPORT;
	memcpy(&a4, p + TRANSPORT, sizeof(a4));
	memcpy(&a6, p + TRANSPORT, len - TRANSPORT < sizeof(a6) ? len - TRANSPORT : sizeof(a6));
	if (w[4] == AF_INET && n >= sizeof(a4))
		in(b, &a4);
	else if (w[4] == AF_INET6 && n >= 24)
		in6(b, &a6, n);
	else
		rest(b, p + TRANSPORT + 2, n > 2 ? n - 2 : 0);
	lym_text_str(b, w[4] == AF_INET || w[4] == AF_INET6 ? "}}" : "}");
}

/* Families that a struct of the schema tells. */
static bool declared(struct lym_buf *b, const void *p, size_t len)
{
	static const struct {
		__u16 family, least, struc;
	} all[] = {
		{ AF_X25, 18, LYM_STRUCT_sockaddr_x25 }, { AF_IEEE802154, 20, LYM_STRUCT_sockaddr_wpan },
		{ AF_ALG, 25, LYM_STRUCT_sockaddr_alg }, { AF_NFC, 96, LYM_STRUCT_sockaddr_nfc_llcp },
		{ AF_NFC, 88, LYM_STRUCT_sockaddr_nfc_llcp32 },
		{ AF_NFC, 16, LYM_STRUCT_sockaddr_nfc }, { AF_VSOCK, 16, LYM_STRUCT_sockaddr_vm },
		{ AF_QIPCRTR, 12, LYM_STRUCT_sockaddr_qrtr }, { AF_XDP, 16, LYM_STRUCT_sockaddr_xdp },
		{ LYM_AF_MCTP, 12, LYM_STRUCT_sockaddr_mctp },
	};
	__u16 family;
	size_t i, n;

	memcpy(&family, p, sizeof(family));
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i].family != family || len < all[i].least)
			continue;
		if (all[i].struc == LYM_STRUCT_sockaddr_nfc_llcp32 && len != all[i].least)	/* only its length tells a 32-bit one */
			continue;
		n = family == AF_ALG ? len : all[i].least;
		return lym_struct_strace(b, all[i].struc, &(struct lym_extent){ p, n, family == AF_NFC ? len : n }, true);
	}
	return false;
}

void lym_sockaddr_strace(struct lym_buf *b, const void *p, size_t len)
{
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_nl nl;
		struct sockaddr_ll ll;
		unsigned char bytes[128];
	} a = { 0 };

	if (len < 2) {
		lym_text_lit(b, "{...}");
		return;
	}
	if (len > sizeof(a))
		len = sizeof(a);
	memcpy(&a, p, len);
	if (declared(b, a.bytes, len))
		return;
	lym_text_lit(b, "{sa_family=");
	lym_names_put(b, LYM_NAMES_af, a.sa.sa_family);
	if (a.sa.sa_family == AF_UNIX) {
		un(b, (const char *)p + 2, len > 110 ? 108 : len - 2);
	} else if (a.sa.sa_family == AF_INET && len >= sizeof(a.in)) {
		in(b, &a.in);
	} else if (a.sa.sa_family == AF_INET6 && len >= 24) {
		in6(b, &a.in6, len);
	} else if (a.sa.sa_family == AF_NETLINK && len >= sizeof(a.nl)) {
		nl(b, &a.nl);
	} else if (a.sa.sa_family == AF_PACKET && len >= sizeof(a.ll)) {
		ll(b, &a.ll);
	} else if (a.sa.sa_family == AF_IPX && len >= 16) {
		ipx(b, a.bytes);
	} else if (a.sa.sa_family == AF_AX25 && len >= 16) {
		ax25(b, a.bytes, len);
	} else if (a.sa.sa_family == AF_RXRPC && len >= 36) {
		rxrpc(b, a.bytes, len);
	} else if (len > 2) {
		lym_text_lit(b, ", sa_data=\"");
		lym_text_cstr(b, a.bytes + 2, len - 2);
		lym_text_char(b, '"');
	}
	lym_text_char(b, '}');
}

/* strace's name of a kind of sockets; false: it has none. */
static bool sock_kind(struct lym_buf *b, const struct lym_sock *s)
{
	const char *name;

	switch (s->family) {
	case AF_INET:
	case AF_INET6:
		name = s->type == SOCK_RAW ? "IPPROTO_RAW" : lym_names_find(lym_names_protocols(s->family), s->protocol);
		if (!name)
			return false;
		lym_text_str(b, name + 8);		/* IPPROTO_ */
		lym_text_str(b, s->family == AF_INET6 ? "v6" : "");
		return true;
	case AF_UNIX:
		name = lym_names_find(LYM_NAMES_sock_type, s->type);
		lym_text_lit(b, "UNIX-");
		lym_text_str(b, name ? name + 5 : "");	/* SOCK_ */
		return name;
	case AF_NETLINK:
		lym_text_lit(b, "NETLINK");
		return true;
	}
	return false;
}

static void endpoint(struct lym_buf *b, const void *p, unsigned int len)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (len >= sizeof(in6)) {
		memcpy(&in6, p, sizeof(in6));
		lym_text_char(b, '[');
		lym_sockaddr_ipv6(b, &in6.sin6_addr);
		lym_text_lit(b, "]:");
		lym_text_u64(b, ntohs(in6.sin6_port));
	} else if (len >= sizeof(in)) {
		memcpy(&in, p, sizeof(in));
		lym_sockaddr_ipv4(b, &in.sin_addr);
		lym_text_char(b, ':');
		lym_text_u64(b, ntohs(in.sin_port));
	}
}

/* ,"/run/x" */
static void unix_name(struct lym_buf *b, const unsigned char *p, unsigned int len)
{
	bool hidden;

	if (len <= 2)
		return;
	p += 2;
	len -= 2;
	hidden = !*p;
	lym_text_str(b, hidden ? ",@\"" : ",\"");
	lym_text_cstr(b, p + hidden, hidden ? len - 1 : strnlen((const char *)p, len));
	lym_text_char(b, '"');
}

bool lym_sockaddr_sock_strace(struct lym_buf *b, const struct lym_sock_view *v)
{
	enum { TCP_CLOSE = 7 };
	const struct lym_sock *s = v->s;
	struct sockaddr_nl nl = { 0 };
	struct sockaddr_in in = { 0 };	/* whose port lies where an IPv6 address has it */
	size_t undo = b->len;
	const char *name;

	if (!sock_kind(b, s)) {
		b->len = undo;
		return false;
	}
	lym_text_lit(b, ":[");
	if (s->family == AF_UNIX) {
		lym_text_u64(b, s->inode);
		if (s->peer) {
			lym_text_lit(b, "->");
			lym_text_u64(b, s->peer);
		}
		unix_name(b, v->local, v->local_len);
	} else if (s->family == AF_NETLINK) {
		memcpy(&nl, v->local, v->local_len < sizeof(nl) ? v->local_len : sizeof(nl));
		name = lym_names_find(lym_names_protocols(s->family), s->protocol);
		if (nl.nl_pid && name) {
			lym_text_str(b, name + 8);	/* NETLINK_ */
			lym_text_char(b, ':');
		}
		lym_text_u64(b, nl.nl_pid && name ? nl.nl_pid : s->inode);
	} else {
		memcpy(&in, v->local, v->local_len < sizeof(in) ? v->local_len : sizeof(in));
		if (!in.sin_port || (s->type == SOCK_STREAM && s->state == TCP_CLOSE)) {
			lym_text_u64(b, s->inode);
		} else {
			endpoint(b, v->local, v->local_len);
			if (v->remote_len) {
				lym_text_lit(b, "->");
				endpoint(b, v->remote, v->remote_len);
			}
		}
	}
	lym_text_char(b, ']');
	return true;
}
