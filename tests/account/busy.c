/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * busy N: two threads on each CPU, each sends messages to itself through sockets of its own, N rounds as fast as it can. A
 * message says whose it is and which. Prints "THREAD tid inode inode inode" and "MADE event count".
 */
#include "../lib/cases.h"
#include "../lib/net.h"

#define KINDS 3
#define SHORT sizeof(struct head)

/* busy.t knows it. Then come bytes that follow from it. */
struct head {
	unsigned int tid, kind, i, len;
};

static long n;
static pthread_barrier_t all;

static void *work(void *arg)
{
	struct pair p[KINDS] = { udp_pair(AF_INET), unix_pair(SOCK_DGRAM), tcp_pair(AF_INET) };
	unsigned char b[256], got[256];
	union addr from;

	pin((long)arg);
	pthread_barrier_wait(&all);
	for (long i = 0; i < n; i++)
		for (unsigned int k = 0; k < KINDS; k++) {
			struct head h = { gettid(), k, i, SHORT + (i * 7 + k) % (sizeof(b) - SHORT + 1) };
			socklen_t len = sizeof(from);

			memcpy(b, &h, SHORT);
			for (unsigned int j = SHORT; j < h.len; j++)
				b[j] = h.tid * 31 + h.i * 7 + j;
			NEED(sendto(p[k].tx.fd, b, h.len, 0, NULL, 0) == (ssize_t)h.len);
			NEED(recvfrom(p[k].rx.fd, got, sizeof(got), 0, &from.sa, &len) == (ssize_t)h.len);
			NEED(!memcmp(b, got, h.len));
		}
	flockfile(stdout);
	printf("THREAD %d %llu %llu %llu\n", gettid(), p[0].rx.inode, p[1].rx.inode, p[2].rx.inode);
	funlockfile(stdout);
	return NULL;
}

int main(int argc, char **argv)
{
	long threads = 2 * sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t t[threads];

	if (argc != 2)
		return 2;
	alarm(100);
	n = atol(argv[1]);
	pthread_barrier_init(&all, NULL, threads);
	for (long i = 0; i < threads; i++)
		NEED(!pthread_create(&t[i], NULL, work, (void *)(i / 2)));
	for (long i = 0; i < threads; i++)
		pthread_join(t[i], NULL);
	for (int i = 0; i < 4; i++)
		printf("MADE %s %ld\n", (const char *[]){ "sendto", "recvfrom", "socket_send", "socket_recv" }[i],
		       threads * n * KINDS);
	return 0;
}
