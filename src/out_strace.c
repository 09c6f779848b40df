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

#define NAME_LEN 64		/* of a host */
#define XATTR_MAX 65536		/* of an extended attribute */
#define COLUMN 40		/* where strace puts the = of a short call, if -a does not say otherwise */

void lym_strace_bytes(struct lym_buf *b, const struct lym_out_opts *opts, const unsigned char *p, size_t n, __u64 full)
{
	size_t show = n < opts->snaplen ? n : opts->snaplen;

	lym_text_char(b, '"');
	lym_text_cstr(b, p, show);
	lym_text_char(b, '"');
	if (show < full)
		lym_text_lit(b, "...");
}

/* Is all of its structs and arrays to be told? */
static bool verbose(const struct lym_out *o, const struct lym_record *r)
{
	return o->opts.style.verbose || (o->opts.select && o->opts.select->whole[r->ev->ev]);
}

/* "\x60\x1b" */
static void hex(struct lym_buf *b, const unsigned char *p, size_t n, __u64 full)
{
	lym_text_char(b, '"');
	for (size_t i = 0; i < n; i++) {
		lym_text_lit(b, "\\x");
		lym_text_hexpad(b, p[i], 2);
	}
	lym_text_str(b, n < full ? "\"..." : "\"");
}

enum { HEX = 1, TEXT };		/* what types.def says of a buffer */

static void buffer(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	int cap = lym_schema_type(r->ev->field[i].type)->capture;
	bool out = cap == CAP_BUF_OUT || cap == CAP_DATA_OUT || cap == CAP_CHOICE;
	struct lym_bytes v = lym_record_item(r, i, LYM_DATA, 0, false);
	__u64 ptr = lym_record_cell(r, i), full = lym_record_cell(r, i + 1), n;
	int proto = lym_strace_netlink_proto(r);

	if (i + 1 < (unsigned int)r->ev->nfields && r->ev->field[i + 1].type == LYM_T_UINT)
		full = (__u32)full;
	if (lym_decode_arg(r, i) == TEXT && full > XATTR_MAX) {
		lym_text_ptr(b, ptr);
		return;
	}
	if ((r->ev->ev == LYM_EV_sethostname || r->ev->ev == LYM_EV_setdomainname) && full > NAME_LEN) {
		lym_text_ptr(b, ptr);	/* the kernel looks at no such name */
		return;
	}
	if (out && r->h->ret >= 0 && (__u64)r->h->ret < full)
		full = r->h->ret;
	/* the room for an attribute, asked for */
	if (!ptr || (out && r->h->ret < 0) || (cap == CAP_DATA_OUT && !lym_record_cell(r, i + 1) && lym_decode_arg(r, i) != HEX) ||
	    (v.item ? v.item->flags & LYM_I_UNREAD || (v.item->flags & LYM_I_PART && v.item->len < o->opts.snaplen && proto < 0) : !out && full)) {
		lym_text_ptr(b, ptr);
		return;
	}
	n = v.item ? v.item->len : 0;
	if (lym_decode_arg(r, i) == TEXT && n && n == full && !v.p[n - 1])
		full = --n;
	if (lym_decode_arg(r, i) == HEX)
		hex(b, v.p, n < o->opts.snaplen ? n : o->opts.snaplen, full);
	else if (proto >= 0)
		lym_strace_netlink(b, &o->opts, proto, (struct lym_nlbytes){ v.p, n < full ? n : full, full, ptr,
									     v.item && v.item->flags & LYM_I_PART });
	else
		lym_strace_bytes(b, &o->opts, v.p, n < full ? n : full, full);
}

void lym_strace_sockaddr(struct lym_buf *b, const struct lym_item *i, __u64 ptr, __u64 len)
{
	if (i && i->len < len)
		len = i->len;
	if (!ptr || !i || i->flags & (LYM_I_UNREAD | LYM_I_PART) || len < 2)
		lym_text_ptr(b, ptr);
	else
		lym_sockaddr_strace(b, lym_item_bytes(i), len);
}

