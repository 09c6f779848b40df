// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Requests of ioctl by name: one of the table, or made of other numbers (schema/requests.def). Declared in value.h. */
#include "names.h"
#include "value.h"

enum { SIZE = 1, NUMBER = 2, NAME = 4 };

static const struct request {
	const char *name;
	__u8 dir, type, first, what;
	__u16 count, table;
} requests[] = {
#define SIZED(dir, type, first, name) { #name, dir, type, first, SIZE, 1, 0 },
#define NUMBERED(dir, type, first, count, name) { #name, dir, type, first, NUMBER, count, 0 },
#define NAMED(dir, type, first, count, name, table) { #name, dir, type, first, NAME, count, LYM_NAMES_##table },
#define NAMED_SIZED(dir, type, first, count, name, table) { #name, dir, type, first, NAME | SIZE, count, LYM_NAMES_##table },
#include "requests.def"
};

/* EVIOCGBIT(EV_KEY, 8): a request made of other numbers; bare: in a comment. False: it is none. */
static bool made(struct lym_buf *b, __u32 v, bool bare)
{
	__u32 nr = v & 0xff, dir = v >> 30;
	const struct request *q;
	const char *s;

	for (q = requests; q < requests + sizeof(requests) / sizeof(requests[0]); q++) {
		if (q->dir != dir || q->type != (v >> 8 & 0xff) || nr < q->first || nr >= (__u32)q->first + q->count)
			continue;
		nr -= q->first;
		s = lym_names_find(q->table, nr);
		lym_text_str(b, q->name);
		lym_text_char(b, '(');
		if (q->what == NUMBER || (q->what == (NAME | SIZE) && !nr))
			lym_text_u64(b, nr);
		else if (q->what & NAME && s)
			lym_text_str(b, s);
		else if (q->what & NAME && bare)
			lym_text_hex(b, nr);
		else if (q->what & NAME)
			lym_names_put(b, q->table, nr);
		if (q->what == (NAME | SIZE))
			lym_text_lit(b, ", ");
		if (q->what & SIZE)
			lym_text_u64(b, v >> 16 & 0x3fff);
		lym_text_char(b, ')');
		return true;
	}
	return false;
}

/* A name of the table, if there is one, behind another one. */
static bool also(struct lym_buf *b, __u32 v, bool any)
{
	const char *s = lym_names_find(LYM_NAMES_ioctl, v);

	if (!s)
		return any;
	lym_text_str(b, any ? " or " : "");
	lym_text_str(b, s);
	return true;
}

/* native: what it is in a 64-bit program; it may be v's own name, too. */
static void name(struct lym_buf *b, __u32 v, __u32 native, bool bare)
{
	static const char *const dir[] = { "_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE" };
	bool any = made(b, native, bare);

	if (v != native && lym_names_ioctl_same(v))
		any = also(b, v, any);
	if (also(b, native, any))
		return;
	lym_text_lit(b, "_IOC(");
	lym_text_str(b, dir[v >> 30]);
	lym_text_lit(b, ", ");
	lym_text_hex(b, v >> 8 & 0xff);
	lym_text_lit(b, ", ");
	lym_text_hex(b, v & 0xff);
	lym_text_lit(b, ", ");
	lym_text_hex(b, v >> 16 & 0x3fff);
	lym_text_char(b, ')');
}

static void comment(struct lym_buf *b, __u64 v)
{
	name(b, v, v, true);
}

static void comment32(struct lym_buf *b, __u64 v)
{
	name(b, v, lym_names_ioctl(v, true), true);
}

void lym_value_ioctl(struct lym_buf *b, __u32 v)
{
	if (b->names)
		lym_value_named(b, v, lym_text_hex, comment);
	else
		name(b, v, v, false);
}

void lym_value_ioctl32(struct lym_buf *b, __u32 v)
{
	if (b->names)
		lym_value_named(b, v, lym_text_hex, comment32);
	else
		name(b, v, lym_names_ioctl(v, true), false);
}
