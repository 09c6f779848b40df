// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Which events are asked for. Sets are the rows'; strace's classes follow from the rows' types, or are lists of names. */
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include "config.h"
#include "fail.h"
#include "names.h"
#include "schema.h"
#include "select.h"

/* strace's classes that no column of a row has. */
static const struct {
	const char *name, *calls;
} classes[] = {
	{ "process", " clone clone3 execve execveat exit exit_group fork vfork wait4 waitid kill tkill tgkill pidfd_send_signal "
	  "rt_sigqueueinfo rt_tgsigqueueinfo " },
	{ "creds", " capget capset getegid geteuid getgid getgroups getresgid getresuid getuid setfsgid setfsuid setgid setgroups "
	  "setregid setresgid setresuid setreuid setuid prctl " },
	{ "clock", " adjtimex clock_adjtime clock_getres clock_gettime clock_settime gettimeofday settimeofday time " },
	{ "pure", " getegid geteuid getgid getpgrp getpid getppid gettid getuid " },
	{ "stat", " stat " }, { "lstat", " lstat " }, { "fstat", " fstat newfstatat fstatat64 " },
	{ "%stat", " stat lstat fstat newfstatat statx " },
	{ "statfs", " statfs " }, { "fstatfs", " fstatfs " }, { "%statfs", " statfs fstatfs ustat statmount " },
};

static bool listed(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = list; (p = strstr(p, name)); p++)
		if (p[-1] == ' ' && p[n] == ' ')
			return true;
	return false;
}

static bool has_type(const struct lym_event *ev, bool path)
{
	for (int i = 0; i < ev->nfields; i++) {
		const struct lym_type *t = lym_schema_type(ev->field[i].type);

		if (path ? t->printer == PR_PATH && t->capture != CAP_STR_OUT : t->printer == PR_FD || t->printer == PR_DIRFD)
			return true;
	}
	return false;
}

/* The same of a call, or if only 32-bit programs have it, of the call that it is like. */
static bool call_listed(const char *list, const struct lym_event *ev)
{
	const struct lym_event *like = lym_schema_syscall(ev->nr);

	return listed(list, ev->name) || (ev->nr >= 0 && like && listed(list, like->name));
}

static bool in_class(const struct lym_event *ev, const char *class)
{
	if (!strcmp(class, "all"))	/* and not what makes others wait that use the same library */
		return !lym_schema_function(ev);
	if (!strcmp(class, ev->set) || (!strcmp(class, "network") && !strcmp(ev->set, "net")) ||
	    (!strcmp(class, "signal") && !strcmp(ev->set, "signals")) || (!strcmp(class, "memory") && !strcmp(ev->set, "mem")))
		return true;
	if (!strcmp(class, "file"))
		return ev->nr >= 0 && (has_type(ev, true) || !strcmp(ev->name, "getcwd"));
	if (!strcmp(class, "desc"))
		return ev->nr >= 0 && (has_type(ev, false) || lym_schema_makes_fd(ev) || call_listed(" pipe pipe2 poll ppoll select pselect6 ", ev));
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (!strcmp(classes[i].name, class))
			return call_listed(classes[i].calls, ev);
	return false;
}

static int want_class(bool *want, const char *class, bool on)
{
	bool any = false;

	for (unsigned int e = 0; e < LYM_EV_MAX; e++)
		if (e != LYM_EV_lost && in_class(lym_schema_event(e), class)) {
			want[e] = on;
			any = true;
		}
	return any ? 0 : lym_usage("no set of events '%s'; see 'lymer list events'", class);
}

static int want_regex(bool *want, const char *pattern, bool on)
{
	regex_t re;
	bool any = false;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB))
		return lym_usage("-e: '/%s' is no regular expression", pattern);
	for (unsigned int e = 0; e < LYM_EV_MAX; e++)
		if (e != LYM_EV_lost && !lym_schema_function(lym_schema_event(e)) && !regexec(&re, lym_schema_event(e)->name, 0, NULL, 0)) {
			want[e] = on;
			any = true;
		}
	regfree(&re);
	return any ? 0 : lym_usage("no event matches '/%s'; 'lymer list events' shows all", pattern);
}

