/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Netlink messages in strace's syntax: headers, errors, ends; the payload of a family as bytes. Declared in strace.h. */
#include <endian.h>
#include <linux/netlink.h>
#include "names.h"
#include "nlattr.h"
#include "strace.h"

#define HDR sizeof(struct nlmsghdr)
#define DIAG_BY_FAMILY 20
#define DIAG_GETSOCK 18
#define FAMILIES 16		/* types from here on belong to the family */

static void hex(struct lym_buf *b, const struct lym_out_opts *opts, struct lym_nlbytes d)
{
	lym_nlbytes_hex(b, d, opts->snaplen);
}

enum { ROUTE, SELINUX = 7, DIAG = 4, XFRM = 6, AUDIT = 9, NETFILTER = 12, UEVENT = 15, GENERIC = 16, CRYPTO = 21 };	/* NETLINK_* */

/* What the types of a protocol are called. */
static enum lym_names types_of(int proto)
{
	switch (proto) {
	case ROUTE:
		return LYM_NAMES_rtm;
	case SELINUX:
		return LYM_NAMES_nl_selinux;
	case DIAG:
		return LYM_NAMES_nl_sock_diag;
	case XFRM:
		return LYM_NAMES_nl_xfrm;
	case AUDIT:
		return LYM_NAMES_nl_audit;
	case CRYPTO:
		return LYM_NAMES_nl_crypto;
	}
	return LYM_NAMES_nlmsg;
}

/* And those of a part of netfilter. */
static enum lym_names types_of_subsys(unsigned int subsys)
{
	static const enum lym_names types[] = {
		[1] = LYM_NAMES_nf_ctnetlink, LYM_NAMES_nf_ctnetlink_exp, LYM_NAMES_nf_queue, LYM_NAMES_nf_ulog, LYM_NAMES_nf_osf,
		LYM_NAMES_nf_ipset, LYM_NAMES_nf_acct, LYM_NAMES_nf_cttimeout, LYM_NAMES_nf_cthelper, LYM_NAMES_nf_nftables,
		LYM_NAMES_nf_nft_compat, LYM_NAMES_nf_nf_hook,
	};

	return subsys && subsys < sizeof(types) / sizeof(types[0]) ? types[subsys] : LYM_NAMES_MAX;
}

static const char *type_name(int proto, unsigned int type)
{
	if (proto != NETFILTER)
		return lym_names_find(types_of(proto), type);
	return types_of_subsys(type >> 8) == LYM_NAMES_MAX ? NULL : lym_names_find(types_of_subsys(type >> 8), type & 0xff);
}

static void put_type(struct lym_buf *b, int proto, unsigned int type)
{
	if (type < FAMILIES) {
		lym_names_put(b, LYM_NAMES_nlmsg, type);
	} else if (proto == NETFILTER && lym_names_find(LYM_NAMES_nfnl, type)) {
		lym_names_put(b, LYM_NAMES_nfnl, type);
	} else if (proto == NETFILTER) {
		lym_names_put(b, LYM_NAMES_nfnl_subsys, type >> 8);
		lym_text_lit(b, "<<8|");
		if (types_of_subsys(type >> 8) == LYM_NAMES_MAX)
			lym_text_hex(b, type & 0xff);
		else
			lym_names_put(b, types_of_subsys(type >> 8), type & 0xff);
	} else if (proto == GENERIC) {
		lym_names_put(b, LYM_NAMES_genl_family, type);
	} else {
		lym_names_put(b, types_of(proto), type);
	}
}

/* Which flags a type has beyond the common ones: what it does stands in its name. */
static enum lym_names flags_of(int proto, unsigned int type)
{
	const char *name = type_name(proto, type);
	static const enum lym_names route[] = {
		LYM_NAMES_nlm_f_new, LYM_NAMES_nlm_f_delete, LYM_NAMES_nlm_f_get, LYM_NAMES_nlm_f,
	};
	enum { DELACTION = 49 };

	if (type < FAMILIES)
		return type == NLMSG_ERROR ? LYM_NAMES_nlm_f_error : LYM_NAMES_nlm_f;
	if (proto == DIAG || (proto == ROUTE && type == DELACTION))
		return LYM_NAMES_nlm_f_get;
	if (proto == ROUTE)
		return route[type & 3];
	if (!name || (proto != XFRM && proto != CRYPTO && proto != NETFILTER))
		return LYM_NAMES_nlm_f;
	return strstr(name, "_NEW") ? LYM_NAMES_nlm_f_new : strstr(name, "_DEL") ? LYM_NAMES_nlm_f_delete :
	       strstr(name, "_GET") ? LYM_NAMES_nlm_f_get : LYM_NAMES_nlm_f;
}

