/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* strace's syntax, as `strace -f -o FILE` writes it. Messages are in strace_msg.c. */
#include <signal.h>
#include <sys/socket.h>
#include "behind.h"
#include "config.h"
#include "decode.h"
#include "names.h"
#include "out.h"
#include "select.h"
#include "strace.h"
#include "structs.h"
#include "value.h"

#define COLUMN 40		/* where strace puts the = of a short call, if -a does not say otherwise */

/* 0.000123: six digits of the fraction, or one less than that many. */
static void seconds(struct lym_buf *b, __u64 ns, unsigned int digits)
{
	lym_text_u64(b, ns / 1000000000);
	if (digits == 1)
		return;
	lym_text_char(b, '.');
	lym_text_dec(b, ns % 1000000000, 9);
	b->len -= digits ? 10 - digits : 3;
}

static void result(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, bool told)
{
	__s64 ret = r->h->ret;
	bool recvmmsg = r->ev->ev == LYM_EV_recvmmsg || r->ev->ev == LYM_EV_recvmmsg_time64;
	struct lym_bytes left;
	unsigned int err = -ret;

	if (r->h->flags & LYM_F_ENTER) {
		lym_text_char(b, '?');
		return;
	}
	if (lym_schema_function(r->ev)) {
		lym_text_i64(b, ret);
		if (lym_decode_error(r)) {
			lym_text_char(b, ' ');
			lym_text_str(b, lym_decode_error(r));
		}
	} else if (ret < 0 && ret > -4096) {
		if (err >= 512 && err <= 516 && err != 515)
			lym_text_lit(b, "? ");
		else
			lym_text_lit(b, "-1 ");
		if (lym_names_errno(err)) {
			lym_text_str(b, lym_names_errno(err));
			lym_text_lit(b, " (");
			lym_text_str(b, lym_names_errno_text(err));
		} else {
			lym_text_lit(b, "(errno ");
			lym_text_u64(b, err);
		}
		lym_text_char(b, ')');
	} else {
		lym_strace_ret(b, r, lym_strace_verbose(&o->opts, r) ? ~0u : o->opts.snaplen);
		if (lym_strace_ret_pid(r))
			lym_strace_comm(b, &o->opts, r, ret);
		else if (lym_strace_ret_fd(r))
			lym_strace_file(b, &o->opts, r, LYM_NO_FIELD, 0);
	}
	if (recvmmsg && !ret)
		lym_text_lit(b, " (Timeout)");
	left = lym_record_item(r, 4, LYM_VALUE, 0, false);
	if (recvmmsg && told && ret > 0 && left.item && left.item->len >= lym_struct_size(lym_decode_arg(r, 4))) {
		lym_text_lit(b, " (left ");
		lym_struct_strace(b, lym_decode_arg(r, 4), &(struct lym_extent){ left.p, left.item->len, left.item->len }, false);
		lym_text_char(b, ')');
	}
	if (o->opts.duration && r->h->duration) {
		lym_text_lit(b, " <");
		seconds(b, r->h->duration, o->opts.style.duration_digits);
		lym_text_char(b, '>');
	}
}

static void raw_result(struct lym_buf *b, const struct lym_record *r)
{
	if (r->h->flags & LYM_F_ENTER) {
		lym_text_char(b, '?');
	} else if (r->h->ret < 0 && r->h->ret > -4096) {
		lym_text_lit(b, "-1 (errno ");
		lym_text_u64(b, -r->h->ret);
		lym_text_char(b, ')');
	} else {
		lym_text_hex(b, r->h->ret);
	}
}

/* +++ lost N NAME (cause) +++ */
static void lost(struct lym_buf *b, const struct lym_record *r)
{
	struct lym_bytes event = lym_record_item(r, 0, LYM_DATA, 0, false);
	struct lym_bytes cause = lym_record_item(r, 2, LYM_DATA, 0, false);

	lym_text_lit(b, "+++ lost ");
	lym_text_u64(b, lym_record_cell(r, 1));
	lym_text_char(b, ' ');
	if (event.item)
		lym_text_word(b, event.p, event.item->len);
	lym_text_lit(b, " (");
	if (cause.item)
		lym_text_word(b, cause.p, cause.item->len);
	lym_text_lit(b, ") +++\n");
}

#define CLOCK 8			/* 14:02:11 */

