// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Loading and attaching the kernel side; with ring.c the only file that knows libbpf. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include "fail.h"
#include "pages.h"
#include "schema.h"
#include "tracer.h"
#include "lymer.skel.h"

#define RING_DEFAULT (16u << 20)	/* 20 ms of 2 M records/s of about 350 bytes */
#define RING_TOTAL (512u << 20)		/* what the defaults may take on a machine with many CPUs */
#define STAGE_VALUE_MAX 65280		/* the kernel's limit for local storage, less its own header */

struct lym_tracer {
	struct lym_plan plan;
	struct lymer_bpf *skel;
	unsigned int cpus, ring_bytes;
	int *ring;
	int cgroup;
	struct bpf_link **link;
	int *cg_link;
	bool *have;			/* hook i is loaded */
	bool late;			/* those that wait for being asked for are attached, too */
	__u64 *counts;			/* [key][cpu] */
	char degraded[1024];
};

static struct bpf_program *program(struct lym_tracer *t, unsigned int i)
{
	return bpf_object__find_program_by_name(t->skel->obj, lym_hooks[i].prog);
}

/* ---- what libbpf says: kept is which program failed, and the verifier's last word on it ---- */

static char bpf_log[512];

static int keep_log(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	static char text[1 << 16];
	char *end, *line;
	size_t n = strlen(bpf_log);

	if (getenv("LYMER_DEBUG"))
		return vfprintf(stderr, fmt, ap);
	if (level != LIBBPF_WARN)
		return 0;
	vsnprintf(text, sizeof(text), fmt, ap);
	if (strstr(text, "program load failed") && !n) {
		text[strcspn(text, "\n")] = 0;
		snprintf(bpf_log, sizeof(bpf_log), "%.200s", text + (strncmp(text, "libbpf: ", 8) ? 0 : 8));
	} else if (strstr(text, "PROG LOAD LOG") && (end = strstr(text, "\nprocessed "))) {
		*end = 0;
		line = strrchr(text, '\n');
		snprintf(bpf_log + n, sizeof(bpf_log) - n, ": %.200s", line ? line + 1 : text);
	}
	return 0;
}

static const char *log_line(void)
{
	return *bpf_log ? bpf_log : "no message";
}

/* Why the kernel did not take what. -EINVAL would be the user's mistake, which this is not. */
static int refused(int err, const char *what)
{
	if (err == -EPERM)
		return lym_fail(err, "the kernel does not allow BPF here (%s): run as root or with CAP_BPF, CAP_PERFMON and "
				"CAP_NET_ADMIN, and look at lockdown and the container's seccomp profile", what);
	return lym_fail(-EOPNOTSUPP, "this kernel refused %s (%s); Lymer is known to load on Linux 6.12 and 6.18; LYMER_DEBUG=1 "
			"shows the verifier's log", what, strerror(-err));
}

/* ---- maps whose size depends on the plan ---- */

static unsigned int power_of_two(unsigned int v)
{
	unsigned int p = 64;

	while (p < v)
		p *= 2;
	return p;
}

static int sized_storage(struct bpf_map *m, unsigned int value)
{
	LIBBPF_OPTS(bpf_map_create_opts, o, .map_flags = BPF_F_NO_PREALLOC);
	struct btf *btf = btf__new_empty();
	int fd, key, byte, err;

	if (!btf)
		return -ENOMEM;
	/* local storage wants to know its types: an int, and as many bytes as it takes */
	key = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	byte = btf__add_int(btf, "char", 1, 0);
	o.btf_value_type_id = btf__add_array(btf, key, byte, value);
	o.btf_key_type_id = key;
	err = btf__load_into_kernel(btf);
	if (err)
		goto out;
	o.btf_fd = btf__fd(btf);
	fd = bpf_map_create(bpf_map__type(m), bpf_map__name(m), 4, value, 0, &o);
	err = fd < 0 ? -errno : bpf_map__reuse_fd(m, fd);
	if (fd >= 0)
		close(fd);
out:
	btf__free(btf);
	return err;
}

