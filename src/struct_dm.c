// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Requests of the device mapper: a header, and behind it what the request is about, chained by offsets that are not to be
 * believed. [{version=[4, 1, 2], data_size=305, ...}, {sector_start=0, ...}]
 */
#include "names.h"
#include "struct_code.h"
#include "structs.h"
#include "value.h"

enum {
	SIZE = 12, START = 16, TARGETS = 20, OPENED = 24, FLAGS = 28, EVENT = 32, DEV = 40, NAME = 48, UUID = 176, DATA = 305,
	NAME_ROOM = 128, UUID_ROOM = 129, MAJOR = 4,
};
enum { SUSPEND = 2, DATA_OUT = 1 << 16 };

/* What a request has: members, and what follows the header when it is asked and when it is answered. */
enum { HAS_PARAMS = 1, HAS_DEVICE = 2, HAS_TARGETS = 4, HAS_EVENT = 8, UNLESS_SUSPENDED = 16, HAS_COUNTS = 32 };
enum payload { NOTHING, SPECS, DEPS, DEVICES, VERSIONS, MESSAGE, STRING };

struct request {
	unsigned char has, in, out;
};

static __u32 get(const struct lym_members *m, size_t off)
{
	return lym_member_get(m, off, 4);
}

static void string(struct lym_members *m, const char *name, size_t off, size_t room)
{
	const char *s = (const char *)m->p + off;
	size_t n = strnlen(s, room), start = lym_member_begin(m, name);

	if (m->json) {
		lym_text_bytes(m->b, s, n);
		lym_member_end(m, start);
		return;
	}
	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, s, n == room ? n - 1 : n);
	lym_text_str(m->b, n == room ? "\"..." : "\"");
}

static void comment(struct lym_buf *b, const char *s)
{
	lym_text_lit(b, " /* ");
	lym_text_str(b, s);
	lym_text_lit(b, " */");
}

static void misplaced(struct lym_buf *b, const char *what)
{
	lym_text_lit(b, "??? /* misplaced ");
	lym_text_str(b, what);
	lym_text_lit(b, " */");
}

static void device(struct lym_members *m)
{
	size_t start;

	if (lym_member_get(m, DEV, 8)) {
		start = lym_member_begin(m, "dev");
		lym_value_dev(m->b, lym_member_get(m, DEV, 8));
		lym_member_end(m, start);
	}
	if (m->p[NAME])
		string(m, "name", NAME, NAME_ROOM);
	if (m->p[UUID])
		string(m, "uuid", UUID, UUID_ROOM);
}

static void values(struct lym_members *m, const struct request *q, bool after)
{
	if (!after) {
		if (q->has & HAS_TARGETS)
			lym_member_uint(m, "target_count", get(m, TARGETS), false);
		if (q->has & HAS_EVENT && !(q->has & UNLESS_SUSPENDED && get(m, FLAGS) & SUSPEND))
			lym_member_uint(m, "event_nr", get(m, EVENT), false);
	} else if (q->has & HAS_COUNTS) {
		lym_member_uint(m, "target_count", get(m, TARGETS), false);
		lym_member_uint(m, "open_count", get(m, OPENED), false);
		lym_member_uint(m, "event_nr", get(m, EVENT), false);
	}
}

/* False: nothing that follows can be believed. */
static bool header(struct lym_members *m, const struct request *q, bool after)
{
	size_t start;
	int i;

	lym_member_name(m, "version");
	for (i = 0; i < 3; i++) {
		lym_text_bytes(m->b, i ? ", " : "[", !i ? 1 : m->json ? 1 : 2);
		lym_text_u64(m->b, get(m, 4 * i));
	}
	lym_text_char(m->b, ']');
	if (get(m, 0) != MAJOR) {
		if (!m->json)
			comment(m->b, "unsupported device mapper ABI version");
		return false;
	}
	lym_member_uint(m, "data_size", get(m, SIZE), false);
	if (get(m, SIZE) < DATA) {
		if (!m->json)
			comment(m->b, "data_size too small");
		return false;
	}
	if (q->has & HAS_PARAMS)
		lym_member_uint(m, "data_start", get(m, START), false);
	if (q->has & HAS_DEVICE)
		device(m);
	values(m, q, after);
	start = lym_member_begin(m, "flags");
	lym_names_flags(m->b, LYM_NAMES_dm_flags, get(m, FLAGS));
	lym_member_end(m, start);
	return true;
}

