/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Records with random bytes changed go through every sink: nothing may be read out of bounds (run it under the sanitizers),
 * nothing may take long, every line must be a line. LYM_FUZZ=N changes the number of rounds, LYM_FUZZ_SECONDS=N how long it takes at
 * most, LYM_SEED=N their course; LYM_FUZZ_JSON=FILE keeps the JSON for a parser to judge.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include "make.h"
#include "out.h"
#include "tap.h"

#define SEEDS (2 * LYM_EV_MAX)

static struct {
	unsigned char *p;
	size_t len;
} seed[SEEDS];

static unsigned int seeds;
static __u64 state = 88172645463325252ull;

static __u64 rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static void keep(struct make *m)
{
	seed[seeds].p = aligned_alloc(8, m->len);
	memcpy(seed[seeds].p, m->p, m->len);
	seed[seeds++].len = m->len;
}

/* An address of any family, a socket of any, a msghdr, control messages: each byte is a likely one. */
static void fill(struct make *m, const struct lym_event *ev)
{
	static const unsigned char families[] = { 0, 1, 2, 10, 16, 17, 40, 9 };
	static const unsigned char control[] = {
		24, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0,
		28, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0,
		48, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11, 0, 0, 0, 111, 0, 0, 0, 2, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
	};
	static const char text[40] = "hello\n\33[2J\377 world 12345";
	static const unsigned char netlink[40] = { 36, 0, 0, 0, 2, [16] = 0xff, 0xff, 0xff, 0xff, 16, [24] = 18 };
	unsigned char addr[128] = { 0 };
	struct lym_sock s = { .family = rnd() & 1 ? 2 : 16, .type = 2, .protocol = 17, .local_len = 16, .remote_len = 16 };
	unsigned char sock[sizeof(s) + 32] = { 0 };
	__u64 iov[4] = { 0x1000, 100, 0x2000, 100 };
	int i, k;

	for (i = 0; i < ev->nfields; i++) {
		for (k = 0; k < 2; k++) {
			struct lym_msg msg = { .name = 1, .iov = 2, .control = 3, .iovlen = 2, .controllen = 96,
					       .namelen = 16, .namelen_in = 128, .len = 20 };

			addr[0] = families[rnd() % sizeof(families)];
			make_full(m, i, LYM_DATA, rnd() & 31, k, rnd() & 1 ? (const void *)netlink : text, 40, 40);
			make_full(m, i, LYM_ADDR, rnd() & 31, k, addr, rnd() % 129, 16);
			make_full(m, i, LYM_MSG, 0, k, &msg, sizeof(msg), sizeof(msg));
			make_full(m, i, LYM_IOV, 0, k, iov, sizeof(iov), sizeof(iov));
			make_full(m, i, LYM_CONTROL, 0, k, control, sizeof(control), sizeof(control));
			make_full(m, i, LYM_VALUE, 0, k, iov, 16, 16);
			make_full(m, i, LYM_VALUE_IN, 0, k, iov + 1, 16, 16);
		}
	}
	if (s.family == 16)
		s.protocol = rnd() & 3;
	memcpy(sock, &s, sizeof(s));
	make_full(m, LYM_NO_FIELD, LYM_SOCK, 1, 0, sock, sizeof(sock), sizeof(sock));
}

static void make_seeds(void)
{
	static unsigned char rec[LYM_RECORD_MAX] __attribute__((aligned(8)));
	const struct lym_event *ev;
	unsigned int i, k;

	for (i = 0; (ev = lym_schema_event(i)); i++) {
		for (k = 0; k < 2 && seeds < SEEDS; k++) {
			const __u64 cells[6] = { 3, k ? 1 : 0x7f00, k ? 2 : 100, k ? 0x7f00 : 0, 0x8000, 16 };
			struct make m = make_begin(rec, i, k ? 2 : 20, cells);

			fill(&m, ev);
			keep(&m);
		}
	}
}

#define EARLY (sizeof(struct lym_hdr) + 8 * LYM_CELLS + 400)	/* where most of what is looked at lies */

/* A few bytes of a copy become others: single bits, small numbers, the extremes of a length. */
static void mutate(unsigned char *p, size_t len)
{
	static const unsigned char likely[] = { 0, 1, 2, 4, 7, 8, 16, 40, 0x7f, 0x80, 0xfe, 0xff };
	unsigned int n = 1 + rnd() % 6;
	size_t at;

	while (n--) {
		at = rnd() % len;
		switch (rnd() % 3) {
		case 0:
			p[at] ^= 1 << rnd() % 8;
			break;
		case 1:
			p[at] = likely[rnd() % sizeof(likely)];
			break;
		default:
			p[at] = rnd();
		}
	}
}

