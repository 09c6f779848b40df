/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * storm THREADS N: threads on all CPUs make system calls as fast as they can and count them. Then one shutdown(-1) a
 * millisecond, on each CPU in turn, until stdin ends: marks behind the storm. Prints "MADE event count".
 */
#include <poll.h>
#include "../lib/cases.h"
#include "../lib/net.h"

static long n;
static struct end full, empty;
static unsigned long long made_recv, made_name;

static void *storm(void *arg)
{
	unsigned long long recvs = 0, names = 0;
	union addr a;
	char b[64];

	pin((long)arg);
	for (long i = 0; i < n; i++) {
		socklen_t len = sizeof(a);

		NEED(recvfrom(full.fd, b, sizeof(b), MSG_PEEK | MSG_DONTWAIT, &a.sa, &len) == 9);
		NEED(recvfrom(empty.fd, b, sizeof(b), MSG_DONTWAIT, NULL, NULL) < 0);
		recvs += 2;
		if (i % 3)
			continue;
		NEED(!getsockname(full.fd, &a.sa, &len));
		names++;
	}
	__atomic_add_fetch(&made_recv, recvs, __ATOMIC_RELAXED);
	__atomic_add_fetch(&made_name, names, __ATOMIC_RELAXED);
	return NULL;
}

int main(int argc, char **argv)
{
	struct pollfd end = {0, POLLIN, 0};
	unsigned long long marks = 0;
	pthread_t t[64];
	struct pair p;
	long threads;

	if (argc != 3)
		return 2;
	alarm(100);
	threads = atol(argv[1]) < 64 ? atol(argv[1]) : 64;
	n = atol(argv[2]);
	p = unix_pair(SOCK_DGRAM);
	made_name += 2;				/* end_facts() asks once for each */
	full = p.rx;
	NEED(write(p.tx.fd, "always me", 9) == 9);
	empty = unix_pair(SOCK_DGRAM).rx;
	made_name += 2;
	for (long i = 0; i < threads; i++)
		NEED(!pthread_create(&t[i], NULL, storm, (void *)i));
	for (long i = 0; i < threads; i++)
		pthread_join(t[i], NULL);
	for (; !poll(&end, 1, 1); marks++) {
		pin(marks);
		shutdown(-1, 1);
	}
	printf("MADE recvfrom %llu\nMADE getsockname %llu\nMADE shutdown %llu\n", made_recv, made_name, marks);
	return 0;
}
