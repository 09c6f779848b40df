// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Structs of the kernel's interface in strace's form and as JSON: the expander of schema/structs.def. */
#include "names.h"
#include "struct_code.h"
#include "structs.h"
#include "value.h"

#define TIDS 32			/* numbers that a thread can be given */
#define LIMIT 32		/* of bytes of a string and of elements of an array, where nobody says */

enum kind {
	INT, UINT, HEX, OCT, PTR, FLAGS, STR, MODE, DEV, SIGNAL, SIGSET, HANDLER, ID, RLIM, CLOCK, OPEN, CAPS, KEY, TIME,
	INTS, UINTS, HEXES, SIGNALS, LIST, BYTES, BIT, STRUCT_OF, CODE, OBJECT, EXTRA, POINTS, FD, CHARS,
};

enum show {
	ALWAYS,
	VERBOSE,
	NONZERO,
	MISSING,
	SET,
	RESULT,
	NEVER,
};

struct member {
	const char *name;
	__u64 mask;
	__u16 offset, size;
	__u8 kind, show;
	__u16 arg;
	lym_struct_code *code;
};

/* What the last column of a member means, by its kind. */
#define ARG_NUMBER(a) a, NULL
#define ARG_INT ARG_NUMBER
#define ARG_UINT ARG_NUMBER
#define ARG_HEX ARG_NUMBER
#define ARG_OCT ARG_NUMBER
#define ARG_PTR ARG_NUMBER
#define ARG_STR ARG_NUMBER
#define ARG_MODE ARG_NUMBER
#define ARG_DEV ARG_NUMBER
#define ARG_SIGNAL ARG_NUMBER
#define ARG_SIGSET ARG_NUMBER
#define ARG_HANDLER ARG_NUMBER
#define ARG_ID ARG_NUMBER
#define ARG_RLIM ARG_NUMBER
#define ARG_CLOCK ARG_NUMBER
#define ARG_OPEN ARG_NUMBER
#define ARG_CAPS ARG_NUMBER
#define ARG_KEY ARG_NUMBER
#define ARG_TIME ARG_NUMBER
#define ARG_INTS ARG_NUMBER
#define ARG_UINTS ARG_NUMBER
#define ARG_SIGNALS ARG_NUMBER
#define ARG_HEXES ARG_NUMBER
#define ARG_BYTES ARG_NUMBER
#define ARG_BIT ARG_NUMBER
#define ARG_EXTRA ARG_NUMBER
#define ARG_FD ARG_NUMBER
#define ARG_CHARS ARG_NUMBER
#define ARG_LIST(a) LYM_NAMES_##a, NULL
#define ARG_FLAGS(a) LYM_NAMES_##a, NULL
#define ARG_STRUCT_OF(a) LYM_STRUCT_##a, NULL
#define ARG_POINTS(a) LYM_STRUCT_##a, NULL
#define ARG_CODE(a) 0, lym_struct_##a
#define ARG_OBJECT(a) 0, lym_struct_##a

/* An array of members for each struct... */
#define STRUCT(id, size, least, flags) static const struct member members_##id[] = {
#define MEMBER(show, mask, name, offset, size, kind, arg) { #name, mask, offset, size, kind, show, ARG_##kind(arg) },
#define END };
#include "structs.def"