/* Fill rodata from the plan and size the maps to it. */
static int configure(struct lym_tracer *t)
{
	volatile struct lym_config *c = (void *)&t->skel->rodata->config;
	unsigned int fixed, value, udp;
	size_t stage = bpf_map__value_size(t->skel->maps.stages);
	int err;

	c->snaplen = t->plan.snaplen;
	c->chunk = power_of_two(c->snaplen);
	if (c->chunk > LYM_CHUNK_MAX)
		c->chunk = LYM_CHUNK_MAX;
	c->chunks = (c->snaplen + c->chunk - 1) / c->chunk ?: 1;
	c->control = 512;
	fixed = stage + LYM_SLACK;
	c->area = 7104 + c->snaplen;
	c->area_mask = power_of_two(c->area + 1024) - 1;
	if (fixed + c->area_mask + 1 <= STAGE_VALUE_MAX)
		c->area = c->area_mask + 1 - 1024;
	else
		c->area_mask = 0;
	if (fixed + c->area > STAGE_VALUE_MAX)
		c->area = STAGE_VALUE_MAX - fixed;
	c->area &= ~7u;
	c->socket_recv = t->plan.want[LYM_EV_socket_recv];
	c->socket_send = t->plan.want[LYM_EV_socket_send];
	c->duration = t->plan.duration;
	c->terms = t->plan.scope.terms;
	c->sticky = lym_scope_sticky(&t->plan.scope);
	for (unsigned int i = 0; i < c->terms; i++)
		memcpy((void *)&t->skel->rodata->terms[i], &t->plan.scope.term[i], sizeof(struct lym_scope_term));

	value = fixed + (c->area_mask ? c->area_mask + 1 : c->area);
	udp = bpf_map__value_size(t->skel->maps.udps) + c->chunk * c->chunks + LYM_SLACK;
	err = sized_storage(t->skel->maps.stages, value);
	if (!err)
		err = sized_storage(t->skel->maps.sides, value);
	if (!err)
		err = sized_storage(t->skel->maps.udps, udp);
	if (err)
		return refused(err, "the memory of tasks and sockets (local storage)");
	return 0;
}

static int open_rings(struct lym_tracer *t)
{
	for (unsigned int i = 0; i < t->cpus; i++) {
		t->ring[i] = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "lymer_ring", 0, 0, t->ring_bytes, NULL);
		if (t->ring[i] < 0)
			return lym_fail(-errno, "cannot create a ring of %u bytes: %s; try a smaller --buffer",
					t->ring_bytes, strerror(errno));
		if (bpf_map_update_elem(bpf_map__fd(t->skel->maps.rings), &i, &t->ring[i], BPF_ANY))
			return lym_fail(-errno, "cannot register the ring of CPU %u: %s", i, strerror(errno));
	}
	return 0;
}

/* Which hooks this kernel has: a tracepoint is there if its BTF type is. */
static bool kernel_has(const struct btf *vmlinux, const char *hook)
{
	char name[128];

	if (strncmp(hook, "tp_btf/", 7))
		return true;
	snprintf(name, sizeof(name), "btf_trace_%s", hook + 7);
	return btf__find_by_name_kind(vmlinux, name, BTF_KIND_TYPEDEF) > 0;
}

static void choose_hooks(struct lym_tracer *t, const struct btf *vmlinux)
{
	for (unsigned int i = 0; i < lym_hooks_count; i++) {
		struct bpf_program *p = program(t, i);
		bool use = lym_hooks[i].needed(&t->plan) && kernel_has(vmlinux, lym_hooks[i].hook);

		if (strstr(lym_hooks[i].hook, "_unix")) {	/* libbpf 1.1 has no names for these */
			bpf_program__set_type(p, BPF_PROG_TYPE_CGROUP_SOCK_ADDR);
			bpf_program__set_expected_attach_type(p, lym_hooks[i].attach_type);
		}
		t->have[i] = use;
		bpf_program__set_autoload(p, use);
	}
}

static void drop_hook(struct lym_tracer *t, unsigned int i)
{
	t->have[i] = false;
	bpf_program__set_autoload(program(t, i), false);
}

/* Are there programs of others that see, and may change, the addresses that calls get and return? Then the address of a packet
 * is not the one that the receiver is told. */
static bool others_see_addresses(void)
{
	struct bpf_prog_info info;
	__u32 id = 0, len;
	bool found = false;
	int fd;

	while (!found && !bpf_prog_get_next_id(id, &id)) {
		fd = bpf_prog_get_fd_by_id(id);
		if (fd < 0)
			continue;
		memset(&info, 0, sizeof(info));
		len = sizeof(info);
		found = !bpf_obj_get_info_by_fd(fd, &info, &len) && info.type == BPF_PROG_TYPE_CGROUP_SOCK_ADDR;
		close(fd);
	}
	return found;
}

