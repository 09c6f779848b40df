// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Which files have functions that are asked for, and the hooks there. A hook is at a file, for whoever runs it; the kernel side
 * asks who is in scope. Libraries of this system are hooked before anybody in scope uses them, so none of their calls is missed;
 * other files when a process has mapped them (bpf/user.c says when to look).
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "fail.h"
#include "schema.h"
#include "symbols.h"
#include "uprobe.h"
#include "user.h"

#define FOUND 32		/* functions of one file */
#define PATH 4096
#define DIRECTORIES "/{usr/local/,usr/,}lib*/{,*-linux-*/}"

static const struct function {
	const char *name, *library;
	int event, how;
} functions[] = {
#define FUNCTION(event, name, how, library) { #name, library, LYM_EV_##event, how },
#include "user.def"
};

#define FUNCTIONS (sizeof(functions) / sizeof(*functions))

struct file {
	unsigned int major, minor;
	__u64 inode;
};

struct lym_user {
	const struct lym_plan *plan;
	struct lym_functions kernel;
	struct file *file;		/* looked at so far */
	unsigned int files;
	int *link;
	unsigned int links;
	__u64 places;			/* told to the kernel side so far */
	__u64 missed;			/* loads, looked for everywhere since */
	bool late;			/* who is in scope runs already */
};

static bool wanted(const struct lym_user *u, unsigned int k)
{
	switch (functions[k].how) {
	case HOW_LOADED:
		return true;
	case HOW_FREED:
		return u->kernel.freed >= 0;
	}
	return u->plan->want[functions[k].event];
}

static bool same(const struct file *a, const struct file *b)
{
	return a->inode == b->inode && a->major == b->major && a->minor == b->minor;
}

/* Is a file new to us? Then it is not any more. */
static bool is_new(struct lym_user *u, const struct file *f)
{
	struct file *more;

	for (unsigned int i = 0; i < u->files; i++)
		if (same(&u->file[i], f))
			return false;
	more = realloc(u->file, (u->files + 1) * sizeof(*more));
	if (!more)
		return false;
	u->file = more;
	u->file[u->files++] = *f;
	return true;
}

static struct file identity(const struct stat *st)
{
	return (struct file){ major(st->st_dev), minor(st->st_dev), st->st_ino };
}

/* ---- hooking ---- */

/* Attach a program to functions of a file, and keep the links. */
static int attach(struct lym_user *u, int prog, const char *file, const __u64 *offset, const __u64 *number, unsigned int n, bool returns)
{
	int *more = realloc(u->link, (u->links + n) * sizeof(*more)), links;

	if (!more)
		return -ENOMEM;
	u->link = more;
	links = lym_uprobe_link(prog, file, offset, number, n, returns, u->link + u->links);
	if (links < 0)
		return links;
	u->links += links;
	return 0;
}

/* Tell the kernel side what is at the hook of that number. */
static int place(struct lym_user *u, __u64 number, const struct function *f, const char *path)
{
	struct lym_place p = { .event = f->event, .how = f->how, .function_len = strlen(f->name) };

	/* the end of a long path says more */
	path += strlen(path) > sizeof(p.library) ? strlen(path) - sizeof(p.library) : 0;
	p.library_len = strlen(path);
	memcpy(p.function, f->name, p.function_len);
	memcpy(p.library, path, p.library_len);
	return bpf_map_update_elem(u->kernel.places, &number, &p, BPF_ANY) ? -errno : 0;
}

static int hook(struct lym_user *u, int fd, const char *path, const struct lym_symbol *found, unsigned int n)
{
	__u64 offset[FOUND], number[FOUND];
	char file[32];
	int err = 0;
	unsigned int k = 0;

	snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
	for (unsigned int i = 0; i < n && !err; i++) {
		const struct function *f = &functions[found[i].name];

		if (f->how >= HOW_EVENTS) {
			err = attach(u, f->how == HOW_FREED ? u->kernel.freed : u->kernel.loaded, file, &found[i].offset, NULL, 1, false);
			continue;
		}
		offset[k] = found[i].offset;
		number[k] = ++u->places;
		err = place(u, number[k++], f, path);
	}
	if (!err && k)		/* no return without a call */
		err = attach(u, u->kernel.returned, file, offset, number, k, true) ?:
		      attach(u, u->kernel.called, file, offset, number, k, false);
	return err;
}

