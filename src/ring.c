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
};

struct lym_rings {
	struct ring *ring;
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
	r->pos = r->released = __atomic_load_n(r->cons, __ATOMIC_ACQUIRE);
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
	if (!r->ring || r->epoll < 0)
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

/* The record at the ring's head; NULL: none is committed. Steps over discarded ones. */
static const struct lym_hdr *peek(struct ring *r)
{
	unsigned long prod = __atomic_load_n(r->prod, __ATOMIC_ACQUIRE);

	while (r->pos < prod) {
		const __u32 *h = (const void *)(r->data + (r->pos & (r->size - 1)));
		__u32 len = __atomic_load_n(h, __ATOMIC_ACQUIRE);

		if (len & BPF_RINGBUF_BUSY_BIT)
			return NULL;
		if (!(len & BPF_RINGBUF_DISCARD_BIT))
			return (const void *)(h + 2);
		r->pos += ((len & ~BPF_RINGBUF_DISCARD_BIT) + BPF_RINGBUF_HDR_SZ + 7) & ~7ul;
	}
	return NULL;
}

static __u32 length(const struct lym_hdr *h)
{
	return ((const __u32 *)h)[-2] & ~BPF_RINGBUF_DISCARD_BIT;
}

static void step(struct ring *r, const struct lym_hdr *h)
{
	r->pos += (length(h) + BPF_RINGBUF_HDR_SZ + 7) & ~7ul;
	if (r->pos - r->released >= RELEASE)
		release(r);
}

/* The ring whose head is oldest; *second: the stamp of the next oldest head. */
static struct ring *oldest(struct lym_rings *r, __u64 *second)
{
	struct ring *best = NULL;
	__u64 first = ~0ull;

	*second = ~0ull;
	for (unsigned int i = 0; i < r->n; i++) {
		const struct lym_hdr *h = peek(&r->ring[i]);

		if (!h)
			continue;
		if (h->ts < first) {
			*second = first;
			first = h->ts;
			best = &r->ring[i];
		} else if (h->ts < *second) {
			*second = h->ts;
		}
	}
	return best;
}

long lym_ring_drain(struct lym_rings *r, bool all, lym_ring_fn *fn, void *arg)
{
	struct timespec now;
	__u64 limit = ~0ull, second;
	struct ring *g;
	long n = 0;
	int err = 0;

	if (!all) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		limit = now.tv_sec * 1000000000ull + now.tv_nsec - HOLD_NS;
	}
	while (!err && (g = oldest(r, &second))) {
		const struct lym_hdr *h = peek(g);

		if (h->ts > limit)
			break;
		do {
			err = fn(arg, h, length(h));
			step(g, h);
			n++;
			h = peek(g);
		} while (!err && h && h->ts <= second && h->ts <= limit);
	}
	for (unsigned int i = 0; i < r->n; i++)
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
	for (unsigned int i = 0; i < r->n; i++)		/* what came before the flag was seen wakes nobody */
		if (peek(&r->ring[i]))
			ms = 0;
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
	free(r);
}
