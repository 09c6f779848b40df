/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records that wait for what becomes of their call: one for each thread, the last one it was given. */
#ifndef LYM_HELD_H
#define LYM_HELD_H

#include "record.h"

struct lym_held;

/* NULL: no memory. */
struct lym_held *lym_held_new(void);
/* Keep a copy. -ENOMEM. */
int lym_held_keep(struct lym_held *h, const struct lym_record *r);
/* What is kept of a thread, or of any if tid is 0: it is no more kept then, and good until the next call of these. NULL: nothing. */
const struct lym_record *lym_held_take(struct lym_held *h, unsigned int tid);
/* A copy of r as if nothing had been told of its call before, good as long; NULL: no memory. */
const struct lym_record *lym_held_whole(struct lym_held *h, const struct lym_record *r);
/* NULL is legal. */
void lym_held_free(struct lym_held *h);

#endif
