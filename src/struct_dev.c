// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What schema/structs_ioctl_dev.def cannot declare of a struct: members that depend on each other. */
#include "names.h"
#include "struct_code.h"
#include "value.h"

static void member_flags(struct lym_members *m, const char *name, enum lym_names t, __u64 v)
{
	size_t start = lym_member_begin(m, name);

	lym_names_print(m->b, t, v);
	lym_member_end(m, start);
}

/* An attribute of a line: which one it is says what its value means. raw: it is none. */
static void gpio_attr(struct lym_members *m, size_t off, bool raw)
{
	enum { FLAGS = 1, OUTPUT_VALUES };
	__u32 id = lym_member_get(m, off, 4), padding = lym_member_get(m, off + 4, 4);
	__u64 v = lym_member_get(m, off + 8, 8);

	if (raw) {
		lym_member_uint(m, "id", id, false);
		if (padding)
			lym_member_hex(m, "padding", padding);
		lym_member_hex(m, "data", v);
	} else if (id == FLAGS) {
		member_flags(m, "flags", LYM_NAMES_gpio_v2_line_flags, v);
	} else if (id == OUTPUT_VALUES) {
		lym_member_hex(m, "values", v);
	} else {
		lym_member_uint(m, "debounce_period_us", (__u32)v, false);
	}
}

static bool gpio_attr_raw(const struct lym_members *m, size_t off)
{
	enum { LAST = 3 };
	__u32 id = lym_member_get(m, off, 4);

	return lym_member_get(m, off + 4, 4) || !id || id > LAST;
}

void lym_struct_gpio_attr(struct lym_members *m, size_t off)
{
	lym_text_char(m->b, '{');
	gpio_attr(m, off, gpio_attr_raw(m, off));
	lym_text_char(m->b, '}');
}

/* The same among others: what is not understood is a struct of its own. */
void lym_struct_gpio_attr_members(struct lym_members *m, size_t off)
{
	if (!gpio_attr_raw(m, off)) {
		gpio_attr(m, off, false);
		return;
	}
	lym_member_name(m, "attr");
	m->any = false;
	lym_struct_gpio_attr(m, off);
	m->any = true;
}

/* A time of a clock that counts from the epoch, and what it is. */
void lym_struct_ptp_moment(struct lym_members *m, size_t off)
{
	__s64 sec = lym_member_get(m, off, 8);
	__u32 nsec = lym_member_get(m, off + 8, 4), reserved = lym_member_get(m, off + 12, 4);

	lym_text_char(m->b, '{');
	lym_member_int(m, "sec", sec, true);
	lym_member_uint(m, "nsec", nsec, false);
	if (reserved)
		lym_member_hex(m, "reserved", reserved);
	lym_text_char(m->b, '}');
	if (!m->json && m->b->names != LYM_NAMES_RAW)
		lym_value_time_comment(m->b, sec, nsec, 9);
}

/* [1, KEY_ESC]: a scan code and what it means. */
void lym_struct_input_keycode(struct lym_members *m, size_t off)
{
	size_t start;

	lym_text_char(m->b, '[');
	lym_text_u64(m->b, lym_member_get(m, off, 4));
	lym_text_str(m->b, m->json ? ",\"" : ", ");
	start = m->b->len;
	lym_names_put(m->b, LYM_NAMES_evdev_keycode, lym_member_get(m, off + 4, 4));
	if (m->json) {
		lym_text_json_tail(m->b, start);
		lym_text_char(m->b, '"');
	}
	lym_text_char(m->b, ']');
}

/* A name as long as another member says, and a NUL. */
static void ubi_name(struct lym_members *m, size_t off, size_t len)
{
	enum { MOST = 127 };
	__s16 n = lym_member_get(m, len, 2);
	size_t room = (n < 0 ? 0 : n < MOST ? n : MOST) + 1, told;

	if (off + room > m->n)
		return;
	told = strnlen((const char *)m->p + off, room);
	if (m->json) {
		lym_text_cstr(m->b, m->p + off, told);
		return;
	}
	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, m->p + off, told == room ? told - 1 : told);
	lym_text_str(m->b, told == room ? "\"..." : "\"");
}

void lym_struct_ubi_mkvol_name(struct lym_members *m, size_t off)
{
	ubi_name(m, off, off - 6);
}

void lym_struct_ubi_rnvol_name(struct lym_members *m, size_t off)
{
	ubi_name(m, off, off - 4);
}
