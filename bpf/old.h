/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What kernels before Linux 6.2 lack, done otherwise: the same sources are compiled once more, with LYM_OLD, into an object of
 * their own. There are no typed loads from any address and no functions of the kernel to call there.
 */
#ifndef LYM_OLD_H
#define LYM_OLD_H

#include "kernel.h"

/* Read a member of a kernel object: by a helper; zeros where nothing is mapped. */
#define GET(p, field) ({ \
	typeof(p) _p = (p); \
	union { typeof(_p->field) v; u64 all; } _u = { .all = 0 }; \
	bpf_probe_read_kernel((void *)&_u.v, sizeof(_u.v), (void *)__builtin_preserve_access_index(&_p->field)); \
	_u.v; \
})

/*
 * A loop of few turns, until a step returns 1. Each is verified by itself, but none takes a frame of the stack, of which all functions have
 * 512 bytes together.
 */
#define SHORT_LOOP(n, step, st) do { \
	for (u32 _i = 0; _i < (n) && !step(_i, st); _i++) \
		; \
} while (0)

/* Count one more in a number of this CPU; what it is then. Programs at functions can be preempted, and nothing there forbids it. (The compiler makes
 * no such instruction for those that 5.10 knows.) */
static __always_inline u64 one_more(u64 *n)
{
	register u64 *r1 asm("r1") = n;
	register u64 r2 asm("r2") = 1;

	asm volatile(".8byte 0x00000001000021db" : "+r"(r2) : "r"(r1) : "memory");
	return r2 + 1;
}

#endif
