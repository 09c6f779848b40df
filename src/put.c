// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Numbers, times, addresses and base64 at a cursor. Eight digits are made at once, in the bytes of one word. */
#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include "put.h"

#define ZEROS 0x3030303030303030ull	/* "00000000" */

/* The eight decimal digits of v, which has no more, the first in the lowest byte. */
static inline __u64 eight(__u32 v)
{
	__u64 x = v / 10000 | (__u64)(v % 10000) << 32, q;	/* two numbers below 10000 */

	q = (x * 10486 >> 20) & 0x7f0000007f;			/* divided by 100 */
	x = q | (x - 100 * q) << 16;				/* four below 100 */
	q = (x * 103 >> 10) & 0x000f000f000f000f;		/* divided by 10 */
	return q | (x - 10 * q) << 8;
}

static inline void store(char *w, __u64 v)
{
	v = htole64(v);
	memcpy(w, &v, 8);
}

static inline char *pair(char *w, unsigned int v)
{
	static const char pairs[200] =
		"00010203040506070809101112131415161718192021222324252627282930313233343536373839"
		"40414243444546474849505152535455565758596061626364656667686970717273747576777879"
		"8081828384858687888990919293949596979899";

	return lym_put_bytes(w, pairs + 2 * v, 2);
}

/* v below 1000 */
static inline char *small(char *w, unsigned int v)
{
	if (v < 10)
		return lym_put_char(w, '0' + v);
	if (v < 100)
		return pair(w, v);
	return pair(lym_put_char(w, '0' + v / 100), v % 100);
}

/* v of at most eight digits, and not 0 */
static inline char *upper(char *w, __u32 v)
{
	__u64 d = eight(v);
	unsigned int zeros = __builtin_ctzll(d) / 8;

	store(w, (d | ZEROS) >> 8 * zeros);
	return w + 8 - zeros;
}

static inline char *lower(char *w, __u32 v)
{
	store(w, eight(v) | ZEROS);
	return w + 8;
}

/* v of more digits than that */
static char *large(char *w, __u64 v)
{
	const __u64 e8 = 100000000;

	if (v < e8 * e8)
		return lower(upper(w, v / e8), v % e8);
	return lower(lower(upper(w, v / (e8 * e8)), v / e8 % e8), v % e8);
}

char *lym_put_u64(char *w, __u64 v)
{
	/* What is large is an address or an identity, and comes again: from call to call, a program uses the same buffers. */
	static __thread struct {
		__u64 v;
		char text[23];
		unsigned char len;
	} known[64];
	unsigned int i = v * 0x9e3779b97f4a7c15 >> 58;

	if (v < 1000)
		return small(w, v);
	if (v < 100000000)
		return upper(w, v);
	if (known[i].v != v) {
		known[i].v = v;
		known[i].len = large(known[i].text, v) - known[i].text;
	}
	memcpy(w, known[i].text, sizeof(known[i].text));
	return w + known[i].len;
}

char *lym_put_i64(char *w, __s64 v)
{
	if (v >= 0)
		return lym_put_u64(w, v);
	*w = '-';
	return lym_put_u64(w + 1, -(__u64)v);
}

char *lym_put_digits(char *w, __u32 v, unsigned int digits)
{
	unsigned int i;

	for (i = digits; i-- > 0; v /= 10)
		w[i] = '0' + v % 10;
	return w + digits;
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

#define SECOND 20	/* 2026-08-03T14:02:11. */

static void put_second(char *w, __s64 s)
{
	__s64 day = s / 86400 - (s % 86400 < 0), year;
	unsigned int sec = s - day * 86400, month, mday;

	civil(day, &year, &month, &mday);
	w = lym_put_digits(w, year, 4);
	*w++ = '-';
	w = lym_put_digits(w, month, 2);
	*w++ = '-';
	w = lym_put_digits(w, mday, 2);
	*w++ = 'T';
	w = lym_put_digits(w, sec / 3600, 2);
	*w++ = ':';
	w = lym_put_digits(w, sec / 60 % 60, 2);
	*w++ = ':';
	w = lym_put_digits(w, sec % 60, 2);
	*w = '.';
}

char *lym_put_time(char *w, __s64 ns)
{
	/* Events come in the order of time: all but the fraction is made once a second, not once an event. */
	static __thread __s64 known = INT64_MIN;
	static __thread char second[SECOND];
	__s64 s = ns / 1000000000, rest = ns % 1000000000;

	if (rest < 0) {
		s--;
		rest += 1000000000;
	}
	if (s != known) {
		put_second(second, s);
		known = s;
	}
	memcpy(w, second, SECOND);
	w[SECOND] = '0' + rest / 100000000;
	store(w + SECOND + 1, eight(rest % 100000000) | ZEROS);
	w[LYM_PUT_TIME - 1] = 'Z';
	return w + LYM_PUT_TIME;
}

char *lym_put_ipv4(char *w, const void *p)
{
	const unsigned char *q = p;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		w = small(w, q[i]);
		*w++ = '.';
	}
	return w - 1;
}

/* Two characters for each 12 bits. */
static const char (*sextets(void))[2]
{
	static const char d[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static char two[4096][2];
	unsigned int i;

	if (two[0][0])
		return two;
	for (i = 4096; i-- > 0;) {	/* the first one last: it says that all are there */
		two[i][0] = d[i >> 6];
		two[i][1] = d[i & 63];
	}
	return two;
}

char *lym_put_base64(char *w, const void *s, size_t n)
{
	const char (*two)[2] = sextets();
	const unsigned char *p = s;
	__u64 x;
	__u32 v;

	for (; n >= 8; n -= 6, p += 6, w += 8) {	/* of eight bytes six */
		memcpy(&x, p, 8);
		x = be64toh(x);
		memcpy(w, two[x >> 52], 2);
		memcpy(w + 2, two[x >> 40 & 4095], 2);
		memcpy(w + 4, two[x >> 28 & 4095], 2);
		memcpy(w + 6, two[x >> 16 & 4095], 2);
	}
	for (; n >= 3; n -= 3, p += 3, w += 4) {
		v = p[0] << 16 | p[1] << 8 | p[2];
		memcpy(w, two[v >> 12], 2);
		memcpy(w + 2, two[v & 4095], 2);
	}
	if (n) {
		v = p[0] << 16 | (n > 1 ? p[1] << 8 : 0);
		memcpy(w, two[v >> 12], 2);
		w[2] = n > 1 ? two[v & 4095][0] : '=';
		w[3] = '=';
		w += 4;
	}
	return w;
}