/* What every sink promises: whole lines, and no byte that a terminal obeys. */
static unsigned int faults(const struct lym_out *o, bool open)
{
	unsigned int n = 0;
	size_t i;

	if (!strcmp(o->sink->name, "raw"))
		return 0;
	for (i = 0; i < o->buf.len; i++) {
		unsigned char c = o->buf.p[i];

		n += (c < 0x20 && c != '\n') || c == 0x7f;
	}
	return n + (!open && o->buf.len && o->buf.p[o->buf.len - 1] != '\n');
}

/* Read every byte of every item. */
static unsigned int walk(const struct lym_record *r)
{
	const struct lym_item *i = NULL;
	unsigned int sum = 0, n;

	while ((i = lym_record_next(r, i))) {
		for (n = 0; n < i->len; n++)
			sum += lym_item_bytes(i)[n];
	}
	return sum;
}

/* The record as that of another call: of any number, with arguments of any types. */
static void disguise(struct lym_record *r)
{
	static struct lym_event ev;
	int i;

	ev = *r->ev;
	ev.nr = ev.nr < 0 ? ev.nr : (int)(rnd() % 460);
	for (i = 0; i < ev.nfields; i++)
		ev.field[i].type = rnd() % LYM_T_MAX;
	r->ev = &ev;
}

static void print(struct lym_out *out[4], const struct lym_record *r, unsigned long *bad)
{
	unsigned int k;

	for (k = 0; k < 4; k++) {
		if (k != 1 || !out[1]->own_fd)
			out[k]->buf.len = 0;
		lym_out_event(out[k], r);
		if (k != 1 || !out[1]->own_fd)
			*bad += faults(out[k], lym_record_blocked(r));	/* a line that goes on */
	}
}

int main(void)
{
	const char *keep_json = getenv("LYM_FUZZ_JSON"), *seconds = getenv("LYM_FUZZ_SECONDS");
	const char *sinks[] = { "table", "json", "strace", "raw" };
	static const struct lym_out_opts opts = { 0, 0, "box", false, true, 64 };
	unsigned long rounds = getenv("LYM_FUZZ") ? strtoul(getenv("LYM_FUZZ"), NULL, 0) : 3000000, i, views = 0, bad = 0;
	unsigned int sum = 0;
	char spec[4200];
	struct lym_out *out[4] = { NULL };
	struct timespec t0, t;
	double took = 0, most = seconds ? atof(seconds) : 4;	/* of a slow machine, or with sanitizers */
	unsigned int k;

	if (getenv("LYM_SEED"))
		state ^= strtoull(getenv("LYM_SEED"), NULL, 0) << 20;
	if (keep_json) {
		snprintf(spec, sizeof(spec), "json:%s", keep_json);
		sinks[1] = spec;
	}
	make_seeds();
	for (k = 0; k < 4; k++)
		if (lym_out_open(&out[k], sinks[k], &opts))
			return 1;
	clock_gettime(CLOCK_MONOTONIC, &t0);
	for (i = 0; i < rounds; i++) {
		unsigned int s = rnd() % seeds;
		size_t len = seed[s].len;
		unsigned char *p = malloc(len);		/* of that size exactly: a byte beyond is seen */
		struct lym_record r;

		memcpy(p, seed[s].p, len);
		mutate(p, i & 1 || len < EARLY ? len : EARLY);
		if (!lym_record_view(&r, p, len)) {
			sum += walk(&r);
			if (views++ % 16 == 0) {	/* printing takes longer than reading */
				if (rnd() & 1)
					disguise(&r);
				print(out, &r, &bad);
			}
		}
		free(p);
		if (i % 64)
			continue;
		clock_gettime(CLOCK_MONOTONIC, &t);
		took = t.tv_sec - t0.tv_sec + (t.tv_nsec - t0.tv_nsec) / 1e9;
		if (took > most)
			break;
	}
	ok(i > 1000, "%lu mutated records in %.1f s", i, took);
	ok(views > 100, "%lu of them were read (sum %u), a 16th of those printed in every form", views, sum);
	ok(!bad, "only whole lines of printable text came out");
	for (k = 0; k < 4; k++) {
		if (k != 1 || !keep_json)
			out[k]->buf.len = 0;
		lym_out_close(out[k]);
	}
	for (k = 0; k < seeds; k++)
		free(seed[k].p);
	return done();
}