/* A string at off, up to a NUL or the end of the data. */
static void text(struct lym_members *m, const char *name, __u64 off)
{
	__u64 room = get(m, SIZE) - off, here = off < m->n ? m->n - off : 0, want = room, n;

	if (m->limit && want > m->limit + 1ull)
		want = m->limit + 1ull;
	lym_member_name(m, name);
	n = strnlen((const char *)m->p + (here ? off : 0), here < want ? here : want);
	if (here < want && n == here) {
		lym_text_ptr(m->b, m->addr + off);
		return;
	}
	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, m->p + (n ? off : 0), m->limit && n > m->limit ? m->limit : n);
	lym_text_str(m->b, m->limit && n > m->limit ? "\"..." : "\"");
}

/* One of a chain at off, of size bytes at least, which the last one should not reach into: up to last. False: it ends here. */
static bool link_at(struct lym_members *m, __u64 off, size_t size, unsigned int i, __u64 last, const char *what)
{
	lym_text_lit(m->b, ", ");
	if ((i && off <= last) || off + size > 0xffffffff || off + size > get(m, SIZE)) {
		misplaced(m->b, what);
		return false;
	}
	if (m->limit && i >= m->limit) {
		lym_text_lit(m->b, "...");
		return false;
	}
	if (off + size > m->n) {
		lym_text_ptr(m->b, m->addr + off);
		return false;
	}
	lym_text_char(m->b, '{');
	m->any = false;
	return true;
}

static void specs(struct lym_members *m, bool after)
{
	enum { SPEC = 40, STATUS = 16, NEXT = 20, TYPE = 24, TYPE_ROOM = 16 };
	__u32 off = get(m, START), i, n = get(m, TARGETS);
	__u64 last = 0;

	for (i = 0; i < n; i++) {
		if (!link_at(m, off, SPEC, i, last, "struct dm_target_spec"))
			return;
		last = (__u64)off + SPEC;
		lym_member_uint(m, "sector_start", lym_member_get(m, off, 8), true);
		lym_member_uint(m, "length", lym_member_get(m, off + 8, 8), true);
		if (after)
			lym_member_int(m, "status", (__s32)get(m, off + STATUS), false);
		string(m, "target_type", off + TYPE, TYPE_ROOM);
		text(m, "string", last);
		lym_text_char(m->b, '}');
		off = (after ? get(m, START) : off) + get(m, off + NEXT);
	}
}

static void deps(struct lym_members *m)
{
	enum { HEAD = 8 };
	__u32 off = get(m, START), n, i;

	if (!link_at(m, off, HEAD, 0, 0, "struct dm_target_deps"))
		return;
	n = get(m, off);
	lym_member_uint(m, "count", n, false);
	lym_member_name(m, "deps");
	lym_text_char(m->b, '[');
	for (i = 0; i < n && off + HEAD + 8ull * (i + 1) <= m->n; i++) {
		if (i)
			lym_text_lit(m->b, ", ");
		lym_value_dev(m->b, lym_member_get(m, off + HEAD + 8 * i, 8));
	}
	lym_text_str(m->b, i < n ? ", ...]}" : "]}");
}

/* Devices, or versions of targets. */
static void names(struct lym_members *m, bool versions)
{
	enum { NEXT = 8, NAME_OFF = 12, VERSION = 4, VNAME = 16 };
	size_t head = versions ? VNAME : NAME_OFF, start;
	__u32 off = get(m, START), i, next, k;
	__u64 last = 0;

	for (i = 0;; i++) {
		if (!link_at(m, off, head, i, last, versions ? "struct dm_target_versions" : "struct dm_name_list"))
			return;
		last = off + head;
		next = get(m, versions ? off : off + NEXT);
		if (versions) {
			text(m, "name", last);
			lym_member_name(m, "version");
			for (k = 0; k < 3; k++) {
				lym_text_str(m->b, k ? ", " : "[");
				lym_text_u64(m->b, get(m, off + VERSION + 4 * k));
			}
			lym_text_char(m->b, ']');
		} else {
			start = lym_member_begin(m, "dev");
			lym_value_dev(m->b, lym_member_get(m, off, 8));
			lym_member_end(m, start);
			text(m, "name", last);
		}
		lym_text_char(m->b, '}');
		if (!next)
			return;
		off += next;
	}
}

