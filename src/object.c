// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The object file of the kernel side, and what libbpf does not do with it as fast as it could: the numbers that types and
 * functions have in this kernel's type information are put in by ourselves (btf.c says why), what a plan never reaches is taken out
 * (prune.h), and the kernel verifies all programs at the same time, on as many CPUs as there are.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include "btf.h"
#include "fail.h"
#include "hooks.h"
#include "object.h"
#include "probe.h"
#include "prune.h"
#include "uprobe.h"
#include "lymer.skel.h"
#include "old.skel.h"

#define NAME 64
#define LOG (256 << 20)
#define TRACEPOINT_SRCU "tracepoint_srcu_srcu_data"	/* whose readers can be preempted, unlike those of what guards tracepoints elsewhere */

#define LOOPS "bpf_loop"		/* the newest of what config.bare stands for */
#define PROGRAM "bpf_prog_aux"
#define STACK "priv_stack_ptr"	/* of it, where it has one of each CPU: what decides who gets one may be there before (6.12) */
#define UNPREEMPTED_CALLS "bpf_dynptr_copy"	/* has come with 6.15, as that global functions may be called by who is not preempted */
#ifdef __x86_64__
#define BARE_WORKS true
#else
#define BARE_WORKS false		/* nobody has tried */
#endif

/* A program on its way into the kernel. */
struct job {
	const struct lym_hook *hook;
	bool wanted, later;
	struct lym_program p;
	struct bpf_prog_load_opts opts;
	int fd;			/* -errno */
	char *log;		/* the verifier's, if it refused, or if asked for */
};

struct lym_object {
	struct lymer_bpf *skel;
	bool old;			/* of the second object: this kernel is not one for the first */
	bool bare;			/* nor does it have all that the second one uses elsewhere */
	struct lym_btf *btf;
	int excerpt;			/* a file in memory */
	__u32 id[LYM_ID_END - LYM_ID_FIRST];	/* what stands for enum lym_id here; 0: this kernel has no such thing */
	struct job job[LYM_HOOKS_MAX];	/* of lym_hooks[] */
	struct job *queue[LYM_HOOKS_MAX];	/* those that wait for a worker */
	unsigned int queued, workers;
	bool complete;			/* no more will come */
	pthread_mutex_t lock;		/* of these */
	pthread_cond_t more;
	pthread_t worker[LYM_HOOKS_MAX];
};

/* What libbpf has to say: kept is the first complaint, until it is asked for everything. */

static char complaint[256];
static bool debug;

static int listen(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (debug)
		return vfprintf(stderr, fmt, ap);
	if (level == LIBBPF_WARN && !*complaint) {
		vsnprintf(complaint, sizeof(complaint), fmt, ap);
		complaint[strcspn(complaint, "\n")] = 0;
		if (!strncmp(complaint, "libbpf: ", 8))
			memmove(complaint, complaint + 8, strlen(complaint + 8) + 1);
	}
	return 0;
}

/* ---- this kernel's numbers ---- */

static const struct {
	const char *name;
	unsigned int kind;
} ids[] = {
#define ID(name) [LYM_ID_##name - LYM_ID_FIRST] = { #name, BTF_KIND_FUNC },
	LYM_FUNCTIONS(ID)
#undef ID
#define ID(name) [LYM_ID_##name - LYM_ID_FIRST] = { #name, BTF_KIND_STRUCT },
	LYM_TYPES(ID)
#undef ID
};

/* The type that stands for a hook, and its kind; false: a hook without one, of a cgroup, of a kprobe. */
static bool hook_type(const char *hook, char name[NAME], unsigned int *kind)
{
	static const struct {
		const char *word, *type;
		unsigned int kind;
	} t[] = {
		{ "tp_btf/", "btf_trace_%s", BTF_KIND_TYPEDEF }, { "iter/", "bpf_iter_%s", BTF_KIND_FUNC },
		{ "lsm/", "bpf_lsm_%s", BTF_KIND_FUNC }, { "fentry/", "%s", BTF_KIND_FUNC },
		{ "fexit/", "%s", BTF_KIND_FUNC },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++)
		if (!strncmp(hook, t[i].word, strlen(t[i].word))) {
			*kind = t[i].kind;
			snprintf(name, NAME, t[i].type, hook + strlen(t[i].word));
			return true;
		}
	return false;
}

