/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Socket addresses of every family, and sockets, in the three forms of output. The bytes need not be a valid address. */
#ifndef LYM_SOCKADDR_H
#define LYM_SOCKADDR_H

#include "event.h"
#include "text.h"

/* For reading: 127.0.0.1:53, [::1]:53, /run/log, @abstract, netlink:0, packet:if1, vsock:2:1024, AF_X25:hex. Bytes of
 * the traced program are escaped for a terminal. */
void lym_sockaddr_text(struct lym_buf *b, const void *p, size_t len);
/* The members of a JSON object, without its braces. */
void lym_sockaddr_json(struct lym_buf *b, const void *p, size_t len);
/* The same of an AF_INET address, at a cursor with LYM_SOCKADDR_INET bytes of room. */
#define LYM_SOCKADDR_INET 96
bool lym_sockaddr_is_inet(const void *p, size_t len);
char *lym_sockaddr_put_inet(char *w, const void *p);
/* {sa_family=AF_INET, ...}; {...} of less than a family. */
void lym_sockaddr_strace(struct lym_buf *b, const void *p, size_t len);
/* An index as strace prints it: if_nametoindex("lo") where this system knows the name, else the number. */
void lym_sockaddr_ifindex(struct lym_buf *b, __u32 index);
void lym_sockaddr_ipv4(struct lym_buf *b, const void *p);
void lym_sockaddr_ipv6(struct lym_buf *b, const void *p);

/* The socket in the n bytes at p; false if it is cut short. */
struct lym_sock_view {
	const struct lym_sock *s;
	const unsigned char *local, *remote;
	unsigned int local_len, remote_len;
};
bool lym_sockaddr_sock(struct lym_sock_view *v, const void *p, size_t n);
/* For reading: UDP 127.0.0.1:5514, TCP 10.0.0.1:80->10.0.0.2:4711, UNIX-DGRAM /dev/log. */
void lym_sockaddr_sock_text(struct lym_buf *b, const struct lym_sock_view *v);
/* As strace's -yy has it: TCP:[127.0.0.1:80->127.0.0.1:4711], UNIX-STREAM:[17->18,"/run/x"], NETLINK:[ROUTE:5]; by its inode
 * where there is no more to say. False, and nothing appended: strace has no name for such sockets. */
bool lym_sockaddr_sock_strace(struct lym_buf *b, const struct lym_sock_view *v);

#endif
