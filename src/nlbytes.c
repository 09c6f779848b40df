// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Bytes of a netlink message, and what is told of them in strace's syntax. */
#include <sys/socket.h>
#include "names.h"
#include "nlbytes.h"
#include "sockaddr.h"
#include "structs.h"

struct lym_nlbytes lym_nlbytes_part(struct lym_nlbytes d, __u64 off, __u64 len)
{
	struct lym_nlbytes r = d;

	r.p += off < d.n ? off : d.n;
	r.n = off < d.n ? d.n - off : 0;
	r.full = off < d.full ? d.full - off : 0;
	r.addr += off;
	if (r.full > len)
		r.full = len;
	if (r.n > r.full)
		r.n = r.full;
	return r;
}

void lym_nlbytes_addr(struct lym_buf *b, struct lym_nlbytes d, bool more)
{
	if (!d.unread || more)
		lym_text_lit(b, "...");
	if (!d.unread)		/* nobody wanted to */
		return;
	if (more)
		lym_text_lit(b, " /* ");
	lym_text_ptr(b, d.addr);
	if (more)
		lym_text_lit(b, " */");
}

void lym_nlbytes_hex(struct lym_buf *b, struct lym_nlbytes d, size_t limit)
{
	size_t show = d.n < limit ? d.n : limit;

	if (d.unread && show < limit && show < d.full) {
		lym_text_ptr(b, d.addr);
		return;
	}
	lym_text_char(b, '"');
	lym_text_xstr(b, d.p, show);
	lym_text_str(b, show < d.full ? "\"..." : "\"");
}

/* Can the first size of its bytes not be read, though they are there? */
bool lym_nlbytes_beyond(struct lym_buf *b, struct lym_nlbytes d, size_t size)
{
	if (!d.unread || d.n >= size || d.full < size)
		return false;
	lym_text_ptr(b, d.addr);
	return true;
}

__u64 lym_nlbytes_number(struct lym_nlbytes d, size_t size)
{
	__u64 v = 0;

	memcpy(&v, d.p, d.n < size ? d.n : size);
	return v;
}

/* Of what should end with a NUL that one is not shown. */
bool lym_nlbytes_string(struct lym_buf *b, const struct lym_nlstyle *style, struct lym_nlbytes d)
{
	bool ended = d.n && d.n == d.full && !d.p[d.n - 1];
	size_t n = d.n - ended, show = n < style->limit ? n : style->limit;

	if (d.n < style->limit && lym_nlbytes_beyond(b, d, d.full < style->limit ? d.full : style->limit))
		return true;
	lym_text_char(b, '"');
	lym_text_cstr(b, d.p, show);
	lym_text_str(b, show < n || !ended ? "\"..." : "\"");
	return true;
}

/* inet_addr("127.0.0.1"), inet_pton(AF_INET6, "::1") */
bool lym_nlbytes_address(struct lym_buf *b, unsigned int family, struct lym_nlbytes d)
{
	bool v6 = family == AF_INET6;
	size_t size = family == AF_INET ? 4 : 16;

	if (family != AF_INET && !v6)
		return false;
	if (lym_nlbytes_beyond(b, d, size))
		return true;
	if (d.n < size)
		return false;
	if (b->names) {
		lym_text_char(b, '"');
		lym_text_xstr(b, d.p, size);
		lym_text_char(b, '"');
	}
	if (b->names == LYM_NAMES_RAW)
		return true;
	lym_text_str(b, b->names ? " /* " : "");
	lym_text_str(b, v6 ? "inet_pton(AF_INET6, \"" : "inet_addr(\"");
	if (v6)
		lym_sockaddr_ipv6(b, d.p);
	else
		lym_sockaddr_ipv4(b, d.p);
	lym_text_str(b, "\")");
	lym_text_str(b, b->names ? " */" : "");
	return true;
}

void lym_nlbytes_member(struct lym_buf *b, const char *name, unsigned int family, struct lym_nlbytes d)
{
	if (family == AF_INET6 && d.n >= 16 && !b->names) {
		lym_text_lit(b, "inet_pton(AF_INET6, \"");
		lym_sockaddr_ipv6(b, d.p);
		lym_text_lit(b, "\", &");
		lym_text_str(b, name);
		lym_text_char(b, ')');
		return;
	}
	lym_text_str(b, name);
	lym_text_char(b, '=');
	if (!lym_nlbytes_address(b, family, d))
		lym_nlbytes_hex(b, d, d.full);
}

