// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Options of two crowds: strace's short ones, Tracee's long ones. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fail.h"
#include "opt.h"
#include "out.h"
#include "schema.h"

enum { OPT_SCOPE = 256, OPT_OUTPUT, OPT_BUFFER, OPT_DURATION, OPT_COLOR, OPT_NO_FOLLOW, OPT_PIDFILE, OPT_ORIGIN };

static const struct option longs[] = {
	{ "events", required_argument, NULL, 'e' },
	{ "pid", required_argument, NULL, 'p' },
	{ "scope", required_argument, NULL, OPT_SCOPE },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "snaplen", required_argument, NULL, 's' },
	{ "buffer", required_argument, NULL, OPT_BUFFER },
	{ "duration", no_argument, NULL, OPT_DURATION },
	{ "origin", required_argument, NULL, OPT_ORIGIN },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "follow", no_argument, NULL, 'f' },
	{ "no-follow", no_argument, NULL, OPT_NO_FOLLOW },
	{ "quiet", no_argument, NULL, 'q' },
	{ "background", no_argument, NULL, 'D' },
	{ "pidfile", required_argument, NULL, OPT_PIDFILE },
	{ 0 }
};

void lym_opt_help(void)
{
	puts("lymer: what programs really do at the kernel's boundary\n"
	     "\n"
	     "  lymer [OPTIONS] -- CMD [ARG]...     trace CMD and all that it starts\n"
	     "  lymer [OPTIONS] -p PID[,PID]...     trace running processes and what they start\n"
	     "  lymer [OPTIONS]                     trace the whole system\n"
	     "  lymer list events|policies|detectors|sinks, man EVENT, doctor, replay FILE, version\n"
	     "\n"
	     "  -e, --events LIST     names, %set, all; !NAME takes one out (default: all)\n"
	     "  -p, --pid LIST        processes, with their threads and later children\n"
	     "      --scope TERM      pid=, tree=, comm=, uid=, cgroup=; = or !=, lists; repeat to combine\n"
	     "      --no-follow       only the processes named, not what they start (-f, to follow, is the default)\n"
	     "      --output FORM     table (on a terminal), json (else), strace, raw, none; FORM:FILE writes to FILE\n"
	     "  -o FILE               write to FILE\n"
	     "  -s, --snaplen N       payload bytes kept of each message (default 64, at most 60000; 0: none)\n"
	     "      --buffer SIZE     ring buffer per CPU, with K, M or G (default 16M)\n"
	     "      --duration        how long each call took\n"
	     "      --origin WHICH    kernel (default): what the kernel delivered, from its own memory; user: what the program's\n"
	     "                        memory held when the call returned, cheaper, but another thread can forge it\n"
	     "      --color WHEN      auto, always, never\n"
	     "  -q, --quiet           no totals at the end\n"
	     "  -D, --background      return once tracing has begun, with CMD once that has ended; go on in the background\n"
	     "      --pidfile FILE    holds the tracer's process id once tracing has begun, until it ends; SIGTERM ends it\n"
	     "\n"
	     "Exit status: that of CMD, 0 at a clean end, 1 on failure, 2 on bad usage, 126 and 127 if CMD does not run.");
}

static int want_set(struct lym_plan *p, const char *set, bool on)
{
	bool any = false;

	for (unsigned int e = 0; e < LYM_EV_MAX; e++)
		if (e != LYM_EV_lost && (!strcmp(set, "all") || !strcmp(lym_schema_event(e)->set, set))) {
			p->want[e] = on;
			any = true;
		}
	return any ? 0 : lym_usage("no set of events '%s'; see 'lymer list events'", set);
}

static int want_events(struct lym_plan *p, const char *list)
{
	char *copy, *save = NULL;
	bool first = true;
	int err = 0;

	if (!strncmp(list, "trace=", 6))
		list += 6;
	if (!*list)
		return lym_usage("-e: an empty list of events");
	copy = strdup(list);
	if (!copy)
		return lym_fail(-ENOMEM, "out of memory");
	for (char *n = strtok_r(copy, ",", &save); n && !err; n = strtok_r(NULL, ",", &save), first = false) {
		bool on = *n != '!';
		const struct lym_event *ev;
		const char *near;

		n += !on;
		if (!on && first)	/* only things to leave out: from all of them */
			err = want_set(p, "all", true);
		if (err)
			break;
		if (*n == '%' || !strcmp(n, "all")) {
			err = want_set(p, n + (*n == '%'), on);
			continue;
		}
		ev = lym_schema_find(n);
		if (ev && ev->ev != LYM_EV_lost) {
			p->want[ev->ev] = on;
			continue;
		}
		near = lym_schema_nearest(n);
		err = near ? lym_usage("no event '%s'; did you mean '%s'? 'lymer list events' shows all", n, near) :
			     lym_usage("no event '%s'; 'lymer list events' shows all", n);
	}
	free(copy);
	return err;
}

