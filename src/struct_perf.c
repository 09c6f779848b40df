// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Of perf_event_attr and bpf_attr what depends on the type of event. Declared in struct_code.h. */
#include "names.h"
#include "struct_code.h"
#include "value.h"

enum { HARDWARE, SOFTWARE, TRACEPOINT, HW_CACHE, RAW, BREAKPOINT };	/* types, the first member */

static __u32 type(const struct lym_members *m)
{
	return lym_member_get(m, 0, 4);
}

static void shifted(struct lym_buf *b, __u64 v, unsigned int shift)
{
	if (!v)
		return;
	lym_text_hex(b, v);
	lym_text_lit(b, "<<");
	lym_text_u64(b, shift);
	lym_text_char(b, '|');
}

void lym_struct_perf_config(struct lym_members *m, size_t off)
{
	__u64 v = lym_member_get(m, off, 8);

	switch (type(m)) {
	case HARDWARE:
		shifted(m->b, v >> 32, 32);
		lym_names_put(m->b, LYM_NAMES_perf_hw_id, (__u32)v);
		break;
	case SOFTWARE:
		lym_names_put(m->b, LYM_NAMES_perf_sw_ids, v);
		break;
	case TRACEPOINT:
		lym_text_u64(m->b, v);
		break;
	case HW_CACHE:
		shifted(m->b, v >> 32, 32);
		shifted(m->b, (__u32)v >> 24, 24);
		lym_names_put(m->b, LYM_NAMES_perf_hw_cache_op_result_id, v >> 16 & 0xff);
		lym_text_lit(m->b, "<<16|");
		lym_names_put(m->b, LYM_NAMES_perf_hw_cache_op_id, v >> 8 & 0xff);
		lym_text_lit(m->b, "<<8|");
		lym_names_put(m->b, LYM_NAMES_perf_hw_cache_id, v & 0xff);
		break;
	default:
		lym_text_hex(m->b, v);
	}
}

void lym_struct_perf_precise(struct lym_members *m, size_t off)
{
	static const char *const skid[] = {
		"arbitrary skid", "constant skid", "requested to have 0 skid", "must have 0 skid",
	};
	unsigned int v = lym_member_get(m, off, 8) >> 15 & 3;

	lym_text_u64(m->b, v);
	lym_text_lit(m->b, " /* ");
	lym_text_str(m->b, skid[v]);
	lym_text_lit(m->b, " */");
}

static void named(struct lym_members *m, const char *name, enum lym_names t, __u64 v)
{
	size_t start = lym_member_begin(m, name);

	lym_names_print(m->b, t, v);
	lym_member_end(m, start);
}

/* Its size; and what the kernel says that it may be at most, if that is less. */
void lym_struct_perf_size(struct lym_members *m, size_t off)
{
	__u32 after;

	lym_names_put(m->b, LYM_NAMES_perf_attr_size, lym_member_get(m, off, 4));
	if (!m->inner || m->inner_len < off + sizeof(after) || m->json)
		return;
	memcpy(&after, (const char *)m->inner + off, sizeof(after));
	lym_text_lit(m->b, " => ");
	lym_names_put(m->b, LYM_NAMES_perf_attr_size, after);
}

/* Bits without a name. */
void lym_struct_perf_bits(struct lym_members *m, size_t off)
{
	lym_member_unnamed(m, "__reserved_1", lym_member_get(m, off, 8) >> 38, " /* Bits 63..38 */");
}

/* Bytes without a name, as a comment. */
void lym_struct_perf_reserved(struct lym_members *m, size_t off)
{
	size_t size = off == 110 ? 2 : 4;
	__u64 v = lym_member_get(m, off, size);

	if (!v || m->json)
		return;
	lym_text_lit(m->b, " /* bytes ");
	lym_text_u64(m->b, off);
	lym_text_lit(m->b, "..");
	lym_text_u64(m->b, off + size - 1);
	lym_text_lit(m->b, ": ");
	lym_text_hex(m->b, v);
	lym_text_lit(m->b, " */");
}

/* Reads or writes beside execution are none. */
static void breakpoint_type(struct lym_members *m, __u32 v)
{
	size_t start;

	if (v > 7 || m->b->names == LYM_NAMES_RAW || lym_names_find(LYM_NAMES_hw_breakpoint_type, v)) {
		named(m, "bp_type", LYM_NAMES_hw_breakpoint_type, v);
		return;
	}
	start = lym_member_begin(m, "bp_type");
	lym_text_hex(m->b, v);
	lym_text_lit(m->b, " /* HW_BREAKPOINT_INVALID */");
	lym_member_end(m, start);
}

/* From wakeup_events to config1. */
void lym_struct_perf_wakeup(struct lym_members *m, size_t off)
{
	bool watermark = lym_member_get(m, 40, 8) >> 14 & 1, breakpoint = type(m) == BREAKPOINT;

	lym_member_uint(m, watermark ? "wakeup_watermark" : "wakeup_events", lym_member_get(m, off, 4), false);
	if (breakpoint)
		breakpoint_type(m, lym_member_get(m, off + 4, 4));
	lym_member_hex(m, breakpoint ? "bp_addr" : "config1", lym_member_get(m, off + 8, 8));
}

void lym_struct_perf_config2(struct lym_members *m, size_t off)
{
	if (type(m) == BREAKPOINT)
		lym_member_uint(m, "bp_len", lym_member_get(m, off, 8), true);
	else
		lym_member_hex(m, "config2", lym_member_get(m, off, 8));
}

void lym_struct_perf_branch(struct lym_members *m, size_t off)
{
	if (lym_member_get(m, 24, 8) & 0x800)		/* PERF_SAMPLE_BRANCH_STACK */
		named(m, "branch_sample_type", LYM_NAMES_perf_branch_sample_type, lym_member_get(m, off, 8));
}

void lym_struct_perf_stack(struct lym_members *m, size_t off)
{
	if (lym_member_get(m, 24, 8) & 0x2000)		/* PERF_SAMPLE_STACK_USER */
		lym_member_hex(m, "sample_stack_user", lym_member_get(m, off, 4));
}

static void kern_version(struct lym_buf *b, __u64 v)
{
	lym_text_lit(b, "KERNEL_VERSION(");
	lym_text_u64(b, v >> 16);
	lym_text_lit(b, ", ");
	lym_text_u64(b, v >> 8 & 0xff);
	lym_text_lit(b, ", ");
	lym_text_u64(b, v & 0xff);
	lym_text_char(b, ')');
}

void lym_struct_kern_version(struct lym_members *m, size_t off)
{
	lym_value_named(m->b, lym_member_get(m, off, 4), lym_text_hex, kern_version);
}