/* ...and one of the structs. */
static const struct {
	const struct member *m;
	__u16 count, size, least, flags;
} structs[LYM_STRUCT_MAX] = {
#define STRUCT(id, size, least, flags) \
	[LYM_STRUCT_##id] = { members_##id, sizeof(members_##id) / sizeof(struct member), size, least, flags },
#include "structs.def"
};

bool lym_struct_wide(enum lym_struct s)
{
	const struct member *d;

	for (d = structs[s].m; d < structs[s].m + structs[s].count; d++) {
		if (d->kind == STRUCT_OF ? lym_struct_wide(d->arg) : d->kind == STR || d->kind == BYTES || d->kind == EXTRA ? false :
		    d->kind >= INTS && d->kind <= SIGNALS ? d->arg > 4 : d->size > 4)
			return true;
	}
	return false;
}

size_t lym_struct_size(enum lym_struct s)
{
	return (unsigned int)s < LYM_STRUCT_MAX ? structs[s].size : 0;
}

size_t lym_struct_least(enum lym_struct s)
{
	return (unsigned int)s < LYM_STRUCT_MAX ? structs[s].least : 0;
}

/* What s leads to, which is at offset `at`; n: of the arrays found so far. */
static unsigned int find_inner(enum lym_struct s, size_t at, struct lym_inner *in, unsigned int n)
{
	const struct member *d, *end = structs[s].m + structs[s].count;

	for (d = structs[s].m; d < end; d++) {
		if (d->kind == STRUCT_OF) {
			n = find_inner(d->arg, at + d->offset, in, n);
		} else if (d->kind == FD && in->fds < LYM_INNER_FDS) {
			in->fd[in->fds++] = at + d->offset;
		} else if ((d->kind == POINTS || d->kind == CHARS) && n < LYM_INNER_ARRAYS) {
			in->array[n].ptr = at + d->offset;
			in->array[n].ptr_size = d->size;
			in->array[n].count = (d->mask >> 8) + ((__u8)d->mask ? at : 0);
			in->array[n].count_size = (__u8)d->mask;
			in->array[n].size = d->kind == CHARS ? 1 : structs[d->arg].size;
			in->array[n++].of = d->kind == CHARS ? 0 : d->arg;
		}
	}
	return n;
}

bool lym_struct_inner(enum lym_struct s, struct lym_inner *in)
{
	unsigned int n = find_inner(s, 0, in, 0);

	in->size = structs[s].size;
	return n || in->fds;
}

static __s64 extend(__u64 v, size_t size)
{
	return size == 8 ? (__s64)v : size == 4 ? (__s32)v : size == 2 ? (__s16)v : (__s8)v;
}

/* The text of a number that is more than a number. */
static void special(struct lym_members *m, const struct member *d, __u64 v)
{
	struct lym_buf *b = m->b;

	switch (d->kind) {
	case INT:
		lym_text_i64(b, extend(v, d->size));
		break;
	case UINT:
		lym_text_u64(b, v);
		break;
	case HEX:
		lym_text_hex(b, v);
		break;
	case PTR:
		lym_text_ptr(b, v);
		break;
	case OCT:
		lym_value_umode(b, v);
		break;
	case FLAGS:
		lym_names_print(b, d->arg, v);
		break;
	case MODE:
		lym_value_file_mode(b, v);
		break;
	case DEV:
		lym_value_dev(b, v);
		break;
	case SIGNAL:
		if (v < 0x7fffffff)
			lym_value_signal(b, v);
		else
			lym_text_u64(b, v);
		break;
	case SIGSET:
		lym_value_sigset(b, m->p + d->offset, m->n - d->offset < d->size ? m->n - d->offset : d->size);
		break;
	case HANDLER:
		lym_value_handler(b, v);
		break;
	case ID:
		lym_value_id(b, d->size == 2 && v == 0xffff ? ~0u : v);
		break;
	case RLIM:
		if (d->size == 4)
			lym_value_rlim32(b, v);
		else
			lym_value_rlim(b, v);
		break;
	case OPEN:
		lym_value_open_flags(b, v);
		break;
	case CAPS:	/* the upper half is in the next struct of three */
		lym_value_caps(b, v | lym_member_get(m, d->offset + 12, 4) << 32);
		break;
	case KEY:
		lym_value_key(b, v);
		break;
	case CLOCK:
		lym_value_clock(b, v);
	}
}

static void string(struct lym_members *m, const struct member *d)
{
	const char *s = (const char *)m->p + d->offset;
	size_t room = m->n - d->offset < d->size ? m->n - d->offset : d->size, n = strnlen(s, room);

	if (m->json) {
		lym_text_json(m->b, s, n);
		return;
	}
	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, s, n == room && n ? n - 1 : n);		/* where no NUL is the last byte is not shown */
	lym_text_char(m->b, '"');
	if (n == room)
		lym_text_lit(m->b, "...");
}

/* All bytes that are here. */
static void bytes(struct lym_members *m, const struct member *d)
{
	if (!m->json)
		lym_text_char(m->b, '"');
	lym_text_xstr(m->b, m->p + d->offset, m->n - d->offset);
	if (!m->json)
		lym_text_char(m->b, '"');
}

static void put_signal(struct lym_buf *b, __u64 v)
{
	lym_value_signal(b, v);
}

static void put_int(struct lym_buf *b, __u64 v)
{
	lym_text_i64(b, v);
}

