/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The per-CPU rings, read in place and merged by time. No wakeups while there is work; a flag asks for one when idle. */
#ifndef LYM_RING_H
#define LYM_RING_H

#include <stdbool.h>
#include <stddef.h>
#include "tracer.h"

struct lym_rings;

/* Called for each record, which is valid only during the call. Non-zero ends the drain and is returned by it. */
typedef int lym_ring_fn(void *arg, const void *rec, size_t len);

/* Map the rings of t. 0 or -errno (explained). */
int lym_ring_open(struct lym_rings **ret, struct lym_tracer *t);
/* Hand over what is there in the order of its time stamps. Unless all is set, records younger than a moment are left for
 * the next drain, so that one which another CPU is just writing can still come first. Returns how many, or what fn did. */
long lym_ring_drain(struct lym_rings *r, bool all, lym_ring_fn *fn, void *arg);
/* Sleep until a record comes, fd is readable or ms have passed. */
void lym_ring_wait(struct lym_rings *r, int fd, int ms);
/* NULL is legal. */
void lym_ring_close(struct lym_rings *r);

#endif
