/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * User memory, in small pieces. The kernel's helper costs 100 ns where returns are guarded, whether for 4 bytes or for 64, which
 * is as much as all else that an event needs. So what lies in one page is read where the kernel itself has that page, found
 * through the task's page tables as the CPU finds it: 25 ns. How far the kernel's mapping is from physical addresses is
 * measured at the start (pages.c); where it is not known, and on other CPUs than x86-64, the helper is used.
 *
 * Nothing is locked. So the entries are looked at again after the bytes: if they are the same, the page was the program's
 * when it was read. Zeros are what a read of a page gives that the kernel does not map (memfd_secret), so the helper has the last word on
 * them, and on pages that are no ordinary memory (special).
 */
#ifndef LYM_USERMEM_H
#define LYM_USERMEM_H

#include "stage.h"

#define USER_SMALL 64		/* bytes at most */

struct user_words {
	u64 w[USER_SMALL / 8];
};

#ifdef PAGE_TABLES
#define LEVELS 4		/* of page tables. Where there are five, most programs use one entry of the first */
#define ENTRY_USER 0x5		/* present, and the program's */
#define ENTRY_SEEN 0x60		/* accessed, dirty: the CPU sets them at any time */
#define ENTRY_LARGE 0x80	/* not at the last level: there is no next one */
#define ENTRY_SPECIAL 0x200
#define ENTRY_ADDRESS 0x000ffffffffff000ull

/* Where the entries on the way to a page stand, and what they are. */
struct entries {
	u64 at[LEVELS], is[LEVELS];
};

/* The physical address of memory at ptr by these page tables; base: where the kernel maps physical memory. 0: there is none that is ordinary. */
static __always_inline u64 user_physical(struct entries *e, u64 table, u64 ptr, u64 base, bool five)
{
	u64 is, size;

	if (ptr >> 47)
		return 0;
	if (five)
		table = (load64(table) & ENTRY_ADDRESS) + base;
#pragma unroll
	for (u32 i = 0; i < LEVELS; i++) {
		size = 1ull << (39 - 9 * i);
		e->at[i] = table + (ptr / size & 511) * 8;
		e->is[i] = is = load64(e->at[i]);
		if ((is & ENTRY_USER) != ENTRY_USER)
			return 0;
		if (i == LEVELS - 1 || (i && is & ENTRY_LARGE)) {
			for (u32 k = i + 1; k < LEVELS; k++) {
				e->at[k] = e->at[i];
				e->is[k] = is;
			}
			return is & ENTRY_SPECIAL ? 0 : (is & ENTRY_ADDRESS & ~(size - 1)) | (ptr & (size - 1));
		}
		table = (is & ENTRY_ADDRESS) + base;
	}
	return 0;
}

/* How many bytes at ptr user_words() can read at most. */
static __always_inline u32 user_rest(u64 ptr)
{
	return 4096 - (ptr & 4095);
}

/* See user_words(), of any task whose memory stays, the current one or one that sleeps meanwhile, by its page tables. */
static __always_inline bool user_load_by(u64 tables, struct user_words *dst, u64 ptr, u32 n)
{
	u64 base = direct_base, from, all = 0, changed = 0;
	struct entries e;

	if (!base || ((n + 7) & ~7u) > user_rest(ptr))
		return 0;
	from = user_physical(&e, tables, ptr, base, five_levels);
	if (!from)
		return 0;
	from += base;
#pragma unroll
	for (u32 i = 0; i < USER_SMALL / 8; i++) {
		if (i * 8 >= n)
			break;
		dst->w[i] = load64(from + i * 8);
		all |= dst->w[i];
	}
	asm volatile("" ::: "memory");
#pragma unroll
	for (u32 i = 0; i < LEVELS; i++)
		changed |= (load64(e.at[i]) ^ e.is[i]) & ~ENTRY_SEEN;
	return all && !changed;
}

/* See user_words(). A global function: 10 ns to call, but verified once. */
__noinline int user_load(struct user_words *dst, u64 ptr, u32 n, u64 tables)
{
	return dst && user_load_by(tables, dst, ptr, n);
}
#else
static __always_inline u32 user_rest(u64 ptr)
{
	return 0;
}

static __always_inline bool user_load_by(u64 tables, struct user_words *dst, u64 ptr, u32 n)
{
	return 0;
}

static __always_inline int user_load(struct user_words *dst, u64 ptr, u32 n, u64 tables)
{
	return 0;
}
#endif

/* Read n <= USER_SMALL bytes at ptr, and what is left of the last word, without the helper. dst has room for USER_SMALL. False: ask the helper. */
static __always_inline bool user_words(struct stage *st, void *dst, u64 ptr, u32 n)
{
	return user_load(dst, ptr, n, *(volatile u64 *)&st->tables);	/* as a number: see plain() */
}

/* Read n <= USER_SMALL bytes of the current task's memory at ptr. dst: memory with room for as many. False: they cannot be read. */
static __always_inline bool user_read(struct stage *st, void *dst, u64 ptr, u32 n)
{
	return user_words(st, dst, ptr, n) || !bpf_probe_read_user(dst, bound(n, USER_SMALL), (void *)ptr);
}

/* The same of four bytes. */
static __always_inline bool user_read32(struct stage *st, u32 *v, u64 ptr)
{
	bool read = user_read(st, st->scratch, ptr, 4);

	*v = read ? *(u32 *)st->scratch : 0;
	return read;
}

#endif
