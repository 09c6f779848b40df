// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What a call returned, in strace's syntax: numbers in the base that suits them, and what they mean in parentheses. */
#include <sys/syscall.h>
#include "names.h"
#include "strace.h"
#include "structs.h"
#include "value.h"

#define NS_GET_NSTYPE 0xb703
#define MORE 1024		/* bytes of text; then strace says ... */

static void begin(struct lym_buf *b, const char *s)
{
	lym_text_lit(b, " (");
	lym_text_str(b, s);
}

/* 0x1 (flags FD_CLOEXEC) */
static void flags(struct lym_buf *b, const char *what, enum lym_names t, __u64 v)
{
	lym_text_hex(b, v);
	if (!v)
		return;
	begin(b, what);
	lym_names_flags(b, t, v);
	lym_text_char(b, ')');
}

static void fcntl_result(struct lym_buf *b, const struct lym_record *r, __s64 ret)
{
	enum { GETFD = 1, GETFL = 3, GETSIG = 11, GETLEASE = 1025, GET_SEALS = 1034 };
	const char *s;

	switch ((__u32)lym_record_cell(r, 1)) {
	case GETFD:
		flags(b, "flags ", LYM_NAMES_fd_flags, ret);
		break;
	case GETFL:
		lym_text_hex(b, ret);
		begin(b, "flags ");
		lym_value_open_flags(b, ret);
		lym_text_char(b, ')');
		break;
	case GET_SEALS:
		flags(b, "seals ", LYM_NAMES_f_seals, ret);
		break;
	case GETLEASE:
		lym_text_hex(b, ret);
		s = lym_names_find(LYM_NAMES_lock_type, ret);
		if (s) {
			begin(b, s);
			lym_text_char(b, ')');
		}
		break;
	case GETSIG:
		lym_text_i64(b, ret);
		if (ret) {
			begin(b, "");
			lym_value_signal(b, ret);
			lym_text_char(b, ')');
		}
		break;
	default:
		lym_text_i64(b, ret);
	}
}

static void prctl_result(struct lym_buf *b, const struct lym_record *r, __s64 ret)
{
	enum { GET_DUMPABLE = 3, GET_SECUREBITS = 27, MCE_KILL_GET = 34, GET_SPECULATION_CTRL = 52 };
	const char *s = NULL;

	switch ((__u32)lym_record_cell(r, 0)) {
	case GET_SECUREBITS:
		flags(b, "", LYM_NAMES_secbits, ret);
		return;
	case GET_SPECULATION_CTRL:
		if (lym_record_cell(r, 1) <= 2) {
			flags(b, "", LYM_NAMES_pr_spec_get_store_bypass_flags, ret);
			return;
		}
		break;
	case GET_DUMPABLE:
		s = lym_names_find(LYM_NAMES_pr_dumpable, ret);
		break;
	case MCE_KILL_GET:
		s = lym_names_find(LYM_NAMES_pr_mce_kill_policy, ret);
	}
	lym_text_i64(b, ret);
	if (!s)
		return;
	begin(b, s);
	lym_text_char(b, ')');
}

/* ", left {tv_sec=1, tv_nsec=0}": what the call left of its time, if it wrote it down. */
static void left(struct lym_buf *b, const struct lym_record *r, unsigned int i, const char *sep)
{
	enum lym_struct s = lym_decode_arg(r, i);
	struct lym_bytes v = lym_record_item(r, i, LYM_VALUE, 0, false);

	if (!lym_record_cell(r, i) || !v.item || v.item->len < lym_struct_size(s))
		return;
	lym_text_str(b, sep);
	lym_text_lit(b, "left ");
	lym_struct_strace(b, s, &(struct lym_extent){ v.p, v.item->len, v.item->len }, false);
}

