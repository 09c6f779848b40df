// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Structs of the kernel's interface in strace's form and as JSON: the expander of schema/structs.def. */
#include "names.h"
#include "struct_rows.h"
#include "structs.h"
#include "value.h"


/* What the last column of a member means, by its kind. */
#define ARG_NUMBER(a) a, NULL
#define ARG_INT ARG_NUMBER
#define ARG_UINT ARG_NUMBER
#define ARG_HEX ARG_NUMBER
#define ARG_FD ARG_NUMBER
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
#define ARG_EXPLAINED(a) LYM_NAMES_##a, NULL
#define ARG_FLAGS(a) LYM_NAMES_##a, NULL
#define ARG_STRUCT_OF(a) LYM_STRUCT_##a, NULL
#define ARG_STRUCTS(a) LYM_STRUCT_##a, NULL
#define ARG_POINTS(a) LYM_STRUCT_##a, NULL
#define ARG_CODE(a) 0, lym_struct_##a
#define ARG_OBJECT(a) 0, lym_struct_##a

/* An array of members for each struct... */
#define STRUCT(id, size, least, flags) static const struct lym_member_row members_##id[] = {
#define MEMBER(show, mask, name, offset, size, kind, arg) { #name, mask, offset, size, kind, show, ARG_##kind(arg) },
#define END };
#include "structs.def"

/* ...and one of the structs. */
static const struct {
	const struct lym_member_row *m;
	__u16 count, size, least, flags;
} structs[LYM_STRUCT_MAX] = {
#define STRUCT(id, size, least, flags) \
	[LYM_STRUCT_##id] = { members_##id, sizeof(members_##id) / sizeof(struct lym_member_row), size, least, flags },
#include "structs.def"
};

bool lym_struct_wide(enum lym_struct s)
{
	const struct lym_member_row *d;

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

const struct lym_member_row *lym_struct_rows(enum lym_struct s, unsigned int *count)
{
	*count = (unsigned int)s < LYM_STRUCT_MAX ? structs[s].count : 0;
	return *count ? structs[s].m : NULL;
}

static __s64 extend(__u64 v, size_t size)
{
	return size == 8 ? (__s64)v : size == 4 ? (__s32)v : size == 2 ? (__s16)v : (__s8)v;
}

/* The text of a number that is more than a number. */
static void special(struct lym_members *m, const struct lym_member_row *d, __u64 v)
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
	case EXPLAINED:
		lym_value_explained(b, d->arg, v);
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
		(m->json ? lym_value_sigset_json : lym_value_sigset)(b, m->p + d->offset, m->n - d->offset < d->size ? m->n - d->offset : d->size);
		break;
	case HANDLER:
		lym_value_handler(b, v);
		break;
	case ID:
		lym_value_id(b, d->size == 2 && v == 0xffff ? ~0u : v);
		break;
	case RLIM:
		if (m->json && v != (d->size == 4 ? ~0u : ~0ull))	/* a number, not strace's 8*1024 */
			lym_text_u64(m->b, v);
		else if (d->size == 4)
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
		if (m->json)
			lym_text_u64(b, v);
		else
			lym_value_clock(b, v);
	}
}

static void put_signal(struct lym_buf *b, __u64 v)
{
	lym_value_signal(b, v);
}

static void put_int(struct lym_buf *b, __u64 v)
{
	lym_text_i64(b, v);
}

static void members(struct lym_members *m, enum lym_struct s);

/* A number or a struct of an array. */
static void element(struct lym_members *m, const struct lym_member_row *d, size_t off, size_t size)
{
	static void (*const puts[])(struct lym_buf *b, __u64 v) = {
		[INTS] = put_int, [UINTS] = lym_text_u64, [HEXES] = lym_text_hex, [SIGNALS] = put_signal,
	};
	bool quote = m->json && (d->kind > UINTS || size == 8);
	__u64 v;

	if (d->kind == STRUCTS) {
		members(&(struct lym_members){ .b = m->b, .p = m->p + off, .n = size, .json = m->json, .verbose = m->verbose,
					       .limit = m->limit, .in32 = m->in32 }, d->arg);
		return;
	}
	v = lym_member_get(m, off, size);
	if (quote)
		lym_text_char(m->b, '"');
	puts[d->kind](m->b, d->kind == INTS ? (__u64)extend(v, size) : v);
	if (quote)
		lym_text_char(m->b, '"');
}

/* How many elements of an array there are, if another member says so. */
static __u64 told(const struct lym_members *m, const struct lym_member_row *d, __u64 n)
{
	__u64 count;
	__s8 size;

	if (d->show != UPTO && d->show != SOME)
		return n;
	size = d->mask & 0xff;
	count = lym_member_get(m, d->mask >> 8 & 0xffff, size < 0 ? -size : size);
	if (size < 0 && extend(count, -size) < 0)
		return 0;
	if (d->mask & TWICE && count < n)
		count = 2 * count + 1;
	return count < n ? count : n;
}

