/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The table of sinks, and the buffer in front of the file that they write to. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fail.h"
#include "file.h"
#include "held.h"
#include "out.h"
#include "select.h"
#include "split.h"
#include "summary.h"

#define FLUSH_AT (256 * 1024)
#define RESERVE_AT (4ull << 20)
#define RESERVE (16ull << 20)
#define NEVER (~0ull)
#define ROOM (FLUSH_AT + 4 * LYM_RECORD_MAX)	/* what one more event is likely to need at most */

static void none_event(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	(void)o;
	(void)b;
	(void)r;
}

static const struct lym_sink none = { "none", "nothing; events are counted only", NULL, none_event };

const struct lym_sink lym_out_summary = { "summary", "counts, times and their distribution, at the end", NULL, none_event };

static const struct lym_sink *const sinks[] = { &lym_out_table, &lym_out_json, &lym_out_strace, &lym_out_summary, &lym_out_raw, &none };

#define SINKS (sizeof(sinks) / sizeof(sinks[0]))

const struct lym_sink *lym_out_sink(unsigned int i)
{
	return i < SINKS ? sinks[i] : NULL;
}

static const struct lym_sink *find(const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < SINKS; i++) {
		if (strlen(sinks[i]->name) == len && !memcmp(sinks[i]->name, name, len))
			return sinks[i];
	}
	return NULL;
}

/* -o '|CMD': its standard input. */
static int open_command(struct lym_out *o, const char *cmd)
{
	o->pipe = popen(cmd, "we");
	if (!o->pipe)
		return lym_fail(-errno, "cannot run '%s': %s", cmd, strerror(errno));
	o->fd = fileno(o->pipe);
	snprintf(o->path, sizeof(o->path), "the command '%s'", cmd);
	return 0;
}

static int open_file(struct lym_out *o, const char *path)
{
	if (!*path)
		return lym_fail(-EINVAL, "no file name behind the colon of --output %s:", o->sink->name);
	if (!strcmp(path, "-"))
		return 0;
	if (o->opts.split) {
		o->split = lym_split_new(path, o->opts.append);
		snprintf(o->path, sizeof(o->path), "%s.*", path);
		return o->split ? 0 : lym_fail(-ENOMEM, "out of memory");
	}
	if (*path == '|' || *path == '!')
		return open_command(o, path + 1);
	o->fd = open(path, O_WRONLY | O_CREAT | (o->opts.append ? O_APPEND : O_TRUNC) | O_CLOEXEC, 0644);
	if (o->fd < 0) {
		o->fd = -errno;
		return lym_fail(o->fd, "cannot write '%s': %s", path, strerror(-o->fd));
	}
	o->own_fd = true;
	snprintf(o->path, sizeof(o->path), "%s", path);
	return 0;
}

int lym_out_open(struct lym_out **ret, const char *spec, const struct lym_out_opts *opts)
{
	const char *colon = strchr(spec, ':');
	size_t len = colon ? (size_t)(colon - spec) : strlen(spec);
	const struct lym_sink *sink = find(spec, len);
	struct lym_out *o;
	int err;

	if (!sink)
		return lym_fail(-EINVAL, "no output '%.*s'; there are table, json, strace, summary, raw and none", (int)len, spec);
	o = calloc(1, sizeof(*o));
	if (!o)
		return -ENOMEM;
	o->sink = sink;
	o->opts = *opts;
	o->opts.errors &= !colon;
	if (!o->opts.host)
		o->opts.host = "";
	o->fd = o->opts.errors ? STDERR_FILENO : STDOUT_FILENO;
	snprintf(o->path, sizeof(o->path), "standard %s", o->opts.errors ? "error" : "output");
	o->buf.hex = opts->style.hex;
	o->buf.names = opts->style.names;
	err = colon ? open_file(o, colon + 1) : 0;
	if (!err && (sink == &lym_out_summary || opts->summarize) && !(o->summary = lym_summary_new()))
		err = lym_fail(-ENOMEM, "no memory for the summary");
	if (!err && opts->status & (LYM_STATUS_UNFINISHED | LYM_STATUS_DETACHED) && !(o->held = lym_held_new()))
		err = lym_fail(-ENOMEM, "no memory for calls under way");
	if (!err && !lym_text_room(&o->buf, ROOM))
		err = lym_fail(-ENOMEM, "no memory for the output buffer");
	if (err) {
		o->error = err;
		lym_out_close(o);
		return err;
	}
	if (sink->begin)
		sink->begin(o, &o->buf);
	*ret = o;
	return 0;
}

