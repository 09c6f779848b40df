/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Bytes that a traced program chose, made harmless for a JSON parser, a terminal, or eyes trained on strace; and base64.
 * Declared in text.h.
 */
#include "text.h"

/* One UTF-8 sequence at p: its length and code point; 0 if the bytes are none. */
static unsigned int utf8(const unsigned char *p, size_t n, __u32 *cp)
{
	static const __u32 least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned int len, i;
	__u32 c = p[0];

	if (c < 0x80) {
		*cp = c;
		return 1;
	}
	if (c >= 0xc2 && c < 0xe0) {
		len = 2;
		c &= 0x1f;
	} else if (c >= 0xe0 && c < 0xf0) {
		len = 3;
		c &= 0x0f;
	} else if (c >= 0xf0 && c < 0xf5) {
		len = 4;
		c &= 0x07;
	} else {
		return 0;
	}
	if (n < len)
		return 0;
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*cp = c;
	return len;
}

/* Characters beyond ASCII that a terminal or a viewer obeys instead of showing: C1 controls, line and paragraph
 * separator, marks and overrides of direction, zero-width ones, language tags, noncharacters. */
static bool layout(__u32 c)
{
	return (c >= 0x80 && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfff0 && c <= 0xfffb) || (c >= 0xe0000 && c < 0xe1000) || (c & 0xfffe) == 0xfffe;
}

static void unicode(struct lym_buf *b, __u32 c)
{
	if (c >= 0x10000) {
		c -= 0x10000;
		lym_text_lit(b, "\\u");
		lym_text_hexpad(b, 0xd800 | c >> 10, 4);
		c = 0xdc00 | (c & 0x3ff);
	}
	lym_text_lit(b, "\\u");
	lym_text_hexpad(b, c, 4);
}

#define EACH(c) (0x0101010101010101ull * (c))

/* Has v a byte that is 0? */
static inline __u64 zero(__u64 v)
{
	return (v - EACH(1)) & ~v & EACH(0x80);
}

/* How many bytes from p on are ASCII that no form escapes: none is a control character, a quote, a backslash. */
static size_t plain(const unsigned char *p, size_t n)
{
	size_t i = 0;
	__u64 v;

	for (; n - i >= 8; i += 8) {
		memcpy(&v, p + i, 8);
		if (((v - EACH(0x20)) | v) & EACH(0x80) || zero(v ^ EACH(0x7f)) || zero(v ^ EACH('"')) || zero(v ^ EACH('\\')))
			break;
	}
	while (i < n && p[i] >= 0x20 && p[i] < 0x7f && p[i] != '"' && p[i] != '\\')
		i++;
	return i;
}

static void json_ascii(struct lym_buf *b, unsigned char c)
{
	static const char letter[32] = { [8] = 'b', [9] = 't', [10] = 'n', [12] = 'f', [13] = 'r' };

	if (c == '"' || c == '\\' || (c < 32 && letter[c])) {
		lym_text_char(b, '\\');
		lym_text_char(b, c < 32 ? letter[c] : (char)c);
	} else {
		unicode(b, c);
	}
}

bool lym_text_json(struct lym_buf *b, const void *s, size_t n)
{
	const unsigned char *p = s;
	bool whole = true;
	unsigned int len;
	size_t run;
	__u32 c;

	while (n) {
		run = plain(p, n);
		lym_text_bytes(b, p, run);
		p += run;
		n -= run;
		if (!n)
			break;
		len = utf8(p, n, &c);
		if (!len) {
			lym_text_lit(b, "\xef\xbf\xbd");
			whole = false;
			len = 1;
		} else if (len == 1) {
			json_ascii(b, c);
		} else if (layout(c)) {
			unicode(b, c);
		} else {
			lym_text_bytes(b, p, len);
		}
		p += len;
		n -= len;
	}
	return whole;
}

void lym_text_json_tail(struct lym_buf *b, size_t start)
{
	size_t n, end = b->len;

	if (start >= end || plain((unsigned char *)b->p + start, end - start) == end - start)
		return;
	n = end - start;
	/* The longest escape is \u00ff for one byte. Growing first keeps the source where it is. */
	if (!lym_text_room(b, 6 * n)) {
		b->len = start;
		return;
	}
	lym_text_json(b, b->p + start, n);
	memmove(b->p + start, b->p + end, b->len - end);
	b->len = start + (b->len - end);
}

