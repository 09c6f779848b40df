/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The record's area: items are appended at stage.len. Every write is bounded right before the helper that does it, so
 * that every clang produces what every verifier accepts; what does not fit is cut and says so.
 */
#ifndef LYM_AREA_H
#define LYM_AREA_H

#include "usermem.h"

#define ITEM sizeof(struct lym_item)

/* A place in the area with LYM_SLACK bytes of room behind it, whatever off is. */
static __always_inline void *area_at(struct stage *st, u32 off)
{
	return st->rec.area + (config.area_mask ? masked(off, config.area_mask) : bound(off, config.area));
}

static __always_inline u32 area_room(struct stage *st)
{
	return st->len + ITEM < config.area ? config.area - st->len - ITEM : 0;
}

static __always_inline u32 round8(u32 n)
{
	return (n + 7) & ~7u;
}

/* Write the header of the item at `at` whose len bytes are in place already. */
static __always_inline void item_header(struct stage *st, u32 at, u32 field, u32 kind, u32 flags, u32 len, u32 full,
					u32 index)
{
	struct lym_item *i = area_at(st, at);

	i->field = field;
	i->kind = kind;
	i->flags = flags | (len < full ? LYM_I_TRUNC : 0);
	i->len = len;
	i->full = full;
	i->index = index;
}

/* Put the item at stage.len into the record; its len bytes and the zeros behind them are in place already. One for which there is
 * no room is left out, and the record says so. */
static __always_inline void item_commit(struct stage *st, u32 field, u32 kind, u32 flags, u32 len, u32 full, u32 index)
{
	if (st->len + ITEM + round8(len) > config.area) {
		st->cut = LYM_F_CUT;
		return;
	}
	item_header(st, st->len, field, kind, flags, len, full, index);
	st->len += ITEM + round8(len);
	st->items++;
}

/* The bytes behind an item up to a multiple of 8 are zeros: nothing of an earlier record leaks. */
static __always_inline void item_pad(struct stage *st, u32 len)
{
	u64 *end = area_at(st, st->len + ITEM + (len & ~7u));

	if (len & 7)
		*end &= (1ull << ((len & 7) * 8)) - 1;
}

/* Append an item of n <= 64 bytes (a constant) from memory of this program. */
static __always_inline void item_small(struct stage *st, u32 field, u32 kind, u32 flags, const void *p, u32 n, u32 index)
{
	if (area_room(st) < round8(n))
		return;
	if (n & 7)
		*(u64 *)area_at(st, st->len + ITEM + (n & ~7u)) = 0;
	bpf_probe_read_kernel(area_at(st, st->len + ITEM), n, p);
	item_commit(st, field, kind, flags, n, n, index);
}

/* Append an address. */
static __always_inline void item_addr(struct stage *st, u32 field, u32 flags, const struct addr *a, u32 index)
{
	u32 n = a->len;

	if (n > ADDR_MAX)
		n = ADDR_MAX;
	if (area_room(st) < ADDR_MAX)
		return;
	if (n <= 32)
		move_words(area_at(st, st->len + ITEM), a->b, 4);
	else
		bpf_probe_read_kernel(area_at(st, st->len + ITEM), ADDR_MAX, a->b);
	item_pad(st, n);
	item_commit(st, field, LYM_ADDR, flags, n, n, index);
}

static long copy_chunk(u64 i, struct stage **st)
{
	struct walk *w = &(*st)->walk;
	u64 n = bound(w->left, config.chunk);

	if (!n || bpf_probe_read_kernel(area_at(*st, w->to), n, (void *)w->from))
		return 1;
	w->from += n;
	w->to += n;
	w->left -= n;
	return 0;
}

__noinline int area_copy_chunks(u32 side, u32 to, u64 from, u32 n)
{
	struct stage *st = stage_or_side(side);

	if (!st)
		return 0;
	st->walk.from = from;
	st->walk.to = to;
	st->walk.left = n;
	SHORT_LOOP(config.chunks + 1, copy_chunk, &st);
	return n - st->walk.left;
}

/* Copy n bytes of kernel memory to offset `to` of the area; returns how many arrived. */
static __always_inline u32 area_copy(u32 side, struct stage *st, u32 to, u64 from, u32 n)
{
	u64 one = bound(n, config.chunk);

	if (config.chunks > 1 || n > config.chunk)
		return area_copy_chunks(side, to, from, n);
	return one && bpf_probe_read_kernel(area_at(st, to), one, (void *)from) ? 0 : n;
}