/* [1, 0x2]; JSON has as a string what is no number to it. */
static void array(struct lym_members *m, const struct member *d)
{
	static void (*const puts[])(struct lym_buf *b, __u64 v) = {
		[INTS] = put_int, [UINTS] = lym_text_u64, [HEXES] = lym_text_hex, [SIGNALS] = put_signal,
	};
	bool quote = m->json && (d->kind > UINTS || d->arg == 8);
	unsigned int i;
	__u64 v;

	lym_text_char(m->b, '[');
	for (i = 0; i < d->size / d->arg; i++) {
		v = lym_member_get(m, d->offset + i * d->arg, d->arg);
		if (i)
			lym_text_bytes(m->b, ", ", m->json ? 1 : 2);
		if (quote)
			lym_text_char(m->b, '"');
		puts[d->kind](m->b, d->kind == INTS ? (__u64)extend(v, d->arg) : v);
		if (quote)
			lym_text_char(m->b, '"');
	}
	lym_text_char(m->b, ']');
}

/* [A|B] */
static void list(struct lym_members *m, const struct member *d)
{
	lym_text_str(m->b, m->json ? "[\"" : "[");
	lym_names_print(m->b, d->arg, lym_member_get(m, d->offset, d->size));
	lym_text_str(m->b, m->json ? "\"]" : "]");
}

static void time_of(struct lym_members *m, const struct member *d, __s64 v)
{
	lym_member_int(m, d->name, v, true);
	if (!m->json)
		lym_value_time_comment(m->b, v, d->arg ? lym_member_get(m, d->offset + d->size, d->size) : 0, d->arg);
}

static void members(struct lym_members *m, enum lym_struct s);

/* How many elements an array has that a member points at. */
static __u64 pointed_count(const struct lym_members *m, const struct member *d)
{
	__u8 size = d->mask;

	return !size ? d->mask >> 8 : size == LYM_COUNT_NEXT ? (__u32)m->next : lym_member_get(m, d->mask >> 8, size);
}

/* The array that a member points at, if it was read and is wanted, else the pointer. */
static void pointed(struct lym_members *m, const struct member *d, __u64 v)
{
	static const struct lym_pointed nothing;
	const struct lym_pointed *in = m->inner && m->pointers < LYM_INNER_ARRAYS ? &m->inner[m->pointers] : &nothing;
	__u64 count = pointed_count(m, d);

	m->pointers++;
	if ((!in->p && (count || !v)) || (d->arg == LYM_STRUCT_sigset && count != 8) || (d->arg == LYM_STRUCT_tid && (!count || count > TIDS)) ||
	    (d->show == VERBOSE && !m->verbose)) {
		lym_member_ptr(m, d->name, v);
		return;
	}
	lym_member_name(m, d->name);
	if (d->arg == LYM_STRUCT_sigset && !m->json)
		lym_value_sigset(m->b, in->p, in->n);
	else if (m->json)
		lym_structs_json(m->b, d->arg, in->p, in->n, count);
	else
		lym_structs_fds(m->b, d->arg, in->p, in->n, count, v, m->verbose ? ~0u : m->limit, true, m->fds);
}

enum { UNUSED = 1, UP_TO_NUL, PATH };		/* kinds of CHARS */

/* The string that a member points at: as long as another member says, or up to a NUL. */
static void chars(struct lym_members *m, const struct member *d, __u64 v)
{
	const struct lym_pointed *in = m->inner && m->pointers < LYM_INNER_ARRAYS ? &m->inner[m->pointers] : NULL;
	__u64 count = pointed_count(m, d);
	bool text = !(__u8)d->mask || d->arg == UP_TO_NUL, more;
	size_t limit = d->arg == PATH ? ~(size_t)0 : m->limit;
	size_t n;

	m->pointers++;
	n = in ? in->n : 0;
	if (text && n)
		n = strnlen(in->p, n);
	/* a string without an end, or of which the end cannot be read, is none */
	if (!v || ((!in || !in->p) && count) || (d->arg == UNUSED && !count) || (in && in->part && n == in->n && n < limit)) {
		lym_member_ptr(m, d->name, v);
		return;
	}
	more = text ? count && n == in->n : n < count;
	lym_member_name(m, d->name);
	if (n > limit && !m->json) {
		n = limit;
		more = true;
	}
	lym_text_char(m->b, '"');
	if (m->json)
		lym_text_json(m->b, n ? in->p : "", n);
	else
		lym_text_cstr(m->b, n ? in->p : "", n);
	lym_text_str(m->b, more && !m->json ? "\"..." : "\"");
}

