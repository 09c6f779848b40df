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
#include "summary.h"
#include "tiers.h"

enum { OPT_SCOPE = 256, OPT_OUTPUT, OPT_BUFFER, OPT_DURATION, OPT_COLOR, OPT_NO_FOLLOW, OPT_PIDFILE, OPT_ORIGIN,
       OPT_QUIET, OPT_TIME, OPT_SPLIT, OPT_HEX, OPT_QUALIFIER, OPT_IGNORED, OPT_PHASES, OPT_HOOKS };

/* strace's own letters that take a value, and those that do not. */
#define STRACE_VALUES "a:b:E:I:O:P:S:U:u:X:"
#define STRACE_PLAIN "AcCdFhikLnrtTvVwxyYzZ"

static const struct option longs[] = {
	{ "events", required_argument, NULL, 'e' },
	{ "pid", required_argument, NULL, 'p' },
	{ "scope", required_argument, NULL, OPT_SCOPE },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "snaplen", required_argument, NULL, 's' },
	{ "buffer", required_argument, NULL, OPT_BUFFER },
	{ "duration", no_argument, NULL, OPT_DURATION },
	{ "phases", no_argument, NULL, OPT_PHASES },
	{ "origin", required_argument, NULL, OPT_ORIGIN },
	{ "hooks", required_argument, NULL, OPT_HOOKS },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "follow", no_argument, NULL, 'f' },
	{ "no-follow", no_argument, NULL, OPT_NO_FOLLOW },
	{ "quiet", optional_argument, NULL, OPT_QUIET },
	{ "background", no_argument, NULL, 'D' },
	{ "pidfile", required_argument, NULL, OPT_PIDFILE },
	/* strace's long names of its letters */
	{ "absolute-timestamps", optional_argument, NULL, OPT_TIME },
	{ "attach", required_argument, NULL, 'p' },
	{ "columns", required_argument, NULL, 'a' },
	{ "const-print-style", required_argument, NULL, 'X' },
	{ "decode-fds", optional_argument, NULL, 'y' },
	{ "decode-pids", required_argument, NULL, 'Y' },
	{ "env", required_argument, NULL, 'E' },
	{ "failed-only", no_argument, NULL, 'Z' },
	{ "follow-forks", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "instruction-pointer", no_argument, NULL, 'i' },
	{ "no-abbrev", no_argument, NULL, 'v' },
	{ "interruptible", required_argument, NULL, 'I' },
	{ "output-append-mode", no_argument, NULL, 'A' },
	{ "output-separately", no_argument, NULL, OPT_SPLIT },
	{ "relative-timestamps", optional_argument, NULL, 'r' },
	{ "stack-traces", no_argument, NULL, 'k' },
	{ "seccomp-bpf", no_argument, NULL, OPT_IGNORED },	/* a way to be cheap, as we are */
	{ "string-limit", required_argument, NULL, 's' },
	{ "strings-in-hex", optional_argument, NULL, OPT_HEX },
	{ "successful-only", no_argument, NULL, 'z' },
	{ "summary", no_argument, NULL, 'C' },
	{ "summary-columns", required_argument, NULL, 'U' },
	{ "summary-only", no_argument, NULL, 'c' },
	{ "summary-sort-by", required_argument, NULL, 'S' },
	{ "summary-wall-clock", no_argument, NULL, 'w' },
	{ "syscall-number", no_argument, NULL, 'n' },
	{ "syscall-times", optional_argument, NULL, 'T' },
	{ "timestamps", optional_argument, NULL, OPT_TIME },
	{ "trace-path", required_argument, NULL, 'P' },
	{ "user", required_argument, NULL, 'u' },
	{ "version", no_argument, NULL, 'V' },
	/* and of its qualifiers */
	{ "abbrev", required_argument, NULL, OPT_QUALIFIER },
	{ "fault", required_argument, NULL, OPT_QUALIFIER },
	{ "inject", required_argument, NULL, OPT_QUALIFIER },
	{ "raw", required_argument, NULL, OPT_QUALIFIER },
	{ "read", required_argument, NULL, OPT_QUALIFIER },
	{ "signal", required_argument, NULL, OPT_QUALIFIER },
	{ "signals", required_argument, NULL, OPT_QUALIFIER },
	{ "silence", required_argument, NULL, OPT_QUALIFIER },
	{ "silent", required_argument, NULL, OPT_QUALIFIER },
	{ "status", required_argument, NULL, OPT_QUALIFIER },
	{ "trace", required_argument, NULL, OPT_QUALIFIER },
	{ "verbose", required_argument, NULL, OPT_QUALIFIER },
	{ "write", required_argument, NULL, OPT_QUALIFIER },
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
	     "  -e, --events LIST     names, %set, all; !NAME takes one out (default: all, but not %user: functions of libraries)\n"
	     "  -p, --pid LIST        processes, with their threads and later children\n"
	     "      --scope TERM      pid=, tree=, comm=, uid=, cgroup=; = or !=, lists; repeat to combine\n"
	     "      --no-follow       only the processes named, not what they start (-f, to follow, is the default)\n"
	     "      --output FORM     table (on a terminal), json (else), strace, raw, none; FORM:FILE writes to FILE\n"
	     "  -o FILE               write to FILE\n"
	     "  -s, --snaplen N       payload bytes kept of each message (default 64, in strace's form 32; at most 60000; 0: none)\n"
	     "      --buffer SIZE     ring buffer per CPU, with K, M or G (default 16M)\n"
	     "      --duration, -T    how long each call took\n"
	     "      --phases          a call that blocks is told when it does (\"phase\":\"enter\"), and again when it returns\n"
	     "      --origin WHICH    kernel (default): what the kernel delivered, from its own memory; user: what the program's\n"
	     "                        memory held when the call returned, cheaper, but another thread can forge it\n"
	     "      --hooks TIER      fentry, kprobe, lsm or tracepoint: no better ones (default: the best that the kernel allows)\n"
	     "      --color WHEN      auto, always, never\n"
	     "  -q, --quiet           no totals at the end\n"
	     "  -D, --background      return once tracing has begun, with CMD once that has ended; go on in the background\n"
	     "  -u USER, -E NAME[=VALUE]  run CMD as that user; with that variable, or without it\n"
	     "      --pidfile FILE    holds the tracer's process id once tracing has begun, until it ends; SIGTERM ends it\n"
	     "\n"
	     "As strace has them (they choose --output strace, which -o and -p go with as well):\n"
	     "  -e trace=LIST, status=LIST, signal=none, quiet=exit; LIST also %file, %desc, %process ..., /REGEX\n"
	     "  -e raw=LIST, verbose=LIST, abbrev=LIST  of which calls to show numbers, what pointers point at, not all of it\n"
	     "  -e read=FDS, write=FDS  all that goes through these descriptors, as hexdump shows it\n"
	     "  -t, -tt, -ttt, -r     when a call began: time of the day, with microseconds, since 1970, since the one before\n"
	     "  -T, -n, -a COLUMN     how long it took; its number; where the result stands\n"
	     "  -x, -xx, -X raw|abbrev|verbose, -v   strings in hex; numbers instead of names; all members\n"
	     "  -y, -yy, -P PATH      the files behind descriptors, devices too (JSON and table tell them in any case, but\n"
	     "                        for --decode-fds=none; path, socket, dev, pidfd: only these); only calls that have to do with that file\n"
	     "  -Y                    the names of processes behind their numbers\n"
	     "  -z, -Z                only calls that succeeded, that failed\n"
	     "  -c, -C, -w, -S KEY    a summary instead, or too (--output summary), with percentiles; KEY time, calls, errors, name\n"
	     "  -U LIST               its columns: time-percent, total-time, min-time, max-time, avg-time, p50, p90, p99, calls, errors, name\n"
	     "  -ff                   with -o FILE: each thread into FILE.TID\n"
	     "  -A, -o '|CMD'         append to FILE; write to CMD\n"
	     "\n"
	     "Called strace (by a link of that name) it takes strace's command line: what is traced needs no --, children are\n"
	     "followed with -f only, --output names a file, and lines go to standard error.\n"
	     "\n"
	     "Exit status: that of CMD, 0 at a clean end, 1 on failure, 2 on bad usage, 126 and 127 if CMD does not run.");
}

