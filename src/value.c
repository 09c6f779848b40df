// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Numbers that mean more than one table says, as strace prints them. */
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>
#include "names.h"
#include "value.h"

void lym_value_named(struct lym_buf *b, __u64 v, void (*number)(struct lym_buf *b, __u64 v),
		     void (*names)(struct lym_buf *b, __u64 v))
{
	unsigned char style = b->names;
	size_t undo, start;

	if (style)
		number(b, v);
	if (style == LYM_NAMES_RAW)
		return;
	undo = b->len;
	if (style)
		lym_text_lit(b, " /* ");
	b->names = 0;
	start = b->len;
	names(b, v);
	b->names = style;
	if (!style)
		return;
	if (b->len > start)
		lym_text_lit(b, " */");
	else
		b->len = undo;
}

static void put_dec(struct lym_buf *b, __u64 v)
{
	lym_text_i64(b, (__s32)v);
}

static void open_flags(struct lym_buf *b, __u64 v)
{
	lym_names_put(b, LYM_NAMES_open_access, v & 3);
	if (!(v & ~3ull))
		return;
	lym_text_char(b, '|');
	/* beside an access mode what is unknown needs no comment */
	if (lym_names_known(LYM_NAMES_open_flags, v & ~3ull))
		lym_names_flags(b, LYM_NAMES_open_flags, v & ~3ull);
	else
		lym_text_hex(b, v & ~3ull);
}

void lym_value_open_flags(struct lym_buf *b, __u64 v)
{
	lym_value_named(b, v, lym_text_hex, open_flags);
}

/* printf's %#03o */
void lym_value_umode(struct lym_buf *b, __u64 v)
{
	char tmp[24], *p = tmp + sizeof(tmp);
	int digits = 0;

	do {
		*--p = '0' + (v & 7);
		v >>= 3;
		digits++;
	} while (v);
	if (*p != '0')
		*--p = '0';
	while (tmp + sizeof(tmp) - p < 3)
		*--p = '0';
	lym_text_bytes(b, p, tmp + sizeof(tmp) - p);
}

static void file_mode(struct lym_buf *b, __u64 v)
{
	const char *type = v & 0170000 ? lym_names_find(LYM_NAMES_mode_type, v & 0170000) : "";

	if (!type) {
		lym_value_umode(b, v);
		return;
	}
	lym_text_str(b, type);
	if (*type)
		lym_text_char(b, '|');
	if (v & 04000)
		lym_text_lit(b, "S_ISUID|");
	if (v & 02000)
		lym_text_lit(b, "S_ISGID|");
	if (v & 01000)
		lym_text_lit(b, "S_ISVTX|");
	lym_value_umode(b, v & ~0177000u);
}

void lym_value_file_mode(struct lym_buf *b, __u32 v)
{
	lym_value_named(b, v, lym_value_umode, file_mode);
}

static void dev(struct lym_buf *b, __u64 v)
{
	lym_text_lit(b, "makedev(");
	lym_text_hex(b, major(v));
	lym_text_lit(b, ", ");
	lym_text_hex(b, minor(v));
	lym_text_char(b, ')');
}

void lym_value_dev(struct lym_buf *b, __u64 v)
{
	lym_value_named(b, v, lym_text_hex, dev);
}

/* Without "SIG"; false: it has no name. */
static bool signal_name(struct lym_buf *b, __s32 v)
{
	const char *s = v > 0 ? lym_names_find(LYM_NAMES_signal, v) : NULL;

	if (s) {
		lym_text_str(b, s + 3);
	} else if (v == 32) {
		lym_text_lit(b, "RTMIN");
	} else if (v > 32 && v <= 64) {
		lym_text_lit(b, "RT_");
		lym_text_u64(b, v - 32);
	} else {
		return false;
	}
	return true;
}

