// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Arrays of structs. Declared in structs.h. */
#include "struct_code.h"
#include "structs.h"

/* Elements of an array as lym_structs_strace() shows them; each: what the first of them point at, or NULL. */
static void elements(struct lym_buf *b, enum lym_struct s, const struct lym_extent *e, __u64 count, unsigned int max, bool verbose)
{
	size_t size = e->in32 ? lym_struct_size32(s) : lym_struct_size(s), i;

	if (!e->addr || (count && e->n < size)) {
		lym_text_ptr(b, e->addr);
		return;
	}
	lym_text_char(b, '[');
	for (i = 0; i < count; i++) {
		const struct lym_each *each = e->each && i < LYM_EACH ? e->each + i : NULL;

		if (i)
			lym_text_lit(b, ", ");
		if (i >= max && !(e->part && (i + 1) * size > e->n)) {
			lym_text_lit(b, "...");
			break;
		}
		if ((i + 1) * size > e->n) {
			lym_text_lit(b, "... /* ");
			lym_text_hex(b, e->addr + i * size);
			lym_text_lit(b, " */");
			break;
		}
		lym_struct_strace(b, s, &(struct lym_extent){ (const char *)e->p + i * size, size, size, .limit = e->limit, .next = i, .fds = e->fds,
							      .in32 = e->in32, .inner = each ? each->p : NULL, .inner_len = each ? each->n : 0 }, verbose);
	}
	lym_text_char(b, ']');
}

static void json(struct lym_buf *b, enum lym_struct s, const void *p, size_t n, __u64 count, bool in32)
{
	size_t size = in32 ? lym_struct_size32(s) : lym_struct_size(s), i;

	lym_text_char(b, '[');
	for (i = 0; size && i < count && (i + 1) * size <= n; i++) {
		if (i)
			lym_text_char(b, ',');
		lym_struct_json(b, s, &(struct lym_extent){ (const char *)p + i * size, size, size, .next = i, .in32 = in32 });
	}
	lym_text_char(b, ']');
}

void lym_structs_strace(struct lym_buf *b, enum lym_struct s, const void *p, size_t n, __u64 count, __u64 addr,
			unsigned int max, bool part)
{
	lym_structs_fds(b, s, p, n, count, addr, max, part, NULL);
}

void lym_structs_fds(struct lym_buf *b, enum lym_struct s, const void *p, size_t n, __u64 count, __u64 addr,
		     unsigned int max, bool part, const struct lym_fd_teller *fds)
{
	elements(b, s, &(struct lym_extent){ p, n, n, part, .addr = addr, .fds = fds }, count, max, false);
}

void lym_structs_inner(struct lym_members *m, enum lym_struct s, __u64 count, __u64 addr)
{
	if (m->json)
		json(m->b, s, m->inner, m->inner_len, count, m->in32);
	else
		elements(m->b, s, &(struct lym_extent){ m->inner, m->inner_len, m->inner_len, .part = true, .each = m->each, .addr = addr,
							.limit = m->limit, .in32 = m->in32 }, count, m->verbose || !m->limit ? ~0u : m->limit, m->verbose);
}

struct lym_members lym_structs_behind(const struct lym_members *m, unsigned int k)
{
	const struct lym_each *e;
	struct lym_members in = *m;

	if (!k)
		return in;
	e = m->each ? m->each + k * (LYM_EACH + 1) - 1 : NULL;
	in.inner = e ? e->p : NULL;
	in.inner_len = e ? e->n : 0;
	in.each = e ? e + 1 : NULL;
	return in;
}

void lym_structs_rest(struct lym_members *m, const char *name, enum lym_struct s, size_t off, __u64 count)
{
	struct lym_members in = *m;

	lym_member_name(m, name);
	in.inner = m->p + off;
	in.inner_len = m->n > off ? m->n - off : 0;
	in.each = NULL;
	lym_structs_inner(&in, s, count, m->addr + off);
}

void lym_structs_json(struct lym_buf *b, enum lym_struct s, const void *p, size_t n, __u64 count)
{
	json(b, s, p, n, count, false);
}

/* As many as the call says, if it wrote them as there are. */
void lym_struct_uring_probe_ops(struct lym_members *m, size_t off)
{
	size_t n = m->n > off ? (m->n - off) / lym_struct_size(LYM_STRUCT_uring_probe_op) : 0, len = lym_member_get(m, 1, 1);
	bool more = m->succeeded && n < len;

	if (m->succeeded && len < n)
		n = len;
	if (m->json) {
		lym_structs_json(m->b, LYM_STRUCT_uring_probe_op, m->p + off, m->n - off, n);
		return;
	}
	lym_structs_strace(m->b, LYM_STRUCT_uring_probe_op, m->p + off, m->n - off, n, 1, m->verbose || !m->limit ? ~0u : m->limit, true);
	if (more) {
		m->b->len--;
		lym_text_str(m->b, n ? ", ...]" : "...]");
	}
}