static bool has_id(const struct lym_object *o, enum lym_id which)
{
	return o->id[which - LYM_ID_FIRST];
}

/* What the kernel calls its types and functions; -ENOSYS: it is one for the second object. Else explained. */
static int read_types(struct lym_object *o)
{
	static char hooks[LYM_HOOKS_MAX][NAME];
	const char *names[LYM_HOOKS_MAX + sizeof(ids) / sizeof(*ids) + 4];
	unsigned int n = 0, kind;
	int err;

	for (unsigned int i = 0; i < lym_hooks_count; i++)
		if (hook_type(lym_hooks[i].hook, hooks[i], &kind))
			names[n++] = hooks[i];
	for (unsigned int i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		names[n++] = ids[i].name;
	names[n++] = TRACEPOINT_SRCU;
	names[n++] = LOOPS;
	names[n++] = PROGRAM;
	names[n++] = UNPREEMPTED_CALLS;
	err = lym_btf_open(&o->btf, bpf_object__btf(o->skel->obj), names, n);
	if (err == -ENOENT)
		return lym_fail(err, "this kernel tells no types (no /sys/kernel/btf/vmlinux): mount /sys, or use a kernel "
				"built with CONFIG_DEBUG_INFO_BTF");
	if (err)
		return lym_fail(err, "this kernel's type information is not understood: %s", strerror(-err));
	for (unsigned int i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		o->id[i] = lym_btf_id(o->btf, ids[i].name, ids[i].kind);
	if (!o->old && !has_id(o, LYM_ID_bpf_rdonly_cast))
		return -ENOSYS;
	if (o->old && !lym_btf_id(o->btf, LOOPS, BTF_KIND_FUNC))
		o->bare = true;
	if (o->bare && !BARE_WORKS)
		return lym_fail(-EOPNOTSUPP, "this kernel lacks bpf_loop(), which nothing replaces on this architecture; it has come with Linux 5.17");
	for (unsigned int i = 0; i < lym_hooks_count; i++)
		if (hook_type(lym_hooks[i].hook, hooks[i], &kind))
			o->job[i].opts.attach_btf_id = lym_btf_id(o->btf, hooks[i], kind);
	err = lym_btf_excerpt(o->btf, o->excerpt);
	return err ? lym_fail(err, "cannot make an excerpt of the kernel's type information: %s", strerror(-err)) : 0;
}

/* Numbers in a program's instructions: of types where they are loaded into a register, of functions where they are called. And what a bare
 * kernel does not know and refuses even where it can never come, in branches that config.bare closes: instructions that exchange. */
static void put_ids(const struct lym_object *o, struct bpf_insn *insn, size_t n, bool twin)
{
	for (size_t i = 0; i < n; i++) {
		__u32 which = (__u32)insn[i].imm - LYM_ID_FIRST;

		if (o->bare && insn[i].code == (BPF_STX | BPF_ATOMIC | BPF_DW) && insn[i].imm) {
			insn[i] = (struct bpf_insn){ .code = BPF_JMP | BPF_JA };
			continue;
		}
		if (which >= LYM_ID_END - LYM_ID_FIRST || (!o->id[which] && which != LYM_ID_twin - LYM_ID_FIRST))
			continue;
		if (insn[i].code == (BPF_JMP | BPF_CALL) && !insn[i].src_reg)
			insn[i].src_reg = BPF_PSEUDO_KFUNC_CALL;
		else if (insn[i].code != (BPF_ALU64 | BPF_MOV | BPF_K) && insn[i].code != (BPF_ALU | BPF_MOV | BPF_K))
			continue;
		insn[i].imm = which == LYM_ID_twin - LYM_ID_FIRST ? twin : o->id[which];
	}
}

/* ---- loading ---- */

static enum bpf_prog_type type_of(const struct lym_hook *h)
{
	if (lym_hooks_tier(h) == TIER_LSM)
		return BPF_PROG_TYPE_LSM;
	if (lym_hooks_tier(h) == TIER_KPROBE || lym_hooks_uprobe(h))
		return BPF_PROG_TYPE_KPROBE;
	if (strncmp(h->hook, "cgroup/", 7))
		return BPF_PROG_TYPE_TRACING;
	return strcmp(h->hook, "cgroup/sock_create") ? BPF_PROG_TYPE_CGROUP_SOCK_ADDR : BPF_PROG_TYPE_CGROUP_SOCK;
}

/* As it is attached; nobody says that of a kprobe before, nor of a uprobe that is alone. */
static enum bpf_attach_type expected(const struct lym_hook *h)
{
	return lym_hooks_tier(h) == TIER_KPROBE || (lym_hooks_uprobe(h) && !lym_uprobe_many()) ? 0 : lym_hooks_attach_type(h);
}

int lym_object_try(const struct lym_object *o, unsigned int hook)
{
	const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 }, { .code = BPF_JMP | BPF_EXIT },
	};
	const struct job *j = &o->job[hook];
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .attach_btf_id = j->opts.attach_btf_id, .expected_attach_type = expected(j->hook));
	int fd;

	if (!lym_object_has(o, j->hook))
		return -ENOENT;
	fd = bpf_prog_load(type_of(j->hook), "lymer_probe", "Dual BSD/GPL", nothing, 2, &opts);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int submit(struct job *j)
{
	int fd = bpf_prog_load(type_of(j->hook), j->hook->prog, "Dual BSD/GPL", j->p.insn, j->p.n, &j->opts);

	return fd < 0 ? -errno : fd;
}

