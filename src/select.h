/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which events are asked for: -e and --events, in Tracee's words and in strace's. */
#ifndef LYM_SELECT_H
#define LYM_SELECT_H

#include <stdbool.h>
#include "event.h"

/* A set of descriptors. */
#define LYM_FD_MAX 65535

struct lym_fds {
	__u64 set[LYM_FD_MAX / 64 + 1];
	bool inverse;			/* all but those */
};

/* What -e says besides events. */
struct lym_select {
	bool want[LYM_EV_MAX];		/* by enum lym_ev */
	bool raw[LYM_EV_MAX];		/* strace's form: arguments as they are, in hex */
	bool terse[LYM_EV_MAX];		/* pointers, not what they point at */
	bool whole[LYM_EV_MAX];		/* all members, all elements */
	bool dump;			/* data is dumped in hex: */
	struct lym_fds reads, writes;	/* of these descriptors */
	unsigned char status;		/* LYM_STATUS_*: only calls that ended so; 0: all */
	__u64 signals;			/* bits: these, the first is 1; 0: all */
	bool replace;			/* a choice of calls takes the place of the one before */
	bool said_quiet;		/* quiet= was given: it says which */
	bool no_signals, no_exits, no_modes, no_superseded;	/* strace's form: leave out those lines */
};

#define LYM_STATUS_OK		0x01
#define LYM_STATUS_FAILED	0x02
#define LYM_STATUS_UNFINISHED	0x04	/* exit and exit_group, which never return, and what threads were in when they ended */
#define LYM_STATUS_DETACHED	0x08	/* calls under way when tracing ends */
#define LYM_STATUS_ANY		0x0f

/* Add LIST: names, %set or %class, all, none, /regex, each with ! to take it out; a list that begins with ! takes all of it out of
 * everything. strace's qualifiers stand before it: trace=, raw=, verbose=, abbrev=, read=, write=, status=, signal=, quiet=. -EINVAL, explained. */
int lym_select(struct lym_select *s, const char *list);
/* Is it in the set? */
bool lym_select_fd(const struct lym_fds *fds, __s64 fd);
/* All events. */
void lym_select_all(struct lym_select *s);

#endif
