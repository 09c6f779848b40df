/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names of the kernel's constants: the expander of schema/flags*.def; errors and system calls by name. */
#ifndef LYM_NAMES_H
#define LYM_NAMES_H

#include "tables.h"
#include "text.h"

/* The name of v; NULL if it has none. */
const char *lym_names_find(enum lym_names t, __u64 v);
/* Append the name of v, or 0x63 and a comment. */
void lym_names_put(struct lym_buf *b, enum lym_names t, __u64 v);
/* What stands for values that have no name: AF_???. */
const char *lym_names_unknown(enum lym_names t);
/* Append v as flags: A|B|0x100; 0 is 0, or the name that 0 has. */
void lym_names_flags(struct lym_buf *b, enum lym_names t, __u64 v);
/* True if a bit of v has a name. */
bool lym_names_known(enum lym_names t, __u64 v);
/* Append v as the one or the other, as its table was declared. */
void lym_names_print(struct lym_buf *b, enum lym_names t, __u64 v);
/* The table of a level's socket options, of a family's protocols; LYM_NAMES_MAX if there is none. */
enum lym_names lym_names_options(__u32 level, bool get, __u32 name);
enum lym_names lym_names_protocols(__u32 family);

/* The number that a request of ioctl has in 64-bit programs. */
__u32 lym_names_ioctl(__u32 v, bool compat);
/* Has a request that number in 32-bit programs if it has it in others? */
bool lym_names_ioctl_same(__u32 v);
/* EAGAIN for 11, also the kernel's own up to 530; NULL if unknown. */
const char *lym_names_errno(unsigned int err);
/* What it means, in strace's words. */
const char *lym_names_errno_text(unsigned int err);
/* A system call by number: of the native table, or with compat of the 32-bit one; NULL if unknown. */
const char *lym_names_syscall(__u32 nr, bool compat);

#endif
