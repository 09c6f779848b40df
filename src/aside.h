/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Something that takes long, while we go on: a thread for it. */
#ifndef LYM_ASIDE_H
#define LYM_ASIDE_H

#include <pthread.h>
#include <stdbool.h>

struct lym_aside {
	pthread_t thread;
	bool runs;	/* it has not been waited for */
	bool done;	/* to be set by work() where somebody looks without waiting */
	int err;	/* to be set by work(): what join returns */
};

/* Begin work(arg); it is over at the return where no thread can be had. All zeros is one that has not begun. */
void lym_aside_run(struct lym_aside *a, void *(*work)(void *), void *arg);
/* Wait until it is over, if it has begun. Its err. */
int lym_aside_join(struct lym_aside *a);

#endif