/* A condition that a socket is asked for, as far as its code says what it is. */
static bool condition(struct lym_buf *b, unsigned int code, struct lym_nlbytes d)
{
	enum { GE_S = 2, LE_D = 5, COND_S = 7, COND_D, COND_DEV, COND_MARK, HOST = 8 };
	size_t size = code == COND_S || code == COND_D || code == COND_MARK ? 8 : 4;
	enum lym_struct s = code == COND_MARK ? LYM_STRUCT_inet_diag_markcond : LYM_STRUCT_inet_diag_bc_op;

	if (code < GE_S || (code > LE_D && code < COND_S) || code > COND_MARK || d.full < size)
		return false;
	if (lym_nlbytes_beyond(b, d, size))
		return true;
	if (d.n < size)
		return false;
	if (code == COND_DEV) {
		lym_sockaddr_ifindex(b, lym_nlbytes_number(d, 4));
		return true;
	}
	if (code != COND_S && code != COND_D)
		return lym_struct_strace(b, s, &(struct lym_extent){ d.p, size, size }, true);
	lym_text_lit(b, "{family=");
	lym_names_put(b, LYM_NAMES_af, d.p[0]);
	lym_text_lit(b, ", prefix_len=");
	lym_text_u64(b, d.p[1]);
	lym_text_lit(b, ", port=");
	lym_text_u64(b, lym_nlbytes_number(lym_nlbytes_part(d, 4, 4), 4));
	if (d.full > HOST) {
		lym_text_lit(b, ", ");
		lym_nlbytes_member(b, "addr", d.p[0], lym_nlbytes_part(d, HOST, ~0ull));
	}
	lym_text_char(b, '}');
	return true;
}

bool lym_nlbytes_bytecode(struct lym_buf *b, const struct lym_nlstyle *style, struct lym_nlbytes d)
{
	size_t size = lym_struct_size(LYM_STRUCT_inet_diag_bc_op);
	struct lym_nlbytes rest = lym_nlbytes_part(d, size, ~0ull);

	if (d.full < size)
		return false;
	if (lym_nlbytes_beyond(b, d, size))
		return true;
	if (!lym_struct_strace(b, LYM_STRUCT_inet_diag_bc_op, &(struct lym_extent){ d.p, d.n < size ? d.n : size, size }, true))
		return false;
	if (d.full <= size)
		return true;
	lym_text_lit(b, ", ");
	if (!condition(b, d.p[0], rest))
		lym_nlbytes_hex(b, rest, style->limit);
	return true;
}

bool lym_nlbytes_structs(struct lym_buf *b, enum lym_struct s, struct lym_nlbytes d)
{
	size_t size = lym_struct_size(s);

	if (d.full < size)
		return false;
	if (lym_nlbytes_beyond(b, d, size))
		return true;
	lym_structs_strace(b, s, d.p, d.n, d.full / size, d.addr, ~0u, true);
	return true;
}

void lym_nlbytes_index(struct lym_buf *b, enum lym_names names, __u64 i)
{
	const char *s = lym_names_find(names, i);

	lym_text_char(b, '[');
	if (!s || b->names)
		lym_text_u64(b, i);
	if (b->names != LYM_NAMES_RAW) {
		lym_text_str(b, !s || b->names ? " /* " : "");
		lym_text_str(b, s ?: lym_names_unknown(names));
		lym_text_str(b, !s || b->names ? " */" : "");
	}
	lym_text_lit(b, "]=");
}

/* [1, 2] of numbers of size bytes; with names [[NAME]=1, ...]. */
bool lym_nlbytes_array(struct lym_buf *b, const struct lym_nlstyle *style, size_t size, bool sign, enum lym_names names,
		       struct lym_nlbytes d)
{
	size_t count = d.full / size, i;
	__u64 v;

	if (!count)
		return false;
	if (lym_nlbytes_beyond(b, d, size))
		return true;
	lym_text_char(b, '[');
	for (i = 0; i < count; i++) {
		if (i)
			lym_text_lit(b, ", ");
		if (i >= style->limit && !style->verbose) {
			lym_text_lit(b, "...");
			break;
		}
		if ((i + 1) * size > d.n) {
			lym_nlbytes_addr(b, lym_nlbytes_part(d, i * size, ~0ull), true);
			break;
		}
		if (names != LYM_NAMES_MAX)
			lym_nlbytes_index(b, names, i);
		v = lym_nlbytes_number(lym_nlbytes_part(d, i * size, size), size);
		if (sign)
			lym_text_i64(b, (__s32)v);
		else
			lym_text_u64(b, v);
	}
	lym_text_char(b, ']');
	return true;
}

/* The groups that a socket is in, as words of bits. */
bool lym_nlbytes_groups(struct lym_buf *b, struct lym_nlbytes d)
{
	size_t size = d.full < 8 ? 4 : 8, count = d.full / size, i;

	if (d.full < 4 || (d.full > 4 && d.full < 8))
		return false;
	if (lym_nlbytes_beyond(b, d, size))
		return true;
	lym_text_char(b, '[');
	for (i = 0; i < count; i++) {
		if (i)
			lym_text_lit(b, ", ");
		if ((i + 1) * size > d.n) {
			lym_nlbytes_addr(b, lym_nlbytes_part(d, i * size, ~0ull), true);
			break;
		}
		lym_text_lit(b, "0x");
		lym_text_hexpad(b, lym_nlbytes_number(lym_nlbytes_part(d, i * size, size), size), 2 * size);
	}
	lym_text_char(b, ']');
	return true;
}
