// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The scope language: pid=, tree=, comm=, uid=, cgroup=, each with lists and !=. */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fail.h"
#include "scope.h"

static const struct {
	const char *key;
	enum lym_scope_kind kind;
} keys[] = {
	{ "pid", SCOPE_PID }, { "tree", SCOPE_TREE }, { "comm", SCOPE_COMM }, { "uid", SCOPE_UID },
	{ "cgroup", SCOPE_CGROUP },
};

const char *lym_scope_cgroup_root(void)
{
	static char root[256];
	struct mntent *m;
	FILE *f;

	if (*root)
		return root;
	f = setmntent("/proc/self/mounts", "r");
	if (!f)
		return NULL;
	while ((m = getmntent(f)))
		if (!strcmp(m->mnt_type, "cgroup2")) {
			snprintf(root, sizeof(root), "%s", m->mnt_dir);
			break;
		}
	endmntent(f);
	return *root ? root : NULL;
}

void lym_scope_config(const struct lym_scope *s, volatile struct lym_config *c, struct lym_scope_term *term)
{
	c->terms = s->terms;
	c->sticky = true;
	for (unsigned int i = 0; i < s->terms; i++) {
		bool tree = s->term[i].kind == SCOPE_TREE, negate = s->term[i].negate;

		term[i] = s->term[i];
		c->marked |= tree && !negate;
		c->unmarked |= tree && negate;
		c->looks |= !tree;
		if (negate || (!tree && s->term[i].kind != SCOPE_PID))	/* what a task can change */
			c->sticky = false;
	}
}

/* The id of a cgroup is the inode number of its directory. */
static int cgroup_id(const char *path, __u64 *id)
{
	const char *root = lym_scope_cgroup_root();
	char full[4096];
	struct stat st;

	if (!root)
		return lym_fail(-ENOENT, "scope cgroup: cgroup v2 is not mounted here");
	if (!strncmp(path, root, strlen(root)))
		snprintf(full, sizeof(full), "%s", path);
	else
		snprintf(full, sizeof(full), "%s/%s", root, path + (*path == '/'));
	if (stat(full, &st) || !S_ISDIR(st.st_mode))
		return lym_usage("scope cgroup: no cgroup '%s' under %s", path, root);
	*id = st.st_ino;
	return 0;
}

static int number(const char *text, const char *what, unsigned long max, __u64 *out)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || v > max)
		return lym_usage("scope %s: '%s' is not a number between 0 and %lu", what, text, max);
	*out = v;
	return 0;
}

static int one_value(struct lym_scope *s, struct lym_scope_term *t, const char *key, const char *v)
{
	__u64 *out;
	int err;

	if (!*v)
		return lym_usage("scope %s: an empty value", key);
	if (t->count == LYM_SCOPE_VALUES)
		return lym_usage("scope %s: more than %d values", key, LYM_SCOPE_VALUES);
	out = &t->value[t->count];
	switch (t->kind) {
	case SCOPE_COMM:
		if (strlen(v) > 15)
			return lym_usage("scope comm: '%s' is longer than the kernel's 15 bytes", v);
		memcpy(t->comm[t->count], v, strlen(v));
		err = 0;
		break;
	case SCOPE_UID: {
		struct passwd *pw = getpwnam(v);

		*out = pw ? pw->pw_uid : 0;
		err = pw ? 0 : number(v, key, 0xfffffffful, out);
		break;
	}
	case SCOPE_CGROUP:
		err = cgroup_id(v, out);
		break;
	default:
		err = number(v, key, 4194304, out);
		if (!err && (*out == 0 || (kill(*out, 0) && errno == ESRCH)))
			err = lym_fail(-ESRCH, "scope %s: no process %s", key, v);
		if (!err && t->kind == SCOPE_TREE)
			s->root[s->roots++] = *out;
	}
	if (!err)
		t->count++;
	return err;
}

static int one_term(struct lym_scope *s, char *text)
{
	struct lym_scope_term t = { 0 };
	char *eq = strchr(text, '='), *value, *v;
	size_t i;
	int err;

	if (!eq || eq == text)
		return lym_usage("scope '%s': write KEY=VALUE or KEY!=VALUE with pid, tree, comm, uid or cgroup", text);
	value = eq + 1;
	if (eq[-1] == '!') {
		t.negate = 1;
		eq--;
	}
	*eq = 0;
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (!strcmp(keys[i].key, text))
			break;
	if (i == sizeof(keys) / sizeof(*keys))
		return lym_usage("scope: no key '%s'; there are pid, tree, comm, uid, cgroup", text);
	t.kind = keys[i].kind;
	if (t.kind == SCOPE_TREE) {
		if (s->roots)
			return lym_usage("scope: name all trees in one term: tree=PID,PID");
		s->descend = true;
	}
	if (s->terms == LYM_SCOPE_TERMS)
		return lym_usage("scope: more than %d terms", LYM_SCOPE_TERMS);
	if (!*value)
		return lym_usage("scope %s: an empty value", keys[i].key);
	while ((v = strsep(&value, ","))) {
		err = one_value(s, &t, keys[i].key, v);
		if (err)
			return err;
	}
	s->term[s->terms++] = t;
	return 0;
}

int lym_scope_add(struct lym_scope *s, const char *text)
{
	char *copy = strdup(text), *save = NULL;
	int err = 0;

	if (!copy)
		return lym_fail(-ENOMEM, "out of memory");
	if (!*copy)
		err = lym_usage("scope: an empty scope");
	for (char *t = strtok_r(copy, ";", &save); t && !err; t = strtok_r(NULL, ";", &save))
		err = one_term(s, t);
	free(copy);
	return err;
}

int lym_scope_root(struct lym_scope *s, pid_t pid)
{
	struct lym_scope_term *t = NULL;

	for (unsigned int i = 0; i < s->terms; i++)
		if (s->term[i].kind == SCOPE_TREE)
			t = &s->term[i];
	if (!t) {
		if (s->terms == LYM_SCOPE_TERMS)
			return lym_usage("scope: more than %d terms", LYM_SCOPE_TERMS);
		t = &s->term[s->terms++];
		t->kind = SCOPE_TREE;
	}
	if (s->roots == LYM_SCOPE_VALUES)
		return lym_usage("more than %d processes", LYM_SCOPE_VALUES);
	s->root[s->roots++] = pid;
	return 0;
}

int lym_scope_pids(struct lym_scope *s, const char *list)
{
	char *copy = strdup(list), *rest = copy, *p;
	int err = 0;

	if (!copy)
		return lym_fail(-ENOMEM, "out of memory");
	while (!err && (p = strsep(&rest, ","))) {
		__u64 pid = 0;

		err = number(p, "-p", 4194304, &pid);
		if (!err && (!pid || (kill(pid, 0) && errno == ESRCH)))
			err = lym_fail(-ESRCH, "no process %s", p);
		if (!err)
			err = lym_scope_root(s, pid);
	}
	free(copy);
	return err;
}
