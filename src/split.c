// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* A file for each thread. Only so many are open at once; one that was closed is opened again to be appended to. */
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fail.h"
#include "split.h"

#define OPEN 256

struct thread {
	unsigned int tid;
	int fd;			/* -1: closed for another's sake */
	bool broken;		/* its last line goes on */
	struct thread *next;
};

struct lym_split {
	void *threads;		/* tree of struct thread */
	struct thread *all, *now;	/* the last one made; the one that is written to */
	struct thread *open[OPEN];
	unsigned int next;	/* of open: the one that is closed next */
	bool append;
	int err;
	char path[256];
};

struct lym_split *lym_split_new(const char *path, bool append)
{
	struct lym_split *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->append = append;
	snprintf(s->path, sizeof(s->path), "%s", path);
	return s;
}

static int compare(const void *a, const void *b)
{
	const struct thread *x = a, *y = b;

	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

static void shut(struct lym_split *s, struct thread *t)
{
	if (t && t->fd >= 0 && close(t->fd) && !s->err)
		s->err = -errno;
	if (t)
		t->fd = -1;
}

int lym_split_fd(struct lym_split *s, unsigned int tid, bool *broken)
{
	struct thread key = { tid, -1 }, **found = tfind(&key, &s->threads, compare), *t = found ? *found : NULL;
	bool known = t;
	char path[300];

	if (s->now)
		s->now->broken = *broken;
	s->now = t;
	*broken = t && t->broken;
	if (t && t->fd >= 0)
		return t->fd;
	if (!t) {
		t = malloc(sizeof(*t));
		if (!t || !tsearch(memcpy(t, &key, sizeof(key)), &s->threads, compare)) {
			free(t);
			return lym_fail(-ENOMEM, "out of memory");
		}
		t->next = s->all;
		s->all = s->now = t;
	}
	shut(s, s->open[s->next]);
	s->open[s->next] = t;
	s->next = (s->next + 1) % OPEN;
	snprintf(path, sizeof(path), "%s.%u", s->path, tid);
	t->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (s->append || known ? O_APPEND : O_TRUNC), 0644);
	return t->fd < 0 ? lym_fail(-errno, "cannot write '%s': %s", path, strerror(errno)) : t->fd;
}

int lym_split_free(struct lym_split *s, bool broken)
{
	int err;

	if (!s)
		return 0;
	for (struct thread *t = s->all; t; t = t->next) {
		if (t == s->now ? !broken : !t->broken)
			continue;
		err = lym_split_fd(s, t->tid, &broken);
		if (err >= 0 && write(err, LYM_DETACHED, sizeof(LYM_DETACHED) - 1) < 0)
			err = -errno;
		if (err < 0 && !s->err)
			s->err = err;
		broken = false;
	}
	for (unsigned int i = 0; i < OPEN; i++)
		shut(s, s->open[i]);
	tdestroy(s->threads, free);
	err = s->err;
	free(s);
	return err;
}
