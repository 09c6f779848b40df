/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The members of a struct one by one, as strace's {a=1, b=X} or as a JSON object. */
#ifndef LYM_MEMBERS_H
#define LYM_MEMBERS_H

#include "text.h"

/* What a member points at. */
struct lym_pointed {
	const void *p;			/* NULL: it is not here */
	size_t n;
	bool part;			/* there is more that could not be read */
};

/* Appends what a descriptor stands for, and what a process is called, if that is known. */
struct lym_fd_teller {
	void (*put)(const struct lym_fd_teller *f, struct lym_buf *b, __s32 fd);
	void (*put_pid)(const struct lym_fd_teller *f, struct lym_buf *b, __s32 pid);
};

/* Bytes that an element of an array points at; n is 0 where they are not here. */
struct lym_each {
	const void *p;
	size_t n;
};

struct lym_members {
	struct lym_buf *b;
	const unsigned char *p;		/* the struct */
	size_t n, full;			/* bytes of it that are here, and that there are */
	bool part;			/* the others could not be read */
	const struct lym_pointed *leads;	/* of the members that point at something, one for each; NULL: there are none */
	unsigned int pointers;		/* of those that were told */
	__u64 next;			/* the argument of the call behind the struct; of elements of an array: which one */
	const unsigned char *after;	/* the struct when the call has returned, after_n bytes; NULL: as it is */
	size_t after_n;
	const void *inner;		/* what a member points at; NULL: it is not here */
	size_t inner_len;
	const struct lym_each *each;	/* LYM_EACH of them: what its elements point at, and more (structs.h); NULL: nothing */
	__u64 addr;			/* where the struct is */
	const struct lym_fd_teller *fds;	/* what descriptors stand for; NULL: it is not told */
	unsigned int limit;		/* elements of an array that are shown; 0: all */
	bool json, verbose;
	bool in32;			/* the call that it is an argument of is a 32-bit one */
	bool succeeded;			/* the call that it is an argument of: its results are here */
	bool any;			/* a member was written */
	bool left_out;			/* one was not */
};

/* The unsigned number of size bytes (1 to 8) at off; bytes that are not here are 0. */
__u64 lym_member_get(const struct lym_members *m, size_t off, size_t size);

/* A pointer, or a long, of the program. */
__u64 lym_member_word(const struct lym_members *m, size_t off);

/* Make p and n what after and after_n are, if they are anything, and the other way round. */
void lym_member_turn(struct lym_members *m);

/* name=, a text, and the end of the text; what is appended in between may be any text. */
size_t lym_member_begin(struct lym_members *m, const char *name);
void lym_member_end(struct lym_members *m, size_t start);
/* A number; wide: one that JSON has as a string, since it may have 64 bits. */
void lym_member_int(struct lym_members *m, const char *name, __s64 v, bool wide);
void lym_member_uint(struct lym_members *m, const char *name, __u64 v, bool wide);
/* A descriptor, and what it stands for; a process, and what it is called. */
void lym_member_fd(struct lym_members *m, const char *name, __s32 v);
void lym_member_pid(struct lym_members *m, const char *name, __s32 v);
void lym_member_hex(struct lym_members *m, const char *name, __u64 v);
/* Bits of which nothing is known, if one is set; comment: which they are, for eyes. */
void lym_member_unnamed(struct lym_members *m, const char *name, __u64 v, const char *comment);
void lym_member_ptr(struct lym_members *m, const char *name, __u64 v);
/* name= before a value that is an object or an array itself. */
void lym_member_name(struct lym_members *m, const char *name);
/* What a member of count bytes points at, from addr on, as a string (json: and no quotes about it), or in hex; or addr. */
void lym_member_pointed(struct lym_members *m, __u64 count, __u64 addr, bool hex);
/* A string of at most size bytes, in quotes in JSON too; all bytes from off on, in hex. */
void lym_member_text(struct lym_members *m, size_t off, size_t size);
void lym_member_rest(struct lym_members *m, size_t off);
/* A member of what lies behind all that is known: / * bytes 24..31 * / "\x01..." if it is not zero, ??? if it cannot be read. */
void lym_member_extra(struct lym_members *m, size_t off, bool bpf);
/* strace: "..." in the place of what was left out. */
void lym_member_more(struct lym_members *m);

#endif
