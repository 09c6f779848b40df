/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Netlink messages in strace's syntax: headers, errors, ends; the payload of a family as bytes. Declared in strace.h. */
#include <linux/netlink.h>
#include "names.h"
#include "nlattr.h"
#include "strace.h"

#define HDR sizeof(struct nlmsghdr)
#define ROUTE 0			/* NETLINK_ROUTE */
#define DIAG 4			/* NETLINK_SOCK_DIAG */
#define DIAG_BY_FAMILY 20
#define UEVENT 15		/* NETLINK_KOBJECT_UEVENT: text, no messages */
#define FAMILIES 16		/* types from here on belong to the family */
#define MESSAGES 32		/* strace shows no more */

/* What is being printed: n of the full bytes are here. */
struct bytes {
	const unsigned char *p;
	size_t n;
	__u64 full;
};

static void hex(struct lym_buf *b, const struct lym_out_opts *opts, struct bytes d)
{
	size_t show = d.n < opts->snaplen ? d.n : opts->snaplen;

	lym_text_char(b, '"');
	lym_text_xstr(b, d.p, show);
	lym_text_char(b, '"');
	if (show < d.full)
		lym_text_lit(b, "...");
}

static struct bytes behind(struct bytes d, size_t off, __u64 len)
{
	struct bytes r = { d.p + (off < d.n ? off : d.n), off < d.n ? d.n - off : 0, off < d.full ? d.full - off : 0 };

	if (r.full > len)
		r.full = len;
	if (r.n > r.full)
		r.n = r.full;
	return r;
}

/* Which flags a type has beyond the common ones. */
static enum lym_names flags_of(int proto, unsigned int type)
{
	static const enum lym_names route[] = {
		LYM_NAMES_nlm_f_new, LYM_NAMES_nlm_f_delete, LYM_NAMES_nlm_f_get, LYM_NAMES_nlm_f,
	};

	if (type == NLMSG_ERROR)
		return LYM_NAMES_nlm_f_error;
	return proto == ROUTE && type >= FAMILIES ? route[type & 3] : LYM_NAMES_nlm_f;
}

static void header(struct lym_buf *b, int proto, const unsigned char *p)
{
	struct nlmsghdr h;

	memcpy(&h, p, sizeof(h));
	lym_text_lit(b, "{nlmsg_len=");
	lym_text_u64(b, h.nlmsg_len);
	lym_text_lit(b, ", nlmsg_type=");
	lym_names_put(b, proto == ROUTE && h.nlmsg_type >= FAMILIES ? LYM_NAMES_rtm : LYM_NAMES_nlmsg, h.nlmsg_type);
	lym_text_lit(b, ", nlmsg_flags=");
	lym_names_flags(b, flags_of(proto, h.nlmsg_type), h.nlmsg_flags);
	lym_text_lit(b, ", nlmsg_seq=");
	lym_text_u64(b, h.nlmsg_seq);
	lym_text_lit(b, ", nlmsg_pid=");
	lym_text_i64(b, (__s32)h.nlmsg_pid);
	lym_text_char(b, '}');
}

/* {error=-ENOENT, msg={...}} */
static void error(struct lym_buf *b, const struct lym_out_opts *opts, int proto, struct bytes d)
{
	const char *name;
	__s32 err;

	if (d.n < 4 + HDR) {
		hex(b, opts, d);
		return;
	}
	memcpy(&err, d.p, 4);
	name = err < 0 ? lym_names_errno(-(__u32)err) : NULL;
	lym_text_str(b, d.full > 4 + HDR ? "[{error=" : "{error=");
	if (name) {
		lym_text_char(b, '-');
		lym_text_str(b, name);
	} else {
		lym_text_i64(b, err);
	}
	lym_text_lit(b, ", msg=");
	header(b, proto, d.p + 4);
	lym_text_char(b, '}');
	if (d.full > 4 + HDR) {
		lym_text_lit(b, ", ");
		hex(b, opts, behind(d, 4 + HDR, ~0ull));
		lym_text_char(b, ']');
	}
}

/* What no more is known of than its family. */
static void family(struct lym_buf *b, const struct lym_out_opts *opts, struct bytes d)
{
	lym_text_lit(b, "{family=");
	lym_names_put(b, LYM_NAMES_af, d.p[0]);
	if (d.full > 1) {
		lym_text_lit(b, ", data=");
		hex(b, opts, behind(d, 1, ~0ull));
	}
	lym_text_char(b, '}');
}

static void payload(struct lym_buf *b, const struct lym_out_opts *opts, int proto, unsigned int type, bool request, struct bytes d)
{
	struct lym_nlstyle style = { opts->snaplen, opts->style.verbose };
	__s32 v;

	if (type == NLMSG_ERROR) {
		error(b, opts, proto, d);
	} else if (type == NLMSG_DONE && d.n == 4 && d.full == 4) {
		memcpy(&v, d.p, 4);
		lym_text_i64(b, v);
	} else if (type >= FAMILIES && lym_nlattr_message(b, &style, proto, type, request, (struct lym_nlbytes){ d.p, d.n, d.full })) {
		return;
	} else if (d.n && type >= FAMILIES && (proto == ROUTE || (proto == DIAG && type == DIAG_BY_FAMILY))) {
		family(b, opts, d);
	} else {
		hex(b, opts, d);
	}
}

/* The first message of d; returns how many bytes lie before the next, 0 if there is none. */
static __u64 message(struct lym_buf *b, const struct lym_out_opts *opts, int proto, struct bytes d)
{
	struct nlmsghdr h;
	__u64 len;

	memcpy(&h, d.p, sizeof(h));
	len = NLMSG_ALIGN((__u64)h.nlmsg_len);
	if (h.nlmsg_len > HDR && d.full > HDR) {
		lym_text_char(b, '[');
		header(b, proto, d.p);
		lym_text_lit(b, ", ");
		payload(b, opts, proto, h.nlmsg_type, h.nlmsg_flags & NLM_F_REQUEST, behind(d, HDR, h.nlmsg_len - HDR));
		lym_text_char(b, ']');
	} else {
		header(b, proto, d.p);
	}
	return h.nlmsg_len >= HDR && len < d.full ? len : 0;
}

static bool more(struct bytes d)
{
	struct nlmsghdr h;

	memcpy(&h, d.p, sizeof(h));
	return h.nlmsg_len >= HDR && NLMSG_ALIGN((__u64)h.nlmsg_len) < d.full;
}

void lym_strace_netlink(struct lym_buf *b, const struct lym_out_opts *opts, int proto, const unsigned char *p, size_t n,
			__u64 full)
{
	struct bytes d = { p, n, full };
	unsigned int count;
	bool many;
	__u64 next;

	if (proto == UEVENT) {
		lym_strace_bytes(b, opts, p, n, full);
		return;
	}
	if (n < HDR) {
		hex(b, opts, d);
		return;
	}
	many = more(d);
	if (many)
		lym_text_char(b, '[');
	for (count = 0; count < MESSAGES; count++) {
		if (count)
			lym_text_lit(b, ", ");
		if (d.n < HDR) {
			if (d.full < HDR)
				hex(b, opts, d);
			else
				lym_text_lit(b, "...");		/* not captured */
			break;
		}
		next = message(b, opts, proto, d);
		if (!next)
			break;
		d = behind(d, next, ~0ull);
	}
	if (many)
		lym_text_char(b, ']');
}

int lym_strace_netlink_proto(const struct lym_record *r)
{
	struct lym_sock_view v;

	return lym_decode_fd(r, 0, &v) && v.s->family == 16 ? v.s->protocol : -1;
}
