/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Control messages as JSON and for reading. Declared in decode.h. */
#include <netinet/in.h>
#include <sys/socket.h>
#include "decode.h"
#include "names.h"

#define ERR 16			/* struct sock_extended_err; the offender's address follows */

static __u32 u32_at(const unsigned char *p, size_t off)
{
	__u32 v;

	memcpy(&v, p + off, 4);
	return v;
}

static const char *type_name(const struct lym_cmsg *c)
{
	switch (c->level) {
	case SOL_SOCKET:
		return lym_names_find(LYM_NAMES_scm, c->type);
	case IPPROTO_IP:
		return lym_names_find(LYM_NAMES_cmsg_ip, c->type);
	}
	return lym_names_find(lym_names_options(c->level, false, c->type), c->type);
}

/* What the data is; the kinds that have a form of their own. */
enum form {
	BYTES, INTS, CREDENTIALS, TIME_US, TIME_NS, TIMES, PKTINFO4, PKTINFO6, ERROR, ADDRESS, INT, SMALL,
};

static enum form form(const struct lym_cmsg *c)
{
	static const struct {
		__u32 level, type;
		enum form form;
		unsigned int least;
	} known[] = {
		{ SOL_SOCKET, SCM_RIGHTS, INTS, 4 }, { SOL_SOCKET, SCM_CREDENTIALS, CREDENTIALS, 12 },
		{ SOL_SOCKET, 29, TIME_US, 16 }, { SOL_SOCKET, 63, TIME_US, 16 },
		{ SOL_SOCKET, 35, TIME_NS, 16 }, { SOL_SOCKET, 64, TIME_NS, 16 },
		{ SOL_SOCKET, 37, TIMES, 48 }, { SOL_SOCKET, 65, TIMES, 48 },
		{ SOL_SOCKET, 40, INT, 4 },			/* SO_RXQ_OVFL */
		{ SOL_SOCKET, 36, INT, 4 },			/* SO_MARK */
		{ IPPROTO_IP, IP_PKTINFO, PKTINFO4, 12 }, { IPPROTO_IP, IP_TTL, INT, 4 },
		{ IPPROTO_IP, IP_TOS, SMALL, 1 }, { IPPROTO_IP, IP_RECVERR, ERROR, ERR },
		{ IPPROTO_IP, IP_ORIGDSTADDR, ADDRESS, 2 }, { IPPROTO_IP, IP_CHECKSUM, INT, 4 },
		{ IPPROTO_IPV6, IPV6_PKTINFO, PKTINFO6, 20 }, { IPPROTO_IPV6, IPV6_HOPLIMIT, INT, 4 },
		{ IPPROTO_IPV6, IPV6_TCLASS, INT, 4 }, { IPPROTO_IPV6, IPV6_RECVERR, ERROR, ERR },
		{ IPPROTO_IPV6, 74, ADDRESS, 2 },		/* IPV6_ORIGDSTADDR */
		{ IPPROTO_UDP, 103, SMALL, 2 }, { IPPROTO_UDP, 104, INT, 4 },	/* UDP_SEGMENT, UDP_GRO */
	};
	unsigned int i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].level == c->level && known[i].type == c->type)
			return c->n >= known[i].least ? known[i].form : BYTES;
	}
	return BYTES;
}

static void key(struct lym_buf *b, const char *name)
{
	lym_text_lit(b, ",\"");
	lym_text_str(b, name);
	lym_text_lit(b, "\":");
}

static void number(struct lym_buf *b, const char *name, __s64 v)
{
	key(b, name);
	lym_text_i64(b, v);
}

static void quoted_time(struct lym_buf *b, const unsigned char *p, __s64 unit)
{
	__s64 v[2], sum;

	memcpy(v, p, sizeof(v));
	if (__builtin_mul_overflow(v[0], 1000000000, &sum) || __builtin_mul_overflow(v[1], unit, &v[1]) ||
	    __builtin_add_overflow(sum, v[1], &sum))
		sum = 0;
	lym_text_char(b, '"');
	lym_text_time(b, sum);
	lym_text_char(b, '"');
}

static void ints(struct lym_buf *b, const unsigned char *p, size_t n)
{
	size_t i;

	lym_text_char(b, '[');
	for (i = 0; i + 4 <= n; i += 4) {
		if (i)
			lym_text_char(b, ',');
		lym_text_i64(b, (__s32)u32_at(p, i));
	}
	lym_text_char(b, ']');
}

static __u32 small(const struct lym_cmsg *c)
{
	return c->n >= 2 && c->level == IPPROTO_UDP ? c->p[0] | c->p[1] << 8 : c->p[0];
}

static void pktinfo_json(struct lym_buf *b, const struct lym_cmsg *c, bool v6)
{
	number(b, "ifindex", u32_at(c->p, v6 ? 16 : 0));
	if (!v6) {
		key(b, "spec_dst");
		lym_text_char(b, '"');
		lym_sockaddr_ipv4(b, c->p + 4);
		lym_text_char(b, '"');
	}
	key(b, "addr");
	lym_text_char(b, '"');
	if (v6)
		lym_sockaddr_ipv6(b, c->p);
	else
		lym_sockaddr_ipv4(b, c->p + 8);
	lym_text_char(b, '"');
}

