/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Pieces of strace's syntax that its sink and its messages share. */
#ifndef LYM_STRACE_H
#define LYM_STRACE_H

#include "decode.h"
#include "nlattr.h"
#include "out.h"

/* Argument i. */
void lym_strace_field(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i);
/* "text", and ... if there are more than the n bytes at p, or more than snaplen. */
void lym_strace_bytes(struct lym_buf *b, const struct lym_out_opts *opts, const unsigned char *p, size_t n, __u64 full);
/* Is all of its structs and arrays to be told? */
bool lym_strace_verbose(const struct lym_out_opts *opts, const struct lym_record *r);
/* <TCP:[1.2.3.4:5->6.7.8.9:10]>, </dev/null<char 1:3>>: what the descriptor in that field and of that index (0: the field itself)
 * stands for, if that is asked for. */
void lym_strace_file(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, unsigned int field,
		     unsigned int index);
/* <sleep>: the name of that process behind its number, if that is asked for and known: of the event's own thread the kernel's, of others
 * what theirs were in the events before, or what it is now; nothing where they have other numbers than here. */
void lym_strace_comm(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, __s64 pid);
/* Note the name of the event's thread for events that come. */
void lym_strace_comm_seen(const struct lym_record *r);
/* At most len bytes of the address in i, or the pointer if there are none. */
void lym_strace_sockaddr(struct lym_buf *b, const struct lym_item *i, __u64 ptr, __u64 len);
/* The arguments of a call that strace tells in an order of its own; false: it is none. */
bool lym_strace_call(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r);
/* What a call that did not fail returned: 3, 0x7f0000, 0x8002 (flags O_RDWR|O_LARGEFILE). */
void lym_strace_ret(struct lym_buf *b, const struct lym_record *r, unsigned int limit);	/* of elements of an array */
bool lym_strace_ret_fd(const struct lym_record *r);	/* a descriptor? */
bool lym_strace_ret_pid(const struct lym_record *r);	/* a process, or a thread? */
/* A field that is a struct msghdr, or an array of struct mmsghdr. */
void lym_strace_msg(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, unsigned int i);
void lym_strace_mmsg(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, unsigned int i);
/* A field that is an array of struct iovec, their number in the next. */
void lym_strace_iov(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, unsigned int i);

/* The control blocks of io_submit, their number in the argument before. */
struct lym_fd_teller;
void lym_strace_iocbs(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, unsigned int i,
		      const struct lym_fd_teller *fds);
/* Buffers at addr, n of them: what the record has of them in that field, of that index. */
void lym_strace_iov_at(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, unsigned int i, unsigned int index,
		       __u64 addr, __u64 n);

/* -e read=, write=: the bytes that a call moved, in hex below its line, if they are asked for. */
void lym_strace_dump(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r);

/* The netlink messages in these bytes of a socket of that protocol. */
void lym_strace_netlink(struct lym_buf *b, const struct lym_out_opts *opts, int proto, struct lym_nlbytes d);
/* The protocol of the netlink socket in the call's first argument; -1: it is none. */
int lym_strace_netlink_proto(const struct lym_record *r);

/* Has the thread changed between 32-bit and 64-bit calls, or begun with 32-bit ones? Asked for each of its calls, in order. */
bool lym_strace_mode(const struct lym_record *r);
/* The thread has ended. */
void lym_strace_mode_end(__u32 tid);

#endif