/* A struct in a struct; the rows nest no deeper than two. */
static void inner(struct lym_members *m, const struct member *d)
{
	struct lym_members in = { .b = m->b, .p = m->p + d->offset, .n = m->n - d->offset, .json = m->json, .verbose = m->verbose, .fds = m->fds,
				  .inner = m->inner, .limit = m->limit };

	if (in.n > d->size)
		in.n = d->size;
	lym_member_name(m, d->name);
	members(&in, d->arg);
}

/* / * bytes 24..31 * / */
static void comment(struct lym_buf *b, size_t from, size_t to)
{
	lym_text_lit(b, "/* bytes ");
	lym_text_u64(b, from);
	lym_text_lit(b, "..");
	lym_text_u64(b, to - 1);
	lym_text_lit(b, " */");
}

/* What lies behind all that is known: / * bytes 24..31 * / "\x01..." if it is not zero, ??? if it cannot be read. */
static void more(struct lym_members *m, const struct member *d)
{
	size_t i = d->offset, start;

	if (m->full <= d->offset || (m->n <= d->offset && !m->part))
		return;
	while (i < m->n && !m->p[i])
		i++;
	if (i == m->n && !m->part)
		return;
	if (m->json) {
		start = lym_member_begin(m, "extra");
		lym_text_xstr(m->b, m->p + d->offset, m->n - d->offset);
		lym_member_end(m, start);
		return;
	}
	if (d->arg && !m->verbose) {		/* bpf's */
		m->left_out = true;
		return;
	}
	lym_member_name(m, d->arg ? "extra_data" : "");
	if (m->part) {
		lym_text_lit(m->b, "???");
		return;
	}
	if (!d->arg) {
		comment(m->b, d->offset, m->full);
		lym_text_char(m->b, ' ');
	}
	lym_text_char(m->b, '"');
	lym_text_xstr(m->b, m->p + d->offset, m->n - d->offset);
	lym_text_str(m->b, m->n < m->full ? "\"..." : "\"");
	if (d->arg) {
		lym_text_char(m->b, ' ');
		comment(m->b, d->offset, m->full);
	}
}

static void member(struct lym_members *m, const struct member *d)
{
	__u64 v = lym_member_get(m, d->offset, d->size);
	size_t start;

	switch (d->kind) {
	case INT:
		lym_member_int(m, d->name, extend(v, d->size), d->size == 8);
		return;
	case UINT:
		lym_member_uint(m, d->name, v, d->size == 8);
		return;
	case HEX:
		lym_member_hex(m, d->name, v);
		return;
	case PTR:
		lym_member_ptr(m, d->name, v);
		return;
	case TIME:
		time_of(m, d, extend(v, d->size));
		return;
	case INTS ... SIGNALS:
		lym_member_name(m, d->name);
		array(m, d);
		return;
	case BIT:
		lym_member_uint(m, d->name, v >> d->arg & 1, false);
		return;
	case STRUCT_OF:
		inner(m, d);
		return;
	case EXTRA:
		more(m, d);
		return;
	case POINTS:
		pointed(m, d, v);
		return;
	case CHARS:
		chars(m, d, v);
		return;
	case FD:
		lym_member_fd(m, d->name, v);
		return;
	case CODE:
		if (!*d->name) {
			d->code(m, d->offset);
			return;
		}
	}
	start = lym_member_begin(m, d->name);
	if (d->kind == CODE) {
		d->code(m, d->offset);
	} else if (d->kind == STR) {
		string(m, d);
		start = m->b->len;	/* it is JSON already */
	} else if (d->kind == BYTES) {
		bytes(m, d);
	} else {
		special(m, d, v);
	}
	lym_member_end(m, start);
}

static bool shown(const struct lym_members *m, const struct member *d, __u64 flags)
{
	unsigned int i;

	switch (d->show) {
	case NONZERO:
		for (i = 0; i < d->size; i++) {
			if (m->p[d->offset + i])
				return true;
		}
		return false;
	case MISSING:
		return !(flags & d->mask);
	case RESULT:
		return m->succeeded;
	case NEVER:
		return false;
	case SET:
		return m->verbose || flags & d->mask;
	}
	if (d->kind == POINTS)
		return d->arg != LYM_STRUCT_tid || lym_member_get(m, d->offset, d->size) || pointed_count(m, d);
	if (d->kind == CHARS)
		return true;
	return !d->mask || flags & d->mask;
}

