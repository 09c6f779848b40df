// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The members of a struct one by one, as strace's {a=1, b=X} or as a JSON object. */
#include "members.h"

__u64 lym_member_get(const struct lym_members *m, size_t off, size_t size)
{
	__u64 v = 0;

	if (size > sizeof(v))
		size = sizeof(v);
	if (off < m->n)
		memcpy(&v, m->p + off, m->n - off < size ? m->n - off : size);	/* little-endian, as all that is served */
	return v;
}

__u64 lym_member_word(const struct lym_members *m, size_t off)
{
	return lym_member_get(m, off, m->in32 ? 4 : 8);
}

void lym_member_turn(struct lym_members *m)
{
	const unsigned char *p = m->p;
	size_t n = m->n;

	if (!m->after)
		return;
	m->p = m->after;
	m->n = m->after_n;
	m->after = p;
	m->after_n = n;
}

void lym_member_name(struct lym_members *m, const char *name)
{
	if (m->any)
		lym_text_bytes(m->b, ", ", m->json ? 1 : 2);
	m->any = true;
	if (m->json)
		lym_text_char(m->b, '"');
	lym_text_str(m->b, name);
	if (m->json)
		lym_text_lit(m->b, "\":");
	else if (*name)
		lym_text_char(m->b, '=');
}

size_t lym_member_begin(struct lym_members *m, const char *name)
{
	lym_member_name(m, name);
	if (m->json)
		lym_text_char(m->b, '"');
	return m->b->len;
}

void lym_member_end(struct lym_members *m, size_t start)
{
	if (!m->json)
		return;
	lym_text_json_tail(m->b, start);
	lym_text_char(m->b, '"');
}

void lym_member_int(struct lym_members *m, const char *name, __s64 v, bool wide)
{
	lym_member_name(m, name);
	wide &= m->json;
	if (wide)
		lym_text_char(m->b, '"');
	lym_text_i64(m->b, v);
	if (wide)
		lym_text_char(m->b, '"');
}

void lym_member_uint(struct lym_members *m, const char *name, __u64 v, bool wide)
{
	lym_member_name(m, name);
	wide &= m->json;
	if (wide)
		lym_text_char(m->b, '"');
	lym_text_u64(m->b, v);
	if (wide)
		lym_text_char(m->b, '"');
}

void lym_member_fd(struct lym_members *m, const char *name, __s32 v)
{
	lym_member_int(m, name, v, false);
	if (m->fds && v >= 0)
		m->fds->put(m->fds, m->b, v);
}

void lym_member_pid(struct lym_members *m, const char *name, __s32 v)
{
	lym_member_int(m, name, v, false);
	if (m->fds && m->fds->put_pid)
		m->fds->put_pid(m->fds, m->b, v);
}

void lym_member_hex(struct lym_members *m, const char *name, __u64 v)
{
	size_t start = lym_member_begin(m, name);

	lym_text_hex(m->b, v);
	lym_member_end(m, start);
}

void lym_member_unnamed(struct lym_members *m, const char *name, __u64 v, const char *comment)
{
	if (!v)
		return;
	lym_member_hex(m, name, v);
	if (!m->json)
		lym_text_str(m->b, comment);
}

void lym_member_ptr(struct lym_members *m, const char *name, __u64 v)
{
	size_t start = lym_member_begin(m, name);

	lym_text_ptr(m->b, v);
	lym_member_end(m, start);
}

void lym_member_more(struct lym_members *m)
{
	if (m->json)
		return;
	lym_text_str(m->b, m->any ? ", ..." : "...");
	m->any = true;
}

void lym_member_pointed(struct lym_members *m, __u64 count, __u64 addr, bool hex)
{
	__u64 show = m->limit && count > m->limit ? m->limit : count;

	if (m->json)
		lym_text_char(m->b, '"');
	if (!addr || (count && (!m->inner || m->inner_len < show + (show < count)))) {
		lym_text_ptr(m->b, addr);
	} else if (m->json) {
		lym_text_json(m->b, m->inner, m->inner_len < count ? m->inner_len : count);
	} else {
		lym_text_char(m->b, '"');
		(hex ? lym_text_xstr : lym_text_cstr)(m->b, m->inner, show);
		lym_text_str(m->b, show < count ? "\"..." : "\"");
	}
	if (m->json)
		lym_text_char(m->b, '"');
}

void lym_member_text(struct lym_members *m, size_t off, size_t size)
{
	const char *s = (const char *)m->p + off;
	size_t room = m->n - off < size ? m->n - off : size, n = strnlen(s, room);

	if (m->json) {
		lym_text_json(m->b, s, n);
		return;
	}
	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, s, n == room && n ? n - 1 : n);		/* where no NUL is the last byte is not shown */
	lym_text_char(m->b, '"');
	if (n == room)
		lym_text_lit(m->b, "...");
}

void lym_member_rest(struct lym_members *m, size_t off)
{
	if (!m->json)
		lym_text_char(m->b, '"');
	lym_text_xstr(m->b, m->p + off, m->n - off);
	if (!m->json)
		lym_text_char(m->b, '"');
}

/* / * bytes 24..31 * / */
static void comment(struct lym_buf *b, size_t from, size_t to)
{
	lym_text_lit(b, "/* bytes ");
	lym_text_u64(b, from);
	lym_text_lit(b, "..");
	lym_text_u64(b, to - 1);
	lym_text_lit(b, " */");
}

void lym_member_extra(struct lym_members *m, size_t off, bool bpf)
{
	size_t i = off, start;

	if (m->full <= off || (m->n <= off && !m->part))
		return;
	while (i < m->n && !m->p[i])
		i++;
	if (i == m->n && !m->part)
		return;
	if (m->json) {
		start = lym_member_begin(m, "extra");
		lym_text_xstr(m->b, m->p + off, m->n - off);
		lym_member_end(m, start);
		return;
	}
	if (bpf && !m->verbose) {		/* bpf's */
		m->left_out = true;
		return;
	}
	lym_member_name(m, bpf ? "extra_data" : "");
	if (m->part) {
		lym_text_lit(m->b, "???");
		return;
	}
	if (!bpf) {
		comment(m->b, off, m->full);
		lym_text_char(m->b, ' ');
	}
	lym_text_char(m->b, '"');
	lym_text_xstr(m->b, m->p + off, m->n - off);
	lym_text_str(m->b, m->n < m->full ? "\"..." : "\"");
	if (bpf) {
		lym_text_char(m->b, ' ');
		comment(m->b, off, m->full);
	}
}
