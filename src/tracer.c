// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The kernel side configured, loaded, attached; what it counts. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include "aside.h"
#include "counts.h"
#include "fail.h"
#include "kprobe.h"
#include "object.h"
#include "pages.h"
#include "probe.h"
#include "ringmaps.h"
#include "schema.h"
#include "stages.h"
#include "tiers.h"
#include "tracer.h"
#include "truth.h"
#include "lymer.skel.h"

#define STAGE_VALUE_MAX 65280		/* the kernel's limit for local storage, less its own header */

struct lym_tracer {
	struct lym_plan plan;
	struct lym_object *object;	/* until it is loaded */
	struct lymer_bpf *skel;		/* its skeleton */
	unsigned int cpus;
	struct lym_ringmaps rings;
	struct lym_stages stages;
	int roots_map, places_map, loads_map;	/* -1: there is none */
	struct lymer_bpf__bss *bss;	/* what both sides write while running */
	int cgroup;
	bool *have;			/* lym_hooks[i] is loaded */
	int *prog, *link;		/* its program and where that is attached; -1 */
	bool late;			/* those that wait for being asked for are attached, too */
	struct lym_counts counts;
	struct lym_pages pages;
	struct lym_aside ringer, loader, pager, grower;
	char degraded[1024];
};

/* ---- maps whose size depends on the plan ---- */

static unsigned int power_of_two(unsigned int v)
{
	unsigned int p = 64;

	while (p < v)
		p *= 2;
	return p;
}

/* Fill rodata from the plan and size the maps to it. */
static int configure(struct lym_tracer *t)
{
	volatile struct lym_config *c = (void *)&t->skel->rodata->config;
	unsigned int fixed, value, room;
	size_t stage = bpf_map__value_size(t->skel->maps.stages);
	int err;

	c->snaplen = t->plan.snaplen;
	c->each = t->plan.each;
	c->chunk = power_of_two(c->snaplen);
	if (c->chunk > LYM_CHUNK_MAX)
		c->chunk = LYM_CHUNK_MAX;
	c->chunks = (c->snaplen + c->chunk - 1) / c->chunk ?: 1;
	c->netlink = c->each && c->snaplen && c->snaplen < LYM_NETLINK ? LYM_NETLINK : c->snaplen;
	c->control = 512;
	c->tracer = getpid();
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
	c->phases = t->plan.phases;
	c->bare = t->plan.bare;
	c->no_follow = t->plan.no_follow;
	c->files = t->plan.files;
	c->fd_socks = t->plan.files && t->plan.addresses;
	c->sock_files = t->plan.files && t->plan.sockets;
	lym_scope_config(&t->plan.scope, c, (void *)t->skel->rodata->terms);

	value = fixed + (c->area_mask ? c->area_mask + 1 : c->area);
	room = c->chunk * c->chunks;
	err = lym_stages_open(&t->stages, t->skel, value, c->socket_recv || c->socket_send, t->plan.bare);
	if (!err)
		err = lym_stages_sockets(t->skel->maps.udps, bpf_map__value_size(t->skel->maps.udps) + LYM_SLACK, &room, c->chunk);
	if (err)
		return lym_object_refused(err, "the memory of tasks and sockets (local storage)");
	c->udp_room = room;
	c->udp_max = room < c->snaplen ? room : c->snaplen;
	c->pooled = t->plan.pooled = t->stages.pooled;
	c->pool_shift = t->stages.shift;
	t->skel->bss->pool_slots = t->stages.arrays << t->stages.shift;
	c->preemptible = lym_object_preemptible(t->object);
	c->stacks = lym_object_stacks(t->object);
	c->twins = t->plan.twins = c->preemptible && lym_probe_preempted();
	return 0;
}