/* A struct that is one value: code makes an object of it, or a text. */
static void whole(struct lym_members *m, const struct member *d)
{
	bool quote = m->json && d->kind != OBJECT;
	size_t start;

	if (d->kind >= INTS && d->kind <= LIST) {
		(d->kind == LIST ? list : array)(m, d);
		return;
	}
	if (d->kind == FD) {
		lym_text_i64(m->b, (__s32)lym_member_get(m, 0, 4));
		if (m->fds && (__s32)lym_member_get(m, 0, 4) >= 0)
			m->fds->put(m->b, lym_member_get(m, 0, 4), m->fds->of);
		return;
	}
	quote &= d->kind > UINT || d->size == 8;
	if (quote)
		lym_text_char(m->b, '"');
	start = m->b->len;
	if (d->code)
		d->code(m, 0);
	else
		special(m, d, lym_member_get(m, 0, d->size));
	if (quote) {
		lym_text_json_tail(m->b, start);
		lym_text_char(m->b, '"');
	}
}

/* The members that are here whole, in braces. */
static void members(struct lym_members *m, enum lym_struct s)
{
	const struct member *d = structs[s].m, *end = d + structs[s].count;
	__u64 flags = lym_member_get(m, structs[s].flags, 8);

	if (!*d->name && (structs[s].count == 1 || d[1].show == NEVER)) {
		whole(m, d);
		return;
	}
	lym_text_char(m->b, '{');
	for (; d < end; d++) {
		/* of a text and of a struct, what there is of it */
		if ((size_t)d->offset + (d->kind == STR || d->kind == STRUCT_OF ? 1 : d->size) > m->n || !shown(m, d, flags))
			continue;
		if (d->show == VERBOSE && !m->verbose && d->kind != POINTS)
			m->left_out = true;
		else
			member(m, d);
	}
	if (m->left_out)
		lym_member_more(m);
	lym_text_char(m->b, '}');
}

/* The last member that is shown. */
static const struct member *last(enum lym_struct s)
{
	const struct member *d = structs[s].m + structs[s].count - 1;

	while (d > structs[s].m && d->show == NEVER)
		d--;
	return d;
}

/* True if there is something behind what is declared. */
static bool beyond(const struct lym_members *m, enum lym_struct s)
{
	size_t i = structs[s].size;

	if (last(s)->kind == BYTES)	/* which is all the rest */
		return false;
	while (i < m->n && !m->p[i])
		i++;
	return i < m->n;
}

/* Has it a member that tells what is behind it? */
static bool extra(enum lym_struct s)
{
	return last(s)->kind == EXTRA || (last(s)->kind == CODE && !last(s)->size);
}

bool lym_struct_strace(struct lym_buf *b, enum lym_struct s, const struct lym_extent *e, bool verbose)
{
	struct lym_members m = { .b = b, .p = e->p, .n = e->n, .full = e->full, .part = e->part, .verbose = verbose,
				  .inner = e->inner, .next = e->next, .succeeded = e->succeeded, .in32 = e->in32, .fds = e->fds, .limit = e->limit ?: LIMIT };

	size_t short_by = e->in32 ? lym_struct_size(s) - lym_struct_size32(s) : 0;

	if ((unsigned int)s >= LYM_STRUCT_MAX || e->n + short_by < structs[s].least || (e->part && e->n + short_by < structs[s].size))
		return false;
	m.left_out = !extra(s) && ((e->full > e->n && e->full > structs[s].size) || beyond(&m, s));
	members(&m, s);
	return true;
}

bool lym_struct_first(struct lym_buf *b, enum lym_struct s, unsigned char v)
{
	struct lym_members m = { .b = b, .p = &v, .n = 1, .full = 1 };

	if (structs[s].m->size != 1)
		return false;
	lym_text_char(b, '{');
	member(&m, structs[s].m);
	lym_member_more(&m);
	lym_text_char(b, '}');
	return true;
}

bool lym_struct_json(struct lym_buf *b, enum lym_struct s, const struct lym_extent *e)
{
	struct lym_members m = { .b = b, .p = e->p, .n = e->n, .full = e->full, .json = true, .verbose = true,
				  .inner = e->inner, .next = e->next, .succeeded = e->succeeded, .in32 = e->in32, .limit = ~0u };

	if ((unsigned int)s >= LYM_STRUCT_MAX || e->n + (e->in32 ? lym_struct_size(s) - lym_struct_size32(s) : 0) < structs[s].least)
		return false;
	members(&m, s);
	return true;
}