static void header(struct lym_buf *b, int proto, const unsigned char *p)
{
	struct nlmsghdr h;

	memcpy(&h, p, sizeof(h));
	lym_text_lit(b, "{nlmsg_len=");
	lym_text_u64(b, h.nlmsg_len);
	lym_text_lit(b, ", nlmsg_type=");
	put_type(b, proto, h.nlmsg_type);
	lym_text_lit(b, ", nlmsg_flags=");
	lym_names_flags(b, flags_of(proto, h.nlmsg_type), h.nlmsg_flags);
	lym_text_lit(b, ", nlmsg_seq=");
	lym_text_u64(b, h.nlmsg_seq);
	lym_text_lit(b, ", nlmsg_pid=");
	lym_text_i64(b, (__s32)h.nlmsg_pid);
	lym_text_char(b, '}');
}

/* What no more is known of than its family. */
static void family(struct lym_buf *b, const struct lym_out_opts *opts, struct lym_nlbytes d)
{
	lym_text_lit(b, "{family=");
	lym_names_put(b, LYM_NAMES_af, d.p[0]);
	if (d.full > 1) {
		lym_text_lit(b, ", data=");
		hex(b, opts, lym_nlbytes_part(d, 1, ~0ull));
	}
	lym_text_char(b, '}');
}

static __u64 message(struct lym_buf *b, const struct lym_out_opts *opts, int proto, struct lym_nlbytes d);

/* {error=-ENOENT, msg={...}}: the message that is answered with what is left of it, then attributes. */
static void error(struct lym_buf *b, const struct lym_out_opts *opts, int proto, bool capped, struct lym_nlbytes d)
{
	struct lym_nlstyle style = { opts->snaplen, opts->style.verbose };
	struct nlmsghdr h;
	const char *name;
	__u64 payload;
	__s32 err;

	if (d.n < 4 + HDR) {
		if (d.unread && d.full >= 4 + HDR)
			lym_text_ptr(b, d.addr);
		else
			hex(b, opts, d);
		return;
	}
	memcpy(&err, d.p, 4);
	memcpy(&h, d.p + 4, sizeof(h));
	payload = capped || h.nlmsg_len < HDR ? HDR : h.nlmsg_len;
	name = err < 0 ? lym_names_errno(-(__u32)err) : NULL;
	lym_text_str(b, d.full > 4 + payload ? "[{error=" : "{error=");
	if (name) {
		lym_text_char(b, '-');
		lym_text_str(b, name);
	} else {
		lym_text_i64(b, err);
	}
	lym_text_lit(b, ", msg=");
	message(b, opts, proto, lym_nlbytes_part(d, 4, payload));
	lym_text_char(b, '}');
	if (d.full > 4 + payload) {
		lym_text_lit(b, ", ");
		lym_nlattr_error(b, &style, lym_nlbytes_part(d, 4 + payload, ~0ull));
		lym_text_char(b, ']');
	}
}

static void payload(struct lym_buf *b, const struct lym_out_opts *opts, int proto, unsigned int type, unsigned int flags,
		    struct lym_nlbytes d)
{
	struct lym_nlstyle style = { opts->snaplen, opts->style.verbose };
	__s32 v;

	if (type == NLMSG_ERROR) {
		error(b, opts, proto, flags & NLM_F_CAPPED, d);
	} else if (type == NLMSG_DONE && d.n == 4 && d.full == 4) {
		memcpy(&v, d.p, 4);
		lym_text_i64(b, v);
	} else if (type >= FAMILIES && lym_nlattr_message(b, &style, proto, type, flags & NLM_F_REQUEST, d)) {
		return;
	} else if (d.n && type >= FAMILIES && (proto == ROUTE || (proto == DIAG && type >= DIAG_GETSOCK && type <= DIAG_BY_FAMILY))) {
		family(b, opts, d);
	} else {
		hex(b, opts, d);
	}
}

