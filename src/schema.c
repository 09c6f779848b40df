/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The catalogue: the only user-side expander of the .def files that declare events and types. */
#include <stdbool.h>
#include <string.h>
#include "config.h"
#ifdef __aarch64__
#include "arm64.h"
#endif
#include "schema.h"
#include "tables.h"

static const struct lym_type types[LYM_T_MAX] = {
#define TYPE(name, capture, printer, json, arg) [LYM_T_##name] = { #name, capture, printer, #json, arg },
#include "types.def"
#undef TYPE
};

/* The sets as the rows name them, and as users do. */
#define SET_FS "fs"
#define SET_IO "io"
#define SET_IPC "ipc"
#define SET_MEM "mem"
#define SET_NET "net"
#define SET_PROC "proc"
#define SET_SIGNALS "signals"
#define SET_SYSTEM "system"
#define SET_TIME "time"
#define SET_USER "user"
#define SET_LYMER "lymer"

#define ARG(type, name, ctype, tags, doc) { #name, ctype, tags, doc, LYM_T_##type },
/* How many fields a row has: the array that its ARGs would fill. */
#define COUNT(...) (int)(sizeof((struct lym_field[]){ __VA_ARGS__ }) / sizeof(struct lym_field))

/* The number of a row's system call here. */
#ifdef __aarch64__
#define NR(name, id) LYM_NR_##name
#else
#define NR(name, id) ((id) - 1)
#endif

/* The number of the call that one of 32-bit programs alone is like... */
enum {
#define SYSCALL(name, id, set, doc, args) LIKE_##name = NR(name, id),
#include "syscalls.def"
#undef SYSCALL
};
/* ...and its public number; those of socketcall that have no number have one behind all others. */
#define ID32(nr, ev) ((nr) ? 11000 + (nr) : 12000 + (ev) - LYM_EV_MAX)

