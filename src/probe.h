/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What this kernel and this machine have, found out by using it. */
#ifndef LYM_PROBE_H
#define LYM_PROBE_H

#include <stdbool.h>

/* Are there programs of others that see, and may change, the addresses that calls get and return? Then the address of a packet
 * is not the one that the receiver is told. */
bool lym_probe_others(void);
/* Can a program of cgroups at that hook (enum bpf_attach_type) find its task's value in the map storage? */
bool lym_probe_cgroup(int attach_type, int storage);
/* Does the kernel preempt itself anywhere? */
bool lym_probe_preempts(void);
/* Where programs can be preempted: does that happen whenever another task is due, or (as a rule) only when one has not returned to user space
 * for long? */
bool lym_probe_preempted(void);

#endif
