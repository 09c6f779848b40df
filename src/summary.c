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

enum column { COL_NONE, COL_SHARE, COL_TOTAL, COL_SHORTEST, COL_LONGEST, COL_MEAN, COL_HALF, COL_90, COL_99, COL_CALLS, COL_ERRORS,
	      COL_NAME, COLUMNS };

static const struct {
	const char *title;
	unsigned int width;
} shown[COLUMNS] = {
	[COL_SHARE] = { "% time", 6 }, [COL_TOTAL] = { "seconds", 11 }, [COL_SHORTEST] = { "shortest", 11 },
	[COL_LONGEST] = { "longest", 11 }, [COL_MEAN] = { "usecs/call", 11 }, [COL_HALF] = { "half", 11 }, [COL_90] = { "90 %", 11 },
	[COL_99] = { "99 %", 11 }, [COL_CALLS] = { "calls", 9 }, [COL_ERRORS] = { "errors", 9 }, [COL_NAME] = { "syscall", 16 },
};

/* What -S and -U call them, and what a column is in one word comes first. */
static const struct {
	const char *key;
	enum column column;
} keys[] = {
	{ "time-percent", COL_SHARE }, { "time", COL_SHARE }, { "total-time", COL_TOTAL }, { "time-total", COL_TOTAL },
	{ "min-time", COL_SHORTEST }, { "time-min", COL_SHORTEST }, { "shortest", COL_SHORTEST },
	{ "max-time", COL_LONGEST }, { "time-max", COL_LONGEST }, { "longest", COL_LONGEST },
	{ "avg-time", COL_MEAN }, { "time-avg", COL_MEAN }, { "p50", COL_HALF }, { "p90", COL_90 }, { "p99", COL_99 },
	{ "calls", COL_CALLS }, { "count", COL_CALLS }, { "errors", COL_ERRORS }, { "error", COL_ERRORS },
	{ "name", COL_NAME }, { "syscall", COL_NAME }, { "syscall-name", COL_NAME }, { "nothing", COL_NONE }, { "none", COL_NONE },
};

/* The column of a key of n bytes, in which _ is as good as -; COLUMNS: there is none. */
static enum column column(const char *key, size_t n)
{
	size_t c;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		for (c = 0; c < n && (key[c] == '_' ? '-' : key[c]) == keys[i].key[c]; c++)
			;
		if (c == n && !keys[i].key[c])
			return keys[i].column;
	}
	return COLUMNS;
}

bool lym_summary_key(const char *key)
{
	return column(key, strlen(key)) != COLUMNS;
}

/* The columns of a list, with the name if that is not among them; how many; 0: it is no such list. */
static unsigned int columns(const char *list, enum column *c)
{
	unsigned int n = 0, seen = 0;
	size_t len;

	for (const char *p = list; ; p += len + 1) {
		len = strcspn(p, ",");
		c[n] = column(p, len);
		if (c[n] == COLUMNS || c[n] == COL_NONE || seen & 1 << c[n])
			return 0;
		seen |= 1 << c[n++];
		if (!p[len])
			break;
	}
	if (!(seen & 1 << COL_NAME))
		c[n++] = COL_NAME;
	return n;
}

