/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Every decoder of memory that a traced process controls, each by itself, with bytes that it may put there: in a block of that size
 * exactly, so that under the sanitizers a byte beyond is seen. What comes out must be text: no control characters, in JSON no quote
 * left open. LYM_FUZZ_SECONDS=600 gives each so long, LYM_FUZZ_PART=NAME runs one; LYM_SEED=N changes their course. What finds
 * something says the state that led to it: LYM_FUZZ_STATE=N runs that one round.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include "config.h"
#include "decode.h"
#include "names.h"
#include "nlattr.h"
#include "sockaddr.h"
#include "structs.h"
#include "tap.h"

static __u64 state = 88172645463325252ull;

static __u64 rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

/* Lengths as often as not small, and numbers as often as not those that mean something. */
static void number(unsigned char *p, size_t n)
{
	static const __u64 likely[] = { 0, 1, 2, 3, 4, 8, 16, 17, 24, 36, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, ~0ull };
	__u64 v = rnd() & 1 ? likely[rnd() % (sizeof(likely) / sizeof(*likely))] : rnd() & 1 ? rnd() % 64 : rnd();

	memcpy(p, &v, n);
}

static void bytes(unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t k = (size_t[]){ 1, 2, 4, 8 }[rnd() & 3];

		if (k > n - i)
			k = n - i;
		number(p + i, k);
		i += k;
	}
}

static void structs(struct lym_buf *b, unsigned char *p, size_t n)
{
	enum lym_struct s = rnd() % LYM_STRUCT_MAX;
	size_t full = rnd() & 1 ? n : n + rnd() % 64;
	size_t at = n ? rnd() % n : 0;
	struct lym_each each[LYM_CHAIN * (LYM_EACH + 1)];
	struct lym_extent e = { p, n, full, .part = !(rnd() & 3), .succeeded = rnd() & 1, .next = rnd() % 16, .in32 = !(rnd() & 3),
				.limit = rnd() % 64 };

	for (int i = 0; i < LYM_LEAD_ARRAYS; i++)
		if (rnd() & 1)
			e.leads[i] = (struct lym_pointed){ p + at, n - at, rnd() & 1 };
	for (int i = 0; i < LYM_CHAIN * (LYM_EACH + 1); i++)
		each[i] = rnd() & 1 ? (struct lym_each){ .p = p + at, .n = n - at } : (struct lym_each){ 0 };
	if (rnd() & 1) {
		e.inner = p + at;
		e.inner_len = n - at;
	}
	if (rnd() & 1)
		e.each = each;
	if (rnd() & 1) {
		e.after = p;
		e.after_n = n;
	}
	switch (rnd() & 3) {
	case 0:
		lym_struct_json(b, s, &e);
		break;
	case 1:
		lym_structs_strace(b, s, p, n, lym_struct_size(s) ? n / lym_struct_size(s) + (rnd() & 1) : 0, 0x1000, rnd() & 7, rnd() & 1);
		break;
	default:
		lym_struct_strace(b, s, &e, rnd() & 1);
	}
}

static void netlink(struct lym_buf *b, unsigned char *p, size_t n)
{
	static const unsigned short types[] = { 2, 16, 18, 20, 20, 20, 0x0a00, 24, 28, 32, 36, 48, 64, 66, 70, 78, 80, 84, 85, 88, 90, 92, 94, 104, 112 };
	struct lym_nlstyle style = { rnd() % 64, rnd() & 1 };
	unsigned int type = rnd() & 1 ? types[rnd() % (sizeof(types) / sizeof(*types))] : rnd() % 128;
	struct lym_nlbytes d = { p, n, rnd() & 1 ? n : n + rnd() % 32, 0x1000, rnd() & 1 };

	if (n && rnd() & 1)		/* a family of which more is known */
		p[0] = (unsigned char[]){ 1, 2, 10, 16, 17, 43 }[rnd() % 6];
	/* attributes, where there may be some */
	for (size_t i = rnd() & 1 ? 16 : 4 * (rnd() & 15); i + 4 < n && rnd() & 7; i += 4 + 4 * (rnd() & 3)) {
		__u16 len = rnd() & 3 ? 4 + rnd() % 16 : n - i, kind = rnd() % 64;

		memcpy(p + i, &len, 2);
		memcpy(p + i + 2, &kind, 2);
	}
	if (rnd() & 7)
		lym_nlattr_message(b, &style, (int[]){ 0, 0, 4, 12 }[rnd() & 3], type, rnd() & 1, d);
	else
		lym_nlattr_error(b, &style, d);
}

static void addresses(struct lym_buf *b, unsigned char *p, size_t n)
{
	if (n > 1) {
		p[0] = rnd() % 48;
		p[1] = 0;
	}
	switch (rnd() & 3) {
	case 0:
		lym_sockaddr_json(b, p, n);
		break;
	case 1:
		lym_sockaddr_text(b, p, n);
		break;
	default:
		lym_sockaddr_strace(b, p, n);
	}
}

