/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Sinks' files: errors, counts, partial writes; raw files written and read back. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#include "make.h"
#include "out.h"
#include "rawfile.h"
#include "select.h"
#include "tap.h"

static unsigned char rec[LYM_RECORD_MAX] __attribute__((aligned(8)));
static struct lym_record r;
static const struct lym_out_opts opts = { 5, 7, "box", false, true, 64 };
static char dir[] = "/tmp/lymer-unit-XXXXXX", path[64], spec[80];

static void record(void)
{
	static const __u64 cells[6] = { 3, 0x7f00, 2048, 0, 0, 0 };
	struct make m = make_begin(rec, LYM_EV_recvfrom, 5, cells);

	make_item(&m, 1, LYM_DATA, LYM_I_KERNEL, "hello", 5);
	if (lym_record_view(&r, rec, m.len))
		abort();
}

/* stderr is not what is tested here */
static int quietly(int (*f)(void))
{
	int saved = dup(2), null = open("/dev/null", O_WRONLY | O_CLOEXEC), ret;

	dup2(null, 2);
	ret = f();
	dup2(saved, 2);
	close(saved);
	close(null);
	return ret;
}

static int open_unknown(void)
{
	struct lym_out *o = NULL;

	return lym_out_open(&o, "xml", &opts);
}

static int open_nowhere(void)
{
	struct lym_out *o = NULL;

	return lym_out_open(&o, "json:/nonexistent/file", &opts);
}

static int open_unnamed(void)
{
	struct lym_out *o = NULL;

	return lym_out_open(&o, "json:", &opts);
}

static void opening(void)
{
	const struct lym_sink *s;
	unsigned int i;

	ok(quietly(open_unknown) == -EINVAL, "no such output");
	ok(quietly(open_nowhere) == -ENOENT, "no such directory");
	ok(quietly(open_unnamed) == -EINVAL, "no file name");
	for (i = 0; (s = lym_out_sink(i)); i++)
		ok(s->name && *s->help && s->event, "sink %s", s->name);
	ok(i == 6, "six sinks");
	ok(!lym_out_close(NULL), "closing nothing");
}

static void counting(void)
{
	struct lym_out *o = NULL;
	off_t size;
	int i, fd, bad = 0;

	ok(!lym_out_open(&o, spec, &opts), "a file");
	for (i = 0; i < 5000; i++)
		bad += lym_out_event(o, &r) != 0;
	ok(!bad && o->events && o->pending, "5,000 events, some written, some pending");
	ok(!lym_out_flush(o) && o->events == 5000 && !o->pending, "all written");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	size = lseek(fd, 0, SEEK_END);
	close(fd);
	ok(size > 0 && (unsigned long long)size == o->bytes, "as many bytes as counted");
	ok(!lym_out_close(o), "closed");
}

static void failing(void)
{
	struct lym_out *o = NULL;
	int p[2], err = 0, i;

	if (!access("/dev/full", W_OK)) {
		ok(!lym_out_open(&o, "json:/dev/full", &opts), "a full disk");
		for (i = 0; i < 5000 && !err; i++)
			err = lym_out_event(o, &r);
		ok(err == -ENOSPC && o->error == -ENOSPC && !o->events, "is reported, and nothing counted as written");
		ok(lym_out_event(o, &r) == -ENOSPC, "again for the next event");
		ok(lym_out_close(o) == -ENOSPC, "and at the end");
	}
	signal(SIGPIPE, SIG_IGN);
	if (pipe(p))
		abort();
	lym_out_open(&o, "json", &opts);
	o->fd = p[1];
	close(p[0]);
	lym_out_event(o, &r);
	ok(lym_out_flush(o) == -EPIPE && lym_out_close(o) == -EPIPE, "a closed pipe");
	close(p[1]);
}

/* A record of getppid or of a thread's end, handed to o. */
static void hand(struct lym_out *o, int event, unsigned int tid, int flags)
{
	static unsigned char bytes[LYM_RECORD_MAX] __attribute__((aligned(8)));
	const __u64 cells[6] = { 0, 0, 0, 0, 0, LYM_EV_getppid };
	struct make m = make_begin(bytes, event, 5, cells);
	struct lym_record one;

	make_hdr(&m)->host_tid = tid;
	make_hdr(&m)->flags |= flags;
	if (lym_record_view(&one, bytes, m.len) || lym_out_event(o, &one))
		abort();
}

/*
 * What becomes of five calls that block, where that decides: one returns, one ends with its thread, two are under way at the
 * end, and the return of one is lost.
 */