static void address(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v = lym_record_item(r, i, LYM_ADDR, 0, false);
	enum { XDP_LEN = 16 };		/* its last member a descriptor, if the first bit of its flags is set */
	__u32 len, in;
	__s32 fd;

	if (r->ev->field[i].type == LYM_T_ADDR_IN) {
		len = lym_record_cell(r, i + 1);
		if ((__s32)len < 0)
			len = 0;
	} else {
		len = ~0u;
		lym_decode_u32(r, i + 1, LYM_VALUE, &len);
		if (lym_decode_u32(r, i + 1, LYM_VALUE_IN, &in) && in < len)
			len = in;
		if (r->h->ret < 0)
			len = 0;
	}
	lym_strace_sockaddr(b, v.item, lym_record_cell(r, i), len);
	if (v.item && v.item->len >= XDP_LEN && len >= XDP_LEN && v.p[0] == AF_XDP && !v.p[1] && v.p[2] & 1) {
		memcpy(&fd, v.p + XDP_LEN - sizeof(fd), sizeof(fd));
		b->len--;		/* before the brace */
		lym_strace_file(b, &o->opts, r, i, LYM_FD_INDEX(fd));
		lym_text_char(b, '}');
	}
}

/* [128 => 16], [16], or the pointer where it was not read or belongs to no address. */
static void length(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	__u64 ptr = lym_record_cell(r, i);
	__u32 in = 0, out = 0;
	bool opt = i && r->ev->field[i - 1].type == LYM_T_OPT_OUT, failed = r->h->ret < 0;
	bool have_in = lym_decode_u32(r, i, LYM_VALUE_IN, &in), have_out = lym_decode_u32(r, i, LYM_VALUE, &out);

	if (!ptr || !(have_in || have_out) || (i && !opt && !lym_record_cell(r, i - 1))) {
		lym_text_ptr(b, ptr);
		return;
	}
	lym_text_char(b, '[');
	if (have_in)
		lym_text_i64(b, (__s32)in);
	if (have_out && !have_in)
		lym_text_i64(b, (__s32)out);
	if (have_in && have_out && in != out && !failed) {
		lym_text_lit(b, " => ");
		lym_text_i64(b, (__s32)out);
	}
	lym_text_char(b, ']');
}

static void optval(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	__u64 ptr = lym_record_cell(r, i);
	bool get = r->ev->field[i].type == LYM_T_OPT_OUT;
	struct lym_optval ov;

	if (!lym_decode_optval_of(r, i, &ov)) {
		/* nothing to read is still a value */
		ov = (struct lym_optval){ .level = lym_record_cell(r, i - 2), .name = lym_record_cell(r, i - 1), .get = get };
		if (get || (__u32)lym_record_cell(r, i + 1))
			ptr = 0;
	}
	ov.verbose = verbose(o, r);
	ov.limit = o->opts.snaplen;
	if (!ptr || (get && r->h->ret < 0) || !lym_decode_optval(b, &ov))
		lym_text_ptr(b, lym_record_cell(r, i));
}

static void pair(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v = lym_record_item(r, i, LYM_VALUE, 0, false);
	__s32 fd[2];

	if (!v.item || v.item->len < sizeof(fd) || r->h->ret < 0) {
		lym_text_ptr(b, lym_record_cell(r, i));
		return;
	}
	memcpy(fd, v.p, sizeof(fd));
	lym_text_char(b, '[');
	lym_text_i64(b, fd[0]);
	lym_strace_file(b, &o->opts, r, i, LYM_FD_INDEX(fd[0]));
	lym_text_lit(b, ", ");
	lym_text_i64(b, fd[1]);
	lym_strace_file(b, &o->opts, r, i, LYM_FD_INDEX(fd[1]));
	lym_text_char(b, ']');
}

/* [0] => [100], where the call moved a position. */
static void moved(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v = lym_record_item(r, i, LYM_VALUE, 0, false);

	if (!v.item || r->h->ret <= 0 || v.item->len < 8)
		return;
	lym_text_lit(b, " => ");
	lym_struct_strace(b, lym_decode_arg(r, i), &(struct lym_extent){ v.p, v.item->len, v.item->len }, false);
}

/* Descriptors in a struct that field i points at. */
struct field_fds {
	struct lym_fd_teller f;
	const struct lym_out_opts *opts;
	const struct lym_record *r;
	unsigned int i;
};

static void put_fd(const struct lym_fd_teller *f, struct lym_buf *b, __s32 fd)
{
	const struct field_fds *x = (const struct field_fds *)f;

	lym_strace_file(b, x->opts, x->r, x->i, LYM_FD_INDEX(fd));
}

