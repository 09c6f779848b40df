/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The Test Anything Protocol for programs of one file: ok(), same(), done(). */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

/* One test; the rest says what it is about. */
static inline int __attribute__((format(printf, 2, 3))) ok(int cond, const char *fmt, ...)
{
	va_list ap;

	printf("%s %d - ", cond ? "ok" : "not ok", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	tap_failed += !cond;
	return cond;
}

/* One test: got, len bytes long, is want; both are shown where it is not. */
static inline int same(const char *got, size_t len, const char *want, const char *what)
{
	int good = len == strlen(want) && !memcmp(got, want, len);

	ok(good, "%s", what);
	if (!good)
		printf("#  got: %.*s\n# want: %s\n", (int)len, got, want);
	return good;
}

/* To be returned by main(). */
static inline int done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
