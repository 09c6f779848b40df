/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the rows of schema/structs.def become, for those who print them and for those who look what they lead to. */
#ifndef LYM_STRUCT_ROWS_H
#define LYM_STRUCT_ROWS_H

#include "struct_code.h"
#include "tables.h"

enum kind {
	INT, UINT, HEX, OCT, PTR, FLAGS, EXPLAINED, STR, MODE, DEV, SIGNAL, SIGSET, HANDLER, ID, RLIM, CLOCK, OPEN, CAPS, KEY, TIME,
	INTS, UINTS, HEXES, SIGNALS, STRUCTS, LIST, BYTES, BIT, STRUCT_OF, CODE, OBJECT, EXTRA, POINTS, FD, CHARS,
};

#define TWICE (1u << 24)		/* of a count: twice as many and one more */
#define RESULTS (1u << 25)	/* the call writes them */

enum show {
	ALWAYS,
	PARTIAL,
	VERBOSE,
	NONZERO,
	MISSING,
	SET,
	RESULT,
	RESULT_VERBOSE,
	RESULT_NONZERO,
	EQUAL,
	EQUAL_RESULT,
	EQUAL_VERBOSE,
	UPTO,
	SOME,
	EMPTY,
	HIDDEN,
	NEVER,
	CHANGED,
	THEN,
	THEN_NUMBER,
	THEN_POINTER,
};

struct lym_member_row {
	const char *name;
	__u64 mask;
	__u16 offset, size;
	__u8 kind, show;
	__u16 arg;
	lym_struct_code *code;
};

/* The rows of a struct. */
const struct lym_member_row *lym_struct_rows(enum lym_struct s, unsigned int *count);

/* How many elements an array has that a member points at. */
__u64 lym_row_count(const struct lym_members *m, const struct lym_member_row *d);
/* The array, or the text, that a member points at, if it was read and is wanted, else v, the pointer. */
void lym_row_pointed(struct lym_members *m, const struct lym_member_row *d, __u64 v);
void lym_row_chars(struct lym_members *m, const struct lym_member_row *d, __u64 v);

#endif
