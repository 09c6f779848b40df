/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What calls returned, and arguments in an order of their own, as strace tells them. */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include "behind.h"
#include "make.h"
#include "strace.h"
#include "structs.h"
#include "tap.h"

static unsigned char rec[LYM_RECORD_MAX] __attribute__((aligned(8)));
static struct lym_event ev;
static struct lym_record r;
static struct lym_buf b;
static const struct lym_out_opts opts = { .snaplen = 32 };

static void is(const char *want, const char *what)
{
	same(b.p ? b.p : "", b.len, want, what);
	b.len = 0;
}

/* A call of that number: a record of another one's, told as if it were this. */
static struct make call(int nr, __s64 ret, __u64 a, __u64 b1, __u64 c, __u64 d, __u64 e)
{
	const __u64 cells[6] = { a, b1, c, d, e };

	ev = *(lym_schema_syscall(nr) ?: lym_schema_event(LYM_EV_recvfrom));
	ev.nr = nr;
	return make_begin(rec, LYM_EV_recvfrom, ret, cells);
}

static void told(struct make m, const char *want)
{
	if (lym_record_view(&r, rec, m.len))
		abort();
	r.ev = &ev;
	if (!lym_strace_call(&b, &opts, &r))
		lym_strace_ret(&b, &r, 32);
	is(want, want);
}

static void results(void)
{
	told(call(SYS_mmap, 0x7f0000, 0, 0, 0, 0, 0), "0x7f0000");
	told(call(SYS_umask, 022, 0, 0, 0, 0, 0), "022");
	told(call(SYS_lseek, 77, 0, 0, 0, 0, 0), "77");
	told(call(SYS_fcntl, 1, 3, 1, 0, 0, 0), "0x1 (flags FD_CLOEXEC)");
	told(call(SYS_fcntl, 0, 3, 1, 0, 0, 0), "0");
	told(call(SYS_fcntl, 0x802, 3, 3, 0, 0, 0), "0x802 (flags O_RDWR|O_NONBLOCK)");
	told(call(SYS_fcntl, 7, 3, 0, 0, 0, 0), "7");
	told(call(SYS_fcntl, 3, 3, 1034, 0, 0, 0), "0x3 (seals F_SEAL_SEAL|F_SEAL_SHRINK)");
	told(call(SYS_fcntl, 2, 3, 1025, 0, 0, 0), "0x2 (F_UNLCK)");
	told(call(SYS_fcntl, 29, 3, 11, 0, 0, 0), "29 (SIGIO)");
	told(call(SYS_prctl, 1, 3, 0, 0, 0, 0), "1 (SUID_DUMP_USER)");
	told(call(SYS_prctl, 0, 39, 0, 0, 0, 0), "0");
	told(call(SYS_personality, 0x40000, ~0u, 0, 0, 0, 0), "0x40000 (PER_LINUX|ADDR_NO_RANDOMIZE)");
	told(call(SYS_sched_getscheduler, 1, 0, 0, 0, 0, 0), "1 (SCHED_FIFO)");
	told(call(SYS_membarrier, 3, 0, 0, 0, 0, 0), "0x3 (MEMBARRIER_CMD_GLOBAL|MEMBARRIER_CMD_GLOBAL_EXPEDITED)");
	told(call(SYS_ioprio_get, 0x4004, 1, 0, 0, 0, 0), "16388 (IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4))");
	told(call(SYS_adjtimex, 5, 0, 0, 0, 0, 0), "5 (TIME_ERROR)");
}

