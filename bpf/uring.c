// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* io_uring: what a request is about to receive from, or to send. */
#include "scope.h"
#include "udp.h"

/* A request is submitted: no system call tells us its socket and its buffer. */
SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(submitted, struct io_kiocb *req)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct io_sr_msg *sr = (void *)req;
	struct io_rw *rw = (void *)req;
	u8 op = req->opcode;
	struct stage *st;
	struct sock *sk;
	u64 key;

	bool sends = op == IORING_OP_SEND || op == IORING_OP_SENDMSG || op == IORING_OP_WRITE || op == IORING_OP_WRITEV;

	if (!sends && op != IORING_OP_RECV && op != IORING_OP_RECVMSG && op != IORING_OP_READ && op != IORING_OP_READV)
		return 0;
	st = stage_in_scope(t, true, NO_EVENT);
	if (!st || st->entered)
		return 0;
	if (req->flags & REQ_F_FIXED_FILE)
		return 0;
	key = fd_sock(t, req->cqe.fd, NULL, NULL);
	sk = (void *)key;
	if (!key)
		return 0;
	if (sends) {
		struct uring_send new = { .op = op }, *s;

		key = plain(st, sk);
		s = bpf_map_lookup_elem(&uring_sends, &key);
		new.pending = s ? s->pending + 1 : 1;
		new.ptr = op == IORING_OP_SEND || op == IORING_OP_SENDMSG ? (u64)GET(sr, buf) : GET(rw, addr);
		new.len = op == IORING_OP_SEND || op == IORING_OP_SENDMSG ? (u32)GET(sr, len) : GET(rw, len);
		bpf_map_update_elem(&uring_sends, &key, &new, BPF_ANY);
		return 0;
	}
	if (GET(sk, sk_protocol) != IPPROTO_UDP || GET(sk, __sk_common.skc_family) == AF_UNIX)
		return 0;
	udp_uring(plain(st, sk));
	return 0;
}
