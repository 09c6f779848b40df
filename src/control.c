/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Control messages: stepping through them, and strace's form. Declared in decode.h; JSON is in control_json.c. */
#include <netinet/in.h>
#include <sys/socket.h>
#include "decode.h"
#include "names.h"

#define HDR 16			/* struct cmsghdr */
#define HDR32 12		/* of a 32-bit program */
#define ERR 16			/* struct sock_extended_err; the offender's address follows */

static size_t align(size_t n, bool compat)
{
	return compat ? (n + 3) & ~3ul : (n + 7) & ~7ul;
}

bool lym_decode_cmsg(struct lym_cmsg *c, const unsigned char *p, size_t n, size_t *off, bool compat)
{
	size_t hdr = compat ? HDR32 : HDR, room = n - *off;

	if (*off > n || room < hdr)
		return false;
	p += *off;
	c->len = 0;
	memcpy(&c->len, p, compat ? 4 : 8);
	memcpy(&c->level, p + hdr - 8, 4);
	memcpy(&c->type, p + hdr - 4, 4);
	c->p = p + hdr;
	c->n = c->len > hdr ? (c->len < room ? c->len : room) - hdr : 0;
	if (c->len < hdr)		/* broken: nothing behind it can be believed */
		*off = n;
	else
		*off += c->len < room ? align(c->len, compat) : room;
	return true;
}

/* Is that all that is shown of an array? */
static bool enough(struct lym_buf *b, const struct lym_control *of, size_t i)
{
	if (!of->limit || i < of->limit)
		return false;
	lym_text_lit(b, "...");
	return true;
}

static void octets(struct lym_buf *b, const struct lym_control *of, const unsigned char *p, size_t n)
{
	size_t i;

	lym_text_char(b, '[');
	for (i = 0; i < n; i++) {
		if (i)
			lym_text_lit(b, ", ");
		if (enough(b, of, i))
			break;
		lym_text_hex(b, p[i]);
	}
	lym_text_char(b, ']');
}

static void rights(struct lym_buf *b, const struct lym_control *of, const unsigned char *p, size_t n)
{
	size_t i;
	__s32 v;

	lym_text_char(b, '[');
	for (i = 0; i + 4 <= n; i += 4) {
		if (i)
			lym_text_lit(b, ", ");
		if (enough(b, of, i / 4))
			break;
		memcpy(&v, p + i, 4);
		lym_text_i64(b, v);
		if (of->fd)
			of->fd(b, v, of->of);
	}
	lym_text_char(b, ']');
}

static void number(struct lym_buf *b, const unsigned char *p)
{
	__u32 v;

	memcpy(&v, p, 4);
	lym_text_char(b, '[');
	lym_text_u64(b, v);
	lym_text_char(b, ']');
}

/* word: bytes of each of its numbers. */
static void stamp(struct lym_buf *b, const unsigned char *p, size_t word, const char *unit)
{
	__s64 v[2];
	__s32 w[2];

	if (word == sizeof(*w)) {
		memcpy(w, p, sizeof(w));
		v[0] = w[0];
		v[1] = w[1];
	} else {
		memcpy(v, p, sizeof(v));
	}
	lym_text_lit(b, "{tv_sec=");
	lym_text_i64(b, v[0]);
	lym_text_lit(b, ", tv_");
	lym_text_str(b, unit);
	lym_text_char(b, '=');
	lym_text_i64(b, v[1]);
	lym_text_char(b, '}');
}

static void credentials(struct lym_buf *b, const unsigned char *p)
{
	__u32 v[3];

	memcpy(v, p, sizeof(v));
	lym_text_lit(b, "{pid=");
	lym_text_i64(b, (__s32)v[0]);
	lym_text_lit(b, ", uid=");
	lym_text_i64(b, v[1] == ~0u ? -1 : (__s64)v[1]);
	lym_text_lit(b, ", gid=");
	lym_text_i64(b, v[2] == ~0u ? -1 : (__s64)v[2]);
	lym_text_char(b, '}');
}

/* The data of a message of SOL_SOCKET. */
static void socket_data(struct lym_buf *b, const struct lym_control *of, const struct lym_cmsg *c)
{
	size_t word = of->compat && (c->type == 29 || c->type == 35 || c->type == 37) ? 4 : 8;
	int i;

	switch (c->type) {
	case SCM_RIGHTS:
		if (c->n < 4)
			return;
		lym_text_lit(b, ", cmsg_data=");
		rights(b, of, c->p, c->n);
		break;
	case SCM_CREDENTIALS:
		if (c->n < 12)
			return;
		lym_text_lit(b, ", cmsg_data=");
		credentials(b, c->p);
		break;
	case 3:		/* SCM_SECURITY */
		if (!c->n)
			return;
		lym_text_lit(b, ", cmsg_data=\"");
		lym_text_cstr(b, c->p, c->n);
		lym_text_char(b, '"');
		break;
	case 29: case 63:	/* SO_TIMESTAMP_OLD, _NEW */
	case 35: case 64:	/* SO_TIMESTAMPNS_OLD, _NEW */
		lym_text_lit(b, ", cmsg_data=");
		if (c->n < 2 * word)
			lym_text_lit(b, "???");
		else
			stamp(b, c->p, word, c->type == 29 || c->type == 63 ? "usec" : "nsec");
		break;
	case 37: case 65:	/* SO_TIMESTAMPING_OLD, _NEW */
		lym_text_lit(b, ", cmsg_data=");
		if (c->n < 6 * word) {
			lym_text_lit(b, "???");
			break;
		}
		for (i = 0; i < 3; i++) {
			lym_text_str(b, i ? ", " : "[");
			stamp(b, c->p + 2 * word * i, word, "nsec");
		}
		lym_text_char(b, ']');
	}
}