void lym_value_signal(struct lym_buf *b, __s32 v)
{
	size_t undo;

	if (b->names)
		lym_text_i64(b, v);
	if (b->names == LYM_NAMES_RAW)
		return;
	undo = b->len;
	lym_text_str(b, b->names ? " /* SIG" : "SIG");
	if (!signal_name(b, v)) {
		b->len = undo;
		if (!b->names)
			lym_text_i64(b, v);
	} else if (b->names) {
		lym_text_lit(b, " */");
	}
}

void lym_value_sigset(struct lym_buf *b, const void *p, size_t n)
{
	__u64 mask = 0, all;
	bool first = true;
	int i, size;

	n = n < 8 ? n : 8;
	memcpy(&mask, p, n);
	size = n > 4 ? 64 : 32;
	all = size == 64 ? ~0ull : ~0u;
	if (__builtin_popcountll(mask) >= size * 2 / 3) {
		lym_text_char(b, '~');
		mask = ~mask & all;
	}
	lym_text_char(b, '[');
	for (i = 1; mask; i++, mask >>= 1) {
		if (!(mask & 1))
			continue;
		if (!first)
			lym_text_char(b, ' ');
		first = false;
		if (b->names)
			lym_text_u64(b, i);
		if (b->names == LYM_NAMES_RAW)
			continue;
		if (b->names)
			lym_text_lit(b, " /* ");
		signal_name(b, i);
		if (b->names)
			lym_text_lit(b, " */");
	}
	lym_text_char(b, ']');
}

void lym_value_sigset_json(struct lym_buf *b, const void *p, size_t n)
{
	size_t begin = b->len;
	__u64 mask = 0;

	memcpy(&mask, p, n < 8 ? n : 8);
	for (int i = 1; mask; i++, mask >>= 1) {
		if (!(mask & 1))
			continue;
		lym_text_lit(b, ",\"SIG");
		signal_name(b, i);
		lym_text_char(b, '"');
	}
	if (b->len == begin)
		lym_text_char(b, '[');
	else
		b->p[begin] = '[';		/* in place of the first one's comma */
	lym_text_char(b, ']');
}

void lym_value_quota_cmd(struct lym_buf *b, __u32 v)
{
	unsigned char names = b->names;

	if (names) {
		lym_text_u64(b, v);
		if (names == LYM_NAMES_RAW)
			return;
		lym_text_lit(b, " /* ");
	}
	b->names = 0;
	lym_text_lit(b, "QCMD(");
	lym_names_put(b, LYM_NAMES_quota_cmd, v >> 8);
	lym_text_lit(b, ", ");
	lym_names_put(b, LYM_NAMES_quota_type, v & 0xff);
	lym_text_char(b, ')');
	b->names = names;
	if (names)
		lym_text_lit(b, " */");
}

void lym_value_handler(struct lym_buf *b, __u64 v)
{
	const char *s = lym_names_find(LYM_NAMES_sa_handler_values, v);

	if (s)
		lym_text_str(b, s);
	else
		lym_text_ptr(b, v);
}

static void key(struct lym_buf *b, __u64 v)
{
	const char *s = (__s32)v < 0 ? lym_names_find(LYM_NAMES_key_spec, (__s64)(__s32)v) : NULL;

	if (s)
		lym_text_str(b, s);
}

static void ipc_key(struct lym_buf *b, __u64 v)
{
	const char *s = lym_names_find(LYM_NAMES_ipc_private, v);

	if (s)
		lym_text_str(b, s);
}

/* The same where a name replaces the number, and most have none. */
static void named_or(struct lym_buf *b, __u64 v, void (*number)(struct lym_buf *b, __u64 v),
		     void (*names)(struct lym_buf *b, __u64 v))
{
	size_t start = b->len;

	lym_value_named(b, v, number, names);
	if (b->len == start)
		number(b, v);
}

static void socketcall(struct lym_buf *b, __u64 v)
{
	const char *s = lym_names_find(LYM_NAMES_socketcalls, (__u32)v);

	if (s)
		lym_text_str(b, s);
}

