/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One page that the kernel knows by its address and by its struct page: from the two bpf/pages.c learns how it maps pages. */
#ifndef LYM_PAGES_H
#define LYM_PAGES_H

#include <stddef.h>
#include <linux/types.h>

struct lym_pages {
	int packet, pipe[2];	/* packet: its ring is the page; pipe[0]: its first buffer is */
	void *map;
	size_t size;		/* 0: closed */
	__u64 magic;		/* what stands in the page */
};

/* 0 or -errno, unexplained: nothing but a rare payload's origin depends on it. */
int lym_pages_open(struct lym_pages *p);
/* A second time, or if it was never opened and is all zeros, nothing happens. */
void lym_pages_close(struct lym_pages *p);

#endif
