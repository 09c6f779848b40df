// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* siginfo and sigevent, and what ptrace tells of a call: which members there are is for others to say. Declared in struct_code.h. */
#include "names.h"
#include "struct_code.h"
#include "value.h"

/* Numbers of signals, and of codes that more than one may have. */
enum { ILL = 4, TRAP = 5, BUS = 7, FPE = 8, SEGV = 11, CHLD = 17, IO = 29, SYS = 31 };
enum { SI_USER = 0, SI_TIMER = -2, SI_SIGIO = -5, SI_TKILL = -6, SI_NOINFO = 32767, CLD_EXITED = 1 };

/* The structs of the union begin at 16. */
enum { ERRNO = 4, PID = 16, UID = 20, VALUE = 24, STATUS = 24, UTIME = 32, STIME = 40, ADDR = 16, LSB = 24, LOWER = 32,
       UPPER = 40, PKEY = 32, BAND = 16, FD = 24, NR = 24, ARCH = 28, PERF_DATA = 24, PERF_TYPE = 32 };

static __s32 s32(const struct lym_members *m, size_t off)
{
	return lym_member_get(m, off, 4);
}

static void named(struct lym_members *m, const char *name, enum lym_names t, __u64 v)
{
	size_t start = lym_member_begin(m, name);

	lym_names_print(m->b, t, v);
	lym_member_end(m, start);
}

/* ENOENT, or a number that is none; negated: -ENOENT. */
static void error(struct lym_members *m, const char *name, __s64 v, bool negated)
{
	const char *s = lym_names_errno(negated ? -(__u64)v : (__u64)v);
	size_t start = lym_member_begin(m, name);
	bool both = m->b->names == LYM_NAMES_BOTH;

	if (!s || m->b->names)
		lym_text_i64(m->b, v);
	if (s && m->b->names != LYM_NAMES_RAW) {
		lym_text_str(m->b, both ? " /* " : "");
		lym_text_str(m->b, negated ? "-" : "");
		lym_text_str(m->b, s);
		lym_text_str(m->b, both ? " */" : "");
	}
	lym_member_end(m, start);
}

/* __NR_read, or the number; of the other table of this machine with the name as a comment. */
static void call(struct lym_members *m, const char *name, __u64 nr, __u32 arch)
{
#ifdef __aarch64__
	enum { NATIVE = 0xc00000b7, COMPAT = 0x40000028 };
#else
	enum { NATIVE = 0xc000003e, COMPAT = 0x40000003 };
#endif
	const char *s = arch == NATIVE || arch == COMPAT ? lym_names_syscall(nr, arch == COMPAT) : NULL;
	__u32 own = m->in32 ? COMPAT : NATIVE;
	bool comment = arch != own || m->b->names;
	size_t start = lym_member_begin(m, name);

	if (!s || comment)
		lym_text_u64(m->b, nr);
	if (s && m->b->names != LYM_NAMES_RAW) {
		lym_text_str(m->b, comment ? " /* " : "");
		lym_text_str(m->b, arch == own ? "__NR_" : "");
		lym_text_str(m->b, s);
		lym_text_str(m->b, comment ? " */" : "");
	}
	lym_member_end(m, start);
}

static void signal_member(struct lym_members *m, const char *name, __s32 v)
{
	size_t start = lym_member_begin(m, name);

	lym_value_signal(m->b, v);
	lym_member_end(m, start);
}

