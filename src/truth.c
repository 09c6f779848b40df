// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The truth of each field, out of the catalogue's types and tags and the rows of lym_hooks[]. */
#include <stdio.h>
#include <string.h>
#include "schema.h"
#include "truth.h"

/* ---- which part of an event a datum is ---- */

static int capture(const struct lym_event *ev, int i)
{
	return lym_schema_type(ev->field[i].type)->capture;
}

/* Each says how the part of field i is named behind the field's own name; NULL: the field has no such part. */

static const char *messages(int cap, int one, int many, const char *name)
{
	static char text[20];

	if (cap != one && cap != many)
		return NULL;
	snprintf(text, sizeof(text), "%s%s", cap == many ? "[]" : "", name);
	return text;
}

static const char *received(const struct lym_event *ev, int i)
{
	int cap = capture(ev, i);

	if (cap == CAP_BUF_OUT || (ev->ev == LYM_EV_socket_recv && i == 1))
		return "";
	return messages(cap, CAP_MSG_OUT, CAP_MMSG_OUT, ".buf");
}

static bool receives(const struct lym_event *ev)
{
	for (int i = 0; i < ev->nfields; i++)
		if (received(ev, i))
			return true;
	return false;
}

static const char *source(const struct lym_event *ev, int i)
{
	int cap = capture(ev, i);

	if (ev->field[i].type == LYM_T_SOCKADDR)
		return ev->ev == LYM_EV_socket_recv ? "" : NULL;
	if (cap == CAP_ADDR_OUT)
		return receives(ev) ? "" : NULL;
	return messages(cap, CAP_MSG_OUT, CAP_MMSG_OUT, ".name");
}

static const char *destination(const struct lym_event *ev, int i)
{
	int cap = capture(ev, i);

	if (cap == CAP_ADDR_IN)
		return ev->ev == LYM_EV_connect || ev->ev == LYM_EV_bind ? NULL : "";
	if (ev->field[i].type == LYM_T_SOCKADDR)
		return ev->ev == LYM_EV_socket_send ? "" : NULL;
	return messages(cap, CAP_MSG_IN, CAP_MMSG_IN, ".name");
}

static const char *connected(const struct lym_event *ev, int i)
{
	return ev->ev == LYM_EV_connect && capture(ev, i) == CAP_ADDR_IN ? "" : NULL;
}

static const char *bound(const struct lym_event *ev, int i)
{
	return ev->ev == LYM_EV_bind && capture(ev, i) == CAP_ADDR_IN ? "" : NULL;
}

static const char *named(const struct lym_event *ev, int i)
{
	return capture(ev, i) == CAP_ADDR_OUT && !receives(ev) ? "" : NULL;
}

static const char *of_file(const struct lym_event *ev, int i)
{
	return capture(ev, i) == CAP_BUF_OUT && strcmp(ev->set, "net") ? "" : NULL;
}

static const char *sent(const struct lym_event *ev, int i)
{
	return messages(capture(ev, i), CAP_MSG_IN, CAP_MMSG_IN, ".buf");
}

static const char *control(const struct lym_event *ev, int i)
{
	int cap = capture(ev, i);

	return messages(cap, CAP_MSG_IN, CAP_MMSG_IN, ".control") ?: messages(cap, CAP_MSG_OUT, CAP_MMSG_OUT, ".control");
}

static const struct {
	enum lym_datum datum;	/* DATUM_NONE: the caller's memory */
	const char *of;
	const char *(*part)(const struct lym_event *ev, int i);
} parts[] = {
	{ DATUM_UDP, "UDP", received },
	{ DATUM_COPIED, "TCP, unix, netlink, raw, packet", received },
	{ DATUM_UDP, "UDP", source },
	{ DATUM_COPIED, "unix, netlink, raw, packet", source },
	{ DATUM_DEST, NULL, destination },
	{ DATUM_CONNECT, NULL, connected },
	{ DATUM_BIND, NULL, bound },
	{ DATUM_NAME, NULL, named },
	{ DATUM_NONE, "files", of_file },
	{ DATUM_NONE, NULL, sent },
	{ DATUM_NONE, NULL, control },
};

/* What the tracepoint tier leaves to be wished for where others bring the same. */
static const char *const worse[LYM_DATUMS] = {
	[DATUM_UDP] = "a UDP datagram that cannot be proved to be the one that was received, where a socket has several readers, is U",
	[DATUM_DEST] = "addresses of families other than inet and unix from user memory",
	[DATUM_CONNECT] = "addresses of families other than inet and unix from user memory",
	[DATUM_BIND] = "addresses of families other than inet and unix from user memory",
	[DATUM_NAME] = "addresses of packet and vsock sockets from user memory",
};

/* ---- rows ---- */

/* One more in a list, unless it is there. */
static void append(char *list, size_t size, const char *separator, const char *what)
{
	size_t n = strlen(list), len = strlen(what), gap = strlen(separator);

	for (const char *p = list; (p = strstr(p, what)); p++)
		if ((p == list || (p >= list + gap && !strncmp(p - gap, separator, gap))) && (!p[len] || !strncmp(p + len, separator, gap)))
			return;
	snprintf(list + n, size - n, "%s%s", n ? separator : "", what);
}

/* What this event alone asks for. */
static struct lym_plan alone(const struct lym_plan *plan, unsigned int ev)
{
	struct lym_plan one = *plan;

	memset(one.want, 0, sizeof(one.want));
	if (ev < LYM_EV_MAX)
		one.want[ev] = true;
	return one;
}