void lym_text_term(struct lym_buf *b, const void *s, size_t n, char quote)
{
	const unsigned char *p = s, *end = p + n;
	unsigned int len;
	size_t run;
	__u32 c;

	while (p < end) {
		run = plain(p, end - p);
		lym_text_bytes(b, p, run);
		p += run;
		if (p == end)
			break;
		len = utf8(p, end - p, &c);
		if (len == 1 && c >= 0x20 && c < 0x7f) {
			if (c == '\\' || (quote && c == (unsigned char)quote))
				lym_text_char(b, '\\');
			lym_text_char(b, c);
		} else if (len > 1 && !layout(c)) {
			lym_text_bytes(b, p, len);
		} else if (len == 1 && (c == '\n' || c == '\t' || c == '\r' ||
					(!c && (p + 1 == end || p[1] < '0' || p[1] > '9')))) {
			lym_text_char(b, '\\');
			lym_text_char(b, c == '\n' ? 'n' : c == '\t' ? 't' : c == '\r' ? 'r' : '0');
		} else {
			lym_text_lit(b, "\\x");
			lym_text_hexpad(b, *p, 2);
			len = 1;
		}
		p += len;
	}
}

void lym_text_word(struct lym_buf *b, const void *s, size_t n)
{
	const unsigned char *p = s;
	bool quote = !n;
	size_t i;

	for (i = 0; i < n; i++)
		quote |= p[i] <= ' ' || p[i] >= 0x7f || strchr("\"'\\<>[]{}()=,", p[i]);
	if (quote)
		lym_text_char(b, '"');
	lym_text_term(b, s, n, '"');
	if (quote)
		lym_text_char(b, '"');
}

/* Would it show as it is, but for blanks and line ends? */
static bool printable(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!((p[i] >= 0x20 && p[i] < 0x7f) || (p[i] >= 9 && p[i] <= 13)))
			return false;
	return true;
}

void lym_text_cstr(struct lym_buf *b, const void *s, size_t n)
{
	static const char letter[14] = { [9] = 't', [10] = 'n', [11] = 'v', [12] = 'f', [13] = 'r' };
	const unsigned char *p = s, *end = p + n;
	size_t run;

	if (b->hex == LYM_HEX_ALL || (b->hex == LYM_HEX_STRINGS && !printable(s, n))) {
		lym_text_xstr(b, s, n);
		return;
	}
	for (; p < end; p++) {
		run = plain(p, end - p);
		lym_text_bytes(b, p, run);
		p += run;
		if (p == end)
			break;
		if (*p == '"' || *p == '\\') {
			lym_text_char(b, '\\');
			lym_text_char(b, *p);
		} else if (*p < sizeof(letter) && letter[*p]) {
			lym_text_char(b, '\\');
			lym_text_char(b, letter[*p]);
		} else if (b->hex) {
			lym_text_lit(b, "\\x");
			lym_text_hexpad(b, *p, 2);
		} else {
			/* as few octal digits as do, three where a digit follows */
			bool all = p + 1 < end && p[1] >= '0' && p[1] <= '7';

			lym_text_char(b, '\\');
			if (all || *p >= 0100)
				lym_text_char(b, '0' + (*p >> 6));
			if (all || *p >= 010)
				lym_text_char(b, '0' + (*p >> 3 & 7));
			lym_text_char(b, '0' + (*p & 7));
		}
	}
}

void lym_text_xstr(struct lym_buf *b, const void *s, size_t n)
{
	const unsigned char *p = s;
	size_t i;

	for (i = 0; i < n; i++) {
		lym_text_lit(b, "\\x");
		lym_text_hexpad(b, p[i], 2);
	}
}

void lym_text_base64(struct lym_buf *b, const void *s, size_t n)
{
	char *w = lym_text_room(b, (n + 2) / 3 * 4);

	if (w)
		b->len = lym_put_base64(w, s, n) - b->p;
}
