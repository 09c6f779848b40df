// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What schema/structs_kd.def cannot declare of a struct: keys, fonts, and arrays that are read as far as they can be. */
#include "names.h"
#include "struct_code.h"
#include "structs.h"
#include "value.h"

void lym_struct_kd_kbd_mode(struct lym_members *m, size_t off)
{
	lym_text_char(m->b, '[');
	lym_value_names_int(m->b, LYM_NAMES_kd_kbd_modes, lym_member_get(m, off, 4));
	lym_text_char(m->b, ']');
}

/* Which table of keys: one of few has a name, the others are what is pressed. */
void lym_struct_kd_table(struct lym_members *m, size_t off)
{
	__u32 v = lym_member_get(m, off, 1);

	lym_names_print(m->b, lym_names_find(LYM_NAMES_kd_tables, v) ? LYM_NAMES_kd_tables : LYM_NAMES_kd_shifts, v);
}

/* 'a' */
static void character(struct lym_buf *b, unsigned char c)
{
	lym_text_char(b, '\'');
	lym_value_char(b, c, true);
	lym_text_char(b, '\'');
}

/* K_F1, K(KT_LATIN, 'a'), K(0xf, 0x1) */
static void key(struct lym_buf *b, __u32 v)
{
	enum { LATIN, META = 8, LETTER = 11, DEAD2 = 13 };
	const char *s = lym_names_find(LYM_NAMES_kd_keys, v);
	__u32 type = v >> 8;

	if (s) {
		lym_text_str(b, s);
		return;
	}
	lym_text_lit(b, "K(");
	s = lym_names_find(LYM_NAMES_kd_key_types, type);
	if (s)
		lym_text_str(b, s);
	else
		lym_text_hex(b, type);
	lym_text_lit(b, ", ");
	if (type == LATIN || type == META || type == LETTER || type == DEAD2)
		character(b, v);
	else
		lym_text_hex(b, v & 0xff);
	lym_text_char(b, ')');
}

/* kb_value=0x100 and what key that is */
void lym_struct_kd_key(struct lym_members *m, size_t off)
{
	size_t start = lym_member_begin(m, "kb_value");

	if (off + 2 > m->n) {
		lym_text_lit(m->b, "???");
	} else {
		lym_text_hex(m->b, lym_member_get(m, off, 2));
		if (m->b->names != LYM_NAMES_RAW) {
			lym_text_lit(m->b, " /* ");
			key(m->b, lym_member_get(m, off, 2));
			lym_text_lit(m->b, " */");
		}
	}
	lym_member_end(m, start);
}

/* KVAL(K_F1) */
void lym_struct_kd_func(struct lym_members *m, size_t off)
{
	enum { FN = 1 << 8 };
	__u32 v = lym_member_get(m, off, 1);

	if (m->b->names)
		lym_text_hex(m->b, v);
	if (m->b->names == LYM_NAMES_RAW)
		return;
	lym_text_str(m->b, m->b->names ? " /* KVAL(" : "KVAL(");
	key(m->b, FN | v);
	lym_text_str(m->b, m->b->names ? ") */" : ")");
}

/* What a key writes: a string up to a NUL, or as long as there is room for. */
void lym_struct_kd_string(struct lym_members *m, size_t off)
{
	enum { ROOM = 512 };
	size_t here = m->n > off ? m->n - off : 0, n = strnlen((const char *)m->p + off, here), show;

	lym_member_name(m, "kb_string");
	if (n == here && here < ROOM) {
		lym_text_str(m->b, m->json ? "null" : "???");
		return;
	}
	if (m->json) {
		lym_text_char(m->b, '"');
		lym_text_json(m->b, m->p + off, n);
		lym_text_char(m->b, '"');
		return;
	}
	show = m->limit && n > m->limit ? m->limit : n;
	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, m->p + off, show);
	lym_text_str(m->b, show < n || n == ROOM || (m->limit && n == m->limit) ? "\"..." : "\"");
}

void lym_struct_kd_char(struct lym_members *m, size_t off)
{
	character(m->b, lym_member_get(m, off, 1));
}

#define DIACRS 256		/* at most */

static __u32 diacrs(const struct lym_members *m)
{
	__u32 n = lym_member_get(m, 0, 4);

	return n < DIACRS ? n : DIACRS;
}

void lym_struct_kd_diacrs(struct lym_members *m, size_t off)
{
	lym_structs_rest(m, "kbdiacr", LYM_STRUCT_kd_diacr, off, diacrs(m));
}

void lym_struct_kd_diacrsuc(struct lym_members *m, size_t off)
{
	lym_structs_rest(m, "kbdiacruc", LYM_STRUCT_kd_diacruc, off, diacrs(m));
}

/* A map of characters that is asked for: how much room there is, and how much there was need for. */
void lym_struct_kd_unimap(struct lym_members *m, size_t off)
{
	__u64 count = lym_member_get(m, 0, 2), entries = lym_member_word(m, m->in32 ? 4 : 8), now;

	lym_member_uint(m, "entry_ct", count, false);
	lym_member_turn(m);
	now = lym_member_get(m, 0, 2);
	lym_member_turn(m);
	if (!m->json) {
		lym_text_lit(m->b, " => ");
		lym_text_u64(m->b, now);
	}
	if (m->succeeded) {
		lym_member_name(m, "entries");
		lym_structs_inner(m, LYM_STRUCT_kd_unipair, now, entries);
	} else {
		lym_member_ptr(m, "entries", entries);
	}
}

