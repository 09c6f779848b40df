// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What is in netlink messages, in strace's syntax: the expander of schema/netlink.def. The bytes are a hostile program's. */
#include <arpa/inet.h>
#include <endian.h>
#include <linux/netlink.h>
#include "names.h"
#include "nlattr.h"
#include "sockaddr.h"
#include "structs.h"
#include "value.h"

#define DEPTH 8			/* attributes in attributes; what is deeper is told in bytes */
#define HDR 4			/* struct nlattr */
#define ALIGN(n) (((n) + 3) & ~(__u64)3)

enum lym_nla {
	HEX,			/* bytes */
	U8, U16, U32, U64, S32, X8, X16, X32, X64, BE16, BE32, BE64, UID, CLOCK, IFINDEX, ETHERPROTO,
	NAMES,			/* a number by a table */
	STR, HWADDR,
	LLADDR,			/* of the kind of link that the message is about */
	ADDR, IN, IN6,		/* ADDR: of the message's family */
	STRUCT, STRUCTS, ARRAY_U8, ARRAY_U16, ARRAY_U32,
	MEMINFO, GROUPS,	/* of a socket */
	INDEXED_S32, INDEXED_U64,	/* numbers by what they are */
	NEST,			/* attributes of a set */
	KIND, KIND_DATA,	/* what kind of link it is, and attributes that follow from it */
	PROTINFO, AF_SPEC,	/* attributes by the message's family */
	NEXTHOPS, VIA, ROUTER_PORT, MDB_ENTRY,
	BYTECODE,		/* what sockets are asked for */
	XANY,			/* a number of as many bytes as there are */
	KIND_STATS,
};

/* Sets by number... */
enum nlset {
#define NLSET(id, names) NLSET_##id,
#define ATTR(type, kind, arg, size)
#define END
#include "netlink.def"
	NLSET_MAX
};

struct attr {
	__u16 type;
	__u8 kind, size;
	__u16 arg;
};

/* ...their attributes... */
#define NLSET(id, names) static const struct attr set_##id[] = { { 0xffff, HEX, 0, 0 },
#define ATTR(type, kind, arg, size) { type, kind, size, arg },
#define END };
#include "netlink.def"

static const struct {
	const struct attr *a;
	unsigned int count;
	enum lym_names names;
} sets[NLSET_MAX] = {
#define NLSET(id, names) [NLSET_##id] = { set_##id, sizeof(set_##id) / sizeof(struct attr), LYM_NAMES_##names },
#define ATTR(type, kind, arg, size)
#define END
#include "netlink.def"
};

/* ...and messages. */
static const struct {
	int proto;
	unsigned int first, last;
	enum lym_struct s;
	enum nlset set;
} msgs[] = {
#define NLMSG(protocol, first, last, s, set) { protocol, first, last, LYM_STRUCT_##s, NLSET_##set },
#define NLSET(id, names)
#define ATTR(type, kind, arg, size)
#define END
#include "netlink.def"
};

/* What is asked of sockets, and answered. */
static const struct {
	unsigned int family;
	enum lym_struct req, msg;
	enum nlset req_set, msg_set;
} diags[] = {
#define NLDIAG(family, req, req_set, msg, msg_set) { family, LYM_STRUCT_##req, LYM_STRUCT_##msg, NLSET_##req_set, NLSET_##msg_set },
#define NLSET(id, names)
#define ATTR(type, kind, arg, size)
#define END
#include "netlink.def"
};

/* What attributes are told in the light of. */
struct context {
	const struct lym_nlstyle *style;
	unsigned int family, link;	/* AF_*, ARPHRD_* of the message */
	char kind[16];			/* of the link, or of what it is a slave of */
	bool slave;
	int depth;
};

static void attributes(struct lym_buf *b, struct context *c, enum nlset set, struct lym_nlbytes d);

static void hex(struct lym_buf *b, const struct context *c, struct lym_nlbytes d)
{
	lym_nlbytes_hex(b, d, c->style->limit);
}