/* ---- files ---- */

static bool has(const struct lym_symbol *found, unsigned int n, int event)
{
	for (unsigned int i = 0; i < n; i++)
		if (functions[found[i].name].event == event && functions[found[i].name].how < HOW_EVENTS)
			return true;
	return false;
}

/* What cannot be seen of a program. */
static void tell_unseen(const struct lym_user *u, const char *path, const struct lym_symbols *s, const struct lym_symbol *found,
			unsigned int n)
{
	int before = -1, event;

	for (unsigned int k = 0; k < FUNCTIONS; k++) {
		event = functions[k].event;
		if (functions[k].how >= HOW_EVENTS || !wanted(u, k) || event == before || has(found, n, event))
			continue;
		before = event;
		if (!s->native)
			lym_note("%s is not a 64-bit program of this machine: its %s is not seen", path, lym_schema_event(event)->name);
		else
			lym_note("no symbol %s in %s, which is linked statically: its %s is not seen", functions[k].name, path,
				 lym_schema_event(event)->name);
	}
}

/* Look into an open file, and hook what it has. program: it is not only a library of one. True: a dynamic linker was hooked. */
static bool look_into(struct lym_user *u, int fd, const char *path, bool program)
{
	const char *names[FUNCTIONS];
	struct lym_symbol found[FOUND];
	struct lym_symbols s;
	struct stat st;
	unsigned int n, useful = 0;
	bool linker = false;
	int err;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return false;
	for (unsigned int k = 0; k < FUNCTIONS; k++)
		names[k] = wanted(u, k) ? functions[k].name : "";
	n = lym_symbols_find(fd, names, FUNCTIONS, &s, found, FOUND);
	for (unsigned int i = 0; i < n; i++) {
		linker |= functions[found[i].name].how == HOW_LOADED;
		useful += functions[found[i].name].how < HOW_EVENTS;
	}
	if (program && (s.native ? !s.dynamic : s.elf))
		tell_unseen(u, path, &s, found, n);
	err = hook(u, fd, path, found, n);
	if (err)
		lym_note("cannot hook %s: %s", path, strerror(-err));
	else if (useful && u->late)
		lym_note("%s was found when it was in use: what was called before is not seen", path);
	return linker;
}

static void look_at(struct lym_user *u, const char *path, bool program)
{
	char *real = realpath(path, NULL);
	int fd = open(real ?: path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct file f;
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st)) {
		f = identity(&st);
		if (is_new(u, &f))
			look_into(u, fd, real ?: path, program);
	}
	if (fd >= 0)
		close(fd);
	free(real);
}

/* Libraries where the dynamic linker looks for them. */
static void look_in_system(struct lym_user *u)
{
	char pattern[128];
	glob_t g;

	for (unsigned int k = 0; k < FUNCTIONS; k++) {
		if (!wanted(u, k) || (k && !strcmp(functions[k].library, functions[k - 1].library)))
			continue;
		snprintf(pattern, sizeof(pattern), DIRECTORIES "%s", functions[k].library);
		if (glob(pattern, GLOB_BRACE, NULL, &g))
			continue;
		for (size_t i = 0; i < g.gl_pathc; i++)
			look_at(u, g.gl_pathv[i], false);
		globfree(&g);
	}
}

/* ---- processes ---- */

