// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What lies behind a pointer, in all forms: a string, a struct, an array of them. */
#include "arrays.h"
#include "behind.h"
#include "config.h"
#include "structs.h"
#include "value.h"

#define GROUPS_MAX 65536		/* no process may have more, and the kernel reads no more */

const struct lym_item *lym_behind_item(const struct lym_record *r, unsigned int i)
{
	int printer = lym_decode_printer(r, i);
	const struct lym_item *item;

	if (printer >= PR_STRING && printer <= PR_ENV) {
		item = lym_record_first(r, i, LYM_DATA);
	} else {
		/* of directory entries it is their number */
		item = printer == PR_DIRENTS ? NULL : lym_record_item(r, i, LYM_VALUE_IN, 0, false).item;
		/* what was not in memory when the call began is now */
		if (r->ev->ev == LYM_EV_wait4 && !r->h->ret)	/* nobody has ended */
			return NULL;
		if (item ? !!(item->flags & LYM_I_UNREAD) : r->h->ret >= 0 || r->h->ret <= -4096)
			item = lym_record_item(r, i, LYM_VALUE, 0, false).item ?: item;
	}
	return item && item->flags & LYM_I_UNREAD ? NULL : item;
}

/* How many entries of a directory there are where not all are told; 0: all are. */
static __u64 entries(const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v = lym_record_item(r, i, LYM_VALUE_IN, 0, false);
	__u64 n = 0;

	if (v.item && v.item->len == sizeof(n))
		memcpy(&n, v.p, sizeof(n));
	return n;
}

/* How many memory nodes a mask has, and one more. */
static __u64 nodes(const struct lym_record *r, unsigned int i)
{
	return lym_record_cell(r, r->ev->ev == LYM_EV_migrate_pages ? 1 : i + 1);
}

/* How many structs there are: as many as the next argument says, or as the call returned. */
static __u64 count(const struct lym_record *r, unsigned int i, const struct lym_item *item)
{
	int cap = lym_schema_type(r->ev->field[i].type)->capture;

	if (cap == CAP_NODES_IN || cap == CAP_NODES_OUT)
		return (nodes(r, i) + 62) / 64;
	if (item->kind == LYM_VALUE)
		return r->h->ret < 0 ? 0 : r->h->ret;
	return (__u32)lym_record_cell(r, cap == CAP_ARRAY_BEFORE ? i - 1 : i + 1);
}

/* Is it a mask of nodes of which the kernel looks at none? */
static bool no_nodes(const struct lym_record *r, unsigned int i, const struct lym_item *item)
{
	int cap = lym_schema_type(r->ev->field[i].type)->capture;

	return (cap == CAP_NODES_IN || cap == CAP_NODES_OUT) && nodes(r, i) &&
	       (!count(r, i, item) || count(r, i, item) < nodes(r, i) / 64);
}

static void string(struct lym_buf *b, const struct lym_item *item, size_t limit)
{
	size_t n = strnlen((const char *)lym_item_bytes(item), item->len);
	bool more = n == item->len && item->flags & LYM_I_TRUNC;

	if (n > limit) {
		n = limit;
		more = true;
	}
	lym_text_char(b, '"');
	lym_text_cstr(b, lym_item_bytes(item), n);
	lym_text_char(b, '"');
	if (more)
		lym_text_lit(b, "...");
}

/* Bytes up to a NUL, of which there need be none. */
static bool comm(struct lym_buf *b, const struct lym_item *item)
{
	size_t n = strnlen((const char *)lym_item_bytes(item), item->len);

	if (n == item->len && item->flags & LYM_I_PART)
		return false;
	lym_text_char(b, '"');
	lym_text_cstr(b, lym_item_bytes(item), n);
	lym_text_str(b, n == item->len ? "\"..." : "\"");
	return true;
}

/* "\x01\x02": what is shown of n bytes, and one more, must be here. */
static bool hex(struct lym_buf *b, const struct lym_item *item, size_t n, size_t limit)
{
	size_t show = n < limit ? n : limit;

	if (item->flags & LYM_I_PART || item->len < show)
		return false;
	lym_text_char(b, '"');
	lym_text_xstr(b, lym_item_bytes(item), show);
	lym_text_str(b, show < n ? "\"..." : "\"");
	return true;
}