/* Can a program of cgroups find the stage of its task? Older kernels keep task storage from all of them, and do not know the
 * unix address hooks: a small program at this one finds out. */
static bool has_cgroup_hook(struct lym_tracer *t, int attach_type)
{
	struct bpf_insn look[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_current_task_btf },
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = bpf_map__fd(t->skel->maps.stages) }, { 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 4 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_task_storage_get },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, o, .expected_attach_type = (enum bpf_attach_type)attach_type);
	int fd = bpf_prog_load(BPF_PROG_TYPE_CGROUP_SOCK_ADDR, "lymer_probe", "GPL", look, sizeof(look) / sizeof(*look), &o);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno == EPERM;	/* which is no lack: loading the program will say so */
}

static void drop_cgroup_hooks(struct lym_tracer *t)
{
	bool ip = has_cgroup_hook(t, BPF_CGROUP_UDP4_RECVMSG), local = has_cgroup_hook(t, LYM_CG_RECVMSG_UNIX);

	for (unsigned int i = 0; i < lym_hooks_count; i++)
		if (lym_hooks[i].attach_type && !(strstr(lym_hooks[i].hook, "_unix") ? local : ip))
			drop_hook(t, i);
}

static bool lacks(struct lym_tracer *t, unsigned int i)
{
	return lym_hooks[i].needed(&t->plan) && !t->have[i];
}

/* "no A, B and 3 more: what is lost without them; no C: ..." */
static void describe_degraded(struct lym_tracer *t)
{
	FILE *f = fmemopen(t->degraded, sizeof(t->degraded), "w");

	for (unsigned int i = 0; f && i < lym_hooks_count; i++) {
		const char *without = lym_hooks[i].without;
		unsigned int k, more = 0;

		for (k = 0; k < i && !(lacks(t, i) && lacks(t, k) && !strcmp(lym_hooks[k].without, without)); k++)
			;
		if (!lacks(t, i) || k < i)	/* there, or told with an earlier one */
			continue;
		fprintf(f, "%sno %s", ftell(f) ? "; " : "", lym_hooks[i].hook);
		for (k++; k < lym_hooks_count; k++)
			if (lacks(t, k) && !strcmp(lym_hooks[k].without, without) && ++more <= 2)
				fprintf(f, ", %s", lym_hooks[k].hook);
		if (more > 2)
			fprintf(f, " and %u more", more - 2);
		fprintf(f, ": %s", without);
	}
	if (f)
		fclose(f);
}

static int load(struct lym_tracer *t)
{
	struct btf *vmlinux = btf__load_vmlinux_btf();
	volatile struct lym_config *c;
	int err = libbpf_get_error(vmlinux);

	if (err || !vmlinux)
		return lym_fail(-ENOENT, "this kernel tells no types (no /sys/kernel/btf/vmlinux): mount /sys, or use a kernel "
				"built with CONFIG_DEBUG_INFO_BTF");
	choose_hooks(t, vmlinux);
	c = (void *)&t->skel->rodata->config;
	c->cast = btf__find_by_name_kind(vmlinux, "bpf_rdonly_cast", BTF_KIND_FUNC) > 0;
	c->page_size = sysconf(_SC_PAGESIZE);
	btf__free(vmlinux);
	for (unsigned int i = 0; i < lym_hooks_count; i++)
		if (lacks(t, i) && !lym_hooks[i].without)
			return lym_fail(-EOPNOTSUPP, "this kernel lacks %s, which nothing replaces", lym_hooks[i].hook);
	/* socket_recv is made before the caller's memory has the address, so it needs that hook from the first receive on */
	t->late = t->plan.want[LYM_EV_socket_recv] || others_see_addresses();
	err = configure(t);
	if (err)
		return err;
	drop_cgroup_hooks(t);
	describe_degraded(t);
	lym_hooks_rows((void *)t->skel->rodata->rows, &t->plan);
	bpf_map__set_max_entries(t->skel->maps.rings, t->cpus);
	t->skel->bss->tree_descend = t->plan.scope.descend;
	err = lymer_bpf__load(t->skel);
	return err ? refused(err, log_line()) : 0;
}

