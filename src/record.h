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
};

struct lym_bytes {
	const struct lym_item *item;	/* NULL: there is no such item */
	const unsigned char *p;		/* item->len bytes */
};

/* View the len bytes at p (8-byte aligned) as a record. -EBADMSG if header, cells or any item would reach beyond it,
 * or the event is unknown; r is untouched then. */
int lym_record_view(struct lym_record *r, const void *p, size_t len);
/* Cell i, 0 where the record has fewer. */
__u64 lym_record_cell(const struct lym_record *r, unsigned int i);
/* The item of that field, kind and index whose LYM_I_TAMPER flag is as asked. */
struct lym_bytes lym_record_item(const struct lym_record *r, unsigned int field, int kind, unsigned int index, bool tamper);
/* Step through all items: pass NULL first, then the last one; NULL at the end. */
const struct lym_item *lym_record_next(const struct lym_record *r, const struct lym_item *prev);
/* The bytes of an item. */
static inline const unsigned char *lym_item_bytes(const struct lym_item *i) { return (const unsigned char *)(i + 1); }

#endif
