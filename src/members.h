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

/* How it is told what descriptors stand for. */
struct lym_fd_form {
	void (*put)(struct lym_buf *b, __s32 fd, const void *of);
	const void *of;
};

struct lym_members {
	struct lym_buf *b;
	const unsigned char *p;		/* the struct */
	size_t n, full;			/* bytes of it that are here, and that there are */
	bool part;			/* the others could not be read */
	const struct lym_pointed *inner;	/* of the members that point at something, one for each; NULL: there are none */
	unsigned int pointers;		/* of those that were told */
	__u64 next;			/* the argument of the call behind the struct */
	const struct lym_fd_form *fds;	/* NULL: descriptors are numbers */
	unsigned int limit;		/* of bytes of a string and of elements of an array that are told */
	bool json, verbose;
	bool in32;			/* the call that it is an argument of is a 32-bit one */
	bool succeeded;			/* the call that it is an argument of: its results are here */
	bool any;			/* a member was written */
	bool left_out;			/* one was not */
};

/* The unsigned number of size bytes (1 to 8) at off; bytes that are not here are 0. */
__u64 lym_member_get(const struct lym_members *m, size_t off, size_t size);

/* name=, a text, and the end of the text; what is appended in between may be any text. */
size_t lym_member_begin(struct lym_members *m, const char *name);
void lym_member_end(struct lym_members *m, size_t start);
/* A number; wide: one that JSON has as a string, since it may have 64 bits. */
void lym_member_int(struct lym_members *m, const char *name, __s64 v, bool wide);
void lym_member_uint(struct lym_members *m, const char *name, __u64 v, bool wide);
/* A descriptor, and what it stands for. */
void lym_member_fd(struct lym_members *m, const char *name, __s32 v);
void lym_member_hex(struct lym_members *m, const char *name, __u64 v);
void lym_member_ptr(struct lym_members *m, const char *name, __u64 v);
/* name= before a value that is an object or an array itself. */
void lym_member_name(struct lym_members *m, const char *name);
/* strace: "..." in the place of what was left out. */
void lym_member_more(struct lym_members *m);

#endif
