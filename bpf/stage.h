/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The stage: the memory in which the record of one task's call grows. It belongs to the task (in its storage, or where there is too little or
 * none, in a slot of the pool that is the task's), so no other program on this CPU and no migration can mix anything into it.
 */
#ifndef LYM_STAGE_H
#define LYM_STAGE_H

#include "maps.h"

/* Set *p to now if it is was; what it was. The compiler makes it of no C for the instruction set that 5.10 knows. */
static __always_inline u64 compare_swap(u64 *p, u64 was, u64 now)
{
	register u64 r0 asm("r0") = was;
	register u64 *r1 asm("r1") = p;
	register u64 r2 asm("r2") = now;

	if (BARE) {		/* in a ring that we have entered */
		*(volatile u64 *)p = now;
		return was;
	}
	asm volatile(".8byte 0x000000f1000021db" : "+r"(r0) : "r"(r1), "r"(r2) : "memory");
	return r0;
}

static __always_inline struct stage *slot_at(void *arrays, const struct slot *slot)
{
	void *a = bpf_map_lookup_elem(arrays, &slot->array);

	return a ? bpf_map_lookup_elem(a, &slot->i) : NULL;
}

/*
 * From a map of the storage of tasks. Whoever is preempted in there, as a program at a function can be, keeps all others on his CPU from making
 * anything in it, which then is lost for lack of memory; so where that can be (config.guarded), it is forbidden meanwhile.
 */
#if OLD
#define STORAGE(map, t, flags) bpf_task_storage_get(map, t, 0, flags)
#else
#define STORAGE(map, t, flags) ({ \
	void *_v; \
	if (config.guarded) \
		bpf_preempt_disable(); \
	_v = bpf_task_storage_get(map, t, 0, flags); \
	if (config.guarded) \
		bpf_preempt_enable(); \
	_v; \
})
#endif

/* What the task has of one of the maps of tasks: its slot, that it is in a traced tree; NULL: nothing. */
static __always_inline void *of_task(void *map, struct task_struct *t)
{
	u64 key = (u64)t;

	return BARE ? bpf_map_lookup_elem(map, &key) : STORAGE(map, t, 0);
}

static __always_inline bool tree_has(struct task_struct *t)
{
	return of_task(&tree, t) != NULL;
}

static __always_inline struct stage *slot_of(void *arrays, struct task_struct *t)
{
	struct slot *slot = of_task(&slots, t);

	return slot && *(u64 *)slot ? slot_at(arrays, slot) : NULL;
}

/* A slot's stage is as new. */
static __always_inline void slot_clear(void *arrays, const struct slot *slot)
{
	struct slot zero = {};
	struct stage *st = slot_at(arrays, slot), *zeros = slot_at(&pool, &zero);

	if (st && zeros)
		bpf_probe_read_kernel(st, sizeof(*st), zeros);
}

/* The slot is the task's from now on; false: it has one already. mine: where its number belongs in the task's storage. */
static __always_inline bool slot_give(struct task_struct *t, u64 *mine, struct slot *slot)
{
	u64 key = (u64)t;

	return BARE ? !bpf_map_update_elem(&slots, &key, slot, BPF_NOEXIST) : !compare_swap(mine, 0, *(u64 *)slot);
}