/* ---- user memory, described by stage.iov ---- */

/* Bytes from ptr to the end of its page: what can be read where more cannot. */
static __always_inline u64 page_rest(u64 ptr)
{
	return config.page_size - (ptr & (config.page_size - 1));
}

struct iovs {
	struct iov v[IOVS];
};

/* Two words each become an iovec each. */
APART int iov_widen(struct iovs *iov)
{
	u64 both;

	if (!iov)
		return 0;
	for (int i = IOVS - 1; i >= 0; i--) {
		both = ((u64 *)iov)[i];
		iov->v[i].base = (u32)both;
		iov->v[i].len = both >> 32;
	}
	return 0;
}

static __always_inline u32 iov_load32(struct stage *st, u64 ptr, u64 n)
{
	n = bound(n, IOVS);
	if (n && bpf_probe_read_user(st->iov, n * 8, (void *)ptr)) {
		n = bound(page_rest(ptr) / 8, n);
		if (!n || bpf_probe_read_user(st->iov, n * 8, (void *)ptr))
			return 0;
	}
	iov_widen((void *)st->iov);
	return n;
}

/* Read a user iovec array, or what of it can be read, into stage.iov; returns how many entries are in use. */
static __always_inline u32 iov_load(struct stage *st, u64 ptr, u64 n, bool in32)
{
	if (in32)
		return iov_load32(st, ptr, n);
	n = bound(n, IOVS);
	if (!n || !bpf_probe_read_user(st->iov, n * sizeof(struct iov), (void *)ptr))
		return n;
	n = bound(page_rest(ptr) / sizeof(struct iov), n);
	if (!n || bpf_probe_read_user(st->iov, n * sizeof(struct iov), (void *)ptr))
		return 0;
	return n;
}

static __always_inline u32 iov_one(struct stage *st, u64 base, u64 len)
{
	st->iov[0].base = base;
	st->iov[0].len = len;
	return 1;
}

/* The next piece of the user's buffers: its address, *n its length. False: there is none. */
static __always_inline bool user_piece(struct stage *st, u64 *from, u64 *n)
{
	struct walk *w = &st->walk;
	u64 i = masked(w->i, IOVS - 1), len = st->iov[i].len - w->done;

	if (!w->left || w->i >= w->n)
		return false;
	*from = st->iov[i].base + w->done;
	*n = len < w->left ? len : w->left;
	return true;
}

static __always_inline void user_advance(struct stage *st, u64 n)
{
	struct walk *w = &st->walk;
	u64 i = masked(w->i, IOVS - 1);

	w->left -= n;
	w->done += n;
	if (w->done == st->iov[i].len) {
		w->i++;
		w->done = 0;
	}
}

static long gather_step(u64 step, struct stage **st)
{
	struct walk *w = &(*st)->walk;
	u64 from, n;

	if (!user_piece(*st, &from, &n))
		return 1;
	n = bound(n, config.chunk);
	if (n && bpf_probe_read_user(area_at(*st, w->to), n, (void *)from)) {
		if (page_rest(from) >= n)
			return 1;
		n = bound(page_rest(from), config.chunk);
		if (bpf_probe_read_user(area_at(*st, w->to), n, (void *)from))
			return 1;
		w->to += n;
		user_advance(*st, n);
		return 1;
	}
	w->to += n;
	user_advance(*st, n);
	return 0;
}
STEP(gather_step)

/* What an item is, in one register. */
#define META(field, kind, flags, index) ((u64)(field) | (u64)(kind) << 16 | (u64)(flags) << 24 | (u64)(index) << 32)

/*
 * Append up to max of the full bytes of the user's buffers (side: of the stage beside) as an item; returns how many came,
 * -1 if there are some but not one of them could be read.
 */
__noinline int item_gather(u32 side, u32 iovs, u64 meta, u64 full, u32 max)
{
	struct stage *st = stage_or_side(side);
	u32 want = full < max ? full : max, room, got;

	if (!st)
		return 0;
	room = area_room(st);
	if (want > room)
		want = room & ~7u;
	st->walk.to = st->len + ITEM;
	st->walk.left = want;
	st->walk.i = st->walk.done = 0;
	st->walk.n = iovs;
	if (want)
		LOOP(config.chunks + IOVS + 32, gather_step, st, side);
	got = want - st->walk.left;
	if (full > 0xffffffff)
		full = 0xffffffff;
	if (got < want)
		meta |= (u64)(got ? LYM_I_PART : LYM_I_UNREAD) << 24;
	item_pad(st, got);
	item_commit(st, (u16)meta, (u8)(meta >> 16), (u8)(meta >> 24), got, full, meta >> 32);
	return want && !got ? -1 : (int)got;
}