static void forget(struct job *j)
{
	free(j->p.insn);
	free(j->p.func);
	free(j->p.line);
	j->p = (struct lym_program){};
}

/* Lines of the source are for whoever debugs; the kernel takes a while to check them. */
static void run(const struct lym_object *o, struct job *j)
{
	int err = 0;
	size_t size;
	const void *data = bpf_map__initial_value(o->skel->maps.rodata, &size);

	lym_prune(&j->p, bpf_map__fd(o->skel->maps.rodata), data, size);	/* if it cannot, the whole does as well, later */
	j->opts.func_info = j->p.func;
	j->opts.func_info_cnt = j->p.funcs;
	j->opts.line_info = j->p.line;
	j->opts.line_info_cnt = 0;
	if (!debug)
		j->fd = err = submit(j);
	if (debug || err < 0) {		/* once more, to hear what it cost, or why not */
		j->log = malloc(LOG);
		j->opts.log_buf = j->log;
		j->opts.log_size = j->log ? LOG : 0;
		j->opts.log_level = debug ? atoi(getenv("LYMER_DEBUG")) : 1;
		j->opts.line_info_cnt = j->p.lines;
		j->fd = submit(j);
		if (err < 0 && j->fd < 0)
			j->fd = err;	/* and not that the log is too long */
	}
	forget(j);
}

/* The longest of those that wait, so that none begins when the others are through; NULL: all are taken. */
static struct job *take(struct lym_object *o)
{
	struct job *j = NULL;
	unsigned int best = 0;

	pthread_mutex_lock(&o->lock);
	while (!o->queued && !o->complete)
		pthread_cond_wait(&o->more, &o->lock);
	for (unsigned int i = 1; i < o->queued; i++)
		if (o->queue[i]->p.n > o->queue[best]->p.n)
			best = i;
	if (o->queued) {
		j = o->queue[best];
		o->queue[best] = o->queue[--o->queued];
	}
	pthread_mutex_unlock(&o->lock);
	return j;
}

static void *work(void *arg)
{
	struct job *j;

	while ((j = take(arg)))
		run(arg, j);
	return NULL;
}

