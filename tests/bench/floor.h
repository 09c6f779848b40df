/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How much the floor does: each step on top of the one before. */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

enum floor_level {
	FLOOR_HOOK,	/* sys_exit enabled, by a counter of another process's calls: no program */
	FLOOR_EMPTY,	/* a program that does nothing */
	FLOOR_SCOPE,	/* is the task traced, is it this call? */
	FLOOR_SUBMIT,	/* a record reserved and submitted as it is */
	FLOOR_FILL,	/* every byte of it written */
	FLOOR_LEVELS
};

#define FLOOR_RECORD_MAX 65536

#endif
