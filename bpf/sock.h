/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Sockets and addresses as the kernel holds them. */
#ifndef LYM_SOCK_H
#define LYM_SOCK_H

#include "stage.h"

struct sin { u16 family, port; u32 addr; u64 zero; };
struct sin6 { u16 family, port; u32 flow; u32 addr[4]; u32 scope; };
struct snl { u16 family, pad; u32 pid, groups; };
struct sll { u16 family, protocol; s32 ifindex; u16 hatype; u8 pkttype, halen; u8 addr[8]; };

/* An IPv4 address as an IPv6 socket knows it. */
static __always_inline void addr_map(struct addr *a)
{
	struct sin v4 = *(struct sin *)a->b;

	*(struct sin6 *)a->b = (struct sin6){ AF_INET6, v4.port, 0, { 0, 0, bpf_htonl(0xffff), v4.addr }, 0 };
	a->len = sizeof(struct sin6);
	a->set = ADDR_MAPPED;
}

/* References held on a file: 1 is one descriptor and no call using it. */
static __always_inline u32 file_refs(struct file *f)
{
	if (bpf_core_field_exists(struct file, f_ref))
		return (u32)GET(f, f_ref.refcnt.counter) + 1;
	return (u32)GET((struct file___count *)f, f_count.counter);
}

/* The file behind a descriptor of the task, by the kernel's own table; NULL: none. */
static __always_inline struct file *fd_file(struct task_struct *t, u32 fd)
{
	struct files_struct *fs = GET(t, files);
	struct fdtable *dt;

	if (!fs)
		return NULL;
	dt = GET(fs, fdt);
	if (fd >= GET(dt, max_fds))
		return NULL;
	return (struct file *)load64((u64)GET(dt, fd) + fd * sizeof(void *));
}

