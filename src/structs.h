/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Structs of the kernel's interface in strace's form and as JSON: the expander of schema/structs.def. */
#ifndef LYM_STRUCTS_H
#define LYM_STRUCTS_H

#include "config.h"
#include "members.h"
#include "tables.h"

/* Bytes of one, and how many of them must be there for it to be printed. */
size_t lym_struct_size(enum lym_struct s);
size_t lym_struct_least(enum lym_struct s);
/* Bytes of what lym_struct_in32() says in a 32-bit call. */
size_t lym_struct_size32(enum lym_struct s);
/* What it is in a 32-bit call; LYM_STRUCT_MAX: its layout there is not known. */
enum lym_struct lym_struct_in32(enum lym_struct s);
/* What s is where m is: in32, or itself. */
enum lym_struct lym_struct_own(const struct lym_members *m, enum lym_struct s);
/* Has a member the width of the program's words, or one of 64 bits? */
bool lym_struct_wide(enum lym_struct s);
/* Its members that point at arrays (of: which struct an element is) and that are descriptors; false: it has none. l: zeros. */
bool lym_struct_lead(enum lym_struct s, struct lym_lead *l);
/* Does the call that is given it write something else into it? */
bool lym_struct_answers(enum lym_struct s);
/* What it points at, at most max of these; returns how many. */
unsigned int lym_struct_inners(enum lym_struct s, struct lym_inner *in, unsigned int max);

/* The bytes of one: n of full are here; part: the others could not be read. */
struct lym_extent {
	const void *p;
	size_t n, full;
	bool part;
	struct lym_pointed leads[LYM_LEAD_ARRAYS];	/* what its members POINTS and CHARS point at, if it is a simple one */
	__u64 next;			/* the argument behind it; of elements of an array: which one */
	const void *inner;		/* what its member POINTS points at: bytes; NULL: they are not here */
	size_t inner_len;
	const struct lym_each *each;	/* LYM_EACH of them: what the elements of that point at; behind them what the next member
					 * points at, and so on, of LYM_CHAIN; NULL: nothing */
	const void *after;		/* the same when the call has returned, after_n bytes; NULL: as before */
	size_t after_n;
	bool succeeded;			/* the call did: members that are results are told */
	bool in32;			/* of a 32-bit call */
	__u64 addr;			/* where it is */
	const struct lym_fd_teller *fds;	/* what descriptors stand for; NULL: it is not told */
	unsigned int limit;		/* elements of an array that are shown; 0: all */
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
		     unsigned int max, bool part, const struct lym_fd_teller *fds);
/* The same of those that a member points at. */
void lym_structs_inner(struct lym_members *m, enum lym_struct s, __u64 count, __u64 addr);
/* The n bytes at p, of full, as the s that m has a member of. */
void lym_struct_part(struct lym_members *m, enum lym_struct s, const void *p, size_t n, size_t full);
/* m with what pointer k of the struct points at, in the order of its rows. */
struct lym_members lym_structs_behind(const struct lym_members *m, unsigned int k);
/* name=[...] of count structs that follow in this one from off on, as far as they can be read. */
void lym_structs_rest(struct lym_members *m, const char *name, enum lym_struct s, size_t off, __u64 count);
void lym_structs_json(struct lym_buf *b, enum lym_struct s, const void *p, size_t n, __u64 count);

#endif