static void message(struct lym_members *m)
{
	enum { HEAD = 8 };
	__u32 off = get(m, START);

	if (!link_at(m, off, HEAD, 0, 0, "struct dm_target_msg"))
		return;
	lym_member_uint(m, "sector", lym_member_get(m, off, 8), true);
	text(m, "message", off + HEAD);
	lym_text_char(m->b, '}');
}

static void payload(struct lym_members *m, enum payload what, bool after)
{
	if (what == NOTHING || (what == SPECS ? !get(m, TARGETS) : what != STRING && get(m, START) == get(m, SIZE)))
		return;
	if (!m->verbose) {
		lym_text_lit(m->b, ", ...");
		return;
	}
	switch (what) {
	case SPECS:
		specs(m, after);
		break;
	case DEPS:
		deps(m);
		break;
	case DEVICES:
	case VERSIONS:
		names(m, what == VERSIONS);
		break;
	case MESSAGE:
		message(m);
		break;
	default:
		lym_text_lit(m->b, ", ");
		if (get(m, START) > get(m, SIZE)) {
			misplaced(m->b, "string");
			return;
		}
		m->any = false;
		lym_text_char(m->b, '{');
		text(m, "string", get(m, START));
		lym_text_char(m->b, '}');
	}
}

static void half(struct lym_members *m, const struct request *q, bool after)
{
	bool good;

	m->any = false;
	lym_text_str(m->b, m->json ? "{" : "[{");
	good = header(m, q, after);
	lym_text_char(m->b, '}');
	if (m->json)
		return;
	if (good)
		payload(m, after ? q->out : q->in, after);
	lym_text_char(m->b, ']');
}

static void request(struct lym_members *m, struct request q)
{
	if (get(m, SIZE) < SIZE && !m->json) {
		lym_text_ptr(m->b, m->addr);
		return;
	}
	if (m->json && m->succeeded)
		lym_member_turn(m);
	half(m, &q, m->json && m->succeeded);
	if (m->json || !m->succeeded)
		return;
	lym_text_lit(m->b, " => ");
	lym_member_turn(m);
	if (q.out == STRING && !(get(m, FLAGS) & DATA_OUT))
		q.out = NOTHING;
	if (m->n >= DATA)
		half(m, &q, true);
	lym_member_turn(m);
}

#define REQUEST(name, has, in, out) \
	void lym_struct_dm_##name(struct lym_members *m, size_t off) \
	{ \
		request(m, (struct request){ has, in, out }); \
	}

REQUEST(plain, HAS_DEVICE | HAS_COUNTS, NOTHING, NOTHING)
REQUEST(all, 0, NOTHING, NOTHING)
REQUEST(devices, HAS_PARAMS, NOTHING, DEVICES)
REQUEST(versions, HAS_PARAMS, NOTHING, VERSIONS)
REQUEST(remove, HAS_DEVICE | HAS_EVENT, NOTHING, NOTHING)
REQUEST(suspend, HAS_DEVICE | HAS_EVENT | UNLESS_SUSPENDED | HAS_COUNTS, NOTHING, NOTHING)
REQUEST(rename, HAS_PARAMS | HAS_DEVICE | HAS_EVENT | HAS_COUNTS, STRING, NOTHING)
REQUEST(wait, HAS_PARAMS | HAS_DEVICE | HAS_EVENT | HAS_COUNTS, NOTHING, SPECS)
REQUEST(load, HAS_PARAMS | HAS_DEVICE | HAS_TARGETS | HAS_COUNTS, SPECS, NOTHING)
REQUEST(deps, HAS_PARAMS | HAS_DEVICE | HAS_COUNTS, NOTHING, DEPS)
REQUEST(status, HAS_PARAMS | HAS_DEVICE | HAS_COUNTS, NOTHING, SPECS)
REQUEST(message, HAS_PARAMS | HAS_DEVICE | HAS_COUNTS, MESSAGE, STRING)
REQUEST(geometry, HAS_PARAMS | HAS_DEVICE, STRING, NOTHING)
