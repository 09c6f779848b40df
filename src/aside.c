// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Something that takes long, while we go on. */
#include "aside.h"

void lym_aside_run(struct lym_aside *a, void *(*work)(void *), void *arg)
{
	a->done = false;
	a->runs = !pthread_create(&a->thread, NULL, work, arg);
	if (!a->runs)
		work(arg);
}

int lym_aside_join(struct lym_aside *a)
{
	if (a->runs)
		pthread_join(a->thread, NULL);
	a->runs = false;
	return a->err;
}
