/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What is said of an event on this kernel, field by field: where from, by which hook, and what is lost without a better one. */
#ifndef LYM_TRUTH_H
#define LYM_TRUTH_H

#include "hooks.h"

struct lym_truth {
	char field[40];			/* as JSON names it, of messages [] for each; "socket"; "": of the event as a whole */
	const char *of;			/* where the field is told of these sockets only; NULL: of all */
	const char *origin;		/* "K", "U", "K or U" */
	enum lym_tier tier;
	char hook[200];			/* one, or several with commas between them */
	char lost[400];			/* by hooks that are missing; "": nothing */
	const char *doubt;		/* when it is "K or U" though all hooks of its tier are there; NULL: never */
};

#define LYM_TRUTHS 32

/* Up to LYM_TRUTHS rows about an event; how many. have[i]: lym_hooks[i] is there. */
unsigned int lym_truth(const struct lym_plan *plan, const bool *have, unsigned int ev, struct lym_truth *rows);
/* One line of what the plan asks for and hooks are missing for, "EVENT, EVENT: what is lost; ..."; "": nothing is. */
void lym_truth_below(const struct lym_plan *plan, const bool *have, char *line, size_t size);

#endif