static int number(const char *what, const char *text, unsigned long max, unsigned long *out)
{
	char *end;

	errno = 0;
	*out = strtoul(text, &end, 10);
	if (errno || end == text || *end || !isdigit((unsigned char)*text) || *out > max)
		return lym_usage("%s: '%s' is not a number between 0 and %lu", what, text, max);
	return 0;
}

static int size(const char *text, unsigned int *out)
{
	unsigned long page = sysconf(_SC_PAGESIZE), v;
	char *end;

	errno = 0;
	v = strtoul(text, &end, 10);
	if (*end && strchr("kKmMgG", *end)) {
		v <<= strchr("kK", *end) ? 10 : strchr("mM", *end) ? 20 : 30;
		end++;
	}
	if (errno || !isdigit((unsigned char)*text) || *end || v < page || v > 1ul << 30)
		return lym_usage("--buffer: '%s' is not a size between %lu and 1G", text, page);
	for (*out = page; *out < v;)
		*out *= 2;
	return 0;
}

static int one(struct lym_opt *o, int c, bool *picked, const char **form, const char **file)
{
	unsigned long v;
	int err = 0;

	switch (c) {
	case 'e':
		*picked = true;
		return want_events(&o->plan, optarg);
	case 'p':
		return lym_scope_pids(&o->plan.scope, optarg);
	case 'o':
		*file = optarg;
		return 0;
	case 's':
		err = number("--snaplen", optarg, LYM_SNAPLEN_MAX, &v);
		o->plan.snaplen = v;
		return err;
	case 'f':
		return 0;
	case 'q':
		o->quiet = true;
		return 0;
	case 'D':
		o->background = true;
		return 0;
	case OPT_PIDFILE:
		o->pidfile = optarg;
		return 0;
	case OPT_SCOPE:
		return lym_scope_add(&o->plan.scope, optarg);
	case OPT_OUTPUT:
		*form = optarg;
		return 0;
	case OPT_BUFFER:
		return size(optarg, &o->plan.ring_bytes);
	case OPT_DURATION:
		o->plan.duration = true;
		return 0;
	case OPT_ORIGIN:
		if (strcmp(optarg, "kernel") && strcmp(optarg, "user"))
			return lym_usage("--origin: '%s' is neither kernel nor user", optarg);
		o->plan.user = !strcmp(optarg, "user");
		return 0;
	case OPT_COLOR:
		if (strcmp(optarg, "auto") && strcmp(optarg, "always") && strcmp(optarg, "never"))
			return lym_usage("--color: '%s' is none of auto, always, never", optarg);
		o->color = !strcmp(optarg, "always") || (o->color && strcmp(optarg, "never"));
		return 0;
	case OPT_NO_FOLLOW:
		o->plan.no_follow = true;
		return 0;
	}
	return -EINVAL;
}

int lym_opt_parse(struct lym_opt *o, int argc, char **argv)
{
	const char *form = NULL, *file = NULL;
	bool picked = false, tty = isatty(STDOUT_FILENO);
	int c, err;

	memset(o, 0, sizeof(*o));
	o->plan.snaplen = 64;
	o->color = tty && !getenv("NO_COLOR");
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, "+:e:p:o:s:fqD", longs, NULL)) != -1) {
		if (c == '?')
			return lym_usage("no option '%s'", argv[optind - 1]);
		if (c == ':')
			return lym_usage("option '%s' wants a value", argv[optind - 1]);
		err = one(o, c, &picked, &form, &file);
		if (err)
			return err;
	}
	if (optind < argc) {
		if (strcmp(argv[optind - 1], "--"))
			return lym_usage("no command '%s'; to run and trace a program write 'lymer -- %s'", argv[optind],
					 argv[optind]);
		o->cmd = argv + optind;
	} else if (optind > 1 && !strcmp(argv[optind - 1], "--")) {
		return lym_usage("nothing follows '--'");
	}
	if (!picked && (err = want_set(&o->plan, "all", true)))
		return err;
	if (!form)
		form = tty && !file ? "table" : "json";
	if (file && strchr(form, ':'))
		return lym_usage("two output files, '%s' and '%s'", strchr(form, ':') + 1, file);
	if (snprintf(o->output, sizeof(o->output), "%s%s%s", form, file ? ":" : "", file ? file : "") >=
	    (int)sizeof(o->output))
		return lym_usage("the output file's name is too long");
	if (strchr(o->output, ':'))
		o->color = false;
	return 0;
}