/* htons(80) */
static void swapped(struct lym_buf *b, const char *how, __u64 v)
{
	lym_text_str(b, how);
	lym_text_char(b, '(');
	lym_text_u64(b, v);
	lym_text_char(b, ')');
}

/* A number of a size of its own; false: there is too little of it. */
static bool integer(struct lym_buf *b, enum lym_nla kind, struct lym_nlbytes d)
{
	static const __u8 sizes[] = {
		[U8] = 1, [U16] = 2, [U32] = 4, [U64] = 8, [S32] = 4, [X8] = 1, [X16] = 2, [X32] = 4, [X64] = 8,
		[BE16] = 2, [BE32] = 4, [BE64] = 8, [UID] = 4, [IFINDEX] = 4, [ETHERPROTO] = 2,
	};
	__u64 v;

	if (lym_nlbytes_beyond(b, d, sizes[kind]))
		return true;
	if (d.n < sizes[kind])
		return false;
	v = lym_nlbytes_number(d, sizes[kind]);
	switch (kind) {
	case S32:
		lym_text_i64(b, (__s32)v);
		break;
	case X8 ... X64:
		lym_text_hex(b, v);
		break;
	case BE16:
		swapped(b, "htons", ntohs(v));
		break;
	case BE32:
		swapped(b, "htonl", ntohl(v));
		break;
	case BE64:
		swapped(b, "htobe64", be64toh(v));
		break;
	case UID:
		lym_value_id(b, v);
		break;
	case IFINDEX:
		lym_sockaddr_ifindex(b, v);
		break;
	case ETHERPROTO:
		lym_text_lit(b, "htons(");
		lym_names_put(b, LYM_NAMES_eth_p, ntohs(v));
		lym_text_char(b, ')');
		break;
	default:
		lym_text_u64(b, v);
	}
	return true;
}

static bool named(struct lym_buf *b, const struct attr *a, struct lym_nlbytes d)
{
	if (d.full > 8 || d.full < a->size || !d.full)
		return false;
	if (lym_nlbytes_beyond(b, d, a->size ?: d.full))
		return true;
	if (d.n < a->size || !d.n || (!a->size && d.n < d.full))
		return false;
	lym_names_print(b, a->arg, lym_nlbytes_number(d, a->size ?: d.n));
	return true;
}

static bool any_number(struct lym_buf *b, struct lym_nlbytes d)
{
	if (d.full != 1 && d.full != 2 && d.full != 4 && d.full != 8)
		return false;
	if (lym_nlbytes_beyond(b, d, d.full))
		return true;
	if (d.n < d.full)
		return false;
	lym_text_hex(b, lym_nlbytes_number(d, d.n));
	return true;
}

static bool clock(struct lym_buf *b, struct lym_nlbytes d)
{
	if (d.full <= 8 && lym_nlbytes_beyond(b, d, d.full))
		return true;
	if (d.n > 8 || d.n < d.full)
		return false;
	lym_value_clock(b, lym_nlbytes_number(d, d.n));
	return true;
}

static bool hwaddr(struct lym_buf *b, const struct context *c, bool link, struct lym_nlbytes d)
{
	enum { ETHER = 1, INFINIBAND = 32, LONGEST = 32 };
	size_t most = !link ? LONGEST : c->link == ETHER ? 6 : c->link == INFINIBAND ? 20 : LONGEST;

	if (d.full > LONGEST)
		return false;
	if (lym_nlbytes_beyond(b, d, d.full))
		return true;
	if (d.n < d.full)
		return false;
	lym_value_mac(b, d.p, d.n < most ? d.n : most);
	return true;
}

