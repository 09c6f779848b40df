/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records made by hand, for tests: begin, cells, items, end. */
#ifndef MAKE_H
#define MAKE_H

#include <stdlib.h>
#include <string.h>
#include "event.h"

/* One record under way; len grows. */
struct make {
	unsigned char *p;
	size_t len;
};

static inline struct lym_hdr *make_hdr(struct make *m)
{
	return (struct lym_hdr *)m->p;
}

/* Start a record of event with the given return value and cells into p (LYM_RECORD_MAX bytes, 8-byte aligned). */
static inline struct make make_begin(void *p, int event, long long ret, const __u64 cell[6])
{
	struct make m = { p, sizeof(struct lym_hdr) + 8 * LYM_CELLS };
	struct lym_hdr h = {
		.event = event, .ncells = LYM_CELLS, .ts = 1000000000, .seq = 1, .ret = ret, .start = 500000000,
		.leader_start = 400000000, .cpu = 1, .syscall = ~0u, .host_pid = 4242, .host_tid = 4243, .pid = 42,
		.tid = 43, .host_ppid = 4100, .uid = 1000, .gid = 1000, .comm = "server",
	};

	memset(p, 0, m.len);
	memcpy(p, &h, sizeof(h));
	if (cell)
		memcpy((char *)p + sizeof(h), cell, 8 * LYM_CELLS);
	make_hdr(&m)->len = m.len;
	return m;
}

/* Append an item of len bytes out of full; returns it. */
static inline struct lym_item *make_full(struct make *m, int field, int kind, int flags, int index, const void *p,
					 size_t len, size_t full)
{
	struct lym_item *i = (struct lym_item *)(m->p + m->len);
	size_t padded = (len + 7) & ~(size_t)7;

	if (m->len + sizeof(*i) + padded > LYM_RECORD_MAX)
		abort();
	*i = (struct lym_item){ field, kind, flags | (len < full ? LYM_I_TRUNC : 0), len, full, index };
	memset(i + 1, 0, padded);
	if (len)
		memcpy(i + 1, p, len);
	m->len += sizeof(*i) + padded;
	make_hdr(m)->len = m->len;
	make_hdr(m)->items++;
	return i;
}

static inline struct lym_item *make_item(struct make *m, int field, int kind, int flags, const void *p, size_t len)
{
	return make_full(m, field, kind, flags, 0, p, len, len);
}

#endif
