// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "counts.h"
#include "event.h"

static size_t entries(const struct lym_counts *c)
{
	return (size_t)LYM_COUNTERS * c->cpus;
}

int lym_counts_open(struct lym_counts *c, unsigned int cpus)
{
	*c = (struct lym_counts){ .cpus = cpus };
	c->n = calloc(entries(c), sizeof(*c->n));
	return c->n ? 0 : -ENOMEM;
}

int lym_counts_map(struct lym_counts *c, int map)
{
	void *p = mmap(NULL, entries(c) * sizeof(*c->n), PROT_READ, MAP_SHARED, map, 0);

	if (p == MAP_FAILED)
		return -errno;
	c->live = p;
	return 0;
}

void lym_counts_refresh(struct lym_counts *c)
{
	for (size_t i = 0; c->live && i < entries(c); i++)
		c->n[i] = c->live[i];
}

__u64 lym_counts_get(const struct lym_counts *c, unsigned int ev, enum lym_cause cause, int cpu)
{
	const __u64 *n = &c->n[ev * LYM_CAUSES + cause];
	__u64 sum = 0;

	if (cpu >= 0)
		return n[cpu * LYM_COUNTERS];
	for (unsigned int i = 0; i < c->cpus; i++)
		sum += n[i * LYM_COUNTERS];
	return sum;
}

void lym_counts_close(struct lym_counts *c)
{
	if (c->live)
		munmap((void *)c->live, entries(c) * sizeof(*c->n));
	c->live = NULL;
	free(c->n);
	c->n = NULL;
}