/* behind: what follows it is told as bytes, ROOM: with where they are, unless they are zeros. */
static bool structure(struct lym_buf *b, const struct context *c, enum lym_struct s, int behind, struct lym_nlbytes d)
{
	enum { ROOM = 2, EXACT };
	size_t size = lym_struct_size(s), n = d.n < size ? d.n : size;

	if (behind == EXACT && d.full != size && d.full != lym_struct_least(s))
		return false;
	if (lym_nlbytes_beyond(b, d, d.full < size ? lym_struct_least(s) : size))
		return true;
	if (!lym_struct_strace(b, s, &(struct lym_extent){ d.p, n, n }, c->style->verbose))
		return false;
	while (behind == ROOM && n < d.n && !d.p[n])
		n++;
	if (!behind || d.full <= size || (behind == ROOM && n == d.full))
		return true;
	lym_text_lit(b, ", ");
	if (behind == ROOM) {
		lym_text_lit(b, "/* bytes ");
		lym_text_u64(b, size);
		lym_text_lit(b, "..");
		lym_text_u64(b, d.full - 1);
		lym_text_lit(b, " */ ");
	}
	hex(b, c, lym_nlbytes_part(d, size, ~0ull));
	return true;
}

/* A struct in front of attributes. */
static void rest(struct lym_buf *b, struct context *c, enum nlset set, struct lym_nlbytes d, size_t size)
{
	if (d.full <= size)
		return;
	lym_text_lit(b, ", ");
	attributes(b, c, set, lym_nlbytes_part(d, size, ~0ull));
}

/* The next hops of a route: a struct rtnexthop each, and attributes. */
static bool nexthops(struct lym_buf *b, struct context *c, struct lym_nlbytes d)
{
	enum { SIZE = 8 };
	struct lym_nlbytes hop;
	__u16 len;
	bool more = false;

	if (lym_nlbytes_beyond(b, d, SIZE))
		return true;
	if (d.n < SIZE)
		return false;
	for (;;) {
		memcpy(&len, d.p, 2);
		if (!more)
			lym_text_char(b, '[');
		more = true;
		if (len > SIZE && d.full > SIZE)
			lym_text_char(b, '[');
		lym_text_lit(b, "{rtnh_len=");
		lym_text_u64(b, len);
		lym_text_lit(b, ", rtnh_flags=");
		lym_names_print(b, LYM_NAMES_rtnh_f, d.p[2]);
		lym_text_lit(b, ", rtnh_hops=");
		lym_text_u64(b, d.p[3]);
		lym_text_lit(b, ", rtnh_ifindex=");
		lym_sockaddr_ifindex(b, lym_nlbytes_number(lym_nlbytes_part(d, 4, 4), 4));
		lym_text_char(b, '}');
		hop = lym_nlbytes_part(d, 0, len);
		rest(b, c, NLSET_rta, hop, SIZE);
		if (hop.full > SIZE)
			lym_text_char(b, ']');
		if (len < SIZE || ALIGN((__u64)len) >= d.full)
			break;
		d = lym_nlbytes_part(d, ALIGN((__u64)len), ~0ull);
		lym_text_lit(b, ", ");
		if (d.n < SIZE) {
			hex(b, c, d);
			break;
		}
	}
	lym_text_char(b, ']');
	return true;
}

/* {rtvia_family=AF_INET, rtvia_addr=...} */
static bool via(struct lym_buf *b, const struct context *c, struct lym_nlbytes d)
{
	unsigned int family;

	if (d.n < 2)
		return false;
	family = lym_nlbytes_number(d, 2);
	lym_text_lit(b, "{rtvia_family=");
	lym_names_put(b, LYM_NAMES_af, family);
	if (d.full > 2) {
		lym_text_lit(b, ", ");
		lym_nlbytes_member(b, "rtvia_addr", family, lym_nlbytes_part(d, 2, ~0ull));
	}
	lym_text_char(b, '}');
	return true;
}

/* The kind of a link, by which the attributes behind it are known. */
static bool kind(struct lym_buf *b, struct context *c, bool slave, struct lym_nlbytes d)
{
	size_t n = strnlen((const char *)d.p, d.n);

	if (n >= sizeof(c->kind))
		n = sizeof(c->kind) - 1;
	memcpy(c->kind, d.p, n);
	c->kind[n] = '\0';
	c->slave = slave;
	return lym_nlbytes_string(b, c->style, d);
}