#define SNAPLEN_UNSAID (~0u)

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
	if (errno || !isdigit((unsigned char)*text) || *end || v < page || v > 512ul << 20)	/* more than that no program may index */
		return lym_usage("--buffer: '%s' is not a size between %lu and 512M", text, page);
	for (*out = page; *out < v;)
		*out *= 2;
	return 0;
}

/* Digits of a fraction of a second, and one more: s, ms, us, ns; 0: no such word. */
static unsigned int precision(const char *word, size_t n)
{
	static const char *const known[] = { "s", "ms", "us", "ns" };

	for (unsigned int i = 0; i < 4; i++)
		if (strlen(known[i]) == n && !strncmp(known[i], word, n))
			return 3 * i + 1;
	return 0;
}

/* --relative-timestamps=, --syscall-times=: so many digits. */
static int digits(const char *option, const char *how, unsigned int *digits)
{
	if (how)
		*digits = precision(how, strlen(how));
	if (how && !*digits)
		return lym_usage("%s: '%s' is none of s, ms, us, ns", option, how);
	return 0;
}

/* -t by its long names: none, time or unix, and how exact; "time,ns", "format:unix,precision:us". */
static int timestamps(struct lym_opt *o, const char *how)
{
	size_t n, skip;

	if (!how || !o->style.time)
		o->style.time = LYM_TIME_DAY;
	for (const char *p = how ?: ""; *p; p += n + (p[n] == ',')) {
		n = strcspn(p, ",");
		skip = !strncmp(p, "format:", 7) ? 7 : !strncmp(p, "precision:", 10) ? 10 : 0;
		p += skip;
		n -= skip;
		if (n == 4 && !strncmp(p, "none", n))
			o->style.time = LYM_TIME_NONE;
		else if (n == 4 && !strncmp(p, "unix", n))
			o->style.time = LYM_TIME_EPOCH;
		else if (precision(p, n))
			o->style.digits = precision(p, n);
		else if (n != 4 || strncmp(p, "time", n))
			return lym_usage("timestamps: '%.*s' is none of none, time, unix, s, ms, us, ns", (int)n, p);
	}
	if (o->style.time == LYM_TIME_EPOCH && !o->style.digits)
		o->style.digits = precision("s", 1);
	return 0;
}

