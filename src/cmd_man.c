/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* `lymer man EVENT`: the event's page, through a pager on a terminal. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd_man.h"
#include "fail.h"
#include "page.h"

/* Start the user's pager; NULL if there is none. */
static FILE *open_pager(void)
{
	const char *pager = getenv("MANPAGER");

	if (!pager || !*pager)
		pager = getenv("PAGER");
	if (!pager || !*pager)
		pager = "if command -v less >/dev/null; then exec less -FRX; else exec cat; fi";
	return popen(pager, "w");
}

static int show(const struct lym_event *ev)
{
	FILE *pager = isatty(STDOUT_FILENO) ? open_pager() : NULL;

	if (pager) {
		signal(SIGPIPE, SIG_IGN);	/* the reader may quit before the end */
		lym_page_write(pager, ev, LYM_PAGE_TEXT);
		pclose(pager);
		return 0;
	}
	lym_page_write(stdout, ev, LYM_PAGE_TEXT);
	if (fflush(stdout) || ferror(stdout)) {
		lym_fail(-errno, "standard output: %s", strerror(errno));
		return 1;
	}
	return 0;
}

int lym_cmd_man(int argc, char **argv)
{
	const struct lym_event *ev;
	const char *near;

	if (argc != 2) {
		lym_usage("which event? usage: lymer man EVENT");
		return 2;
	}
	ev = lym_schema_find(argv[1]);
	if (ev)
		return show(ev);
	near = lym_schema_nearest(argv[1]);
	if (near)
		lym_usage("no event '%s'; did you mean '%s'?", argv[1], near);
	else
		lym_usage("no event '%s'; 'lymer list events' names them all", argv[1]);
	return 2;
}
