/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * starved THREADS PID: stops PID, then so many threads, all there at once, send each itself a byte; PID goes on. Prints "MADE event
 * count".
 * starved - COMMAND...: COMMAND, for whom pidfd_open() fails, so that Lymer keeps its stages in a pool.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include "../lib/cases.h"
#include "../lib/net.h"

static pthread_barrier_t all;

static void *work(void *arg)
{
	char c = 1;
	int s[2];

	NEED(!socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	NEED(send(s[0], &c, 1, 0) == 1 && recv(s[1], &c, 1, 0) == 1);
	close(s[0]);
	close(s[1]);
	pthread_barrier_wait(&all);
	return NULL;
}

static int without_pidfd(char **command)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog p = { sizeof(f) / sizeof(*f), f };

	NEED(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	NEED(!syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &p));
	execvp(*command, command);
	return 127;
}

int main(int argc, char **argv)
{
	long n = argc > 2 ? atol(argv[1]) : 0, pid = n ? atol(argv[2]) : 0;
	pthread_t *t = calloc(n + 1, sizeof(*t));
	pthread_attr_t small;

	if (argc > 2 && !n)
		return without_pidfd(argv + 2);
	if (pid <= 1)
		return 2;
	alarm(100);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	pthread_barrier_init(&all, NULL, n);
	NEED(!kill(pid, SIGSTOP));
	for (long i = 0; i < n; i++)
		NEED(!pthread_create(&t[i], &small, work, NULL));
	for (long i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	NEED(!kill(pid, SIGCONT));
	printf("MADE sendto %ld\nMADE recvfrom %ld\nMADE socket_send %ld\nMADE socket_recv %ld\n", n, n, n, n);
	return 0;
}
