/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names of the kernel's constants: the expander of schema/flags*.def; errors and system calls by name. */
#include <string.h>
#include <sys/syscall.h>
#include "names.h"
#include "schema.h"

struct name {
	__s64 value;
	const char *name;
};

/* An array for each table... */
#define TABLE(id, unknown) static const struct name names_##id[] = {
#define NAME(name, value) { value, #name },
#define END };
#include "flags.def"

enum kind {
	ONE,
	BITS,
	SET,
	GET,
	PROTO,
};

/* ...and one of the tables. */
static const struct {
	const struct name *n;
	unsigned int count;
	enum kind kind;
	__u32 key;
	const char *unknown;
} tables[LYM_NAMES_MAX] = {
#define ROW(id, kind, key, unknown) \
	[LYM_NAMES_##id] = { names_##id, sizeof(names_##id) / sizeof(struct name), kind, key, unknown },
#define TABLE(id, unknown) ROW(id, ONE, 0, unknown)
#define FLAGS(id, unknown) ROW(id, BITS, 0, unknown)
#define OPTIONS(id, level, unknown) ROW(id, SET, level, unknown)
#define OPTIONS_GET(id, level, unknown) ROW(id, GET, level, unknown)
#define PROTOCOLS(id, family, unknown) ROW(id, PROTO, family, unknown)
#include "flags.def"
#undef ROW
};

/* Of a table of flags, which has any order. */
static const char *find_bits(enum lym_names t, __u64 v)
{
	unsigned int i;

	for (i = 0; i < tables[t].count; i++) {
		if ((__u64)tables[t].n[i].value == v)
			return tables[t].n[i].name;
	}
	return NULL;
}

const char *lym_names_find(enum lym_names t, __u64 v)
{
	unsigned int low = 0, high, mid;
	const struct name *n;
	__s64 s = v;

	if ((unsigned int)t >= LYM_NAMES_MAX || !tables[t].count)
		return NULL;
	if (tables[t].kind == BITS)
		return find_bits(t, v);
	n = tables[t].n;
	high = tables[t].count;
	if (n[0].value < 0 && v >> 32 == 0)
		s = (__s32)v;
	if (s < n[0].value)
		return NULL;
	/* Most tables have no gaps, or few: the number is where its distance from the first says, or before. */
	mid = (__u64)s - n[0].value < high ? (__u64)s - n[0].value : high - 1;
	for (; low < high; mid = (low + high) / 2) {
		if (n[mid].value == s)
			return n[mid].name;
		if (n[mid].value < s)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static void unknown(struct lym_buf *b, enum lym_names t, __u64 v)
{
	lym_text_hex(b, v);
	if (!*tables[t].unknown)
		return;
	lym_text_lit(b, " /* ");
	lym_text_str(b, tables[t].unknown);
	lym_text_lit(b, " */");
}

const char *lym_names_unknown(enum lym_names t)
{
	return tables[t].unknown;
}

void lym_names_put(struct lym_buf *b, enum lym_names t, __u64 v)
{
	const char *s = b->names == LYM_NAMES_RAW ? NULL : lym_names_find(t, v);

	if (b->names == LYM_NAMES_RAW) {
		lym_text_hex(b, v);
	} else if (!s) {
		unknown(b, t, v);
	} else if (b->names) {
		lym_text_hex(b, v);
		lym_text_lit(b, " /* ");
		lym_text_str(b, s);
		lym_text_lit(b, " */");
	} else {
		lym_text_str(b, s);
	}
}

/* The bits of v that have names, between bars; returns the others. */
static __u64 bits(struct lym_buf *b, enum lym_names t, __u64 v)
{
	const struct name *n = tables[t].n, *end = n + tables[t].count;
	size_t start = b->len;

	for (; v && n < end; n++) {
		if (!n->value || (v & n->value) != (__u64)n->value)	/* a name may stand for several bits */
			continue;
		v &= ~n->value;
		if (b->len > start)
			lym_text_char(b, '|');
		lym_text_str(b, n->name);
	}
	return v;
}

void lym_names_flags(struct lym_buf *b, enum lym_names t, __u64 v)
{
	bool named = v ? lym_names_known(t, v) : find_bits(t, 0) != NULL;
	__u64 rest;

	if (b->names == LYM_NAMES_RAW || (!v && !named)) {
		lym_text_hex(b, v);
		return;
	}
	if (!named) {
		unknown(b, t, v);
		return;
	}
	if (b->names) {
		lym_text_hex(b, v);
		lym_text_lit(b, " /* ");
	}
	rest = bits(b, t, v);
	if (!v)
		lym_text_str(b, find_bits(t, 0));
	if (rest) {
		lym_text_char(b, '|');
		lym_text_hex(b, rest);
	}
	if (b->names)
		lym_text_lit(b, " */");
}

bool lym_names_known(enum lym_names t, __u64 v)
{
	unsigned int i;

	for (i = 0; i < tables[t].count; i++) {
		if (tables[t].n[i].value && (v & tables[t].n[i].value) == (__u64)tables[t].n[i].value)
			return true;
	}
	return false;
}

void lym_names_print(struct lym_buf *b, enum lym_names t, __u64 v)
{
	if (tables[t].kind == BITS)
		lym_names_flags(b, t, v);
	else
		lym_names_put(b, t, v);
}

static enum lym_names by_key(enum kind kind, __u32 key)
{
	unsigned int t;

	for (t = 0; t < LYM_NAMES_MAX; t++) {
		if (tables[t].kind == kind && tables[t].key == key)
			return t;
	}
	return LYM_NAMES_MAX;
}

enum lym_names lym_names_options(__u32 level, bool get, __u32 name)
{
	enum lym_names t = LYM_NAMES_MAX;

	if (get) {
		t = by_key(GET, level);
		if (t != LYM_NAMES_MAX && !lym_names_find(t, name))
			t = LYM_NAMES_MAX;
	}
	return t == LYM_NAMES_MAX ? by_key(SET, level) : t;
}

enum lym_names lym_names_protocols(__u32 family)
{
	if (family == 1 || family == 0)		/* AF_UNIX has none, and is asked for often */
		return LYM_NAMES_MAX;
	if (family == 2)
		return LYM_NAMES_proto_ip;
	return by_key(PROTO, family == 10 ? 2 : family);	/* AF_INET6 has those of AF_INET */
}

__u32 lym_names_ioctl(__u32 v, bool compat)
{
	const struct lym_ioctl32 *t;
	unsigned int n, low = 0, mid;

	t = lym_schema_ioctl32(&n);
	while (compat && low < n) {
		mid = (low + n) / 2;
		if (t[mid].value == v)
			return t[mid].native;
		if (t[mid].value < v)
			low = mid + 1;
		else
			n = mid;
	}
	return v;
}

bool lym_names_ioctl_same(__u32 v)
{
	const struct lym_ioctl32 *t;
	unsigned int n, i;

	t = lym_schema_ioctl32(&n);
	for (i = 0; i < n && t[i].native != v; i++)
		;
	return i == n;
}

const char *lym_names_errno(unsigned int err)
{
	return lym_names_find(LYM_NAMES_errno, err);
}

const char *lym_names_errno_text(unsigned int err)
{
	switch (err) {
	case 512:
		return "To be restarted if SA_RESTART is set";
	case 513:
		return "To be restarted";
	case 514:
		return "To be restarted if no handler";
	case 516:
		return "Interrupted by signal";
	}
	if (err > 133)		/* the kernel's own; strerror() would have to build a text */
		return "Unknown error";
	return strerror(err);
}

#ifdef __aarch64__
/* Calls of arm's table that send or receive. */
static const char *compat_syscall(__u32 nr)
{
	static const struct {
		__u32 value;
		const char *name;
	} calls[] = {
		{ 3, "read" }, { 4, "write" }, { 6, "close" }, { 145, "readv" }, { 146, "writev" }, { 187, "sendfile" },
		{ 239, "sendfile64" }, { 281, "socket" }, { 282, "bind" }, { 283, "connect" }, { 284, "listen" },
		{ 285, "accept" }, { 286, "getsockname" }, { 287, "getpeername" }, { 288, "socketpair" },
		{ 289, "send" }, { 290, "sendto" }, { 291, "recv" }, { 292, "recvfrom" }, { 293, "shutdown" },
		{ 294, "setsockopt" }, { 295, "getsockopt" }, { 296, "sendmsg" }, { 297, "recvmsg" },
		{ 340, "splice" }, { 361, "preadv" }, { 362, "pwritev" }, { 365, "recvmmsg" }, { 366, "accept4" },
		{ 374, "sendmmsg" }, { 417, "recvmmsg_time64" }, { 425, "io_uring_setup" }, { 426, "io_uring_enter" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (calls[i].value == nr)
			return calls[i].name;
	}
	return NULL;
}
#endif

const char *lym_names_syscall(__u32 nr, bool compat)
{
	const struct lym_event *ev;

#ifdef __aarch64__
	if (compat)
		return compat_syscall(nr);
#endif
	ev = compat ? lym_schema_syscall32(nr) : lym_schema_syscall(nr);
	return ev ? ev->name : NULL;
}
