// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The memory of the tasks' stages: task storage, or a pool. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include "config.h"
#include "ringmaps.h"
#include "stages.h"
#include "lymer.skel.h"

#define SMALL 8192		/* more than that cannot be had everywhere */
#define ARRAY_BYTES (4u << 20)
#define ARRAY_SLOTS 256u	/* at most */
#define GROW_MOST 8u		/* arrays at once */
#define BARE_ARRAYS 4u		/* at first where the kernel waits after each that is put into the map of them */
#define HASH_TASKS 65536	/* in the hashes by tasks */

/* Make m, a map of local storage, with values of so many bytes. */
static int make_storage(struct bpf_map *m, unsigned int value)
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

/* Does the kernel have storage of that size for what this descriptor, which is closed, is of? Whoever has none is not told no. */
static bool storage_works(int map, int fd, unsigned int value)
{
	void *zeros = calloc(1, value);
	bool works = true;

	if (fd >= 0 && zeros) {
		works = !bpf_map_update_elem(map, &fd, zeros, BPF_NOEXIST) || (errno != ENOMEM && errno != E2BIG);
		bpf_map_delete_elem(map, &fd);
	}
	if (fd >= 0)
		close(fd);
	free(zeros);
	return works;
}

/* The first size that is small is the most that such a kernel has; of its allocator, its own head and ours go off it. */
int lym_stages_sockets(struct bpf_map *m, unsigned int fixed, unsigned int *room, unsigned int step)
{
	int err;

	for (;; *room -= step) {
		err = make_storage(m, fixed + *room);
		if (err || *room <= step ||
		    storage_works(bpf_map__fd(m), socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), fixed + *room))
			return err;
		if (fixed + *room > SMALL + step)
			*room = (SMALL - fixed) / step * step + step;
	}
}

static int make_array(const struct lym_stages *s)
{
	return bpf_map_create(BPF_MAP_TYPE_ARRAY, "stages", 4, s->value, 1u << s->shift, NULL);
}

/* A map of arrays like ours; libbpf knows it as m. */
static int make_pool(const struct lym_stages *s, struct bpf_map *m, int *fd)
{
	LIBBPF_OPTS(bpf_map_create_opts, o, .inner_map_fd = make_array(s));

	if ((int)o.inner_map_fd < 0)
		return -errno;
	*fd = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, bpf_map__name(m), 4, 4, LYM_POOL_ARRAYS, &o);
	if (*fd < 0 || bpf_map__reuse_fd(m, *fd)) {
		close(o.inner_map_fd);
		return -errno;
	}
	close(o.inner_map_fd);
	return 0;
}

static int make_pools(struct lym_stages *s, struct lymer_bpf *skel)
{
	unsigned int n = ARRAY_SLOTS;
	int err;

	for (; n > 1 && n * s->value > ARRAY_BYTES; n /= 2)
		;
	s->shift = __builtin_ctz(n);
	err = make_pool(s, skel->maps.pool, &s->pool);
	if (!err)
		err = make_pool(s, skel->maps.side_pool, &s->side_pool);
	if (err)
		return err;
	s->free = bpf_map_create(BPF_MAP_TYPE_STACK, "free_slots", 0, 4, LYM_POOL_ARRAYS << s->shift, NULL);
	if (s->free < 0 || bpf_map__reuse_fd(skel->maps.free_slots, s->free))
		return -errno;
	err = lym_stages_grow(s);
	return err < 0 ? err : 0;
}

/* Make m a hash by tasks. It has its memory from the beginning on, for interrupts use it, too. */
static int make_hash(struct bpf_map *m, unsigned int value)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, bpf_map__name(m), sizeof(__u64), value, HASH_TASKS, NULL), err;

	err = fd < 0 ? -errno : bpf_map__reuse_fd(m, fd);
	if (fd >= 0)
		close(fd);
	return err;
}

/* Where tasks have no storage. */
static int make_bare(struct lym_stages *s, struct lymer_bpf *skel)
{
	int err = make_hash(skel->maps.slots, sizeof(__u64));

	s->bare = s->pooled = true;
	if (!err)
		err = make_hash(skel->maps.tree, sizeof(__u32));
	bpf_map__set_autocreate(skel->maps.stages, false);
	bpf_map__set_autocreate(skel->maps.sides, false);
	bpf_map__set_autocreate(skel->maps.notes, false);
	if (!err)
		err = make_pools(s, skel);
	while (!err && s->arrays < BARE_ARRAYS)
		err = lym_stages_grow(s) < 0 ? -ENOMEM : 0;
	return err;
}

int lym_stages_open(struct lym_stages *s, struct lymer_bpf *skel, unsigned int value, bool sides, bool bare)
{
	int err, self;

	*s = (struct lym_stages){ .value = (value + 7) & ~7u, .sides = sides, .pool = -1, .side_pool = -1, .free = -1 };
	if (bare)
		return make_bare(s, skel);
	err = make_storage(skel->maps.stages, value);
	self = syscall(SYS_pidfd_open, getpid(), 0);
	if (err) {
		if (self >= 0)
			close(self);
		return err;
	}
	/* what cannot be asked is not hoped for: a pool can be had everywhere */
	s->pooled = self < 0 || !storage_works(bpf_map__fd(skel->maps.stages), self, value);
	if (s->pooled) {
		bpf_map__set_autocreate(skel->maps.sides, false);
		return make_pools(s, skel);
	}
	bpf_map__set_autocreate(skel->maps.pool, false);
	bpf_map__set_autocreate(skel->maps.side_pool, false);
	bpf_map__set_autocreate(skel->maps.free_slots, false);
	bpf_map__set_autocreate(skel->maps.slots, false);
	return make_storage(skel->maps.sides, value);
}

/* n arrays more into one of the pools. */
static int fill(const struct lym_stages *s, int pool, unsigned int n)
{
	__u32 key[GROW_MOST] = { 0 };
	int fd[GROW_MOST] = { 0 }, err = 0;
	unsigned int made = 0;

	for (; made < n && !err; made++) {
		key[made] = s->arrays + made;
		fd[made] = make_array(s);
		if (fd[made] < 0) {
			err = -errno;
			break;
		}
	}
	if (!err)
		err = lym_ringmaps_put(pool, key, fd, n);
	while (made-- > 0)
		close(fd[made]);
	return err;
}

int lym_stages_grow(struct lym_stages *s)
{
	unsigned int n = s->arrays < GROW_MOST ? s->arrays ?: 1 : GROW_MOST;
	int err;

	if (s->arrays + n > LYM_POOL_ARRAYS)
		n = LYM_POOL_ARRAYS - s->arrays;
	if (!n)
		return -ENOSPC;
	err = fill(s, s->pool, n);
	if (!err && s->sides)
		err = fill(s, s->side_pool, n);
	/* slot 0 stays all zeros */
	for (__u32 slot = s->arrays << s->shift ?: 1; slot < (s->arrays + n) << s->shift && !err; slot++)
		if (bpf_map_update_elem(s->free, NULL, &slot, BPF_ANY))
			err = -errno;
	if (err)
		return err;
	s->arrays += n;
	return s->arrays << s->shift;
}

void lym_stages_close(struct lym_stages *s)
{
	if (!s->pooled)
		return;
	for (int i = 0; i < 3; i++) {
		int fd = (int[]){ s->pool, s->side_pool, s->free }[i];

		if (fd >= 0)
			close(fd);
	}
}
