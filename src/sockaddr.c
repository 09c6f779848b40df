/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Socket addresses for reading and as JSON; strace's form is in sockaddr_strace.c. */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <sys/un.h>
#include "names.h"
#include "sockaddr.h"

#define PATH_AT offsetof(struct sockaddr_un, sun_path)

/* An address copied to where every family's struct may be read. */
union any {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_nl nl;
	struct sockaddr_ll ll;
	struct sockaddr_vm vm;
	unsigned char bytes[128];
};

/* Returns the family, or -1 where it is unknown or the address too short for it: then its bytes are all there is. Of a
 * unix address, which may be of any length, it copies the family only: its name is told from where it is. */
static int load(union any *a, const void *p, size_t len)
{
	if (len > sizeof(a->bytes))
		len = sizeof(a->bytes);
	memcpy(&a->sa.sa_family, p, len < 2 ? 0 : 2);
	if (len >= 2 && a->sa.sa_family == AF_UNIX)
		return AF_UNIX;
	memset(a, 0, sizeof(a->bytes));
	memcpy(a->bytes, p, len);
	switch (len < 2 ? -1 : a->sa.sa_family) {
	case AF_INET:
		return len >= sizeof(a->in) ? AF_INET : -1;
	case AF_INET6:
		return len >= 24 ? AF_INET6 : -1;	/* older ones have no scope */
	case AF_NETLINK:
		return len >= sizeof(a->nl) ? AF_NETLINK : -1;
	case AF_PACKET:
		return len >= 18 ? AF_PACKET : -1;	/* the kernel cuts the hardware address */
	case AF_VSOCK:
		return len >= sizeof(a->vm) ? AF_VSOCK : -1;
	default:
		return -1;
	}
}

void lym_sockaddr_ipv4(struct lym_buf *b, const void *p)
{
	char *w = lym_text_room(b, LYM_PUT_IPV4);

	if (w)
		b->len = lym_put_ipv4(w, p) - b->p;
}

void lym_sockaddr_ipv6(struct lym_buf *b, const void *p)
{
	char *w = lym_text_room(b, INET6_ADDRSTRLEN);

	if (w && inet_ntop(AF_INET6, p, w, INET6_ADDRSTRLEN))
		b->len += strlen(w);
}

static void hexbytes(struct lym_buf *b, const unsigned char *p, size_t n, char sep)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (i && sep)
			lym_text_char(b, sep);
		lym_text_hexpad(b, p[i], 2);
	}
}

/* The name in a unix address: bytes of a path up to its NUL, or all of an abstract name behind its leading NUL. */
static const char *unix_name(const void *p, size_t len, size_t *n, bool *abstract)
{
	const char *s = (const char *)p + PATH_AT;

	*abstract = len > PATH_AT && !*s;
	*n = len > PATH_AT ? len - PATH_AT : 0;
	if (*abstract) {
		(*n)--;
		return s + 1;
	}
	*n = strnlen(s, *n);
	return s;
}

static void unix_text(struct lym_buf *b, const void *p, size_t len)
{
	bool abstract;
	size_t n;
	const char *s = unix_name(p, len, &n, &abstract);

	if (abstract)
		lym_text_char(b, '@');
	if (n)
		lym_text_word(b, s, n);
	else if (!abstract)
		lym_text_lit(b, "unnamed");
}

static void family(struct lym_buf *b, int f)
{
	const char *s = lym_names_find(LYM_NAMES_af, f);

	if (s) {
		lym_text_str(b, s);
	} else {
		lym_text_lit(b, "AF_");
		lym_text_u64(b, f);
	}
}

static void packet_text(struct lym_buf *b, const union any *a)
{
	unsigned int n = a->ll.sll_halen > 8 ? 8 : a->ll.sll_halen;

	lym_text_lit(b, "packet:if");
	lym_text_u64(b, (__u32)a->ll.sll_ifindex);
	if (n) {
		lym_text_char(b, ':');
		hexbytes(b, a->ll.sll_addr, n, ':');
	}
}