void lym_value_socketcall(struct lym_buf *b, __s32 v)
{
	named_or(b, v, put_dec, socketcall);
}

static void ipc_call(struct lym_buf *b, __u64 v)
{
	const char *s = lym_names_find(LYM_NAMES_ipccalls, v);

	if (s)
		lym_text_str(b, s);
}

void lym_value_ipc_call(struct lym_buf *b, __u32 v)
{
	if (v >> 16) {
		lym_text_u64(b, v >> 16);
		lym_text_lit(b, "<<16|");
	}
	named_or(b, v & 0xffff, put_dec, ipc_call);
}

#define IPC_64 0x100

void lym_value_ipc_cmd(struct lym_buf *b, enum lym_names t, __u32 v)
{
	if (v & IPC_64) {
		lym_names_put(b, LYM_NAMES_ipc_64, IPC_64);
		lym_text_char(b, '|');
	}
	lym_names_put(b, t, v & ~IPC_64);
}

void lym_value_key(struct lym_buf *b, __s32 v)
{
	named_or(b, v, put_dec, key);
}

void lym_value_ipc_key(struct lym_buf *b, __u32 v)
{
	named_or(b, v, lym_text_hex, ipc_key);
}

void lym_value_ioprio_names(struct lym_buf *b, __u64 v)
{
	lym_text_lit(b, "IOPRIO_PRIO_VALUE(");
	lym_names_put(b, LYM_NAMES_ioprio_class, (__u32)v >> 13);
	lym_text_lit(b, ", ");
	lym_text_u64(b, v & 0x1fff);
	lym_text_char(b, ')');
}

void lym_value_ioprio(struct lym_buf *b, __u32 v)
{
	if (b->names)
		put_dec(b, v);
	if (b->names == LYM_NAMES_RAW)
		return;
	if (b->names)
		lym_text_lit(b, " /* ");
	lym_value_ioprio_names(b, v);
	if (b->names)
		lym_text_lit(b, " */");
}

static void dirfd(struct lym_buf *b, __u64 v)
{
	if ((__s32)v == -100)
		lym_text_lit(b, "AT_FDCWD");
}

void lym_value_dirfd(struct lym_buf *b, __s32 v)
{
	named_or(b, v, put_dec, dirfd);
}

static void fan_nofd(struct lym_buf *b, __u64 v)
{
	lym_text_lit(b, "FAN_NOFD");
}

void lym_value_fan_dirfd(struct lym_buf *b, __s32 v)
{
	if (v == -1)
		lym_value_named(b, v, put_dec, fan_nofd);
	else
		lym_value_dirfd(b, v);
}

void lym_value_error(struct lym_buf *b, __s64 v, bool negated)
{
	const char *name = negated == (v < 0) ? lym_names_errno(negated ? -v : v) : NULL;

	if (!name || b->names)
		lym_text_i64(b, v);
	if (!name || b->names == LYM_NAMES_RAW)
		return;
	lym_text_str(b, b->names ? " /* " : "");
	lym_text_str(b, negated ? "-" : "");
	lym_text_str(b, name);
	lym_text_str(b, b->names ? " */" : "");
}

void lym_value_names_dec(struct lym_buf *b, enum lym_names t, __s64 v)
{
	const char *name = lym_names_find(t, v);

	if (!name || b->names)
		lym_text_i64(b, v);
	if (b->names == LYM_NAMES_RAW)
		return;
	if (!name || b->names)
		lym_text_lit(b, " /* ");
	lym_text_str(b, name ?: lym_names_unknown(t));
	if (!name || b->names)
		lym_text_lit(b, " */");
}

static void rlim(struct lym_buf *b, __u64 v)
{
	if (v == ~0ull) {
		lym_text_lit(b, "RLIM64_INFINITY");
	} else if (v > 1024 && v % 1024 == 0) {
		lym_text_u64(b, v / 1024);
		lym_text_lit(b, "*1024");
	}
}

