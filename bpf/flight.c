// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Calls that are under way when tracing begins. */
#include "call.h"
#include "emit.h"
#include "scope.h"

#define SLEEPS 0x3		/* interruptibly or not */

/* One walk, one record at a time. (Not static: both objects have the same variables, also where they are not used.) */
__u8 flight[sizeof(struct rec) + LYM_BLOCK * 4] __attribute__((aligned(8))) = {};
__u64 flight_regs[ARGS] = {};
#if OLD
#define flight_task_regs(t) task_regs_to((struct pt_regs *)((struct rec *)flight)->area, t)
#else
#define flight_task_regs(t) ((void *)bpf_task_pt_regs(t))
#endif

static __always_inline bool sleeps(struct task_struct *t)
{
#if OLD
	if (!bpf_core_field_exists(struct task_struct, __state))
		return GET((struct task_struct___state *)t, state) & SLEEPS;
#endif
	return GET(t, __state) & SLEEPS;
}

/*
 * A thread sleeps in a call that began before we came: it is told as one that blocks, with its registers. What these point at is
 * not read, but for the arguments of socketcall and ipc, which say only there what they are; where they cannot be read (usermem.h) such a
 * call is told when it returns. The stage learns of it (begin() looks), so that its return goes on with that line. Should the thread wake
 * meanwhile it is left with the first, and its return is told whole.
 */
SEC("iter/task")
int in_flight(struct bpf_iter__task *ctx)
{
	struct task_struct *t = ctx->task;
	struct rec *rec = (void *)flight;
	const volatile struct lym_row *row;
	unsigned long switches;
	struct pt_regs *regs;
	struct stage *st;
	u64 nr, at;

	if (!t || (GET(t, flags) & (PF_IO_WORKER | PF_KTHREAD | PF_EXITING)) || !other_in_scope(t))
		return 0;
	switches = GET(t, nvcsw);
	regs = flight_task_regs(t);
	nr = REGS_NR(regs);
	if (!sleeps(t) || nr >= LYM_SYSCALLS || !REGS_INSIDE(regs))
		return 0;
	at = COMPAT(t) ? LYM_COMPAT + nr : nr;
	row = row_at(at);
	if (at != nr)
		REGS_ARGS32(regs, flight_regs);
	if (row->mux) {
		at = part32(t, flight_regs, at);
		if (GET(t, nvcsw) != switches)
			return 0;
		row = row_at(at);
	}
	if (row->mux || (row->when & (ROW_WANTED | ROW_LAST | ROW_EXIT)) != (ROW_WANTED | ROW_EXIT))
		return 0;
	st = stage_of(t);
	if (!st)
		return 0;
	header(&rec->h, t, row->event, nr, -1);
	rec->h.flags = LYM_F_ENTER | (at == nr ? 0 : LYM_F_COMPAT);
	rec->h.duration = 0;
	rec->h.items = 0;
	if (at == nr)
		REGS_ARGS(regs, rec->cell);
	else
		args32(row, flight_regs, rec->cell);
	emit_rec(rec, 0);
	*(volatile u32 *)&st->flew = at + 1;
	if (GET(t, nvcsw) != switches || !sleeps(t))
		*(volatile u32 *)&st->flew = 0;
	return 0;
}
