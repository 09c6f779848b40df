/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What is in netlink messages, in strace's syntax: the expander of schema/netlink.def. */
#ifndef LYM_NLATTR_H
#define LYM_NLATTR_H

#include "nlbytes.h"

/* What lies behind the header of a message of that protocol and type: {ifi_family=AF_UNSPEC, ...}, [{nla_len=8, ...}, 7]; request:
 * it goes to the kernel. False: it is of no kind that is known, nothing was appended. */
bool lym_nlattr_message(struct lym_buf *b, const struct lym_nlstyle *style, int proto, unsigned int type, bool request,
			struct lym_nlbytes d);
/* The attributes behind an error. */
void lym_nlattr_error(struct lym_buf *b, const struct lym_nlstyle *style, struct lym_nlbytes d);

#endif