int lym_tracer_open(struct lym_tracer **ret, const struct lym_plan *plan)
{
	LIBBPF_OPTS(bpf_object_open_opts, open_opts);
	struct lym_tracer *t = calloc(1, sizeof(*t));
	int err = -ENOMEM;

	if (!t)
		return lym_fail(-ENOMEM, "out of memory");
	*bpf_log = 0;
	libbpf_set_print(keep_log);
	t->plan = *plan;
	t->cgroup = -1;
	t->cpus = libbpf_num_possible_cpus();
	t->ring_bytes = plan->ring_bytes;
	if (!t->ring_bytes)
		for (t->ring_bytes = RING_DEFAULT; (__u64)t->ring_bytes * t->cpus > RING_TOTAL && t->ring_bytes > 1 << 20;)
			t->ring_bytes /= 2;
	t->ring = malloc(t->cpus * sizeof(*t->ring));
	t->link = calloc(lym_hooks_count, sizeof(*t->link));
	t->cg_link = malloc(lym_hooks_count * sizeof(*t->cg_link));
	t->have = calloc(lym_hooks_count, sizeof(*t->have));
	t->counts = calloc(LYM_EV_MAX * LYM_CAUSES * t->cpus, sizeof(*t->counts));
	if (!t->ring || !t->link || !t->cg_link || !t->have || !t->counts)
		goto out;
	memset(t->ring, -1, t->cpus * sizeof(*t->ring));
	memset(t->cg_link, -1, lym_hooks_count * sizeof(*t->cg_link));
	if (geteuid() != 0) {
		err = lym_fail(-EPERM, "not root: tracing needs root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN");
		goto out;
	}
	if (getenv("LYMER_DEBUG"))
		open_opts.kernel_log_level = 4;	/* what each program cost the verifier */
	t->skel = lymer_bpf__open_opts(&open_opts);
	if (!t->skel) {
		err = lym_fail(-errno, "cannot open the BPF object: %s", log_line());
		goto out;
	}
	err = load(t);
	if (!err)
		err = open_rings(t);
out:
	if (err)
		lym_tracer_close(t);
	else
		*ret = t;
	return err;
}

static int attach_one(struct lym_tracer *t, unsigned int i)
{
	struct bpf_program *p = program(t, i);

	if (lym_hooks[i].attach_type) {
		t->cg_link[i] = bpf_link_create(bpf_program__fd(p), t->cgroup, lym_hooks[i].attach_type, NULL);
		if (t->cg_link[i] < 0)
			return lym_fail(-errno, "cannot attach %s: %s", lym_hooks[i].hook, strerror(errno));
		return 0;
	}
	t->link[i] = bpf_program__attach(p);
	if (!t->link[i])
		return lym_fail(-errno, "cannot attach %s: %s", lym_hooks[i].hook, strerror(errno));
	return 0;
}

/* Run an iterator program to its end. */
static int iterate(struct bpf_link *link)
{
	char buf[64];
	int fd = bpf_iter_create(bpf_link__fd(link));

	if (fd < 0)
		return -errno;
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
	return 0;
}

/* Learn how this kernel maps its pages. Without it a UDP datagram that lies in pages and whose checksum is verified while
 * it is copied is told from user memory. */
static void measure_pages(struct lym_tracer *t, struct bpf_link *link)
{
	struct lym_pages p;

	if (lym_pages_open(&p))
		return;
	t->skel->bss->pages_magic = p.magic;
	t->skel->bss->pages_packet_fd = p.packet;
	t->skel->bss->pages_pipe_fd = p.pipe[0];
	iterate(link);
	lym_pages_close(&p);
}

/* Mark what runs already. A thread that a not yet marked one makes meanwhile may have a lower pid: go round until
 * nothing is new. */
static int seed(struct lym_tracer *t, struct bpf_link *link)
{
	__u64 before;
	int err;

	for (unsigned int i = 0; i < t->plan.scope.roots; i++)
		if (bpf_map_update_elem(bpf_map__fd(t->skel->maps.roots), &t->plan.scope.root[i], &(__u8){ 1 }, BPF_ANY))
			return lym_fail(-errno, "cannot tell the kernel which processes to trace: %s", strerror(errno));
	do {
		before = t->skel->bss->tree_marked;
		err = iterate(link);
		if (err)
			return lym_fail(err, "cannot walk the tasks: %s", strerror(-err));
	} while ((__u64)t->skel->bss->tree_marked != before);
	return 0;
}

