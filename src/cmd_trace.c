// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Tracing: start the program or find the processes, drain the rings into the sink, end cleanly whatever ends it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "background.h"
#include "cmd_trace.h"
#include "fail.h"
#include "launch.h"
#include "losses.h"
#include "opt.h"
#include "out.h"
#include "proc.h"
#include "record.h"
#include "ring.h"
#include "tracer.h"
#include "user.h"

#define BUSY_NS 1000000		/* between two drains while records come */
#define IDLE_ROUNDS 20		/* drains without a record before we sleep until one comes */
#define REPORT_NS 100000000ull	/* between two looks at the counters */

struct trace {
	struct lym_opt opt;
	struct lym_tracer *tracer;
	struct lym_user *user;
	struct lym_rings *rings;
	struct lym_out *out;
	struct lym_losses *losses;
	struct lym_launch cmd;
	struct lym_inherited signals;	/* as they were when we began */
	int sigfd;
	int tell;		/* the parent that waits (-D); -1: none */
	int status;		/* of CMD, as an exit status; -1: not yet known */
	bool stop;
	char host[256];
};

static __u64 now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* What makes wall time of that clock's: of several tries the one in which the least time has passed, for anything can come between. */
static __u64 to_wall_ns(clockid_t clock)
{
	__u64 least = -1, offset = 0;

	for (int i = 0; i < 10; i++) {
		__u64 before = now_ns(clock), wall = now_ns(CLOCK_REALTIME), took = now_ns(clock) - before;

		if (took < least) {
			least = took;
			offset = wall - before - took / 2;
		}
	}
	return offset;
}

static int on_record(void *arg, const void *rec, size_t len)
{
	struct trace *t = arg;
	struct lym_record r;
	int err = lym_record_view(&r, rec, len);

	return err ? lym_fail(err, "a record of %zu bytes that is none: please report this", len) :
		     lym_out_event(t->out, &r);
}

/* Signals as data; they also wake the wait. */
static int take_signals(struct trace *t)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < 7; i++)
		sigaddset(&set, (int[]){ SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD }[i]);
	sigprocmask(SIG_BLOCK, &set, &t->signals.blocked);
	t->signals.pipe = signal(SIGPIPE, SIG_IGN);
	t->sigfd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return t->sigfd < 0 ? lym_fail(-errno, "cannot watch signals: %s", strerror(errno)) : 0;
}

/* CMD and what it left behind: we are their reaper. The trace ends with the last of them. */
static void reap(struct trace *t)
{
	int st;
	pid_t pid;

	while ((pid = waitpid(-1, &st, WNOHANG)) > 0)
		if (pid == t->cmd.pid)
			t->status = WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
	if (pid < 0 && errno == ECHILD && t->status >= 0)
		t->stop = true;
}

static void on_signals(struct trace *t)
{
	struct signalfd_siginfo s;

	while (read(t->sigfd, &s, sizeof(s)) == sizeof(s)) {
		if (s.ssi_signo == SIGCHLD) {
			reap(t);
		} else if (t->cmd.pid > 0 && t->status < 0) {
			/* a key on the terminal has reached CMD as well */
			if (s.ssi_code <= 0)
				kill(t->cmd.pid, s.ssi_signo);
		} else if (s.ssi_signo != SIGUSR1 && s.ssi_signo != SIGUSR2) {
			t->stop = true;
		}
	}
}

/* Have all roots of -p and --scope tree= ended? */
static bool targets_gone(struct trace *t)
{
	for (unsigned int i = 0; i < t->opt.plan.scope.roots; i++)
		if (!kill(t->opt.plan.scope.root[i], 0) || errno != ESRCH)
			return false;
	return t->opt.plan.scope.roots > 0 && t->cmd.pid <= 0;
}

/* Let the parent of -D go: at once, or, if there is a CMD, when that has ended but left something running that we follow. What
 * CMD did is written by then. */
static int release(struct trace *t)
{
	long n;

	if (t->tell < 0 || (t->opt.cmd && (t->status < 0 || t->stop)))
		return 0;
	n = lym_ring_drain(t->rings, true, on_record, t);
	if (n < 0 || (n = lym_out_flush(t->out)) < 0)
		return n;
	lym_background_tell(&t->tell, t->opt.cmd ? t->status : 0);
	return 0;
}

static int loop(struct trace *t)
{
	__u64 report = now_ns(CLOCK_MONOTONIC);
	int idle = 0;
	long n;

	while (!t->stop) {
		n = lym_ring_drain(t->rings, false, on_record, t);
		if (n < 0)
			return n;
		on_signals(t);
		lym_tracer_adapt(t->tracer);
		lym_user_adapt(t->user);
		idle = n ? 0 : idle + 1;
		if (idle && t->out->pending && (n = lym_out_flush(t->out)) < 0)	/* not so many that they can be gathered */
			return n;
		n = release(t);
		if (n < 0)
			return n;
		if (now_ns(CLOCK_MONOTONIC) - report > REPORT_NS) {
			report = now_ns(CLOCK_MONOTONIC);
			n = lym_losses_report(t->losses, t->out);
			if (n < 0)
				return n;
			if (targets_gone(t))
				t->stop = true;
			if (t->out->pending && (n = lym_out_flush(t->out)) < 0)
				return n;
		}
		if (t->stop)		/* nothing would wake us any more */
			break;
		if (idle < IDLE_ROUNDS) {
			nanosleep(&(struct timespec){ .tv_nsec = BUSY_NS }, NULL);
			continue;
		}
		lym_ring_wait(t->rings, t->sigfd, t->opt.plan.scope.roots && t->cmd.pid <= 0 ? 100 : 1000);
		idle = 0;
	}
	return 0;
}

