/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records in a file, as they were captured, behind a header that says what is needed to read them elsewhere. */
#ifndef LYM_RAWFILE_H
#define LYM_RAWFILE_H

#include "out.h"

#define LYM_RAWFILE_MAGIC "LYMER"	/* with its NUL, 6 bytes */
#define LYM_RAWFILE_VERSION 1

/* 120 bytes, no padding, then records back to back. */
struct lym_rawfile_hdr {
	char magic[6];
	__u16 version;
	__u32 len;		/* of this header: records begin there */
	__u32 order;		/* 0x01020304 in the writer's byte order */
	__u64 schema;		/* lym_schema_hash() of the writer */
	__s64 boot_ns, mono_ns;	/* see struct lym_out_opts */
	__u32 snaplen;
	__u32 duration;
	__u32 machine;		/* whose system call numbers: EM_X86_64, EM_AARCH64, ... */
	__u32 pad;
	char host[64];
};

struct lym_rawfile;

/* Append the header for what opts describe. */
void lym_rawfile_begin(struct lym_buf *b, const struct lym_out_opts *opts);
/* Open the file at path, "-" for standard input, and read its header; -errno or -EBADMSG, explained. opts is filled from
 * it but for color, and opts->host is valid until the file is closed. */
int lym_rawfile_open(struct lym_rawfile **ret, const char *path, struct lym_out_opts *opts);
/* View the next record: 1, 0 at the end, -errno or -EBADMSG for one that is broken or cut short, explained. The view is
 * valid until the next call. */
int lym_rawfile_next(struct lym_rawfile *f, struct lym_record *r);
/* NULL is legal. */
void lym_rawfile_close(struct lym_rawfile *f);

#endif
