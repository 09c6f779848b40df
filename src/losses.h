/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What was made, what arrived, what was lost and why: as events in the stream, and as totals at the end. */
#ifndef LYM_LOSSES_H
#define LYM_LOSSES_H

#include <stdio.h>
#include "out.h"
#include "tracer.h"

struct lym_losses;

/* NULL: no memory (explained). */
struct lym_losses *lym_losses_new(struct lym_tracer *t);
/* Look at the kernel's counters and write a `lost` event for each new loss. 0, or -errno of the sink. */
int lym_losses_report(struct lym_losses *l, struct lym_out *o);
/* The totals, at the end. */
void lym_losses_totals(struct lym_losses *l, struct lym_out *o, FILE *f);
void lym_losses_free(struct lym_losses *l);

#endif