/* One more, for which another worker begins while there are processors. */
static void put(struct lym_object *o, struct job *j)
{
	pthread_mutex_lock(&o->lock);
	o->queue[o->queued++] = j;
	pthread_cond_signal(&o->more);
	pthread_mutex_unlock(&o->lock);
	if (o->workers + 1 < sysconf(_SC_NPROCESSORS_ONLN) && !pthread_create(&o->worker[o->workers], NULL, work, o))
		o->workers++;
}

/* These were all: help to run them, or drop those that nobody has begun. */
static void run_rest(struct lym_object *o, bool drop)
{
	pthread_mutex_lock(&o->lock);
	o->complete = true;
	o->queued = drop ? 0 : o->queued;
	pthread_cond_broadcast(&o->more);
	pthread_mutex_unlock(&o->lock);
	work(o);
	while (o->workers > 0)
		pthread_join(o->worker[--o->workers], NULL);
}

static struct lym_object *loading;	/* libbpf's handlers are not an object's own */

static void *copy(const void *from, size_t n)
{
	void *to = malloc(n);

	return to && n ? memcpy(to, from, n) : to;
}

/* A complete program: one more to be loaded. */
static int queue(struct lym_object *o, struct job *j, const struct bpf_program *p, const struct bpf_prog_load_opts *opts)
{
	__u32 hook = j->opts.attach_btf_id;

	j->p = (struct lym_program){ .n = bpf_program__insn_cnt(p), .funcs = opts->func_info_cnt, .lines = opts->line_info_cnt };
	j->p.insn = copy(bpf_program__insns(p), j->p.n * sizeof(*j->p.insn));
	j->p.func = copy(opts->func_info, j->p.funcs * sizeof(*j->p.func));
	j->p.line = copy(opts->line_info, j->p.lines * sizeof(*j->p.line));
	if (!j->p.insn || !j->p.func || !j->p.line)
		return -ENOMEM;
	put_ids(o, j->p.insn, j->p.n, j->hook->twin);
	j->opts = *opts;
	j->opts.attach_btf_id = hook;
	j->opts.expected_attach_type = expected(j->hook);
	if (!j->later)
		put(o, j);
	return 0;
}

/*
 * Called by libbpf when a program is complete, to be loaded next. It is queued for ourselves; libbpf loads something harmless
 * in its place, a socket filter of two instructions.
 */
static int prepare(struct bpf_program *p, struct bpf_prog_load_opts *opts, long unused)
{
	static const struct bpf_insn harmless[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 }, { .code = BPF_JMP | BPF_EXIT },
	};
	int err = 0;

	for (struct job *j = loading->job; j < loading->job + lym_hooks_count && !err; j++)
		if (j->wanted && !strcmp(j->hook->prog, bpf_program__name(p)))
			err = queue(loading, j, p, opts);
	opts->prog_btf_fd = opts->func_info_cnt = opts->line_info_cnt = 0;
	return err ?: bpf_program__set_insns(p, (struct bpf_insn *)harmless, 2);
}

/* Our handler for the section of each hook. */
static int handle_sections(void)
{
	static bool done;

	for (unsigned int i = 0; i < lym_hooks_count && !done && !lym_hooks[i].twin; i++) {
		LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .prog_prepare_load_fn = prepare);
		int err = libbpf_register_prog_handler(lym_hooks[i].hook, BPF_PROG_TYPE_SOCKET_FILTER, 0, &opts);

		if (err < 0)
			return err;
	}
	done = true;
	return 0;
}

/* Both objects are of the same sources: they have the same maps and variables, so one skeleton serves both. */
_Static_assert(sizeof(struct lymer_bpf__rodata) == sizeof(struct old_bpf__rodata), "rodata of both objects");
_Static_assert(sizeof(struct lymer_bpf__bss) == sizeof(struct old_bpf__bss), "bss of both objects");
_Static_assert(sizeof(((struct lymer_bpf *)0)->maps) == sizeof(((struct old_bpf *)0)->maps), "maps of both objects");

static const void *file(const struct lym_object *o, size_t *size)
{
	return o->old ? old_bpf__elf_bytes(size) : lymer_bpf__elf_bytes(size);
}