static void ready(void)
{
	struct pollfd p[3] = { { 3, POLLIN, POLLIN | POLLHUP }, { 4, POLLIN, 0 }, { 5, POLLOUT, POLLOUT } };
	__s64 left[2] = { 1, 5 };
	struct make m = call(SYS_ppoll, 2, 0x7f00, 3, 0x7f80, 0, 8);

	make_item(&m, 0, LYM_VALUE, 0, p, sizeof(p));
	make_item(&m, 2, LYM_VALUE, 0, left, sizeof(left));
	told(m, "2 ([{fd=3, revents=POLLIN|POLLHUP}, {fd=5, revents=POLLOUT}], left {tv_sec=1, tv_nsec=5})");
	told(call(SYS_ppoll, 0, 0x7f00, 3, 0, 0, 8), "0 (Timeout)");
	told(call(SYS_ppoll, 1, 0x7f00, 3, 0, 0, 8), "1");
	m = call(SYS_pselect6, 3, 10, 0x7f00, 0x7f80, 0, 0x7fc0);
	make_item(&m, 1, LYM_VALUE, 0, "\x28", 1);
	make_item(&m, 2, LYM_VALUE, 0, "\x10\xff", 2);
	make_item(&m, 4, LYM_VALUE, 0, left, sizeof(left));
	told(m, "3 (in [3 5], out [4], left {tv_sec=1, tv_nsec=5})");
	told(call(SYS_pselect6, 3, 10, 0x7f00, 0, 0, 0), "3 ()");
}

static void births(void)
{
	struct make m = call(SYS_clone, 77, 0x1200011, 0, 0, 0x7f10, 0);
	__u32 tid = 77;

	told(m, "child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f10");
	m = call(SYS_clone, 77, 0x3d0f00, 0x1000, 0x2000, 0x3000, 0x3000);
	make_item(&m, 2, LYM_VALUE, 0, &tid, 4);
	told(m, "child_stack=0x1000, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|"
	     "CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID, parent_tid=[77], tls=0x3000, child_tidptr=0x3000");
	told(call(SYS_clone, -11, 0x100011, 0, 0x2000, 0, 0), "child_stack=NULL, flags=CLONE_PARENT_SETTID|SIGCHLD, parent_tid=0x2000");
}

static void descriptor(const struct lym_fd_teller *f, struct lym_buf *out, __s32 fd)
{
	lym_text_lit(out, "<");
	lym_text_i64(out, fd + 100);
	lym_text_lit(out, ">");
}

/* The second argument of a call, of that type, and what is behind it, in two forms. */
static void behind(enum lym_type_id type, struct make m, const char *want, const char *json)
{
	static const struct lym_fd_teller form = { descriptor };

	if (lym_record_view(&r, rec, m.len))
		abort();
	ev.field[1].type = type;
	r.ev = &ev;
	if (!lym_behind_strace(&b, &r, 1, &(struct lym_behind_opts){ .limit = 4, .fds = &form }))
		lym_text_ptr(&b, lym_record_cell(&r, 1));
	is(want, want);
	lym_behind_json(&b, &r, 1);
	is(json, *json ? json : "nothing in JSON");
}

static struct make with(__s64 ret, int kind, int flags, const void *p, size_t n)
{
	struct make m = call(SYS_close, ret, 4, 0x7f00, 2, 0, 0);

	make_item(&m, 1, kind, flags, p, n);
	return m;
}

static void buffers(void)
{
	static const struct lym_out_opts opts = { .snaplen = 64 };
	static const __u64 iov[4] = { 0x1000, 3, 0x2000, 5 };
	struct make m = with(5, LYM_IOV, 0, iov, sizeof(iov));
	int out, failed;

	for (out = 0; out < 2; out++) {
		for (failed = 0; failed < 2; failed++) {
			m = with(failed ? -9 : 5, LYM_IOV, 0, iov, sizeof(iov));
			if (!out || !failed)
				make_item(&m, 1, LYM_DATA, 0, "abcdefgh", out ? 5 : 8);
			if (lym_record_view(&r, rec, m.len))
				abort();
			ev.field[1].type = out ? LYM_T_IOV_OUT : LYM_T_IOV_IN;
			r.ev = &ev;
			lym_strace_iov(&b, &opts, &r, 1);
			is(!out ? "[{iov_base=\"abc\", iov_len=3}, {iov_base=\"defgh\", iov_len=5}]" :
			   failed ? "[{iov_base=0x1000, iov_len=3}, {iov_base=0x2000, iov_len=5}]" :
			   "[{iov_base=\"abc\", iov_len=3}, {iov_base=\"de\", iov_len=5}]", out ? "readv" : "writev");
		}
	}
}

