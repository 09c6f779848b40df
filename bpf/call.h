/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The system call that a task is in, and the stage made ready for it. */
#ifndef LYM_CALL_H
#define LYM_CALL_H

#include "sock.h"
#include "usermem.h"

/* The row of a native number; what is in no table has the last one. */
static __always_inline u32 row_number(u64 nr)
{
	return masked(nr < LYM_SYSCALLS ? nr : LYM_SYSCALLS - 1, LYM_SYSCALLS - 1);
}

/* The call under way gets a record of its own. */
static __always_inline bool row_wanted(struct stage *st)
{
	return rows[masked(st->nr, LYM_ROWS - 1)].when & ROW_WANTED;
}

#define ENTERED_UNSEEN 1	/* stage.entered of a call whose beginning we did not look at */
#define ENTERED 2		/* of one that nobody wants to know the time of */

#define X32 0x40000000		/* of a call's number */

/* Whose call it is. */
static __always_inline u32 abi(struct stage *st)
{
	if (compat(st))
		return LYM_F_COMPAT;
	return st->number != NONE && st->number & X32 ? LYM_F_X32 : 0;
}

#define I386_IPC 117
#define IPC_SEMOP 1
#define IPC_SEMCTL 3
#define IPC_SEMTIMEDOP 4
#define IPC_MSGSND 11
#define IPC_MSGRCV 12
#define IPC_MSGCTL 14
#define IPC_SHMAT 21
#define IPC_SHMDT 22
#define IPC_SHMCTL 24

/* n words of memory at ptr: of the current task, or of one that sleeps. */
static __always_inline bool words_at(struct task_struct *asleep, void *to, u64 ptr, u32 n)
{
	if (asleep)
		return user_load_by(page_tables(asleep), to, ptr, n * 4);
	return !bpf_probe_read_user(to, n * 4, (void *)ptr);
}

/* Words of memory at ptr as registers; n of them at most. */
static __always_inline bool regs_of_memory(struct task_struct *asleep, u64 *regs, u64 ptr, u32 n)
{
	u32 w[6] __attribute__((aligned(8))) = {};

	n = bound(n, 6);
	if (!n || !words_at(asleep, w, ptr, n))
		return false;
	for (int i = 0; i < 6; i++)
		regs[i] = w[i];
	return true;
}

/* The arguments of a part of ipc, which come by its number, three numbers, a pointer, and one more number. */
static __always_inline bool regs_of_ipc(struct task_struct *asleep, u64 *regs, u32 part, u32 version)
{
	u64 first = regs[1], second = regs[2], third = regs[3], ptr = regs[4], fifth = regs[5];
	u32 w[2] __attribute__((aligned(8))) = {};

	regs[0] = first;
	regs[1] = second;
	regs[2] = third;
	switch (part) {
	case IPC_SEMCTL:
		regs[3] = words_at(asleep, w, ptr, 1) ? w[0] : ptr;
		break;
	case IPC_SEMTIMEDOP:
		regs[3] = fifth;
		/* fallthrough */
	case IPC_SEMOP:
	case IPC_SHMAT:
		regs[1] = ptr;
		regs[2] = second;
		break;
	case IPC_MSGSND:
		regs[1] = ptr;
		regs[2] = second;
		regs[3] = third;
		break;
	case IPC_MSGRCV:
		regs[3] = fifth;
		if (!version) {
			if (!words_at(asleep, w, ptr, 2))
				return false;
			ptr = w[0];
			regs[3] = w[1];
		}
		regs[1] = ptr;
		regs[2] = second;
		regs[4] = third;
		break;
	case IPC_SHMDT:
		regs[0] = ptr;
		break;
	case IPC_MSGCTL:
	case IPC_SHMCTL:
		regs[2] = ptr;
		break;
	}
	return true;
}

/* Arguments of socketcall's parts. */
const volatile __u8 socket_words[LYM_PARTS] = { 0, 3, 3, 3, 2, 3, 3, 3, 4, 4, 4, 6, 6, 2, 5, 5, 3, 3, 4, 5, 4 };

/*
 * Of a number that is several calls: which row, and its arguments into regs, where the registers
 * are; asleep: the task that makes it, if that is not the current one. Its own row where they cannot be read.
 */
static __always_inline u32 part32(struct task_struct *asleep, u64 *regs, u32 nr)
{
	u32 mux = row_at(nr)->mux, part = row_at(nr)->part, n = 6, row;
	bool known;

	if (mux == MUX_SOCKET)
		part = regs[0];
	else if (config.muxes & 1 << MUX_IPC && mux == MUX_IPC)
		part = regs[0] & 0xffff;
	row = part < LYM_PARTS ? parts[masked(mux, LYM_MUXES - 1)][masked(part, LYM_PARTS - 1)] : 0;
	if (!row)
		return nr;
	if (config.muxes & 1 << MUX_IPC && mux == MUX_IPC) {
		known = regs_of_ipc(asleep, regs, part, regs[0] >> 16);
	} else {
		if (mux == MUX_SOCKET)
			n = socket_words[masked(part, LYM_PARTS - 1)];
		else if (config.muxes & 1 << MUX_MEMORY && row_at(row)->event == LYM_EV_select)
			n = 5;
		known = regs_of_memory(asleep, regs, regs[mux == MUX_SOCKET], n);
	}
	return known ? row : nr;
}