/* What bpf is given: the kernel takes what is behind its end for zeros, and the first members are always told. */
static bool bpf_attr(struct lym_buf *b, enum lym_struct s, const struct lym_item *item, bool verbose)
{
	unsigned char attr[256] = { 0 };

	if (!item->len || item->len > sizeof(attr))
		return false;
	memcpy(attr, lym_item_bytes(item), item->len);
	return lym_struct_strace(b, s, &(struct lym_extent){ attr, lym_struct_least(s), lym_struct_least(s) }, verbose);
}

/* A set of signals is as long as another argument says. */
static bool sigset(struct lym_buf *b, const struct lym_record *r, unsigned int i, const struct lym_item *item)
{
	size_t least = r->ev->ev == LYM_EV_rt_sigpending ? 1 : 8;
	__u64 size = 0;
	int k;

	for (k = i + 1; k < r->ev->nfields; k++) {
		if (strstr(r->ev->field[k].name, "size"))
			size = lym_record_cell(r, k);
	}
	if (r->ev->ev == LYM_EV_ptrace)
		size = lym_record_cell(r, 2);
	if (size < least || size > 8 || item->len < size)
		return false;
	lym_value_sigset(b, lym_item_bytes(item), size);
	return true;
}

#define E_2BIG (-7)		/* the kernel has written how long it may be */

static __u32 u32_at(const struct lym_item *item, size_t off)
{
	__u32 v = 0;

	if (off + sizeof(v) <= item->len)
		memcpy(&v, (const char *)lym_item_bytes(item) + off, sizeof(v));
	return v;
}

/* It says itself how long it is. A member that is there in part counts; what it lacks is zero. */
static bool perf_attr(struct lym_buf *b, const struct lym_record *r, unsigned int i, const struct lym_item *item, bool verbose)
{
	static const unsigned char ends[] = { 64, 72, 80, 88, 92, 96, 104, 108, 110, 112, 116, 120, 128 };
	enum { LEAST = 64, SHORT = 48, MOST = 128 };
	struct lym_bytes after = lym_record_item(r, i, LYM_VALUE, 0, false);
	unsigned char attr[MOST] = { 0 };
	__u32 size = u32_at(item, 4) ?: LEAST, n = size < MOST ? size : MOST;
	unsigned int k = 0;

	if (item->len < 8 || size < LEAST || item->len < (verbose ? n : SHORT))
		return false;
	memcpy(attr, lym_item_bytes(item), item->len < n ? item->len : n);
	while (ends[k] < n)
		k++;
	return lym_struct_strace(b, LYM_STRUCT_perf_event_attr, &(struct lym_extent){
		attr, ends[k], size, .inner = r->h->ret == E_2BIG ? after.p : NULL,
		.inner_len = after.item ? after.item->len : 0 }, verbose);
}

/* The same of what sched_setattr is given, and sched_getattr brings. */
static bool sched_attr(struct lym_buf *b, const struct lym_record *r, unsigned int i, enum lym_struct s,
		       const struct lym_item *item)
{
	enum { LEAST = 48, MOST = 56 };
	bool set = s == LYM_STRUCT_sched_attr_set;
	struct lym_bytes after = lym_record_item(r, i, LYM_VALUE, 0, false);
	__u32 size = u32_at(item, 0) ?: set ? LEAST : 0, n = size < MOST ? size : MOST;

	if (n < LEAST)
		n = 4;
	else if (n < MOST)
		n = LEAST;
	if (item->len < n)
		return false;
	lym_struct_strace(b, s, &(struct lym_extent){ lym_item_bytes(item), n, n < LEAST ? n : size }, false);
	if (set && r->h->ret == E_2BIG && after.item && after.item->len >= 4) {
		lym_text_lit(b, " => {size=");
		lym_text_u64(b, u32_at(after.item, 0));
		lym_text_char(b, '}');
	}
	return true;
}