static void pointers(void)
{
	static const __s64 ts[4] = { 1, 2, 3, 4 };
	static const __u64 gaps[4] = { 1, 0xbad, ~0ull, 0x7f10 };
	struct make m;

	behind(LYM_T_PATH, with(0, LYM_DATA, 0, "/a\nb/c", 6), "\"/a\\nb/c\"", ",\"str\":\"/a\\nb/c\"");
	behind(LYM_T_STRING, with(0, LYM_DATA, 0, "/a\nb/c", 6), "\"/a\\nb\"...", ",\"str\":\"/a\\nb/c\"");
	behind(LYM_T_STRING, with(0, LYM_DATA, 0, "abc\0d", 5), "\"abc\"", ",\"str\":\"abc\"");
	behind(LYM_T_PATH, with(0, LYM_DATA, LYM_I_UNREAD, "", 0), "0x7f00", "");
	behind(LYM_T_PATH, call(SYS_close, 0, 0, 0, 0, 0, 0), "NULL", "");
	behind(LYM_T_ARGV, with(0, LYM_DATA, 0, "ls\0-l\0\0abcdef", 14), "[\"ls\", \"-l\", \"\", \"abcd\"...]",
	       ",\"value\":[\"ls\",\"-l\",\"\",\"abcdef\"]");
	behind(LYM_T_ARGV, with(0, LYM_DATA, 0, "a\0b\0c\0d\0e", 10), "[\"a\", \"b\", \"c\", \"d\", ...]",
	       ",\"value\":[\"a\",\"b\",\"c\",\"d\",\"e\"]");
	behind(LYM_T_ENVP, with(0, LYM_DATA, 0, "A=1\0B=2", 8), "0x7f00 /* 2 vars */", ",\"value\":[\"A=1\",\"B=2\"]");
	behind(LYM_T_IN_timespec, with(-4, LYM_VALUE_IN, 0, ts, 16), "{tv_sec=1, tv_nsec=2}",
	       ",\"value\":{\"tv_sec\":\"1\",\"tv_nsec\":\"2\"}");
	behind(LYM_T_OUT_timespec, with(0, LYM_VALUE, 0, ts, 16), "{tv_sec=1, tv_nsec=2}",
	       ",\"value\":{\"tv_sec\":\"1\",\"tv_nsec\":\"2\"}");
	behind(LYM_T_OUT_timespec, with(-4, LYM_VALUE, 0, ts, 16), "0x7f00", "");
	behind(LYM_T_OUT_timespec, with(0, LYM_VALUE, 0, ts, 15), "0x7f00", "");
	behind(LYM_T_INS_timespec, with(-4, LYM_VALUE_IN, 0, ts, 32), "[{tv_sec=1, tv_nsec=2}, {tv_sec=3, tv_nsec=4}]",
	       ",\"value\":[{\"tv_sec\":\"1\",\"tv_nsec\":\"2\"},{\"tv_sec\":\"3\",\"tv_nsec\":\"4\"}]");
	behind(LYM_T_OUTS_timespec, with(1, LYM_VALUE, 0, ts, 32), "[{tv_sec=1, tv_nsec=2}]",
	       ",\"value\":[{\"tv_sec\":\"1\",\"tv_nsec\":\"2\"}]");
	behind(LYM_T_OUTS_timespec, with(0, LYM_VALUE, 0, "", 0), "[]", ",\"value\":[]");
	behind(LYM_T_FDSET, with(0, LYM_VALUE_IN, 0, "\377", 1), "[0<100> 1<101> 2<102> 3<103>]", ",\"value\":[0,1,2,3]");
	behind(LYM_T_MSGBUF_IN, with(0, LYM_VALUE_IN, 0, "\5\0\0\0\0\0\0\0abcdef", 14), "{mtype=5, mtext=\"abcd\"...}",
	       ",\"value\":{\"mtype\":\"5\",\"mtext\":\"\\\\x61\\\\x62\\\\x63\\\\x64\\\\x65\\\\x66\"}");
	behind(LYM_T_MSGBUF_OUT, with(2, LYM_VALUE, 0, "\5\0\0\0", 4), "0x7f00", "");
	behind(LYM_T_POLLFDS, with(0, LYM_VALUE_IN, 0, "\3\0\0\0\1\0\0\0\377\377\377\377\0\0\0\0", 16),
	       "[{fd=3<103>, events=POLLIN}, {fd=-1}]",
	       ",\"value\":[{\"fd\":3,\"events\":\"POLLIN\",\"revents\":\"0\"},{\"fd\":-1,\"events\":\"0\",\"revents\":\"0\"}]");
	m = with(0, LYM_DATA, 0, "ls\0\0", 4);
	make_full(&m, 1, LYM_DATA, 0, 1, gaps, sizeof(gaps), sizeof(gaps));
	behind(LYM_T_ARGV, m, "[\"ls\", 0xbad, ... /* 0x7f10 */]", ",\"value\":[\"ls\",null]");
	m = with(0, LYM_DATA, 0, "ls\0\0", 4);
	make_full(&m, 1, LYM_DATA, 0, 1, gaps, sizeof(gaps), sizeof(gaps));
	behind(LYM_T_ENVP, m, "0x7f00 /* 2 vars, unterminated */", ",\"value\":[\"ls\",null]");
	m = with(0, LYM_DATA, 0, "", 0);
	make_full(&m, 1, LYM_DATA, 0, 1, gaps + 2, 16, 16);
	behind(LYM_T_ENVP, m, "0x7f00", ",\"value\":[]");
	m = call(SYS_capset, 0, 0x7e00, 0x7f00, 0, 0, 0);
	make_item(&m, 0, LYM_VALUE_IN, 0, "\x30\3\x98\x19\0\0\0\0", 8);		/* version 1 has one half */
	make_item(&m, 1, LYM_VALUE_IN, 0, "\1\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0", 24);
	behind(LYM_T_IN_cap_data, m, "{effective=1<<CAP_CHOWN, permitted=0, inheritable=0}",
	       ",\"value\":{\"effective\":\"1<<CAP_CHOWN|1<<CAP_MAC_OVERRIDE\",\"permitted\":\"0\",\"inheritable\":\"0\"}");
	m = with(0, LYM_VALUE_IN, 0, "\2\0\0\0\1\0\0\0", 8);
	behind(LYM_T_IN_keyctl_kdf_params, m, "0x7f00", "");
	m = call(SYS_fcntl, 0, 4, 0x7f00, 2, 0, 0);
	make_item(&m, 1, LYM_VALUE, 0, "\2\0\0\0\7\0\0\0", 8);
	behind(LYM_T_OUT_f_owner_ex, m, "{type=F_OWNER_PGRP, pid=7}", ",\"value\":{\"type\":\"F_OWNER_PGRP\",\"pid\":7}");
}

