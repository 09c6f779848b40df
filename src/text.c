/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Numbers and times as text; the buffer that they go into. Escapes are in escape.c. */
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

static const char pairs[200] =
	"00010203040506070809101112131415161718192021222324252627282930313233343536373839"
	"40414243444546474849505152535455565758596061626364656667686970717273747576777879"
	"8081828384858687888990919293949596979899";

/* The eight digits of v, which has no more, at w. */
static void eight(char *w, __u32 v)
{
	__u32 hi = v / 10000, lo = v % 10000;

	memcpy(w, pairs + 2 * (hi / 100), 2);
	memcpy(w + 2, pairs + 2 * (hi % 100), 2);
	memcpy(w + 4, pairs + 2 * (lo / 100), 2);
	memcpy(w + 6, pairs + 2 * (lo % 100), 2);
}

/* Write v so that it ends before end; returns where it begins. */
static char *backwards(char *end, __u64 v)
{
	__u32 w;

	while (v >= 100000000) {
		end -= 8;
		eight(end, v % 100000000);
		v /= 100000000;
	}
	for (w = v; w >= 100; w /= 100) {
		end -= 2;
		memcpy(end, pairs + 2 * (w % 100), 2);
	}
	if (w >= 10) {
		end -= 2;
		memcpy(end, pairs + 2 * w, 2);
	} else {
		*--end = '0' + w;
	}
	return end;
}

void lym_text_u64(struct lym_buf *b, __u64 v)
{
	unsigned int digits = 1;
	char *w = lym_text_room(b, 20);
	__u64 limit = 10;

	if (!w)
		return;
	while (v >= limit && digits < 20) {
		digits++;
		limit = digits < 20 ? limit * 10 : 0;
	}
	backwards(w + digits, v);
	b->len += digits;
}

void lym_text_i64(struct lym_buf *b, __s64 v)
{
	if (v < 0)
		lym_text_char(b, '-');
	lym_text_u64(b, v < 0 ? -(__u64)v : (__u64)v);
}

void lym_text_dec(struct lym_buf *b, __u64 v, unsigned int digits)
{
	char tmp[40], *end = tmp + sizeof(tmp), *p = backwards(end, v);

	while (end - p < (int)digits && p > tmp)
		*--p = '0';
	lym_text_bytes(b, p, end - p);
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

/* Split into seconds and nanoseconds, the latter never negative. */
static __s64 split(__s64 ns, unsigned int *rest)
{
	__s64 s = ns / 1000000000, r = ns % 1000000000;

	if (r < 0) {
		s--;
		r += 1000000000;
	}
	*rest = r;
	return s;
}

/* The civil date of a day since 1970-01-01 (Gregorian; eras of 400 years that begin on 1 March). */
static void civil(__s64 days, __s64 *year, unsigned int *month, unsigned int *day)
{
	__s64 z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned int doe = z - era * 146097;
	unsigned int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned int mp = (5 * doy + 2) / 153;

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = yoe + era * 400 + (*month <= 2);
}

static void two(char *w, unsigned int v)
{
	memcpy(w, pairs + 2 * (v % 100), 2);
}

void lym_text_time(struct lym_buf *b, __s64 ns)
{
	/* Events come in the order of time: the date is computed once a day, not once an event. */
	static __thread __s64 known = INT64_MIN;
	static __thread char date[11];
	unsigned int rest, sec;
	__s64 s = split(ns, &rest), day = s / 86400 - (s % 86400 < 0);
	char *w = lym_text_room(b, 30);

	if (!w)
		return;
	sec = s - day * 86400;
	if (day != known) {
		unsigned int m, d;
		__s64 y;

		civil(day, &y, &m, &d);
		two(date, y / 100);
		two(date + 2, y % 100);
		two(date + 5, m);
		two(date + 8, d);
		date[4] = date[7] = '-';
		date[10] = 'T';
		known = day;
	}
	memcpy(w, date, 11);
	two(w + 11, sec / 3600);
	two(w + 14, sec / 60 % 60);
	two(w + 17, sec % 60);
	w[13] = w[16] = ':';
	w[19] = '.';
	two(w + 20, rest / 10000000);
	two(w + 22, rest / 100000);
	two(w + 24, rest / 1000);
	two(w + 26, rest / 10);
	w[28] = '0' + rest % 10;
	w[29] = 'Z';
	b->len += 30;
}

void lym_text_clock(struct lym_buf *b, __s64 ns)
{
	static __thread __s64 known = INT64_MIN;
	static __thread char hms[8];
	unsigned int rest;
	__s64 s = split(ns, &rest);
	char *w = lym_text_room(b, 15);

	if (!w)
		return;
	if (s != known) {
		time_t t = s;
		struct tm tm;

		if (!localtime_r(&t, &tm))
			memset(&tm, 0, sizeof(tm));
		two(hms, tm.tm_hour);
		two(hms + 3, tm.tm_min);
		two(hms + 6, tm.tm_sec);
		hms[2] = hms[5] = ':';
		known = s;
	}
	memcpy(w, hms, 8);
	w[8] = '.';
	two(w + 9, rest / 10000000);
	two(w + 11, rest / 100000);
	two(w + 13, rest / 1000);
	b->len += 15;
}
