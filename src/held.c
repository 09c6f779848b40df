// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Records that wait for what becomes of their call. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "held.h"

#define LISTS 256		/* a thread's is found by its number */

struct kept {
	struct kept *next;
	struct lym_record r;
	__u64 bytes[];
};

struct lym_held {
	struct kept *list[LISTS], *taken;
};

struct lym_held *lym_held_new(void)
{
	return calloc(1, sizeof(struct lym_held));
}

/* A copy; told: flags that it is without. NULL: no memory. */
static struct kept *copy(const struct lym_record *r, unsigned int told)
{
	size_t len = r->h->len;
	struct kept *k = malloc(sizeof(*k) + len);

	if (!k)
		return NULL;
	memcpy(k->bytes, r->h, len);
	((struct lym_hdr *)k->bytes)->flags &= ~told;
	if (!lym_record_view(&k->r, k->bytes, len))	/* as it was when it came */
		return k;
	free(k);
	return NULL;
}

int lym_held_keep(struct lym_held *h, const struct lym_record *r)
{
	struct kept *k = copy(r, 0), **list = &h->list[r->h->host_tid % LISTS];

	lym_held_take(h, r->h->host_tid);
	if (!k)
		return -ENOMEM;
	k->next = *list;
	*list = k;
	return 0;
}

const struct lym_record *lym_held_whole(struct lym_held *h, const struct lym_record *r)
{
	free(h->taken);
	h->taken = copy(r, LYM_F_TOLD);
	return h->taken ? &h->taken->r : NULL;
}

static struct kept *unlink_from(struct kept **p, unsigned int tid)
{
	struct kept *k;

	while (*p && tid && (*p)->r.h->host_tid != tid)
		p = &(*p)->next;
	k = *p;
	if (k)
		*p = k->next;
	return k;
}

const struct lym_record *lym_held_take(struct lym_held *h, unsigned int tid)
{
	free(h->taken);
	h->taken = NULL;
	for (unsigned int i = tid % LISTS; i < (tid ? tid % LISTS + 1 : LISTS) && !h->taken; i++)
		h->taken = unlink_from(&h->list[i], tid);
	return h->taken ? &h->taken->r : NULL;
}

void lym_held_free(struct lym_held *h)
{
	while (h && lym_held_take(h, 0))
		;
	free(h);
}
