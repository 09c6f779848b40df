/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Who is traced: parsed into the terms that the kernel side tests. */
#ifndef LYM_SCOPE_H
#define LYM_SCOPE_H

#include <stdbool.h>
#include <sys/types.h>
#include "config.h"

struct lym_scope {
	struct lym_scope_term term[LYM_SCOPE_TERMS];
	unsigned int terms;
	/* roots of the tree term: host pids; descend: also what already descends from them */
	unsigned int roots;
	pid_t root[LYM_SCOPE_VALUES];
	bool descend;
};

/* Add "KEY=VALUE[,VALUE...]" or "KEY!=..." with KEY pid, tree, comm, uid or cgroup; several joined by ';' or given one
 * after another must all hold. -EINVAL, explained. */
int lym_scope_add(struct lym_scope *s, const char *text);
/* Trace these processes, all their threads and what they fork from now on. -EINVAL bad number, -ESRCH no such process;
 * explained. */
int lym_scope_pids(struct lym_scope *s, const char *list);
/* Trace pid and what it forks. */
int lym_scope_root(struct lym_scope *s, pid_t pid);
/* What the kernel side is told of it. term: LYM_SCOPE_TERMS of them, zeros, as what is set in c is. */
void lym_scope_config(const struct lym_scope *s, volatile struct lym_config *c, struct lym_scope_term *term);
/* The mount point of cgroup v2; NULL if there is none. */
const char *lym_scope_cgroup_root(void);

#endif
