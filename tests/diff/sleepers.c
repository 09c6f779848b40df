/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Threads that sleep in calls until a byte comes on standard input: read, futex, poll, nanosleep, and the first one in read. */
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECONDS 1000		/* of the one that a signal wakes */

static int for_read[2], for_poll[2], word;

static void *in_read(void *arg)
{
	char c;

	return (void *)read(for_read[0], &c, 1);
}

static void *in_futex(void *arg)
{
	return (void *)syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL);
}

static void *in_poll(void *arg)
{
	struct pollfd p = { for_poll[0], POLLIN, 0 };

	return (void *)(long)poll(&p, 1, -1);
}

static void *in_nanosleep(void *arg)
{
	struct timespec t = { SECONDS, 0 };

	return (void *)syscall(SYS_nanosleep, &t, NULL);
}

static void handled(int sig)
{
}

int main(void)
{
	struct sigaction sa = { .sa_handler = handled };
	void *(*const run[])(void *) = { in_read, in_futex, in_poll, in_nanosleep };
	pthread_t t[4];
	char c;

	sigaction(SIGUSR1, &sa, NULL);
	if (pipe(for_read) || pipe(for_poll))
		return 1;
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, run[i], NULL);
	if (read(0, &c, 1) != 1 || write(for_read[1], "x", 1) != 1 || write(for_poll[1], "y", 1) != 1)
		return 1;
	word = 1;
	syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1);
	pthread_kill(t[3], SIGUSR1);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	return 0;
}
