/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* io_uring by hand: one ring, one request at a time. */
#ifndef TESTS_URING_H
#define TESTS_URING_H

#include <linux/io_uring.h>
#include "net.h"

struct uring {
	int fd;
	unsigned int flags;
	unsigned int *sq_tail, *sq_mask, *sq_array, *sq_flags, *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
};

static inline void *uring_map(int fd, size_t len, off_t what)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, what);

	NEED(p != MAP_FAILED);
	return p;
}

static inline void uring_open(struct uring *u, unsigned int flags)
{
	struct io_uring_params p = {.flags = flags, .sq_thread_idle = 1000};
	char *sq, *cq;

	u->fd = syscall(SYS_io_uring_setup, 8, &p);
	if (u->fd < 0)
		SKIP("no io_uring: %s", strerror(errno));
	u->flags = flags;
	sq = uring_map(u->fd, p.sq_off.array + p.sq_entries * sizeof(int), IORING_OFF_SQ_RING);
	cq = uring_map(u->fd, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
	u->sqe = uring_map(u->fd, p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	u->sq_tail = (void *)(sq + p.sq_off.tail);
	u->sq_mask = (void *)(sq + p.sq_off.ring_mask);
	u->sq_array = (void *)(sq + p.sq_off.array);
	u->sq_flags = (void *)(sq + p.sq_off.flags);
	u->cq_head = (void *)(cq + p.cq_off.head);
	u->cq_tail = (void *)(cq + p.cq_off.tail);
	u->cq_mask = (void *)(cq + p.cq_off.ring_mask);
	u->cqe = (void *)(cq + p.cq_off.cqes);
}

/* Hand in one request; does not wait for it. */
static inline void uring_submit(struct uring *u, const struct io_uring_sqe *e)
{
	unsigned int tail = *u->sq_tail, i = tail & *u->sq_mask;

	u->sqe[i] = *e;
	u->sq_array[i] = i;
	__atomic_store_n(u->sq_tail, tail + 1, __ATOMIC_RELEASE);
	if (!(u->flags & IORING_SETUP_SQPOLL))
		NEED(syscall(SYS_io_uring_enter, u->fd, 1, 0, 0, NULL, 0) == 1);
	else if (__atomic_load_n(u->sq_flags, __ATOMIC_ACQUIRE) & IORING_SQ_NEED_WAKEUP)
		NEED(syscall(SYS_io_uring_enter, u->fd, 0, 0, IORING_ENTER_SQ_WAKEUP, NULL, 0) >= 0);
}

/* Wait for the answer and return its result. */
static inline int uring_wait(struct uring *u)
{
	unsigned int head = *u->cq_head;
	int res;

	while (head == __atomic_load_n(u->cq_tail, __ATOMIC_ACQUIRE))
		if (syscall(SYS_io_uring_enter, u->fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
			NEED(errno == EINTR);
	res = u->cqe[head & *u->cq_mask].res;
	__atomic_store_n(u->cq_head, head + 1, __ATOMIC_RELEASE);
	return res;
}

#endif
