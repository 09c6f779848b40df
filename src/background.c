// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Tracing from the background. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "background.h"
#include "fail.h"

/* The parent: a child that ends without a word has said why on stderr, and says how by its exit status. */
static int wait_told(pid_t pid, int told, int sigfd, bool keys)
{
	struct pollfd p[2] = { { .fd = told, .events = POLLIN }, { .fd = sigfd, .events = POLLIN } };
	struct signalfd_siginfo s;
	int status, st = 0;

	while (poll(p, 2, -1) < 0 || !p[0].revents)
		while (read(sigfd, &s, sizeof(s)) == sizeof(s))
			if (s.ssi_signo != SIGCHLD && (keys || s.ssi_code <= 0))
				kill(pid, s.ssi_signo);
	if (read(told, &status, sizeof(status)) == sizeof(status))
		return status;
	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(st))
		return lym_fail(1, "the tracer was ended by signal %d", WTERMSIG(st));
	return WEXITSTATUS(st);
}

int lym_background(int sigfd, bool keys, int *tell)
{
	int p[2];
	pid_t pid;

	if (pipe2(p, O_CLOEXEC))
		return lym_fail(1, "cannot make a pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		return lym_fail(1, "cannot fork: %s", strerror(errno));
	if (!pid) {
		close(p[0]);
		*tell = p[1];
		return -1;
	}
	close(p[1]);
	return wait_told(pid, p[0], sigfd, keys);
}

void lym_background_detach(bool keep_stdout)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	if (!keep_stdout)
		dup2(null, STDOUT_FILENO);
	if (null > STDERR_FILENO)
		close(null);
}

void lym_background_tell(int *tell, int status)
{
	if (*tell < 0)
		return;
	if (write(*tell, &status, sizeof(status)) < 0)
		errno = 0;	/* the parent is gone: nobody waits */
	close(*tell);
	*tell = -1;
}

int lym_pidfile_write(const char *path)
{
	FILE *f = fopen(path, "we");
	int bad = !f || fprintf(f, "%d\n", getpid()) < 0;

	if ((f && fclose(f)) || bad)
		return lym_fail(-errno, "cannot write '%s': %s", path, strerror(errno));
	return 0;
}

void lym_pidfile_remove(const char *path)
{
	struct stat st;

	if (path && !lstat(path, &st) && S_ISREG(st.st_mode))
		unlink(path);
}