/* The socket behind a descriptor of the task; 0: it is none. */
static __always_inline u64 fd_sock(struct task_struct *t, u32 fd, u64 *inode)
{
	struct file *f = fd_file(t, fd);
	struct socket *so;

	if (!f || (GET(GET(f, f_inode), i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	so = GET(f, private_data);
	if (!so)
		return 0;
	if (inode)
		*inode = GET(GET(f, f_inode), i_ino);
	return (u64)GET(so, sk);
}

/* How much of what is sent to a socket is told. */
static __always_inline u32 payload_max(u64 sk)
{
	return sk && GET((struct sock *)sk, __sk_common.skc_family) == AF_NETLINK ? config.netlink : config.snaplen;
}

/* A socket of the kernel's own (NFS, for one), which no descriptor names. */
static __always_inline bool sock_is_kernels(struct sock *sk)
{
	struct socket *so = GET(sk, sk_socket);

	return !so || !GET(so, file);
}

static __always_inline u64 sock_inode(struct sock *sk)
{
	char *so = (char *)GET(sk, sk_socket);
	struct inode *i;

	if (!so)
		return 0;
	i = (void *)(so - bpf_core_field_offset(struct socket_alloc, socket) +
		     bpf_core_field_offset(struct socket_alloc, vfs_inode));
	return GET(i, i_ino);
}

/* Source of an IP packet from its own headers; port: also the source port of UDP. */
static __always_inline void addr_of_packet(struct addr *a, struct sk_buff *skb, bool v6_sock, bool port)
{
	u64 h = (u64)GET(skb, head), nh = h + GET(skb, network_header);
	u16 sport = port ? load64(h + GET(skb, transport_header)) : 0;

	a->set = 1;
	if (GET(skb, protocol) == bpf_htons(ETH_P_IP)) {
		u32 v4 = load64(nh + 12);

		if (v6_sock) {
			struct sin6 *s = (void *)a->b;

			*s = (struct sin6){ AF_INET6, sport, 0, { 0, 0, bpf_htonl(0xffff), v4 }, 0 };
			a->len = sizeof(*s);
		} else {
			struct sin *s = (void *)a->b;

			*s = (struct sin){ AF_INET, sport, v4, 0 };
			a->len = 16;
		}
	} else {
		struct sin6 *s = (void *)a->b;

		*s = (struct sin6){ AF_INET6, sport, 0, {}, 0 };
		load_words(s->addr, nh + 8, 2);
		if ((s->addr[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000))	/* link-local */
			s->scope = GET((struct inet6_skb_parm *)skb->cb, iif);
		a->len = 28;
	}
}

/* n <= 110 bytes of a name; dst: memory with room for 16 at least. What is short, as most are that the kernel chose, needs no helper. */
static __always_inline void load_name(void *dst, struct unix_address *u, u32 n)
{
	u64 name = (u64)u + bpf_core_field_offset(struct unix_address, name);

	if (n <= 16)
		load_words(dst, name, 2);
	else
		bpf_probe_read_kernel(dst, bound(n, 110), (void *)name);
}

/* unix_address of a socket; len 0 if it has none. */
static __always_inline void addr_of_unix(struct addr *a, struct sock *sk)
{
	struct unix_address *u = GET((struct unix_sock *)sk, addr);
	u32 n = u ? GET(u, len) : 0;

	if (n > 110)
		n = 110;
	a->set = 1;
	a->len = n;
	if (n)
		load_name(a->b, u, n);
}

/* The address that an error of the error queue is about lies in the packet that bounced. */
static __always_inline void addr_of_error(struct addr *a, struct sk_buff *skb, u16 family)
{
	struct sock_exterr_skb *e = (void *)skb->cb;
	unsigned char *nh = GET(skb, head) + GET(skb, network_header) + GET(e, addr_offset);
	u8 origin = GET(e, ee.ee_origin);
	u16 port = GET(e, port);
	struct sin6 *s6 = (void *)a->b;
	struct sin *s = (void *)a->b;

	if (!port && (!origin || origin > 3))	/* neither local nor ICMP: no address */
		return;
	a->set = 1;
	if (family == AF_INET) {
		*s = (struct sin){ AF_INET, port, 0, 0 };
		bpf_probe_read_kernel(&s->addr, 4, nh);
		a->len = 16;
	} else if (GET(skb, protocol) == bpf_htons(ETH_P_IP)) {
		*s6 = (struct sin6){ AF_INET6, port, 0, { 0, 0, bpf_htonl(0xffff), 0 }, 0 };
		bpf_probe_read_kernel(&s6->addr[3], 4, nh);
		a->len = 28;
	} else {
		*s6 = (struct sin6){ AF_INET6, port, 0, {}, 0 };
		bpf_probe_read_kernel(s6->addr, 16, nh);
		if ((s6->addr[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000))
			s6->scope = GET((struct inet6_skb_parm *)skb->cb, iif);
		a->len = 28;
	}
}

/* Where an skb that is being received came from. */
static __always_inline void addr_of_skb(struct addr *a, struct sk_buff *skb, struct sock *sk, u32 msg_flags)
{
	u16 family = GET(sk, __sk_common.skc_family), proto = GET(sk, sk_protocol);
	u16 type = GET(sk, sk_type);

	a->len = 0;
	a->set = 0;
	if (msg_flags & MSG_ERRQUEUE) {
		addr_of_error(a, skb, family);
		return;
	}
	if (family == AF_UNIX) {
		struct sock *from = GET(skb, sk);

		if (from)
			addr_of_unix(a, from);
	} else if (family == AF_NETLINK) {
		struct snl *s = (void *)a->b;
		struct netlink_skb_parms *p = (void *)skb->cb;
		u32 g = GET(p, dst_group), shift = (g - 1) & 31;

		*s = (struct snl){ AF_NETLINK, 0, GET(p, portid), g && g <= 32 ? 1u << shift : 0 };
		a->len = 12;
		a->set = 1;
	} else if (family == AF_PACKET) {
		struct sll *s = (void *)a->b;

		bpf_probe_read_kernel(s, sizeof(*s), skb->cb);
		s->family = AF_PACKET;
		s->protocol = GET(skb, protocol);
		a->len = 20;
		a->set = 1;
	} else if ((family == AF_INET || family == AF_INET6) && (type == SOCK_DGRAM || type == SOCK_RAW)) {
		addr_of_packet(a, skb, family == AF_INET6, proto == IPPROTO_UDP && type == SOCK_DGRAM);
	}
}

/* Describe a socket in stage.sock: a struct lym_sock and both addresses. */
static __always_inline void sock_fill(struct stage *st, u64 skaddr, u64 inode, u64 cookie)
{
	struct sock *sk = (void *)skaddr;
	struct lym_sock *o = (void *)st->sock;
	u16 family = GET(sk, __sk_common.skc_family);
	u32 ll = 0, rl = 0;

	o->cookie = cookie ?: (u64)GET(sk, __sk_common.skc_cookie.counter);
	o->inode = inode ?: sock_inode(sk);
	o->family = family;
	o->type = GET(sk, sk_type);
	o->protocol = GET(sk, sk_protocol);
	o->state = GET(sk, __sk_common.skc_state);
	o->pad = 0;
	o->peer = 0;
	if (family == AF_INET) {
		struct sin *l = (void *)o->addr, *r = l + 1;
		u16 dport = GET(sk, __sk_common.skc_dport);

		*l = (struct sin){ AF_INET, GET((struct inet_sock *)sk, inet_sport),
				   GET((struct inet_sock *)sk, inet_saddr), 0 };
		*r = (struct sin){ AF_INET, dport, GET(sk, __sk_common.skc_daddr), 0 };
		ll = 16;
		rl = dport || r->addr ? 16 : 0;
	} else if (family == AF_INET6) {
		struct sin6 *l = (void *)o->addr, *r = l + 1;
		u16 dport = GET(sk, __sk_common.skc_dport);

		*l = (struct sin6){ AF_INET6, GET((struct inet_sock *)sk, inet_sport), 0, {}, 0 };
		*r = (struct sin6){ AF_INET6, dport, 0, {}, 0 };
		load_words(l->addr, skaddr + bpf_core_field_offset(struct sock, __sk_common) +
			   bpf_core_field_offset(struct sock_common, skc_v6_rcv_saddr), 2);
		load_words(r->addr, skaddr + bpf_core_field_offset(struct sock, __sk_common) +
			   bpf_core_field_offset(struct sock_common, skc_v6_daddr), 2);
		if ((l->addr[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000))
			l->scope = GET(sk, __sk_common.skc_bound_dev_if);
		if ((r->addr[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000))
			r->scope = GET(sk, __sk_common.skc_bound_dev_if);
		ll = 28;
		rl = dport || r->addr[0] || r->addr[1] || r->addr[2] || r->addr[3] ? 28 : 0;
	} else if (family == AF_UNIX) {
		struct unix_address *u = GET((struct unix_sock *)sk, addr);
		struct sock *peer = GET((struct unix_sock *)sk, peer);

		if (u) {
			ll = GET(u, len);
			ll = bound(ll, 110);
			load_name(o->addr, u, ll);
		}
		if (config.fd_socks && peer)
			o->peer = sock_inode(peer);
		u = peer ? GET((struct unix_sock *)peer, addr) : NULL;
		if (u) {
			rl = GET(u, len);
			rl = bound(rl, 110);
			load_name(o->addr + bound(ll, 110), u, rl);
		}
	} else if (family == AF_NETLINK) {
		struct netlink_sock *n = (void *)sk;
		struct snl *l = (void *)o->addr, *r = l + 1;
		unsigned long *groups = GET(n, groups);
		u32 g = 0;

		if (groups)
			bpf_probe_read_kernel(&g, 4, groups);
		*l = (struct snl){ AF_NETLINK, 0, GET(n, portid), g };
		g = GET(n, dst_group);
		*r = (struct snl){ AF_NETLINK, 0, GET(n, dst_portid), g && g <= 32 ? 1u << ((g - 1) & 31) : 0 };
		ll = 12;
		rl = r->pid || r->groups ? 12 : 0;
	} else if (family == AF_PACKET) {
		struct sll *l = (void *)o->addr;

		*l = (struct sll){ .family = AF_PACKET, .protocol = GET((struct packet_sock *)sk, num),
				   .ifindex = GET((struct packet_sock *)sk, ifindex) };
		ll = 20;
	} else if (family == AF_VSOCK && bpf_core_type_exists(struct vsock_sock)) {	/* a module in most kernels */
		bpf_probe_read_kernel(o->addr, 16, (char *)sk + bpf_core_field_offset(struct vsock_sock, local_addr));
		bpf_probe_read_kernel(o->addr + 16, 16,
				      (char *)sk + bpf_core_field_offset(struct vsock_sock, remote_addr));
		ll = rl = 16;
	}
	o->local_len = ll;
	o->remote_len = rl;
	st->sock_len = 32 + ll + rl;
}

#endif