/* What stands before a line: the thread, and as -t, -r and -n want it, when, and the number. */
static void prefix(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, size_t start, bool resumed)
{
	const struct lym_style *s = &o->opts.style;
	__s64 ns = r->h->ts - (resumed ? 0 : r->h->duration) + o->opts.mono_ns;

	if (!s->no_pid && o->opts.errors) {	/* strace's prefix on a terminal */
		lym_text_lit(b, "[pid ");
		for (__u64 v = 10000; v > r->h->host_tid; v /= 10)
			lym_text_char(b, ' ');
		lym_text_u64(b, r->h->host_tid);
		lym_strace_comm(b, &o->opts, r, r->h->tid);
		lym_text_lit(b, "] ");
	} else if (!s->no_pid) {
		lym_text_u64(b, r->h->host_tid);
		lym_text_pad(b, start, s->comms ? 0 : 5);
		lym_strace_comm(b, &o->opts, r, r->h->tid);
		lym_text_char(b, ' ');
	}
	if (s->time) {
		size_t at = b->len;
		unsigned int digits = s->digits ? s->digits - 1 : s->time == LYM_TIME_DAY ? 0 : 6;

		if (s->time == LYM_TIME_EPOCH) {
			lym_text_u64(b, ns / 1000000000);
		} else {
			lym_text_clock(b, ns);
			b->len = at + CLOCK;
		}
		if (digits) {
			lym_text_char(b, '.');
			lym_text_dec(b, ns % 1000000000, 9);
			b->len -= 9 - digits;
		}
		lym_text_char(b, ' ');
	}
	if (s->relative) {
		__u64 since = o->before && (__u64)ns > o->before ? ns - o->before : 0;
		size_t at = b->len, width;

		lym_text_u64(b, since / 1000000000);
		width = b->len - at;
		b->len = at;
		lym_text_bytes(b, s->time ? "(+     " : "      ", (s->time ? 7 : 6) - (width < 6 ? width : 5));
		seconds(b, since, s->relative_digits);
		lym_text_str(b, s->time ? ") " : " ");
		o->before = ns;
	}
	if (s->number && r->h->syscall != ~0u) {
		size_t at = b->len;

		lym_text_u64(b, r->h->syscall);
		at = b->len - at;
		b->len -= at;
		lym_text_bytes(b, "[    ", at < 4 ? 5 - at : 1);
		lym_text_u64(b, r->h->syscall);
		lym_text_lit(b, "] ");
	}
}

/* --- SIGCHLD {si_signo=SIGCHLD, ...} --- */
static void signal_line(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	lym_text_lit(b, "--- ");
	lym_value_signal(b, lym_record_cell(r, 0));
	lym_text_char(b, ' ');
	lym_strace_field(o, b, r, 1);
	lym_text_lit(b, " ---\n");
}

/* +++ exited with 0 +++, +++ killed by SIGSEGV (core dumped) +++ */
static void end_line(struct lym_buf *b, const struct lym_record *r)
{
	if (lym_record_cell(r, 4)) {
		lym_text_lit(b, "+++ superseded by execve in pid ");
		lym_text_u64(b, lym_record_cell(r, 4));
	} else if (lym_record_cell(r, 1)) {
		lym_text_lit(b, "+++ killed by ");
		lym_value_signal(b, lym_record_cell(r, 1));
		if (lym_record_cell(r, 2))
			lym_text_lit(b, " (core dumped)");
	} else {
		lym_text_lit(b, "+++ exited with ");
		lym_text_u64(b, lym_record_cell(r, 0));
	}
	lym_text_lit(b, " +++\n");
}

/* How the arguments of a call are told: as numbers; not what is behind them. */
enum how { WHOLE, TERSE, RAW };

static enum how how(const struct lym_out *o, const struct lym_record *r)
{
	const struct lym_select *select = o->opts.select;

	return select && select->raw[r->ev->ev] ? RAW : select && select->terse[r->ev->ev] ? TERSE : WHOLE;
}

/* How many arguments are told when a call blocks: those before the first one that it writes. */
static int given(const struct lym_out *o, const struct lym_record *r)
{
	int n = 0;

	while (n < r->ev->nfields && (how(o, r) == RAW || lym_decode_given(r, n)))
		n++;
	return n;
}

/* Arguments from..to-1, and a comma behind them if there are more. */
static void arguments(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, int from, int to)
{
	enum how style = how(o, r);
	int i;

	if (style == WHOLE && (from || to) && lym_strace_call(b, &o->opts, r))
		return;
	for (i = from; i < to; i++) {
		if (lym_decode_printer(r, i) == PR_NOTHING && style != RAW)
			continue;
		if (i > from)
			lym_text_lit(b, ", ");
		if (style == RAW)
			lym_text_hex(b, lym_record_cell(r, i));
		else if (style == TERSE && lym_decode_printer(r, i) > PR_SOCKOPT && lym_decode_printer(r, i) != PR_PATH)
			lym_text_ptr(b, lym_record_cell(r, i));
		else
			lym_strace_field(o, b, r, i);
	}
	if (to && to < r->ev->nfields)
		lym_text_lit(b, ", ");
}

