/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What kernels before Linux 6.2 lack, done otherwise: the same sources are compiled once more, with LYM_OLD, into an object of
 * their own. There are no typed loads from any address and no functions of the kernel to call there.
 *
 * Before 5.17 more is missing (config.bare): storage of tasks, loops by a helper, instructions that exchange. The verifier does not walk a branch that
 * a constant closes, so helpers and instructions that such a kernel does not know stand in those (object.c takes out what it looks for
 * even there).
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

/* One of many, whose step works on the stage st (side: the one beside it): it is a function that is verified once, STEP() behind its definition. */
#define LOOP(n, step, st, side) do { \
	u32 _n = (n); \
\
	for (u32 _i = 0; _i < _n && !step##_at(_i, side); _i++) \
		; \
} while (0)
#define STEP(step) \
	__noinline int step##_at(u32 i, u32 side) \
	{ \
		struct stage *st = stage_or_side(side); \
\
		asm volatile("" : : "r"(i)); /* who uses it not would be given nothing, which the verifier refuses */ \
		return !st || step(i, &st); \
	}

/* A function that is given a pointer, which a global one cannot be there, or for whose frame there is no stack. */
#define APART static __always_inline

static __always_inline struct task_struct *current_task(void)
{
	return config.bare ? (struct task_struct *)bpf_get_current_task() : bpf_get_current_task_btf();
}

/* A task's registers of user space; a copy of them, of which the stage has the memory, where they cannot be looked at. */
static __always_inline struct pt_regs *task_regs_to(struct pt_regs *copy, struct task_struct *t)
{
	if (!config.bare)
		return (void *)bpf_task_pt_regs(t);
	bpf_probe_read_kernel(copy, sizeof(*copy), (char *)GET(t, stack) + *(volatile u32 *)&stack_bytes - sizeof(*copy));
	return copy;
}
#define task_regs(st, t) task_regs_to(&(st)->user_regs, t)

/* Argument n of a function, as a number. */
static __always_inline u64 func_arg(void *ctx, u32 n)
{
	u64 v = 0;

	bpf_probe_read_kernel(&v, sizeof(v), (u64 *)ctx + n);
	return v;
}

/* Count one more in a number of this CPU; what it is then. Programs at functions can be preempted, and nothing there forbids it. (The compiler makes
 * no such instruction for those that 5.10 knows; there only who is alone may believe the answer.) */
static __always_inline u64 one_more(u64 *n)
{
	register u64 *r1 asm("r1") = n;
	register u64 r2 asm("r2") = 1;

	if (config.bare) {
		__sync_fetch_and_add(n, 1);
		return *(volatile u64 *)n;
	}
	asm volatile(".8byte 0x00000001000021db" : "+r"(r2) : "r"(r1) : "memory");
	return r2 + 1;
}

#endif