static int use_rings(struct lym_tracer *t)
{
	volatile struct lym_config *c = (void *)&t->skel->rodata->config;
	int err = lym_aside_join(&t->ringer);

	if (err)
		return lym_ringmaps_explain(&t->rings, err);
	if (t->rings.bytes < t->plan.ring_bytes)
		lym_note("this kernel makes no rings of %u bytes a CPU, so they have %u", t->plan.ring_bytes, t->rings.bytes);
	if (bpf_map__reuse_fd(t->skel->maps.rings, t->rings.map) || bpf_map__reuse_fd(t->skel->maps.bell, t->rings.bell))
		err = lym_fail(-errno, "cannot use the rings: %s", strerror(errno));
	bpf_map__set_max_entries(t->skel->maps.counts, t->cpus * LYM_COUNTERS);
	c->key = t->rings.key;
	c->ring_mask = t->rings.bytes - 8;
	return err;
}

static void drop_cgroup_hooks(struct lym_tracer *t)
{
	int stages = bpf_map__fd(t->skel->maps.stages);
	bool any = !t->plan.bare, ip = any && lym_probe_cgroup(BPF_CGROUP_UDP4_RECVMSG, stages), local = any && lym_probe_cgroup(LYM_CG_RECVMSG_UNIX, stages);

	for (unsigned int i = 0; i < lym_hooks_count; i++)
		if (lym_hooks[i].attach_type && !(strstr(lym_hooks[i].hook, "_unix") ? local : ip))
			t->have[i] = false;
}

/* What a receive has taken is told when its length is: where no hook brings that, nobody need look. */
static void drop_payload_hooks(struct lym_tracer *t)
{
	bool told = false;

	for (unsigned int i = 0; i < lym_hooks_count; i++)
		told |= lym_hooks[i].serves == DATUM_RECV && t->have[i];
	for (unsigned int i = 0; i < lym_hooks_count && !told; i++)
		if (lym_hooks[i].serves == DATUM_COPIED || lym_hooks[i].serves == DATUM_UDP)
			t->have[i] = false;
}

/* Is it attached only if it is asked for while tracing? */
static bool waits(const struct lym_tracer *t, unsigned int i)
{
	return lym_hooks[i].late && !t->late;
}

static bool lacks(struct lym_tracer *t, unsigned int i)
{
	return lym_hooks_needed(&lym_hooks[i], &t->plan) && !lym_hooks[i].twin && !t->have[i];
}

/* ---- aside: what the kernel takes tens of milliseconds for ---- */

static void *open_rings(void *arg)
{
	struct lym_tracer *t = arg;

	t->ringer.err = lym_ringmaps_open(&t->rings, t->cpus, t->plan.ring_bytes);
	return NULL;
}

static void *load_object(void *arg)
{
	struct lym_tracer *t = arg;

	t->loader.err = lym_object_load(t->object);
	return NULL;
}

static void *open_pages(void *arg)
{
	lym_pages_open(&((struct lym_tracer *)arg)->pages);
	return NULL;
}

/* Load what can wait, and give back what only the start needed. */
static void *tidy(void *arg)
{
	struct lym_tracer *t = arg;

	lym_object_load_later(t->object);
	for (unsigned int i = 0; i < lym_hooks_count; i++)
		if (t->have[i] && waits(t, i) && (t->prog[i] = lym_object_program(t->object, i)) < 0)
			t->have[i] = false;
	lym_object_close(t->object);
	t->object = NULL;
	lym_pages_close(&t->pages);
	return NULL;
}

static void *grow(void *arg)
{
	struct lym_tracer *t = arg;
	int n = lym_stages_grow(&t->stages);

	if (n > 0)
		*(volatile __u32 *)&t->bss->pool_slots = n;
	t->grower.err = n < 0 ? n : 0;
	__atomic_store_n(&t->grower.done, true, __ATOMIC_RELEASE);
	return NULL;
}

/* ---- loading ---- */

