/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What lies behind a pointer, in all forms: a string, a struct, an array of them. */
#ifndef LYM_BEHIND_H
#define LYM_BEHIND_H

#include "decode.h"
#include "members.h"

/* True for printers that are served here. */
static inline bool lym_behind(int printer)
{
	return printer >= PR_STRUCT && printer <= PR_DIRENTS;
}

/* The item with the bytes of field i: as they were before the call, or if only that was kept as they were after a call that did
 * not fail; NULL: the record does not say, or they could not be read. */
const struct lym_item *lym_behind_item(const struct lym_record *r, unsigned int i);
/* strace's form: "text", {a=1}, [{a=1}, {a=2}]. Strings that are no paths, and arrays, are cut at limit; verbose: all members.
 * False: nothing was appended, the pointer is to be shown. */
struct lym_fd_teller;
struct lym_behind_opts {
	unsigned int limit;
	bool verbose;
	const struct lym_fd_teller *fds;	/* how it is told what descriptors stand for; NULL: it is not */
};
bool lym_behind_strace(struct lym_buf *b, const struct lym_record *r, unsigned int i, const struct lym_behind_opts *o);
/* ,"str":"text" or ,"value":{...}; false: nothing was appended. */
bool lym_behind_json(struct lym_buf *b, const struct lym_record *r, unsigned int i);

#endif
