// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Arrays of structs of the kernel's interface. Declared in structs.h. */
#include "struct_code.h"
#include "structs.h"

void lym_structs_strace(struct lym_buf *b, enum lym_struct s, const void *p, size_t n, __u64 count, __u64 addr,
			unsigned int max, bool part)
{
	lym_structs_fds(b, s, p, n, count, addr, max, part, NULL);
}

void lym_structs_fds(struct lym_buf *b, enum lym_struct s, const void *p, size_t n, __u64 count, __u64 addr,
		     unsigned int max, bool part, const struct lym_fd_form *fds)
{
	size_t size = lym_struct_size(s), i;

	if (!addr || (count && n < size)) {
		lym_text_ptr(b, addr);
		return;
	}
	lym_text_char(b, '[');
	for (i = 0; i < count; i++) {
		if (i)
			lym_text_lit(b, ", ");
		if (i >= max && !(part && (i + 1) * size > n)) {
			lym_text_lit(b, "...");
			break;
		}
		if ((i + 1) * size > n) {
			lym_text_lit(b, "... /* ");
			lym_text_hex(b, addr + i * size);
			lym_text_lit(b, " */");
			break;
		}
		lym_struct_strace(b, s, &(struct lym_extent){ (const char *)p + i * size, size, size, .next = i, .fds = fds }, false);
	}
	lym_text_char(b, ']');
}

void lym_structs_json(struct lym_buf *b, enum lym_struct s, const void *p, size_t n, __u64 count)
{
	size_t size = lym_struct_size(s), i;

	lym_text_char(b, '[');
	for (i = 0; size && i < count && (i + 1) * size <= n; i++) {
		if (i)
			lym_text_char(b, ',');
		lym_struct_json(b, s, &(struct lym_extent){ (const char *)p + i * size, size, size, .next = i });
	}
	lym_text_char(b, ']');
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
	lym_structs_strace(m->b, LYM_STRUCT_uring_probe_op, m->p + off, m->n - off, n, 1, m->verbose ? ~0u : m->limit, true);
	if (more) {
		m->b->len--;
		lym_text_str(m->b, n ? ", ...]" : "...]");
	}
}
