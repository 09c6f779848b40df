// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Arrays of what has no fixed size: directory entries, strings, sets of descriptors. */
#include "arrays.h"
#include "members.h"
#include "names.h"

#define HEADER 19		/* of a struct linux_dirent64: d_ino, d_off, d_reclen, d_type */
#define OLD_HEADER(word) (2 * (word) + 2)	/* of a struct linux_dirent, whose d_type is its last byte */

/* One entry. */
static void dirent(struct lym_members *m, unsigned int old)
{
	size_t word = old ?: 8, head = old ? OLD_HEADER(old) : HEADER, room = m->n - head - !!old;
	size_t len = strnlen((const char *)m->p + head, room), start;

	lym_text_char(m->b, '{');
	lym_member_uint(m, "d_ino", lym_member_get(m, 0, word), true);
	lym_member_int(m, "d_off", lym_member_get(m, word, word), true);
	lym_member_uint(m, "d_reclen", lym_member_get(m, 2 * word, 2), false);
	if (!old) {
		start = lym_member_begin(m, "d_type");
		lym_names_put(m->b, LYM_NAMES_dirent_types, m->p[18]);
		lym_member_end(m, start);
	}
	lym_member_name(m, "d_name");
	lym_text_char(m->b, '"');
	if (m->json)
		lym_text_json(m->b, m->p + head, len);
	else
		lym_text_cstr(m->b, m->p + head, len);
	lym_text_char(m->b, '"');
	if (len == room && !m->json)		/* cut short */
		lym_text_lit(m->b, "...");
	if (old) {
		start = lym_member_begin(m, "d_type");
		lym_names_put(m->b, LYM_NAMES_dirent_types, m->p[m->n - 1]);
		lym_member_end(m, start);
	}
	lym_text_char(m->b, '}');
}

/* The length of the entry at off, which is here whole; 0: there is none. */
static size_t entry(const unsigned char *p, size_t n, size_t off, unsigned int old)
{
	size_t word = old ?: 8, len;

	if (n - off < 2 * word + 3)
		return 0;
	len = p[off + 2 * word] | p[off + 2 * word + 1] << 8;
	return len <= 2 * word + 3 || len > n - off ? 0 : len;
}

static size_t dirents(struct lym_buf *b, const unsigned char *p, size_t n, bool json, unsigned int old)
{
	size_t off, len;

	for (off = 0; (len = entry(p, n, off, old)); off += len) {
		struct lym_members m = { .b = b, .p = p + off, .n = len, .json = json };

		if (off)
			lym_text_bytes(b, ", ", json ? 1 : 2);
		dirent(&m, old);
	}
	return off;
}

void lym_dirents_strace(struct lym_buf *b, const void *p, size_t n, size_t full, size_t told, __u64 addr, bool verbose, unsigned int old)
{
	size_t off = 0, len, count = 0;

	if (!verbose) {
		while ((len = entry(p, n, off, old))) {
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
	off = dirents(b, p, n, false, old);
	if (off < full)
		lym_text_str(b, off ? ", ..." : "...");
	lym_text_char(b, ']');
}

void lym_dirents_json(struct lym_buf *b, const void *p, size_t n, unsigned int old)
{
	lym_text_char(b, '[');
	dirents(b, p, n, true, old);
	lym_text_char(b, ']');
}

/* Where the nth string lies, if it could not be read; 0: it could. */
static __u64 gap(const struct lym_strings *s, __u64 nth)
{
	size_t k;

	for (k = 0; k < s->ngaps; k++) {
		if (s->gaps[k].nth == nth)
			return s->gaps[k].addr;
	}
	return 0;
}

void lym_strings_strace(struct lym_buf *b, const struct lym_strings *a, size_t limit, size_t max)
{
	const char *s = a->p, *end = s + a->n;
	__u64 broken = gap(a, LYM_STRINGS_BROKEN), addr;
	size_t len, count = 0;

	if (broken && !a->n) {
		lym_text_ptr(b, broken);
		return;
	}
	lym_text_char(b, '[');
	for (; s < end; s += len + 1) {
		len = strnlen(s, end - s);
		if (count)
			lym_text_lit(b, ", ");
		if (count >= max)
			break;
		addr = gap(a, count++);
		if (addr) {
			lym_text_ptr(b, addr);
			continue;
		}
		lym_text_char(b, '"');
		lym_text_cstr(b, s, len < limit ? len : limit);
		lym_text_char(b, '"');
		if (len > limit || (s + len == end && a->n < a->full))
			lym_text_lit(b, "...");
	}
	if (s < end || a->n < a->full || broken)
		lym_text_str(b, s < end ? "..." : ", ...");
	if (s >= end && a->n == a->full && broken) {
		lym_text_lit(b, " /* ");
		lym_text_hex(b, broken);
		lym_text_lit(b, " */");
	}
	lym_text_char(b, ']');
}

void lym_strings_json(struct lym_buf *b, const struct lym_strings *a)
{
	const char *s = a->p, *end = s + a->n;
	size_t len, count = 0;

	lym_text_char(b, '[');
	for (; s < end; s += len + 1) {
		len = strnlen(s, end - s);
		if (count)
			lym_text_char(b, ',');
		if (gap(a, count++)) {
			lym_text_lit(b, "null");
			continue;
		}
		lym_text_char(b, '"');
		lym_text_json(b, s, len);
		lym_text_char(b, '"');
	}
	lym_text_char(b, ']');
}

void lym_strings_count(struct lym_buf *b, const struct lym_strings *a, __u64 addr)
{
	const char *s = a->p, *end = s + a->n;
	bool broken = gap(a, LYM_STRINGS_BROKEN);
	size_t count = 0;

	for (; s < end; s += strnlen(s, end - s) + 1)
		count++;
	count += a->full - a->n;	/* those that are not told */
	lym_text_ptr(b, addr);
	if (!count && broken)
		return;
	lym_text_lit(b, " /* ");
	lym_text_u64(b, count);
	lym_text_str(b, count == 1 ? " var" : " vars");
	lym_text_str(b, broken ? ", unterminated */" : " */");
}

static void fdset(struct lym_buf *b, const unsigned char *p, size_t n, __s32 nfds, const char *between, const struct lym_fd_teller *fds)
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
		if (fds)
			fds->put(fds, b, fd);
	}
	lym_text_char(b, ']');
}

void lym_fdset_strace(struct lym_buf *b, const void *p, size_t n, __s32 nfds, const struct lym_fd_teller *fds)
{
	fdset(b, p, n, nfds, " ", fds);
}

void lym_fdset_json(struct lym_buf *b, const void *p, size_t n, __s32 nfds)
{
	fdset(b, p, n, nfds, ",", NULL);
}