/* -y by its long names: path,socket,dev,pidfd, all, none; ! in front for all others. */
static int files(struct lym_opt *o, const char *list)
{
	static const struct {
		const char *name;
		unsigned int bits;
	} known[] = {
		{ "path", LYM_FILES_PATH }, { "socket", LYM_FILES_SOCKET }, { "dev", LYM_FILES_DEV }, { "pidfd", LYM_FILES_PIDFD },
		{ "all", LYM_FILES_ALL }, { "none", 0 },
	};
	bool inverse = *list == '!';
	unsigned int bits = 0;
	size_t n, i;

	for (const char *p = list + inverse; *p; p += n + (p[n] == ',')) {
		n = strcspn(p, ",");
		for (i = 0; i < sizeof(known) / sizeof(*known); i++)
			if (strlen(known[i].name) == n && !strncmp(known[i].name, p, n))
				break;
		if (i == sizeof(known) / sizeof(*known))
			return lym_usage("decode-fds: '%.*s' is none of path, socket, dev, pidfd, all, none", (int)n, p);
		bits |= known[i].bits;
	}
	o->style.files = inverse ? LYM_FILES_ALL & ~bits : bits;
	o->no_files = !o->style.files;
	o->plan.files |= o->style.files;
	o->plan.sockets |= o->style.files;
	o->plan.addresses |= o->style.files & LYM_FILES_SOCKET;
	return 0;
}