/* UNI_DIRECT_BASE+0x20, 0x41 */
static void screen_character(struct lym_buf *b, __u32 v)
{
	enum { BASE = 0xf000, MASK = 0x1ff };
	bool direct = (v & ~MASK) == BASE;

	if (b->names || !direct)
		lym_text_hex(b, v);
	if (!direct || b->names == LYM_NAMES_RAW)
		return;
	lym_text_str(b, b->names ? " /* UNI_DIRECT_BASE+" : "UNI_DIRECT_BASE+");
	lym_text_hex(b, v & MASK);
	if (b->names)
		lym_text_lit(b, " */");
}

void lym_struct_kd_uniscrnmap(struct lym_members *m, size_t off)
{
	enum { ELEMENTS = 256 };
	size_t i;

	lym_text_char(m->b, '[');
	for (i = 0; i < ELEMENTS && !(m->json && 2 * i + 2 > m->n); i++) {
		if (i)
			lym_text_lit(m->b, ", ");
		if (2 * i + 2 > m->n) {
			lym_text_lit(m->b, "... /* ");
			lym_text_hex(m->b, m->addr + 2 * i);
			lym_text_lit(m->b, " */");
			break;
		}
		if (m->limit && i >= m->limit && !m->verbose) {
			lym_text_lit(m->b, "...");
			break;
		}
		if (m->json)
			lym_text_u64(m->b, lym_member_get(m, 2 * i, 2));
		else
			screen_character(m->b, lym_member_get(m, 2 * i, 2));
	}
	lym_text_char(m->b, ']');
}

/* ---- fonts: 32 bytes a character, and a row ---- */

#define HEIGHT 32
#define CHARS 512

void lym_struct_kd_chardata(struct lym_members *m, size_t off)
{
	__u32 count = lym_member_get(m, 0, 2);

	lym_member_name(m, "chardata");
	lym_member_pointed(m, (count < CHARS ? count : CHARS) * HEIGHT, lym_member_word(m, off), true);
}

enum { OP_SET, OP_GET, OP_DEFAULT, OP_COPY };
enum { OFF_OP, OFF_FLAGS = 4, OFF_WIDTH = 8, OFF_HEIGHT = 12, OFF_COUNT = 16, OFF_DATA = 24, OFF_DATA32 = 20 };

/* The name of a font. */
static void font_name(struct lym_members *m, __u64 data)
{
	enum { ROOM = 32 };
	size_t here = m->inner_len < ROOM ? m->inner_len : ROOM, n = m->inner ? strnlen(m->inner, here) : 0;

	if (m->json) {
		lym_member_pointed(m, n, data, false);
		return;
	}
	if (!data || !m->inner || (n == here && here < ROOM)) {
		lym_text_ptr(m->b, data);
		return;
	}
	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, m->inner, n == ROOM ? n - 1 : n);
	lym_text_str(m->b, n == ROOM ? "\"..." : "\"");
}

/* What is asked of a font, and (after) what came of it. */
static void font(struct lym_members *m, __u32 op, bool after)
{
	__u32 width = lym_member_get(m, OFF_WIDTH, 4), count = lym_member_get(m, OFF_COUNT, 4);
	__u64 data = lym_member_word(m, m->in32 ? OFF_DATA32 : OFF_DATA);

	if (op != OP_COPY)
		lym_member_uint(m, "width", width, false);
	lym_member_uint(m, "height", lym_member_get(m, OFF_HEIGHT, 4), false);
	if (op == OP_COPY || (op == OP_DEFAULT && after))
		return;
	if (op != OP_DEFAULT)
		lym_member_uint(m, "charcount", count, false);
	if (op == OP_SET || (op == OP_GET && after)) {
		lym_member_name(m, "data");
		lym_member_pointed(m, ((width < HEIGHT ? width : HEIGHT) + 7) / 8 * HEIGHT * (count < CHARS ? count : CHARS), data, true);
	} else if (op == OP_DEFAULT) {
		lym_member_name(m, "data");
		font_name(m, data);
	} else {
		lym_member_ptr(m, "data", data);
	}
}

void lym_struct_kd_font_op(struct lym_members *m, size_t off)
{
	__u32 op = lym_member_get(m, OFF_OP, 4);
	size_t start = lym_member_begin(m, "op");

	lym_names_put(m->b, LYM_NAMES_kd_font_ops, op);
	lym_member_end(m, start);
	if (op != OP_DEFAULT && op != OP_COPY) {
		start = lym_member_begin(m, "flags");
		lym_names_flags(m->b, LYM_NAMES_kd_font_flags, lym_member_get(m, OFF_FLAGS, 4));
		lym_member_end(m, start);
	}
	font(m, op, m->json && m->succeeded);
	if (m->json || !m->succeeded || op == OP_SET || op == OP_COPY)
		return;
	m->any = false;
	lym_text_lit(m->b, "} => {");
	lym_member_turn(m);
	font(m, op, true);
	lym_member_turn(m);
}
