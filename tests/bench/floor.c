// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * floor LEVEL BYTES CMD...: runs CMD under the floor program, with records of BYTES, and drains them once a millisecond
 * as a tracer would that has nothing to do with them. The last line on stderr is the account, in Lymer's words.
 */
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "floor.h"
#include "floor.skel.h"

#define RING (16 << 20)		/* as large as Lymer's */

static unsigned long got;

static int count(void *arg, void *rec, size_t len)
{
	got++;
	return 0;
}

static int die(const char *what)
{
	perror(what);
	return 1;
}

/* CMD, held until the program is attached. */
static pid_t hold(char **argv, int *go)
{
	int p[2];
	pid_t pid;
	char c;

	if (pipe2(p, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		if (read(p[0], &c, 1) == 1)
			execvp(*argv, argv);
		_exit(127);
	}
	close(p[0]);
	*go = p[1];
	return pid;
}

static int mark(struct floor_bpf *k, pid_t pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0), one = 1;

	if (fd < 0 || bpf_map_update_elem(bpf_map__fd(k->maps.traced), &fd, &one, BPF_ANY))
		return -1;
	return close(fd);
}

/* Every process calls at sys_exit once somebody counts one's calls, and be it ours. */
static int enable_hook(void)
{
	struct perf_event_attr a = {.type = PERF_TYPE_TRACEPOINT, .size = sizeof(a)};
	FILE *f = fopen("/sys/kernel/tracing/events/raw_syscalls/sys_exit/id", "r");
	int n = f ? fscanf(f, "%llu", &a.config) : 0;

	if (f)
		fclose(f);
	return n == 1 && syscall(SYS_perf_event_open, &a, 0, -1, -1, 0) >= 0 ? 0 : -1;
}

static struct floor_bpf *load(int level, int bytes)
{
	struct floor_bpf *k = floor_bpf__open();

	if (!k)
		return NULL;
	k->rodata->level = level;
	k->rodata->size = (bytes + 7) & ~7;
	k->rodata->number = SYS_recvfrom;
	bpf_map__set_max_entries(k->maps.ring, RING);
	return floor_bpf__load(k) ? NULL : k;
}

int main(int argc, char **argv)
{
	struct timespec tick = {.tv_nsec = 1000000};
	struct ring_buffer *r;
	struct floor_bpf *k;
	int go = -1, st;
	pid_t pid;

	if (argc < 4 || atoi(argv[1]) >= FLOOR_LEVELS || atoi(argv[2]) < 8 || atoi(argv[2]) > FLOOR_RECORD_MAX) {
		fprintf(stderr, "usage: floor LEVEL BYTES CMD [ARG]...\n");
		return 2;
	}
	pid = hold(argv + 3, &go);
	k = load(atoi(argv[1]), atoi(argv[2]));
	if (pid < 0 || !k || mark(k, pid) || (atoi(argv[1]) == FLOOR_HOOK ? enable_hook() : floor_bpf__attach(k)))
		return die("floor");
	r = ring_buffer__new(bpf_map__fd(k->maps.ring), count, NULL, NULL);
	if (!r || write(go, "", 1) != 1)
		return die("floor");
	while (!waitpid(pid, &st, WNOHANG)) {
		ring_buffer__consume(r);
		nanosleep(&tick, NULL);
	}
	floor_bpf__detach(k);
	ring_buffer__consume(r);
	fprintf(stderr, "floor: %llu events made, %lu written, %llu lost\n", got + k->bss->lost, got, k->bss->lost);
	return WIFEXITED(st) ? WEXITSTATUS(st) : 1;
}