#define BEHIND (LYM_CHAIN * (LYM_EACH + 1))

/* What the elements of the array that a struct points at point at; and what its other members point at. */
static void pointed_at(struct lym_each *each, enum lym_struct s, const struct lym_record *r, unsigned int i, int kind)
{
	struct lym_inner in[LYM_CHAIN];
	unsigned int n = lym_struct_inners(s, in, LYM_CHAIN), k, j;

	memset(each, 0, BEHIND * sizeof(*each));
	for (k = 0; k < n; k++) {
		for (j = k ? 0 : 1; j < (in[k].each_ptr ? LYM_EACH + 1 : 1); j++) {
			struct lym_bytes v = lym_record_item(r, i, kind, LYM_INNER_INDEX(k) + j, false);

			each[k * (LYM_EACH + 1) + j - 1] = (struct lym_each){ v.p, v.item ? v.item->len : 0 };
		}
	}
}

static bool structure(struct lym_buf *b, const struct lym_record *r, unsigned int i, const struct lym_item *item,
		      unsigned int limit, bool verbose, const struct lym_fd_teller *fds)
{
	enum lym_struct s = lym_decode_arg(r, i);
	bool part = item->flags & LYM_I_PART;
	struct lym_each each[BEHIND];
	struct lym_bytes in, after;
	size_t full = item->full;
	int kind;

	if (s == LYM_STRUCT_sigset)
		return sigset(b, r, i, item);
	if (s == LYM_STRUCT_perf_event_attr)
		return perf_attr(b, r, i, item, verbose);
	if (s == LYM_STRUCT_sched_attr || s == LYM_STRUCT_sched_attr_set)
		return sched_attr(b, r, i, s, item);
	if (s == LYM_STRUCT_syscall_info) {	/* as much as there is, and there is room for */
		full = lym_record_cell(r, i - 1) < (__u64)r->h->ret ? lym_record_cell(r, i - 1) : (__u64)r->h->ret;
		full = full < lym_struct_size(s) ? full : lym_struct_size(s);
		return full && full <= item->len &&
		       lym_struct_strace(b, s, &(struct lym_extent){ lym_item_bytes(item), full, full }, verbose);
	}
	if (r->ev->ev == LYM_EV_bpf) {
		full = (__u32)lym_record_cell(r, 2);
		if (!part && item->len < lym_struct_least(s))
			return bpf_attr(b, s, item, verbose);
	}
	after = item->kind == LYM_VALUE_IN ? lym_record_item(r, i, LYM_VALUE, 0, false) : (struct lym_bytes){ 0 };
	if (after.item && after.item->flags & (LYM_I_UNREAD | LYM_I_PART))
		after.item = NULL;
	kind = after.item ? LYM_VALUE : item->kind;
	in = lym_record_item(r, i, kind, 1, false);
	pointed_at(each, s, r, i, kind);
	return lym_struct_strace(b, s, &(struct lym_extent){ lym_item_bytes(item), item->len, full, part,
							     in.p, in.item ? in.item->len : 0, each,
							     after.item ? after.p : NULL, after.item ? after.item->len : 0, r->h->ret >= 0,
							     lym_record_cell(r, i), fds, limit }, verbose);
}

