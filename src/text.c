/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The buffer that text grows in, and numbers and times appended to it. Escapes are in escape.c. */
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include "text.h"

#define FIRST_CAP 4096

char *lym_text_grow(struct lym_buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : FIRST_CAP;
	char *p;

	while (cap - b->len < n) {
		if (__builtin_mul_overflow(cap, 2, &cap)) {
			b->oom = true;
			return NULL;
		}
	}
	if (cap == b->cap)
		return b->p + b->len;
	p = realloc(b->p, cap);
	if (!p) {
		b->oom = true;
		return NULL;
	}
	b->p = p;
	b->cap = cap;
	return p + b->len;
}

void lym_text_free(struct lym_buf *b)
{
	free(b->p);
	*b = (struct lym_buf){ 0 };
}

void lym_text_str(struct lym_buf *b, const char *s)
{
	lym_text_bytes(b, s, strlen(s));
}

void lym_text_u64(struct lym_buf *b, __u64 v)
{
	char *w = lym_text_room(b, LYM_PUT_NUM);

	if (w)
		b->len = lym_put_u64(w, v) - b->p;
}

void lym_text_i64(struct lym_buf *b, __s64 v)
{
	char *w = lym_text_room(b, LYM_PUT_NUM);

	if (w)
		b->len = lym_put_i64(w, v) - b->p;
}

void lym_text_dec(struct lym_buf *b, __u64 v, unsigned int digits)
{
	char *w = lym_text_room(b, LYM_PUT_NUM + digits), *end;

	if (!w)
		return;
	end = lym_put_u64(w, v);
	if (end - w < (int)digits)
		end = lym_put_digits(w, v, digits);
	b->len = end - b->p;
}

void lym_text_hexpad(struct lym_buf *b, __u64 v, unsigned int digits)
{
	char tmp[16], *end = tmp + sizeof(tmp), *p = end;

	do {
		*--p = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v);
	while (end - p < (int)digits && p > tmp)
		*--p = '0';
	lym_text_bytes(b, p, end - p);
}

void lym_text_hex(struct lym_buf *b, __u64 v)
{
	if (v)
		lym_text_lit(b, "0x");
	lym_text_hexpad(b, v, 1);
}

void lym_text_ptr(struct lym_buf *b, __u64 v)
{
	if (v)
		lym_text_hex(b, v);
	else
		lym_text_lit(b, "NULL");
}

void lym_text_pad(struct lym_buf *b, size_t start, size_t width)
{
	size_t have = b->len - start;
	char *w;

	if (have >= width)
		return;
	w = lym_text_room(b, width - have);
	if (w) {
		memset(w, ' ', width - have);
		b->len += width - have;
	}
}

void lym_text_time(struct lym_buf *b, __s64 ns)
{
	char *w = lym_text_room(b, LYM_PUT_TIME);

	if (w)
		b->len = lym_put_time(w, ns) - b->p;
}

void lym_text_clock(struct lym_buf *b, __s64 ns)
{
	static __thread __s64 known = INT64_MIN;
	static __thread char hms[8];
	__s64 s = ns / 1000000000, rest = ns % 1000000000;
	char *w = lym_text_room(b, 15);

	if (!w)
		return;
	if (rest < 0) {
		s--;
		rest += 1000000000;
	}
	if (s != known) {
		time_t t = s;
		struct tm tm;

		if (!localtime_r(&t, &tm))
			memset(&tm, 0, sizeof(tm));
		lym_put_digits(hms, tm.tm_hour, 2);
		lym_put_digits(hms + 3, tm.tm_min, 2);
		lym_put_digits(hms + 6, tm.tm_sec, 2);
		hms[2] = hms[5] = ':';
		known = s;
	}
	w = lym_put_bytes(w, hms, 8);
	w = lym_put_char(w, '.');
	lym_put_digits(w, rest / 1000, 6);
	b->len += 15;
}
