// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* io_uring: what a request is about to send. */
#include "scope.h"
#include "sock.h"

/* A request is submitted: no system call tells us its buffer. */
static __always_inline int submit(struct io_kiocb *req)
{
	struct task_struct *t = current_task();
	struct io_sr_msg *sr = (void *)req;
	struct io_rw *rw = (void *)req;
	u8 op = req->opcode;
	struct uring_send new = { .op = op }, *s;
	struct stage *st;
	bool msg;
	u64 key;

	if (op != IORING_OP_SEND && op != IORING_OP_SENDMSG && op != IORING_OP_WRITE && op != IORING_OP_WRITEV)
		return 0;
	st = stage_in_scope(t, true, NO_EVENT);
	if (!st)
		return 0;
	did(st, RAN_SUBMIT);
	if (st->entered || (req->flags & REQ_F_FIXED_FILE))
		return 0;
	key = fd_sock(t, req->cqe.fd, NULL);
	if (!key)
		return 0;
	key = plain(st, (void *)key);
	s = bpf_map_lookup_elem(&uring_sends, &key);
	msg = op == IORING_OP_SEND || op == IORING_OP_SENDMSG;
	new.pending = s ? s->pending + 1 : 1;
	new.ptr = msg ? (u64)GET(sr, buf) : GET(rw, addr);
	new.len = msg ? (u32)GET(sr, len) : GET(rw, len);
	bpf_map_update_elem(&uring_sends, &key, &new, BPF_ANY);
	return 0;
}

#if OLD		/* where it has another name */
SEC("tp_btf/io_uring_submit_sqe")
int BPF_PROG(submitted_sqe, struct io_kiocb *req)
{
	return submit(req);
}
#else
SEC("tp_btf/io_uring_submit_req")
int TWIN_PROG(RAN_SUBMIT, submitted, struct io_kiocb *req)
{
	return submit(req);
}
#endif