/*
 * Blocks for what comes next, once a file of ours has become large: one by one as they are written, they cost a file system as much as the
 * bytes do. The file is not longer for it.
 */
static void reserve(struct lym_out *o)
{
	if (!o->own_fd || o->opts.append || o->bytes < RESERVE_AT || o->bytes + FLUSH_AT < o->reserved)
		return;
	if (!o->reserved)
		o->reserved = o->bytes;
	if (fallocate(o->fd, FALLOC_FL_KEEP_SIZE, o->reserved, RESERVE))
		o->reserved = NEVER;
	else
		o->reserved += RESERVE;
}

/* Give back those that were not needed. */
static void release(struct lym_out *o)
{
	struct stat st;

	if (o->reserved && !fstat(o->fd, &st) && (unsigned long long)st.st_size == o->bytes &&
	    ftruncate(o->fd, st.st_size))
		lym_note("%s keeps blocks of the disk that it does not need: %s", o->path, strerror(errno));
}

/* Write n bytes whatever it takes; 0 or -errno. */
static int write_all(struct lym_out *o, const char *p, size_t n)
{
	struct pollfd pfd = { .fd = o->fd, .events = POLLOUT };
	ssize_t k;

	while (n) {
		k = write(o->fd, p, n);
		if (k > 0) {
			p += k;
			n -= k;
			o->bytes += k;
		} else if (!k) {
			return -EIO;
		} else if (errno == EAGAIN) {	/* somebody made it non-blocking: wait, do not spin */
			poll(&pfd, 1, -1);
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

int lym_out_flush(struct lym_out *o)
{
	if (o->error)
		return o->error;
	if (o->buf.len)
		o->broken = o->buf.p[o->buf.len - 1] != '\n';
	reserve(o);
	o->error = write_all(o, o->buf.p, o->buf.len);
	if (!o->error) {
		o->events += o->pending;
		o->pending = 0;
	}
	o->buf.len = 0;
	return o->error;
}

/* What follows is of another thread, and goes to its file. */
static int turn_to(struct lym_out *o, unsigned int tid)
{
	int err = lym_out_flush(o), fd = err ? -1 : lym_split_fd(o->split, tid, &o->broken);

	if (err || fd < 0)
		return o->error = err ?: fd;
	o->tid = tid;
	o->fd = fd;
	return 0;
}

static bool listed(const struct lym_out *o, const void *path, size_t n)
{
	for (const char *const *p = o->opts.paths; *p; p++)
		if (strlen(*p) == n && !memcmp(*p, path, n))
			return true;
	return false;
}

/* How a field is told. */
static int printer(const struct lym_record *r, unsigned int field)
{
	const struct lym_type *t = lym_schema_type(r->ev->field[field].type);

	return t->printer == PR_CHOICE ? lym_schema_choice(t->arg, field, r->cell, r->h->ncells)->printer : t->printer;
}

/* Of fsconfig, as strace has it, only the last one's descriptor counts. */
static bool is_aux(const struct lym_record *r, unsigned int field)
{
	return field == 4 && (printer(r, field) == PR_FD || printer(r, field) == PR_DIRFD);
}

/* Is one of the paths of -P among the call's arguments, or behind a descriptor of it? */
static bool concerns(struct lym_out *o, const struct lym_record *r)
{
	const struct lym_item *i = NULL;
	size_t start = o->buf.len;
	bool found = false, deleted;

	while (!found && (i = lym_record_next(r, i))) {
		if (i->kind == LYM_FILE && !(r->ev->ev == LYM_EV_fsconfig && !is_aux(r, i->field)) && lym_file_path(&o->buf, i, &deleted))
			found = listed(o, o->buf.p + start, o->buf.len - start);
		else if (i->kind == LYM_DATA && i->field < (unsigned int)r->ev->nfields &&
			 printer(r, i->field) == PR_PATH)
			found = listed(o, lym_item_bytes(i), strnlen((const char *)lym_item_bytes(i), i->len));
		o->buf.len = start;
	}
	return found;
}

/* Is a record wanted whose call, if it is one, ended like that? What is no call is always told. */
static bool wanted(struct lym_out *o, const struct lym_record *r, unsigned int status)
{
	if (r->ev->ev == LYM_EV_signal_deliver && o->opts.signals)
		return o->opts.signals >> ((lym_record_cell(r, 0) - 1) & 63) & 1;
	if (r->ev->nr < 0 && r->ev->ev != LYM_EV_syscall && !lym_schema_function(r->ev))
		return true;
	return (!o->opts.status || o->opts.status & status) && (!o->opts.paths || concerns(o, r));
}

/* Tell an event, if it is wanted: see wanted(). */
static int tell(struct lym_out *o, const struct lym_record *r, unsigned int status)
{
	size_t start;
	int err;

	if ((o->opts.status || o->opts.paths || o->opts.signals) && !wanted(o, r, status)) {
		o->left_out++;
		return 0;
	}
	if (o->summary)
		lym_summary_add(o->summary, r);
	if (o->split && r->h->host_tid != o->tid && (err = turn_to(o, r->h->host_tid)))
		return err;
	start = o->buf.len;
	o->sink->event(o, &o->buf, r);
	if (o->buf.oom) {
		o->buf.len = start;	/* never half an event */
		return o->error = -ENOMEM;
	}
	o->pending++;
	return o->buf.len >= FLUSH_AT ? lym_out_flush(o) : 0;
}

/*
 * How a call ends decides whether it is told: so one that blocks waits (the record is left out until then), and what follows is as if
 * it had not been told.
 */
static int tell_held(struct lym_out *o, const struct lym_record **r)
{
	const struct lym_record *before;
	int err = 0;

	if (lym_record_blocked(*r)) {
		o->left_out++;
		err = lym_held_keep(o->held, *r);
		*r = NULL;
	} else if ((*r)->h->flags & LYM_F_TOLD) {
		before = lym_held_take(o->held, (*r)->h->host_tid);
		if ((*r)->ev->ev == LYM_EV_sched_process_exit && before && wanted(o, before, LYM_STATUS_UNFINISHED)) {
			o->left_out--;
			err = tell(o, before, LYM_STATUS_UNFINISHED);
		} else if (!(*r = lym_held_whole(o->held, *r))) {
			err = -ENOMEM;
		}
	} else if ((*r)->ev->nr >= 0) {
		lym_held_take(o->held, (*r)->h->host_tid);	/* whose return was lost, if there is one */
	}
	return err;
}

int lym_out_event(struct lym_out *o, const struct lym_record *r)
{
	int err = o->error;

	if (!err && o->held)
		err = o->error = tell_held(o, &r);
	if (err || !r)
		return err;
	return tell(o, r, r->h->flags & LYM_F_ENTER ? LYM_STATUS_UNFINISHED :
			  r->h->ret < 0 && r->h->ret > -4096 ? LYM_STATUS_FAILED : LYM_STATUS_OK);
}

/* Calls that are under way at the end. */
static void detached(struct lym_out *o)
{
	const struct lym_record *r;

	while (o->held && !o->error && (r = lym_held_take(o->held, 0))) {
		o->left_out--;
		tell(o, r, LYM_STATUS_DETACHED);
		if (o->unfinished && !o->split)
			lym_text_lit(&o->buf, LYM_DETACHED);
		o->unfinished = o->split ? o->unfinished : 0;
	}
	if (o->unfinished && !o->split)
		lym_text_lit(&o->buf, LYM_DETACHED);
}

int lym_out_close(struct lym_out *o)
{
	int err;

	if (!o)
		return 0;
	detached(o);
	if (o->summary && !o->error)
		lym_summary_print(o->summary, o->opts.style.sort, o->opts.style.columns, &o->buf);
	lym_summary_free(o->summary);
	lym_held_free(o->held);
	err = lym_out_flush(o);
	if (o->split) {
		int split = lym_split_free(o->split, o->broken);

		err = err ?: split;
	}
	if (o->pipe && pclose(o->pipe) && !err)
		err = lym_fail(-EIO, "%s failed", o->path);
	release(o);
	if (o->own_fd && close(o->fd) && !err)	/* where a full disk may show first */
		err = -errno;
	lym_text_free(&o->buf);
	lym_text_free(&o->kept);
	free(o);
	return err;
}
