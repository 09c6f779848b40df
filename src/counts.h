/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the kernel side counts, by event, cause and CPU: its map is looked at where it is, so that costs no call. */
#ifndef LYM_COUNTS_H
#define LYM_COUNTS_H

#include <stddef.h>
#include "config.h"

struct lym_counts {
	unsigned int cpus;
	const volatile __u64 *live;	/* LYM_COUNTERS of each CPU; NULL: there are none yet */
	__u64 *n;			/* as they were when they were copied */
};

/* Zeros, until there is a map. -ENOMEM (not explained). */
int lym_counts_open(struct lym_counts *c, unsigned int cpus);
/* From now on those of the map, which has cpus * LYM_COUNTERS. -errno (not explained). */
int lym_counts_map(struct lym_counts *c, int map);
/* Copy them anew. */
void lym_counts_refresh(struct lym_counts *c);
/* As they were then; cpu -1: of all CPUs. */
__u64 lym_counts_get(const struct lym_counts *c, unsigned int ev, enum lym_cause cause, int cpu);
void lym_counts_close(struct lym_counts *c);

#endif
