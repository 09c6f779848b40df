/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Each type that an argument of an event has is met by a spec program: in tests/spec/types.h it is told what must be said of it. */
#include <stdio.h>
#include <string.h>
#include "schema.h"
#include "tap.h"

static const struct {
	const char *event, *expected;
} calls[] = {
#define C(name, expected, ...) { #name, expected },
#define N(name, number, expected, ...) { #name, expected },
#define S(...)
#include "../spec/types.h"
#undef C
#undef N
#undef S
};

/* Met elsewhere: by the programs of tests/spec that say EXPECT; and what only 32-bit calls have, by tests/unit/compat.c and strace's tests. */
static const char *const elsewhere[] = {
	"VIA", "DATA", "SOCKADDR", "STR",
};

static const char *const names[] = {
#define TYPE(name, ...) #name,
#include "types.def"
#undef TYPE
};

/* Is what must be told of that argument in the row? Numbers are compared in any case. */
static bool said(const char *expected, const struct lym_field *f)
{
	char quoted[64];

	snprintf(quoted, sizeof(quoted), "'%s':", f->name);
	return strstr(expected, quoted);
}

int main(void)
{
	static bool met[LYM_T_MAX];
	const struct lym_event *ev;
	int i, k;

	for (size_t c = 0; c < sizeof(calls) / sizeof(*calls); c++) {
		for (i = 0; (ev = lym_schema_event(i)) && strcmp(ev->name, calls[c].event); i++)
			;
		if (!ev)
			ok(false, "tests/spec/types.h: there is no event %s", calls[c].event);
		for (k = 0; ev && k < ev->nfields; k++)
			met[ev->field[k].type] |= lym_schema_type(ev->field[k].type)->printer < PR_BUF || said(calls[c].expected, &ev->field[k]);
	}
	for (size_t n = 0; n < sizeof(elsewhere) / sizeof(*elsewhere); n++)
		for (i = 0; i < LYM_T_MAX; i++)
			if (!strcmp(names[i], elsewhere[n])) {
				ok(!met[i], "%s is met elsewhere only", names[i]);
				met[i] = true;
			}
	for (i = 0; (ev = lym_schema_event(i)); i++)
		for (k = 0; k < ev->nfields; k++)
			if (!met[ev->field[k].type]) {
				ok(false, "%s, of which %s.%s is one", names[ev->field[k].type], ev->name, ev->field[k].name);
				met[ev->field[k].type] = true;
			}
	ok(true, "all types of arguments are looked at");
	return done();
}