static void code_member(struct lym_members *m, __s32 signo, __s32 code)
{
	static const enum lym_names own[32] = {
		[TRAP] = LYM_NAMES_sigtrap_codes, [CHLD] = LYM_NAMES_sigchld_codes, [IO] = LYM_NAMES_sigpoll_codes,
		[ILL] = LYM_NAMES_sigill_codes, [FPE] = LYM_NAMES_sigfpe_codes, [SEGV] = LYM_NAMES_sigsegv_codes,
		[BUS] = LYM_NAMES_sigbus_codes, [SYS] = LYM_NAMES_sigsys_codes,
	};
	size_t start = lym_member_begin(m, "si_code");
	const char *s = lym_names_find(LYM_NAMES_si_code, (__s64)code);

	if (!s && signo > 0 && signo < 32 && own[signo])
		s = lym_names_find(own[signo], (__s64)code);
	if (!s || m->b->names)
		lym_text_hex(m->b, (__u32)code);
	if (s && m->b->names == LYM_NAMES_BOTH)
		lym_text_lit(m->b, " /* ");
	if (s && m->b->names != LYM_NAMES_RAW)
		lym_text_str(m->b, s);
	if (s && m->b->names == LYM_NAMES_BOTH)
		lym_text_lit(m->b, " */");
	lym_member_end(m, start);
}

static void source(struct lym_members *m)
{
	lym_member_pid(m, "si_pid", s32(m, PID));
	lym_member_name(m, "si_uid");
	lym_value_id(m->b, s32(m, UID));
}

static void value(struct lym_members *m, const char *number, const char *pointer, size_t off)
{
	lym_member_int(m, number, s32(m, off), false);
	lym_member_ptr(m, pointer, lym_member_get(m, off, 8));
}

static void from_user(struct lym_members *m, __s32 code)
{
	switch (code) {
	case SI_USER:
	case SI_TKILL:
		source(m);
		break;
	case SI_TIMER:
		lym_member_hex(m, "si_timerid", (__u32)s32(m, PID));
		lym_member_int(m, "si_overrun", s32(m, UID), false);
		value(m, "si_int", "si_ptr", VALUE);
		break;
	case SI_SIGIO:
		lym_member_int(m, "si_band", lym_member_get(m, BAND, 8), true);
		lym_member_fd(m, "si_fd", s32(m, FD));
		break;
	default:
		source(m);
		if (lym_member_get(m, VALUE, 8))
			value(m, "si_int", "si_ptr", VALUE);
	}
}

static void clock_member(struct lym_members *m, const char *name, __u64 v)
{
	size_t start = lym_member_begin(m, name);

	lym_value_clock(m->b, v);
	lym_member_end(m, start);
}

static void child(struct lym_members *m, __s32 code)
{
	source(m);
	if (code == CLD_EXITED)
		lym_member_int(m, "si_status", s32(m, STATUS), false);
	else
		signal_member(m, "si_status", s32(m, STATUS));
	clock_member(m, "si_utime", lym_member_get(m, UTIME, 8));
	clock_member(m, "si_stime", lym_member_get(m, STIME, 8));
}

/* Sent by the kernel for what the program did. */
static void fault(struct lym_members *m, __s32 signo, __s32 code)
{
	lym_member_ptr(m, "si_addr", lym_member_get(m, ADDR, 8));
	if (signo == SEGV && code == 3) {		/* SEGV_BNDERR */
		lym_member_ptr(m, "si_lower", lym_member_get(m, LOWER, 8));
		lym_member_ptr(m, "si_upper", lym_member_get(m, UPPER, 8));
	} else if (signo == SEGV && code == 4) {	/* SEGV_PKUERR */
		lym_member_uint(m, "si_pkey", lym_member_get(m, PKEY, 4), false);
	} else if (signo == BUS && (code == 4 || code == 5)) {	/* BUS_MCEERR_AR, BUS_MCEERR_AO */
		lym_member_hex(m, "si_addr_lsb", lym_member_get(m, LSB, 2));
	} else if (signo == TRAP && code == 6 && m->json) {	/* TRAP_PERF, of which strace 6.1 as Debian builds it knows nothing more */
		lym_member_hex(m, "si_perf_data", lym_member_get(m, PERF_DATA, 8));
		named(m, "si_perf_type", LYM_NAMES_perf_type_id, lym_member_get(m, PERF_TYPE, 4));
	}
}

