/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The command line of tracing. */
#ifndef LYM_OPT_H
#define LYM_OPT_H

#include <stdbool.h>
#include "out.h"
#include "select.h"
#include "tracer.h"

struct lym_opt {
	struct lym_plan plan;
	char output[512];	/* FORM or FORM:FILE */
	bool color, quiet, said_quiet;	/* no totals; -q was given */
	bool as_strace;			/* called by the name of strace, and like it */
	struct lym_select select;	/* -e; in plan.want what follows from it */
	struct lym_style style;		/* of strace's form */
	bool strace;			/* an option of strace's own was given */
	int summary;			/* 'c' instead of the events, 'C' as well; 0: none */
	bool split, split_one;		/* -ff, -f */
	bool append;
	bool no_files;			/* --decode-fds=none */
	const char *paths[LYM_PATHS + 1];	/* -P, up to a NULL */
	int npaths;
	const char *user;		/* to run CMD as; NULL: as we are */
	bool background;
	const char *pidfile;	/* NULL: none */
	char **cmd;		/* what follows --; NULL: none */
};

/* Parse argv. -EINVAL usage (explained), -ESRCH a process that is gone (explained). */
int lym_opt_parse(struct lym_opt *o, int argc, char **argv);
void lym_opt_help(void);
/* Is argv[0] the name strace, by a link to us? */
bool lym_opt_as_strace(const char *name);

#endif