void lym_sockaddr_text(struct lym_buf *b, const void *p, size_t len)
{
	union any a;

	switch (load(&a, p, len)) {
	case AF_INET:
		lym_sockaddr_ipv4(b, &a.in.sin_addr);
		lym_text_char(b, ':');
		lym_text_u64(b, ntohs(a.in.sin_port));
		break;
	case AF_INET6:
		lym_text_char(b, '[');
		lym_sockaddr_ipv6(b, &a.in6.sin6_addr);
		if (a.in6.sin6_scope_id) {
			lym_text_char(b, '%');
			lym_text_u64(b, a.in6.sin6_scope_id);
		}
		lym_text_lit(b, "]:");
		lym_text_u64(b, ntohs(a.in6.sin6_port));
		break;
	case AF_UNIX:
		unix_text(b, p, len);
		break;
	case AF_NETLINK:
		lym_text_lit(b, "netlink:");
		lym_text_u64(b, a.nl.nl_pid);
		if (a.nl.nl_groups) {
			lym_text_lit(b, ":groups=");
			lym_text_hex(b, a.nl.nl_groups);
		}
		break;
	case AF_PACKET:
		packet_text(b, &a);
		break;
	case AF_VSOCK:
		lym_text_lit(b, "vsock:");
		lym_text_i64(b, (__s32)a.vm.svm_cid);
		lym_text_char(b, ':');
		lym_text_i64(b, (__s32)a.vm.svm_port);
		break;
	default:
		if (len >= 2)
			family(b, a.sa.sa_family);
		lym_text_char(b, ':');
		hexbytes(b, len >= 2 ? a.bytes + 2 : a.bytes, len >= 2 ? (len > 128 ? 126 : len - 2) : len, 0);
	}
}

static void num(struct lym_buf *b, const char *key, __u64 v)
{
	lym_text_lit(b, ",\"");
	lym_text_str(b, key);
	lym_text_lit(b, "\":");
	lym_text_u64(b, v);
}

static void unix_json(struct lym_buf *b, const void *p, size_t len)
{
	bool abstract, whole;
	size_t n;
	const char *s = unix_name(p, len, &n, &abstract);

	lym_text_lit(b, ",\"sun_path\":\"");
	if (abstract)
		lym_text_char(b, '@');
	whole = lym_text_json(b, s, n);
	lym_text_char(b, '"');
	if (whole && (abstract || !n || s[0] != '@'))
		return;
	/* The text does not say which bytes it was. */
	lym_text_lit(b, ",\"sun_path_bytes\":\"");
	lym_text_base64(b, (const char *)p + PATH_AT, abstract ? n + 1 : n);
	lym_text_char(b, '"');
}

static void packet_json(struct lym_buf *b, const union any *a)
{
	unsigned int n = a->ll.sll_halen > 8 ? 8 : a->ll.sll_halen;

	num(b, "sll_protocol", ntohs(a->ll.sll_protocol));
	num(b, "sll_ifindex", (__u32)a->ll.sll_ifindex);
	num(b, "sll_hatype", a->ll.sll_hatype);
	num(b, "sll_pkttype", a->ll.sll_pkttype);
	num(b, "sll_halen", a->ll.sll_halen);
	lym_text_lit(b, ",\"sll_addr\":\"");
	hexbytes(b, a->ll.sll_addr, n, ':');
	lym_text_char(b, '"');
}

bool lym_sockaddr_is_inet(const void *p, size_t len)
{
	sa_family_t f;

	if (len < sizeof(struct sockaddr_in))
		return false;
	memcpy(&f, p, sizeof(f));
	return f == AF_INET;
}

char *lym_sockaddr_put_inet(char *w, const void *p)
{
	struct sockaddr_in a;

	memcpy(&a, p, sizeof(a));
	w = lym_put_lit(w, "\"sa_family\":\"AF_INET\",\"sin_addr\":\"");
	w = lym_put_ipv4(w, &a.sin_addr);
	w = lym_put_lit(w, "\",\"sin_port\":");
	return lym_put_u64(w, ntohs(a.sin_port));
}