/* Options of strace: those that there are, and those that cannot be. */
static int strace(struct lym_opt *o, int c)
{
	unsigned long v;
	char *full;
	int err;

	o->strace = true;
	switch (c) {
	case 't':
		o->style.time = o->style.time < LYM_TIME_EPOCH ? o->style.time + 1 : LYM_TIME_EPOCH;
		return 0;
	case 'r':
		o->style.relative = true;
		return digits("-r", optarg, &o->style.relative_digits);
	case 'T':
		o->plan.duration = o->style.duration = true;
		return digits("-T", optarg, &o->style.duration_digits);
	case 'n':
		o->style.number = true;
		return 0;
	case 'a':
		err = number("-a", optarg, 500, &v);
		o->style.column = v;
		return err;
	case 'x':
		o->style.hex = o->style.hex ? LYM_HEX_ALL : LYM_HEX_STRINGS;
		return 0;
	case 'v':
		o->style.verbose = true;
		return 0;
	case 'X':
		if (strcmp(optarg, "raw") && strcmp(optarg, "abbrev") && strcmp(optarg, "verbose"))
			return lym_usage("-X: '%s' is none of raw, abbrev, verbose", optarg);
		o->style.names = !strcmp(optarg, "raw") ? LYM_NAMES_RAW : !strcmp(optarg, "verbose") ? LYM_NAMES_BOTH : 0;
		return 0;
	case 'z':
		o->select.status = LYM_STATUS_OK;
		return 0;
	case 'Z':
		o->select.status = LYM_STATUS_FAILED;
		return 0;
	case 'c':
	case 'C':
		o->summary = c;
		o->plan.duration = true;
		return 0;
	case 'w':
		return 0;	/* it is the time that passed in any case */
	case 'S':
		if (!lym_summary_key(optarg))
			return lym_usage("-S: '%s' is none of time, max-time, min-time, avg-time, calls, errors, name, nothing", optarg);
		o->style.sort = optarg;
		return 0;
	case 'U':
		if (!lym_summary_columns(optarg))
			return lym_usage("-U: '%s' is no list, each once, of time-percent, total-time, min-time, max-time, avg-time, p50, p90, "
					 "p99, calls, errors, name", optarg);
		o->style.columns = optarg;
		return 0;
	case 'u':
		o->user = optarg;
		return 0;
	case 'E':
		if (strchr(optarg, '=') ? putenv(optarg) : unsetenv(optarg))
			return lym_usage("-E: '%s' is no variable", optarg);
		return 0;
	case 'A':
		o->append = true;
		return 0;
	case OPT_TIME:
		return timestamps(o, optarg);
	case OPT_HEX:
		o->style.hex = !optarg || !strcmp(optarg, "all") ? LYM_HEX_ALL : !strcmp(optarg, "none") ? 0 :
			       !strcmp(optarg, "non-ascii") ? LYM_HEX_STRINGS : LYM_HEX_BYTES;
		if (o->style.hex == LYM_HEX_BYTES && strcmp(optarg, "non-ascii-chars"))
			return lym_usage("--strings-in-hex: '%s' is none of all, non-ascii, non-ascii-chars, none", optarg);
		return 0;
	case OPT_SPLIT:
		o->split = true;
		return 0;
	case 'y':
		return files(o, optarg ?: o->style.files ? "all" : "path");
	case 'Y':
		if (optarg && strcmp(optarg, "comm"))
			return lym_usage("decode-pids: '%s' is not comm", optarg);
		o->style.comms = true;
		return 0;
	case 'P':
		if (o->npaths == LYM_PATHS)
			return lym_usage("-P: more than %d paths", LYM_PATHS);
		o->paths[o->npaths++] = optarg;
		if (o->npaths < LYM_PATHS && (full = realpath(optarg, NULL)) && strcmp(full, optarg))
			o->paths[o->npaths++] = full;		/* for as long as we run */
		o->plan.files = o->plan.sockets = true;
		return 0;
	case 'k':
		return lym_usage("-k: Lymer does not unwind stacks; use perf or strace for that");
	case OPT_IGNORED:
		return 0;
	case 'I':
		if (o->as_strace)
			return 0;
		/* fall through */
	case 'b':
	case 'F':
	case 'L':
	case 'd':
	case 'i':
	case 'O':
		return lym_usage("-%c: there is no such thing here: the program is watched by the kernel, not stopped by a tracer", c);
	}
	return -EINVAL;
}

/* One word that -e takes: a list of events, or a qualifier with what it wants. */
static int select_events(struct lym_opt *o, const char *what, bool *picked)
{
	if (!strncmp(what, "decode-fds=", 11) || !strncmp(what, "decode-fd=", 10))
		return files(o, strchr(what, '=') + 1);
	*picked |= !strchr(what, '=') || !strncmp(what, "trace=", 6) || !strncmp(what, "t=", 2);
	return lym_select(&o->select, what);
}

static int one(struct lym_opt *o, int c, int which, bool *picked, const char **form, const char **file)
{
	char word[1024];
	unsigned long v;
	int err = 0;

	switch (c) {
	case 'e':
		return select_events(o, optarg, picked);
	case OPT_QUALIFIER:
	case OPT_QUIET:
		if (!optarg)
			return one(o, 'q', 0, picked, form, file);
		snprintf(word, sizeof(word), "%s=%s", longs[which].name, optarg);
		return select_events(o, word, picked);
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
		o->split = o->split_one;
		o->split_one = true;
		o->plan.no_follow = false;
		return 0;
	case 'q':
		o->select.no_modes = true;
		o->select.no_superseded |= o->select.no_exits;
		o->select.no_exits |= o->said_quiet;
		o->said_quiet = o->quiet = true;
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
		*(o->as_strace ? file : form) = optarg;
		return 0;
	case OPT_BUFFER:
		return size(optarg, &o->plan.ring_bytes);
	case OPT_DURATION:
		o->plan.duration = o->style.duration = true;
		return 0;
	case OPT_PHASES:
		o->plan.phases = true;
		return 0;
	case OPT_HOOKS:
		return lym_tiers_parse(optarg, &o->plan.hooks);
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
	case 'h':
		lym_opt_help();
		exit(0);
	case 'V':
		printf("lymer %s\n", LYM_VERSION);
		exit(0);
	}
	return strace(o, c);
}