static bool kind_data(struct lym_buf *b, struct context *c, bool slave, struct lym_nlbytes d)
{
	if (slave != c->slave)
		return false;
	if (!strcmp(c->kind, "bridge"))
		attributes(b, c, slave ? NLSET_brport : NLSET_ifla_br, d);
	else if (!strcmp(c->kind, "tun") && !slave)
		attributes(b, c, NLSET_ifla_tun, d);
	else
		return false;
	return true;
}

static bool by_family(struct lym_buf *b, struct context *c, enum lym_nla kind, struct lym_nlbytes d)
{
	enum { BRIDGE = 7 };

	if (kind == AF_SPEC)
		attributes(b, c, c->family == BRIDGE ? NLSET_ifla_bridge : NLSET_af_spec, d);
	else if (c->family == BRIDGE)
		attributes(b, c, NLSET_brport, d);
	else if (c->family == AF_INET6)
		attributes(b, c, NLSET_ifla_inet6, d);
	else
		return false;
	return true;
}

/* struct br_mdb_entry, and attributes */
static bool mdb_entry(struct lym_buf *b, struct context *c, struct lym_nlbytes d)
{
	enum { SIZE = 28, ADDR_AT = 8, PROTO_AT = 24 };
	unsigned int family;

	if (lym_nlbytes_beyond(b, d, SIZE))
		return true;
	if (d.n < SIZE)
		return false;
	family = ntohs(lym_nlbytes_number(lym_nlbytes_part(d, PROTO_AT, 2), 2));
	lym_text_lit(b, "{ifindex=");
	lym_sockaddr_ifindex(b, lym_nlbytes_number(d, 4));
	lym_text_lit(b, ", state=");
	lym_names_put(b, LYM_NAMES_mdb_state, d.p[4]);
	lym_text_lit(b, ", flags=");
	lym_names_print(b, LYM_NAMES_mdb_flags, d.p[5]);
	lym_text_lit(b, ", vid=");
	lym_text_u64(b, lym_nlbytes_number(lym_nlbytes_part(d, 6, 2), 2));
	lym_text_lit(b, ", addr={u=");
	if (!lym_nlbytes_address(b, family, lym_nlbytes_part(d, ADDR_AT, 16)))
		hex(b, c, lym_nlbytes_part(d, ADDR_AT, 16));
	lym_text_lit(b, ", proto=htons(");
	lym_names_put(b, LYM_NAMES_af, family);
	lym_text_lit(b, ")}}");
	rest(b, c, NLSET_mdb_eattr, d, SIZE);
	return true;
}

static bool router_port(struct lym_buf *b, struct context *c, struct lym_nlbytes d)
{
	if (lym_nlbytes_beyond(b, d, 4))
		return true;
	if (d.n < 4)
		return false;
	lym_sockaddr_ifindex(b, lym_nlbytes_number(d, 4));
	rest(b, c, NLSET_router_pattr, d, 4);
	return true;
}

