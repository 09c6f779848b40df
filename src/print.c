// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include <stdio.h>
#include "print.h"

void lym_print_member(const char *before, const char *key, const char *value)
{
	printf("%s\"%s\":", before, key);
	if (!value) {
		fputs("null", stdout);
		return;
	}
	putchar('"');
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			putchar('\\');
		putchar(*value);
	}
	putchar('"');
}
