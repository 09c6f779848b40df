// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What structs lead to: arrays, texts, descriptors; which of them there are, and how they are told. */
#include "struct_rows.h"
#include "structs.h"
#include "value.h"

#define TIDS 32			/* numbers that a thread can be given */

/* Is there more behind its pointers than arrays of what leads no further? */
static bool chained(enum lym_struct s)
{
	const struct lym_member_row *d, *e;
	unsigned int n, k, i, j;

	d = lym_struct_rows(s, &n);
	for (i = 0; i < n; i++, d++) {
		if (d->kind != POINTS)
			continue;
		if (d->show == EMPTY || d->show == HIDDEN || d->mask >> 32)
			return true;
		e = lym_struct_rows(d->arg, &k);
		for (j = 0; j < k; j++) {
			if (e[j].kind == POINTS)
				return true;
		}
	}
	return false;
}

/* What s leads to, which is at offset `at`; n: of the arrays found so far. */
static unsigned int find_lead(enum lym_struct s, size_t at, struct lym_lead *in, unsigned int n)
{
	unsigned int rows, i;
	const struct lym_member_row *d = lym_struct_rows(s, &rows);
	bool arrays = !chained(s);

	for (i = 0; i < rows; i++, d++) {
		if (d->kind == STRUCT_OF) {
			n = find_lead(d->arg, at + d->offset, in, n);
		} else if (d->kind == FD && in->fds < LYM_LEAD_FDS) {
			in->fd[in->fds++] = at + d->offset;
		} else if (((d->kind == POINTS && arrays) || d->kind == CHARS) && n < LYM_LEAD_ARRAYS) {
			in->array[n].ptr = at + d->offset;
			in->array[n].ptr_size = d->size;
			in->array[n].count = (d->mask >> 8) + ((__u8)d->mask ? at : 0);
			in->array[n].count_size = (__u8)d->mask;
			in->array[n].size = d->kind == CHARS ? 1 : lym_struct_size(d->arg);
			in->array[n++].of = d->kind == CHARS ? 0 : d->arg;
		}
	}
	return n;
}

bool lym_struct_lead(enum lym_struct s, struct lym_lead *in)
{
	unsigned int n = find_lead(s, 0, in, 0);

	in->size = lym_struct_size(s);
	return n || in->fds;
}

unsigned int lym_struct_inners(enum lym_struct s, struct lym_inner *in, unsigned int max)
{
	const struct lym_member_row *d, *e;
	unsigned int n = 0, rows, k, i, j;

	if (!chained(s))
		return 0;
	d = lym_struct_rows(s, &rows);
	for (i = 0; i < rows && n < max; i++, d++) {
		if (d->kind != POINTS)
			continue;
		in[n] = (struct lym_inner){ .ptr = d->offset, .count = d->mask >> 8, .count_size = d->mask, .when = d->mask >> 32,
					    .narrow = d->size == 4 ? LYM_NARROW : 0, .size = lym_struct_size(d->arg) };
		e = lym_struct_rows(d->arg, &k);
		for (j = 0; j < k; j++) {
			if (e[j].kind != POINTS)
				continue;
			in[n].each_ptr = e[j].offset + 1;
			in[n].each_count = e[j].mask >> 8;
			in[n].narrow |= e[j].size == 4 ? LYM_NARROW_EACH : 0;
		}
		n++;
	}
	return n;
}

__u64 lym_row_count(const struct lym_members *m, const struct lym_member_row *d)
{
	__u8 size = d->mask;

	return !size ? d->mask >> 8 : size == LYM_COUNT_NEXT ? (__u32)m->next : lym_member_get(m, d->mask >> 8, size);
}

void lym_row_pointed(struct lym_members *m, const struct lym_member_row *d, __u64 v)
{
	const struct lym_pointed one = { m->inner, m->inner_len };
	const struct lym_pointed *in = m->leads && m->pointers < LYM_LEAD_ARRAYS ? &m->leads[m->pointers] : &one;
	__u64 count = lym_row_count(m, d);

	m->pointers++;
	if ((!in->p && (count || !v)) || (d->arg == LYM_STRUCT_sigset && count != 8) || (d->arg == LYM_STRUCT_tid && (!count || count > TIDS)) ||
	    (d->show == VERBOSE && !m->verbose) || (d->show == RESULT && !m->succeeded && count)) {
		lym_member_ptr(m, d->name, v);
		return;
	}
	lym_member_name(m, d->name);
	if (d->arg == LYM_STRUCT_sigset && !m->json)
		lym_value_sigset(m->b, in->p, in->n);
	else if (d->arg == LYM_STRUCT_byte)
		lym_member_pointed(m, count, v, false);
	else if (d->show == EMPTY || (m->json && !m->leads))
		lym_structs_inner(m, d->arg, count, v);
	else if (m->json)
		lym_structs_json(m->b, d->arg, in->p, in->n, count);
	else
		lym_structs_fds(m->b, d->arg, in->p, in->n, count, v, m->verbose || !m->limit ? ~0u : m->limit, true, m->fds);
}

enum { UNUSED = 1, UP_TO_NUL, PATH };		/* kinds of CHARS */

void lym_row_chars(struct lym_members *m, const struct lym_member_row *d, __u64 v)
{
	const struct lym_pointed *in = m->leads && m->pointers < LYM_LEAD_ARRAYS ? &m->leads[m->pointers] : NULL;
	__u64 count = lym_row_count(m, d);
	bool text = !(__u8)d->mask || d->arg == UP_TO_NUL, more;
	size_t limit = d->arg == PATH || !m->limit ? ~(size_t)0 : m->limit;
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