static void in6_json(struct lym_buf *b, const union any *a)
{
	lym_text_lit(b, ",\"sin6_addr\":\"");
	lym_sockaddr_ipv6(b, &a->in6.sin6_addr);
	lym_text_char(b, '"');
	num(b, "sin6_port", ntohs(a->in6.sin6_port));
	num(b, "sin6_flowinfo", ntohl(a->in6.sin6_flowinfo));
	num(b, "sin6_scopeid", a->in6.sin6_scope_id);
}

void lym_sockaddr_json(struct lym_buf *b, const void *p, size_t len)
{
	union any a;
	char *w;
	int f;

	if (lym_sockaddr_is_inet(p, len)) {
		w = lym_text_room(b, LYM_SOCKADDR_INET);
		if (w)
			b->len = lym_sockaddr_put_inet(w, p) - b->p;
		return;
	}
	f = load(&a, p, len);
	if (len < 2) {
		lym_text_lit(b, "\"sa_data\":\"");
		hexbytes(b, a.bytes, len, 0);
		lym_text_char(b, '"');
		return;
	}
	lym_text_lit(b, "\"sa_family\":\"");
	family(b, a.sa.sa_family);
	lym_text_char(b, '"');
	switch (f) {
	case AF_INET6:
		in6_json(b, &a);
		break;
	case AF_UNIX:
		unix_json(b, p, len);
		break;
	case AF_NETLINK:
		num(b, "nl_pid", a.nl.nl_pid);
		num(b, "nl_groups", a.nl.nl_groups);
		break;
	case AF_PACKET:
		packet_json(b, &a);
		break;
	case AF_VSOCK:
		num(b, "svm_cid", a.vm.svm_cid);
		num(b, "svm_port", a.vm.svm_port);
		break;
	default:
		lym_text_lit(b, ",\"sa_data\":\"");
		hexbytes(b, a.bytes + 2, len > 128 ? 126 : len - 2, 0);
		lym_text_char(b, '"');
	}
}

bool lym_sockaddr_sock(struct lym_sock_view *v, const void *p, size_t n)
{
	const struct lym_sock *s = p;

	if (n < sizeof(*s) || (size_t)s->local_len + s->remote_len > n - sizeof(*s))
		return false;
	*v = (struct lym_sock_view){ s, s->addr, s->addr + s->local_len, s->local_len, s->remote_len };
	return true;
}

/* TCP, UDP, UNIX-DGRAM, NETLINK-ROUTE: the shortest name that says family, type and protocol. */
static void sock_name(struct lym_buf *b, const struct lym_sock *s)
{
	bool inet = s->family == AF_INET || s->family == AF_INET6;
	const char *type = lym_names_find(LYM_NAMES_sock_type, s->type), *name = NULL;

	if (inet && s->type == SOCK_RAW) {
		lym_text_lit(b, "RAW");
		return;
	}
	if (inet || s->family == AF_NETLINK)
		name = lym_names_find(lym_names_protocols(s->family), s->protocol);
	if (inet && name) {
		lym_text_str(b, name + 8);		/* IPPROTO_ */
		return;
	}
	if (name) {
		lym_text_lit(b, "NETLINK-");
		lym_text_str(b, name + 8);		/* NETLINK_ */
		return;
	}
	name = lym_names_find(LYM_NAMES_af, s->family);
	if (name)
		lym_text_str(b, name + 3);
	else
		family(b, s->family);
	if (type) {
		lym_text_char(b, '-');
		lym_text_str(b, type + 5);		/* SOCK_ */
	}
}

void lym_sockaddr_sock_text(struct lym_buf *b, const struct lym_sock_view *v)
{
	bool nameless = v->s->family == AF_UNIX && v->local_len <= 2;

	sock_name(b, v->s);
	lym_text_char(b, ' ');
	if (nameless || !v->local_len) {		/* say which by its inode */
		lym_text_char(b, '[');
		lym_text_u64(b, v->s->inode);
		lym_text_char(b, ']');
	} else {
		lym_sockaddr_text(b, v->local, v->local_len);
	}
	if (v->remote_len > 2) {
		lym_text_lit(b, "->");
		lym_sockaddr_text(b, v->remote, v->remote_len);
	}
}
