// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The account of events: made = delivered + lost, by event, cause and CPU. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "fail.h"
#include "losses.h"
#include "record.h"

static const char *const causes[LYM_CAUSES] = {
	[LOST_RING_FULL] = "ring_full",
	[LOST_NO_MEMORY] = "no_memory",
	[FIELD_AMBIGUOUS] = "ambiguous",
	[FIELD_NO_COPY] = "no_kernel_copy",
	[FIELD_UNREADABLE] = "unreadable",
};

/* What is counted under `lost` itself could have been any event. */
static const char *event_name(unsigned int ev)
{
	return ev == LYM_EV_lost ? "*" : lym_schema_event(ev)->name;
}

struct lym_losses {
	struct lym_tracer *t;
	unsigned int cpus;
	__u64 skipped, unmarked;	/* told so far */
	__u64 records;			/* `lost` events among those that the sink has written */
	__u64 *told;			/* [event][cause][cpu] */
	__u64 seq;
};

struct lym_losses *lym_losses_new(struct lym_tracer *t)
{
	struct lym_losses *l = calloc(1, sizeof(*l));

	if (l) {
		l->t = t;
		l->cpus = lym_tracer_cpus(t);
		l->told = calloc(LYM_EV_MAX * LOST_CAUSES * l->cpus, sizeof(*l->told));
	}
	if (!l || !l->told) {
		lym_fail(-ENOMEM, "out of memory");
		free(l);
		return NULL;
	}
	return l;
}

void lym_losses_free(struct lym_losses *l)
{
	if (l)
		free(l->told);
	free(l);
}

static char *put_string(char *p, unsigned int field, const char *s)
{
	struct lym_item i = { .field = field, .kind = LYM_DATA, .flags = LYM_I_KERNEL, .len = strlen(s) };

	i.full = i.len;
	memcpy(p, &i, sizeof(i));
	memcpy(p + sizeof(i), s, i.len);
	return p + sizeof(i) + ((i.len + 7) & ~7u);
}

/* Build a `lost` record and write it. */
static int write_lost(struct lym_losses *l, struct lym_out *o, const char *event, const char *cause, __u64 count, int cpu)
{
	_Alignas(8) char buf[1024] = { 0 };
	struct lym_hdr *h = (void *)buf;
	__u64 *cell = (void *)(h + 1);
	struct timespec now;
	struct lym_record r;
	char *end;
	int err;

	clock_gettime(CLOCK_MONOTONIC, &now);
	h->event = LYM_EV_lost;
	h->ncells = 3;
	h->ts = now.tv_sec * 1000000000ull + now.tv_nsec;
	h->seq = ++l->seq;
	h->cpu = cpu < 0 ? 0 : cpu;
	h->syscall = ~0u;
	h->items = 2;
	memcpy(h->comm, "lymer", 6);
	cell[1] = count;
	end = put_string((char *)(cell + 3), 0, event);
	end = put_string(end, 2, cause);
	h->len = end - buf;
	if (lym_record_view(&r, buf, h->len))
		return -EBADMSG;
	/* flushed before and after, so that we know which of the events written were ours */
	err = lym_out_flush(o);
	if (!err)
		err = lym_out_event(o, &r);
	if (!err)
		err = lym_out_flush(o);
	if (!err)
		l->records++;
	return err;
}

int lym_losses_report(struct lym_losses *l, struct lym_out *o)
{
	__u64 now;
	int err = 0;

	lym_tracer_refresh(l->t);
	for (unsigned int e = 0; e < LYM_EV_MAX && !err; e++)
		for (unsigned int c = 0; c < LOST_CAUSES && !err; c++)
			for (unsigned int cpu = 0; cpu < l->cpus && !err; cpu++) {
				__u64 *told = &l->told[(e * LOST_CAUSES + c) * l->cpus + cpu];

				now = lym_tracer_count(l->t, e, c, cpu);
				if (now == *told)
					continue;
				err = write_lost(l, o, event_name(e), causes[c], now - *told, cpu);
				*told = now;
			}
	now = lym_tracer_skipped(l->t);
	if (!err && now != l->skipped) {
		err = write_lost(l, o, "*", "skipped_by_kernel", now - l->skipped, -1);
		l->skipped = now;
	}
	now = lym_tracer_tree_lost(l->t);
	if (!err && now != l->unmarked) {
		err = write_lost(l, o, "*", "no_memory", now - l->unmarked, -1);
		l->unmarked = now;
	}
	return err;
}

void lym_losses_totals(struct lym_losses *l, struct lym_out *o, FILE *f)
{
	__u64 made = 0, lost = 0, written = o->events - l->records + o->left_out;

	for (unsigned int e = 0; e < LYM_EV_MAX; e++) {
		made += lym_tracer_count(l->t, e, EVENT_MADE, -1);
		for (unsigned int c = 0; c < LOST_CAUSES; c++)
			lost += lym_tracer_count(l->t, e, c, -1);
	}
	fprintf(f, "lymer: %llu events made, %llu written, %llu lost\n", (unsigned long long)(made + l->skipped),
		(unsigned long long)(written - o->left_out), (unsigned long long)(made + l->skipped - written));
	if (o->left_out)
		fprintf(f, "lymer:   *: %llu left out as asked\n", o->left_out);
	for (unsigned int e = 0; e < LYM_EV_MAX; e++)
		for (unsigned int c = 0; c < EVENT_MADE; c++) {
			__u64 n = lym_tracer_count(l->t, e, c, -1);

			if (n)
				fprintf(f, "lymer:   %s: %llu %s (%s)\n", event_name(e), (unsigned long long)n,
					c < LOST_CAUSES ? "lost" : "with a field from user memory", causes[c]);
		}
	if (l->skipped)
		fprintf(f, "lymer:   *: at most %llu lost (skipped_by_kernel)\n", (unsigned long long)l->skipped);
	if (l->unmarked)
		fprintf(f, "lymer:   *: %llu tasks not followed (no_memory)\n", (unsigned long long)l->unmarked);
	if (made > written + lost)
		fprintf(f, "lymer:   *: %llu lost (sink_full)\n", (unsigned long long)(made - written - lost));
}
