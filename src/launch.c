// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Starting the program that is to be traced. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fail.h"
#include "launch.h"

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

int lym_launch_check(char **argv)
{
	const char *env = getenv("PATH");
	char path[4096], *copy, *save = NULL;
	int err = ENOENT, e;

	if (strchr(argv[0], '/') || !*argv[0]) {
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
	}
	free(copy);
	return err ? explain(argv[0], err) : 0;
}

int lym_launch_prepare(struct lym_launch *l, char **argv)
{
	int go[2], failed[2], err;
	sigset_t none;
	char c;

	if (pipe2(go, O_CLOEXEC) || pipe2(failed, O_CLOEXEC))
		return lym_fail(-errno, "cannot make a pipe: %s", strerror(errno));
	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* so that we learn when the last of its tree is gone */
	l->pid = fork();
	if (l->pid < 0)
		return lym_fail(-errno, "cannot fork: %s", strerror(errno));
	if (l->pid) {
		close(go[0]);
		close(failed[1]);
		l->go = go[1];
		l->failed = failed[0];
		return 0;
	}
	close(go[1]);
	close(failed[0]);
	if (read(go[0], &c, 1) != 1)
		_exit(127);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execvp(argv[0], argv);
	err = errno;
	if (write(failed[1], &err, sizeof(err)) != sizeof(err))
		_exit(127);
	_exit(127);
}

int lym_launch_go(struct lym_launch *l, char **argv)
{
	int err = 0;
	ssize_t n;

	if (write(l->go, "", 1) != 1)
		err = errno;
	close(l->go);
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
	close(l->go);
	close(l->failed);
	waitpid(l->pid, NULL, 0);
	l->pid = -1;
}