/* What arguments point at by the value of others: all of it in one call, of which a later row replaces an earlier one. */
static int fill_choices(const struct lym_plan *plan, struct bpf_map *map)
{
	__u32 n = 0, max = bpf_map__max_entries(map);
	struct lym_chosen *value = calloc(max, sizeof(*value));
	__u64 *key = calloc(max, sizeof(*key));
	struct lym_by_row b;
	int err = 0;

	if (!value || !key)
		err = -ENOMEM;
	for (unsigned int k = 0; !err && n < max && lym_hooks_ioctl32(k, plan, &key[n], &value[n]); k++)
		n += !!value[n].in32;
	for (unsigned int by = 0; !err && lym_hooks_choice(by, 0, plan, &b, &(__u64){ 0 }, &(struct lym_chosen){ 0 }); by++)
		for (unsigned int k = 1; n < max && lym_hooks_choice(by, k, plan, &b, &key[n], &value[n]); k++)
			n++;
	if (!err && n == max)
		err = -E2BIG;
	if (!err && bpf_map_update_batch(bpf_map__fd(map), key, value, &n, NULL))
		err = -errno;
	free(key);
	free(value);
	return err ? lym_fail(err, "cannot fill the table of choices: %s", strerror(-err)) : 0;
}

/* Keep what is used while running: the object will go. */
static int keep(struct lym_tracer *t)
{
	size_t page = sysconf(_SC_PAGESIZE), size = (sizeof(*t->bss) + page - 1) & -page;
	int err;

	t->bss = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(t->skel->maps.bss), 0);
	if (t->bss == MAP_FAILED) {
		t->bss = NULL;
		return lym_fail(-errno, "cannot map the kernel side's variables: %s", strerror(errno));
	}
	err = lym_counts_map(&t->counts, bpf_map__fd(t->skel->maps.counts));
	if (err)
		return lym_fail(err, "cannot map the kernel side's counters: %s", strerror(-err));
	t->roots_map = fcntl(bpf_map__fd(t->skel->maps.roots), F_DUPFD_CLOEXEC, 0);
	t->places_map = fcntl(bpf_map__fd(t->skel->maps.places), F_DUPFD_CLOEXEC, 0);
	t->loads_map = fcntl(bpf_map__fd(t->skel->maps.loads), F_DUPFD_CLOEXEC, 0);
	for (unsigned int i = 0; i < lym_hooks_count; i++)
		if (!waits(t, i) && (t->prog[i] = lym_object_program(t->object, i)) < 0)
			t->have[i] = false;
	err = lym_hooks_chooses(&t->plan) ? fill_choices(&t->plan, t->skel->maps.choices) : 0;
	t->skel = NULL;
	return err;
}

static int begin_load(struct lym_tracer *t)
{
	volatile struct lym_config *c = (void *)&t->skel->rodata->config;
	int err = configure(t);

	if (!err)
		err = lym_tiers_choose(&t->plan, t->object);
	if (err)
		return err;
	c->taken = t->plan.tier[DATUM_UDP] != TIER_TRACEPOINT;
	c->given = t->plan.tier[DATUM_DEST] != TIER_TRACEPOINT;
	c->guarded = (c->taken || c->given) && lym_object_guards(t->object);
	for (unsigned int i = 0; i < lym_hooks_count; i++) {
		t->have[i] = lym_hooks_needed(&lym_hooks[i], &t->plan) && lym_object_has(t->object, &lym_hooks[i]);
		if (lacks(t, i) && !lym_hooks[i].without)
			return lym_fail(-EOPNOTSUPP, "this kernel lacks %s, which nothing replaces", lym_hooks[i].hook);
	}
	if (!lym_hooks_functions(&t->plan) || t->plan.bare) {
		struct bpf_map *user[] = { t->skel->maps.calls, t->skel->maps.places, t->skel->maps.sessions, t->skel->maps.loads };

		for (int i = 0; i < 4; i++)
			bpf_map__set_autocreate(user[i], false);
	}
	c->page_size = sysconf(_SC_PAGESIZE);
	/* socket_recv is made before the caller's memory has the address, so it needs that hook from the first receive on */
	t->late = t->plan.at_once || (t->plan.want[LYM_EV_socket_recv] && !c->taken) || lym_probe_others();
	err = use_rings(t);
	if (err)
		return err;
	drop_cgroup_hooks(t);
	drop_payload_hooks(t);
	for (unsigned int i = 0; i < lym_hooks_count; i++) {
		if (!strcmp(lym_hooks[i].prog, "born"))
			c->births = t->have[i];
		if (t->have[i])
			lym_object_want(t->object, i, waits(t, i));
	}
	lym_hooks_rows((void *)t->skel->rodata->rows, (void *)t->skel->rodata->parts, &t->plan);
	lym_hooks_need(c, (void *)t->skel->rodata->rows, &t->plan);
	lym_hooks_bys((void *)t->skel->rodata->bys, &t->plan);
	lym_hooks_inners((void *)t->skel->rodata->inners);
	lym_hooks_leads((void *)t->skel->rodata->leads);
	c->fprog = lym_hooks_fprog(false);
	c->fprog32 = lym_hooks_fprog(true);
	c->iocb = lym_hooks_iocb();
	t->skel->bss->tree_descend = t->plan.scope.descend;
	lym_aside_run(&t->loader, load_object, t);
	lym_aside_run(&t->pager, open_pages, t);
	err = lym_ringmaps_fill(&t->rings);
	return err ? lym_ringmaps_explain(&t->rings, err) : 0;
}

