/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Errors and notes on stderr, a line each, in one write, with nothing in them that a terminal would obey. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include "fail.h"
#include "text.h"

static void say(const char *fmt, va_list ap, const char *tail)
{
	char msg[1024];
	struct lym_buf b = { 0 };
	int n = vsnprintf(msg, sizeof(msg), fmt, ap), saved = errno;

	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof(msg))
		n = sizeof(msg) - 1;
	lym_text_lit(&b, "lymer: ");
	lym_text_term(&b, msg, n, 0);
	lym_text_str(&b, tail);
	lym_text_char(&b, '\n');
	if (write(STDERR_FILENO, b.p, b.len) < 0)
		errno = saved;		/* there is nowhere left to say it */
	lym_text_free(&b);
	errno = saved;
}

int lym_fail(int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap, "");
	va_end(ap);
	return err;
}

int lym_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap, "; see 'lymer --help'");
	va_end(ap);
	return -EINVAL;
}

void lym_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap, "");
	va_end(ap);
}
