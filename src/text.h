/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Append text to a growing buffer: numbers, and bytes of a hostile program escaped for whoever reads them. Written by
 * hand because the sinks live from it: no printf, no locale, no allocation once the buffer has grown.
 */
#ifndef LYM_TEXT_H
#define LYM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <linux/types.h>
#include "put.h"

/* A growing buffer. When memory runs out it sets oom, drops what does not fit and stays as it is. */
struct lym_buf {
	char *p;
	size_t len, cap;
	bool oom;
	unsigned char hex;	/* lym_text_cstr(): LYM_HEX_* */
	unsigned char names;	/* constants: LYM_NAMES_RAW as numbers, LYM_NAMES_BOTH with their name as a comment */
};

/* In hex: strings with unprintable bytes, all strings, unprintable bytes. */
enum { LYM_HEX_STRINGS = 1, LYM_HEX_ALL, LYM_HEX_BYTES };
enum { LYM_NAMES_RAW = 1, LYM_NAMES_BOTH };

/* Make room for n more bytes; NULL if there is no memory. Called by lym_text_room() only. */
char *lym_text_grow(struct lym_buf *b, size_t n);
void lym_text_free(struct lym_buf *b);

/* The end of the text with room for n bytes behind it; NULL if there is no memory. Inline: it is in every append. */
static inline char *lym_text_room(struct lym_buf *b, size_t n)
{
	return __builtin_expect(b->cap - b->len >= n, 1) ? b->p + b->len : lym_text_grow(b, n);
}

static inline void lym_text_bytes(struct lym_buf *b, const void *p, size_t n)
{
	char *w = lym_text_room(b, n);

	if (w) {
		memcpy(w, p, n);
		b->len += n;
	}
}

static inline void lym_text_char(struct lym_buf *b, char c)
{
	char *w = lym_text_room(b, 1);

	if (w) {
		*w = c;
		b->len++;
	}
}

/* A string literal. */
#define lym_text_lit(b, s) lym_text_bytes(b, "" s, sizeof(s) - 1)

void lym_text_str(struct lym_buf *b, const char *s);
void lym_text_u64(struct lym_buf *b, __u64 v);
void lym_text_i64(struct lym_buf *b, __s64 v);
/* 0x1f; 0 is 0, as printf's %#x has it. */
void lym_text_hex(struct lym_buf *b, __u64 v);
/* At least digits hex digits, without 0x. */
void lym_text_hexpad(struct lym_buf *b, __u64 v, unsigned int digits);
/* v with at least digits decimal digits. */
void lym_text_dec(struct lym_buf *b, __u64 v, unsigned int digits);
/* Blanks until the text is width bytes beyond start. */
void lym_text_pad(struct lym_buf *b, size_t start, size_t width);

/* A pointer as strace prints it: NULL or 0x7ffd5. */
void lym_text_ptr(struct lym_buf *b, __u64 v);

/* Bytes as the inside of a JSON string: valid UTF-8 whatever comes; what is not UTF-8 becomes U+FFFD. Control characters
 * and those that change the direction or the layout of text are escaped. True if nothing was replaced. */
bool lym_text_json(struct lym_buf *b, const void *p, size_t n);
/* Escape what was appended since start as lym_text_json() would have. */
void lym_text_json_tail(struct lym_buf *b, size_t start);
/* Bytes for a terminal: printable UTF-8 as it is, all else as \n, \t, \r, \0, \x1b; backslash doubled, and also the
 * character quote if it is not 0. One line, always. */
void lym_text_term(struct lym_buf *b, const void *p, size_t n, char quote);
/* Bytes as one word: as they are if nothing in them could be taken for something else (a blank, a bracket, an equals sign),
 * else quoted. */
void lym_text_word(struct lym_buf *b, const void *p, size_t n);
/* Bytes as strace prints them inside quotes: \n, \33, octal. */
void lym_text_cstr(struct lym_buf *b, const void *p, size_t n);
/* Bytes as strace prints binary: \x01 each. */
void lym_text_xstr(struct lym_buf *b, const void *p, size_t n);
void lym_text_base64(struct lym_buf *b, const void *p, size_t n);

/* A moment of CLOCK_REALTIME as 2026-08-03T14:02:11.123456789Z. */
void lym_text_time(struct lym_buf *b, __s64 ns);
/* Local time of the day as 14:02:11.123456. */
void lym_text_clock(struct lym_buf *b, __s64 ns);

#endif
