/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Starting the program that is to be traced: it stands still until it is told to go. */
#ifndef LYM_LAUNCH_H
#define LYM_LAUNCH_H

#include <sys/types.h>

struct lym_launch {
	pid_t pid;
	int go, failed;		/* pipes: to the child, from it */
};

/* Would argv[0] run? 0, 127 not found, 126 not executable (explained). */
int lym_launch_check(char **argv);
/* Fork a child that waits to become argv. -errno, explained. */
int lym_launch_prepare(struct lym_launch *l, char **argv);
/* Let it run. 0, or 126, 127 as lym_launch_check() (explained): then the child has ended. */
int lym_launch_go(struct lym_launch *l, char **argv);
/* End a child that was not let go. */
void lym_launch_abandon(struct lym_launch *l);

#endif
