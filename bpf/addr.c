// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Addresses as the kernel itself uses them: cgroup hooks see the kernel's copy of every inet and unix address. They
 * sit on the root of the cgroup tree and always say yes.
 */
#include "call.h"
#include "scope.h"
#include "sock.h"

/* getname: the hook comes before the kernel has written all of the address. */
static __always_inline int address(struct bpf_sock_addr *ctx, bool getname)
{
	struct task_struct *t = current_task();
	struct bpf_sock_addr_kern *k;
	struct stage *st;
	u64 n;

	st = stage_in_scope(t, true, NO_EVENT);
	if (!st)
		return 1;
	if (!st->entered)
		begin_late(st, t, ROLE_NONE);
	k = bpf_cast_to_kern_ctx(ctx);
	n = bound(GET(k, uaddrlen), ADDR_MAX);
	st->kaddr.set = 1;
	st->kaddr.len = n;
	bpf_probe_read_kernel(st->kaddr.b, n, GET(k, uaddr));
	if (*(u16 *)st->kaddr.b == AF_INET && GET(GET(k, sk), __sk_common.skc_family) == AF_INET6)
		addr_map(&st->kaddr);	/* a v4-mapped destination arrives here translated */
	if (getname && *(u16 *)st->kaddr.b == AF_INET)
		*(u64 *)(st->kaddr.b + 8) = 0;
	if (getname && *(u16 *)st->kaddr.b == AF_INET6) {
		struct sin6 *s = (void *)st->kaddr.b;
		bool local = (s->addr[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000);

		s->scope = local ? GET(GET(k, sk), __sk_common.skc_bound_dev_if) : 0;
	}
	return 1;
}

#define HOOK(name) \
	SEC("cgroup/" #name) int name(struct bpf_sock_addr *ctx) { return address(ctx, __builtin_strncmp(#name, "get", 3) == 0); }

HOOK(recvmsg4)
HOOK(recvmsg6)
HOOK(sendmsg4)
HOOK(sendmsg6)
HOOK(connect4)
HOOK(connect6)
HOOK(bind4)
HOOK(bind6)
HOOK(getsockname4)
HOOK(getsockname6)
HOOK(getpeername4)
HOOK(getpeername6)
HOOK(sendmsg_unix)
HOOK(connect_unix)
HOOK(getsockname_unix)
HOOK(getpeername_unix)