static void control(struct lym_buf *b, unsigned char *p, size_t n)
{
	struct lym_control c = { .p = p, .n = n, .addr = 0x1000, .len = rnd() & 1 ? n : n + 100, .compat = rnd() & 1 };

	for (size_t i = 0; i + 16 <= n && rnd() & 7; i += 16 + 8 * (rnd() & 3)) {
		__u64 len = rnd() & 3 ? 16 + rnd() % 32 : rnd();
		__u32 what[2] = { (__u32[]){ 0, 1, 41, 17, 263, 6 }[rnd() % 6], rnd() % 80 };

		memcpy(p + i, &len, 8);
		memcpy(p + i + 8, what, 8);
	}
	switch (rnd() % 3) {
	case 0:
		lym_decode_control_json(b, p, n, c.compat);
		break;
	case 1:
		lym_decode_control_text(b, p, n, c.compat);
		break;
	default:
		lym_decode_control_strace(b, &c);
	}
}

static void options(struct lym_buf *b, unsigned char *p, size_t n)
{
	static const __u32 levels[] = { 0, 1, 6, 17, 41, 58, 255, 263, 270, 272 };
	struct lym_optval o = { .level = levels[rnd() % (sizeof(levels) / sizeof(*levels))], .name = rnd() % 90, .get = rnd() & 1, .p = p,
				.n = n, .len = rnd() & 1 ? n : rnd() % 300, .limit = rnd() % 64, .verbose = rnd() & 1 };

	if (rnd() & 1) {
		o.inner = p;
		o.inner_len = n;
	}
	lym_decode_optval(b, &o);
}

/* Numbers by any table, and the number that a switch over one of them goes by. */
static void names(struct lym_buf *b, unsigned char *p, size_t n)
{
	__u64 v = 0;

	memcpy(&v, p, n < 8 ? n : 8);
	lym_names_print(b, rnd() % LYM_NAMES_MAX, v);
}

/* Control characters, and in JSON a quote that is left open. */
static bool wrong(const struct lym_buf *b)
{
	unsigned int quotes = 0;

	for (size_t i = 0; i < b->len; i++) {
		unsigned char c = b->p[i];

		if (c < 0x20 || c == 0x7f)
			return true;
		if (c == '\\')
			i++;
		else
			quotes += c == '"';
	}
	return b->len > 1 && b->p[1] == '"' && quotes & 1;
}

static const struct {
	const char *name;
	void (*run)(struct lym_buf *b, unsigned char *p, size_t n);
} parts[] = {
	{ "structs", structs }, { "netlink", netlink }, { "addresses", addresses }, { "control messages", control },
	{ "socket options", options }, { "names", names },
};

static const char *part_name;
static __u64 began;		/* the state at the beginning of the round */

static void say_state(void)
{
	printf("# LYM_FUZZ_PART='%s' LYM_FUZZ_STATE=0x%llx\n", part_name, began);
	fflush(stdout);
}

/* The sanitizers call this before they end the program. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

/* One block, by one decoder: is what comes out wrong? */
static bool round_of(size_t part, struct lym_buf *b)
{
	size_t n;
	unsigned char *p;
	bool bad;

	began = state;
	n = rnd() & 3 ? rnd() % 128 : rnd() % 1024;
	p = malloc(n ?: 1);
	bytes(p, n);
	b->len = 0;
	b->hex = rnd() & 3;
	b->names = rnd() % 3;
	parts[part].run(b, n ? p : p + 1, n);
	bad = wrong(b);
	free(p);
	return bad;
}

static double since(const struct timespec *t0)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec - t0->tv_sec + (t.tv_nsec - t0->tv_nsec) / 1e9;
}

int main(void)
{
	const char *seconds = getenv("LYM_FUZZ_SECONDS"), *only = getenv("LYM_FUZZ_PART"), *one = getenv("LYM_FUZZ_STATE");
	double limit = seconds ? atof(seconds) : 0;
	struct lym_buf b = { 0 };

	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(say_state);
	if (getenv("LYM_SEED"))
		state ^= strtoull(getenv("LYM_SEED"), NULL, 0) << 20;
	for (size_t part = 0; part < sizeof(parts) / sizeof(*parts); part++) {
		unsigned long rounds = 0, bad = 0;
		struct timespec t0;

		part_name = parts[part].name;
		if (only && strcmp(only, part_name))
			continue;
		if (one)
			state = strtoull(one, NULL, 0);
		clock_gettime(CLOCK_MONOTONIC, &t0);
		do {
			for (int i = 0; i < (one ? 1 : 100000); i++, rounds++) {
				if (round_of(part, &b) && !bad++) {
					say_state();
					printf("# %.*s\n", (int)(b.len < 500 ? b.len : 500), b.p);
				}
			}
		} while (!one && since(&t0) < limit);
		ok(!bad, "%s: %lu rounds in %.0f s, %lu with a line that is none", part_name, rounds, since(&t0), bad);
	}
	lym_text_free(&b);
	return done();
}
