/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A bounds-checked view of one record. Everything is checked once, here; afterwards reading needs no checks. */
#include <errno.h>
#include <string.h>
#include "record.h"

#define UP8(n) (((n) + 7) & ~(size_t)7)

/* Note where item i is, unless another is to be found first. */
static void note(struct lym_record *r, const struct lym_hdr *h, const struct lym_item *i)
{
	unsigned int f = i->field < LYM_CELLS ? i->field : LYM_CELLS;

	if (i->flags & LYM_I_TAMPER) {
		r->tampered = true;
		return;
	}
	if (i->index || (f == LYM_CELLS && i->field != LYM_NO_FIELD))
		return;
	if (r->kinds[f] & 1 << i->kind)
		return;
	r->kinds[f] |= 1 << i->kind;
	r->first[f][i->kind] = (const __u64 *)i - (const __u64 *)h;
}

/* Walk the items once: each must lie inside, and there must be as many as the header says. */
static int check_items(struct lym_record *r, const struct lym_hdr *h, const unsigned char *p, const unsigned char *end)
{
	__u32 n;

	for (n = 0; p < end; n++) {
		const struct lym_item *i = (const void *)p;
		size_t room = end - p;

		if (room < sizeof(*i) || i->len > room - sizeof(*i) || UP8((size_t)i->len) > room - sizeof(*i))
			return -EBADMSG;
		if (!i->kind || i->kind >= LYM_KIND_MAX)
			return -EBADMSG;
		note(r, h, i);
		p += sizeof(*i) + UP8((size_t)i->len);
	}
	return n == h->items ? 0 : -EBADMSG;
}

int lym_record_view(struct lym_record *r, const void *p, size_t len)
{
	const struct lym_hdr *h = p;
	const struct lym_event *ev;
	size_t fixed;

	if (len < sizeof(*h) || ((size_t)p & 7) || h->len > len || h->len > LYM_RECORD_MAX || (h->len & 7))
		return -EBADMSG;
	fixed = sizeof(*h) + 8 * (size_t)h->ncells;
	ev = lym_schema_event(h->event);
	if (!ev || h->len < fixed)
		return -EBADMSG;
	r->tampered = false;
	memset(r->kinds, 0, sizeof(r->kinds));
	if (check_items(r, h, (const unsigned char *)p + fixed, (const unsigned char *)p + h->len))
		return -EBADMSG;
	r->h = h;
	r->ev = ev;
	r->cell = (const __u64 *)(h + 1);
	r->items = (const unsigned char *)p + fixed;
	r->end = (const unsigned char *)p + h->len;
	return 0;
}

const struct lym_item *lym_record_next(const struct lym_record *r, const struct lym_item *prev)
{
	const unsigned char *p = prev ? lym_item_bytes(prev) + UP8((size_t)prev->len) : r->items;

	return p < r->end ? (const void *)p : NULL;
}

struct lym_bytes lym_record_item(const struct lym_record *r, unsigned int field, int kind, unsigned int index, bool tamper)
{
	const struct lym_item *i = NULL;

	if (!index && !tamper) {
		i = lym_record_first(r, field, kind);
		return (struct lym_bytes){ i, i ? lym_item_bytes(i) : NULL };
	}
	while ((i = lym_record_next(r, i))) {
		if (i->field == field && i->kind == kind && i->index == index && !(i->flags & LYM_I_TAMPER) == !tamper)
			return (struct lym_bytes){ i, lym_item_bytes(i) };
	}
	return (struct lym_bytes){ NULL, NULL };
}
