/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What only the running system knows: a process's executable, an interface's name. */
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "proc.h"

#define SETS 256
#define WAYS 4
#define PATH_LEN 472
#define FRESH 200000000ull	/* ns for which an answer is trusted */

struct entry {
	__u64 start;
	__u64 seen;		/* when /proc was read */
	__u64 used;		/* a counter: the smallest is evicted */
	__u32 pid;
	bool known;
	char comm[16];
	char path[PATH_LEN];
};

static struct entry cache[SETS][WAYS];
static __u64 clock_hand;
static struct lym_proc_stats stats;
static bool enabled;

void lym_proc_enable(bool on)
{
	enabled = on;
}

const struct lym_proc_stats *lym_proc_stats(void)
{
	return &stats;
}

/* Start of process pid in ns since boot, from /proc/PID/stat; 0: gone. */
static __u64 started(__u32 pid)
{
	char name[32], buf[1024], *p;
	ssize_t n;
	int fd, i;

	snprintf(name, sizeof(name), "/proc/%u/stat", pid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	buf[n] = 0;
	p = strrchr(buf, ')');		/* the name in brackets may hold anything, brackets too */
	for (i = 0; p && i < 20; i++)
		p = strchr(p + 1, ' ');
	return p ? strtoull(p + 1, NULL, 10) * (1000000000ull / sysconf(_SC_CLK_TCK)) : 0;
}

/* Fill e->path; e->known says whether it is the right process's. */
static void look(struct entry *e)
{
	char name[32];
	__u64 s;
	ssize_t n;

	e->known = false;
	snprintf(name, sizeof(name), "/proc/%u/exe", e->pid);
	n = readlink(name, e->path, sizeof(e->path));
	if (n > 0 && (size_t)n < sizeof(e->path)) {
		e->path[n] = 0;
		s = started(e->pid);	/* in clock ticks: cut, so a little early */
		e->known = s && e->start + 1000000 >= s && e->start - s < 20000000;
	}
	if (!e->known)
		stats.gone++;
}

const char *lym_proc_exe(__u32 pid, __u64 start, const char comm[16], __u64 now)
{
	struct entry *set, *e, *oldest;

	if (!enabled || !pid)
		return NULL;
	set = cache[(pid ^ pid >> 8 ^ start >> 20) % SETS];
	oldest = set;
	for (e = set; e < set + WAYS; e++) {
		if (e->pid == pid && e->start == start && !memcmp(e->comm, comm, 16))
			break;
		if (e->used < oldest->used)
			oldest = e;
	}
	if (e < set + WAYS && now - e->seen < FRESH) {
		stats.hits++;
	} else {
		stats.misses++;
		if (e == set + WAYS) {
			e = oldest;
			stats.evicted += e->pid != 0;
			e->pid = pid;
			e->start = start;
			memcpy(e->comm, comm, 16);
		}
		e->seen = now;
		look(e);
	}
	e->used = ++clock_hand;
	return e->known ? e->path : NULL;
}

const char *lym_proc_ifname(__u32 index)
{
	static struct {
		__u32 index;
		char name[IF_NAMESIZE];
	} names[16];
	unsigned int i = index % 16;

	if (!enabled)
		return NULL;
	if (names[i].index != index) {
		names[i].index = index;
		if (!if_indextoname(index, names[i].name))
			names[i].name[0] = 0;
	}
	return names[i].name[0] ? names[i].name : NULL;
}
