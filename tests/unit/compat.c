/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* 32-bit calls: their numbers, what becomes of their registers, the layouts of their structs. */
#include <stdlib.h>
#include <string.h>
#include "hooks.h"
#include "make.h"
#include "behind.h"
#include "decode.h"
#include "names.h"
#include "schema.h"
#include "structs.h"
#include "tap.h"

static unsigned char rec[LYM_RECORD_MAX] __attribute__((aligned(8)));
static struct lym_buf b;

static void is(const char *want)
{
	same(b.p ? b.p : "", b.len, want, want);
	b.len = 0;
}

#ifdef __x86_64__
static struct lym_row rows[LYM_ROWS];
static __u16 parts[LYM_MUXES][LYM_PARTS];

static unsigned int reg(int nr, int i)
{
	return rows[LYM_COMPAT + nr].arg[i] >> ARG32_BITS;
}

static unsigned int how(int nr, int i)
{
	return rows[LYM_COMPAT + nr].arg[i] & ((1 << ARG32_BITS) - 1);
}

static void numbers(void)
{
	const struct lym_call32 *c;
	int seen[LYM_SYSCALLS] = { 0 }, twice = 0, missing = 0;

	for (unsigned int i = 0; (c = lym_schema_call32(i)); i++)
		if (c->how == MUX_NONE && c->nr < LYM_SYSCALLS)
			twice += seen[c->nr]++;
	for (int nr = 1; nr <= 470; nr++)
		missing += !seen[nr] && nr != 222 && nr != 223 && nr != 251 && nr != 285 && (nr < 387 || nr > 392) && nr != 415;
	ok(!twice, "no number of i386 is there twice");
	ok(!missing, "and none that Linux has is missing");
	ok(!strcmp(lym_names_syscall(4, true), "write") && !strcmp(lym_names_syscall(140, true), "_llseek"), "names by i386's numbers");
	ok(lym_schema_find("mmap2")->only32 && !lym_schema_find("mmap")->only32, "calls that only 32-bit programs have");
}

static void registers(void)
{
	struct lym_plan p = { .snaplen = 64 };

	memset(p.want, 1, sizeof(p.want));
	lym_hooks_rows(rows, parts, &p);
	ok(rows[LYM_COMPAT + 3].event == LYM_EV_read && rows[0].event == LYM_EV_read, "read is 3 here and 0 there");
	ok(reg(180, 3) == 3 && how(180, 3) == ARG32_PAIR, "pread64's offset is in two registers");
	ok(reg(324, 3) == 4 && how(324, 3) == ARG32_PAIR, "so is the second one of fallocate");
	ok(reg(378, 5) == 5 && how(378, 3) == ARG32_PAIR, "preadv2: flags behind the pair");
	ok(how(140, 1) == ARG32_HIGH && reg(140, 2) == 3, "_llseek has the upper half first");
	ok(how(192, 5) == ARG32_PAGES, "mmap2's offset is in pages");
	ok(how(23, 0) == ARG32_ID && how(213, 0) == ARG32_PLAIN, "setuid has 16 bits, setuid32 has not");
	ok(how(19, 1) == ARG32_SIGNED, "lseek's offset is signed");
	ok(reg(120, 3) == 4 && reg(120, 4) == 3, "clone's last two are the other way round");
	ok(rows[LYM_COMPAT + 162].size[0] == 8 && rows[35].size[0] == 16, "nanosleep's time has 8 bytes here and 16 there");
	ok(rows[LYM_COMPAT + 407].size[2] == 16, "clock_nanosleep_time64's has 16");
	ok(rows[LYM_COMPAT + 102].mux == MUX_SOCKET && rows[parts[MUX_SOCKET][2]].event == LYM_EV_bind, "socketcall's second is bind");
	ok(rows[parts[MUX_MEMORY][0]].event == LYM_EV_select && rows[parts[MUX_MEMORY][1]].event == LYM_EV_mmap, "old select and mmap");
	ok(!parts[MUX_IPC][5] && rows[parts[MUX_IPC][21]].event == LYM_EV_shmat, "ipc has no fifth, its 21st is shmat");
	memset(&p.want, 0, sizeof(p.want));
	memset(rows, 0, sizeof(rows));
	p.want[LYM_EV_openat] = true;
	lym_hooks_rows(rows, parts, &p);
	ok(rows[295].when & ROW_COMPAT && !(rows[0].when | rows[1].when), "openat: of other calls only preadv is looked at, whose number it has");
}

