/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Sinks: where events go. One sink per file (out_*.c), each a row of the table in out.c. */
#ifndef LYM_OUT_H
#define LYM_OUT_H

#include <stdbool.h>
#include <stdio.h>
#include "record.h"
#include "text.h"

/* How strace's form looks. */
struct lym_style {
	int time;		/* -t, -tt, -ttt */
	unsigned int digits;	/* of its fraction; 0: as those have it, else one more than there are */
	bool relative;		/* -r */
	bool duration;		/* -T */
	unsigned int relative_digits, duration_digits;	/* the same of those */
	bool number;		/* -n */
	unsigned int files;	/* -y, -yy: LYM_FILES_* */
	bool comms;		/* -Y: names of processes */
	bool no_pid;		/* of one process, or a file for each */
	bool verbose;		/* -v */
	unsigned int column;	/* -a; 0: as strace has it */
	unsigned int hex;	/* -x, -xx: LYM_HEX_* */
	unsigned int names;	/* -X: LYM_NAMES_* */
	unsigned int strings;	/* -s: bytes of strings that are shown */
	const char *sort;	/* -S; NULL: by time */
	const char *columns;	/* -U; NULL: strace's */
};

/* What is told of descriptors: paths, sockets' addresses, devices' numbers, processes. */
#define LYM_FILES_PATH		0x1
#define LYM_FILES_SOCKET	0x2
#define LYM_FILES_DEV		0x4
#define LYM_FILES_PIDFD		0x8
#define LYM_FILES_ALL		0xf

enum { LYM_TIME_NONE, LYM_TIME_DAY, LYM_TIME_MICRO, LYM_TIME_EPOCH };

#define LYM_PATHS 16		/* -P */

/* What a sink needs to know besides the record. */
struct lym_out_opts {
	long long boot_ns, mono_ns;	/* add to a CLOCK_BOOTTIME / CLOCK_MONOTONIC stamp for CLOCK_REALTIME, ns */
	const char *host;		/* host name */
	bool color, duration;
	unsigned int snaplen;
	const struct lym_select *select;	/* what is told of which calls; NULL: all, in short */
	struct lym_style style;
	__u64 signals;		/* -e signal=: bits of those that are told, the first is 1; 0: all */
	unsigned char status;	/* LYM_STATUS_* of select.h; 0: all */
	const char *const *paths;	/* -P: only calls that have to do with these, up to a NULL; NULL: all */
	bool summarize;		/* a summary at the end, too */
	bool append;		/* to the file */
	bool errors;		/* to standard error, where no file is named */
	bool split;		/* into a file for each thread */
};

struct lym_held;
struct lym_out;
struct lym_split;
struct lym_summary;

struct lym_sink {
	const char *name, *help;
	/* Written once before the first event; may be NULL. */
	void (*begin)(struct lym_out *o, struct lym_buf *b);
	/* Append the event to b. No allocation but the buffer's own growth. */
	void (*event)(struct lym_out *o, struct lym_buf *b, const struct lym_record *r);
};

struct lym_out {
	const struct lym_sink *sink;
	struct lym_out_opts opts;
	struct lym_buf buf;
	struct lym_buf kept;			/* the sink's own: text that it needs for every event */
	int fd;
	bool own_fd;
	struct lym_split *split;		/* files of the threads; NULL: there is one file */
	unsigned int tid;			/* whose events are in buf then */
	FILE *pipe;				/* the command that it goes to; NULL: none */
	unsigned long long events, bytes;	/* handed to the kernel by write() */
	unsigned long long reserved;	/* where blocks of our file end that the file system gave us in advance */
	unsigned long long pending;		/* events in buf */
	struct lym_summary *summary;		/* -c, -C; NULL: none */
	struct lym_held *held;			/* calls that block, where how they end decides; NULL: they are told when they do */
	unsigned long long left_out;		/* events that -z, -Z and -e status= do not want */
	__u64 before;				/* when the event before began */
	unsigned int unfinished;		/* the thread whose call is a line without an end, the last one; 0: none */
	size_t column;				/* how long that line is */
	bool broken;				/* what was written last is the beginning of a line */
	int error;				/* -errno of the write that failed; nothing is written after it */
	char path[256];
};

/* One for each out_*.c; the table of all is in out.c. */
extern const struct lym_sink lym_out_table, lym_out_json, lym_out_strace, lym_out_raw, lym_out_summary;

/* Open the sink that spec names, "NAME" or "NAME:FILE" (table, json, strace, raw, none). -EINVAL unknown name (explained),
 * -errno the file cannot be created (explained). */
int lym_out_open(struct lym_out **ret, const char *spec, const struct lym_out_opts *opts);
/* Append one event; flushes by itself when the buffer holds 256 KiB. 0, or -errno of the failed write. */
int lym_out_event(struct lym_out *o, const struct lym_record *r);
/* Write all that is pending. A half-written last line cannot be helped, but is never followed by more. 0 or -errno. */
int lym_out_flush(struct lym_out *o);
/* Flush and close; returns the first error. NULL is legal. */
int lym_out_close(struct lym_out *o);
/* Names and help of all sinks, by index; NULL at the end. */
const struct lym_sink *lym_out_sink(unsigned int i);

#endif
