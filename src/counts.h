/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the kernel side counts, by event, cause and CPU: a copy of its map. */
#ifndef LYM_COUNTS_H
#define LYM_COUNTS_H

#include "config.h"

struct lym_counts {
	int map;		/* -1: there is none yet */
	unsigned int cpus;
	__u32 *key;
	__u64 *n;		/* [key][cpu] */
};

/* -ENOMEM (not explained). */
int lym_counts_open(struct lym_counts *c, unsigned int cpus);
/* Copy them anew. -errno (not explained). */
int lym_counts_refresh(struct lym_counts *c);
/* As they were then; cpu -1: of all CPUs. */
__u64 lym_counts_get(const struct lym_counts *c, unsigned int ev, enum lym_cause cause, int cpu);
void lym_counts_close(struct lym_counts *c);

#endif
