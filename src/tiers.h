/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which family of hooks brings what, by trying what this kernel allows. */
#ifndef LYM_TIERS_H
#define LYM_TIERS_H

#include "hooks.h"

struct lym_object;

/* Set plan->tier to the best there is of what the plan needs, or of what plan->hooks allows. -EOPNOTSUPP (explained): that family
 * cannot be had here. */
int lym_tiers_choose(struct lym_plan *plan, const struct lym_object *object);
/* What --hooks wants: plan.hooks. -EINVAL (explained): there is no such tier. */
int lym_tiers_parse(const char *name, unsigned char *hooks);
/* As --hooks has it; NULL: there is no such tier. */
const char *lym_tiers_name(unsigned int tier);
/* Why a tier is not to be had here: NULL if it is. */
const char *lym_tiers_refusal(enum lym_tier tier, const struct lym_object *object);

#endif
