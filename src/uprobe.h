/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Hooks at functions of files (uprobes). */
#ifndef LYM_UPROBE_H
#define LYM_UPROBE_H

#include <stdbool.h>
#include <linux/types.h>

/* Attach a program at n places of a file, for all processes: where they begin, or where what begins there returns. cookies: what the
 * program is told of each, if not NULL. How many links it are, at most n, and these; or -errno. */
int lym_uprobe_link(int prog, const char *path, const __u64 *offsets, const __u64 *cookies, unsigned int n, bool returns, int *links);
/* Does this kernel have that? As one link for many, which wants programs that are loaded for it? */
bool lym_uprobe_works(void);
bool lym_uprobe_many(void);

#endif
