/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Appending numbers, times, and bytes escaped for JSON, a terminal, strace. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "tap.h"
#include "text.h"

static struct lym_buf b;

static void is(const char *want, const char *what)
{
	same(b.p, b.len, want, what);
	b.len = 0;
}

static void numbers(void)
{
	static const __u64 v[] = { 0, 1, 9, 10, 99, 100, 101, 999, 65535, 4294967295u, 1ull << 63, ~0ull };
	static const __s64 s[] = { 0, -1, -10, LLONG_MAX, LLONG_MIN };
	char want[64];
	unsigned int i;

	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		snprintf(want, sizeof(want), "%llu", v[i]);
		lym_text_u64(&b, v[i]);
		is(want, want);
		snprintf(want, sizeof(want), "%#llx", v[i]);
		lym_text_hex(&b, v[i]);
		is(want, want);
	}
	for (i = 0; i < sizeof(s) / sizeof(s[0]); i++) {
		snprintf(want, sizeof(want), "%lld", s[i]);
		lym_text_i64(&b, s[i]);
		is(want, want);
	}
	lym_text_dec(&b, 7, 6);
	is("000007", "leading zeros");
	lym_text_hexpad(&b, 0xab, 4);
	is("00ab", "leading zeros in hex");
	lym_text_ptr(&b, 0);
	lym_text_ptr(&b, 0x10);
	is("NULL0x10", "pointers");
	lym_text_lit(&b, "ab");
	lym_text_pad(&b, 0, 5);
	lym_text_pad(&b, 0, 3);
	is("ab   ", "padding");
}