void lym_value_rlim(struct lym_buf *b, __u64 v)
{
	named_or(b, v, lym_text_u64, rlim);
}

static void rlim32(struct lym_buf *b, __u64 v)
{
	if (v == ~0u)
		lym_text_lit(b, "RLIM_INFINITY");
	else
		rlim(b, v);
}

void lym_value_rlim32(struct lym_buf *b, __u64 v)
{
	named_or(b, v, lym_text_u64, rlim32);
}

void lym_value_caps(struct lym_buf *b, __u64 v)
{
	__u64 rest = 0;
	bool first = true;
	const char *s;
	int i;

	if (!v)
		lym_text_char(b, '0');
	for (i = 0; i < 64; i++) {
		if (!(v & 1ull << i))
			continue;
		s = lym_names_find(LYM_NAMES_cap, i);
		if (!s) {
			rest |= 1ull << i;
			continue;
		}
		lym_text_str(b, first ? "1<<" : "|1<<");
		lym_text_str(b, s);
		first = false;
	}
	if (!rest)
		return;
	if (!first)
		lym_text_char(b, '|');
	lym_text_hex(b, rest >> 32);	/* the known ones of the lower half are all */
	lym_text_lit(b, "<<32");
}

void lym_value_id(struct lym_buf *b, __u32 v)
{
	if (v == ~0u)
		lym_text_lit(b, "-1");
	else
		lym_text_u64(b, v);
}

bool lym_value_time(struct lym_buf *b, __s64 sec, __u64 part, unsigned int digits)
{
	static const __u64 max[10] = { [0] = 0, [6] = 999999, [9] = 999999999 };
	time_t t = sec;
	struct tm tm;
	char text[80];
	size_t n;

	if ((!sec && !part) || part > max[digits] || !localtime_r(&t, &tm))
		return false;
	n = strftime(text, sizeof(text), "%FT%T", &tm);
	lym_text_bytes(b, text, n);
	if (part) {
		lym_text_char(b, '.');
		lym_text_dec(b, part, digits);
	}
	n = strftime(text, sizeof(text), "%z", &tm);
	lym_text_bytes(b, text, n);
	return true;
}

void lym_value_time_comment(struct lym_buf *b, __s64 sec, __u64 part, unsigned int digits)
{
	size_t undo = b->len;

	lym_text_lit(b, " /* ");
	if (lym_value_time(b, sec, part, digits))
		lym_text_lit(b, " */");
	else
		b->len = undo;
}

void lym_value_clock(struct lym_buf *b, __u64 v)
{
	__u64 hz = sysconf(_SC_CLK_TCK);

	lym_text_u64(b, v);
	if (!v || hz != 100 || b->names == LYM_NAMES_RAW)
		return;
	lym_text_lit(b, " /* ");
	lym_text_u64(b, v / hz);
	lym_text_char(b, '.');
	lym_text_dec(b, v % hz, 2);
	lym_text_lit(b, " s */");
}

void lym_value_personality(struct lym_buf *b, __u32 v)
{
	if (v == ~0u) {
		lym_text_hex(b, v);
		return;
	}
	lym_names_put(b, LYM_NAMES_personality_types, v & 0xff);
	if (v & ~0xffu) {
		lym_text_char(b, '|');
		lym_value_flags(b, LYM_NAMES_personality_flags, v & ~0xffu);
	}
}

static void status_event(struct lym_buf *b, __u32 v)
{
	if (v >> 16) {
		lym_text_char(b, '|');
		lym_names_put(b, LYM_NAMES_ptrace_events, v >> 16);
		lym_text_lit(b, "<<16");
	}
	if (v & 0xffff) {
		lym_text_char(b, '|');
		lym_text_hex(b, v & 0xffff);
	}
}

