/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names of the kernel's constants: the expander of schema/flags.def; errors and system calls by name. */
#ifndef LYM_NAMES_H
#define LYM_NAMES_H

#include "text.h"

/* One for each table of flags.def. */
enum lym_names {
#define TABLE(id, unknown) LYM_NAMES_##id,
#define OPTIONS(id, level, unknown) LYM_NAMES_##id,
#define OPTIONS_GET(id, level, unknown) LYM_NAMES_##id,
#define PROTOCOLS(id, family, unknown) LYM_NAMES_##id,
#define NAME(name, value)
#define END
#include "flags.def"
#undef TABLE
#undef OPTIONS
#undef OPTIONS_GET
#undef PROTOCOLS
#undef NAME
#undef END
	LYM_NAMES_MAX
};

/* The name of v; NULL if it has none. */
const char *lym_names_find(enum lym_names t, __u32 v);
/* Append the name of v, or 0x63 and a comment. */
void lym_names_put(struct lym_buf *b, enum lym_names t, __u32 v);
/* Append v as flags: A|B|0x100; 0 is 0. */
void lym_names_flags(struct lym_buf *b, enum lym_names t, __u32 v);
/* The table of a level's socket options, of a family's protocols; LYM_NAMES_MAX if there is none. */
enum lym_names lym_names_options(__u32 level, bool get, __u32 name);
enum lym_names lym_names_protocols(__u32 family);

/* EAGAIN for 11, also the kernel's own up to 530; NULL if unknown. */
const char *lym_names_errno(unsigned int err);
/* What it means, in strace's words. */
const char *lym_names_errno_text(unsigned int err);
/* A system call by number: of the native table, or with compat of the 32-bit one; NULL if unknown. */
const char *lym_names_syscall(__u32 nr, bool compat);

#endif
