// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What lies behind a pointer, in all forms: a string, a struct, an array of them. */
#include <unistd.h>
#include "arrays.h"
#include "behind.h"
#include "config.h"
#include "structs.h"
#include "value.h"

#define FUTEXES_MAX 128			/* to wait for at once */
#define SEGMENTS_MAX 16			/* of a kernel to be loaded */
#define GROUPS_MAX 65536		/* no process may have more, and the kernel reads no more */

const struct lym_item *lym_behind_item(const struct lym_record *r, unsigned int i)
{
	int printer = lym_decode_printer(r, i);
	const struct lym_item *item;

	if (printer >= PR_STRING && printer <= PR_ENV) {
		item = lym_record_first(r, i, LYM_DATA);
	} else {
		/* of directory entries it is their number */
		item = printer == PR_DIRENTS || (r->ev->ev == LYM_EV_get_thread_area && r->h->ret >= 0) ? NULL : lym_record_item(r, i, LYM_VALUE_IN, 0, false).item;
		/* what was not in memory when the call began is now */
		if (!r->h->ret && (r->ev->ev == LYM_EV_wait4 || r->ev->ev == LYM_EV_waitpid || r->ev->ev == LYM_EV_readdir))
			/* nobody has ended, there is nothing more */
			return NULL;
		if (item ? !!(item->flags & LYM_I_UNREAD) : r->h->ret >= 0 || r->h->ret <= -4096)
			item = lym_record_item(r, i, LYM_VALUE, 0, false).item ?: item;
	}
	return item && item->flags & LYM_I_UNREAD ? NULL : item;
}

/* The bytes that a number has in entries of the old form; 0: it is the new one. */
static unsigned int old_dirents(const struct lym_record *r)
{
	return r->ev->ev != LYM_EV_getdents ? 0 : r->h->flags & LYM_F_COMPAT ? 4 : 8;
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
		return r->h->flags & LYM_F_COMPAT ? (nodes(r, i) + 30) / 32 : (nodes(r, i) + 62) / 64;
	if (cap == CAP_COUNTED_IN || cap == CAP_COUNTED_OUT)
		return lym_record_cell(r, 1);
	if (cap == CAP_PAGES_OUT)
		return (lym_record_cell(r, 1) + sysconf(_SC_PAGESIZE) - 1) / sysconf(_SC_PAGESIZE);
	if (item->kind == LYM_VALUE)
		return r->h->ret < 0 ? 0 : cap == CAP_CHOICE && (__u64)r->h->ret > item->full ? item->full : r->h->ret;
	return (__u32)lym_record_cell(r, cap == CAP_ARRAY_BEFORE ? i - 1 : i + 1);
}

