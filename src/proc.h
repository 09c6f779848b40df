/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What only the running system knows: a process's executable, an interface's name. Caches of fixed size, nothing
 * allocated. Off until switched on, because a replay must not tell of today's processes.
 */
#ifndef LYM_PROC_H
#define LYM_PROC_H

#include <stdbool.h>
#include <linux/types.h>

struct lym_proc_stats {
	unsigned long long hits, misses, evicted;
	unsigned long long gone;	/* the process was no longer there, or its number belonged to another */
};

void lym_proc_enable(bool on);
/* Path of the executable of process pid (of the host) that started at start (CLOCK_BOOTTIME, ns) and calls itself comm;
 * now (any clock, ns) says when to look again, as it may exec. NULL: not known. Valid until the next call. */
const char *lym_proc_exe(__u32 pid, __u64 start, const char comm[16], __u64 now);
/* Name of a network interface; NULL: not known. */
const char *lym_proc_ifname(__u32 index);
const struct lym_proc_stats *lym_proc_stats(void);

#endif