/* What an attribute is; false: bytes. */
static bool content(struct lym_buf *b, struct context *c, const struct attr *a, struct lym_nlbytes d)
{
	switch (a->kind) {
	case U8 ... BE64:
	case UID:
	case IFINDEX:
	case ETHERPROTO:
		return integer(b, a->kind, d);
	case CLOCK:
		return clock(b, d);
	case NAMES:
		return named(b, a, d);
	case STR:
		return lym_nlbytes_string(b, c->style, d);
	case HWADDR:
	case LLADDR:
		return hwaddr(b, c, a->kind == LLADDR, d);
	case ADDR:
		return lym_nlbytes_address(b, c->family, d);
	case IN:
	case IN6:
		return lym_nlbytes_address(b, a->kind == IN ? AF_INET : AF_INET6, d);
	case STRUCT:
		return structure(b, c, a->arg, a->size, d);
	case STRUCTS:
		return lym_nlbytes_structs(b, a->arg, d);
	case ARRAY_U8:
	case ARRAY_U16:
	case ARRAY_U32:
		return lym_nlbytes_array(b, c->style, a->kind == ARRAY_U8 ? 1 : a->kind == ARRAY_U16 ? 2 : 4, false, LYM_NAMES_MAX, d);
	case MEMINFO:
		return lym_nlbytes_array(b, c->style, 4, false, LYM_NAMES_sk_meminfo, d);
	case INDEXED_S32:
		return lym_nlbytes_array(b, c->style, 4, true, a->arg, d);
	case INDEXED_U64:
		return lym_nlbytes_array(b, c->style, 8, false, a->arg, d);
	case GROUPS:
		return lym_nlbytes_groups(b, d);
	case NEST:
		attributes(b, c, a->arg, d);
		return true;
	case KIND:
		return kind(b, c, a->type == 4, d);		/* IFLA_INFO_SLAVE_KIND */
	case KIND_DATA:
		return kind_data(b, c, a->type == 5, d);		/* IFLA_INFO_SLAVE_DATA */
	case KIND_STATS:
		return !strcmp(c->kind, "can") && !c->slave && structure(b, c, LYM_STRUCT_can_device_stats, 0, d);
	case PROTINFO:
	case AF_SPEC:
		return by_family(b, c, a->kind, d);
	case NEXTHOPS:
		return nexthops(b, c, d);
	case VIA:
		return via(b, c, d);
	case MDB_ENTRY:
		return mdb_entry(b, c, d);
	case ROUTER_PORT:
		return router_port(b, c, d);
	case BYTECODE:
		return lym_nlbytes_bytecode(b, c->style, d);
	case XANY:
		return any_number(b, d);
	}
	return false;
}

static const struct attr *find(enum nlset set, unsigned int type)
{
	unsigned int i;

	for (i = 1; i < sets[set].count; i++)
		if (sets[set].a[i].type == type)
			return &sets[set].a[i];
	return sets[set].a;
}

/* {nla_len=8, nla_type=IFLA_MTU} */
static void header(struct lym_buf *b, enum nlset set, __u16 len, __u16 type)
{
	lym_text_lit(b, "{nla_len=");
	lym_text_u64(b, len);
	lym_text_lit(b, ", nla_type=");
	if (type & NLA_F_NESTED) {
		lym_names_put(b, LYM_NAMES_nla_f, NLA_F_NESTED);
		lym_text_char(b, '|');
	}
	if (type & NLA_F_NET_BYTEORDER) {
		lym_names_put(b, LYM_NAMES_nla_f, NLA_F_NET_BYTEORDER);
		lym_text_char(b, '|');
	}
	lym_names_put(b, sets[set].names, type & NLA_TYPE_MASK);
	lym_text_char(b, '}');
}

/* One attribute, of which the header is here. */
static void attribute(struct lym_buf *b, struct context *c, enum nlset set, struct lym_nlbytes d)
{
	__u16 len = lym_nlbytes_number(d, 2), type = lym_nlbytes_number(lym_nlbytes_part(d, 2, 2), 2);
	struct lym_nlbytes in = lym_nlbytes_part(d, HDR, len > HDR ? len - HDR : 0);
	size_t undo;

	if (len <= HDR || d.full <= HDR) {
		header(b, set, len, type);
		return;
	}
	lym_text_char(b, '[');
	header(b, set, len, type);
	lym_text_lit(b, ", ");
	undo = b->len;
	if (c->depth >= DEPTH || !content(b, c, find(set, type & NLA_TYPE_MASK), in)) {
		b->len = undo;
		hex(b, c, in);
	}
	lym_text_char(b, ']');
}

static void attributes(struct lym_buf *b, struct context *c, enum nlset set, struct lym_nlbytes d)
{
	bool many = false;
	unsigned int i;
	__u64 len;

	c->depth++;
	for (i = 0;; i++) {
		if (d.n < HDR) {
			if (d.full < HDR)
				hex(b, c, d);
			else
				lym_nlbytes_addr(b, d, many);
			break;
		}
		if (!c->style->verbose && i == c->style->limit) {
			lym_text_lit(b, "...");
			break;
		}
		len = lym_nlbytes_number(d, 2);
		len = len < HDR ? d.full : ALIGN(len);
		if (!many && len < d.full) {
			lym_text_char(b, '[');
			many = true;
		}
		attribute(b, c, set, d);
		if (len >= d.full)
			break;
		lym_text_lit(b, ", ");
		d = lym_nlbytes_part(d, len, ~0ull);
	}
	if (many)
		lym_text_char(b, ']');
	c->depth--;
}