/* Detach, take what is left, close the account. */
static int finish(struct trace *t, int err)
{
	long n;

	lym_user_close(t->user);
	t->user = NULL;
	lym_tracer_detach(t->tracer);
	if (!err && (n = lym_ring_drain(t->rings, true, on_record, t)) < 0)
		err = n;
	if (!err)
		err = lym_losses_report(t->losses, t->out);
	else
		lym_tracer_refresh(t->tracer);
	if (!err)
		err = lym_out_flush(t->out);
	if (err)
		lym_fail(err, "cannot write to %s: %s", *t->out->path ? t->out->path : "standard output", strerror(-err));
	if (!t->opt.quiet)
		lym_losses_totals(t->losses, t->out, stderr);
	return err;
}

static int open_sink(struct trace *t)
{
	struct lym_out_opts o = {
		.host = t->host, .color = t->opt.color, .duration = t->opt.style.duration,
		.snaplen = t->opt.style.strings, .select = &t->opt.select, .style = t->opt.style, .status = t->opt.select.status, .signals = t->opt.select.signals,
		.paths = t->opt.npaths ? t->opt.paths : NULL,
		.summarize = t->opt.summary == 'C', .append = t->opt.append, .errors = t->opt.as_strace, .split = t->opt.split,
	};

	gethostname(t->host, sizeof(t->host) - 1);
	o.mono_ns = to_wall_ns(CLOCK_MONOTONIC);
	o.boot_ns = to_wall_ns(CLOCK_BOOTTIME);
	lym_proc_enable(true);
	return lym_out_open(&t->out, t->opt.output, &o);
}

/* No scope at all means everything but ourselves. */
static void complete_scope(struct lym_scope *s)
{
	if (s->terms)
		return;
	s->term[0] = (struct lym_scope_term){ .kind = SCOPE_PID, .negate = 1, .count = 1, .value = { getpid() } };
	s->terms = 1;
}

static int start(struct trace *t)
{
	const bool *have;
	int err;

	if (t->opt.cmd) {
		err = lym_launch_prepare(&t->cmd, t->opt.cmd, t->opt.user, &t->signals);
		if (err)
			return err;
		err = lym_scope_root(&t->opt.plan.scope, t->cmd.pid);
		if (err)
			return err;
	}
	complete_scope(&t->opt.plan.scope);
	err = lym_tracer_open(&t->tracer, &t->opt.plan);
	if (!err)
		err = lym_ring_open(&t->rings, t->tracer);
	if (!err && !(t->losses = lym_losses_new(t->tracer)))
		err = -ENOMEM;
	if (!err)
		err = lym_tracer_load(t->tracer);
	if (!err)
		err = open_sink(t);
	if (!err && lym_tracer_plan(t->tracer, &have)->old && !t->opt.quiet && !t->opt.as_strace)
		lym_note(LYM_OLD_KERNEL);
	if (!err && lym_tracer_plan(t->tracer, &have)->bare && !t->opt.quiet && !t->opt.as_strace)
		lym_note(LYM_BARE_KERNEL);
	if (!err && lym_tracer_degraded(t->tracer) && !t->opt.quiet && !t->opt.as_strace)
		lym_note("below their best on this kernel: %s; 'lymer doctor' lists all", lym_tracer_degraded(t->tracer));
	if (!err && t->opt.background)
		lym_background_detach(!t->out->own_fd);
	if (!err)
		err = lym_tracer_attach(t->tracer);
	if (!err)
		err = lym_user_open(&t->user, t->tracer, &t->opt.plan, t->opt.cmd ? t->cmd.path : NULL);
	if (!err && t->opt.pidfile)
		err = lym_pidfile_write(t->opt.pidfile);
	return err;
}

int lym_cmd_trace(int argc, char **argv)
{
	struct trace t = { .sigfd = -1, .tell = -1, .status = -1, .cmd.pid = -1 };
	int err = lym_opt_parse(&t.opt, argc, argv), status = 0;

	if (err)
		return err == -EINVAL ? 2 : 1;
	if (t.opt.cmd && (status = lym_launch_find(&t.cmd, t.opt.cmd)))
		return status;
	err = take_signals(&t);
	if (!err && t.opt.background) {
		status = lym_background(t.sigfd, !t.opt.cmd, &t.tell);
		if (status >= 0)
			return status;
	}
	if (!err)
		err = start(&t);
	status = !err ? 0 : err == -EINVAL ? 2 : 1;
	if (err) {
		t.opt.pidfile = NULL;	/* not ours */
		if (t.opt.cmd)
			lym_launch_abandon(&t.cmd);
		goto out;
	}
	if (t.opt.cmd && (status = lym_launch_go(&t.cmd, t.opt.cmd)))
		t.stop = true;
	err = loop(&t);
	err = finish(&t, err);
	while (t.cmd.pid > 0 && t.status < 0) {	/* untraced now, but ours */
		struct timespec tick = { .tv_nsec = 100 * BUSY_NS };

		nanosleep(&tick, NULL);
		on_signals(&t);
		reap(&t);
	}
	if (err)
		status = 1;
	else if (t.status >= 0)
		status = t.status;
out:
	if (t.sigfd >= 0)
		close(t.sigfd);
	if (lym_out_close(t.out) && !status)
		status = 1;
	lym_pidfile_remove(t.opt.pidfile);
	lym_losses_free(t.losses);
	lym_ring_close(t.rings);
	lym_user_close(t.user);
	lym_tracer_close(t.tracer);
	return status;
}
