/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * many THREADS ROUNDS: so many threads at once, each makes a call when it begins and one when all have begun; ROUNDS times. The
 * call fails; its len is the number of the thread. Prints "MADE event count".
 */
#include <stdlib.h>
#include "../lib/cases.h"
#include "../lib/net.h"

static pthread_barrier_t all;

static void *work(void *arg)
{
	char b[1];

	recvfrom(-1, b, (size_t)arg, 0, NULL, NULL);
	pthread_barrier_wait(&all);
	recvfrom(-1, b, (size_t)arg, 0, NULL, NULL);
	return NULL;
}

int main(int argc, char **argv)
{
	long n = argc == 3 ? atol(argv[1]) : 0, rounds = n ? atol(argv[2]) : 0;
	pthread_t *t = calloc(n, sizeof(*t));
	pthread_attr_t small;

	if (!n)
		return 2;
	alarm(100);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	for (long r = 0; r < rounds; r++) {
		pthread_barrier_init(&all, NULL, n);
		for (long i = 0; i < n; i++)
			NEED(!pthread_create(&t[i], &small, work, (void *)i));
		for (long i = 0; i < n; i++)
			pthread_join(t[i], NULL);
	}
	printf("MADE recvfrom %ld\nMADE sched_process_exit %ld\n", 2 * n * rounds, n * rounds + 1);
	return 0;
}