int lym_tracer_load(struct lym_tracer *t)
{
	int err = lym_aside_join(&t->loader);

	lym_aside_join(&t->pager);
	if (!err)
		err = keep(t);
	if (!err)
		lym_truth_below(&t->plan, t->have, t->degraded, sizeof(t->degraded));
	return err;
}

int lym_tracer_open(struct lym_tracer **ret, const struct lym_plan *plan)
{
	struct lym_tracer *t = calloc(1, sizeof(*t));
	int err = -ENOMEM;

	if (!t)
		return lym_fail(-ENOMEM, "out of memory");
	t->plan = *plan;
	t->cgroup = t->roots_map = t->places_map = t->loads_map = -1;
	t->cpus = libbpf_num_possible_cpus();
	t->prog = malloc(lym_hooks_count * sizeof(*t->prog));
	t->link = malloc(lym_hooks_count * sizeof(*t->link));
	t->have = calloc(lym_hooks_count, sizeof(*t->have));
	if (lym_counts_open(&t->counts, t->cpus) || !t->prog || !t->link || !t->have)
		goto out;
	memset(t->prog, -1, lym_hooks_count * sizeof(*t->prog));
	memset(t->link, -1, lym_hooks_count * sizeof(*t->link));
	if (geteuid()) {
		err = lym_fail(-EPERM, "not root: tracing needs root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN");
		goto out;
	}
	lym_aside_run(&t->ringer, open_rings, t);
	err = lym_object_open(&t->object);
	if (!err) {
		t->skel = lym_object_skeleton(t->object);
		t->plan.old = lym_object_old(t->object), t->plan.bare = lym_object_bare(t->object);
		err = begin_load(t);
	}
out:
	if (err)
		lym_tracer_close(t);
	else
		*ret = t;
	return err;
}

/* ---- attaching ---- */

static bool of_cgroup(const struct lym_hook *h)
{
	return !strncmp(h->hook, "cgroup/", 7);
}

static int attach_one(struct lym_tracer *t, unsigned int i)
{
	const struct lym_hook *h = &lym_hooks[i];

	if (lym_hooks_tier(h) == TIER_KPROBE) {
		t->link[i] = lym_kprobe_attach(lym_hooks_place(h), t->prog[i]);
		errno = -t->link[i];
	} else {
		t->link[i] = bpf_link_create(t->prog[i], of_cgroup(h) ? t->cgroup : 0, lym_hooks_attach_type(h), NULL);
	}
	if (t->link[i] >= 0)
		return 0;
	if (lym_hooks_tier(h) == TIER_TRACEPOINT)
		return lym_fail(-errno, "cannot attach %s: %s", h->hook, strerror(errno));
	t->have[i] = false;	/* which takes nothing else with it */
	lym_note("cannot attach %s (%s), so: %s; --hooks chooses others", h->hook, strerror(errno), h->without);
	return 0;
}

