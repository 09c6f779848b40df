// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Sockets whose next datagram is kept: from their birth, or from when tracing began; see udp.h. */
#include "call.h"
#include "scope.h"
#include "udp.h"

SEC("tp_btf/sk_data_ready")
int ALONE_PROG(arrived, struct sock *sk)
{
	struct udp *u;

	if (GET(sk, sk_protocol) != IPPROTO_UDP)
		return 0;
	u = udp_get(sk);
	if (u)
		udp_arrived(u, (u64)sk);
	return 0;
}

/* A reader that finds a bad checksum throws the datagram away and takes the next one. */
SEC("tp_btf/kfree_skb")
int ALONE_PROG(dropped, struct sk_buff *skb, void *location, u32 reason)
{
	struct task_struct *t = current_task();
	struct stage *st;
	u64 sk;

	if (reason != bpf_core_enum_value(enum skb_drop_reason, SKB_DROP_REASON_UDP_CSUM))
		return 0;
	csum_drops++;
	st = stage_in_scope(t, true, NO_EVENT);
	if (!st || (st->entered ? st->role != ROLE_RECV : !begin_late(st, t, ROLE_RECV)))
		return 0;
	sk = fd_sock(t, st->args[0], NULL);
	if (sk)
		udp_look_again(st, sk);
	return 0;
}

/* A socket is made by a traced task. */
SEC("cgroup/sock_create")
int born(struct bpf_sock *sk)
{
	if (sk->protocol == IPPROTO_UDP && in_scope(current_task()))
		bpf_sk_storage_get(&udps, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	return 1;
}

/* The sockets that traced tasks have when tracing begins, by walking everybody's files. */
SEC("iter/task_file")
int inherited(struct bpf_iter__task_file *ctx)
{
	struct task_struct *t = ctx->task;
	struct file *f = ctx->file;
	struct socket *so;
	struct sock *sk;
	struct udp *u;
	u16 family;

	if (!t || !f || !other_in_scope(t))
		return 0;
	so = bpf_sock_from_file(f);
	sk = so ? so->sk : NULL;
	if (!sk || GET(sk, sk_protocol) != IPPROTO_UDP)
		return 0;
	family = GET(sk, __sk_common.skc_family);
	if (family != AF_INET && family != AF_INET6)
		return 0;
	u = bpf_sk_storage_get(&udps, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (u && !u->head.skb)
		udp_keep(u, (u64)sk);
	return 0;
}
