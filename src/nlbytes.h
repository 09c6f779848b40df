/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Bytes of a netlink message, and what is told of them in strace's syntax. */
#ifndef LYM_NLBYTES_H
#define LYM_NLBYTES_H

#include "tables.h"
#include "text.h"

/* How much of strings and arrays is shown. */
struct lym_nlstyle {
	size_t limit;
	bool verbose;
};

/* Bytes of a message, n of full are here; they lie at addr in the program's memory. unread: the others could not be read. */
struct lym_nlbytes {
	const unsigned char *p;
	size_t n;
	__u64 full, addr;
	bool unread;
};
/* Those from off on, at most len of them. */
struct lym_nlbytes lym_nlbytes_part(struct lym_nlbytes d, __u64 off, __u64 len);
/* "\x01\x02", or where they are if they cannot be read. */
void lym_nlbytes_hex(struct lym_buf *b, struct lym_nlbytes d, size_t limit);
/* Where they are, of those that cannot be read; more: as a comment. */
void lym_nlbytes_addr(struct lym_buf *b, struct lym_nlbytes d, bool more);
/* A number of that size, of as many bytes as are here. */
__u64 lym_nlbytes_number(struct lym_nlbytes d, size_t size);

/*
 * What follows appends something and returns true, or false if there is too little of it. What is there and cannot be read is
 * told by its address.
 */

/* Nothing, unless the first size bytes are there and cannot be read. */
bool lym_nlbytes_beyond(struct lym_buf *b, struct lym_nlbytes d, size_t size);
/* "eth0": of what should end with a NUL that one is not shown. */
bool lym_nlbytes_string(struct lym_buf *b, const struct lym_nlstyle *style, struct lym_nlbytes d);
/* inet_addr("127.0.0.1"), inet_pton(AF_INET6, "::1") */
bool lym_nlbytes_address(struct lym_buf *b, unsigned int family, struct lym_nlbytes d);
/* The same as a member: name=inet_addr("127.0.0.1"), inet_pton(AF_INET6, "::1", &name); of another family in bytes. */
void lym_nlbytes_member(struct lym_buf *b, const char *name, unsigned int family, struct lym_nlbytes d);
/* What sockets are asked for: {code=INET_DIAG_BC_S_COND, yes=8, no=12}, and what belongs to it. */
bool lym_nlbytes_bytecode(struct lym_buf *b, const struct lym_nlstyle *style, struct lym_nlbytes d);
/* [{...}, {...}] */
bool lym_nlbytes_structs(struct lym_buf *b, enum lym_struct s, struct lym_nlbytes d);
/* [NAME]= in front of element i. */
void lym_nlbytes_index(struct lym_buf *b, enum lym_names names, __u64 i);
/* [1, 2] of numbers of size bytes; with names [[NAME]=1, ...], without LYM_NAMES_MAX. */
bool lym_nlbytes_array(struct lym_buf *b, const struct lym_nlstyle *style, size_t size, bool sign, enum lym_names names,
		       struct lym_nlbytes d);
/* [0x00000001]: the groups that a socket is in, as words of bits. */
bool lym_nlbytes_groups(struct lym_buf *b, struct lym_nlbytes d);

#endif