/* Run an iterator program to its end. */
static int iterate(int link)
{
	char buf[LYM_ITER_BYTES];
	int fd = bpf_iter_create(link);

	if (fd < 0)
		return -errno;
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
	return 0;
}

/* Learn how this kernel maps its pages. Without it a UDP datagram that lies in pages and whose checksum is verified while
 * it is copied is told from user memory. */
static int measure_pages(struct lym_tracer *t, int link)
{
	if (!t->pages.size && !t->plan.bare)
		return 0;
	t->bss->pages_magic = t->pages.magic;
	t->bss->pages_map = (unsigned long)t->pages.map;
	t->bss->pages_packet_fd = t->pages.packet;
	t->bss->pages_pipe_fd = t->pages.pipe[0];
	iterate(link);
	return t->plan.bare && !*(volatile __u32 *)&t->bss->stack_bytes ?
	       lym_fail(-EOPNOTSUPP, "cannot find where this kernel keeps the registers of a task, and it does not say") : 0;
}

/* Mark what runs already. A thread that a not yet marked one makes meanwhile may have a lower pid: go round until
 * nothing is new. */
static int seed(struct lym_tracer *t, int link)
{
	__u64 before;
	int err;

	for (unsigned int i = 0; i < t->plan.scope.roots; i++)
		if (bpf_map_update_elem(t->roots_map, &t->plan.scope.root[i], &(__u8){ 1 }, BPF_ANY))
			return lym_fail(-errno, "cannot tell the kernel which processes to trace: %s", strerror(errno));
	do {
		before = t->bss->tree_marked;
		err = iterate(link);
		if (err)
			return lym_fail(err, "cannot walk the tasks: %s", strerror(-err));
	} while ((__u64)t->bss->tree_marked != before);
	return 0;
}

int lym_tracer_attach(struct lym_tracer *t)
{
	const char *root = lym_scope_cgroup_root();
	int seeder = -1, sockets = -1, flight = -1, err = 0;

	t->cgroup = root ? open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	for (unsigned int i = lym_hooks_count; i-- > 0 && !err;) {	/* the exit hook last: no half-seen call */
		if (!t->have[i] || (of_cgroup(&lym_hooks[i]) && t->cgroup < 0) || waits(t, i) ||
		    lym_hooks_uprobe(&lym_hooks[i]))
			continue;
		err = attach_one(t, i);
		if (!err && !strcmp(lym_hooks[i].prog, "seed"))
			seeder = t->link[i];
		if (!err && !strcmp(lym_hooks[i].prog, "in_flight"))
			flight = t->link[i];
		if (!err && !strcmp(lym_hooks[i].prog, "inherited"))
			sockets = t->link[i];
		if (!err && !strcmp(lym_hooks[i].prog, "measure_pages"))
			err = measure_pages(t, t->link[i]);
	}
	if (!err && seeder >= 0)
		err = seed(t, seeder);
	if (!err && sockets >= 0)	/* of tasks that are marked now */
		err = iterate(sockets);
	if (!err && flight >= 0)
		err = iterate(flight);
	lym_aside_run(&t->pager, tidy, t);
	return err;
}

/* More stages before the half of them is taken: what happens before they are there may need the other half. */
static void more_stages(struct lym_tracer *t)
{
	volatile struct lymer_bpf__bss *b = t->bss;

	if (t->grower.runs && __atomic_load_n(&t->grower.done, __ATOMIC_ACQUIRE))
		lym_aside_join(&t->grower);
	if (t->stages.pooled && !t->grower.runs && !t->grower.err && b->pool_taken * 2 > b->pool_slots)
		lym_aside_run(&t->grower, grow, t);
}

int lym_tracer_adapt(struct lym_tracer *t)
{
	int err = 0;

	more_stages(t);
	if (t->late || !*(volatile __u32 *)&t->bss->want_late)
		return 0;
	lym_aside_join(&t->pager);		/* they are being loaded */
	t->late = true;
	for (unsigned int i = 0; i < lym_hooks_count && !err; i++)
		if (lym_hooks[i].late && t->have[i] && t->cgroup >= 0)
			err = attach_one(t, i);
	return err;
}