/* 1 ([{fd=3, revents=POLLIN}]) */
static void poll_result(struct lym_buf *b, const struct lym_record *r, __s64 ret, bool ts, unsigned int limit)
{
	struct lym_bytes v = lym_record_item(r, 0, LYM_VALUE, 0, false);
	size_t i, n = v.item ? v.item->len / 8 : 0, shown = 0, start;
	__u16 revents;
	__s32 fd;

	lym_text_i64(b, ret);
	if (!ret) {
		lym_text_lit(b, " (Timeout)");
		return;
	}
	if (!n)
		return;
	start = b->len;
	for (i = 0; i < n; i++) {
		memcpy(&fd, v.p + 8 * i, 4);
		memcpy(&revents, v.p + 8 * i + 6, 2);
		if (!revents)
			continue;
		lym_text_str(b, shown ? ", " : " ([");
		if (shown++ >= limit || b->len - start > MORE) {
			lym_text_lit(b, "...");
			break;
		}
		lym_text_lit(b, "{fd=");
		lym_text_i64(b, fd);
		lym_text_lit(b, ", revents=");
		lym_names_flags(b, LYM_NAMES_poll_events, revents);
		lym_text_char(b, '}');
	}
	if (!shown)
		return;
	lym_text_char(b, ']');
	if (ts)
		left(b, r, 2, ", ");
	lym_text_char(b, ')');
}

/* 2 (in [3], out [4], left {tv_sec=1, tv_usec=0}) */
static void select_result(struct lym_buf *b, const struct lym_record *r, __s64 ret)
{
	static const char *const what[] = { "in", "out", "except" };
	__s32 nfds = lym_record_cell(r, 0), fd, rest = ret;
	const char *sep = "";
	struct lym_bytes v;
	bool first;
	size_t open;
	int i;

	lym_text_i64(b, ret);
	if (!ret) {
		lym_text_lit(b, " (Timeout)");
		return;
	}
	lym_text_lit(b, " (");
	open = b->len;
	for (i = 0; i < 3 && rest > 0; i++) {
		v = lym_record_item(r, i + 1, LYM_VALUE, 0, false);
		first = true;
		for (fd = 0; v.item && fd < nfds && (__u32)fd / 8 < v.item->len && b->len - open < MORE; fd++) {
			if (!(v.p[fd / 8] & 1 << fd % 8))
				continue;
			lym_text_str(b, first ? sep : " ");
			if (first) {
				lym_text_str(b, what[i]);
				lym_text_lit(b, " [");
				sep = ", ";
			}
			first = false;
			lym_text_i64(b, fd);
			if (!--rest)
				break;
		}
		if (!first)
			lym_text_char(b, ']');
	}
	left(b, r, 4, sep);
	lym_text_char(b, ')');
}

/* Is what the call returned a descriptor? Of some it depends on what they are asked for. */
bool lym_strace_ret_fd(const struct lym_record *r)
{
	enum { DUPFD = 0, DUPFD_CLOEXEC = 1030 };
	static const __u64 bpf = 1 << 0 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 13 | 1 << 14 | 1 << 18 | 1 << 19 | 1 << 28 | 1 << 30;
	__u32 first = lym_record_cell(r, 0), second = lym_record_cell(r, 1);

	if (r->ev->ev == LYM_EV_bpf)
		return first < 32 && bpf >> first & 1;
	return r->ev->ev != LYM_EV_fcntl || second == DUPFD || second == DUPFD_CLOEXEC;
}

bool lym_strace_ret_pid(const struct lym_record *r)
{
	switch (r->ev->ev) {
	case LYM_EV_fork:
	case LYM_EV_vfork:
	case LYM_EV_clone:
	case LYM_EV_clone3:
	case LYM_EV_getpid:
	case LYM_EV_getppid:
	case LYM_EV_gettid:
	case LYM_EV_getpgrp:
	case LYM_EV_getpgid:
	case LYM_EV_getsid:
	case LYM_EV_setsid:
	case LYM_EV_set_tid_address:
	case LYM_EV_wait4:
	case LYM_EV_waitpid:
		return true;
	}
	return false;
}

static void one_of(struct lym_buf *b, enum lym_names t, __s64 ret)
{
	const char *s = lym_names_find(t, ret);

	lym_text_i64(b, ret);
	if (!s)
		return;
	begin(b, s);
	lym_text_char(b, ')');
}