/* Is it a mask of nodes of which the kernel looks at none? */
static bool no_nodes(const struct lym_record *r, unsigned int i, const struct lym_item *item)
{
	int cap = lym_schema_type(r->ev->field[i].type)->capture;

	return (cap == CAP_NODES_IN || cap == CAP_NODES_OUT) && nodes(r, i) &&
	       (!count(r, i, item) || count(r, i, item) < nodes(r, i) / (r->h->flags & LYM_F_COMPAT ? 32 : 64));
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
static bool comm(struct lym_buf *b, const struct lym_item *item, size_t limit)
{
	size_t n = strnlen((const char *)lym_item_bytes(item), item->len), told = n < limit ? n : limit;

	if (n == item->len && item->flags & LYM_I_PART && n <= limit)
		return false;
	lym_text_char(b, '"');
	lym_text_cstr(b, lym_item_bytes(item), told);
	lym_text_str(b, n == item->len || told < n ? "\"..." : "\"");
	return true;
}

/* {mtype=1, mtext="..."} */
static bool msgbuf(struct lym_buf *b, const struct lym_record *r, const struct lym_item *item, size_t limit)
{
	size_t word = lym_struct_size(lym_decode_struct(r, LYM_STRUCT_msgbuf)), n = item->len < word ? 0 : item->len - word;
	__s64 type;
	__s32 type32;

	if (item->len < word)
		return false;
	memcpy(&type, lym_item_bytes(item), item->len < sizeof(type) ? item->len : sizeof(type));
	memcpy(&type32, lym_item_bytes(item), sizeof(type32));
	lym_text_lit(b, "{mtype=");
	lym_text_i64(b, word == 4 ? type32 : type);
	lym_text_lit(b, ", mtext=\"");
	lym_text_cstr(b, (const char *)lym_item_bytes(item) + word, n < limit ? n : limit);
	lym_text_str(b, n > limit || item->len < item->full ? "\"...}" : "\"}");
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

/* How much of what bpf is given is told: with one member of a context, all of them. */
static size_t bpf_least(enum lym_struct s, size_t n)
{
	enum { CONTEXT = 40, END = 64 };

	return s == LYM_STRUCT_bpf_test_run && n > CONTEXT ? END : lym_struct_least(s);
}

/* What bpf is given: the kernel takes what is behind its end for zeros, and the first members are always told. */
static bool bpf_attr(struct lym_buf *b, enum lym_struct s, const struct lym_item *item, bool verbose)
{
	unsigned char attr[256] = { 0 };
	size_t least = bpf_least(s, item->len);

	if (!item->len || item->len > sizeof(attr) || least > sizeof(attr))
		return false;
	memcpy(attr, lym_item_bytes(item), item->len);
	return lym_struct_strace(b, s, &(struct lym_extent){ attr, least, least }, verbose);
}

/* A set of signals is as long as another argument says. */
static bool sigset(struct lym_buf *b, const struct lym_record *r, unsigned int i, const struct lym_item *item)
{
	size_t least = r->ev->ev == LYM_EV_rt_sigpending ? 1 : r->h->flags & LYM_F_COMPAT ? 4 : 8;
	__u64 size = 0;
	int k;

	for (k = i + 1; k < r->ev->nfields; k++) {
		if (strstr(r->ev->field[k].name, "size"))
			size = lym_record_cell(r, k);
	}
	if (r->ev->ev == LYM_EV_ptrace)
		size = lym_record_cell(r, 2);
	if (r->ev->ev == LYM_EV_io_uring_enter)
		size = lym_record_cell(r, 5);
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

/* What the struct in an item points at, and what it is after the call; each: room for BEHIND. */
static void lead(const struct lym_record *r, unsigned int i, const struct lym_item *item, struct lym_extent *e, struct lym_each *each)
{
	struct lym_bytes in, after = item->kind == LYM_VALUE_IN ? lym_record_item(r, i, LYM_VALUE, 0, false) : (struct lym_bytes){ 0 };
	struct lym_inner chain[LYM_CHAIN];
	enum lym_struct s = lym_decode_arg(r, i);
	int kind = item->kind;
	unsigned int k;

	e->next = lym_record_cell(r, i + 1);
	e->addr = lym_record_cell(r, i);
	if (after.item && !(after.item->flags & (LYM_I_UNREAD | LYM_I_PART))) {
		e->after = after.p;
		e->after_n = after.item->len;
		kind = LYM_VALUE;
	}
	if (lym_struct_inners(s, chain, LYM_CHAIN)) {
		in = lym_record_item(r, i, kind, 1, false);
		e->inner = in.p;
		e->inner_len = in.item ? in.item->len : 0;
		pointed_at(each, s, r, i, kind);
		e->each = each;
		return;
	}
	for (k = 0; k < LYM_LEAD_ARRAYS; k++) {
		in = lym_record_item(r, i, item->kind, 1 + k, false);
		if (in.item && !(in.item->flags & LYM_I_UNREAD))
			e->leads[k] = (struct lym_pointed){ in.p, in.item->len, in.item->flags & LYM_I_PART };
	}
}

/* What io_uring tells of its operations: is it here, and does it say something? */
static bool probe(const struct lym_record *r, const struct lym_item *item)
{
	enum { HEADER = 16, OP = 8, OPS = 256 };
	const unsigned char *p = lym_item_bytes(item);
	__u32 n = lym_record_cell(r, 3);
	size_t i = 0;

	if (n > OPS || item->len < HEADER + OP * n)
		return false;
	while (i < item->len && !p[i])
		i++;
	return r->h->ret >= 0 || i < item->len;
}

/* Does the call say how long it is? */
static bool uring_sized(enum lym_struct s)
{
	return s == LYM_STRUCT_uring_files || s == LYM_STRUCT_uring_buffers || s == LYM_STRUCT_uring_buffers32 || s == LYM_STRUCT_uring_files_update2 ||
	       s == LYM_STRUCT_uring_buffers_update || s == LYM_STRUCT_uring_buffers_update32;
}

/* => {pidfd=[3], parent_tid=[123]}: what clone3 wrote where it was asked to. */
static void clone_results(struct lym_buf *b, const void *args, const struct lym_extent *e)
{
	static const struct {
		const char *name;
		__u64 flag;
		size_t at, inner;
		enum lym_struct s;
	} results[] = { { "pidfd=", 0x1000, 8, 1, LYM_STRUCT_fd }, { "parent_tid=", 0x100000, 24, 2, LYM_STRUCT_tid } };
	bool any = false;
	__u64 flags, ptr;
	size_t k;

	memcpy(&flags, args, sizeof(flags));
	for (k = 0; k < 2; k++) {
		if (!(flags & results[k].flag))
			continue;
		memcpy(&ptr, (const char *)args + results[k].at, sizeof(ptr));
		lym_text_str(b, any ? ", " : " => {");
		lym_text_str(b, results[k].name);
		lym_structs_fds(b, results[k].s, e->leads[results[k].inner].p, e->leads[results[k].inner].n, 1, ptr, 1, true, e->fds);
		any = true;
	}
	if (any)
		lym_text_char(b, '}');
}

/* Capabilities: in two halves or one, as the version before them says. */
static bool caps(struct lym_buf *b, const struct lym_record *r, unsigned int i, const struct lym_item *item)
{
	enum { VERSION_2 = 0x20071026, VERSION_3 = 0x20080522, HALF = 12 };
	struct lym_bytes head = lym_record_item(r, i - 1, LYM_VALUE_IN, 0, false);
	__u32 version = head.item ? u32_at(head.item, 0) : 0;
	size_t n = version == VERSION_2 || version == VERSION_3 ? 2 * HALF : HALF;

	return head.item && head.item->len >= 8 && item->len >= n &&
	       lym_struct_strace(b, LYM_STRUCT_cap_data, &(struct lym_extent){ lym_item_bytes(item), n, n }, false);
}

static bool structure(struct lym_buf *b, const struct lym_record *r, unsigned int i, const struct lym_item *item,
		      const struct lym_behind_opts *o)
{
	enum lym_struct s = lym_decode_arg(r, i);
	bool part = item->flags & LYM_I_PART;
	bool verbose = o->verbose;
	size_t full = item->full;
	struct lym_each each[BEHIND];
	struct lym_extent e;

	if (r->ev->ev == LYM_EV_get_thread_area && r->h->ret < 0 && item->len >= 4) {	/* only this is known */
		lym_text_lit(b, "{entry_number=");
		lym_value_id(b, u32_at(item, 0));
		lym_text_lit(b, ", ...}");
		return true;
	}
	if (s == LYM_STRUCT_sigset)
		return sigset(b, r, i, item);
	if (s == LYM_STRUCT_cap_data && i)
		return caps(b, r, i, item);
	if (s == LYM_STRUCT_perf_event_attr)
		return perf_attr(b, r, i, item, verbose);
	if (s == LYM_STRUCT_sched_attr || s == LYM_STRUCT_sched_attr_set)
		return sched_attr(b, r, i, s, item);
	if (s == LYM_STRUCT_syscall_info) {	/* as much as there is, and there is room for */
		full = lym_record_cell(r, i - 1) < (__u64)r->h->ret ? lym_record_cell(r, i - 1) : (__u64)r->h->ret;
		full = full < lym_struct_size(s) ? full : lym_struct_size(s);
		return full && full <= item->len &&
		       lym_struct_strace(b, s, &(struct lym_extent){ lym_item_bytes(item), full, full, .in32 = r->h->flags & LYM_F_COMPAT },
					 verbose);
	}
	if (s == LYM_STRUCT_seccomp_metadata && lym_record_cell(r, i - 1) < lym_struct_least(s))
		return false;
	if (r->ev->ev == LYM_EV_bpf) {
		full = (__u32)lym_record_cell(r, 2);
		if (!part && item->len < bpf_least(s, item->len))
			return bpf_attr(b, s, item, verbose);
	}
	e = (struct lym_extent){ lym_item_bytes(item), item->len, full, part, .succeeded = r->h->ret >= 0, .fds = o->fds,
				 .in32 = r->h->flags & LYM_F_COMPAT,
				 .limit = o->limit };
	lead(r, i, item, &e, each);
	if (s == LYM_STRUCT_uring_probe && !probe(r, item))
		return false;
	if (r->ev->ev == LYM_EV_io_uring_register && uring_sized(s)) {
		e.full = (__u32)e.next;
		if (e.part && e.full > e.n && e.n < lym_struct_size(s))
			return false;
	}
	if (!lym_struct_strace(b, s, &e, o->verbose))
		return false;
	if ((s == LYM_STRUCT_clone_args || s == LYM_STRUCT_clone_args32) && r->h->ret >= 0)
		clone_results(b, lym_item_bytes(item), &e);
	return true;
}

/* An array of structs. */
static bool structures(struct lym_buf *b, const struct lym_record *r, unsigned int i, const struct lym_item *item,
		       const struct lym_behind_opts *o)
{
	unsigned int limit = o->verbose ? ~0u : o->limit;
	/* io_uring tells how many there were in the place of how many there are to be */
	bool changed = lym_decode_arg(r, i) == LYM_STRUCT_uring_workers, part = item->flags & LYM_I_PART;
	__u64 ptr = lym_record_cell(r, i), n = count(r, i, item);

	if (((r->ev->ev == LYM_EV_setgroups || r->ev->ev == LYM_EV_setgroups32) && n > GROUPS_MAX) || no_nodes(r, i, item) ||
	    (r->ev->ev == LYM_EV_kexec_load && n > SEGMENTS_MAX))
		return false;
	if (r->ev->ev == LYM_EV_futex_waitv && limit > FUTEXES_MAX)	/* the kernel takes no more */
		limit = FUTEXES_MAX;
	if (changed && n && r->h->ret >= 0) {
		lym_text_ptr(b, ptr);
		lym_text_lit(b, " => ");
	}
	lym_structs_fds(b, lym_decode_arg(r, i), lym_item_bytes(item), item->len, n, ptr, limit, part, o->fds);
	if (changed && n && r->h->ret < 0 && !part) {
		lym_text_lit(b, " => ");
		lym_text_ptr(b, ptr);
	}
	return true;
}

/* The strings in an item, and which of them are not there. */
static void strings(struct lym_strings *s, const struct lym_record *r, unsigned int i, const struct lym_item *item)
{
	struct lym_bytes gaps = lym_record_item(r, i, LYM_DATA, 1, false);

	*s = (struct lym_strings){ lym_item_bytes(item), item->len, item->full, (const void *)gaps.p,
				   gaps.item ? gaps.item->len / sizeof(*s->gaps) : 0 };
}

bool lym_behind_strace(struct lym_buf *b, const struct lym_record *r, unsigned int i, const struct lym_behind_opts *o)
{
	unsigned int limit = o->limit;
	bool verbose = o->verbose;
	struct lym_strings s;
	const struct lym_item *item = lym_behind_item(r, i);
	const unsigned char *p;
	__u64 ptr = lym_record_cell(r, i);

	if (!item || !ptr)
		return false;
	p = lym_item_bytes(item);
	switch (lym_decode_printer(r, i)) {
	case PR_CHARS:
		return comm(b, item, limit);
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
	case PR_ENV:
		strings(&s, r, i, item);
		if (verbose || lym_decode_printer(r, i) == PR_STRINGS)
			lym_strings_strace(b, &s, limit, verbose ? ~(size_t)0 : limit);
		else
			lym_strings_count(b, &s, ptr);
		return true;
	case PR_STRUCT:
		return structure(b, r, i, item, o);
	case PR_STRUCTS:
		return structures(b, r, i, item, o);
	case PR_CPUS:
		if (item->flags & LYM_I_PART)
			return false;
		lym_fdset_strace(b, p, item->len, 8 * item->len, NULL);
		return true;
	case PR_FDSET:
		if ((__s32)lym_record_cell(r, 0) <= 0 || item->flags & LYM_I_PART)
			return false;
		lym_fdset_strace(b, p, item->len, lym_record_cell(r, 0), o->fds);
		return true;
	case PR_MSGBUF:
		return msgbuf(b, r, item, limit);
	case PR_DIRENTS:
		lym_dirents_strace(b, p, item->len, count(r, i, item), entries(r, i), ptr, verbose, old_dirents(r));
		return true;
	}
	return false;
}

/* What io_submit is given, whatever it is to do: the same members. Those behind list that could not be read are null. */
static void iocbs_json(struct lym_buf *b, const struct lym_record *r, unsigned int i, const struct lym_item *list)
{
	size_t n = list->len / (r->h->flags & LYM_F_COMPAT ? 4 : 8);

	lym_text_char(b, '[');
	for (size_t k = 0; k < n; k++) {
		struct lym_bytes cb = lym_record_item(r, i, LYM_VALUE_IN, 1 + k, false);

		lym_text_str(b, k ? "," : "");
		if (!cb.item || !lym_struct_json(b, LYM_STRUCT_iocb_buffer, &(struct lym_extent){ cb.p, cb.item->len, cb.item->full }))
			lym_text_lit(b, "null");
	}
	lym_text_char(b, ']');
}

bool lym_behind_json(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	const struct lym_item *item = lym_behind_item(r, i);
	const unsigned char *p;
	struct lym_strings s;
	struct lym_each each[BEHIND];
	struct lym_extent e;
	size_t undo = b->len;

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
		e = (struct lym_extent){ p, item->len, item->full, .succeeded = r->h->ret >= 0, .in32 = r->h->flags & LYM_F_COMPAT };
		lead(r, i, item, &e, each);
		if (lym_struct_json(b, lym_decode_arg(r, i), &e))
			return true;
		b->len = undo;
		return false;
	case PR_IOCBS:
		iocbs_json(b, r, i, item);
		break;
	case PR_STRUCTS:
		lym_structs_json(b, lym_decode_arg(r, i), p, item->len, count(r, i, item));
		break;
	case PR_STRINGS:
	case PR_ENV:
		strings(&s, r, i, item);
		lym_strings_json(b, &s);
		break;
	case PR_CPUS:
		lym_fdset_json(b, p, item->len, 8 * item->len);
		break;
	case PR_FDSET:
		lym_fdset_json(b, p, item->len, lym_record_cell(r, 0));
		break;
	case PR_MSGBUF:
		if (item->len < lym_struct_size(lym_decode_struct(r, LYM_STRUCT_msgbuf))) {
			b->len = undo;
			return false;
		}
		lym_struct_json(b, lym_decode_struct(r, LYM_STRUCT_msgbuf), &(struct lym_extent){ p, item->len, item->len });
		break;
	case PR_DIRENTS:
		lym_dirents_json(b, p, item->len, old_dirents(r));
	}
	return true;
}
