// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What schema/structs_v4l2.def cannot declare of a struct: members that depend on each other, numbers that mean more. */
#include "names.h"
#include "struct_code.h"
#include "structs.h"
#include "value.h"

/* v4l2_fourcc('Y', 'U', 'Y', 'V'), and its name as a comment */
static void fourcc(struct lym_buf *b, enum lym_names t, __u32 v)
{
	const char *s = lym_names_find(t, v);
	int i;

	if (b->names == LYM_NAMES_RAW) {
		lym_text_hex(b, v);
		return;
	}
	lym_text_lit(b, "v4l2_fourcc(");
	for (i = 0; i < 4; i++) {
		lym_text_str(b, i ? ", '" : "'");
		lym_value_char(b, v >> 8 * i, false);
		lym_text_char(b, '\'');
	}
	lym_text_char(b, ')');
	if (!s)
		return;
	lym_text_lit(b, " /* ");
	lym_text_str(b, s);
	lym_text_lit(b, " */");
}

void lym_struct_v4l2_pix_fmt(struct lym_members *m, size_t off)
{
	fourcc(m->b, LYM_NAMES_v4l2_pix_fmts, lym_member_get(m, off, 4));
}

void lym_struct_v4l2_sdr_fmt(struct lym_members *m, size_t off)
{
	fourcc(m->b, LYM_NAMES_v4l2_sdr_fmts, lym_member_get(m, off, 4));
}

void lym_struct_v4l2_meta_fmt(struct lym_members *m, size_t off)
{
	fourcc(m->b, LYM_NAMES_v4l2_meta_fmts, lym_member_get(m, off, 4));
}

/* 1/30 */
void lym_struct_v4l2_fract(struct lym_members *m, size_t off)
{
	lym_text_u64(m->b, lym_member_get(m, off, 4));
	lym_text_char(m->b, '/');
	lym_text_u64(m->b, lym_member_get(m, off + 4, 4));
}

/* Flags, and two numbers among them. */
void lym_struct_v4l2_buffer_flags(struct lym_members *m, size_t off)
{
	enum { TYPE = 0xe000, SRC = 0x70000 };
	__u32 v = lym_member_get(m, off, 4);

	if (m->b->names == LYM_NAMES_RAW) {
		lym_text_hex(m->b, v);
		return;
	}
	if (v & ~(TYPE | SRC)) {
		lym_names_flags(m->b, LYM_NAMES_v4l2_buf_flags, v & ~(TYPE | SRC));
		lym_text_char(m->b, '|');
	}
	lym_names_put(m->b, LYM_NAMES_v4l2_ts_type, v & TYPE);
	lym_text_char(m->b, '|');
	lym_names_put(m->b, LYM_NAMES_v4l2_ts_src, v & SRC);
}

/* V4L2_CID_HUE, V4L2_CTRL_CLASS_USER+0x1234 */
static void cid(struct lym_buf *b, __u32 v)
{
	const char *s = lym_names_find(LYM_NAMES_v4l2_ctrl_classes, v & 0xffff0000);

	if (b->names == LYM_NAMES_RAW || !s || lym_names_find(LYM_NAMES_v4l2_cids, v)) {
		lym_names_put(b, LYM_NAMES_v4l2_cids, v);
		return;
	}
	if (b->names) {
		lym_text_hex(b, v);
		lym_text_lit(b, " /* ");
	}
	lym_text_str(b, s);
	lym_text_char(b, '+');
	lym_text_hex(b, v & 0xffff);
	if (b->names)
		lym_text_lit(b, " */");
}

void lym_struct_v4l2_cid(struct lym_members *m, size_t off)
{
	cid(m->b, lym_member_get(m, off, 4));
}

/* The same where the next one of it may be asked for. */
void lym_struct_v4l2_cid_next(struct lym_members *m, size_t off)
{
	__u32 v = lym_member_get(m, off, 4), next = v & 0xc0000000;

	if (next && m->b->names != LYM_NAMES_RAW) {
		lym_names_flags(m->b, LYM_NAMES_v4l2_ctrl_next, next);
		lym_text_char(m->b, '|');
		v &= ~next;
	}
	cid(m->b, v);
}

#define CONTROL_SIZE 4		/* offset of size in struct v4l2_ext_control */

/* The value of a control: a string if it has a size. */
void lym_struct_v4l2_ext_value(struct lym_members *m, size_t off)
{
	__u32 size = lym_member_get(m, CONTROL_SIZE, 4);

	if (size) {
		lym_member_name(m, "string");
		lym_member_pointed(m, size, lym_member_word(m, off), false);
		return;
	}
	lym_member_int(m, "value", (__s32)lym_member_get(m, off, 4), false);
	lym_member_int(m, "value64", lym_member_get(m, off, 8), true);
}

#define CONTROLS_COUNT 4	/* offset of count in struct v4l2_ext_controls */
#define CONTROLS_ERROR 8	/* and of error_idx */

static void controls(struct lym_members *m, size_t off, __u32 count)
{
	lym_member_name(m, "controls");
	if (m->inner || m->json)
		lym_structs_inner(m, lym_struct_own(m, LYM_STRUCT_v4l2_ext_control), count, lym_member_word(m, off));
	else
		lym_text_ptr(m->b, lym_member_word(m, off));
}

/* Controls that are read, or that are set; the kernel writes them also where it fails, and which one it failed with. */
static void ext_controls(struct lym_members *m, size_t off, bool set)
{
	__u32 count = lym_member_get(m, CONTROLS_COUNT, 4);

	if (!count)
		return;
	if (set || m->json)
		controls(m, off, count);
	if (set && !m->json) {
		if (m->inner_len / count < lym_struct_size(LYM_STRUCT_v4l2_ext_control))
			return;
		m->any = false;
		lym_text_lit(m->b, "} => {");
	}
	if (!m->json)
		controls(m, off, count);
	lym_member_turn(m);
	if (!m->succeeded)
		lym_member_uint(m, "error_idx", lym_member_get(m, CONTROLS_ERROR, 4), false);
	lym_member_turn(m);
}

void lym_struct_v4l2_ext_set(struct lym_members *m, size_t off)
{
	ext_controls(m, off, true);
}

void lym_struct_v4l2_ext_get(struct lym_members *m, size_t off)
{
	ext_controls(m, off, false);
}
