// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The maps that are the rings. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
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

static int refused(const struct lym_ringmaps *m)
{
	return lym_fail(-errno, "cannot create rings of %u bytes: %s; try a smaller --buffer", m->bytes, strerror(errno));
}

static int create(const struct lym_ringmaps *m)
{
	LIBBPF_OPTS(bpf_map_create_opts, o, .map_flags = BPF_F_MMAPABLE);

	return bpf_map_create(BPF_MAP_TYPE_ARRAY, "lymer_ring", 4, sizeof(struct lym_ring) + m->bytes + LYM_RING_SLACK, 1, &o);
}

/* The map of the rings wants to see one. */
int lym_ringmaps_open(struct lym_ringmaps *m, unsigned int cpus, unsigned int bytes)
{
	LIBBPF_OPTS(bpf_map_create_opts, o);

	m->cpus = cpus;
	m->bytes = bytes;
	m->map = m->bell = -1;
	m->ring = malloc(cpus * sizeof(*m->ring));
	if (!m->ring)
		return lym_fail(-ENOMEM, "out of memory");
	memset(m->ring, -1, cpus * sizeof(*m->ring));
	if (!bytes)
		for (m->bytes = RING_DEFAULT; (__u64)m->bytes * cpus > RING_TOTAL && m->bytes > RING_LEAST;)
			m->bytes /= 2;
	m->ring[0] = create(m);
	while (m->ring[0] < 0 && errno == E2BIG && m->bytes > RING_LEAST) {	/* older kernels: no array of more than 4 MB */
		m->bytes /= 2;
		m->ring[0] = create(m);
	}
	if (m->ring[0] < 0)
		return refused(m);
	if (m->bytes < bytes)
		lym_note("this kernel makes no rings of %u bytes a CPU, so they have %u", bytes, m->bytes);
	o.inner_map_fd = m->ring[0];
	m->map = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "rings", 4, 4, cpus, &o);
	if (m->map < 0)
		return lym_fail(-errno, "cannot create the map of the rings: %s", strerror(errno));
	m->bell = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "bell", 0, 0, sysconf(_SC_PAGESIZE), NULL);
	if (m->bell < 0)
		return lym_fail(-errno, "cannot create the ring that wakes us: %s", strerror(errno));
	if (getrandom(&m->key, sizeof(m->key), 0) != sizeof(m->key))
		return lym_fail(-errno, "cannot get random bytes: %s", strerror(errno));
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
		if (m->ring[i] < 0)
			m->ring[i] = create(m);
		if (m->ring[i] < 0)
			err = -errno;
	}
	if (!err)
		err = lym_ringmaps_put(m->map, key, m->ring, n);
	free(key);
	errno = -err;
	return err ? refused(m) : 0;
}

static void drop(int fd)
{
	if (fd > 0)
		close(fd);
}

void lym_ringmaps_close(struct lym_ringmaps *m)
{
	for (unsigned int i = 0; m->ring && i < m->cpus; i++)
		drop(m->ring[i]);
	drop(m->map);
	drop(m->bell);
	free(m->ring);
}
