/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A bounds-checked view of one record, in place; nothing is copied. */
#ifndef LYM_RECORD_H
#define LYM_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include "event.h"
#include "schema.h"

struct lym_record {
	const struct lym_hdr *h;
	const struct lym_event *ev;
	const __u64 *cell;		/* h->ncells of them; use lym_record_cell() */
	const unsigned char *items, *end;
	bool tampered;			/* an item has LYM_I_TAMPER */
	/* By field (the last is LYM_NO_FIELD): the kinds of its items of index 0 without it, and where the first of each
	 * kind is, in 8 bytes from h. */
	__u16 kinds[LYM_CELLS + 1], first[LYM_CELLS + 1][LYM_KIND_MAX];
};

struct lym_bytes {
	const struct lym_item *item;	/* NULL: there is no such item */
	const unsigned char *p;		/* item->len bytes */
};

/* View the len bytes at p (8-byte aligned) as a record. -EBADMSG if header, cells or any item would reach beyond it,
 * or the event is unknown; r is worth nothing then. */
int lym_record_view(struct lym_record *r, const void *p, size_t len);
/* The item of that field, kind and index whose LYM_I_TAMPER flag is as asked. */
struct lym_bytes lym_record_item(const struct lym_record *r, unsigned int field, int kind, unsigned int index, bool tamper);
/* Step through all items: pass NULL first, then the last one; NULL at the end. */
const struct lym_item *lym_record_next(const struct lym_record *r, const struct lym_item *prev);

/* Cell i, 0 where the record has fewer. */
static inline __u64 lym_record_cell(const struct lym_record *r, unsigned int i)
{
	return i < r->h->ncells ? r->cell[i] : 0;
}

/* Does a record of the same call follow? This one is of the moment when it blocked. */
static inline bool lym_record_blocked(const struct lym_record *r)
{
	return r->h->flags & LYM_F_ENTER && r->ev->ev != LYM_EV_exit && r->ev->ev != LYM_EV_exit_group;
}

/* The bytes of an item. */
static inline const unsigned char *lym_item_bytes(const struct lym_item *i)
{
	return (const unsigned char *)(i + 1);
}

/* The item of that field (below LYM_CELLS, or LYM_NO_FIELD) and kind, of index 0, without LYM_I_TAMPER; NULL: none. */
static inline const struct lym_item *lym_record_first(const struct lym_record *r, unsigned int field, int kind)
{
	unsigned int f = field < LYM_CELLS ? field : LYM_CELLS;

	return r->kinds[f] & 1 << kind ? (const struct lym_item *)((const __u64 *)r->h + r->first[f][kind]) : NULL;
}

#endif