#define ARG32_IS(kind) (config.args32 & 1 << ARG32_##kind && how == ARG32_##kind)

/* The arguments of a 32-bit call, as the row's fields have them, out of its registers (ARGS of them, the last of which is 0). */
static __always_inline void args32(const volatile struct lym_row *row, const u64 *regs, u64 *args)
{
	u32 arg, reg, how;
	u64 v, next;

	for (u32 i = 0; i < 6; i++) {
		arg = row->arg[i];
		reg = arg >> ARG32_BITS;
		v = regs[masked(reg, ARGS - 1)];
		next = regs[masked(reg + 1, ARGS - 1)];
		how = arg & ((1 << ARG32_BITS) - 1);
		if (ARG32_IS(SIGNED))
			v = (s64)(s32)v;
		else if (ARG32_IS(PAIR))
			v |= next << 32;
		else if (ARG32_IS(HIGH))
			v = v << 32 | next;
		else if (ARG32_IS(PAGES))
			v <<= 12;
		else if (ARG32_IS(ID))
			v = (u16)v == 0xffff ? NONE : (u16)v;
		args[i] = v;
	}
}

/* A 32-bit call's row, and its arguments, as the row's fields have them, in stage.args. */
__noinline int begin32(u32 nr)
{
	struct task_struct *t = current_task();
	struct stage *st = stage_get(t, false);
	struct pt_regs *regs;

	if (!st)
		return nr;
	regs = task_regs(st, t);
	REGS_ARGS32(regs, st->regs);
	st->regs[6] = 0;
	if (row_at(nr)->mux) {
		nr = part32(NULL, st->regs, nr);
		if (row_at(nr)->mux)
			REGS_ARGS32(regs, st->regs);
	}
	args32(row_at(nr), st->regs, st->args);
	return nr;
}

/* Start over for a new call; returns its row. */
static __always_inline u32 begin(struct stage *st, struct pt_regs *regs, u32 nr)
{
	const volatile struct lym_row *row;

	if (nr >= LYM_COMPAT)
		nr = begin32(nr);
	else
		REGS_ARGS(regs, st->args);
	forget(st, nr);
	row = row_at(nr);
	st->number = REGS_NR(regs);
	st->entered = ENTERED_UNSEEN;
	st->nr = nr;
	st->role = row->role;
	st->flags = row->flags_arg < 6 ? st->args[masked(row->flags_arg, ARGS - 1)] : 0;
	st->room = NONE;
	if (row->cap[1] == CAP_BUF_OUT)
		st->room = st->args[2] < NONE ? st->args[2] : NONE;
	st->sk = st->inode = st->sk_sure = st->sock_len = 0;
	st->len = st->items = st->nmsg = st->msg_at = 0;
	st->got = st->full = st->copies = st->peeked = st->ambiguous = st->whole = st->orphan = st->head_own = 0;
	st->implicit = st->aside.entered = st->cut = 0;
	st->len_in = st->in_read = st->out_flags = st->told = 0;
	st->kaddr.set = st->kaddr.len = st->from.set = st->from.len = 0;
	if (config.phases && st->flew) {
		st->told = st->flew == nr + 1 ? LYM_F_TOLD : 0;
		st->flew = 0;
	}
	st->rec.h.event = row->event;
	return nr;
}

/*
 * A hook below the call comes first: calls that need no look at their beginning begin here, and so do those in whose midst
 * tracing began; the registers still have the arguments. False: the task is in no call of that role (ROLE_NONE: any), so
 * whatever socket hook fires belongs to io_uring.
 */
static __always_inline bool begin_late(struct stage *st, struct task_struct *t, u32 role)
{
	struct pt_regs *regs = task_regs(st, t);
	u64 nr = REGS_NR(regs);
	const volatile struct lym_row *row;
	u32 at;

	if ((GET(t, flags) & PF_IO_WORKER) || nr >= LYM_SYSCALLS)
		return false;
	at = COMPAT(t) ? LYM_COMPAT + nr : nr;
	row = row_at(at);
	if (row->mux) {
		at = begin(st, regs, at);
		row = row_at(at);
		if (role ? row->role == role : row->role != ROLE_NONE)
			return true;
		st->entered = 0;
		return false;
	}
	if (role ? row->role != role : row->role == ROLE_NONE)
		return false;
	begin(st, regs, at);
	return true;
}

#endif
