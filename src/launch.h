/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Starting the program that is to be traced: it stands still until it is told to go. */
#ifndef LYM_LAUNCH_H
#define LYM_LAUNCH_H

#include <signal.h>
#include <sys/types.h>

/* What of a process its children inherit, and we change for ourselves. */
struct lym_inherited {
	sigset_t blocked;
	void (*pipe)(int);	/* what SIGPIPE does */
};

struct lym_launch {
	pid_t pid;
	volatile int *go;	/* shared with the child, which waits for it */
	int failed;		/* pipe from it */
	char path[4096];	/* the program */
};

/* Find argv[0], as execvp() would. 0, 127 not found, 126 not executable (explained). */
int lym_launch_find(struct lym_launch *l, char **argv);
/* Fork a child that waits, stopped, to become argv: that is the first system call it makes then. user: to be
 * first; NULL: as we are. signals: those it gets. -EINVAL there is no such user, -errno, explained. */
int lym_launch_prepare(struct lym_launch *l, char **argv, const char *user, const struct lym_inherited *signals);
/* Let it run. 0, or 126, 127 as lym_launch_find() (explained): then the child has ended. */
int lym_launch_go(struct lym_launch *l, char **argv);
/* End a child that was not let go. */
void lym_launch_abandon(struct lym_launch *l);

#endif