static void error_json(struct lym_buf *b, const struct lym_cmsg *c)
{
	const char *e = lym_names_errno(u32_at(c->p, 0));

	number(b, "errno", u32_at(c->p, 0));
	if (e) {
		key(b, "text");
		lym_text_char(b, '"');
		lym_text_str(b, e);
		lym_text_char(b, '"');
	}
	number(b, "origin", c->p[4]);
	number(b, "error_type", c->p[5]);
	number(b, "code", c->p[6]);
	number(b, "info", u32_at(c->p, 8));
	number(b, "data", u32_at(c->p, 12));
	if (c->n >= ERR + 2) {
		key(b, "offender");
		lym_text_char(b, '{');
		lym_sockaddr_json(b, c->p + ERR, c->n - ERR);
		lym_text_char(b, '}');
	}
}

static void data_json(struct lym_buf *b, const struct lym_cmsg *c)
{
	int i;

	switch (form(c)) {
	case INTS:
		key(b, "fds");
		ints(b, c->p, c->n);
		break;
	case CREDENTIALS:
		number(b, "pid", (__s32)u32_at(c->p, 0));
		number(b, "uid", u32_at(c->p, 4));
		number(b, "gid", u32_at(c->p, 8));
		break;
	case TIME_US:
	case TIME_NS:
		key(b, "time");
		quoted_time(b, c->p, form(c) == TIME_US ? 1000 : 1);
		break;
	case TIMES:
		key(b, "times");
		for (i = 0; i < 3; i++) {
			lym_text_char(b, i ? ',' : '[');
			quoted_time(b, c->p + 16 * i, 1);
		}
		lym_text_char(b, ']');
		break;
	case PKTINFO4:
	case PKTINFO6:
		pktinfo_json(b, c, form(c) == PKTINFO6);
		break;
	case ERROR:
		error_json(b, c);
		break;
	case ADDRESS:
		key(b, "sockaddr");
		lym_text_char(b, '{');
		lym_sockaddr_json(b, c->p, c->n);
		lym_text_char(b, '}');
		break;
	case INT:
		number(b, "value", (__s32)u32_at(c->p, 0));
		break;
	case SMALL:
		number(b, "value", small(c));
		break;
	case BYTES:
		key(b, "bytes");
		lym_text_char(b, '"');
		lym_text_base64(b, c->p, c->n);
		lym_text_char(b, '"');
	}
}

void lym_decode_control_json(struct lym_buf *b, const unsigned char *p, size_t n, bool compat)
{
	const char *level, *type;
	struct lym_cmsg c;
	size_t off = 0, at;

	lym_text_char(b, '[');
	for (at = 0; lym_decode_cmsg(&c, p, n, &off, compat); at = off) {
		level = lym_names_find(LYM_NAMES_sol, c.level);
		type = type_name(&c);
		lym_text_str(b, at ? ",{\"level\":" : "{\"level\":");
		if (level) {
			lym_text_char(b, '"');
			lym_text_str(b, level);
			lym_text_char(b, '"');
		} else {
			lym_text_u64(b, c.level);
		}
		key(b, "type");
		if (type) {
			lym_text_char(b, '"');
			lym_text_str(b, type);
			lym_text_char(b, '"');
		} else {
			lym_text_u64(b, c.type);
		}
		data_json(b, &c);
		lym_text_char(b, '}');
	}
	lym_text_char(b, ']');
}

/* The data for reading. */
static void data_text(struct lym_buf *b, const struct lym_cmsg *c)
{
	switch (form(c)) {
	case INTS:
		ints(b, c->p, c->n);
		break;
	case CREDENTIALS:
		lym_text_lit(b, "pid:");
		lym_text_i64(b, (__s32)u32_at(c->p, 0));
		lym_text_lit(b, ",uid:");
		lym_text_u64(b, u32_at(c->p, 4));
		lym_text_lit(b, ",gid:");
		lym_text_u64(b, u32_at(c->p, 8));
		break;
	case TIME_US:
	case TIME_NS:
	case TIMES:
		quoted_time(b, c->p, form(c) == TIME_US ? 1000 : 1);
		break;
	case PKTINFO4:
		lym_sockaddr_ipv4(b, c->p + 8);
		lym_text_lit(b, "%if");
		lym_text_u64(b, u32_at(c->p, 0));
		break;
	case PKTINFO6:
		lym_sockaddr_ipv6(b, c->p);
		lym_text_lit(b, "%if");
		lym_text_u64(b, u32_at(c->p, 16));
		break;
	case ERROR:
		lym_text_str(b, lym_names_errno(u32_at(c->p, 0)) ?: "?");
		break;
	case ADDRESS:
		lym_sockaddr_text(b, c->p, c->n);
		break;
	case INT:
		lym_text_i64(b, (__s32)u32_at(c->p, 0));
		break;
	case SMALL:
		lym_text_u64(b, small(c));
		break;
	case BYTES:
		lym_text_char(b, '"');
		lym_text_term(b, c->p, c->n, '"');
		lym_text_char(b, '"');
	}
}

void lym_decode_control_text(struct lym_buf *b, const unsigned char *p, size_t n, bool compat)
{
	struct lym_cmsg c;
	size_t off = 0, at;
	const char *type;

	for (at = 0; lym_decode_cmsg(&c, p, n, &off, compat); at = off) {
		type = type_name(&c);
		if (at)
			lym_text_char(b, ' ');
		if (type) {
			lym_text_str(b, type);
		} else {
			lym_text_u64(b, c.level);
			lym_text_char(b, '/');
			lym_text_u64(b, c.type);
		}
		lym_text_char(b, '=');
		data_text(b, &c);
	}
}