static void pktinfo(struct lym_buf *b, const unsigned char *p)
{
	__u32 index;

	memcpy(&index, p, 4);
	lym_text_lit(b, ", cmsg_data={ipi_ifindex=");
	lym_sockaddr_ifindex(b, index);
	lym_text_lit(b, ", ipi_spec_dst=inet_addr(\"");
	lym_sockaddr_ipv4(b, p + 4);
	lym_text_lit(b, "\"), ipi_addr=inet_addr(\"");
	lym_sockaddr_ipv4(b, p + 8);
	lym_text_lit(b, "\")}");
}

static void recverr(struct lym_buf *b, const unsigned char *p, size_t n)
{
	static const char *const name[] = { "ee_origin=", ", ee_type=", ", ee_code=" };
	__u32 err, info[2];
	int i;

	memcpy(&err, p, 4);
	memcpy(info, p + 8, 8);
	lym_text_lit(b, ", cmsg_data={ee_errno=");
	lym_text_u64(b, err);
	lym_text_lit(b, ", ");
	for (i = 0; i < 3; i++) {
		lym_text_str(b, name[i]);
		lym_text_u64(b, p[4 + i]);
	}
	lym_text_lit(b, ", ee_info=");
	lym_text_u64(b, info[0]);
	lym_text_lit(b, ", ee_data=");
	lym_text_u64(b, info[1]);
	lym_text_lit(b, ", offender=");
	lym_sockaddr_strace(b, p + ERR, n - ERR);
	lym_text_char(b, '}');
}

/* The data of a message of SOL_IP. */
static void ip_data(struct lym_buf *b, const struct lym_control *of, const struct lym_cmsg *c)
{
	switch (c->type) {
	case IP_TOS:
	case IP_RECVOPTS:
	case IP_RETOPTS:
		if (!c->n)
			return;
		lym_text_lit(b, ", cmsg_data=");
		octets(b, of, c->p, c->n);
		break;
	case IP_TTL:
	case IP_CHECKSUM:
		if (c->n < 4)
			return;
		lym_text_lit(b, ", cmsg_data=");
		number(b, c->p);
		break;
	case IP_PKTINFO:
		if (c->n >= 12)
			pktinfo(b, c->p);
		break;
	case IP_RECVERR:
		if (c->n >= ERR + 16)
			recverr(b, c->p, c->n);
		break;
	case IP_ORIGDSTADDR:
		if (c->n < 2)
			return;
		lym_text_lit(b, ", cmsg_data=");
		lym_sockaddr_strace(b, c->p, c->n);
	}
}

static void one(struct lym_buf *b, const struct lym_control *of, const struct lym_cmsg *c)
{
	const char *level = lym_names_find(LYM_NAMES_sol, c->level);

	lym_text_lit(b, "{cmsg_len=");
	lym_text_u64(b, c->len);
	lym_text_lit(b, ", cmsg_level=");
	if (level) {
		lym_text_str(b, level);
	} else {
		lym_text_hex(b, c->level);
		lym_text_lit(b, " /* SOL_??? */");
	}
	lym_text_lit(b, ", cmsg_type=");
	if (c->level == SOL_SOCKET) {
		lym_names_put(b, LYM_NAMES_scm, c->type);
		socket_data(b, of, c);
	} else if (c->level == IPPROTO_IP) {
		lym_names_put(b, LYM_NAMES_cmsg_ip, c->type);
		ip_data(b, of, c);
	} else {
		lym_text_hex(b, c->type);
	}
	lym_text_char(b, '}');
}

void lym_decode_control_strace(struct lym_buf *b, const struct lym_control *of)
{
	size_t hdr = of->compat ? HDR32 : HDR, off = 0, at;
	struct lym_cmsg c;

	if (of->n < hdr) {
		lym_text_ptr(b, of->addr);
		return;
	}
	lym_text_char(b, '[');
	for (at = 0; lym_decode_cmsg(&c, of->p, of->n, &off, of->compat); at = off) {
		if (at)
			lym_text_lit(b, ", ");
		one(b, of, &c);
		if (c.len < hdr)
			off = at + hdr;		/* strace points behind the header that it does not believe */
		if (c.len < hdr)
			break;
	}
	if (off >= of->n && of->n < of->len && !of->unread) {
		lym_text_lit(b, ", ...");
	} else if (off < of->len && (off < of->n || of->n < of->len)) {
		lym_text_lit(b, ", ... /* ");
		lym_text_hex(b, of->addr + off);
		lym_text_lit(b, " */");
	} else if (of->n < of->len) {
		lym_text_lit(b, ", ...");
	}
	lym_text_char(b, ']');
}