/* Numbers around every power of ten and two, against printf; never beyond the room that is asked for. */
static void lengths(void)
{
	unsigned int bad = 0, beyond = 0, n = 0, i, k;
	char got[64], want[64];
	__u64 v, ten;

	for (i = 0, ten = 1; i < 64; i++, ten *= 10) {
		for (k = 0; k < 6; k++, n++) {
			v = (k < 3 ? 1ull << i : i < 20 ? ten : ten ^ 0x5deece66dull * i) + k % 3 - 1;
			memset(got, '!', sizeof(got));
			*lym_put_u64(got, v) = 0;
			sprintf(want, "%llu", v);
			bad += strcmp(got, want) != 0;
			beyond += got[LYM_PUT_NUM] != '!';
			*lym_put_i64(got, v) = 0;
			sprintf(want, "%lld", (__s64)v);
			bad += strcmp(got, want) != 0;
			beyond += got[LYM_PUT_NUM] != '!';
		}
	}
	ok(!bad && !beyond, "%u numbers of every length (%u wrong, %u too long)", n, bad, beyond);
	for (i = bad = 0; i < 256; i++) {
		unsigned char a[4] = { i, 255 - i, i / 10, i % 10 };

		*lym_put_ipv4(got, a) = 0;
		sprintf(want, "%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
		bad += strcmp(got, want) != 0;
	}
	ok(!bad, "every octet of an IPv4 address");
}

static void times(void)
{
	static const __s64 sec[] = { 0, 951782400, 951868799, 1709164800, 4102444799, 1785765731, -1, -86400, -86401 };
	char want[64], fmt[40];
	unsigned int i;

	setenv("TZ", "UTC", 1);
	for (i = 0; i < sizeof(sec) / sizeof(sec[0]); i++) {
		time_t t = sec[i];

		strftime(fmt, sizeof(fmt), "%Y-%m-%dT%H:%M:%S", gmtime(&t));
		snprintf(want, sizeof(want), "%s.000000007Z", fmt);
		lym_text_time(&b, sec[i] * 1000000000ll + 7);
		is(want, want);
		strftime(fmt, sizeof(fmt), "%H:%M:%S", gmtime(&t));
		snprintf(want, sizeof(want), "%s.123456", fmt);
		lym_text_clock(&b, sec[i] * 1000000000ll + 123456789);
		is(want, want);
	}
	lym_text_time(&b, -1);
	is("1969-12-31T23:59:59.999999999Z", "a nanosecond before");
	lym_text_time(&b, LLONG_MIN);
	ok(b.len == 30, "the earliest moment");
	b.len = 0;
}

#define JSON(in, want) do { lym_text_json(&b, in, sizeof(in) - 1); is(want, "JSON " want); } while (0)
#define TERM(in, want) do { lym_text_term(&b, in, sizeof(in) - 1, '"'); is(want, "terminal " want); } while (0)
#define CSTR(in, want) do { lym_text_cstr(&b, in, sizeof(in) - 1); is(want, "strace " want); } while (0)

static void escapes(void)
{
	JSON("plain", "plain");
	JSON("a\"b\\c/\b\f\n\r\t\0\33\x7f", "a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0000\\u001b\\u007f");
	JSON("gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xbe", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xbe");
	JSON("\xff\xc3", "\xef\xbf\xbd\xef\xbf\xbd");
	JSON("\xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd "
	     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	JSON("\xe2\x80\xa8\xe2\x80\xae\xc2\x9b\xf3\xa0\x80\x81", "\\u2028\\u202e\\u009b\\udb40\\udc01");
	ok(lym_text_json(&b, "whole", 5), "whole");
	ok(!lym_text_json(&b, "\xfe", 1), "not whole");
	b.len = 0;
	lym_text_lit(&b, "x\"y");
	lym_text_lit(&b, "a\"\xe2\x80\xa8\n");
	lym_text_json_tail(&b, 3);
	is("x\"ya\\\"\\u2028\\n", "the tail only");

	TERM("plain text", "plain text");
	TERM("\33[2J\n\t\r\0\a\"\\", "\\x1b[2J\\n\\t\\r\\0\\x07\\\"\\\\");
	TERM("\0001", "\\x001");
	TERM("gr\xc3\xbc\xc3\x9f \xff\xc2\x9b", "gr\xc3\xbc\xc3\x9f \\xff\\xc2\\x9b");
	TERM("\xe2\x80\xae\xe2\x80\xa8", "\\xe2\\x80\\xae\\xe2\\x80\\xa8");

	lym_text_word(&b, "/run/a-b_c.d@1:2%+~", 19);
	is("/run/a-b_c.d@1:2%+~", "a word");
	lym_text_word(&b, "/x> buf=\"", 9);
	is("\"/x> buf=\\\"\"", "no word");
	lym_text_word(&b, "", 0);
	is("\"\"", "nothing");
	CSTR("hello\n\0\33\377\"\\x1", "hello\\n\\0\\33\\377\\\"\\\\x1");
	CSTR("a\0001b\r\t\v\f\a\b\177\200z", "a\\0001b\\r\\t\\v\\f\\7\\10\\177\\200z");
	CSTR("\0008\0009\0007\7" "1", "\\08\\09\\0007\\0071");
	lym_text_xstr(&b, "\0a", 2);
	is("\\x00\\x61", "hex string");
}

static void base64(void)
{
	static const char *const want[] = { "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
	unsigned int i;

	for (i = 0; i < 7; i++) {
		lym_text_base64(&b, "foobar", i);
		is(want[i], "base64");
	}
	lym_text_base64(&b, "\xff\xfe\xfd", 3);
	is("//79", "base64 of high bytes");
	for (i = 0; i < 64; i++) {	/* every character at every place of four */
		static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
		unsigned char bits[3] = {
			i << 2 | ((i + 1) & 63) >> 4, (i + 1) << 4 | ((i + 2) & 63) >> 2, (i + 2) << 6 | ((i + 3) & 63)
		};
		char four[5] = { all[i], all[(i + 1) & 63], all[(i + 2) & 63], all[(i + 3) & 63] };

		lym_text_base64(&b, bits, 3);
		same(b.p, b.len, four, four);
		b.len = 0;
	}
}

/* A byte that is escaped, anywhere among such as are not: as if each were escaped alone. */
static void places(void)
{
	static const unsigned char odd[] = { '"', '\\', 0, 1, 0x1f, ' ', '!', '~', 0x7f, 0x80, 0xa0, 0xff };
	unsigned int bad = 0, n = 0, i, k, form;
	unsigned char in[24];
	struct lym_buf one = { 0 };

	for (form = 0; form < 3; form++) {
		for (i = 0; i < sizeof(in) * sizeof(odd); i++, n++) {
			memset(in, 'a', sizeof(in));
			in[i % sizeof(in)] = odd[i / sizeof(in)];
			b.len = one.len = 0;
			for (k = 0; k <= sizeof(in); k++) {
				struct lym_buf *to = k < sizeof(in) ? &one : &b;
				const unsigned char *p = k < sizeof(in) ? in + k : in;
				size_t len = k < sizeof(in) ? 1 : sizeof(in);

				if (form == 0)
					lym_text_json(to, p, len);
				else if (form == 1)
					lym_text_term(to, p, len, '"');
				else
					lym_text_cstr(to, p, len);
			}
			bad += b.len != one.len || memcmp(b.p, one.p, b.len);
		}
	}
	ok(!bad, "%u strings with one odd byte (%u wrong)", n, bad);
	lym_text_free(&one);
	b.len = 0;
}

/* Any bytes at all: one line, no control byte, and in JSON valid UTF-8. */
static void hostile(void)
{
	unsigned char in[256];
	unsigned int n, i, bad = 0, round;

	srandom(7);
	for (round = 0; round < 20000; round++) {
		n = random() % sizeof(in);
		for (i = 0; i < n; i++)
			in[i] = round & 1 ? random() : 0x80 | random() % 0x80;
		b.len = 0;
		lym_text_json(&b, in, n);
		lym_text_term(&b, in, n, 0);
		lym_text_cstr(&b, in, n);
		for (i = 0; i < b.len; i++)
			bad += (unsigned char)b.p[i] < 0x20 || b.p[i] == 0x7f;
		b.len = 0;
		lym_text_json(&b, in, n);
		bad += !lym_text_json(&b, b.p, b.len);	/* what came out has nothing left to replace */
	}
	ok(!bad, "20,000 random strings are harmless");
	b.len = 0;
}

int main(void)
{
	numbers();
	lengths();
	times();
	escapes();
	base64();
	places();
	hostile();
	lym_text_free(&b);
	return done();
}