/* Append what user memory at ptr held instead: seldom, so it need not be quick. */
static __always_inline void item_tamper(struct stage *st, u32 field, u32 kind, u32 index, u64 ptr, u32 n)
{
	iov_one(st, ptr, n);
	item_gather(0, 1, META(field, kind, LYM_I_TAMPER, index), n, n);
}

/* Append up to max bytes of user memory at ptr as an item. */
static __always_inline int item_user(struct stage *st, u64 meta, u64 ptr, u64 full, u32 max)
{
	u64 want = full < max ? full : max;

	if (want > config.chunk || round8(want) > area_room(st) || full > NONE ||
	    (want && (want > USER_SMALL || !user_words(st, area_at(st, st->len + ITEM), ptr, want)) &&
	     bpf_probe_read_user(area_at(st, st->len + ITEM), bound(want, config.chunk), (void *)ptr))) {
		iov_one(st, ptr, full);
		return item_gather(0, 1, meta, full, max);
	}
	item_pad(st, want);
	item_commit(st, (u16)meta, (u8)(meta >> 16), (u8)(meta >> 24), want, full, meta >> 32);
	return want;
}

#define LINE 64u

/* Do n <= LINE bytes at offset `from` of scratch, a multiple of LINE, differ from those at `at` of the area? */
static __always_inline bool line_differs(struct stage *st, u32 from, u32 at, u32 n)
{
	u64 *u = (void *)(st->scratch + bound(from, LYM_CHUNK_MAX - LINE)), *k = area_at(st, at), diff = 0, tail;

#pragma unroll
	for (u32 i = 0; i < LINE / 8; i++) {
		if (i * 8 + 8 > n)
			break;
		diff |= u[i] ^ k[i];
	}
	if (n & 7) {
		tail = *(u64 *)(st->scratch + bound(from + (n & ~7u), LYM_CHUNK_MAX)) ^ *(u64 *)area_at(st, at + (n & ~7u));
		diff |= tail << (64 - (n & 7) * 8);
	}
	return diff;
}

static long compare_line(u64 line, struct stage **st)
{
	struct walk *w = &(*st)->walk;
	u32 from = line * LINE, rest = w->piece - from;

	if (from >= w->piece)
		return 1;
	w->differs = line_differs(*st, from, w->at + from, rest < LINE ? rest : LINE);
	return w->differs;
}

static long compare_step(u64 step, struct stage **st)
{
	struct walk *w = &(*st)->walk;
	u64 from, n;

	if (!user_piece(*st, &from, &n))
		return 1;
	n = bound(n, config.chunk);
	if (n && bpf_probe_read_user((*st)->scratch, n, (void *)from))
		return 1;
	w->piece = n;
	SHORT_LOOP(config.chunk / LINE, compare_line, st);
	if (w->differs)
		return 1;
	w->at += n;
	user_advance(*st, n);
	return 0;
}
STEP(compare_step)

/* Do the user's buffers differ from the len bytes at offset `at` of the area? Memory that cannot be read does not. */
__noinline int differs(u32 iovs, u32 at, u32 len)
{
	struct stage *st = stage_or_side(0);

	if (!st)
		return 0;
	st->walk.at = at;
	st->walk.left = len;
	st->walk.i = st->walk.done = st->walk.differs = 0;
	st->walk.n = iovs;
	LOOP(config.chunks + IOVS + 1, compare_step, st, 0);
	return st->walk.differs;
}

/* Do the len bytes of user memory at ptr differ from those at offset `at` of the area? Memory that cannot be read does not. */
static __always_inline bool user_differs(struct stage *st, u64 ptr, u32 at, u32 len)
{
	if (len > USER_SMALL) {
		iov_one(st, ptr, len);
		return differs(1, at, len);
	}
	return len && user_read(st, st->scratch, ptr, len) && line_differs(st, 0, at, len);
}

/* The same of the user's buffers in stage.iov. */
static __always_inline bool buffers_differ(struct stage *st, u32 iovs, u32 at, u32 len)
{
	if (len <= 64 && iovs && st->iov[0].len >= len)
		return user_differs(st, st->iov[0].base, at, len);
	return differs(iovs, at, len);
}

#endif
