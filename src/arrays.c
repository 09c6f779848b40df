// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Arrays of what has no fixed size: directory entries, strings, sets of descriptors. */
#include "arrays.h"
#include "members.h"
#include "names.h"

#define HEADER 19		/* of a struct linux_dirent64: d_ino, d_off, d_reclen, d_type */

/* One entry. */
static void dirent(struct lym_members *m)
{
	size_t room = m->n - HEADER, len = strnlen((const char *)m->p + HEADER, room), start;

	lym_text_char(m->b, '{');
	lym_member_uint(m, "d_ino", lym_member_get(m, 0, 8), true);
	lym_member_int(m, "d_off", lym_member_get(m, 8, 8), true);
	lym_member_uint(m, "d_reclen", lym_member_get(m, 16, 2), false);
	start = lym_member_begin(m, "d_type");
	lym_names_put(m->b, LYM_NAMES_dirent_types, m->p[18]);
	lym_member_end(m, start);
	lym_member_name(m, "d_name");
	lym_text_char(m->b, '"');
	if (m->json)
		lym_text_json(m->b, m->p + HEADER, len);
	else
		lym_text_cstr(m->b, m->p + HEADER, len);
	lym_text_char(m->b, '"');
	if (len == room && !m->json)		/* cut short */
		lym_text_lit(m->b, "...");
	lym_text_char(m->b, '}');
}

/* The length of the entry at off, which is here whole; 0: there is none. */
static size_t entry(const unsigned char *p, size_t n, size_t off)
{
	size_t len;

	if (n - off < HEADER)
		return 0;
	len = p[off + 16] | p[off + 17] << 8;
	return len < HEADER || len > n - off ? 0 : len;
}

static size_t dirents(struct lym_buf *b, const unsigned char *p, size_t n, bool json)
{
	size_t off, len;

	for (off = 0; (len = entry(p, n, off)); off += len) {
		struct lym_members m = { .b = b, .p = p + off, .n = len, .json = json };

		if (off)
			lym_text_bytes(b, ", ", json ? 1 : 2);
		dirent(&m);
	}
	return off;
}

void lym_dirents_strace(struct lym_buf *b, const void *p, size_t n, size_t full, size_t told, __u64 addr, bool verbose)
{
	size_t off = 0, len, count = 0;

	if (!verbose) {
		while ((len = entry(p, n, off))) {
			off += len;
			count++;
		}
		lym_text_ptr(b, addr);
		lym_text_lit(b, " /* ");
		lym_text_u64(b, told ?: count);
		lym_text_str(b, off < full && !told ? "+ entries */" : " entries */");
		return;
	}
	lym_text_char(b, '[');
	off = dirents(b, p, n, false);
	if (off < full)
		lym_text_str(b, off ? ", ..." : "...");
	lym_text_char(b, ']');
}

void lym_dirents_json(struct lym_buf *b, const void *p, size_t n)
{
	lym_text_char(b, '[');
	dirents(b, p, n, true);
	lym_text_char(b, ']');
}

void lym_strings_strace(struct lym_buf *b, const void *p, size_t n, size_t full, size_t limit)
{
	const char *s = p, *end = s + n;
	size_t len, count = 0;

	lym_text_char(b, '[');
	for (; s < end; s += len + 1) {
		len = strnlen(s, end - s);
		if (count)
			lym_text_lit(b, ", ");
		if (count++ >= limit)
			break;
		lym_text_char(b, '"');
		lym_text_cstr(b, s, len < limit ? len : limit);
		lym_text_char(b, '"');
		if (len > limit || (s + len == end && n < full))
			lym_text_lit(b, "...");
	}
	if (s < end || n < full)
		lym_text_str(b, s < end ? "..." : ", ...");
	lym_text_char(b, ']');
}

void lym_strings_json(struct lym_buf *b, const void *p, size_t n)
{
	const char *s = p, *end = s + n;
	size_t len;

	lym_text_char(b, '[');
	for (; s < end; s += len + 1) {
		len = strnlen(s, end - s);
		lym_text_str(b, s > (const char *)p ? ",\"" : "\"");
		lym_text_json(b, s, len);
		lym_text_char(b, '"');
	}
	lym_text_char(b, ']');
}

void lym_strings_count(struct lym_buf *b, const void *p, size_t n, size_t full, __u64 addr)
{
	const char *s = p, *end = s + n;
	size_t count = 0;

	for (; s < end; s += strnlen(s, end - s) + 1)
		count++;
	count += full - n;	/* those that are not told */
	lym_text_ptr(b, addr);
	lym_text_lit(b, " /* ");
	lym_text_u64(b, count);
	lym_text_str(b, count == 1 ? " var */" : " vars */");
}

static void fdset(struct lym_buf *b, const unsigned char *p, size_t n, __s32 nfds, const char *between)
{
	bool first = true;
	__s32 fd;

	lym_text_char(b, '[');
	for (fd = 0; fd < nfds && (size_t)fd / 8 < n; fd++) {
		if (!(p[fd / 8] & 1 << fd % 8))
			continue;
		if (!first)
			lym_text_str(b, between);
		first = false;
		lym_text_u64(b, fd);
	}
	lym_text_char(b, ']');
}

void lym_fdset_strace(struct lym_buf *b, const void *p, size_t n, __s32 nfds)
{
	fdset(b, p, n, nfds, " ");
}

void lym_fdset_json(struct lym_buf *b, const void *p, size_t n, __s32 nfds)
{
	fdset(b, p, n, nfds, ",");
}