void lym_value_wait_status_json(struct lym_buf *b, __u32 v)
{
	__u32 sig = v & 0x7f, code = v >> 8 & 0xff;

	lym_text_lit(b, "{\"status\":");
	lym_text_u64(b, v);
	if (v == 0xffff) {
		lym_text_lit(b, ",\"continued\":true");
	} else if (!sig) {
		lym_text_lit(b, ",\"exited\":");
		lym_text_u64(b, code);
	} else {
		lym_text_str(b, sig == 0x7f ? ",\"stopped\":\"" : ",\"killed\":\"");
		lym_value_signal(b, sig == 0x7f ? code & 0x7f : sig);
		lym_text_char(b, '"');
		if (sig != 0x7f && v & 0x80)
			lym_text_lit(b, ",\"core_dumped\":true");
		if (sig == 0x7f && code & 0x80)
			lym_text_lit(b, ",\"syscall\":true");
	}
	if (v >> 16) {
		lym_text_lit(b, ",\"event\":\"");
		lym_names_put(b, LYM_NAMES_ptrace_events, v >> 16);
		lym_text_char(b, '"');
	}
	lym_text_char(b, '}');
}

void lym_value_wait_status(struct lym_buf *b, __u32 v)
{
	__u32 low = v & 0xff, sig = v & 0x7f, code = v >> 8 & 0xff;

	lym_text_char(b, '[');
	if (low == 0x7f) {
		lym_text_lit(b, "{WIFSTOPPED(s) && WSTOPSIG(s) == ");
		lym_value_signal(b, code & 0x7f);
		lym_text_str(b, code & 0x80 ? " | 0x80}" : "}");
		status_event(b, v & ~(code << 8 | 0x7f));
	} else if (sig && sig != 0x7f) {
		lym_text_lit(b, "{WIFSIGNALED(s) && WTERMSIG(s) == ");
		lym_value_signal(b, sig);
		lym_text_str(b, v & 0x80 ? " && WCOREDUMP(s)}" : "}");
		status_event(b, v & ~(sig | 0x80));
	} else if (!sig) {
		lym_text_lit(b, "{WIFEXITED(s) && WEXITSTATUS(s) == ");
		lym_text_u64(b, code);
		lym_text_char(b, '}');
		status_event(b, v & ~(code << 8));
	} else if (v == 0xffff) {
		lym_text_lit(b, "{WIFCONTINUED(s)}");
	} else {
		lym_text_hex(b, v);
	}
	lym_text_char(b, ']');
}

void lym_value_explained(struct lym_buf *b, enum lym_names t, __u32 v)
{
	unsigned char names = b->names;

	b->names = names ?: LYM_NAMES_BOTH;
	lym_names_print(b, t, v);
	b->names = names;
}

void lym_value_explained_int(struct lym_buf *b, enum lym_names t, __s32 v)
{
	unsigned char names = b->names;

	lym_text_i64(b, v);
	if (names == LYM_NAMES_RAW)
		return;
	lym_text_lit(b, " /* ");
	b->names = 0;
	lym_text_str(b, lym_names_find(t, (__u32)v) ?: lym_names_unknown(t));
	b->names = names;
	lym_text_lit(b, " */");
}

static void ptracer(struct lym_buf *b, __u64 v)
{
	if ((__s32)v == -1)
		lym_text_lit(b, "PR_SET_PTRACER_ANY");
}

void lym_value_ptracer(struct lym_buf *b, __u32 v)
{
	named_or(b, v, put_dec, ptracer);
}

void lym_value_mac(struct lym_buf *b, const void *p, size_t n)
{
	const unsigned char *c = p;
	size_t i;

	if (b->names) {
		lym_text_char(b, '"');
		lym_text_xstr(b, p, n);
		lym_text_char(b, '"');
	}
	if (b->names == LYM_NAMES_RAW)
		return;
	if (b->names)
		lym_text_lit(b, " /* ");
	for (i = 0; i < n; i++) {
		if (i)
			lym_text_char(b, ':');
		lym_text_hexpad(b, c[i], 2);
	}
	if (b->names)
		lym_text_lit(b, " */");
}
