/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The bytes of a packet: its linear part, its pages, the packets of its list. */
#ifndef LYM_SKB_H
#define LYM_SKB_H

#include "area.h"

/* dequeuing sets next and prev to NULL */
static __always_inline bool linked(u64 skb)
{
	struct sk_buff *b = (void *)skb, *n = GET(b, next);

	return n && GET(n, prev) == b;
}

/* The first byte of a page in the kernel's own mapping. The distance is measured at start, see pages.c. */
static __always_inline u64 page_address(u64 page)
{
	return page * (config.page_size / bpf_core_type_size(struct page)) + page_base;
}

/* Go on with an skb: its linear part comes first, then its page fragments. */
static __always_inline void walk_skb(struct walk *w, struct sk_buff *skb)
{
	struct skb_shared_info *si = (void *)(GET(skb, head) + GET(skb, end));

	w->from = (u64)GET(skb, data);
	w->piece_left = GET(skb, len) - GET(skb, data_len);
	w->nfrags = GET(si, nr_frags);
	w->frags = (u64)si + bpf_core_field_offset(struct skb_shared_info, frags);
}

/* Begin a walk over a datagram, off bytes into it. The skbs of its frag_list (IP fragments) follow. */
static __always_inline void walk_begin(struct walk *w, struct sk_buff *skb, u32 off)
{
	struct skb_shared_info *si = (void *)(GET(skb, head) + GET(skb, end));

	walk_skb(w, skb);
	/* data_len counts both, pages and the list */
	w->next = GET(skb, data_len) ? (u64)GET(si, frag_list) : 0;
	if (w->next)	/* what the list holds is no part of the linear bytes either */
		w->piece_left = GET(skb, len) - GET(skb, data_len);
	w->skip = off;
}

/* Enter the next part; false: there is none, or none that can be read. */
static __always_inline bool walk_part(struct walk *w)
{
	struct sk_buff *skb;
	skb_frag_t f;

	if (w->nfrags) {
		if (!page_base || bpf_probe_read_kernel(&f, sizeof(f), (void *)w->frags) || (f.netmem & 1))
			return false;	/* bit 0: device memory, which no CPU reads */
		w->nfrags--;
		w->frags += sizeof(f);
		w->from = page_address(f.netmem) + f.offset;
		w->piece_left = f.len;
		return true;
	}
	skb = (void *)w->next;
	if (!skb)
		return false;
	w->next = (u64)GET(skb, next);
	walk_skb(w, skb);
	return true;
}

/* One step of a walk: *n bytes to copy from w->from, at most a chunk, possibly none. False: the end. */
static __always_inline bool walk_step(struct walk *w, u64 *n)
{
	u32 skip;

	if (!w->left || (!w->piece_left && !walk_part(w)))
		return false;
	skip = w->skip < w->piece_left ? w->skip : w->piece_left;
	w->skip -= skip;
	w->from += skip;
	w->piece_left -= skip;
	*n = bound(w->piece_left < w->left ? w->piece_left : w->left, config.chunk);
	return true;
}

static __always_inline void walk_advance(struct walk *w, u64 n)
{
	w->from += n;
	w->to += n;
	w->left -= n;
	w->piece_left -= n;
}

/* Where n bytes of an skb lie in the kernel's memory, if they lie in one piece, in its linear part or its first page; else 0. */
static __always_inline u64 skb_at(struct sk_buff *skb, u32 off, u32 n)
{
	u32 linear = GET(skb, len) - GET(skb, data_len), at;
	struct skb_shared_info *si;
	skb_frag_t *f;
	u64 page;

	if (off + n <= linear)
		return (u64)GET(skb, data) + off;
	si = (void *)(GET(skb, head) + GET(skb, end));
	if (off < linear || !page_base || !GET(si, nr_frags))
		return 0;
	f = (void *)((u64)si + bpf_core_field_offset(struct skb_shared_info, frags));
	page = load64((u64)f);
	at = load64((u64)&f->len);
	if ((page & 1) || off - linear + n > at)
		return 0;
	return page_address(page) + (load64((u64)&f->len) >> 32) + off - linear;
}

#define PARTS 64	/* parts of a datagram that are looked at: 64 KiB in packets of 1,500 bytes have 45 */

static long stage_chunk(u64 i, struct stage **st)
{
	struct walk *w = &(*st)->walk;
	u64 n;

	if (!walk_step(w, &n) || bpf_probe_read_kernel(area_at(*st, w->to), n, (void *)w->from))
		return 1;
	walk_advance(w, n);
	return 0;
}
STEP(stage_chunk)

/* Copy bytes of a datagram, from off on, behind what is in the area; returns how many. */
__noinline int stage_copy(u64 skb, u32 off)
{
	struct stage *st = stage_or_side(0);
	u32 n;

	if (!st || off > GET((struct sk_buff *)skb, len))
		return 0;
	n = GET((struct sk_buff *)skb, len) - off;
	if (n > config.snaplen)
		n = config.snaplen;
	if (n > area_room(st))
		n = area_room(st) & ~7u;
	walk_begin(&st->walk, (struct sk_buff *)skb, off);
	st->walk.left = n;
	st->walk.to = st->len + ITEM;
	LOOP(config.chunks + PARTS, stage_chunk, st, 0);
	return n - st->walk.left;
}

#endif