/* [1, 0x2]; JSON has as a string what is no number to it. */
static void array(struct lym_members *m, const struct lym_member_row *d)
{
	size_t size = d->kind == STRUCTS ? structs[d->arg].size : d->arg, i;
	__u64 n = told(m, d, (m->n - d->offset < d->size ? m->n - d->offset : d->size) / size);

	lym_text_char(m->b, '[');
	for (i = 0; i < n; i++) {
		if (i)
			lym_text_bytes(m->b, ", ", m->json ? 1 : 2);
		if (m->limit && i >= m->limit && !m->verbose) {
			lym_text_lit(m->b, "...");
			break;
		}
		element(m, d, d->offset + i * size, size);
	}
	lym_text_char(m->b, ']');
}

/* [A|B] */
static void list(struct lym_members *m, const struct lym_member_row *d)
{
	lym_text_str(m->b, m->json ? "[\"" : "[");
	lym_names_print(m->b, d->arg, lym_member_get(m, d->offset, d->size));
	lym_text_str(m->b, m->json ? "\"]" : "]");
}

static void time_of(struct lym_members *m, const struct lym_member_row *d, __s64 v)
{
	lym_member_int(m, d->name, v, true);
	if (!m->json)
		lym_value_time_comment(m->b, v, d->arg ? lym_member_get(m, d->offset + d->size, d->size) : 0, d->arg);
}

/* A struct in a struct; the rows nest no deeper than two. */
static void inner(struct lym_members *m, const struct lym_member_row *d)
{
	struct lym_members in = { .b = m->b, .p = m->p + d->offset, .n = m->n - d->offset, .json = m->json, .verbose = m->verbose,
				  .limit = m->limit, .inner = m->inner, .inner_len = m->inner_len, .each = m->each, .fds = m->fds,
				  .leads = m->leads, .pointers = m->pointers, .in32 = m->in32 };

	if (in.n > d->size)
		in.n = d->size;
	lym_member_name(m, d->name);
	members(&in, d->arg);
	m->pointers = in.pointers;
}

static void member(struct lym_members *m, const struct lym_member_row *d)
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
	case ID:
	case SIGSET:
		lym_member_name(m, d->name);
		special(m, d, v);
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
	case INTS ... STRUCTS:
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
		lym_member_extra(m, d->offset, d->arg);
		return;
	case POINTS:
		lym_row_pointed(m, d, v);
		return;
	case CHARS:
		lym_row_chars(m, d, v);
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
		lym_member_text(m, d->offset, d->size);
		start = m->b->len;	/* it is JSON already */
	} else if (d->kind == BYTES) {
		lym_member_rest(m, d->offset);
	} else {
		special(m, d, v);
	}
	lym_member_end(m, start);
}

static bool shown(const struct lym_members *m, const struct lym_member_row *d, __u64 flags)
{
	unsigned int i;

	switch (d->show) {
	case NONZERO:
	case RESULT_NONZERO:
		if (flags & d->mask || (d->show == RESULT_NONZERO && !m->succeeded))
			return false;
		for (i = 0; i < d->size; i++) {
			if (m->p[d->offset + i])
				return true;
		}
		return false;
	case MISSING:
		return !(flags & d->mask);
	case RESULT:
	case RESULT_VERBOSE:
		return m->succeeded || d->kind == POINTS;
	case NEVER:
		return false;
	case SET:
		return m->verbose || flags & d->mask;
	case EQUAL_RESULT:
		if (!m->succeeded)
			return false;
		/* fallthrough */
	case EQUAL:
	case EQUAL_VERBOSE:
		return (flags & d->mask >> 32) == (__u32)d->mask;
	case UPTO:
		return m->succeeded || !(d->mask & RESULTS);
	case SOME:
		return lym_member_get(m, d->mask >> 8 & 0xffff, d->mask & 0xff);
	case EMPTY:
		return true;
	case HIDDEN:
		return false;
	case CHANGED:
		return *d->name;
	}
	if (d->kind == POINTS)
		return d->arg != LYM_STRUCT_tid || lym_member_get(m, d->offset, d->size) || lym_row_count(m, d);
	if (d->kind == CHARS)
		return true;
	return !d->mask || flags & d->mask;
}

/* A struct that is one value: code makes an object of it, or a text. */
static void whole(struct lym_members *m, const struct lym_member_row *d)
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
			m->fds->put(m->fds, m->b, lym_member_get(m, 0, 4));
		return;
	}
	quote &= d->kind != ID && d->kind != SIGSET && (d->kind > UINT || d->size == 8);
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

/* Is a member what the call answers? */
static bool answers(const struct lym_member_row *d)
{
	return d->show == RESULT || d->show == RESULT_VERBOSE || d->show == RESULT_NONZERO || d->show == EQUAL_RESULT ||
	       (d->show == UPTO && d->mask & RESULTS);
}