bool lym_summary_columns(const char *list)
{
	enum column c[COLUMNS];

	return columns(list, c);
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
static enum column by;

static __u64 weight(const struct line *l)
{
	switch (by) {
	case COL_SHORTEST:
		return l->min;
	case COL_LONGEST:
		return l->max;
	case COL_MEAN:
		return l->ns / l->calls;
	case COL_HALF:
		return percentile(l, 50);
	case COL_90:
		return percentile(l, 90);
	case COL_99:
		return percentile(l, 99);
	case COL_CALLS:
		return l->calls;
	case COL_ERRORS:
		return l->errors;
	default:
		return l->ns;
	}
}

/* The most first, names in their order. */
static int compare(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;
	__u64 wx = weight(sorted->line[x]), wy = weight(sorted->line[y]);

	if (by == COL_NAME)
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

static void left(struct lym_buf *b, size_t width, const char *text, char fill)
{
	size_t start = b->len;

	lym_text_str(b, text);
	while (b->len - start < width && !b->oom)
		lym_text_char(b, fill);
}

/* One column of a line; ns: of all calls together. */
static void cell(struct lym_buf *b, enum column c, const struct line *l, __u64 ns, const char *name, bool last)
{
	size_t width = shown[c].width;

	switch (c) {
	case COL_NAME:
		left(b, last ? 0 : width, name, ' ');
		break;
	case COL_SHARE:
		fraction(b, width, ns ? (l->ns * 10000 + ns / 2) / ns : 10000, 2);
		break;
	case COL_TOTAL:
		fraction(b, width, l->ns / 1000, 6);
		break;
	case COL_SHORTEST:
		fraction(b, width, l->calls ? l->min / 1000 : 0, 6);
		break;
	case COL_LONGEST:
		fraction(b, width, l->max / 1000, 6);
		break;
	case COL_HALF:
	case COL_90:
	case COL_99:
		fraction(b, width, percentile(l, c == COL_HALF ? 50 : c == COL_90 ? 90 : 99) / 1000, 6);
		break;
	case COL_MEAN:
		right(b, width, l->calls ? l->ns / l->calls / 1000 : 0);
		break;
	case COL_ERRORS:
		if (!l->errors)
			left(b, width, "", ' ');
		else
			right(b, width, l->errors);
		break;
	default:
		right(b, width, l->calls);
	}
	lym_text_char(b, last ? '\n' : ' ');
}

/* The rule above and below the lines. */
static void rule(struct lym_buf *b, const enum column *c, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		left(b, shown[c[i]].width, "", '-');
		lym_text_char(b, i + 1 < n ? ' ' : '\n');
	}
}

static void titles(struct lym_buf *b, const enum column *c, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		const char *title = shown[c[i]].title;

		if (c[i] != COL_NAME)
			left(b, shown[c[i]].width - strlen(title), "", ' ');
		left(b, c[i] == COL_NAME && i + 1 < n ? shown[c[i]].width : 0, title, ' ');
		lym_text_char(b, i + 1 < n ? ' ' : '\n');
	}
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
	lym_text_lit(b, "|\n");
}

static void add(struct line *all, const struct line *l)
{
	all->calls += l->calls;
	all->errors += l->errors;
	all->ns += l->ns;
	all->min = l->min < all->min ? l->min : all->min;
	all->max = l->max > all->max ? l->max : all->max;
	for (unsigned int i = 0; i < BUCKETS; i++)
		all->bucket[i] += l->bucket[i];
}

void lym_summary_print(const struct lym_summary *s, const char *key, const char *list, struct lym_buf *b)
{
	unsigned int order[LYM_EV_MAX], n = 0, ncols;
	struct line all = { .min = ~0ull };
	enum column c[COLUMNS];

	for (unsigned int e = 0; e < LYM_EV_MAX; e++)
		if (s->line[e]) {
			order[n++] = e;
			add(&all, s->line[e]);
		}
	sorted = s;
	by = key ? column(key, strlen(key)) : COL_TOTAL;
	if (by != COL_NONE)
		qsort(order, n, sizeof(*order), compare);
	ncols = columns(list ?: "time,total-time,avg-time,calls,errors,name", c);
	titles(b, c, ncols);
	rule(b, c, ncols);
	for (unsigned int i = 0; i < n; i++)
		for (unsigned int k = 0; k < ncols; k++)
			cell(b, c[k], s->line[order[i]], all.ns, lym_schema_event(order[i])->name, k + 1 == ncols);
	rule(b, c, ncols);
	for (unsigned int k = 0; k < ncols; k++)
		cell(b, c[k], &all, all.ns, "total", k + 1 == ncols);
	lym_text_lit(b, "\nsyscall              half    90 %     99 %  longest   256ns to 1s, by twos\n"
		     "---------------- -------- -------- -------- --------  ------------------------\n");
	for (unsigned int i = 0; i < n; i++) {
		const struct line *l = s->line[order[i]];

		left(b, 16, lym_schema_event(order[i])->name, ' ');
		took(b, percentile(l, 50));
		took(b, percentile(l, 90));
		took(b, percentile(l, 99));
		took(b, l->max);
		spread(b, l);
	}
}