static void name(struct lym_buf *b, const struct lym_record *r)
{
	lym_text_str(b, r->ev->ev == LYM_EV_old_mmap ? "mmap" : r->ev->ev == LYM_EV_old_select ? "select" : r->ev->name);
	if (r->ev->ev == LYM_EV_syscall) {
		lym_text_char(b, '_');
		lym_text_hex(b, r->h->syscall);
	}
}

/* Go on with the line of a call that blocked, or with one of its own; returns where the line begins. */
static size_t resume(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	size_t start = b->len;

	if (o->unfinished == r->h->host_tid || o->split) {
		start -= o->unfinished == r->h->host_tid ? o->column : 0;
	} else {
		prefix(o, b, r, start, true);
		lym_text_lit(b, "<... ");
		name(b, r);
		lym_text_lit(b, " resumed>");
	}
	o->unfinished = 0;
	return start;
}

/* Another line comes. */
static void break_off(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	if (!o->unfinished || o->split) {
		;
	} else if (r->ev->ev == LYM_EV_sched_process_exit && lym_record_cell(r, 4) == o->unfinished && !(r->h->flags & LYM_F_TOLD)) {
		lym_text_lit(b, " <pid changed to ");
		lym_text_u64(b, r->h->host_tid);
		lym_text_lit(b, " ...>\n");
	} else {
		lym_text_lit(b, " <unfinished ...>\n");
	}
	o->unfinished = 0;
}

/* Of a thread that ends in a call: what else is to be said of that call. */
static void never_returned(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	struct lym_record call = *r;
	size_t start;

	call.ev = lym_schema_event(lym_record_cell(r, 5));
	if (!call.ev)
		return;
	start = resume(o, b, &call);
	if (given(o, &call) < call.ev->nfields)
		lym_text_lit(b, " <unfinished ...>");
	lym_text_lit(b, ") ");
	lym_text_pad(b, start, o->opts.style.column ?: COLUMN);
	lym_text_lit(b, "= ?\n");
}

/* [ Process PID=4242 runs in 32 bit mode. ] */
static void mode_line(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	prefix(o, b, r, b->len, false);
	lym_text_lit(b, "[ Process PID=");
	lym_text_u64(b, r->h->host_tid);
	lym_text_str(b, r->h->flags & LYM_F_COMPAT ? " runs in 32 bit mode. ]\n" : " runs in 64 bit mode. ]\n");
}

static void call(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	bool blocked = lym_record_blocked(r);
	bool resumed = r->h->flags & LYM_F_TOLD;
	int n = blocked || resumed ? given(o, r) : 0;
	size_t start;

	if (resumed) {
		start = resume(o, b, r);
	} else {
		start = b->len;
		prefix(o, b, r, start, false);
		name(b, r);
		lym_text_char(b, '(');
	}
	arguments(o, b, r, resumed ? n : 0, blocked ? n : r->ev->nfields);
	if (blocked) {
		o->unfinished = r->h->host_tid;
		o->column = b->len - start;
		return;
	}
	lym_text_lit(b, ") ");
	lym_text_pad(b, start, o->opts.style.column ?: COLUMN);
	lym_text_lit(b, "= ");
	if (how(o, r) == RAW)
		raw_result(b, r);
	else
		result(o, b, r, how(o, r) == WHOLE);
	lym_text_char(b, '\n');
	if (o->opts.select && o->opts.select->dump)
		lym_strace_dump(b, &o->opts, r);
}

static void event(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	if (r->ev->ev == LYM_EV_socket_recv || r->ev->ev == LYM_EV_socket_send)
		return;			/* strace has no form for them */
	if (r->ev->ev == LYM_EV_signal_deliver && lym_record_cell(r, 0) == SIGKILL)
		return;			/* which no tracer gets to see */
	if (!(r->h->flags & LYM_F_TOLD && o->unfinished == r->h->host_tid))
		break_off(o, b, r);
	if (r->ev->ev == LYM_EV_lost) {
		lost(b, r);
	} else if (r->ev->ev == LYM_EV_sched_process_exit) {
		if (r->h->flags & LYM_F_TOLD)
			never_returned(o, b, r);
		lym_strace_mode_end(r->h->host_tid);
		if (o->opts.select && (lym_record_cell(r, 4) ? o->opts.select->no_superseded : o->opts.select->no_exits))
			return;
		prefix(o, b, r, b->len, false);
		end_line(b, r);
	} else if (r->ev->ev == LYM_EV_signal_deliver) {
		prefix(o, b, r, b->len, false);
		signal_line(o, b, r);
	} else {
		if (lym_strace_mode(r) && !(o->opts.select && o->opts.select->no_modes))
			mode_line(o, b, r);
		call(o, b, r);
	}
	if (o->opts.style.comms)
		lym_strace_comm_seen(r);
}

const struct lym_sink lym_out_strace = {
	"strace", "strace's syntax; socket_* events have none and are left out", NULL, event,
};
