/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What of BPF there is in the kernel: programs, links, maps, kprobes, names in /sys/fs/bpf. With these numbers as arguments it
 * waits until there are no more of each, for the kernel clears away a while after the last holder is gone; exit status 1 if that
 * takes longer than 20 seconds.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PROGRAMS, LINKS, MAPS, KPROBES, PINNED, KINDS };

static unsigned int ids(int cmd)
{
	union bpf_attr a;
	unsigned int n = 0;

	memset(&a, 0, sizeof(a));
	for (; !syscall(SYS_bpf, cmd, &a, sizeof(a)); a.start_id = a.next_id)
		n++;
	if (errno != ENOENT) {
		perror("bpf");
		exit(99);
	}
	return n;
}

static unsigned int lines(const char *path)
{
	FILE *f = fopen(path, "r");
	unsigned int n = 0;

	for (int c; f && (c = getc(f)) != EOF;)
		n += c == '\n';
	if (f)
		fclose(f);
	return n;
}

static unsigned int entries(const char *path)
{
	DIR *d = opendir(path);
	unsigned int n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

static void count(unsigned int n[KINDS])
{
	n[PROGRAMS] = ids(BPF_PROG_GET_NEXT_ID);
	n[LINKS] = ids(BPF_LINK_GET_NEXT_ID);
	n[MAPS] = ids(BPF_MAP_GET_NEXT_ID);
	n[KPROBES] = lines("/sys/kernel/debug/kprobes/list");
	n[PINNED] = entries("/sys/fs/bpf");
}

int main(int argc, char **argv)
{
	struct timespec tick = { .tv_nsec = 10000000 };
	unsigned int n[KINDS], more = 1;

	for (int i = 0; i < 2000 && more; i++) {
		more = 0;
		count(n);
		for (int k = 0; k < KINDS && argc > KINDS; k++)
			more |= n[k] > (unsigned int)atoi(argv[1 + k]);
		if (more)
			nanosleep(&tick, NULL);
	}
	printf("%u %u %u %u %u\n", n[PROGRAMS], n[LINKS], n[MAPS], n[KPROBES], n[PINNED]);
	return more;
}
