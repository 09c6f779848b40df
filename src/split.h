/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A file for each thread: -ff. */
#ifndef LYM_SPLIT_H
#define LYM_SPLIT_H

#include <stdbool.h>

struct lym_split;

/* Files PATH.TID, emptied unless append is set. NULL: no memory. */
struct lym_split *lym_split_new(const char *path, bool append);
#define LYM_DETACHED " <detached ...>\n"	/* behind a call that is under way when tracing ends */

/* The file of a thread, opened if it is not; -errno (explained). Valid until the next call. *broken: does what has been written to
 * the one before end in the midst of a line? Does what has been written to this one? */
int lym_split_fd(struct lym_split *s, unsigned int tid, bool *broken);
/* End all lines, close all. 0 or the first -errno. NULL is legal. */
int lym_split_free(struct lym_split *s, bool broken);

#endif
