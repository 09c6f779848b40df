/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A spec program is a table of cases. "PROGRAM --list" prints one line per case, "name|events|options|mode|snaplen",
 * for run.t; "PROGRAM NAME" runs one, never longer than 20 s ($CASE_SECONDS, on a machine that is slow), beside waiting for the tracer.
 */
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECEIVES "recvfrom,recvmsg,recvmmsg,socket_recv"
#define SENDS "sendto,sendmsg,sendmmsg,connect,socket_send"

struct tcase {
	const char *name;
	void (*run)(void);
	const char *events;	/* for -e; all the program's calls of these names must be expected */
	const char *options;	/* more for lymer's command line */
	int snaplen;		/* 0: the default of this table, 65536; -1: none */
	const char *mode;	/* NULL: lymer -- PROGRAM; "attach": it runs first and says READY PID... */
};

static inline void limit(void)
{
	const char *seconds = getenv("CASE_SECONDS");

	alarm(seconds ? atoi(seconds) : 20);
}

static inline int run_cases(const struct tcase *t, size_t n, int argc, char **argv)
{
	limit();
	if (argc == 2 && !strcmp(argv[1], "--list")) {
		for (size_t i = 0; i < n; i++)
			printf("%s|%s|%s|%s|%d\n", t[i].name, t[i].events ? t[i].events : RECEIVES,
			       t[i].options ? t[i].options : "", t[i].mode ? t[i].mode : "command",
			       t[i].snaplen < 0 ? 0 : t[i].snaplen ? t[i].snaplen : 60000);
		return 0;
	}
	for (size_t i = 0; argc == 2 && i < n; i++) {
		if (strcmp(argv[1], t[i].name))
			continue;
		t[i].run();
		return 0;
	}
	fprintf(stderr, "usage: %s --list | CASE\n", argv[0]);
	return 2;
}

/* In "attach" mode: tell whom to trace, then wait until the tracer is there. */
static inline void ready_and_wait(const char *pids)
{
	char c;

	printf("READY %s\n", pids);
	fflush(stdout);
	alarm(0);
	if (read(0, &c, 1) != 1)
		_exit(98);
	limit();
}

#define CASES_MAIN(table) \
	int main(int argc, char **argv) \
	{ \
		return run_cases(table, sizeof(table) / sizeof(*table), argc, argv); \
	}

#endif
