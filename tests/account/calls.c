/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Calls that can be counted: recvfrom(-1, …, ID) fails at once, and its len names whose it is.
 *   calls storm K M      the first call before main(), then K children of many kinds with M calls each; exit status 7
 *   calls once ID STATUS one call, then exit with STATUS
 *   calls kill SIGNAL    one call, then die by SIGNAL
 *   calls wait ID M [comm=NAME] [uid=UID]  become that, say READY, wait for the go, make M calls
 *   calls sleep          one call, say SLEEP, wait for a signal: exit 40 + its number
 *   calls orphan M       a daemon, twice forked, makes M calls after its parents are gone
 */
#include <sched.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "../lib/cases.h"
#include "../lib/net.h"

#define FIRST 100	/* ids */
#define MAIN 101
#define CHILD 1000

static char b[4096];

static void call(int id, long n)
{
	while (n--)
		syscall(SYS_recvfrom, -1, b, id, 0, NULL, NULL);
}

static __attribute__((constructor)) void before_main(void)
{
	call(FIRST, 1);
}

static void *thread(void *arg)
{
	call(CHILD + 2, (long)arg);
	return NULL;
}

/* Children by fork, by a thread, by vfork and exec, by posix_spawn, and children of children. */
static void storm(long children, long m, char *self)
{
	extern char **environ;
	char count[16];
	char *args[] = {self, "many", count, NULL};

	snprintf(count, sizeof(count), "%ld", m);
	for (long i = 0; i < children; i++) {
		pthread_t t;
		pid_t pid;

		switch (i % 4) {
		case 0:
			if (!fork()) {
				call(CHILD, m);
				if (!fork()) {
					call(CHILD + 1, m);
					_exit(0);
				}
				_exit(0);
			}
			break;
		case 1:
			if (!fork()) {
				NEED(!pthread_create(&t, NULL, thread, (void *)m) && !pthread_join(t, NULL));
				_exit(0);
			}
			break;
		case 2:
			pid = vfork();
			if (!pid) {
				execv(self, args);
				_exit(1);
			}
			break;
		default:
			NEED(!posix_spawn(&pid, self, NULL, NULL, args, environ));
		}
		if (i % 16 == 15)
			while (wait(NULL) > 0)
				;
	}
	while (wait(NULL) > 0)
		;
}

static void become(const char *what)
{
	if (!strncmp(what, "comm=", 5))
		NEED(!prctl(PR_SET_NAME, what + 5));
	if (!strncmp(what, "uid=", 4))
		NEED(!setresuid(atoi(what + 4), atoi(what + 4), atoi(what + 4)));
}

static void on_signal(int sig)
{
	_exit(40 + sig);
}

static void sleeper(void)
{
	int sigs[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

	for (size_t i = 0; i < sizeof(sigs) / sizeof(*sigs); i++)
		signal(sigs[i], on_signal);
	call(MAIN, 1);
	printf("SLEEP %d\n", getpid());
	fflush(stdout);
	for (;;)
		pause();
}

static void orphan(long m)
{
	int gone[2];
	char c;

	NEED(!pipe(gone));
	if (fork())
		_exit(0);
	if (fork())
		_exit(0);
	close(gone[1]);		/* the parents' ends close as they die */
	while (read(gone[0], &c, 1) > 0)
		;
	call(CHILD + 4, m);
	_exit(0);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	alarm(60);
	if (argc == 4 && !strcmp(what, "storm")) {
		storm(atol(argv[2]), atol(argv[3]), argv[0]);
		call(MAIN, 1);
		return 7;
	}
	if (argc == 3 && !strcmp(what, "many"))
		call(CHILD + 3, atol(argv[2]));
	else if (argc == 4 && !strcmp(what, "once"))
		call(atoi(argv[2]), 1);
	else if (argc == 3 && !strcmp(what, "kill")) {
		call(MAIN, 1);
		kill(getpid(), atoi(argv[2]));
	} else if (argc >= 4 && !strcmp(what, "wait")) {
		for (int i = 4; i < argc; i++)
			become(argv[i]);
		ready_and_wait("");
		call(atoi(argv[2]), atol(argv[3]));
	} else if (!strcmp(what, "sleep")) {
		sleeper();
	} else if (argc == 3 && !strcmp(what, "orphan")) {
		orphan(atol(argv[2]));
	} else {
		return 2;
	}
	return argc == 4 && !strcmp(what, "once") ? atoi(argv[3]) : 0;
}
