/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The command line of tracing. */
#ifndef LYM_OPT_H
#define LYM_OPT_H

#include <stdbool.h>
#include "tracer.h"

struct lym_opt {
	struct lym_plan plan;
	char output[512];	/* FORM or FORM:FILE */
	bool color, quiet;
	bool background;
	const char *pidfile;	/* NULL: none */
	char **cmd;		/* what follows --; NULL: none */
};

/* Parse argv. -EINVAL usage (explained), -ESRCH a process that is gone (explained). */
int lym_opt_parse(struct lym_opt *o, int argc, char **argv);
void lym_opt_help(void);

#endif