/* Take a slot for a task. */
static __always_inline int slot_take_of(struct task_struct *t)
{
	struct slot slot;
	u64 *mine = NULL;
	u32 n = 0;

	if (!config.pooled)	/* before 6.8 what nobody calls is verified, too, and these maps are not there */
		return 0;
	if (!BARE) {
		mine = bpf_task_storage_get(&slots, t, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
		if (!mine)
			return 0;
	}
	if (bpf_map_pop_elem(&free_slots, &n))
		return 0;
	slot.array = n >> config.pool_shift;
	slot.i = n & ((1u << config.pool_shift) - 1);
	slot_clear(&pool, &slot);
	if (config.socket_recv || config.socket_send)
		slot_clear(&side_pool, &slot);
	if (!slot_give(t, mine, &slot)) {		/* an interrupt took one meanwhile */
		bpf_map_push_elem(&free_slots, &n, 0);
		return 0;
	}
	__sync_fetch_and_add(&pool_taken, 1);
	if (*(volatile u32 *)&pool_taken * 2 > *(volatile u32 *)&pool_slots)
		wake();		/* so that there are more soon */
	return 0;
}

__noinline int slot_take(void)
{
	return slot_take_of(current_task());
}

/* For the global functions, which are verified by themselves and fetch what they work on. */
static __always_inline struct stage *stage_or_side(u32 side)
{
	struct task_struct *t = current_task();

	if (config.pooled)
		return side ? slot_of(&side_pool, t) : slot_of(&pool, t);
	return side ? STORAGE(&sides, t, 0) : STORAGE(&stages, t, 0);
}

/* The stage of a task; create: make one. */
static __always_inline struct stage *stage_find(struct task_struct *t, bool create)
{
	struct stage *st;

	if (config.pooled) {
		st = slot_of(&pool, t);
		if (st || !create)
			return st;
		slot_take();
		return slot_of(&pool, t);
	}
	return STORAGE(&stages, t, create ? BPF_LOCAL_STORAGE_GET_F_CREATE : 0);
}

#if defined(__TARGET_ARCH_x86) && !OLD
#define PAGE_TABLES
#endif

/* Where a task's page tables begin, if they are to be walked here (usermem.h). */
static __always_inline u64 page_tables(struct task_struct *t)
{
#ifdef PAGE_TABLES
	return (u64)GET(GET(t, mm), pgd);
#else
	return 0;
#endif
}

/* Prepare the current task's stage for user_words(), which does not ask again whose memory that is: it would be a helper's call. */
static __always_inline struct stage *with_tables(struct stage *st, struct task_struct *t)
{
	if (st)
		st->tables = page_tables(t);
	return st;
}

/* The stage of the current task; create: make one. */
static __always_inline struct stage *stage_get(struct task_struct *t, bool create)
{
	return with_tables(stage_find(t, create), t);
}

/* The stage of another task; it is made if need be. */
static __always_inline struct stage *stage_of(struct task_struct *t)
{
	if (config.pooled && !slot_of(&pool, t))
		slot_take_of(t);
	return stage_find(t, !config.pooled);
}

/* The stage beside that of the current task; it is made if need be. */
static __always_inline struct stage *side_get(struct task_struct *t)
{
	if (config.pooled)
		return slot_of(&side_pool, t);
	return STORAGE(&sides, t, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/* A pointer as a number: what a global function may be given. */
static __always_inline u64 plain(struct stage *st, const void *p)
{
	*(volatile u64 *)&st->plain = (u64)p;
	return *(volatile u64 *)&st->plain;
}

/*
 * No more than max. A verifier knows config as constants; the asm keeps the compiler from proving the bound away, or from
 * testing a copy of the register.
 */
static __always_inline u64 bound(u64 v, u64 max)
{
	asm volatile("if %0 <= %1 goto +1\n%0 = %1" : "+r"(v) : "r"(max));
	return v;
}

/* The low bits of an index: one instruction, and one path for the verifier where bound() has two. m: a power of two less 1. */
static __always_inline u64 masked(u64 v, u64 m)
{
	asm volatile("%0 &= %1" : "+r"(v) : "r"(m));
	return v;
}

static __always_inline const volatile struct lym_row *row_at(u32 nr)
{
	return &rows[masked(nr, LYM_ROWS - 1)];
}

/* What a value is, through memory: the verifier forgets it, so paths that differ only in it become one again. */
static __always_inline u64 forgotten(struct stage *st, u64 v)
{
	*(volatile u64 *)&st->plain = v;
	return *(volatile u64 *)&st->plain;
}

#if !OLD
/* A task's registers of user space. The helper costs 25 ns. */
static __always_inline struct pt_regs *task_regs(struct stage *st, struct task_struct *t)
{
	u64 at = *(volatile u64 *)&registers_at;

	return bpf_rdonly_cast((void *)(at ? (u64)GET(t, stack) + at : forgotten(st, (u64)bpf_task_pt_regs(t))), LYM_ID_pt_regs);
}
#endif

/* What a socket is, as far as a receive's payload depends on it. */
enum { KIND_INET = 1, KIND_V6 = 2, KIND_STREAM = 4, KIND_TCP = 8, KIND_UDP = 16 };

static __always_inline bool now_is(struct stage *st, u32 kind)
{
	return st->now_kind & kind;
}

/* Is this the second one of two? Known when it is loaded. */
static __always_inline u32 twin(void)
{
	u64 v;

	asm("%0 = %1" : "=r"(v) : "i"(LYM_ID_twin));
	return config.twins && v;
}

/*
 * Programs that can be preempted are there twice where it matters: for in the moments before and after ALONE() it still happens, and
 * then the kernel skips that program for all others on the CPU, but not its twin. Whichever of the two comes first does what is
 * to be done, and marks that; the other one finds the mark (and asks before anything else), and takes it away.
 */
static __always_inline void leave_mark(u8 *ran)
{
	if (config.twins)
		*ran = 1 + twin();
}

static __always_inline bool marked(u8 *ran)
{
	if (!config.twins || *ran != 2 - twin())
		return false;
	*ran = 0;
	return true;
}

/* The same of a task and a hook. If a mark of another hook is still there, the kernel has skipped who would have taken it away: it goes, or would be
 * taken for one of the next call. */
static __always_inline void did(struct stage *st, u32 hook)
{
	for (u32 i = 0; config.twins && i < RAN_HOOKS; i++)
		st->ran[i] = 0;
	leave_mark(&st->ran[hook]);
}

static __always_inline bool done(u32 hook)
{
	struct stage *st = config.twins ? stage_get(current_task(), false) : NULL;

	return st && marked(&st->ran[hook]);
}

#define forget(st, v) ((v) = forgotten(st, v))

#endif
