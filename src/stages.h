/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The memory of the tasks' stages: task storage, or, where the kernel has none of their size, a pool of arrays that grows with the
 * number of tasks. Where it has none at all, what little is kept there is in hashes by the address of the task.
 */
#ifndef LYM_STAGES_H
#define LYM_STAGES_H

#include <stdbool.h>

struct lymer_bpf;
struct bpf_map;

struct lym_stages {
	bool pooled;
	bool sides;		/* each has one beside it */
	bool bare;		/* tasks have no storage at all */
	unsigned int value;	/* bytes of a stage */
	unsigned int shift;	/* an array has 2^shift of them */
	unsigned int arrays;
	int pool, side_pool, free;	/* maps, if pooled */
};

/* Make m, the storage of sockets: fixed bytes, and *room, which becomes what the kernel has, in steps. -errno. */
int lym_stages_sockets(struct bpf_map *m, unsigned int fixed, unsigned int *room, unsigned int step);
/* Make the maps of skel that the stages are in, of so many bytes each. -errno. */
int lym_stages_open(struct lym_stages *s, struct lymer_bpf *skel, unsigned int value, bool sides, bool bare);
/* Make as many again as there are, or the first; the number of slots there are then, or -errno. It takes some milliseconds. */
int lym_stages_grow(struct lym_stages *s);
/* All zeros are legal. */
void lym_stages_close(struct lym_stages *s);

#endif