static void drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void lym_tracer_detach(struct lym_tracer *t)
{
	for (unsigned int i = 0; i < lym_hooks_count; i++)
		drop(&t->link[i]);
}

void lym_tracer_close(struct lym_tracer *t)
{
	if (!t)
		return;
	lym_aside_join(&t->ringer);
	lym_aside_join(&t->loader);
	lym_aside_join(&t->pager);
	lym_aside_join(&t->grower);
	lym_pages_close(&t->pages);
	for (unsigned int i = 0; t->prog && t->link && i < lym_hooks_count; i++) {
		drop(&t->link[i]);
		drop(&t->prog[i]);
	}
	lym_ringmaps_close(&t->rings);
	lym_stages_close(&t->stages);
	lym_counts_close(&t->counts);
	drop(&t->roots_map);
	drop(&t->places_map);
	drop(&t->loads_map);
	drop(&t->cgroup);
	if (t->bss)
		munmap(t->bss, sizeof(*t->bss));
	lym_object_close(t->object);
	free(t->prog);
	free(t->link);
	free(t->have);
	free(t);
}

int lym_tracer_bell(const struct lym_tracer *t, __u64 *key)
{
	*key = t->rings.key;
	return t->rings.bell;
}

struct lym_ring *lym_tracer_ring(const struct lym_tracer *t, unsigned int cpu, size_t *mask)
{
	*mask = t->rings.bytes - 1;
	return t->rings.ring[cpu];
}

static int program(const struct lym_tracer *t, const char *name)
{
	unsigned int i = 0;

	while (strcmp(lym_hooks[i].prog, name))
		i++;
	return t->prog[i];
}

struct lym_functions lym_tracer_functions(const struct lym_tracer *t)
{
	return (struct lym_functions){
		t->places_map, t->loads_map, &t->bss->loads_missed,
		program(t, "user_called"), program(t, "user_returned"), program(t, "user_freed"), program(t, "user_loaded"),
	};
}

unsigned int lym_tracer_cpus(const struct lym_tracer *t)
{
	return t->cpus;
}

volatile __u32 *lym_tracer_sleeping(struct lym_tracer *t)
{
	return (volatile __u32 *)&t->bss->sleeping;
}

void lym_tracer_refresh(struct lym_tracer *t)
{
	lym_counts_refresh(&t->counts);
}

__u64 lym_tracer_count(struct lym_tracer *t, unsigned int ev, enum lym_cause cause, int cpu)
{
	return lym_counts_get(&t->counts, ev, cause, cpu);
}

static __u64 misses(const struct lym_tracer *t, unsigned int i)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	return t->have[i] && !waits(t, i) && !bpf_obj_get_info_by_fd(t->prog[i], &info, &len) ? info.recursion_misses : 0;
}

/* What both of two programs have missed is no more than what either has. */
__u64 lym_tracer_skipped(struct lym_tracer *t)
{
	__u64 sum = 0, n, m;

	for (unsigned int i = 0; i < lym_hooks_count; i++) {
		if (lym_hooks[i].twin)
			continue;
		n = misses(t, i);
		for (unsigned int k = 0; n && k < lym_hooks_count; k++)
			if (lym_hooks[k].twin && t->have[k] && !strcmp(lym_hooks[k].prog, lym_hooks[i].prog)) {
				m = misses(t, k);
				n = m < n ? m : n;
			}
		sum += n;
	}
	return sum;
}

__u64 lym_tracer_tree_lost(struct lym_tracer *t)
{
	return t->bss->tree_lost;
}

const struct lym_plan *lym_tracer_plan(const struct lym_tracer *t, const bool **have)
{
	*have = t->have;
	return &t->plan;
}

const char *lym_tracer_tier_refusal(const struct lym_tracer *t, enum lym_tier tier)
{
	return lym_tiers_refusal(tier, t->object);
}

const char *lym_tracer_degraded(struct lym_tracer *t)
{
	return *t->degraded ? t->degraded : NULL;
}