static void field(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct field_fds fds = { { put_fd }, &o->opts, r, i };
	int printer = lym_decode_printer(r, i);

	if (lym_behind(printer)) {
		if (!lym_behind_strace(b, r, i, o->opts.snaplen, verbose(o, r), &fds.f))
			lym_text_ptr(b, lym_record_cell(r, i));
		else if (r->ev->field[i].type == LYM_T_POSITION)
			moved(b, r, i);
		return;
	}
	switch (printer) {
	case PR_BUF:
		buffer(o, b, r, i);
		break;
	case PR_SOCKADDR:
		address(o, b, r, i);
		break;
	case PR_LEN_INOUT:
		length(b, r, i);
		break;
	case PR_OPTVAL:
		optval(o, b, r, i);
		break;
	case PR_FD_PAIR:
		pair(o, b, r, i);
		break;
	case PR_IOV:
		lym_strace_iov(b, &o->opts, r, i);
		break;
	case PR_MSGHDR:
		lym_strace_msg(b, &o->opts, r, i);
		break;
	case PR_MMSG:
		lym_strace_mmsg(b, &o->opts, r, i);
		break;
	default:
		if (r->ev->field[i].type == LYM_T_SOCKLEN ||
		    (r->ev->ev == LYM_EV_socketpair && printer == PR_SOCK_PROTO))
			lym_text_i64(b, (__s32)lym_record_cell(r, i));
		else
			lym_decode_number(b, r, i);
		lym_strace_file(b, &o->opts, r, i, 0);
	}
}

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
	struct lym_bytes left;
	unsigned int err = -ret;

	if (r->h->flags & LYM_F_ENTER) {
		lym_text_char(b, '?');
		return;
	}
	if (ret < 0 && ret > -4096) {
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
		lym_strace_ret(b, r, verbose(o, r) ? ~0u : o->opts.snaplen);
		lym_strace_file(b, &o->opts, r, LYM_NO_FIELD, 0);
	}
	if (r->ev->ev == LYM_EV_recvmmsg && !ret)
		lym_text_lit(b, " (Timeout)");
	left = lym_record_item(r, 4, LYM_VALUE, 0, false);
	if (told && r->ev->ev == LYM_EV_recvmmsg && ret > 0 && left.item && left.item->len >= 16) {
		lym_text_lit(b, " (left ");
		lym_struct_strace(b, LYM_STRUCT_timespec, &(struct lym_extent){ left.p, left.item->len, left.item->len }, false);
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
		lym_text_lit(b, "] ");
	} else if (!s->no_pid) {
		lym_text_u64(b, r->h->host_tid);
		lym_text_pad(b, start, 5);
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
static void signal_line(struct lym_buf *b, const struct lym_record *r)
{
	lym_text_lit(b, "--- ");
	lym_value_signal(b, lym_record_cell(r, 0));
	lym_text_char(b, ' ');
	if (!lym_behind_strace(b, r, 1, ~0u, false, NULL))
		lym_text_ptr(b, lym_record_cell(r, 1));
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

	if (style == WHOLE && (from || to) && lym_strace_call(b, r))
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
			field(o, b, r, i);
	}
	if (to && to < r->ev->nfields)
		lym_text_lit(b, ", ");
}

static void name(struct lym_buf *b, const struct lym_record *r)
{
	lym_text_str(b, r->ev->name);
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

	call.ev = lym_schema_syscall(r->h->syscall);
	if (!call.ev)
		return;
	start = resume(o, b, &call);
	if (given(o, &call) < call.ev->nfields)
		lym_text_lit(b, " <unfinished ...>");
	lym_text_lit(b, ") ");
	lym_text_pad(b, start, o->opts.style.column ?: COLUMN);
	lym_text_lit(b, "= ?\n");
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
		if (o->opts.select && (lym_record_cell(r, 4) ? o->opts.select->no_superseded : o->opts.select->no_exits))
			return;
		prefix(o, b, r, b->len, false);
		end_line(b, r);
	} else if (r->ev->ev == LYM_EV_signal_deliver) {
		prefix(o, b, r, b->len, false);
		signal_line(b, r);
	} else {
		call(o, b, r);
	}
}

const struct lym_sink lym_out_strace = {
	"strace", "strace's syntax; socket_* events have none and are left out", NULL, event,
};