static const struct lym_event events[LYM_EV_MAX] = {
#define SYSCALL(name, id, set, doc, args) \
	[LYM_EV_##name] = { #name, SET_##set, doc, LYM_EV_##name, id, NR(name, id), false, COUNT(args), { args } },
#define EVENT(name, id, set, doc, args) \
	[LYM_EV_##name] = { #name, SET_##set, doc, LYM_EV_##name, id, -1, false, COUNT(args), { args } },
#include "syscalls.def"
#include "events.def"
#undef SYSCALL
#undef EVENT
#define SYSCALL32(name, nr, like, set, doc, args) \
	[LYM_EV_##name] = { #name, SET_##set, doc, LYM_EV_##name, ID32(nr, LYM_EV_##name), LIKE_##like, true, COUNT(args), { args } },
#include "syscalls32.def"
#undef SYSCALL32
};

/* Which row has a number, and 1; those that this architecture lacks stand behind. */
static const __u16 by_nr[2 * LYM_SYSCALLS] = {
#define SYSCALL(name, id, set, doc, args) [NR(name, id) < 0 ? LYM_SYSCALLS + (id) : NR(name, id)] = LYM_EV_##name + 1,
#include "syscalls.def"
#undef SYSCALL
};

const struct lym_event *lym_schema_syscall(__u32 nr)
{
	return nr < LYM_SYSCALLS && by_nr[nr] ? &events[by_nr[nr] - 1] : NULL;
}

/* The same of i386: behind the numbers come the parts of those calls that are several. */
static const struct lym_call32 calls32[] = {
#define PART(nr, event, how, sub) { nr, LYM_EV_##event, how, sub },
#define SAME(nr, event) { nr, LYM_EV_##event, MUX_NONE, 0 },
#include "i386.def"
#undef PART
#undef SAME
#define SYSCALL32(name, nr, like, set, doc, args) { (nr) ?: LYM_SYSCALLS, LYM_EV_##name, MUX_NONE, 0 },
#include "syscalls32.def"
#undef SYSCALL32
};

const struct lym_call32 *lym_schema_call32(unsigned int i)
{
	return i < sizeof(calls32) / sizeof(*calls32) ? &calls32[i] : NULL;
}

const struct lym_event *lym_schema_syscall32(__u32 nr)
{
	unsigned int i;

	for (i = 0; i < sizeof(calls32) / sizeof(*calls32); i++) {
		if (calls32[i].nr == nr && (calls32[i].how == MUX_NONE || calls32[i].how == MUX_MEMORY))
			return &events[calls32[i].event];
	}
	return NULL;
}

static const struct lym_ioctl32 ioctls32[] = {
#define IOCTL32(value, native) { value, native },
#include "ioctl32.def"
#undef IOCTL32
};

const struct lym_ioctl32 *lym_schema_ioctl32(unsigned int *n)
{
#ifdef __x86_64__
	*n = sizeof(ioctls32) / sizeof(*ioctls32);
#else
	*n = 0;
#endif
	return ioctls32;
}

/* An array of rows for each BY; the first is for all other values... */
#define BY(id, from, mask, printer, arg) static const struct lym_choice choices_##id[] = { { ~0u, printer, false, arg },
#define CHOICE(value, printer, arg, out) { value, printer, out, arg },
#define END };
#include "choices.def"

/* ...and one of them. */
static const struct {
	const struct lym_choice *c;
	unsigned int count, from;
	__u32 mask;
} bys[LYM_BY_MAX] = {
#define BY(id, from, mask, printer, arg) \
	[LYM_BY_##id] = { choices_##id, sizeof(choices_##id) / sizeof(struct lym_choice), from, mask },
#include "choices.def"
};

static const struct lym_choice *chosen(unsigned int by, unsigned int i, const __u64 *args, unsigned int n)
{
	unsigned int from = bys[by].from < 6 ? bys[by].from : i - 1, low = 1, high = bys[by].count, mid;
	__u32 v = from < n ? args[from] & bys[by].mask : 0;

	while (low < high) {
		mid = (low + high) / 2;
		if (bys[by].c[mid].value == v)
			return &bys[by].c[mid];
		if (bys[by].c[mid].value < v)
			low = mid + 1;
		else
			high = mid;
	}
	return &bys[by].c[0];
}

const struct lym_choice *lym_schema_choice(unsigned int by, unsigned int i, const __u64 *args, unsigned int n)
{
	const struct lym_choice *c = chosen(by, i, args, n);
	int k;

	for (k = 0; k < 2 && c->printer == PR_CHOICE; k++)
		c = chosen(c->arg, i, args, n);
	return c;
}

bool lym_schema_function(const struct lym_event *ev)
{
	return !strcmp(ev->set, SET_USER);
}

bool lym_schema_makes_fd(const struct lym_event *ev)
{
	static const char calls[] =
		" open openat openat2 creat open_by_handle_at open_tree open_tree_attr fsopen fsmount fspick memfd_create memfd_secret "
		"dup dup2 dup3 socket accept accept4 eventfd eventfd2 epoll_create epoll_create1 signalfd signalfd4 timerfd_create "
		"bpf fcntl inotify_init inotify_init1 fanotify_init userfaultfd perf_event_open pidfd_open pidfd_getfd io_uring_setup "
		"landlock_create_ruleset mq_open ";
	size_t n = strlen(ev->name);

	for (const char *p = calls; (p = strstr(p, ev->name)); p++)
		if (p[-1] == ' ' && p[n] == ' ')
			return true;
	return false;
}

bool lym_schema_choices(unsigned int by, unsigned int k, struct lym_by_row *b, const struct lym_choice **c)
{
	if (by >= LYM_BY_MAX || k >= bys[by].count)
		return false;
	b->from = bys[by].from;
	b->mask = bys[by].mask;
	*c = &bys[by].c[k];
	return true;
}

const struct lym_event *lym_schema_event(unsigned int ev)
{
	return ev < LYM_EV_MAX ? &events[ev] : NULL;
}

const struct lym_event *lym_schema_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < LYM_EV_MAX; i++) {
		if (!strcmp(name, events[i].name))
			return &events[i];
	}
	return NULL;
}

#define WORD 32

/* Edits that turn a into b: a letter added, removed, changed, or two neighbours swapped. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int d[WORD + 1][WORD + 1], i, j, v, la = strlen(a), lb = strlen(b);

	if (la > WORD || lb > WORD)
		return ~0u;
	for (i = 0; i <= la; i++) {
		for (j = 0; j <= lb; j++) {
			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			v = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			if (d[i - 1][j] + 1 < v)
				v = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < v)
				v = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < v)
				v = d[i - 2][j - 2] + 1;
			d[i][j] = v;
		}
	}
	return d[la][lb];
}

const char *lym_schema_nearest(const char *name)
{
	unsigned int i, d, best = strlen(name) / 3 + 1;	/* farther is no slip of the finger */
	const char *ret = NULL;

	for (i = 0; i < LYM_EV_MAX; i++) {
		d = distance(name, events[i].name);
		if (d < best || (d == best && !ret)) {
			best = d;
			ret = events[i].name;
		}
	}
	return ret;
}

const struct lym_type *lym_schema_type(enum lym_type_id id)
{
	return (unsigned int)id < LYM_T_MAX ? &types[id] : &types[0];
}

bool lym_schema_wide(const struct lym_type *t)
{
	return strstr(t->json, "64") || *t->json == 'p';	/* a pointer */
}

static __u64 mix(__u64 h, const char *s)
{
	do
		h = (h ^ (unsigned char)*s) * 0x100000001b3;	/* FNV-1a, with the closing NUL */
	while (*s++);
	return h;
}

__u64 lym_schema_hash(void)
{
	__u64 h = 0xcbf29ce484222325;
	unsigned int i;
	int f;

	for (i = 0; i < LYM_EV_MAX; i++) {
		h = mix(h, events[i].name);
		for (f = 0; f < events[i].nfields; f++) {
			h = mix(h, events[i].field[f].name);
			h = mix(h, types[events[i].field[f].type].name);
		}
	}
	return h;
}