/* What only 32-bit calls return; false: it is another one. */
static bool ret32(struct lym_buf *b, const struct lym_record *r)
{
	__u64 mask = r->h->ret;
	__u32 before, after;

	switch (r->ev->ev) {
	case LYM_EV_signal:
		lym_text_hex(b, (__u32)r->h->ret);
		if (!lym_names_find(LYM_NAMES_sa_handler_values, (__u32)r->h->ret))
			return true;
		begin(b, "");
		lym_value_handler(b, (__u32)r->h->ret);
		lym_text_char(b, ')');
		return true;
	case LYM_EV_set_thread_area:
		lym_text_i64(b, r->h->ret);
		if (lym_decode_u32(r, 0, LYM_VALUE_IN, &before) && before == ~0u && lym_decode_u32(r, 0, LYM_VALUE, &after)) {
			begin(b, "entry_number=");
			lym_text_u64(b, after);
			lym_text_char(b, ')');
		}
		return true;
	case LYM_EV_sgetmask:
	case LYM_EV_ssetmask:
		lym_text_hex(b, (__u32)r->h->ret);
		begin(b, r->ev->ev == LYM_EV_sgetmask ? "mask " : "old mask ");
		lym_value_sigset(b, &mask, 4);
		lym_text_char(b, ')');
		return true;
	}
	return false;
}

void lym_strace_ret(struct lym_buf *b, const struct lym_record *r, unsigned int limit)
{
	__s64 ret = r->h->ret;

	if (ret32(b, r))
		return;
	switch (r->ev->nr) {
	case SYS_mmap:
	case SYS_mremap:
	case SYS_brk:
	case SYS_shmat:
		lym_text_hex(b, ret);
		break;
	case SYS_umask:
		lym_value_umode(b, ret);
		break;
	case SYS_fcntl:
		fcntl_result(b, r, ret);
		break;
	case SYS_prctl:
		prctl_result(b, r, ret);
		break;
	case SYS_ppoll:
		poll_result(b, r, ret, true, limit);
		break;
#ifdef SYS_poll		/* arm64 has only the newer ones */
	case SYS_poll:
		poll_result(b, r, ret, false, limit);
		break;
	case SYS_select:
		select_result(b, r, ret);
		break;
#endif
	case SYS_pselect6:
		select_result(b, r, ret);
		break;
	case SYS_ioctl:
		if ((__u32)lym_record_cell(r, 1) == NS_GET_NSTYPE)
			one_of(b, LYM_NAMES_setns_types, ret);
		else
			lym_text_i64(b, ret);
		break;
	case SYS_personality:
		lym_text_hex(b, ret);
		begin(b, "");
		lym_value_personality(b, ret);
		lym_text_char(b, ')');
		break;
	case SYS_membarrier:
		if (ret)
			flags(b, "", LYM_NAMES_membarrier_cmd, ret);
		else
			lym_text_i64(b, ret);
		break;
	case SYS_ioprio_get:
		lym_text_i64(b, ret);
		if (b->names == LYM_NAMES_RAW)
			break;
		begin(b, "");
		lym_value_ioprio_names(b, ret);
		lym_text_char(b, ')');
		break;
	case SYS_sched_getscheduler:
		one_of(b, LYM_NAMES_sched_policy, ret);
		break;
#ifdef SYS_time
	case SYS_time: {
		size_t undo;

		lym_text_i64(b, ret);
		undo = b->len;
		begin(b, "");
		if (lym_value_time(b, ret, 0, 0))
			lym_text_char(b, ')');
		else
			b->len = undo;
		break;
	}
#endif
	case SYS_adjtimex:
	case SYS_clock_adjtime:
		one_of(b, LYM_NAMES_adjtimex_state, ret);
		break;
#ifdef SYS_modify_ldt
	case SYS_modify_ldt:	/* which returns an int */
		lym_text_i64(b, ret);
		if (ret <= 0xfffff000 || ret > 0xffffffff || !lym_names_errno(-(__s32)ret))
			break;
		lym_text_char(b, ' ');
		lym_text_str(b, lym_names_errno(-(__s32)ret));
		begin(b, lym_names_errno_text(-(__s32)ret));
		lym_text_char(b, ')');
		break;
#endif
	case SYS_rt_sigtimedwait:
		lym_text_i64(b, ret);
		if (ret) {
			begin(b, "");
			lym_value_signal(b, ret);
			lym_text_char(b, ')');
		}
		break;
	default:
		lym_text_i64(b, ret);
	}
}