/* Open the object; of all that it has, nothing is loaded that is not asked for. */
static int open_file(struct lym_object *o)
{
	char path[40];
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = path);
	struct bpf_program *p;
	int err;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", o->excerpt);
	o->skel = calloc(1, sizeof(*o->skel));
	err = o->skel ? lymer_bpf__create_skeleton(o->skel) : -ENOMEM;
	if (!err) {
		o->skel->skeleton->data = (void *)file(o, &o->skel->skeleton->data_sz);
		o->skel->skeleton->prog_cnt = 0;	/* they are found by name, where they are */
		err = bpf_object__open_skeleton(o->skel->skeleton, &opts);
	}
	if (err)
		return lym_fail(err, "cannot open the BPF object: %s", *complaint ? complaint : strerror(-err));
	bpf_object__for_each_program(p, o->skel->obj)
		bpf_program__set_autoload(p, false);
	return read_types(o);
}

int lym_object_open(struct lym_object **ret)
{
	struct lym_object *o = calloc(1, sizeof(*o));
	int err;

	if (!o)
		return lym_fail(-ENOMEM, "out of memory");
	pthread_mutex_init(&o->lock, NULL);
	pthread_cond_init(&o->more, NULL);
	debug = getenv("LYMER_DEBUG");
	o->old = getenv("LYMER_OLD");		/* for whoever has no such kernel */
	o->bare = o->old && !strcmp(getenv("LYMER_OLD"), "bare");
	*complaint = 0;
	libbpf_set_print(listen);
	for (unsigned int i = 0; i < LYM_HOOKS_MAX; i++) {
		o->job[i].hook = &lym_hooks[i];
		o->job[i].fd = -ENOENT;
	}
	o->excerpt = memfd_create("lymer-btf", MFD_CLOEXEC);
	err = o->excerpt < 0 ? -errno : handle_sections();
	if (err)
		lym_fail(err, "cannot make room for types: %s", strerror(-err));
	else
		err = open_file(o);
	if (err == -ENOSYS) {
		o->old = true;
		lym_btf_close(o->btf);
		o->btf = NULL;
		lymer_bpf__destroy(o->skel);
		err = open_file(o);
	}
	if (err)
		lym_object_close(o);
	else
		*ret = o;
	return err;
}

/* Can programs forbid that they are preempted? */
static bool can_forbid(const struct lym_object *o)
{
	return has_id(o, LYM_ID_bpf_preempt_disable) && has_id(o, LYM_ID_bpf_preempt_enable);
}

bool lym_object_preemptible(const struct lym_object *o)
{
	return lym_btf_id(o->btf, TRACEPOINT_SRCU, BTF_KIND_VAR) && can_forbid(o) && has_id(o, LYM_ID_bpf_local_irq_save) &&
	       has_id(o, LYM_ID_bpf_local_irq_restore);
}

bool lym_object_stacks(const struct lym_object *o)
{
	return lym_btf_has(o->btf, PROGRAM, STACK) && lym_btf_id(o->btf, UNPREEMPTED_CALLS, BTF_KIND_FUNC) && can_forbid(o);
}

bool lym_object_hides(const struct lym_object *o)
{
	return o->old && lym_probe_preempts();
}

bool lym_object_guards(const struct lym_object *o)
{
	return !o->old && !lym_object_preemptible(o) && can_forbid(o) && lym_probe_preempts();
}

/* Programs at functions of files can be preempted: may they? */
static bool uprobes_are_safe(const struct lym_object *o)
{
	if (o->old)
		return !lym_object_hides(o);
	return can_forbid(o) && (!lym_btf_has(o->btf, PROGRAM, STACK) || lym_object_stacks(o) || !lym_probe_preempts());
}

struct lymer_bpf *lym_object_skeleton(struct lym_object *o)
{
	return o->skel;
}

bool lym_object_old(const struct lym_object *o)
{
	return o->old;
}

bool lym_object_bare(const struct lym_object *o)
{
	return o->bare;
}

