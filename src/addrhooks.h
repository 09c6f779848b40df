/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Hooks of cgroups that see the addresses that calls get and return. */
#ifndef LYM_ADDRHOOKS_H
#define LYM_ADDRHOOKS_H

#include <stdbool.h>

/* Are there programs of others at such hooks? */
bool lym_addrhooks_others(void);
/* Can a program at the hook of that type (enum bpf_attach_type) find the stage of its task? stages: the map in whose storage it would
 * be, or -1. */
bool lym_addrhooks_work(int stages, int attach_type);

#endif
