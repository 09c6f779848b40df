// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "counts.h"
#include "event.h"

#define KEYS (LYM_EV_MAX * LYM_CAUSES)

int lym_counts_open(struct lym_counts *c, unsigned int cpus)
{
	*c = (struct lym_counts){
		.map = -1, .cpus = cpus, .key = calloc(KEYS, sizeof(*c->key)), .n = calloc(KEYS * cpus, sizeof(*c->n)),
	};
	return c->key && c->n ? 0 : -ENOMEM;
}

/* All in one call, which has come to maps like this one with Linux 5.13. */
int lym_counts_refresh(struct lym_counts *c)
{
	__u32 n = KEYS, at;

	if (!bpf_map_lookup_batch(c->map, NULL, &at, c->key, c->n, &n, NULL) && n == KEYS)	/* in their order */
		return 0;
	for (__u32 k = 0; k < KEYS; k++)
		if (bpf_map_lookup_elem(c->map, &k, &c->n[k * c->cpus]))
			return -errno;
	return 0;
}

__u64 lym_counts_get(const struct lym_counts *c, unsigned int ev, enum lym_cause cause, int cpu)
{
	const __u64 *n = &c->n[(ev * LYM_CAUSES + cause) * c->cpus];
	__u64 sum = 0;

	if (cpu >= 0)
		return n[cpu];
	for (unsigned int i = 0; i < c->cpus; i++)
		sum += n[i];
	return sum;
}

void lym_counts_close(struct lym_counts *c)
{
	if (c->map >= 0)
		close(c->map);
	c->map = -1;
	free(c->key);
	free(c->n);
	c->key = NULL;
	c->n = NULL;
}