static void from_kernel(struct lym_members *m, __s32 signo, __s32 code)
{
	switch (signo) {
	case CHLD:
		child(m, code);
		break;
	case ILL: case FPE: case SEGV: case BUS: case TRAP:
		fault(m, signo, code);
		break;
	case IO:
		if (code < 1 || code > 6)		/* POLL_* */
			break;
		lym_member_int(m, "si_band", lym_member_get(m, BAND, 8), true);
		lym_member_fd(m, "si_fd", s32(m, FD));
		break;
	case SYS:
		lym_member_ptr(m, "si_call_addr", lym_member_get(m, ADDR, 8));
		call(m, "si_syscall", (__u32)s32(m, NR), (__u32)s32(m, ARCH));
		named(m, "si_arch", LYM_NAMES_audit_arch, (__u32)s32(m, ARCH));
		break;
	default:
		if (lym_member_get(m, PID, 8))
			source(m);
		if (lym_member_get(m, VALUE, 8))
			value(m, "si_int", "si_ptr", VALUE);
	}
}

void lym_struct_siginfo(struct lym_members *m, size_t off)
{
	__s32 signo = s32(m, 0), code = s32(m, 8);

	lym_text_char(m->b, '{');
	if (signo) {
		signal_member(m, "si_signo", signo);
		code_member(m, signo, code);
	}
	if (signo && code != SI_NOINFO) {
		if (s32(m, ERRNO))
			error(m, "si_errno", (__u32)s32(m, ERRNO), false);
		if (code <= 0)
			from_user(m, code);
		else
			from_kernel(m, signo, code);
	}
	lym_text_char(m->b, '}');
}

/* ---- as 32-bit programs have them: laid out as above, then told ---- */

static void move(unsigned char *to, size_t at, const struct lym_members *m, size_t off, bool sign)
{
	__u64 v = sign ? (__u64)(__s64)s32(m, off) : lym_member_get(m, off, 4);

	memcpy(to + at, &v, sizeof(v));
}

void lym_struct_siginfo32(struct lym_members *m, size_t off)
{
	enum { PID32 = 12, UID32 = 16, VALUE32 = 20, UTIME32 = 24, STIME32 = 28, ADDR32 = 12, LSB32 = 16, LOWER32 = 20, UPPER32 = 24,
	       FD32 = 16, ARCH32 = 20 };
	__s32 signo = s32(m, 0), code = s32(m, 8);
	unsigned char info[64] = { 0 };
	struct lym_members wide = *m;

	wide.p = info;
	wide.n = wide.full = sizeof(info);
	memcpy(info, m->p, m->n < PID32 ? m->n : PID32);
	if (signo == IO ? code == SI_SIGIO || code > 0 : code == SI_SIGIO) {
		move(info, BAND, m, ADDR32, true);
		move(info, FD, m, FD32, false);
	} else if (code > 0 && signo == SYS) {
		move(info, ADDR, m, ADDR32, false);
		move(info, NR, m, LSB32, false);
		move(info, ARCH, m, ARCH32, false);
	} else if (code > 0 && (signo == ILL || signo == FPE || signo == SEGV || signo == BUS || signo == TRAP)) {
		move(info, ADDR, m, ADDR32, false);
		move(info, LSB, m, LSB32, false);
		move(info, LOWER, m, LOWER32, false);
		move(info, UPPER, m, UPPER32, false);
	} else {
		move(info, PID, m, PID32, false);
		move(info, UID, m, UID32, false);
		move(info, VALUE, m, VALUE32, false);
		if (code > 0 && signo == CHLD) {
			move(info, UTIME, m, UTIME32, false);
			move(info, STIME, m, STIME32, false);
		}
	}
	lym_struct_siginfo(&wide, 0);
}

void lym_struct_sigevent32(struct lym_members *m, size_t off)
{
	unsigned char event[32] = { 0 };
	struct lym_members wide = *m;

	wide.p = event;
	wide.n = wide.full = sizeof(event);
	move(event, 0, m, 0, false);
	move(event, 8, m, 4, false);
	move(event, 12, m, 8, false);
	move(event, 16, m, 12, false);
	move(event, 24, m, 16, false);
	lym_struct_sigevent(&wide, 0);
}

