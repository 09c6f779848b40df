/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What is in netlink messages, in strace's syntax: the expander of schema/netlink.def. */
#ifndef LYM_NLATTR_H
#define LYM_NLATTR_H

#include "text.h"

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

/* How much of strings and arrays is shown. */
struct lym_nlstyle {
	size_t limit;
	bool verbose;
};

/* What lies behind the header of a message of that protocol and type: {ifi_family=AF_UNSPEC, ...}, [{nla_len=8, ...}, 7]; request:
 * it goes to the kernel. False: it is of no kind that is known, nothing was appended. */
bool lym_nlattr_message(struct lym_buf *b, const struct lym_nlstyle *style, int proto, unsigned int type, bool request,
			struct lym_nlbytes d);
/* The attributes behind an error. */
void lym_nlattr_error(struct lym_buf *b, const struct lym_nlstyle *style, struct lym_nlbytes d);

#endif
