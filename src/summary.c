// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Counts, times and their distribution by event. A time falls into one of STEPS parts of its power of two: 6 % wide at most. */
#include <stdlib.h>
#include "event.h"
#include "schema.h"
#include "summary.h"

#define STEPS 16
#define BUCKETS (40 * STEPS)		/* the longest: 18 minutes */

struct line {
	__u64 calls, errors, ns, min, max;
	__u32 bucket[BUCKETS];
};

struct lym_summary {
	struct line *line[LYM_EV_MAX];	/* of events that there were */
};

static const char *const keys[] = { "time", "total-time", "max-time", "min-time", "avg-time", "calls", "count", "errors", "error",
				    "name", "syscall", "nothing", "none" };

bool lym_summary_key(const char *key)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (!strcmp(keys[i], key))
			return true;
	return false;
}

struct lym_summary *lym_summary_new(void)
{
	return calloc(1, sizeof(struct lym_summary));
}

void lym_summary_free(struct lym_summary *s)
{
	for (unsigned int e = 0; s && e < LYM_EV_MAX; e++)
		free(s->line[e]);
	free(s);
}

static unsigned int bucket(__u64 ns)
{
	unsigned int log = 63 - __builtin_clzll(ns | 1), i;

	if (log < 4)
		return ns;
	i = log * STEPS + (ns >> (log - 4) & (STEPS - 1));
	return i < BUCKETS ? i : BUCKETS - 1;
}

/* The middle of a bucket. */
static __u64 middle(unsigned int i)
{
	unsigned int log = i / STEPS;

	if (log < 4)
		return i;
	return (1ull << log) + ((2 * (i % STEPS) + 1) << (log - 4)) / 2;
}

void lym_summary_add(struct lym_summary *s, const struct lym_record *r)
{
	struct line *l = s->line[r->ev->ev];
	__u64 ns = r->h->duration;

	if ((r->ev->nr < 0 && r->ev->ev != LYM_EV_syscall && !lym_schema_function(r->ev)) || lym_record_blocked(r))
		return;
	if (!l) {
		l = s->line[r->ev->ev] = calloc(1, sizeof(*l));
		if (!l)
			return;
		l->min = ~0ull;
	}
	l->calls++;
	l->errors += r->h->ret < 0 && r->h->ret > -4096;
	l->ns += ns;
	l->min = ns < l->min ? ns : l->min;
	l->max = ns > l->max ? ns : l->max;
	l->bucket[bucket(ns)]++;
}

/* The time that a share of the calls did not exceed. */
static __u64 percentile(const struct line *l, unsigned int percent)
{
	__u64 want = (l->calls * percent + 99) / 100, n = 0, ns;

	for (unsigned int i = 0; i < BUCKETS; i++) {
		n += l->bucket[i];
		if (n < want)
			continue;
		ns = middle(i);
		return ns < l->min ? l->min : ns > l->max ? l->max : ns;
	}
	return l->max;
}

/* ---- sorting ---- */

static const struct lym_summary *sorted;
static const char *by;

static __u64 weight(const struct line *l)
{
	switch (by ? *by : 't') {
	case 'm':
		return by[1] == 'a' ? l->max : ~l->min;
	case 'a':
		return l->ns / l->calls;
	case 'c':
		return l->calls;
	case 'e':
		return l->errors;
	case 'n':
		return 0;
	}
	return l->ns;
}

static int compare(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;
	__u64 wx = weight(sorted->line[x]), wy = weight(sorted->line[y]);

	if (by && (!strcmp(by, "name") || !strcmp(by, "syscall")))
		return strcmp(lym_schema_event(x)->name, lym_schema_event(y)->name);
	return wx > wy ? -1 : wx < wy ? 1 : (int)x - (int)y;
}

/* ---- tables ---- */

static void right(struct lym_buf *b, size_t width, __u64 v)
{
	char text[24];
	size_t n = lym_put_u64(text, v) - text;

	for (; n < width; width--)
		lym_text_char(b, ' ');
	lym_text_bytes(b, text, n);
}

