/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The catalogue: the only user-side expander of schema/ *.def. Everything here is constant data. */
#ifndef LYM_SCHEMA_H
#define LYM_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

enum lym_type_id {
#define TYPE(name, capture, printer, json, arg) LYM_T_##name,
#include "types.def"
#undef TYPE
	LYM_T_MAX
};

/* How a type is rendered; the third column of schema/types.def. */
enum lym_printer {
	PR_INT, PR_PID, PR_UINT, PR_SIZE, PR_LONG, PR_FD,
	/* numbers that are more than that, up to PR_SOCKOPT */
	PR_NAMES, PR_NAMES32, PR_NAMES64, PR_EXPLAINED, PR_EXPLAINED_INT, PR_VECTOR_LEN, PR_NAMES8, PR_NAMES_INT, PR_SOUND, PR_TONE, PR_VGA_PORT, PR_SIGNAL64, PR_TAGGED_ADDR, PR_PTRACER, PR_PTR, PR_HEX, PR_HEX32, PR_OCT, PR_FILE_MODE, PR_SIGNAL, PR_DIRFD, PR_ID, PR_DEV, PR_OPEN_FLAGS, PR_CLONE_FLAGS,
	PR_MMAP_FLAGS, PR_STATX_FLAGS, PR_IPC_FLAGS, PR_SHM_FLAGS, PR_IPC_KEY, PR_IOCTL, PR_PERSONALITY, PR_FUTEX_WAKE_OP,
	PR_FAN_INIT, PR_FAN_DIRFD, PR_MOUNT_FLAGS, PR_ERROR, PR_NAMES_DEC, PR_IOPRIO, PR_QUOTA_CMD, PR_KEXEC_FLAGS, PR_SWAP_FLAGS, PR_MEMFD_FLAGS, PR_MPOL_MODE, PR_KEY,
	PR_HANDLER, PR_SIGSET, PR_SOCKETCALL, PR_IPC_CALL, PR_IPC_CMD, PR_SOCK_TYPE, PR_SOCK_PROTO, PR_SOCKOPT,
	PR_BUF, PR_SOCKADDR, PR_LEN_INOUT, PR_OPTVAL, PR_FD_PAIR, PR_MSGHDR, PR_MMSG, PR_IOV, PR_IOCBS,
	/* what lies behind a pointer: src/behind.c */
	PR_STRUCT, PR_STRUCTS, PR_CHARS, PR_BYTES, PR_STRING, PR_PATH, PR_STRINGS, PR_ENV, PR_FDSET, PR_CPUS, PR_MSGBUF, PR_BITS, PR_DIRENTS,
	PR_VIA, PR_STR, PR_CHOICE, PR_NOTHING,
};

/* The last column of types that are bytes. */
enum {
	BUF_HEX = 1,		/* all as \x.. */
	BUF_TEXT = 2,		/* a NUL at its end is not told */
	BUF_SIZED = 4,		/* they have a length of their own; which, above BUF_SHIFT */
	BUF_SHIFT = 8,
};

struct lym_type {
	const char *name;
	int capture;		/* enum lym_capture (config.h) */
	int printer;		/* enum lym_printer */
	const char *json;	/* key of the number in JSON */
	unsigned int arg;	/* enum lym_names or lym_struct (tables.h), if the printer goes by one */
};

/* How an argument is rendered for one value of another: a row of schema/choices.def. */
struct lym_choice {
	__u32 value;
	__u8 printer;		/* PR_NOTHING: there is no such argument */
	bool out;		/* a struct that the call writes */
	__u16 arg;
};

struct lym_field {
	const char *name, *ctype, *tags, *doc;
	enum lym_type_id type;
};

struct lym_event {
	const char *name, *set, *doc;	/* set in lower case: net, lymer */
	int ev;			/* enum lym_ev: the wire number and the index in the catalogue */
	__u32 id;		/* public number, Tracee's for system calls */
	int nr;			/* native system call number; -1: not a system call */
	bool only32;		/* only 32-bit programs have it; nr is that of the call that it is like */
	int nfields;
	struct lym_field field[6];
};

/* The row of wire number ev; NULL if there is none. */
const struct lym_event *lym_schema_event(unsigned int ev);
/* The row of that name; NULL if there is none. */
const struct lym_event *lym_schema_find(const char *name);
/* The name of an event nearest to a misspelt one; NULL if none is near. */
const char *lym_schema_nearest(const char *name);
/* Never NULL for a valid id. */
const struct lym_type *lym_schema_type(enum lym_type_id id);
/* True if a number of the type has 64 bits. */
bool lym_schema_wide(const struct lym_type *t);
/* Is it a function of a library (user.def)? */
bool lym_schema_function(const struct lym_event *ev);
/* Does the call return a new descriptor? */
bool lym_schema_makes_fd(const struct lym_event *ev);
/* Row k of choice by; row 0 is for values that have no row of their own. b: by which argument. False: there are no more. */
struct lym_by_row;
bool lym_schema_choices(unsigned int by, unsigned int k, struct lym_by_row *b, const struct lym_choice **c);
/* The event of a native system call number; NULL: it is in no row. */
const struct lym_event *lym_schema_syscall(__u32 nr);
/* A 32-bit call of i386. */
struct lym_call32 {
	__u16 nr;		/* LYM_SYSCALLS: it has none */
	__u16 event;
	__u8 how, sub;		/* enum lym_mux (config.h): where its arguments are, and which one of several it is */
};
/* Number i of them, in no order; NULL: there are no more. */
const struct lym_call32 *lym_schema_call32(unsigned int i);
const struct lym_event *lym_schema_syscall32(__u32 nr);
/* Requests of ioctl that have another number in 32-bit programs: n of them, ascending. */
struct lym_ioctl32 {
	__u32 value, native;
};
const struct lym_ioctl32 *lym_schema_ioctl32(unsigned int *n);
/* What argument i by (enum lym_by of tables.h) is in a call with these n arguments; never NULL for a valid by. */
const struct lym_choice *lym_schema_choice(unsigned int by, unsigned int i, const __u64 *args, unsigned int n);
/* A hash of the catalogue's names, types and order: equal where records mean the same. */
__u64 lym_schema_hash(void);

#endif
