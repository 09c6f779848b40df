/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Socket addresses in strace's syntax. Declared in sockaddr.h. */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include "names.h"
#include "proc.h"
#include "sockaddr.h"

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

static void in(struct lym_buf *b, const struct sockaddr_in *a)
{
	lym_text_lit(b, ", sin_port=htons(");
	lym_text_u64(b, ntohs(a->sin_port));
	lym_text_lit(b, "), sin_addr=inet_addr(\"");
	lym_sockaddr_ipv4(b, &a->sin_addr);
	lym_text_lit(b, "\")");
}

static void in6(struct lym_buf *b, const struct sockaddr_in6 *a, size_t len)
{
	const unsigned char *ip = a->sin6_addr.s6_addr;

	lym_text_lit(b, ", sin6_port=htons(");
	lym_text_u64(b, ntohs(a->sin6_port));
	lym_text_lit(b, "), sin6_flowinfo=htonl(");
	lym_text_u64(b, ntohl(a->sin6_flowinfo));
	lym_text_lit(b, "), inet_pton(AF_INET6, \"");
	lym_sockaddr_ipv6(b, ip);
	lym_text_lit(b, "\", &sin6_addr)");
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
	unsigned int i;

	lym_text_lit(b, ", sll_protocol=htons(");
	lym_names_put(b, LYM_NAMES_eth_p, ntohs(a->sll_protocol));
	lym_text_lit(b, "), sll_ifindex=");
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

static void vm(struct lym_buf *b, const struct sockaddr_vm *a, const unsigned char *bytes)
{
	if (a->svm_reserved1) {
		lym_text_lit(b, ", svm_reserved1=");
		lym_text_hex(b, a->svm_reserved1);
	}
	lym_text_lit(b, ", svm_cid=");
	switch (a->svm_cid) {
	case VMADDR_CID_HYPERVISOR:
		lym_text_lit(b, "VMADDR_CID_HYPERVISOR");
		break;
	case VMADDR_CID_LOCAL:
		lym_text_lit(b, "VMADDR_CID_LOCAL");
		break;
	case VMADDR_CID_HOST:
		lym_text_lit(b, "VMADDR_CID_HOST");
		break;
	case VMADDR_CID_ANY:
		lym_text_lit(b, "VMADDR_CID_ANY");
		break;
	default:
		lym_text_hex(b, a->svm_cid);
	}
	lym_text_lit(b, ", svm_port=");
	if (a->svm_port == VMADDR_PORT_ANY)
		lym_text_lit(b, "VMADDR_PORT_ANY");
	else
		lym_text_hex(b, a->svm_port);
	lym_text_lit(b, ", svm_flags=");
	if (bytes[12] & 1)
		lym_text_lit(b, "VMADDR_FLAG_TO_HOST");
	if (!(bytes[12] & 1) || bytes[12] & ~1) {
		if (bytes[12] & 1)
			lym_text_char(b, '|');
		lym_text_hex(b, bytes[12] & ~1);
		if (bytes[12] && !(bytes[12] & 1))
			lym_text_lit(b, " /* VMADDR_FLAG_??? */");
	}
	if (bytes[13] || bytes[14] || bytes[15]) {
		lym_text_lit(b, ", svm_zero=\"");
		lym_text_xstr(b, bytes + 13, 3);
		lym_text_char(b, '"');
	}
}

void lym_sockaddr_strace(struct lym_buf *b, const void *p, size_t len)
{
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_nl nl;
		struct sockaddr_ll ll;
		struct sockaddr_vm vm;
		unsigned char bytes[128];
	} a = { 0 };

	if (len < 2) {
		lym_text_lit(b, "{...}");
		return;
	}
	if (len > sizeof(a))
		len = sizeof(a);
	memcpy(&a, p, len);
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
	} else if (a.sa.sa_family == AF_VSOCK && len >= sizeof(a.vm)) {
		vm(b, &a.vm, a.bytes);
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
