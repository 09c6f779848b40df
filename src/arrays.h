/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Arrays of what has no fixed size: directory entries, strings, sets of descriptors. */
#ifndef LYM_ARRAYS_H
#define LYM_ARRAYS_H

#include "members.h"

/* The n bytes at p of struct linux_dirent64 that a call of getdents64 returned, of full; told: how many entries those are, if
 * it is known; old: they are of getdents, whose numbers have so many bytes; 0: they are not. In short their number as a comment behind
 * addr, verbose [{d_ino=1, ...}]. */
void lym_dirents_strace(struct lym_buf *b, const void *p, size_t n, size_t full, size_t told, __u64 addr, bool verbose, unsigned int old);
void lym_dirents_json(struct lym_buf *b, const void *p, size_t n, unsigned int old);

/* Strings that each end with a NUL in the n bytes at p, bytes of full beyond those n stand for one string each. Those that could not be
 * read are there as empty ones. */
#define LYM_STRINGS_BROKEN (~(__u64)0)
struct lym_strings {
	const void *p;
	size_t n, full;
	const struct lym_string_gap {
		__u64 nth, addr;	/* of LYM_STRINGS_BROKEN: where the array could not be read any more */
	} *gaps;
	size_t ngaps;
};
/* ["ls", "-l"]: at most max of them, each cut at limit. */
void lym_strings_strace(struct lym_buf *b, const struct lym_strings *a, size_t limit, size_t max);
void lym_strings_json(struct lym_buf *b, const struct lym_strings *a);
/* 0x7ffc5 and their number as a comment. */
void lym_strings_count(struct lym_buf *b, const struct lym_strings *a, __u64 addr);

/* [0 3]: the descriptors below nfds in the n bytes at p; fds: what they stand for, or NULL. */
void lym_fdset_strace(struct lym_buf *b, const void *p, size_t n, __s32 nfds, const struct lym_fd_teller *fds);
void lym_fdset_json(struct lym_buf *b, const void *p, size_t n, __s32 nfds);

#endif
