/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the fields of a record mean: printers, and the views of a record that the sinks share. */
#ifndef LYM_DECODE_H
#define LYM_DECODE_H

#include "record.h"
#include "sockaddr.h"
#include "tables.h"
#include "text.h"

/* The printer of field i; where another argument decides, the one that it chooses. */
int lym_decode_printer(const struct lym_record *r, unsigned int i);

/* Are its bytes what the call wrote? */
bool lym_decode_out(const struct lym_record *r, unsigned int i);
/* What is fetched behind it: is it what the call was given? */
bool lym_decode_given(const struct lym_record *r, unsigned int i);
/* The table or struct that it goes by; a struct as the record's call has it, LYM_STRUCT_MAX: its layout is not known. */
unsigned int lym_decode_arg(const struct lym_record *r, unsigned int i);
/* A struct as the record's call has it. */
unsigned int lym_decode_struct(const struct lym_record *r, enum lym_struct s);
/* Field i, whose printer is at most PR_SOCKOPT, as strace prints it: MSG_PEEK|MSG_TRUNC, SOL_SOCKET, 3. */
void lym_decode_number(struct lym_buf *b, const struct lym_record *r, unsigned int i);
/* The same only if it says more than the number; false: nothing was appended. */
bool lym_decode_names(struct lym_buf *b, const struct lym_record *r, unsigned int i);
/* A number of the kernel's own, a printer's rendering of v without a record: for message flags and the like. */
void lym_decode_flags(struct lym_buf *b, __u32 v);

/* The socket that field names (LYM_NO_FIELD: that of the event); false: the record does not say. */
bool lym_decode_sock(const struct lym_record *r, unsigned int field, struct lym_sock_view *v);
/* The same for an fd: its own item, or for the first field the event's socket. */
bool lym_decode_fd(const struct lym_record *r, unsigned int field, struct lym_sock_view *v);
/* A u32 behind a pointer (LYM_VALUE, LYM_VALUE_IN); false: unknown. */
bool lym_decode_u32(const struct lym_record *r, unsigned int field, int kind, __u32 *v);
/* The name of the error that a call, or a function, returned; NULL: none, or none that has a name. */
const char *lym_decode_error(const struct lym_record *r);
/* The system call inside which it happened, or io_uring; NULL if none is known. */
const char *lym_decode_via(const struct lym_record *r);

#define LYM_MESSAGES 1024	/* the kernel takes no more in one call */
/* Which messages of a msghdr or mmsghdr the record has anything of. */
struct lym_messages {
	__u64 set[LYM_MESSAGES / 64];
	unsigned int end;	/* one behind the last */
};
void lym_decode_messages(struct lym_messages *m, const struct lym_record *r, unsigned int field);
/* Step index to the next message, itself included; false: there is none. */
bool lym_decode_message(const struct lym_messages *m, unsigned int *index);
/* The msghdr of a message; false: it is not in the record. */
bool lym_decode_msghdr(struct lym_msg *m, const struct lym_record *r, unsigned int field, unsigned int index);
/* True for a call that receives into the buffers of its messages. */
bool lym_decode_receives(const struct lym_record *r, unsigned int field);

/* strace's [1], {l_onoff=1, ...}, "text" for the n bytes at p of a socket option's value; false: it prints the pointer. */
struct lym_optval {
	__u32 level, name;
	bool get;
	const unsigned char *p;
	size_t n;		/* bytes that are here */
	__u64 len;		/* optlen as the call says */
	const unsigned char *inner;	/* what its struct points at; NULL: it is not here */
	size_t inner_len;
	size_t limit;		/* of bytes that are a string */
	bool verbose;		/* all of it */
	bool compat;		/* of a 32-bit call */
};
bool lym_decode_optval(struct lym_buf *b, const struct lym_optval *o);
/* The value of field i (PR_OPTVAL) of r; false: its bytes are not in the record. */
bool lym_decode_optval_of(const struct lym_record *r, unsigned int i, struct lym_optval *o);

/* Control messages: step through n bytes. off begins at 0; false at the end. */
struct lym_cmsg {
	__u64 len;		/* as the header says */
	__u32 level, type;
	const unsigned char *p;	/* data */
	size_t n;		/* bytes of data that are here */
};
bool lym_decode_cmsg(struct lym_cmsg *c, const unsigned char *p, size_t n, size_t *off, bool compat);
struct lym_control {
	const unsigned char *p;
	size_t n;		/* bytes that are here */
	__u64 addr, len;	/* where the user's buffer is; what the header says */
	bool compat;
	/* appends what a descriptor among them stands for; NULL: nothing does */
	void (*fd)(struct lym_buf *b, __s32 fd, const void *of);
	const void *of;
	bool unread;		/* what is not here could not be read */
	unsigned int limit;	/* elements of an array that are shown; 0: all */
};
/* [{cmsg_len=24, ...}] as strace has it. */
void lym_decode_control_strace(struct lym_buf *b, const struct lym_control *control);
/* A JSON array. */
void lym_decode_control_json(struct lym_buf *b, const unsigned char *p, size_t n, bool compat);
/* For reading: SCM_RIGHTS=[3,4] IP_TTL=64. */
void lym_decode_control_text(struct lym_buf *b, const unsigned char *p, size_t n, bool compat);

#endif