/* What goes with an event: to libc recv is recvfrom, and the old calls of 32-bit programs have the name of others. */
static void also(bool *want, const struct lym_event *ev, bool on)
{
	static const __u16 pairs[][2] = {
		{ LYM_EV_recv, LYM_EV_recvfrom }, { LYM_EV_send, LYM_EV_sendto }, { LYM_EV_mmap, LYM_EV_old_mmap },
		{ LYM_EV_select, LYM_EV_old_select },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (pairs[i][0] == ev->ev)
			want[pairs[i][1]] = on;
}

static int want_one(bool *want, char *name, bool on)
{
	bool optional = *name == '?';
	const struct lym_event *ev;
	const char *near;
	char *at;

	if (*name == '/')
		return want_regex(want, name + 1, on);
	name += optional;
	if (*name == '%')
		return want_class(want, name + 1, on);
	if (!strcmp(name, "none"))
		return 0;
	if (!strcmp(name, "all") || !strcmp(name, "file") || !strcmp(name, "desc") || !strcmp(name, "process") ||
	    !strcmp(name, "network") || !strcmp(name, "signal") || !strcmp(name, "ipc") || !strcmp(name, "memory"))
		return want_class(want, name, on);
	at = strchr(name, '@');		/* strace's name@64, name@32: names are of both, numbers are not */
	if (at)
		*at++ = '\0';
	if (at && !strcmp(at, "32") && *name >= '0' && *name <= '9')
		ev = lym_schema_syscall32(strtoul(name, NULL, 10));
	else
		ev = *name >= '0' && *name <= '9' ? lym_schema_syscall(strtoul(name, NULL, 10)) : lym_schema_find(name);
	if (ev && ev->ev != LYM_EV_lost) {
		want[ev->ev] = on;
		also(want, ev, on);
		return 0;
	}
	if (optional)
		return 0;
	near = lym_schema_nearest(name);
	return near ? lym_usage("no event '%s'; did you mean '%s'? 'lymer list events' shows all", name, near) :
		      lym_usage("no event '%s'; 'lymer list events' shows all", name);
}

static int events(bool *want, const char *list)
{
	bool inverse = *list == '!';
	char *copy, *save = NULL;
	int err = 0;

	if (!*list)
		return lym_usage("-e: an empty list of events");
	copy = strdup(list);
	if (!copy)
		return lym_fail(-ENOMEM, "out of memory");
	if (inverse)
		want_class(want, "all", true);
	for (char *n = strtok_r(copy, ",", &save); n && !err; n = strtok_r(NULL, ",", &save)) {
		bool out = *n == '!';

		err = want_one(want, n + out, !out && !inverse);
	}
	free(copy);
	return err;
}

static int calls(struct lym_select *s, const char *list)
{
	if (s->replace)
		memset(s->want, 0, sizeof(s->want));
	return events(s->want, list);
}

/* Those that are not in LIST. */
static int complement(bool *out, const char *list)
{
	bool in[LYM_EV_MAX] = { false };
	int err = events(in, list);

	for (unsigned int e = 0; e < LYM_EV_MAX; e++)
		out[e] = !in[e];
	return err;
}

/* 0,3,5; all, none; ! in front for all others. */
static int descriptors(struct lym_select *s, struct lym_fds *fds, const char *list)
{
	unsigned long fd;
	char *end;

	memset(fds, 0, sizeof(*fds));
	for (; *list == '!'; list++)
		fds->inverse = !fds->inverse;
	s->dump = true;
	if (!strcmp(list, "all") || !strcmp(list, "none")) {
		fds->inverse ^= *list == 'a';
		return 0;
	}
	for (const char *p = list;; p = end + 1) {
		fd = strtoul(p, &end, 10);
		if (end == p || (*end && *end != ',') || fd > LYM_FD_MAX)
			return lym_usage("-e: '%s' is no list of descriptors from 0 to %d", list, LYM_FD_MAX);
		fds->set[fd / 64] |= 1ull << fd % 64;
		if (!*end)
			return 0;
	}
}

bool lym_select_fd(const struct lym_fds *fds, __s64 fd)
{
	bool in = fd >= 0 && fd <= LYM_FD_MAX && fds->set[fd / 64] & 1ull << fd % 64;

	return fd >= 0 && in != fds->inverse;
}

static int status(struct lym_select *s, const char *list)
{
	static const struct {
		const char *name;
		int bits;
	} known[] = {
		{ "successful", LYM_STATUS_OK }, { "failed", LYM_STATUS_FAILED }, { "unfinished", LYM_STATUS_UNFINISHED },
		{ "detached", LYM_STATUS_DETACHED }, { "unavailable", 0 }, { "all", LYM_STATUS_ANY }, { "none", 0 },
	};
	bool inverse = *list == '!';
	unsigned int bits = 0;

	for (const char *p = list + inverse; *p; p += *p == ',') {
		size_t n = strcspn(p, ","), i;

		for (i = 0; i < sizeof(known) / sizeof(*known); i++)
			if (strlen(known[i].name) == n && !strncmp(known[i].name, p, n))
				break;
		if (i == sizeof(known) / sizeof(*known))
			return lym_usage("-e status: '%.*s' is none of successful, failed, unfinished, unavailable, detached", (int)n, p);
		bits |= known[i].bits;
		p += n;
	}
	bits = inverse ? LYM_STATUS_ANY & ~bits : bits;
	s->status = bits == LYM_STATUS_ANY ? 0 : bits ?: 0x80;	/* none at all */
	return 0;
}

static int signal_number(const char *name, size_t n)
{
	const char *known;
	char *end;
	long v;

	if (*name >= '0' && *name <= '9') {
		v = strtol(name, &end, 10);
		return end == name + n && v <= 64 ? v : -1;
	}
	if (n > 3 && !strncasecmp(name, "SIG", 3)) {
		name += 3;
		n -= 3;
	}
	for (int i = 1; i <= 64; i++) {
		known = lym_names_find(LYM_NAMES_signal, i);
		if (known && (!strncmp(known, "SIG", 3) ? known += 3 : known) && strlen(known) == n && !strncasecmp(known, name, n))
			return i;
	}
	return -1;
}

/* signal=SET: SIGINT, int, 2, each; ! in front for all others; all, none. */
static int signals(struct lym_select *s, const char *list)
{
	bool inverse = *list == '!';
	__u64 set = 0;

	for (const char *p = list + inverse; *p; p += *p == ',') {
		size_t n = strcspn(p, ",");
		int sig = signal_number(p, n);

		if (n == 3 && !strncmp(p, "all", n))
			set = ~0ull;
		else if (sig >= 1 && sig <= 64)
			set |= 1ull << (sig - 1);
		else if (!(n == 4 && !strncmp(p, "none", n)) && sig)
			return lym_usage("-e signal: invalid signal '%.*s'", (int)n, p);
		p += n;
	}
	s->signals = inverse ? ~set : set;
	s->no_signals = !s->signals;
	return 0;
}

/* Is it one of the strace qualifiers `a|b|c`, with its =? Then what follows. */
static const char *qualifier(const char *s, const char *names)
{
	size_t n = strcspn(s, "=");

	if (s[n] != '=')
		return NULL;
	for (const char *p = names; *p; p += p[strcspn(p, "|")] ? strcspn(p, "|") + 1 : strlen(p))
		if (strcspn(p, "|") == n && !strncmp(p, s, n))
			return s + n + 1;
	return NULL;
}

int lym_select(struct lym_select *s, const char *list)
{
	const char *v;

	if ((v = qualifier(list, "trace|t")))
		return calls(s, v);
	if ((v = qualifier(list, "status")))
		return status(s, v);
	if ((v = qualifier(list, "signal|signals|s"))) {
		return signals(s, v);
	}
	if ((v = qualifier(list, "quiet|silent|silence|q"))) {
		s->said_quiet = true;
		s->no_exits = strstr(v, "exit") || !strcmp(v, "all");
		s->no_modes |= strstr(v, "personality") || !strcmp(v, "all");
		s->no_superseded = strstr(v, "thread-execve") || strstr(v, "superseded") || !strcmp(v, "all");
		return 0;
	}
	if ((v = qualifier(list, "raw|x")))
		return events(s->raw, v);
	if ((v = qualifier(list, "verbose|v")))
		return complement(s->terse, v);
	if ((v = qualifier(list, "abbrev|a")))
		return complement(s->whole, v);
	if ((v = qualifier(list, "read|reads|r")))
		return descriptors(s, &s->reads, v);
	if ((v = qualifier(list, "write|writes|w")))
		return descriptors(s, &s->writes, v);
	if (qualifier(list, "fault|inject|kvm"))
		return lym_usage("-e %s: Lymer only watches, it does not change what a program sees; use strace for that", list);
	if (strchr(list, '=') && *list != '/')
		return lym_usage("-e: no qualifier '%.*s'", (int)strcspn(list, "="), list);
	return calls(s, list);
}

void lym_select_all(struct lym_select *s)
{
	want_class(s->want, "all", true);
}
