// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Starting the program that is to be traced. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fail.h"
#include "launch.h"

#define GO 1	/* struct lym_launch.go */

static int explain(const char *cmd, int err)
{
	lym_fail(-err, "cannot run '%s': %s", cmd, strerror(err));
	return err == ENOENT || err == ENOTDIR ? 127 : 126;
}

static int usable(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	return access(path, X_OK) ? errno : 0;
}

int lym_launch_find(struct lym_launch *l, char **argv)
{
	const char *env = getenv("PATH");
	char path[sizeof(l->path)], *copy, *save = NULL;
	int err = ENOENT, e;

	if (strchr(argv[0], '/') || !*argv[0]) {
		snprintf(l->path, sizeof(l->path), "%s", argv[0]);
		err = usable(argv[0]);
		return err ? explain(argv[0], err) : 0;
	}
	copy = strdup(env ? env : "/usr/local/bin:/usr/bin:/bin");
	if (!copy)
		return explain(argv[0], ENOMEM);
	for (char *d = strtok_r(copy, ":", &save); d && err; d = strtok_r(NULL, ":", &save)) {
		snprintf(path, sizeof(path), "%s/%s", d, argv[0]);
		e = usable(path);
		if (!e || e == EACCES)
			err = e;
		if (!e)
			memcpy(l->path, path, sizeof(path));
	}
	free(copy);
	return err ? explain(argv[0], err) : 0;
}

/*
 * Until the parent lets us go on. A process that stops itself does so behind the end of its call, so it is not in one when tracing begins, and makes
 * none until it becomes the program.
 */
static void await(const struct lym_launch *l, pid_t parent)
{
	pid_t self = getpid();

	while (*l->go != GO) {		/* and if somebody else continued us */
		if (getppid() != parent)
			_exit(127);
		kill(self, SIGSTOP);
	}
}

static bool become(const struct passwd *u)
{
	return !initgroups(u->pw_name, u->pw_gid) && !setgid(u->pw_gid) && !setuid(u->pw_uid);
}

static void child(struct lym_launch *l, char **argv, const struct passwd *user, const struct lym_inherited *signals, pid_t parent,
		  int failed)
{
	int err;

	sigprocmask(SIG_SETMASK, &signals->blocked, NULL);
	signal(SIGPIPE, signals->pipe);
	err = !user || become(user) ? 0 : errno;
	await(l, parent);
	if (!err) {
		execv(l->path, argv);
		err = errno;
	}
	if (write(failed, &err, sizeof(err)) != sizeof(err))
		_exit(127);
	_exit(127);
}

/* The child has been killed, by a signal to our group for instance, before it became anything. */
static int gone(struct lym_launch *l, int status)
{
	close(l->failed);
	l->pid = -1;
	return lym_fail(-EINTR, "%s was ended before it began: %s", l->path, strsignal(WTERMSIG(status)));
}

int lym_launch_prepare(struct lym_launch *l, char **argv, const char *user, const struct lym_inherited *signals)
{
	const struct passwd *u = user ? getpwnam(user) : NULL;
	pid_t parent = getpid();
	int failed[2], st;
	void *go = mmap(NULL, sizeof(*l->go), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (user && !u)
		return lym_usage("-u: no user '%s'", user);
	if (go == MAP_FAILED || pipe2(failed, O_CLOEXEC))
		return lym_fail(-errno, "cannot share memory with a child: %s", strerror(errno));
	l->go = go;
	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* so that we learn when the last of its tree is gone */
	l->pid = fork();
	if (l->pid < 0)
		return lym_fail(-errno, "cannot fork: %s", strerror(errno));
	if (!l->pid)
		child(l, argv, u, signals, parent, failed[1]);
	close(failed[1]);
	l->failed = failed[0];
	if (waitpid(l->pid, &st, WUNTRACED) != l->pid)
		return lym_fail(-errno, "cannot wait for the child to stop: %s", strerror(errno));
	return WIFSTOPPED(st) ? 0 : gone(l, st);
}

int lym_launch_go(struct lym_launch *l, char **argv)
{
	int err = 0;
	ssize_t n;

	*l->go = GO;
	kill(l->pid, SIGCONT);
	do
		n = read(l->failed, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	close(l->failed);
	if (n != sizeof(err))	/* exec closed the pipe */
		return 0;
	waitpid(l->pid, NULL, 0);
	l->pid = -1;
	return explain(argv[0], err);
}

void lym_launch_abandon(struct lym_launch *l)
{
	if (l->pid <= 0)
		return;
	kill(l->pid, SIGKILL);
	close(l->failed);
	waitpid(l->pid, NULL, 0);
	l->pid = -1;
}
