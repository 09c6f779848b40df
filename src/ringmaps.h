/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The maps that are the rings: one array for each CPU, the map of them, and what wakes who reads them. */
#ifndef LYM_RINGMAPS_H
#define LYM_RINGMAPS_H

#include <linux/types.h>
#include "config.h"

struct lym_ringmaps {
	unsigned int cpus;
	unsigned int bytes;	/* of each, a power of two */
	int *fd;		/* the ring of each CPU */
	struct lym_ring **ring;	/* in our memory */
	int map;		/* ARRAY_OF_MAPS of them */
	int bell;		/* a BPF ring buffer of one page */
	__u64 key;		/* of the records' tags */
	const char *step;	/* what failed */
};

/* Make the first ring, the map as yet empty, the bell; bytes 0: as large as suits the machine. -errno, not yet explained. */
int lym_ringmaps_open(struct lym_ringmaps *m, unsigned int cpus, unsigned int bytes);
/* The other rings, and into their map with all. -errno, not yet explained. */
int lym_ringmaps_fill(struct lym_ringmaps *m);
/* Explain what failed with -err, which is returned. */
int lym_ringmaps_explain(const struct lym_ringmaps *m, int err);
/* Put n maps into a map of maps: all at once where the kernel can, for it waits after each until every CPU has seen it. -errno. */
int lym_ringmaps_put(int map, __u32 *key, int *fd, __u32 n);
/* All zeros are legal. */
void lym_ringmaps_close(struct lym_ringmaps *m);

#endif
