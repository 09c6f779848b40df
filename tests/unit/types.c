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

/* Not met there: */
static const char *const elsewhere[] = {
	/* events that are no calls, and messages: the programs of tests/spec that say EXPECT */
	"VIA", "DATA", "SOCKADDR", "STR", "MSGHDR_IN", "MSGHDR_OUT", "MMSG_IN", "MMSG_OUT",
	/* what is only told after a signal, or of a call that succeeds and leaves something behind: tests/diff */
	"SIGFRAME", "REMAINING", "OUT_clone_tid", "OUT_mq_attr", "OUT_file_attr", "OUT_io_event",
	/* functions of libraries: tests/user */
	"IN_addrinfo_hints", "INS_addrinfo", "ERRNO",
	/* only 32-bit calls have these: tests/unit/compat.c, tests/strace */
	"OUT_oldstat", "IN_time_ptr", "HANDLER", "IN_old_sigaction", "OUT_old_sigaction", "OLD_SIGSET", "OUT_old_sigset", "OUT_old_dirent",
	"SOCKETCALL", "IPC_CALL", "IN_old_sigset", "LOFF_HIGH", "OUT_offset_ptr", "PAGE_OFFSET", "OUT_stat64", "OUTS_gid", "INS_BEFORE_gid",
	"FCNTL64", "FCNTL64_ARG", "POSITION64", "OUT_statfs64", "OUT_timespec64", "OUT_timex64", "REMAINING64", "OUT_itimerspec64",
	"IN_itimerspec64", "IN_utimens64", "TIMESPEC64", "FUTEX_TIMEOUT64",
};

static const char *const names[] = {
#define TYPE(name, ...) #name,
#include "types.def"
#undef TYPE
};

/* Is what must be told of that argument in the row? Numbers are compared in any case, also of what another argument decides on. */
static bool said(const char *expected, const struct lym_field *f)
{
	int printer = lym_schema_type(f->type)->printer;
	char quoted[64];

	if (printer < PR_BUF || printer == PR_CHOICE || printer == PR_NOTHING)
		return true;
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
			met[ev->field[k].type] |= said(calls[c].expected, &ev->field[k]);
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