bool lym_struct_answers(enum lym_struct s)
{
	const struct lym_member_row *d;

	for (d = structs[s].m; (unsigned int)s < LYM_STRUCT_MAX && d < structs[s].m + structs[s].count; d++) {
		if (answers(d) || d->show >= CHANGED)
			return true;
	}
	return false;
}

/* 3 => 4: a number that the call has changed. */
static void changed(struct lym_members *m, const struct lym_member_row *d)
{
	if (!*d->name)
		return;
	lym_text_lit(m->b, " => ");
	lym_member_turn(m);
	if (d->kind == HEX)
		lym_text_hex(m->b, lym_member_get(m, d->offset, d->size));
	else
		special(m, d, lym_member_get(m, d->offset, d->size));
	lym_member_turn(m);
}

/* } => {: what follows is what the call has made of it. False: it has not. */
static bool then(struct lym_members *m)
{
	if (m->json || !m->succeeded)
		return m->succeeded;
	if (m->left_out)
		lym_member_more(m);
	m->left_out = m->any = false;
	lym_text_lit(m->b, "} => {");
	return true;
}

/* The members that are here whole, in braces. */
static void members(struct lym_members *m, enum lym_struct s)
{
	const struct lym_member_row *d = structs[s].m, *end = d + structs[s].count;
	bool answer = false, turned;
	__u64 flags;

	if (!*d->name && (structs[s].count == 1 || d->kind == OBJECT || d[1].show == NEVER)) {
		whole(m, d);
		return;
	}
	lym_text_char(m->b, '{');
	for (; d < end; d++) {
		if (d->show >= THEN) {
			if (d->show == THEN_NUMBER || !then(m))
				break;
			answer = true;
			continue;
		}
		turned = answer || answers(d);
		if (turned)
			lym_member_turn(m);
		flags = lym_member_get(m, structs[s].flags, 8);
		/* of a text, a struct and registers, what there is of it */
		if ((size_t)d->offset + (d->kind == STR || d->kind == STRUCT_OF ? 1 : d->kind == HEXES ? d->arg : d->size) > m->n || !shown(m, d, flags))
			;
		else if ((d->show == VERBOSE || d->show == EQUAL_VERBOSE || d->show == RESULT_VERBOSE) && !m->verbose && d->kind != POINTS)
			m->left_out = true;
		else
			member(m, d);
		if (turned)
			lym_member_turn(m);
		if (d->show == CHANGED && m->succeeded && !m->json)
			changed(m, d);
	}
	if (m->left_out)
		lym_member_more(m);
	lym_text_char(m->b, '}');
	if (d == end || m->json)
		return;
	if (d->show == THEN_POINTER) {
		lym_text_lit(m->b, " => ");
		lym_text_ptr(m->b, m->addr);
	} else if (d->show == THEN_NUMBER && m->succeeded) {
		lym_text_lit(m->b, " => [");
		lym_member_turn(m);
		lym_text_i64(m->b, (__s32)lym_member_get(m, d->offset, 4));
		lym_text_char(m->b, ']');
	}
}

/* The last member that is shown. */
static const struct lym_member_row *last(enum lym_struct s)
{
	const struct lym_member_row *d = structs[s].m + structs[s].count - 1;

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
				  .after = e->after, .after_n = e->after_n, .inner = e->inner, .inner_len = e->inner_len, .each = e->each,
				  .leads = e->inner || e->each ? NULL : e->leads, .next = e->next, .addr = e->addr,
				  .succeeded = e->succeeded, .in32 = e->in32, .fds = e->fds, .limit = e->limit };
	size_t short_by = e->in32 ? lym_struct_size(s) - lym_struct_size32(s) : 0;

	if ((unsigned int)s >= LYM_STRUCT_MAX || e->n + short_by < structs[s].least ||
	    (e->part && e->n + short_by < structs[s].size && structs[s].m->show != PARTIAL))
		return false;
	m.left_out = !extra(s) && ((e->full > e->n && e->full > structs[s].size) || beyond(&m, s));
	members(&m, s);
	return true;
}

void lym_struct_part(struct lym_members *m, enum lym_struct s, const void *p, size_t n, size_t full)
{
	members(&(struct lym_members){ .b = m->b, .p = p, .n = n, .full = full, .json = m->json, .verbose = m->verbose, .limit = m->limit,
				       .in32 = m->in32, .left_out = full > structs[s].size }, s);
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
				  .after = e->after, .after_n = e->after_n, .inner = e->inner, .inner_len = e->inner_len, .each = e->each,
				  .leads = e->inner || e->each ? NULL : e->leads, .next = e->next, .succeeded = e->succeeded, .in32 = e->in32 };

	if ((unsigned int)s >= LYM_STRUCT_MAX || e->n + (e->in32 ? lym_struct_size(s) - lym_struct_size32(s) : 0) < structs[s].least)
		return false;
	members(&m, s);
	return true;
}