void lym_struct_wait_status(struct lym_members *m, size_t off)
{
	(m->json ? lym_value_wait_status_json : lym_value_wait_status)(m->b, lym_member_get(m, off, 4));
}

void lym_struct_sigevent(struct lym_members *m, size_t off)
{
	enum { SIGNAL = 0, NONE = 1, THREAD = 2, THREAD_ID = 4 };
	__s32 notify = s32(m, 12);

	lym_text_char(m->b, '{');
	if (lym_member_get(m, 0, 8)) {
		struct lym_members in = *m;

		lym_member_name(m, "sigev_value");
		lym_text_char(m->b, '{');
		in.any = false;
		value(&in, "sival_int", "sival_ptr", 0);
		lym_text_char(m->b, '}');
	}
	if (notify == SIGNAL || notify == THREAD || notify == THREAD_ID)
		signal_member(m, "sigev_signo", s32(m, 8));
	else
		lym_member_uint(m, "sigev_signo", (__u32)s32(m, 8), false);
	named(m, "sigev_notify", LYM_NAMES_sigev_value, (__u32)notify);
	if (notify == THREAD_ID) {
		lym_member_int(m, "sigev_notify_thread_id", s32(m, 16), false);
	} else if (notify == THREAD) {
		lym_member_ptr(m, "sigev_notify_function", lym_member_get(m, 16, 8));
		lym_member_ptr(m, "sigev_notify_attributes", lym_member_get(m, 24, 8));
	}
	lym_text_char(m->b, '}');
}

/* The call's number and as many of its arguments as are here; of a filter what it returned. */
static void stopped_call(struct lym_members *m, bool filter)
{
	enum { CALL = 24, ARGS = 32, RET_DATA = 80 };
	struct lym_members in = *m;
	size_t i, n = m->n > ARGS ? (m->n - ARGS) / 8 : 0;

	in.any = false;
	lym_member_name(m, filter ? "seccomp" : "entry");
	lym_text_char(m->b, '{');
	call(&in, "nr", lym_member_get(m, CALL, 8), lym_member_get(m, 4, 4));
	if (n)
		lym_member_name(&in, "args");
	for (i = 0; i < n && i < 6; i++) {
		lym_text_str(m->b, i ? ", " : "[");
		lym_text_str(m->b, m->json ? "\"" : "");
		lym_text_hex(m->b, lym_member_get(m, ARGS + i * 8, 8));
		lym_text_str(m->b, m->json ? "\"" : "");
	}
	if (n)
		lym_text_char(m->b, ']');
	if (filter && m->n >= RET_DATA + 4)
		lym_member_uint(&in, "ret_data", lym_member_get(m, RET_DATA, 4), false);
	lym_text_char(m->b, '}');
}

/* What is at the stop is for the first member to say. */
void lym_struct_syscall_stop(struct lym_members *m, size_t off)
{
	enum { ENTRY = 1, EXIT = 2, SECCOMP = 3, RVAL = 24, IS_ERROR = 32 };
	struct lym_members in = *m;
	__u64 op = lym_member_get(m, 0, 1);

	if (op == ENTRY || op == SECCOMP)
		stopped_call(m, op == SECCOMP);
	if (op != EXIT)
		return;
	in.any = false;
	lym_member_name(m, "exit");
	lym_text_char(m->b, '{');
	if (lym_member_get(m, IS_ERROR, 1))
		error(&in, "rval", lym_member_get(m, RVAL, 8), true);
	else
		lym_member_int(&in, "rval", lym_member_get(m, RVAL, 8), true);
	if (m->n > IS_ERROR)
		lym_member_uint(&in, "is_error", lym_member_get(m, IS_ERROR, 1), false);
	lym_text_char(m->b, '}');
}