/* What the form, and what is not said, make of the choice of events. */
static void settle(struct lym_opt *o, const char *form, const char *file, bool picked)
{
	bool summary = !strncmp(form, "summary", 7), lines = !strncmp(form, "strace", 6) || summary;

	if (o->plan.snaplen == SNAPLEN_UNSAID)
		o->plan.snaplen = lines ? 32 : 64;
	o->style.strings = o->plan.snaplen;
	if (o->select.dump)		/* which is whole, whatever the line has of it */
		o->plan.snaplen = LYM_SNAPLEN_MAX;

	if (lines)		/* what blocks is shown as unfinished; where that would be left out, all is told when it has returned, or not */
		o->plan.phases = !summary && (!o->select.status || o->select.status & (LYM_STATUS_UNFINISHED | LYM_STATUS_DETACHED));
	o->plan.each = lines && !o->select.dump;
	if (!picked)
		lym_select_all(&o->select);
	if (o->as_strace && file && o->cmd && !o->select.said_quiet)	/* as if -q were given */
		o->select.no_modes = true;
	if (lines) {		/* strace has no such thing, and these with every choice of calls */
		o->select.want[LYM_EV_socket_recv] = o->select.want[LYM_EV_socket_send] = false;
		o->select.want[LYM_EV_signal_deliver] = !o->select.no_signals;
		o->select.want[LYM_EV_sched_process_exit] = !o->select.no_exits || o->plan.phases;	/* ends of calls, too */
	}
	else if (!o->no_files) {
		o->plan.files = o->plan.addresses = true;
	}
	o->plan.running = !o->cmd;
	memcpy(o->plan.want, o->select.want, sizeof(o->plan.want));
	o->style.no_pid = (o->plan.no_follow && o->plan.scope.roots + !!o->cmd <= 1) || o->split;
	if (o->style.time || o->style.relative)	/* strace tells when a call began */
		o->plan.duration = true;
}

bool lym_opt_as_strace(const char *name)
{
	const char *slash = strrchr(name, '/');

	return !strcmp(slash ? slash + 1 : name, "strace");
}

int lym_opt_parse(struct lym_opt *o, int argc, char **argv)
{
	const char *form = NULL, *file = NULL;
	bool picked = false, tty = isatty(STDOUT_FILENO);
	int c, err, which = 0;

	memset(o, 0, sizeof(*o));
	o->plan.snaplen = SNAPLEN_UNSAID;
	o->as_strace = o->strace = o->quiet = o->plan.no_follow = lym_opt_as_strace(argv[0]);
	o->select.replace = o->as_strace;
	o->color = tty && !getenv("NO_COLOR");
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, "+:e:p:o:s:fqD" STRACE_VALUES STRACE_PLAIN, longs, &which)) != -1) {
		if (c == '?')
			return lym_usage("no option '%s'", argv[optind - 1]);
		if (c == ':')
			return lym_usage("option '%s' wants a value", argv[optind - 1]);
		err = one(o, c, which, &picked, &form, &file);
		if (err)
			return err;
	}
	if (optind < argc) {
		if (!o->as_strace && strcmp(argv[optind - 1], "--"))
			return lym_usage("no command '%s'; to run and trace a program write 'lymer -- %s'", argv[optind],
					 argv[optind]);
		o->cmd = argv + optind;
	} else if (optind > 1 && !strcmp(argv[optind - 1], "--")) {
		return lym_usage("nothing follows '--'");
	} else if (o->as_strace && !o->plan.scope.terms) {
		return lym_usage("must have PROG [ARGS] or -p PID");
	}
	if (!form)
		form = o->summary == 'c' ? "summary" : o->strace ? "strace" : tty && !file ? "table" : "json";
	if (o->split && !file)
		return lym_usage("-ff wants -o FILE");
	settle(o, form, file, picked);
	if (file && strchr(form, ':'))
		return lym_usage("two output files, '%s' and '%s'", strchr(form, ':') + 1, file);
	if (snprintf(o->output, sizeof(o->output), "%s%s%s", form, file ? ":" : "", file ? file : "") >=
	    (int)sizeof(o->output))
		return lym_usage("the output file's name is too long");
	if (strchr(o->output, ':')) {
		o->color = false;
		o->select.no_modes |= o->cmd != NULL;		/* as strace: only a terminal, or who attaches, is told */
	}
	return 0;
}
