/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Tracing from the background: whoever started us waits only until the tracer tells how it went. */
#ifndef LYM_BACKGROUND_H
#define LYM_BACKGROUND_H

#include <stdbool.h>

/* Fork. The child gets -1 and in *tell where to report to. The parent waits for that report, or for the child's end, passing
 * signals on to it, and gets the exit status to leave with. sigfd: where signals can be read; keys: those that the terminal
 * sends are to be passed on too (they do not reach the child, which leaves the terminal). */
int lym_background(int sigfd, bool keys, int *tell);
/* Leave terminal and session, so that no key and no hangup ends us; read nothing from there, and, unless it is where events
 * go, write nothing to stdout: a pipe there would never end. */
void lym_background_detach(bool keep_stdout);
/* Let the parent go, with that exit status. Does so once. */
void lym_background_tell(int *tell, int status);

/* Write our process id to path. 0 or -errno (explained). */
int lym_pidfile_write(const char *path);
/* Remove it, if it is a file. NULL is legal. */
void lym_pidfile_remove(const char *path);

#endif