static void requests(void)
{
	ok(lym_names_ioctl(0x80041272, true) == 0x80081272 && lym_names_ioctl(0x80041272, false) == 0x80041272, "BLKGETSIZE64");
	ok(lym_names_ioctl(0x5401, true) == 0x5401, "TCGETS is the same");
}
#endif

static void told(enum lym_ev ev, unsigned int i, int kind, const void *p, size_t n, const __u64 *cells, const char *want)
{
	struct make m = make_begin(rec, ev, 0, cells);
	struct lym_record r;

	make_hdr(&m)->flags = LYM_F_COMPAT;
	make_item(&m, i, kind, 0, p, n);
	if (lym_record_view(&r, rec, m.len))
		abort();
	if (!lym_behind_strace(&b, &r, i, &(struct lym_behind_opts){ 32, true }))
		lym_text_ptr(&b, cells[i]);
	is(want);
}

static void layouts(void)
{
	const __u64 cells[6] = { 0x1000, 0x2000, 0x3000, 0x4000, 8, 8 };
	const __u32 timespec[2] = { 1, 5 }, rlimit[2] = { 8192 * 1024, ~0u }, pair[2] = { 0xf7001000, 8 };
	const __u32 action[5] = { 0x8049000, 0x4000000, 0xf7002000, 2, 0 };
	const __u32 info[32] = { 17, 0, 1, 77, 1000, 3, 2, 1 };
	const __u64 wide[2] = { 1, 5 };

	told(LYM_EV_nanosleep, 0, LYM_VALUE_IN, timespec, sizeof(timespec), cells, "{tv_sec=1, tv_nsec=5}");
	told(LYM_EV_clock_settime64, 1, LYM_VALUE_IN, wide, sizeof(wide), cells, "{tv_sec=1, tv_nsec=5}");
	told(LYM_EV_getrlimit, 1, LYM_VALUE, rlimit, sizeof(rlimit), cells, "{rlim_cur=8192*1024, rlim_max=RLIM_INFINITY}");
	told(LYM_EV_prlimit64, 2, LYM_VALUE_IN, wide, sizeof(wide), cells, "{rlim_cur=1, rlim_max=5}");
	told(LYM_EV_pselect6, 5, LYM_VALUE_IN, pair, sizeof(pair), cells, "{sigmask=0xf7001000, sigsetsize=8}");
	told(LYM_EV_rt_sigaction, 1, LYM_VALUE_IN, action, sizeof(action), cells,
	     "{sa_handler=0x8049000, sa_mask=[INT], sa_flags=SA_RESTORER, sa_restorer=0xf7002000}");
	told(LYM_EV_waitid, 2, LYM_VALUE, info, sizeof(info), cells,
	     "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=77, si_uid=1000, si_status=3, si_utime=2 /* 0.02 s */, si_stime=1 /* 0.01 s */}");
	ok(lym_struct_in32(LYM_STRUCT_rta_mfc_stats) == LYM_STRUCT_MAX, "a layout that is not known is not guessed");
	ok(lym_struct_in32(LYM_STRUCT_utsname) == LYM_STRUCT_utsname && lym_struct_in32(LYM_STRUCT_statx) == LYM_STRUCT_statx, "some are the same");
	told(LYM_EV_io_cancel, 1, LYM_VALUE_IN, wide, sizeof(wide), cells, "0x2000");
}

int main(void)
{
#ifdef __x86_64__
	numbers();
	registers();
	requests();
#endif
	layouts();
	lym_text_free(&b);
	return done();
}
