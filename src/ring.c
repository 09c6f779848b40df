// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The rings that both sides map (struct lym_ring): read in place, merged by time. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include "config.h"
#include "fail.h"
#include "ring.h"

#define HOLD_NS 200000		/* longer than a hook takes between its stamp and its commit */
#define RELEASE (64 << 10)	/* give the kernel side back its room at least this often, in bytes */
#define SEEN_MS 1		/* longer than a processor keeps a store to itself */

struct ring {
	struct lym_ring *mem;
	size_t mask;
	__u64 pos, released;
	const struct lym_hdr *head;	/* the record at pos; NULL: none is there */
};

struct lym_rings {
	struct ring *ring;
	__u64 *ts;			/* of the heads; ~0: none */
	unsigned int n;
	__u64 key;
	int epoll, watched, bell;
	unsigned long *rung, *heard;	/* where the kernel side writes in the bell's own ring, and up to where we have read */
	struct lym_tracer *tracer;
};

/* The bell is a ring of the kernel's kind, of which two pages say how far each side is. */
static int map_bell(struct lym_rings *r)
{
	struct epoll_event e = { .events = EPOLLIN };
	size_t page = sysconf(_SC_PAGESIZE);
	void *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, r->bell, 0);

	if (p == MAP_FAILED)
		return -errno;
	r->heard = p;
	p = mmap(NULL, page, PROT_READ, MAP_SHARED, r->bell, page);
	if (p == MAP_FAILED)
		return -errno;
	r->rung = p;
	return epoll_ctl(r->epoll, EPOLL_CTL_ADD, r->bell, &e) ? -errno : 0;
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
	r->bell = lym_tracer_bell(t, &r->key);
	err = map_bell(r);
	for (unsigned int i = 0; i < r->n; i++) {
		struct ring *one = &r->ring[i];

		one->mem = lym_tracer_ring(t, i, &one->mask);
		one->pos = one->released = one->mem->read;
	}
out:
	if (err) {
		lym_fail(err, "cannot map the bell of the rings: %s", strerror(-err));
		lym_ring_close(r);
	} else {
		*ret = r;
	}
	return err;
}

static void release(struct ring *r)
{
	__atomic_store_n(&r->mem->read, r->pos, __ATOMIC_RELEASE);
	r->released = r->pos;
}

/* Find ring i's head. */
static inline void look(struct lym_rings *rings, unsigned int i)
{
	struct ring *r = &rings->ring[i];
	const __u64 *tag = (const void *)(r->mem->data + (r->pos & r->mask));

	r->head = NULL;
	rings->ts[i] = ~0ull;
	if (__atomic_load_n(tag, __ATOMIC_ACQUIRE) != (r->pos ^ rings->key))
		return;
	r->head = (const void *)(tag + 1);
	rings->ts[i] = r->head->ts;
}

static inline void step(struct lym_rings *rings, unsigned int i)
{
	struct ring *r = &rings->ring[i];

	r->pos += LYM_STRIDE(r->head->len);
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
			err = fn(arg, r->ring[i].head, r->ring[i].head->len);
			step(r, i);
			n++;
		} while (!err && r->ts[i] <= second && r->ts[i] <= limit);
	}
	for (i = 0; i < r->n; i++)
		if (r->ring[i].pos != r->ring[i].released)
			release(&r->ring[i]);
	return err ? err : n;
}

/* Is there something to read? */
static bool any(struct lym_rings *r)
{
	bool found = false;

	for (unsigned int i = 0; i < r->n; i++) {
		look(r, i);
		found |= r->ring[i].head != NULL;
	}
	return found;
}

void lym_ring_wait(struct lym_rings *r, int fd, int ms)
{
	volatile __u32 *sleeping = lym_tracer_sleeping(r->tracer);
	struct epoll_event e = { .events = EPOLLIN };
	int n;

	if (fd >= 0 && r->watched != fd) {
		epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &e);
		r->watched = fd;
	}
	*sleeping = 1;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	/* what comes before the flag is seen wakes nobody; a moment later everybody has seen it */
	if (!any(r)) {
		n = epoll_wait(r->epoll, &e, 1, ms < SEEN_MS ? ms : SEEN_MS);
		if (!n && !any(r))
			epoll_wait(r->epoll, &e, 1, ms);
	}
	*sleeping = 0;
	__atomic_store_n(r->heard, __atomic_load_n(r->rung, __ATOMIC_ACQUIRE), __ATOMIC_RELEASE);
}

void lym_ring_close(struct lym_rings *r)
{
	if (!r)
		return;
	if (r->heard)
		munmap(r->heard, sysconf(_SC_PAGESIZE));
	if (r->rung)
		munmap(r->rung, sysconf(_SC_PAGESIZE));
	if (r->epoll >= 0)
		close(r->epoll);
	free(r->ring);
	free(r->ts);
	free(r);
}