/* An executable mapping that is new to us: a line of a process's map. True: a dynamic linker was hooked. */
static bool look_at_mapping(struct lym_user *u, int pid, char *line, const struct file *exe)
{
	unsigned long long from, to;
	char name[80], perms[8];
	struct file f;
	int path = 0, fd;
	bool linker;

	if (sscanf(line, "%llx-%llx %7s %*x %x:%x %llu %n", &from, &to, perms, &f.major, &f.minor, &f.inode, &path) < 6 || !path ||
	    perms[2] != 'x' || !f.inode || !is_new(u, &f))
		return false;
	line[strcspn(line, "\n")] = 0;
	snprintf(name, sizeof(name), "/proc/%d/map_files/%llx-%llx", pid, from, to);
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	linker = look_into(u, fd, line + path, same(&f, exe));
	close(fd);
	return linker;
}

static void look_at_process(struct lym_user *u, int pid)
{
	char name[64], line[PATH + 128];
	struct file exe = { 0 };
	struct stat st;
	bool again = true;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/exe", pid);
	if (!stat(name, &st))
		exe = identity(&st);
	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	/* what a linker has mapped before it was hooked is there by now; what it maps from now on it will tell */
	while (again) {
		again = false;
		f = fopen(name, "re");
		while (f && fgets(line, sizeof(line), f))
			again |= look_at_mapping(u, pid, line, &exe);
		if (f)
			fclose(f);
	}
}

static void look_at_all(struct lym_user *u)
{
	DIR *d = opendir("/proc");
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (isdigit((unsigned char)*e->d_name) && atoi(e->d_name) != getpid())
			look_at_process(u, atoi(e->d_name));
	if (d)
		closedir(d);
}

/* Who is in scope now; command: the last of the roots is to become that. */
static void look_at_scope(struct lym_user *u, const char *command)
{
	const struct lym_scope *s = &u->plan->scope;
	unsigned int roots = s->roots - !!command;

	if (command)
		look_at(u, command, true);
	if (!s->roots || (s->descend && roots))
		look_at_all(u);
	for (unsigned int i = 0; i < roots; i++)
		look_at_process(u, s->root[i]);
}

int lym_user_open(struct lym_user **ret, const struct lym_tracer *t, const struct lym_plan *plan, const char *command)
{
	struct lym_functions kernel = lym_tracer_functions(t);
	struct lym_user *u;

	*ret = NULL;
	if (kernel.called < 0)
		return 0;
	u = calloc(1, sizeof(*u));
	if (!u)
		return lym_fail(-ENOMEM, "out of memory");
	u->plan = plan;
	u->kernel = kernel;
	look_in_system(u);
	look_at_scope(u, command);
	u->late = true;
	*ret = u;
	return 0;
}

void lym_user_adapt(struct lym_user *u)
{
	struct lym_load load;
	__u32 before = 0;

	if (!u)
		return;
	if (*u->kernel.missed != u->missed) {
		u->missed = *u->kernel.missed;
		look_at_all(u);
	}
	while (!bpf_map_lookup_and_delete_elem(u->kernel.loads, NULL, &load)) {
		if (load.pid != before || *load.path)
			look_at_process(u, load.pid);
		if (*load.path == '/')		/* it may have ended, but it may begin again */
			look_at(u, load.path, true);
		before = load.pid;
	}
}

/* ---- the end ---- */

static void *unhook(void *link)
{
	close((long)link);
	return NULL;
}

/* Each of them waits until all CPUs have left it: so all wait at the same time. */
void lym_user_close(struct lym_user *u)
{
	pthread_t *thread = u ? calloc(u->links, sizeof(*thread)) : NULL;
	unsigned int i, n = 0;

	if (!u)
		return;
	for (i = 0; i < u->links; i++) {
		if (thread && !pthread_create(&thread[n], NULL, unhook, (void *)(long)u->link[i]))
			n++;
		else
			close(u->link[i]);
	}
	while (n-- > 0)
		pthread_join(thread[n], NULL);
	free(thread);
	free(u->link);
	free(u->file);
	free(u);
}