bool lym_object_has(const struct lym_object *o, const struct lym_hook *h)
{
	char name[NAME];
	unsigned int kind;

	if (o->old && !bpf_object__find_program_by_name(o->skel->obj, h->prog))
		return false;
	if (o->bare && !strncmp(h->prog, "user_", 5))	/* who follow what is at functions of files */
		return false;
	if (lym_hooks_uprobe(h))
		return uprobes_are_safe(o) && lym_uprobe_works();
	return !hook_type(h->hook, name, &kind) || lym_btf_id(o->btf, name, kind);
}

void lym_object_want(struct lym_object *o, unsigned int hook, bool later)
{
	bpf_program__set_autoload(bpf_object__find_program_by_name(o->skel->obj, lym_hooks[hook].prog), true);
	o->job[hook].wanted = true;
	o->job[hook].later = later;
}

/* The verifier's last word: the line before its statistics. */
static const char *verdict(char *log)
{
	char *end = log ? strstr(log, "\nprocessed ") : NULL, *line;

	if (!end)
		return "no message";
	*end = 0;
	line = strrchr(log, '\n');
	return line ? line + 1 : log;
}

int lym_object_refused(int err, const char *what)
{
	if (err == -EPERM)
		return lym_fail(err, "the kernel does not allow BPF here (%s): run as root or with CAP_BPF, CAP_PERFMON and "
				"CAP_NET_ADMIN, and look at lockdown and the container's seccomp profile", what);
	return lym_fail(-EOPNOTSUPP, "this kernel refused %s (%s); Lymer is known to load on Linux 5.10, 6.1, 6.12, 6.18 and 7.3; LYMER_DEBUG=1 "
			"shows the verifier's log", what, strerror(-err));
}

int lym_object_load(struct lym_object *o)
{
	int err;

	loading = o;
	err = lymer_bpf__load(o->skel);
	loading = NULL;
	run_rest(o, err);
	if (err)
		return lym_object_refused(err, *complaint ? complaint : "the BPF object");
	for (struct job *j = o->job; debug && j < o->job + lym_hooks_count; j++)
		fprintf(stderr, "lymer: %s: %s\n", j->hook->prog, j->log ?: "not loaded");
	for (struct job *j = o->job; j < o->job + lym_hooks_count; j++) {
		char what[300];

		if (!j->wanted || j->later || j->fd >= 0 || lym_hooks_tier(j->hook) != TIER_TRACEPOINT)	/* which nothing else depends on */
			continue;
		snprintf(what, sizeof(what), "program %s: %.200s", j->hook->prog, verdict(j->log));
		return lym_object_refused(j->fd, what);
	}
	return 0;
}

void lym_object_load_later(struct lym_object *o)
{
	for (struct job *j = o->job; j < o->job + lym_hooks_count; j++)
		if (j->later && j->p.insn) {
			run(o, j);
			if (j->fd < 0)
				lym_note("this kernel refused program %s (%s: %.200s), so: %s", j->hook->prog, strerror(-j->fd),
					 verdict(j->log), j->hook->without);
		}
}

int lym_object_program(struct lym_object *o, unsigned int hook)
{
	int fd = o->job[hook].fd;

	o->job[hook].fd = -ENOENT;
	return fd;
}

void lym_object_close(struct lym_object *o)
{
	size_t page = sysconf(_SC_PAGESIZE), size, begin, end;

	if (!o)
		return;
	begin = (size_t)file(o, &size);
	for (struct job *j = o->job; j < o->job + lym_hooks_count; j++) {
		if (j->fd >= 0)
			close(j->fd);
		free(j->log);
		forget(j);
	}
	lym_btf_close(o->btf);
	lymer_bpf__destroy(o->skel);
	if (o->excerpt >= 0)
		close(o->excerpt);
	free(o);
	/* the tracer runs long: neither the heap that this took nor the file, which is part of our program, need stay */
	malloc_trim(0);
	end = (begin + size) & -page;
	begin = (begin + page - 1) & -page;
	if (end > begin)
		madvise((void *)begin, end - begin, MADV_DONTNEED);
}
