/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Strings of user memory: one, or those of an argv. */
#ifndef LYM_STRINGS_H
#define LYM_STRINGS_H

#include "area.h"

#define PIECE 256		/* bytes of a string read at once; it fits in LYM_SLACK */
#define STRINGS 64		/* of an argv or envp that are told */
#define STRINGS_BYTES 3072	/* and how much of all of them */
#define STRINGS_COUNTED 2048
#define GAPS 15			/* of them that cannot be read are told */

/* One piece of a string from walk.from to walk.to of the area, the NUL not counted; walk.done: the NUL was seen. */
static long string_step(u64 i, struct stage **st)
{
	struct walk *w = &(*st)->walk;
	u64 n = bound(w->left, PIECE);
	long got;

	if (n < 2)
		return 1;
	got = bpf_probe_read_user_str(area_at(*st, w->to), n, (void *)w->from);
	if (got <= 0) {
		w->differs = 1;
		return 1;
	}
	w->to += got - 1;
	w->from += got - 1;
	w->left -= got - 1;
	if (got < n)
		w->done = 1;
	return got < n;
}

/* Where the first NUL is among n bytes, which are whole words; NONE: nowhere. */
static __always_inline u32 string_end(const u64 *words, u32 n)
{
	u64 zero;
	u32 at;

#pragma unroll
	for (u32 i = 0; i < USER_SMALL / 8; i++) {
		if (i * 8 >= n)
			break;
		zero = (words[i] - 0x0101010101010101ull) & ~words[i] & 0x8080808080808080ull;
		if (!zero)
			continue;
		at = i * 8;
		if (!(u32)zero) {
			at += 4;
			zero >>= 32;
		}
		if (!(u16)zero) {
			at += 2;
			zero >>= 16;
		}
		return at + !(u8)zero;
	}
	return NONE;
}

/* A string that ends in the first few bytes, as most do, at offset `at` of the area, without a helper; returns its length, or NONE. */
static __always_inline u32 string_short(struct stage *st, u64 ptr, u32 at, u32 most)
{
	u32 n = user_rest(ptr) & ~7u, end;

	if (n > USER_SMALL)
		n = USER_SMALL;
	if (most < USER_SMALL || !n || !user_words(st, area_at(st, at), ptr, n))
		return NONE;
	end = string_end(area_at(st, at), n);
	return forgotten(st, end);
}

/* Read a string of at most max - 1 bytes to the end of the area, `more` bytes on; returns its length, or NONE. */
static __always_inline u32 string_read(struct stage *st, u64 ptr, u32 more, u32 max)
{
	struct walk *w = &st->walk;
	u32 at = st->len + ITEM + more, room = area_room(st), n;

	room = room > more ? room - more : 0;
	w->from = ptr;
	w->to = at;
	w->left = max < room ? max : room;
	w->done = w->differs = 0;
	n = string_short(st, ptr, at, w->left);
	if (n != NONE) {
		w->done = 1;
		return n;
	}
	SHORT_LOOP(4096 / (PIECE - 1) + 2, string_step, &st);
	return w->differs ? NONE : w->to - at;	/* without an end it is none */
}

/* Append a string of at most max bytes; false: it cannot be read. */
static __always_inline bool item_string(struct stage *st, u32 i, u64 ptr, u32 max)
{
	u32 n = string_read(st, ptr, 0, max + 1);
	u8 next = 1;

	if (n == NONE)
		return false;
	/* what was cut may have ended just there */
	if (!st->walk.done && !bpf_probe_read_user(&next, 1, (void *)st->walk.from) && !next)
		st->walk.done = 1;
	item_pad(st, n);
	item_commit(st, i, LYM_DATA, 0, n, n + !st->walk.done, 0);
	return true;
}

/* One more string of an argv: walk.next is where its pointer lies, walk.skip how many are not told, walk.at bytes so far; stage.iov has
 * walk.n that cannot be read, which and where, and walk.frags is where the array itself cannot. */
static long strings_step(u64 i, struct stage **stp)
{
	struct stage *st = *stp;
	u64 ptr = 0;
	u32 n, word = compat(st) ? 4 : 8;

	if (bpf_probe_read_user(&ptr, word, (void *)st->walk.next)) {
		st->walk.frags = st->walk.next;
		return 1;
	}
	if (!ptr)
		return 1;
	st->walk.next += word;
	st->walk.skip++;
	if (st->walk.at + 16 > STRINGS_BYTES || i >= STRINGS || st->walk.skip > 1)
		return 0;
	n = string_read(st, ptr, st->walk.at, STRINGS_BYTES - st->walk.at);
	if (n == NONE && st->walk.n < GAPS) {
		st->iov[masked(st->walk.n, IOVS - 1)].base = i;
		st->iov[masked(st->walk.n, IOVS - 1)].len = ptr;
		st->walk.n++;
		n = 0;
	}
	if (n == NONE || st->walk.at + n + 1 > area_room(st))
		return 0;
	st->walk.skip = 0;
	*(u8 *)area_at(st, st->len + ITEM + st->walk.at + n) = 0;
	st->walk.at += n + 1;
	return 0;
}
STEP(strings_step)

/* The strings of an argv or envp in one item, each with its NUL; one that is not told counts as a byte of it. */
__noinline int item_strings(u32 i, u64 ptr)
{
	struct stage *st = stage_or_side(0);
	u32 n;

	if (!st)
		return 0;
	st->walk.next = ptr;
	st->walk.skip = st->walk.at = st->walk.n = st->walk.frags = 0;
	LOOP(STRINGS_COUNTED, strings_step, st, 0);
	n = st->walk.at;
	item_pad(st, n);
	item_commit(st, i, LYM_DATA, 0, n, n + st->walk.skip, 0);
	n = masked(st->walk.n, IOVS - 1);
	if (st->walk.frags) {
		st->iov[n].base = ~0ull;
		st->iov[n].len = st->walk.frags;
		n++;
	}
	if (n && area_room(st) >= (GAPS + 1) * sizeof(struct iov)) {
		bpf_probe_read_kernel(area_at(st, st->len + ITEM), (GAPS + 1) * sizeof(struct iov), st->iov);
		item_commit(st, i, LYM_DATA, 0, n * sizeof(struct iov), n * sizeof(struct iov), 1);
	}
	return n;
}

#endif
