// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The maps that are the rings. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "config.h"
#include "fail.h"
#include "ringmaps.h"

#define RING_DEFAULT (16u << 20)	/* 20 ms of 2 M records/s of about 350 bytes */
#define RING_TOTAL (512u << 20)		/* what the defaults may take on a machine with many CPUs */
#define RING_LEAST (1u << 20)
#define NOTSUPP 524			/* inside the kernel it has no other name */

static size_t size(const struct lym_ringmaps *m)
{
	return sizeof(struct lym_ring) + m->bytes + LYM_RING_SLACK;
}

static int create(struct lym_ringmaps *m, unsigned int i)
{
	LIBBPF_OPTS(bpf_map_create_opts, o, .map_flags = BPF_F_MMAPABLE);

	m->step = "create";
	m->fd[i] = bpf_map_create(BPF_MAP_TYPE_ARRAY, "lymer_ring", 4, size(m), 1, &o);
	return m->fd[i] < 0 ? -errno : 0;
}

static int map(struct lym_ringmaps *m, unsigned int i)
{
	void *p = mmap(NULL, size(m), PROT_READ | PROT_WRITE, MAP_SHARED, m->fd[i], 0);

	m->step = "map";
	if (p == MAP_FAILED)
		return -errno;
	m->ring[i] = p;
	return 0;
}

/* The map of the rings wants to see one. */
int lym_ringmaps_open(struct lym_ringmaps *m, unsigned int cpus, unsigned int bytes)
{
	LIBBPF_OPTS(bpf_map_create_opts, o);
	int err;

	m->cpus = cpus;
	m->bytes = bytes;
	m->map = m->bell = -1;
	m->fd = malloc(cpus * sizeof(*m->fd));
	m->ring = calloc(cpus, sizeof(*m->ring));
	m->step = "create";
	if (!m->fd || !m->ring)
		return -ENOMEM;
	memset(m->fd, -1, cpus * sizeof(*m->fd));
	if (!bytes)
		for (m->bytes = RING_DEFAULT; (__u64)m->bytes * cpus > RING_TOTAL && m->bytes > RING_LEAST;)
			m->bytes /= 2;
	err = create(m, 0);
	while (err == -E2BIG && m->bytes > RING_LEAST) {	/* older kernels: no array of more than 4 MB */
		m->bytes /= 2;
		err = create(m, 0);
	}
	if (err)
		return err;
	o.inner_map_fd = m->fd[0];
	m->step = "list";
	m->map = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "rings", 4, 4, cpus, &o);
	if (m->map < 0)
		return -errno;
	m->step = "create the bell of";
	m->bell = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "bell", 0, 0, sysconf(_SC_PAGESIZE), NULL);
	if (m->bell < 0)
		return -errno;
	m->step = "get random bytes for";
	if (getrandom(&m->key, sizeof(m->key), 0) != sizeof(m->key))
		return -errno;
	m->key |= 1ull << 63;		/* no tag is 0 */
	return 0;
}

int lym_ringmaps_put(int map, __u32 *key, int *fd, __u32 n)
{
	int err = bpf_map_update_batch(map, key, fd, &n, NULL) ? -errno : 0;

	for (unsigned int i = 0; err == -NOTSUPP && i < n; i++)
		if (bpf_map_update_elem(map, &key[i], &fd[i], BPF_ANY))
			return -errno;
	return err == -NOTSUPP ? 0 : err;
}

int lym_ringmaps_fill(struct lym_ringmaps *m)
{
	__u32 n = m->cpus, *key = calloc(n, sizeof(*key));
	int err = key ? 0 : -ENOMEM;

	for (unsigned int i = 0; i < n && !err; i++) {
		key[i] = i;
		err = m->fd[i] >= 0 ? 0 : create(m, i);
	}
	if (!err)
		err = lym_ringmaps_put(m->map, key, m->fd, n);
	for (unsigned int i = 0; i < n && !err; i++)	/* which keeps our other threads from memory: now they are in the kernel */
		err = map(m, i);
	free(key);
	return err;
}

int lym_ringmaps_explain(const struct lym_ringmaps *m, int err)
{
	return lym_fail(err, "cannot %s rings of %u bytes: %s%s", m->step, m->bytes, strerror(-err),
			err == -ENOMEM || err == -E2BIG ? "; try a smaller --buffer" : "");
}

static void drop(int fd)
{
	if (fd > 0)
		close(fd);
}

void lym_ringmaps_close(struct lym_ringmaps *m)
{
	for (unsigned int i = 0; m->fd && m->ring && i < m->cpus; i++) {
		drop(m->fd[i]);
		if (m->ring[i])
			munmap(m->ring[i], size(m));
	}
	drop(m->map);
	drop(m->bell);
	free(m->fd);
	free(m->ring);
}