int lym_tracer_attach(struct lym_tracer *t)
{
	const char *root = lym_scope_cgroup_root();
	struct bpf_link *seeder = NULL, *sockets = NULL;
	int err = 0;

	t->cgroup = root ? open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	for (unsigned int i = lym_hooks_count; i-- > 0 && !err;) {	/* the exit hook last: no half-seen call */
		if (!t->have[i] || (lym_hooks[i].attach_type && t->cgroup < 0) || (lym_hooks[i].late && !t->late))
			continue;
		err = attach_one(t, i);
		if (!err && !strcmp(lym_hooks[i].prog, "seed"))
			seeder = t->link[i];
		if (!err && !strcmp(lym_hooks[i].prog, "inherited"))
			sockets = t->link[i];
		if (!err && !strcmp(lym_hooks[i].prog, "measure_pages"))
			measure_pages(t, t->link[i]);
	}
	if (!err && seeder)
		err = seed(t, seeder);
	if (!err && sockets)	/* of tasks that are marked now */
		err = iterate(sockets);
	return err;
}

int lym_tracer_adapt(struct lym_tracer *t)
{
	int err = 0;

	if (t->late || !*(volatile __u32 *)&t->skel->bss->want_late)
		return 0;
	t->late = true;
	for (unsigned int i = 0; i < lym_hooks_count && !err; i++)
		if (lym_hooks[i].late && t->have[i] && t->cgroup >= 0)
			err = attach_one(t, i);
	return err;
}

void lym_tracer_detach(struct lym_tracer *t)
{
	for (unsigned int i = 0; i < lym_hooks_count; i++) {
		bpf_link__destroy(t->link[i]);
		t->link[i] = NULL;
		if (t->cg_link[i] >= 0)
			close(t->cg_link[i]);
		t->cg_link[i] = -1;
	}
}

void lym_tracer_close(struct lym_tracer *t)
{
	if (!t)
		return;
	if (t->link && t->cg_link)
		lym_tracer_detach(t);
	for (unsigned int i = 0; t->ring && i < t->cpus; i++)
		if (t->ring[i] >= 0)
			close(t->ring[i]);
	if (t->cgroup >= 0)
		close(t->cgroup);
	lymer_bpf__destroy(t->skel);
	free(t->ring);
	free(t->link);
	free(t->cg_link);
	free(t->have);
	free(t->counts);
	free(t);
}

int lym_tracer_ring(const struct lym_tracer *t, unsigned int cpu, size_t *bytes)
{
	*bytes = t->ring_bytes;
	return t->ring[cpu];
}

unsigned int lym_tracer_cpus(const struct lym_tracer *t)
{
	return t->cpus;
}

volatile __u32 *lym_tracer_sleeping(struct lym_tracer *t)
{
	return (volatile __u32 *)&t->skel->bss->sleeping;
}

int lym_tracer_refresh(struct lym_tracer *t)
{
	int fd = bpf_map__fd(t->skel->maps.counts);

	for (__u32 k = 0; k < LYM_EV_MAX * LYM_CAUSES; k++)
		if (bpf_map_lookup_elem(fd, &k, &t->counts[k * t->cpus]))
			return -errno;
	return 0;
}

__u64 lym_tracer_count(struct lym_tracer *t, unsigned int ev, enum lym_cause cause, int cpu)
{
	__u64 *c = &t->counts[(ev * LYM_CAUSES + cause) * t->cpus], sum = 0;

	if (cpu >= 0)
		return c[cpu];
	for (unsigned int i = 0; i < t->cpus; i++)
		sum += c[i];
	return sum;
}

__u64 lym_tracer_skipped(struct lym_tracer *t)
{
	__u64 sum = 0;

	for (unsigned int i = 0; i < lym_hooks_count; i++) {
		struct bpf_prog_info info = { 0 };
		__u32 len = sizeof(info);

		if (t->have[i] && !bpf_obj_get_info_by_fd(bpf_program__fd(program(t, i)), &info, &len))
			sum += info.recursion_misses;
	}
	return sum;
}

__u64 lym_tracer_tree_lost(struct lym_tracer *t)
{
	return t->skel->bss->tree_lost;
}

void lym_tracer_report(struct lym_tracer *t, FILE *f)
{
	for (unsigned int i = 0; i < lym_hooks_count; i++)
		fprintf(f, "%-32s %-9s %s\n", lym_hooks[i].hook, t->have[i] ? "yes" : "missing",
			t->have[i] || !lym_hooks[i].without ? "" : lym_hooks[i].without);
}

const char *lym_tracer_degraded(struct lym_tracer *t)
{
	return *t->degraded ? t->degraded : NULL;
}
