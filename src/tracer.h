/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The kernel side as user space sees it: what can be hooked here, loading, attaching, counters. */
#ifndef LYM_TRACER_H
#define LYM_TRACER_H

#include <stdbool.h>
#include <sys/types.h>
#include "hooks.h"

struct lym_tracer;

/* Make the rings, and begin to load what plan needs; that takes a while, in which the caller can do other things. Explains what
 * is missing: -EPERM not allowed, -ENOENT no BTF, -EOPNOTSUPP a hook without which nothing works. */
int lym_tracer_open(struct lym_tracer **ret, const struct lym_plan *plan);
/* Wait until all is loaded; nothing is attached yet. -errno (explained): a program that the kernel refused. */
int lym_tracer_load(struct lym_tracer *t);
/* Attach all hooks and mark the tasks of the scope's trees; from here on records come. 0 or -errno (explained). */
int lym_tracer_attach(struct lym_tracer *t);
/* Attach what the kernel side has come to ask for. To be called often; it is cheap. */
int lym_tracer_adapt(struct lym_tracer *t);
/* Detach all hooks; what is in the rings stays readable. */
void lym_tracer_detach(struct lym_tracer *t);
/* NULL is legal. */
void lym_tracer_close(struct lym_tracer *t);

/* File descriptor of what wakes the reader of the rings (a BPF ring buffer of one page), and the key of the records' tags. */
int lym_tracer_bell(const struct lym_tracer *t, __u64 *key);
/* The ring of that CPU, in our memory until the tracer is closed; *mask: the bytes of its data, a power of two, less one. */
struct lym_ring *lym_tracer_ring(const struct lym_tracer *t, unsigned int cpu, size_t *mask);
unsigned int lym_tracer_cpus(const struct lym_tracer *t);
/* The kernel side of functions of libraries: its maps of places and of loads, how many loads found no room there, and its
 * programs; -1: it is not loaded. All stay the tracer's. */
struct lym_functions {
	int places, loads;
	volatile __u64 *missed;
	int called, returned, freed, loaded;
};
struct lym_functions lym_tracer_functions(const struct lym_tracer *t);
/* Shared with the kernel side: set to be woken by the next record. */
volatile __u32 *lym_tracer_sleeping(struct lym_tracer *t);
/* Events or fields counted so far under that cause, on one CPU, or on all with cpu -1. */
__u64 lym_tracer_count(struct lym_tracer *t, unsigned int ev, enum lym_cause cause, int cpu);
/* Take a new look at all counters: lym_tracer_count() is as of then. */
void lym_tracer_refresh(struct lym_tracer *t);
/* Runs of our programs that the kernel skipped because one was active on the CPU already (recursion_misses), at most: nobody can say
 * how many of them would have been events. */
__u64 lym_tracer_skipped(struct lym_tracer *t);
/* Tasks of traced trees that could not be marked. */
__u64 lym_tracer_tree_lost(struct lym_tracer *t);

/* What is traced how, for lym_truth(): the plan with the tiers chosen, and which of lym_hooks[] there are. */
const struct lym_plan *lym_tracer_plan(const struct lym_tracer *t, const bool **have);
/* What there is to say where plan->old is set. */
#define LYM_OLD_KERNEL "this kernel lacks bpf_rdonly_cast(), which has come with Linux 6.2: its programs are others, an event costs more, " \
	"and socket_send is of inet, unix, netlink and packet sockets"
/* And where plan->bare is set besides. */
#define LYM_BARE_KERNEL "this kernel lacks bpf_loop(), which has come with Linux 5.17, and storage of tasks: besides, what receives is told by the " \
	"functions of inet, unix, netlink and packet sockets, of what io_uring sends the payload is not known, a socket has a cookie only if somebody " \
	"has asked for it, and at most 65,536 threads are traced"
/* Why a tier cannot be had here; NULL: it can. Only before lym_tracer_attach(). */
const char *lym_tracer_tier_refusal(const struct lym_tracer *t, enum lym_tier tier);
/* The events that hooks are missing for, and what that costs, once all is loaded; NULL: none. */
const char *lym_tracer_degraded(struct lym_tracer *t);

#endif