/* The struct at the head of a message: whole, or its family alone and that there is more. */
static bool head(struct lym_buf *b, const struct context *c, enum lym_struct s, struct lym_nlbytes d)
{
	if (d.full >= lym_struct_least(s) && d.n >= lym_struct_least(s))
		return structure(b, c, s, 0, d);
	if (!lym_struct_first(b, s, d.p[0]))
		return false;
	if (d.unread && d.full >= lym_struct_least(s)) {	/* the rest of it cannot be read */
		b->len -= sizeof("...}") - 1;
		lym_text_ptr(b, d.addr + 1);
		lym_text_char(b, '}');
	}
	return false;
}

bool lym_nlattr_message(struct lym_buf *b, const struct lym_nlstyle *style, int proto, unsigned int type, bool request,
			struct lym_nlbytes d)
{
	enum { ROUTE = 0, SOCK_DIAG = 4, BY_FAMILY = 20, GETNEIGH = 30, BRIDGE = 7, IPMR = 128, IP6MR = 129, CACHEREPORT = 96, NETFILTER = 12 };
	struct context c = { .style = style };
	enum lym_struct s = LYM_STRUCT_MAX;
	enum nlset set = NLSET_MAX;
	unsigned int i;
	size_t size, undo;

	if (!d.n || (proto == SOCK_DIAG && d.full == 1))
		return false;
	c.family = d.p[0];
	for (i = 0; i < sizeof(msgs) / sizeof(msgs[0]); i++) {
		if (msgs[i].proto != proto || type < msgs[i].first || type > msgs[i].last)
			continue;
		s = msgs[i].s;
		set = msgs[i].set;
	}
	if (proto == ROUTE && type == GETNEIGH && c.family == BRIDGE) {
		s = LYM_STRUCT_ifinfomsg;
		set = NLSET_ifla;
	}
	if (proto == ROUTE && type == CACHEREPORT && c.family != IPMR)
		set = c.family == IP6MR ? NLSET_ip6mra : NLSET_MAX;
	for (i = 0; proto == SOCK_DIAG && type <= BY_FAMILY && i < sizeof(diags) / sizeof(diags[0]); i++) {
		if (diags[i].family != c.family)
			continue;
		s = request ? diags[i].req : diags[i].msg;
		set = request ? diags[i].req_set : diags[i].msg_set;
	}
	if (s == LYM_STRUCT_inet_diag_req_v2 && type < BY_FAMILY)	/* TCPDIAG_GETSOCK, DCCPDIAG_GETSOCK */
		s = LYM_STRUCT_inet_diag_req;
	if (proto == NETFILTER && d.n < HDR)
		return false;
	if (s == LYM_STRUCT_MAX)
		return false;
	size = lym_struct_size(s);
	if (s == LYM_STRUCT_ifinfomsg && d.n >= 4)
		c.link = lym_nlbytes_number(lym_nlbytes_part(d, 2, 2), 2);
	undo = b->len;
	if (head(b, &c, s, d) && d.full > ALIGN(size) && !(proto == SOCK_DIAG && set == NLSET_MAX)) {
		lym_text_lit(b, ", ");
		if (set == NLSET_MAX)
			hex(b, &c, lym_nlbytes_part(d, ALIGN(size), ~0ull));
		else
			attributes(b, &c, set, lym_nlbytes_part(d, ALIGN(size), ~0ull));
	}
	return b->len > undo;
}

void lym_nlattr_error(struct lym_buf *b, const struct lym_nlstyle *style, struct lym_nlbytes d)
{
	struct context c = { .style = style };

	attributes(b, &c, NLSET_nlmsgerr, d);
}