/* v / 10^digits, in width columns. */
static void fraction(struct lym_buf *b, size_t width, __u64 v, unsigned int digits)
{
	__u64 one = 1;

	for (unsigned int i = 0; i < digits; i++)
		one *= 10;
	right(b, width - digits - 1, v / one);
	lym_text_char(b, '.');
	lym_text_dec(b, v % one, digits);
}

static void row(struct lym_buf *b, __u64 all, __u64 ns, __u64 calls, __u64 errors, const char *name)
{
	fraction(b, 6, all ? (ns * 10000 + all / 2) / all : 10000, 2);
	fraction(b, 12, ns / 1000, 6);
	right(b, 12, calls ? ns / calls / 1000 : 0);
	right(b, 10, calls);
	if (errors)
		right(b, 10, errors);
	else
		lym_text_lit(b, "          ");
	lym_text_char(b, ' ');
	lym_text_str(b, name);
	lym_text_char(b, '\n');
}

/* A time in three digits and its unit: 8.1us */
static void took(struct lym_buf *b, __u64 ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	unsigned int u = 0;
	__u64 tenths = ns * 10;

	while (tenths >= 10000 && u < 3) {
		tenths = (tenths + 500) / 1000;
		u++;
	}
	if (u && tenths < 1000)
		fraction(b, 7, tenths, 1);
	else
		right(b, 7, tenths / 10);
	lym_text_str(b, units[u]);
	if (u == 3)
		lym_text_char(b, ' ');
}

/* How the calls spread over the powers of two, from 256 ns to a second, the most of them as the highest mark. */
static void spread(struct lym_buf *b, const struct line *l)
{
	static const char marks[] = " .:-=+*#%@";
	__u64 sum[64] = { 0 }, most = 1;

	for (unsigned int i = 0; i < BUCKETS; i++) {
		unsigned int log = i / STEPS < 8 ? 8 : i / STEPS > 30 ? 30 : i / STEPS;

		sum[log] += l->bucket[i];
		most = sum[log] > most ? sum[log] : most;
	}
	lym_text_lit(b, "  |");
	for (unsigned int log = 8; log <= 30; log++)
		lym_text_char(b, sum[log] ? marks[1 + (sum[log] * 8 + most - 1) / most] : ' ');
	lym_text_lit(b, "| ");
}

void lym_summary_print(const struct lym_summary *s, const char *key, struct lym_buf *b)
{
	unsigned int order[LYM_EV_MAX], n = 0;
	__u64 ns = 0, calls = 0, errors = 0;

	for (unsigned int e = 0; e < LYM_EV_MAX; e++)
		if (s->line[e]) {
			order[n++] = e;
			ns += s->line[e]->ns;
			calls += s->line[e]->calls;
			errors += s->line[e]->errors;
		}
	sorted = s;
	by = key;
	if (!key || strncmp(key, "no", 2))
		qsort(order, n, sizeof(*order), compare);
	lym_text_lit(b, "% time     seconds  usecs/call     calls    errors syscall\n"
		     "------ ----------- ----------- --------- --------- ----------------\n");
	for (unsigned int i = 0; i < n; i++) {
		const struct line *l = s->line[order[i]];

		row(b, ns, l->ns, l->calls, l->errors, lym_schema_event(order[i])->name);
	}
	lym_text_lit(b, "------ ----------- ----------- --------- --------- ----------------\n");
	row(b, 0, ns, calls, errors, "total");
	lym_text_lit(b, "\n   half    90 %     99 %  longest   256ns to 1s, by twos     syscall\n"
		     "-------- -------- -------- --------  ------------------------ ----------------\n");
	for (unsigned int i = 0; i < n; i++) {
		const struct line *l = s->line[order[i]];

		took(b, percentile(l, 50));
		took(b, percentile(l, 90));
		took(b, percentile(l, 99));
		took(b, l->max);
		spread(b, l);
		lym_text_str(b, lym_schema_event(order[i])->name);
		lym_text_char(b, '\n');
	}
}
