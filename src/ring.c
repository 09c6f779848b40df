// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * BPF ring buffers by hand: libbpf's consumer cannot merge rings by time nor do without wakeups. The layout is the
 * kernel's interface: a page with the consumer's position, a page with the producer's, then the data, mapped twice.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <linux/bpf.h>
#include "event.h"
#include "fail.h"
#include "ring.h"

#define HOLD_NS 200000		/* longer than a hook takes between its stamp and its commit */
#define RELEASE (64 << 10)	/* give the kernel back its room at least this often, in bytes */

struct ring {
	unsigned long *cons, *prod;
	const char *data;
	size_t size, page;
	unsigned long pos, released;
	unsigned long end;		/* what the producer had written when we last looked: its line is not ours */
	const struct lym_hdr *head;	/* the record at pos; NULL: none is committed */
};

struct lym_rings {
	struct ring *ring;
	__u64 *ts;			/* of the heads; ~0: none */
	unsigned int n;
	int epoll, watched;
	struct lym_tracer *tracer;
};

static int map_ring(struct ring *r, int fd, size_t size)
{
	char *p;

	r->page = sysconf(_SC_PAGESIZE);
	r->size = size;
	p = mmap(NULL, r->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	r->cons = (void *)p;
	p = mmap(NULL, r->page + 2 * size, PROT_READ, MAP_SHARED, fd, r->page);
	if (p == MAP_FAILED)
		return -errno;
	r->prod = (void *)p;
	r->data = p + r->page;
	r->pos = r->released = r->end = __atomic_load_n(r->cons, __ATOMIC_ACQUIRE);
	return 0;
}

int lym_ring_open(struct lym_rings **ret, struct lym_tracer *t)
{
	struct lym_rings *r = calloc(1, sizeof(*r));
	int err = -ENOMEM;

	if (!r)
		return lym_fail(-ENOMEM, "out of memory");
	r->watched = -1;
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	r->n = lym_tracer_cpus(t);
	r->tracer = t;
	r->ring = calloc(r->n, sizeof(*r->ring));
	r->ts = calloc(r->n, sizeof(*r->ts));
	if (!r->ring || !r->ts || r->epoll < 0)
		goto out;
	for (unsigned int i = 0; i < r->n; i++) {
		struct epoll_event e = { .events = EPOLLIN };
		size_t size;
		int fd = lym_tracer_ring(t, i, &size);

		err = map_ring(&r->ring[i], fd, size);
		if (!err && epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &e))
			err = -errno;
		if (err)
			goto out;
	}
out:
	if (err) {
		lym_fail(err, "cannot map the rings: %s", strerror(-err));
		lym_ring_close(r);
	} else {
		*ret = r;
	}
	return err;
}

static void release(struct ring *r)
{
	__atomic_store_n(r->cons, r->pos, __ATOMIC_RELEASE);
	r->released = r->pos;
}

/* Find ring i's head, stepping over discarded records. */
static void look(struct lym_rings *rings, unsigned int i)
{
	struct ring *r = &rings->ring[i];

	r->head = NULL;
	rings->ts[i] = ~0ull;
	for (;;) {
		const __u32 *h = (const void *)(r->data + (r->pos & (r->size - 1)));
		__u32 len;

		if (r->pos == r->end)
			r->end = __atomic_load_n(r->prod, __ATOMIC_ACQUIRE);
		if (r->pos == r->end)
			return;
		len = __atomic_load_n(h, __ATOMIC_ACQUIRE);
		if (len & BPF_RINGBUF_BUSY_BIT)
			return;
		if (!(len & BPF_RINGBUF_DISCARD_BIT)) {
			r->head = (const void *)(h + 2);
			rings->ts[i] = r->head->ts;
			return;
		}
		r->pos += ((len & ~BPF_RINGBUF_DISCARD_BIT) + BPF_RINGBUF_HDR_SZ + 7) & ~7ul;
	}
}

static __u32 length(const struct lym_hdr *h)
{
	return ((const __u32 *)h)[-2];
}

static void step(struct lym_rings *rings, unsigned int i)
{
	struct ring *r = &rings->ring[i];

	r->pos += (length(r->head) + BPF_RINGBUF_HDR_SZ + 7) & ~7ul;
	if (r->pos - r->released >= RELEASE)
		release(r);
	look(rings, i);
}

/* The ring whose head is oldest, r->n if there is none; *second: the stamp of the next oldest head. */
static unsigned int oldest(const struct lym_rings *r, __u64 *second)
{
	unsigned int best = r->n;
	__u64 first = ~0ull;

	*second = ~0ull;
	for (unsigned int i = 0; i < r->n; i++) {
		if (r->ts[i] < first) {
			*second = first;
			first = r->ts[i];
			best = i;
		} else if (r->ts[i] < *second) {
			*second = r->ts[i];
		}
	}
	return best;
}

long lym_ring_drain(struct lym_rings *r, bool all, lym_ring_fn *fn, void *arg)
{
	struct timespec now;
	__u64 limit = ~0ull - 1, second;
	unsigned int i;
	long n = 0;
	int err = 0;

	if (!all) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		limit = now.tv_sec * 1000000000ull + now.tv_nsec - HOLD_NS;
	}
	/* what is older than that limit is committed by now, in every ring */
	for (i = 0; i < r->n; i++)
		if (!r->ring[i].head)
			look(r, i);
	while (!err && (i = oldest(r, &second)) < r->n && r->ts[i] <= limit) {
		do {
			err = fn(arg, r->ring[i].head, length(r->ring[i].head));
			step(r, i);
			n++;
		} while (!err && r->ts[i] <= second && r->ts[i] <= limit);
	}
	for (i = 0; i < r->n; i++)
		if (r->ring[i].pos != r->ring[i].released)
			release(&r->ring[i]);
	return err ? err : n;
}

void lym_ring_wait(struct lym_rings *r, int fd, int ms)
{
	volatile __u32 *sleeping = lym_tracer_sleeping(r->tracer);
	struct epoll_event e = { .events = EPOLLIN };

	if (fd >= 0 && r->watched != fd) {
		epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &e);
		r->watched = fd;
	}
	*sleeping = 1;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (unsigned int i = 0; i < r->n; i++) {	/* what came before the flag was seen wakes nobody */
		look(r, i);
		if (r->ring[i].head)
			ms = 0;
	}
	epoll_wait(r->epoll, &e, 1, ms);
	*sleeping = 0;
}

void lym_ring_close(struct lym_rings *r)
{
	if (!r)
		return;
	for (unsigned int i = 0; r->ring && i < r->n; i++) {
		if (r->ring[i].cons)
			munmap(r->ring[i].cons, r->ring[i].page);
		if (r->ring[i].prod)
			munmap(r->ring[i].prod, r->ring[i].page + 2 * r->ring[i].size);
	}
	if (r->epoll >= 0)
		close(r->epoll);
	free(r->ring);
	free(r->ts);
	free(r);
}