/* Whom a datum comes from in that event; false: from nobody. */
static bool told_by(struct lym_truth *t, const struct lym_plan *one, const bool *have, enum lym_datum d)
{
	unsigned int all = 0, there = 0;

	for (unsigned int i = 0; i < lym_hooks_count; i++) {
		const struct lym_hook *h = &lym_hooks[i];

		if (h->serves != d || h->twin || !lym_hooks_needed(h, one))
			continue;
		all++;
		there += have[i];
		if (have[i])
			append(t->hook, sizeof(t->hook), ", ", h->hook);
		else
			append(t->lost, sizeof(t->lost), "; ", h->without);
	}
	t->tier = one->tier[d];
	t->doubt = t->tier == TIER_TRACEPOINT && there ? worse[d] : NULL;
	t->origin = !there ? "U" : *t->lost || t->doubt ? "K or U" : "K";
	if (all && !there)
		append(t->hook, sizeof(t->hook), ", ", "tp_btf/sys_exit");
	return all;
}

static bool has_tag(const char *tags, const char *tag)
{
	const char *p = strstr(tags, tag);

	return p && (p == tags || p[-1] == ' ') && (!p[strlen(tag)] || p[strlen(tag)] == ' ');
}

/* What is read from the caller's memory. */
static void callers(struct lym_truth *t, const struct lym_event *ev, int i)
{
	t->origin = "U";
	strcpy(t->hook, "tp_btf/sys_exit");
}

/* A field that no hook of its own brings: of calls by the hooks of all calls, else by that of the event. */
static void plain(struct lym_truth *t, const struct lym_plan *one, const struct lym_event *ev, int i)
{
	const char *tags = ev->field[i].tags;
	struct lym_plan none;

	t->origin = has_tag(tags, "KU") ? "K or U" : has_tag(tags, "U") ? "U" : "K";
	if (ev->nr >= 0 || ev->ev == LYM_EV_syscall || ev->only32) {
		strcpy(t->hook, lym_hooks_before(capture(ev, i)) ? "tp_btf/sys_enter" : "tp_btf/sys_exit");
		return;
	}
	none = alone(one, LYM_EV_MAX);
	for (unsigned int k = 2; k < lym_hooks_count && !*t->hook; k++)	/* behind those */
		if (lym_hooks[k].needed(one) && !lym_hooks[k].needed(&none) && (!lym_hooks[k].serves ||
		    lym_hooks[k].serves == DATUM_RECV || lym_hooks[k].serves == DATUM_SEND))
			strcpy(t->hook, lym_hooks[k].hook);
	if (!*t->hook)
		strcpy(t->hook, "Lymer's user side");
}

static struct lym_truth *begin(struct lym_truth *t, const struct lym_event *ev, int i, const char *part)
{
	*t = (struct lym_truth){ 0 };
	snprintf(t->field, sizeof(t->field), "%s%s", i < 0 ? "" : ev->field[i].name, part);
	return t;
}

unsigned int lym_truth(const struct lym_plan *plan, const bool *have, unsigned int which, struct lym_truth *rows)
{
	const struct lym_event *ev = lym_schema_event(which);
	struct lym_plan one = alone(plan, which);
	unsigned int n = 0, before;

	for (int i = 0; i < ev->nfields; i++) {
		before = n;
		for (unsigned int p = 0; p < sizeof(parts) / sizeof(*parts) && n < LYM_TRUTHS - 4; p++) {
			const char *part = parts[p].part(ev, i);

			if (!part)
				continue;
			begin(&rows[n], ev, i, part)->of = parts[p].of;
			if (!parts[p].datum)
				callers(&rows[n++], ev, i);
			else
				n += told_by(&rows[n], &one, have, parts[p].datum);
		}
		if (n == before && n < LYM_TRUTHS - 4)
			plain(begin(&rows[n++], ev, i, ""), &one, ev, i);
	}
	n += told_by(begin(&rows[n], ev, -1, "socket"), &one, have, DATUM_RECV);
	n += told_by(begin(&rows[n], ev, -1, "socket"), &one, have, DATUM_SEND);
	begin(&rows[n], ev, -1, "");
	for (unsigned int i = 0; i < lym_hooks_count; i++)	/* of what no single field has a part in */
		if (!have[i] && !lym_hooks[i].serves && !lym_hooks[i].twin && lym_hooks[i].without && lym_hooks_needed(&lym_hooks[i], &one))
			append(rows[n].lost, sizeof(rows[n].lost), "; ", lym_hooks[i].without);
	rows[n].origin = "K or U";
	return n + (*rows[n].lost != '\0');
}

/* ---- what is below its best ---- */

#define GROUPS 12

void lym_truth_below(const struct lym_plan *plan, const bool *have, char *line, size_t size)
{
	struct {
		char lost[400], events[600];
	} group[GROUPS];
	struct lym_truth rows[LYM_TRUTHS];
	unsigned int n = 0, g;

	for (unsigned int ev = 0; ev < LYM_EV_MAX; ev++) {
		unsigned int count = plan->want[ev] ? lym_truth(plan, have, ev, rows) : 0;

		for (unsigned int k = 0; k < count; k++) {
			for (g = 0; g < n && strcmp(group[g].lost, rows[k].lost); g++)
				;
			if (!*rows[k].lost || g == GROUPS)
				continue;
			if (g == n)
				*stpcpy(group[n++].lost, rows[k].lost) = *group[g].events = '\0';
			append(group[g].events, sizeof(group[g].events), ", ", lym_schema_event(ev)->name);
		}
	}
	*line = '\0';
	for (g = 0; g < n; g++)
		snprintf(line + strlen(line), size - strlen(line), "%s%s: %s", g ? "; " : "", group[g].events, group[g].lost);
}
