/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Structs of the kernel's interface in strace's form and as JSON: the expander of schema/structs.def. */
#ifndef LYM_STRUCTS_H
#define LYM_STRUCTS_H

#include "config.h"
#include "members.h"
#include "tables.h"
#include "text.h"

/* Bytes of one, and how many of them must be there for it to be printed. */
size_t lym_struct_size(enum lym_struct s);
size_t lym_struct_least(enum lym_struct s);
/* Bytes of what lym_struct_in32() says in a 32-bit call. */
size_t lym_struct_size32(enum lym_struct s);
/* What it is in a 32-bit call; LYM_STRUCT_MAX: its layout there is not known. */
enum lym_struct lym_struct_in32(enum lym_struct s);
/* Has a member the width of the program's words, or one of 64 bits? */
bool lym_struct_wide(enum lym_struct s);
/* Its members that point at arrays (of: which struct an element is) and that are descriptors; false: it has none. in: zeros. */
bool lym_struct_inner(enum lym_struct s, struct lym_inner *in);

/* The bytes of one: n of full are here; part: the others could not be read. */
struct lym_extent {
	const void *p;
	size_t n, full;
	bool part;
	struct lym_pointed inner[LYM_INNER_ARRAYS];	/* what its members POINTS point at */
	__u64 next;			/* the argument behind it; of elements of an array: which one */
	bool succeeded;			/* the call did: members that are results are told */
	bool in32;			/* of a 32-bit call */
	const struct lym_fd_form *fds;	/* NULL: descriptors are numbers */
	unsigned int limit;		/* of bytes of a string and of elements of an array that are told; 0: 32 */
};
/* {tv_sec=1, tv_nsec=0}; verbose: without leaving members out. False: there are too few bytes, nothing was appended. */
bool lym_struct_strace(struct lym_buf *b, enum lym_struct s, const struct lym_extent *e, bool verbose);
/* Its first member alone, a byte that is v, and that there is more: {ifi_family=AF_INET, ...}. False: it is not a byte. */
bool lym_struct_first(struct lym_buf *b, enum lym_struct s, unsigned char v);
/* {"tv_sec":"1","tv_nsec":"0"}, all members. */
bool lym_struct_json(struct lym_buf *b, enum lym_struct s, const struct lym_extent *e);
/* [{...}, {...}] of count structs, of which n bytes are here (part: the others could not be read); at most max of them are shown.
 * addr: where they are. */
void lym_structs_strace(struct lym_buf *b, enum lym_struct s, const void *p, size_t n, __u64 count, __u64 addr,
			unsigned int max, bool part);
/* The same, and what the descriptors among them stand for. */
void lym_structs_fds(struct lym_buf *b, enum lym_struct s, const void *p, size_t n, __u64 count, __u64 addr,
		     unsigned int max, bool part, const struct lym_fd_form *fds);
void lym_structs_json(struct lym_buf *b, enum lym_struct s, const void *p, size_t n, __u64 count);

#endif
