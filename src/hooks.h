/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the kernel side consists of, and which of it a plan needs: the programs, and the table of system calls. */
#ifndef LYM_HOOKS_H
#define LYM_HOOKS_H

#include <stdbool.h>
#include <string.h>
#include "config.h"
#include "scope.h"

/* How programs meet the kernel. Where several can bring the same, what has the higher number is taken. */
enum lym_tier { TIER_TRACEPOINT, TIER_LSM, TIER_KPROBE, TIER_FENTRY, LYM_TIERS };

/* What a hook brings, as far as that makes a difference to what is said of an event (src/truth.c). */
enum lym_datum {
	DATUM_NONE,
	DATUM_COPIED,		/* payload and source of a receive, as far as a tracepoint sees the copy */
	DATUM_UDP,		/* of a UDP datagram that is not in pages */
	DATUM_RECV,		/* the socket that has received, and how much */
	DATUM_SEND,		/* that has sent */
	DATUM_DEST, DATUM_CONNECT, DATUM_BIND,	/* addresses that calls are given */
	DATUM_NAME,		/* that they return: accept, getsockname, getpeername */
	LYM_DATUMS
};

/* What is asked for. */
struct lym_plan {
	bool want[LYM_EV_MAX];		/* events, by enum lym_ev */
	bool each;			/* snaplen is for each buffer of readv and the like */
	unsigned int snaplen;		/* payload bytes a message, at most LYM_SNAPLEN_MAX */
	unsigned int ring_bytes;	/* per CPU, a power of two of at least a page; 0: default */
	bool duration;
	bool phases;			/* a call that blocks is told when it does, and when it returns */
	bool running;			/* what is traced runs already */
	bool user;			/* payload, addresses: as user memory has them, raceable and cheaper */
	bool files;			/* the paths behind descriptors */
	bool sockets;			/* and of those of the socket calls, which tell the socket in any case */
	bool addresses;			/* of sockets also their addresses */
	bool no_follow;			/* not what the processes fork */
	bool at_once;			/* load also what can wait until tracing has begun */
	bool pooled, twins;		/* found out by the tracer: as in struct lym_config */
	bool old, bare;			/* the same: by the object for old kernels, and for those before 5.17 */
	unsigned char hooks;		/* 1 + enum lym_tier: use this one or TIER_TRACEPOINT; 0: the best there is */
	unsigned char tier[LYM_DATUMS];	/* found out by the tracer, too: the one that brings a datum */
	struct lym_scope scope;
};

#define LYM_SNAPLEN_MAX 60000

/* One kernel-side program and where it is attached. */
struct lym_hook {
	const char *prog, *hook;	/* its name in the object; the hook, as section names write it */
	bool (*needed)(const struct lym_plan *p);
	const char *without;		/* what is lost without it; NULL: nothing works */
	int attach_type;		/* enum bpf_attach_type of a cgroup program; 0: as its section says */
	enum lym_datum serves;
	bool late, twin;		/* twin: the second one of that program, where they are often preempted; late: attached when the kernel side asks for it (want_late), for it is dear */
};

/* The first are attached last: the exit of system calls when all else is in place. */
extern const struct lym_hook lym_hooks[];
extern const unsigned int lym_hooks_count;
#define LYM_HOOKS_MAX 96

/* Is it needed, among what else brings the same? */
bool lym_hooks_needed(const struct lym_hook *h, const struct lym_plan *p);
enum lym_tier lym_hooks_tier(const struct lym_hook *h);
/* What follows the type in a hook's name: the function, the tracepoint. */
const char *lym_hooks_place(const struct lym_hook *h);
/* Is what such an argument points at read when the call begins? */
bool lym_hooks_before(int capture);
/* Are functions of libraries asked for (user.def), those of TLS? */
static inline bool lym_hooks_sessions(const struct lym_plan *p)
{
	return p->want[LYM_EV_ssl_read] || p->want[LYM_EV_ssl_write];
}
static inline bool lym_hooks_functions(const struct lym_plan *p)
{
	return lym_hooks_sessions(p) || p->want[LYM_EV_getaddrinfo];
}
/* Is it at functions of files, which lym_user_open() finds? */
static inline bool lym_hooks_uprobe(const struct lym_hook *h)
{
	return !strncmp(h->hook, "uprobe/", 7);
}
/* How it is attached: enum bpf_attach_type. */
int lym_hooks_attach_type(const struct lym_hook *h);

/* Of enum bpf_attach_type, what libbpf 1.1 does not name yet. */
#define LYM_TRACE_UPROBE_MULTI 48
#define LYM_CG_RECVMSG_UNIX 51

/* Fill the kernel side's table of system calls (LYM_ROWS rows), and if it is not NULL that of the parts of 32-bit ones (by enum
 * lym_mux); all are zeros before. */
void lym_hooks_rows(struct lym_row *rows, __u16 (*parts)[LYM_PARTS], const struct lym_plan *plan);
/* Say in the configuration, of zeros, what the rows that were filled need; what they do not, the verifier need not look at. */
void lym_hooks_need(volatile struct lym_config *c, const struct lym_row *rows, const struct lym_plan *plan);
/* Does an event that is asked for have an argument that is what another one says? */
bool lym_hooks_chooses(const struct lym_plan *p);
/* The choices themselves, with what holds for values without a row: LYM_BYS of them. */
void lym_hooks_bys(struct lym_by_row *bys, const struct lym_plan *plan);
/* Row k of choice by, as the kernel side's table of them has it: *key and *value, and in b the choice itself (of k 0: with what is
 * fetched for all other values). False: there are no more. */
bool lym_hooks_choice(unsigned int by, unsigned int k, const struct lym_plan *plan, struct lym_by_row *b, __u64 *key, struct lym_chosen *value);

/* The same of requests of ioctl that have another number in 32-bit programs, beginning with 0. */
bool lym_hooks_ioctl32(unsigned int k, const struct lym_plan *plan, __u64 *key, struct lym_chosen *value);

/* What structs lead to, and which of them is the program of a socket filter, and a control block of asynchronous i/o. inners and leads: LYM_INNERS and
 * LYM_LEADS of them, zeros. */
void lym_hooks_inners(struct lym_inner *inners);
void lym_hooks_leads(struct lym_lead *leads);
unsigned int lym_hooks_fprog(bool in32);
unsigned int lym_hooks_iocb(void);

#endif