/* Sets and results of any size and kind. */
static void hostile(void)
{
	static const int nr[] = { SYS_ppoll, SYS_pselect6, SYS_fcntl, SYS_prctl, SYS_clone, SYS_umask, SYS_personality };
	unsigned char junk[600];
	unsigned int i, k, bad = 0;

	srandom(7);
	for (i = 0; i < 20000; i++) {
		struct make m = call(nr[i % 7], i & 8 ? random() : 1l << 62, random() & 1 ? -1 : random(), random() % 40,
				     random(), random() % 3, random());

		for (k = 0; k < sizeof(junk); k++)
			junk[k] = random() & 1 ? 0xff : random();
		for (k = 0; k < 5; k++)
			make_item(&m, k, random() & 1 ? LYM_VALUE : LYM_VALUE_IN, 0, junk, random() % sizeof(junk));
		if (lym_record_view(&r, rec, m.len))
			abort();
		r.ev = &ev;
		b.len = 0;
		lym_strace_call(&b, &opts, &r);
		lym_strace_ret(&b, &r, 32);
		for (k = 0; k < 5; k++) {
			ev.field[k].type = LYM_T_STRING + random() % (LYM_T_MAX - LYM_T_STRING);
			lym_behind_strace(&b, &r, k, &(struct lym_behind_opts){ .limit = random() % 9, .verbose = random() & 1 });
			lym_behind_json(&b, &r, k);
		}
		for (k = 0; k < b.len; k++)
			bad += (unsigned char)b.p[k] < 0x20 || b.p[k] == 0x7f;
		bad += b.len > 1 << 20;
	}
	ok(!bad, "20,000 calls of any bytes");
}

int main(void)
{
	results();
	ready();
	births();
	pointers();
	buffers();
	hostile();
	lym_text_free(&b);
	return done();
}