bool lym_behind_strace(struct lym_buf *b, const struct lym_record *r, unsigned int i, unsigned int limit, bool verbose,
		       const struct lym_fd_teller *fds)
{
	const struct lym_item *item = lym_behind_item(r, i);
	const unsigned char *p;
	__u64 ptr = lym_record_cell(r, i);

	if (!item || !ptr)
		return false;
	p = lym_item_bytes(item);
	switch (lym_decode_printer(r, i)) {
	case PR_CHARS:
		return comm(b, item);
	case PR_BYTES:
		return hex(b, item, lym_decode_arg(r, i), limit);
	case PR_BITS:
		if (!item->len || item->flags & LYM_I_PART)
			return false;
		lym_value_bits(b, lym_decode_arg(r, i), p, item->len, verbose);
		return true;
	case PR_PATH:
		string(b, item, ~(size_t)0);
		return true;
	case PR_STRING:
		string(b, item, lym_decode_arg(r, i) && lym_decode_arg(r, i) < limit ? lym_decode_arg(r, i) : limit);
		return true;
	case PR_STRINGS:
		lym_strings_strace(b, p, item->len, item->full, limit);
		return true;
	case PR_ENV:
		if (verbose)
			lym_strings_strace(b, p, item->len, item->full, ~(size_t)0);
		else
			lym_strings_count(b, p, item->len, item->full, ptr);
		return true;
	case PR_STRUCT:
		return structure(b, r, i, item, limit, verbose, fds);
	case PR_STRUCTS:
		if ((r->ev->ev == LYM_EV_setgroups && count(r, i, item) > GROUPS_MAX) || no_nodes(r, i, item))
			return false;
		lym_structs_strace(b, lym_decode_arg(r, i), p, item->len, count(r, i, item), ptr, verbose ? ~0u : limit,
				   item->flags & LYM_I_PART);
		return true;
	case PR_CPUS:
		if (item->flags & LYM_I_PART)
			return false;
		lym_fdset_strace(b, p, item->len, 8 * item->len);
		return true;
	case PR_FDSET:
		if ((__s32)lym_record_cell(r, 0) <= 0 || item->flags & LYM_I_PART)
			return false;
		lym_fdset_strace(b, p, item->len, lym_record_cell(r, 0));
		return true;
	case PR_DIRENTS:
		lym_dirents_strace(b, p, item->len, count(r, i, item), entries(r, i), ptr, verbose);
		return true;
	}
	return false;
}

bool lym_behind_json(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	const struct lym_item *item = lym_behind_item(r, i);
	const unsigned char *p;
	struct lym_each each[BEHIND];
	struct lym_bytes in, after;
	size_t undo = b->len;
	int kind;

	if (!item)
		return false;
	p = lym_item_bytes(item);
	switch (lym_decode_printer(r, i)) {
	case PR_CHARS:
	case PR_PATH:
	case PR_STRING:
		lym_text_lit(b, ",\"str\":\"");
		lym_text_json(b, p, strnlen((const char *)p, item->len));
		lym_text_char(b, '"');
		return true;
	}
	after = item->kind == LYM_VALUE_IN ? lym_record_item(r, i, LYM_VALUE, 0, false) : (struct lym_bytes){ 0 };
	if (after.item && after.item->flags & (LYM_I_UNREAD | LYM_I_PART))
		after.item = NULL;
	kind = after.item ? LYM_VALUE : item->kind;
	in = lym_record_item(r, i, kind, 1, false);
	lym_text_lit(b, ",\"value\":");
	switch (lym_decode_printer(r, i)) {
	case PR_BYTES:
		lym_text_char(b, '"');
		lym_text_xstr(b, p, item->len);
		lym_text_char(b, '"');
		break;
	case PR_BITS:
		lym_value_bits_json(b, lym_decode_arg(r, i), p, item->len);
		break;
	case PR_STRUCT:
		pointed_at(each, lym_decode_arg(r, i), r, i, kind);
		if (lym_struct_json(b, lym_decode_arg(r, i), &(struct lym_extent){ p, item->len, item->full, .inner = in.p, .inner_len = in.item ? in.item->len : 0,
			.each = each, .after = after.item ? after.p : NULL, .after_n = after.item ? after.item->len : 0, .succeeded = r->h->ret >= 0 }))
			return true;
		b->len = undo;
		return false;
	case PR_STRUCTS:
		lym_structs_json(b, lym_decode_arg(r, i), p, item->len, count(r, i, item));
		break;
	case PR_STRINGS:
	case PR_ENV:
		lym_strings_json(b, p, item->len);
		break;
	case PR_CPUS:
		lym_fdset_json(b, p, item->len, 8 * item->len);
		break;
	case PR_FDSET:
		lym_fdset_json(b, p, item->len, lym_record_cell(r, 0));
		break;
	case PR_DIRENTS:
		lym_dirents_json(b, p, item->len);
	}
	return true;
}