static void held(void)
{
	static const struct {
		unsigned char status;
		const char *text;
	} cases[] = {
		{ LYM_STATUS_UNFINISHED, "2     getppid()                         = ?\n2     +++ exited with 0 +++\n" },
		{ LYM_STATUS_DETACHED, "2     +++ exited with 0 +++\n3     getppid( <detached ...>\n4     getppid( <detached ...>\n" },
		{ LYM_STATUS_OK | LYM_STATUS_DETACHED, "1     getppid()                         = 5\n2     +++ exited with 0 +++\n"
		  "5     getppid()                         = 5\n3     getppid( <detached ...>\n4     getppid( <detached ...>\n" },
	};
	struct lym_out_opts some = { .style.strings = 32 };
	char text[1000], as_lines[96];
	struct lym_out *o;
	ssize_t n;
	int fd;

	snprintf(as_lines, sizeof(as_lines), "strace:%s", path);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		some.status = cases[i].status;
		if (lym_out_open(&o, as_lines, &some))
			abort();
		for (unsigned int tid = 1; tid <= 5; tid++)
			hand(o, LYM_EV_getppid, tid, LYM_F_ENTER);
		hand(o, LYM_EV_getppid, 1, LYM_F_TOLD);
		hand(o, LYM_EV_sched_process_exit, 2, LYM_F_TOLD);
		hand(o, LYM_EV_getppid, 5, 0);
		lym_out_close(o);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
		text[n < 0 ? 0 : n] = 0;
		same(text, strlen(text), cases[i].text, "calls that block are told as they end");
	}
}

static void *reader(void *arg)
{
	char buf[1000];
	ssize_t n;
	size_t *sum = arg;
	int fd = (int)sum[1];

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		*sum += n;
		usleep(20);
	}
	return NULL;
}

/* A pipe takes less than is written at once, a non-blocking one refuses now and then: nothing may be missing. */
static void partial(void)
{
	struct lym_out *o = NULL;
	pthread_t t;
	size_t sum[2] = { 0 };
	int p[2], i, bad = 0;

	if (pipe(p))
		abort();
	fcntl(p[1], F_SETFL, O_NONBLOCK);
	sum[1] = p[0];
	lym_out_open(&o, "json", &opts);
	o->fd = p[1];
	pthread_create(&t, NULL, reader, sum);
	for (i = 0; i < 3000; i++)
		bad += lym_out_event(o, &r) != 0;
	bad += lym_out_flush(o) != 0;
	close(p[1]);
	pthread_join(t, NULL);
	ok(!bad && sum[0] == o->bytes && o->events == 3000, "a slow, non-blocking pipe gets every byte");
	o->fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	o->own_fd = true;
	lym_out_close(o);
	close(p[0]);
}

static int raw_next_status;

static int raw_read(void)
{
	struct lym_out_opts got = { 0 };
	struct lym_rawfile *f = NULL;
	struct lym_record v;
	int err = lym_rawfile_open(&f, path, &got), n = 0;

	if (err)
		return err;
	if (got.boot_ns != 5 || got.mono_ns != 7 || strcmp(got.host, "box") || got.snaplen != 64 || !got.duration)
		n = -1000000;
	while ((err = lym_rawfile_next(f, &v)) > 0)
		n += v.h->len == r.h->len && !memcmp(v.h, r.h, r.h->len);
	raw_next_status = err;
	lym_rawfile_close(f);
	return n;
}

static void raw(void)
{
	struct lym_out *o = NULL;
	unsigned int len;
	int i, fd, n;

	snprintf(spec, sizeof(spec), "raw:%s", path);
	lym_out_open(&o, spec, &opts);
	for (i = 0; i < 10000; i++)
		lym_out_event(o, &r);
	ok(!lym_out_close(o), "a raw file");
	ok(quietly(raw_read) == 10000 && !raw_next_status, "every record comes back");
	len = sizeof(struct lym_rawfile_hdr) + 3 * r.h->len;
	if (truncate(path, len - 8))
		abort();
	ok(quietly(raw_read) == 2 && raw_next_status == -EBADMSG, "cut within a record");
	if (truncate(path, len))
		abort();
	fd = open(path, O_WRONLY | O_CLOEXEC);
	n = pwrite(fd, "\377\377", 2, sizeof(struct lym_rawfile_hdr) + r.h->len + 4);
	ok(n == 2 && quietly(raw_read) == 1 && raw_next_status == -EBADMSG, "a broken record");
	n = pwrite(fd, "\377", 1, 16);
	ok(n == 1 && quietly(raw_read) == -EBADMSG, "another catalogue");
	n = pwrite(fd, "x", 1, 0);
	ok(n == 1 && quietly(raw_read) == -EBADMSG, "no raw file");
	close(fd);
	if (truncate(path, 30))
		abort();
	ok(quietly(raw_read) == -EBADMSG, "cut within the header");
	unlink(path);
	ok(quietly(raw_read) == -ENOENT, "no file");
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/out", dir);
	snprintf(spec, sizeof(spec), "json:%s", path);
	record();
	opening();
	counting();
	failing();
	held();
	partial();
	raw();
	rmdir(dir);
	return done();
}