/* The first message of d; returns how many bytes lie before the next, 0 if there is none. */
static __u64 message(struct lym_buf *b, const struct lym_out_opts *opts, int proto, struct lym_nlbytes d)
{
	struct nlmsghdr h;
	__u64 len;

	memcpy(&h, d.p, sizeof(h));
	len = NLMSG_ALIGN((__u64)h.nlmsg_len);
	if (h.nlmsg_len > HDR && d.full > HDR) {
		lym_text_char(b, '[');
		header(b, proto, d.p);
		lym_text_lit(b, ", ");
		payload(b, opts, proto, h.nlmsg_type, h.nlmsg_flags, lym_nlbytes_part(d, HDR, h.nlmsg_len - HDR));
		lym_text_char(b, ']');
	} else {
		header(b, proto, d.p);
	}
	return h.nlmsg_len >= HDR && len < d.full ? len : 0;
}

static bool more(struct lym_nlbytes d)
{
	struct nlmsghdr h;

	memcpy(&h, d.p, sizeof(h));
	return h.nlmsg_len >= HDR && NLMSG_ALIGN((__u64)h.nlmsg_len) < d.full;
}

/* What udev sends to those who listen to it: a header of its own (libudev-monitor), and the properties, each with a NUL. */
static bool udev(struct lym_buf *b, const struct lym_out_opts *opts, struct lym_nlbytes d)
{
	static const struct {
		const char *name;
		bool big;		/* in the network's order */
	} fields[] = {
		{ "magic", true }, { "header_size", false }, { "properties_off", false }, { "properties_len", false },
		{ "filter_subsystem_hash", true }, { "filter_devtype_hash", true }, { "filter_tag_bloom_hi", true },
		{ "filter_tag_bloom_lo", true },
	};
	enum { FIELDS = sizeof(fields) / sizeof(fields[0]), PREFIX = 8, ALL = PREFIX + 4 * FIELDS, MAGIC = 0xfeedcafe };
	__u32 v[FIELDS];

	if (d.n < ALL || memcmp(d.p, "libudev", PREFIX))
		return false;
	memcpy(v, d.p + PREFIX, sizeof(v));
	if (be32toh(v[0]) != MAGIC)
		return false;
	lym_text_str(b, d.full > ALL ? "[{prefix=\"libudev\"" : "{prefix=\"libudev\"");
	for (unsigned int i = 0; i < FIELDS; i++) {
		lym_text_lit(b, ", ");
		lym_text_str(b, fields[i].name);
		lym_text_str(b, fields[i].big ? "=htonl(" : "=");
		if (fields[i].big)
			lym_text_hex(b, be32toh(v[i]));
		else
			lym_text_u64(b, v[i]);
		if (fields[i].big)
			lym_text_char(b, ')');
	}
	lym_text_char(b, '}');
	if (d.full > ALL) {
		lym_text_lit(b, ", ");
		lym_strace_bytes(b, opts, d.p + ALL, d.n - ALL, d.full - ALL);
		lym_text_char(b, ']');
	}
	return true;
}

void lym_strace_netlink(struct lym_buf *b, const struct lym_out_opts *opts, int proto, struct lym_nlbytes d)
{
	unsigned int count;
	bool many;
	__u64 next;

	if (proto == UEVENT) {
		if (!udev(b, opts, d))
			lym_strace_bytes(b, opts, d.p, d.n, d.full);
		return;
	}
	if (d.n < HDR && d.full >= HDR && d.unread) {
		lym_text_ptr(b, d.addr);
		return;
	}
	if (d.n < HDR) {
		hex(b, opts, d);
		return;
	}
	many = more(d);
	if (many)
		lym_text_char(b, '[');
	for (count = 0;; count++) {
		if (count)
			lym_text_lit(b, ", ");
		if (d.n < HDR) {
			if (d.full < HDR)
				hex(b, opts, d);
			else
				lym_nlbytes_addr(b, d, true);
			break;
		}
		if (count >= opts->snaplen && !opts->style.verbose) {
			lym_text_lit(b, "...");
			break;
		}
		next = message(b, opts, proto, d);
		if (!next)
			break;
		d = lym_nlbytes_part(d, next, ~0ull);
	}
	if (many)
		lym_text_char(b, ']');
}

int lym_strace_netlink_proto(const struct lym_record *r)
{
	struct lym_sock_view v;

	return lym_decode_fd(r, 0, &v) && v.s->family == 16 ? v.s->protocol : -1;
}
