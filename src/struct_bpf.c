// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What schema/structs_bpf.def cannot declare of what bpf takes. */
#include "config.h"
#include "struct_code.h"
#include "structs.h"

/* Shown if there is one. */
void lym_struct_bpf_target_btf_id(struct lym_members *m, size_t off)
{
	__u32 v = lym_member_get(m, off, 4);

	if (v)
		lym_member_uint(m, "target_btf_id", v, false);
}

/* 152 => 104: the room that there was, and what is used of it */
void lym_struct_bpf_info_len(struct lym_members *m, size_t off)
{
	enum { BEFORE = LYM_LEAD_ARRAYS - 1 };
	__u32 v = lym_member_get(m, off, 4), was = v;

	if (m->leads && m->leads[BEFORE].p && m->leads[BEFORE].n >= off + sizeof(was))
		memcpy(&was, (const char *)m->leads[BEFORE].p + off, sizeof(was));
	if (was != v && !m->json) {
		lym_text_u64(m->b, was);
		lym_text_lit(m->b, " => ");
	}
	lym_text_u64(m->b, v);
}

enum { INGRESS = 0, ITER = 28, PERF_EVENT = 41, KPROBE_MULTI = 42 };	/* enum bpf_attach_type */

/* What is behind the members that links of this type have. */
void lym_struct_bpf_link_rest(struct lym_members *m, size_t off)
{
	switch (lym_member_get(m, 8, 4)) {
	case INGRESS:
		off = 20;
		break;
	case ITER:
		off = 28;
		break;
	case PERF_EVENT:
		off = 24;
		break;
	case KPROBE_MULTI:
		off = 48;
	}
	lym_member_extra(m, off, true);
}

/* name=[...] of count structs at off, behind hidden pointer k of the link. */
static void list(struct lym_members *m, unsigned int k, const char *name, enum lym_struct s, __u32 count, size_t off)
{
	struct lym_members in = lym_structs_behind(m, k);

	lym_member_name(m, name);
	lym_structs_inner(&in, s, count, lym_member_get(m, off, 8));
}

void lym_struct_bpf_functions(struct lym_members *m, size_t off)
{
	__u32 count = lym_member_get(m, 4, 4);

	list(m, 0, "syms", m->in32 ? LYM_STRUCT_text_ptr32 : LYM_STRUCT_text_ptr, count, off);
	list(m, 1, "addrs", LYM_STRUCT_u64_hex, count, off + 8);
	list(m, 2, "cookies", LYM_STRUCT_u64_hex, count, off + 16);
}

void lym_struct_bpf_iter_info(struct lym_members *m, size_t off)
{
	list(m, 3, "iter_info", LYM_STRUCT_bpf_iter, lym_member_get(m, off + 8, 4), off);
}

/* A pointer to a text, in an array of them. */
void lym_struct_text_ptr(struct lym_members *m, size_t off)
{
	__u64 v = lym_member_word(m, off);
	size_t n = m->inner ? strnlen(m->inner, m->inner_len) : 0, limit = m->limit ?: n;
	bool ends = n < m->inner_len;

	if (!v || !m->inner || (!ends && n <= limit) || m->json) {
		lym_text_ptr(m->b, v);
		return;
	}
	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, m->inner, n < limit ? n : limit);
	lym_text_str(m->b, n > limit ? "\"..." : "\"");
}
