/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Nothing is allocated per event: the records of tests/golden, thousands of times through every sink, while every call of
 * the allocator is counted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "out.h"
#include "rawfile.h"
#include "tap.h"

#define ROUNDS 400

static volatile unsigned long allocations;

#ifdef __SANITIZE_ADDRESS__	/* which has an allocator of its own, and hooks for us */
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *p, size_t n),
					      void (*on_free)(const volatile void *p));

static void on_malloc(const volatile void *p, size_t n)
{
	allocations++;
}

static void on_free(const volatile void *p)
{
}

static bool watch(void)
{
	return __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
}
#else
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

void *malloc(size_t n)
{
	allocations++;
	return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	allocations++;
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	allocations++;
	return __libc_realloc(p, n);
}

void *aligned_alloc(size_t align, size_t n)
{
	allocations++;
	return __libc_memalign(align, n);
}

static bool watch(void)
{
	return true;
}
#endif

static unsigned char recs[1 << 20] __attribute__((aligned(8)));
static size_t len;
static struct lym_out_opts opts;

/* Keep the records of a file behind those that are there. */
static unsigned int load(const char *dir, const char *name)
{
	static char host[80];
	struct lym_rawfile *f;
	struct lym_record r;
	unsigned int n = 0;
	char path[256];

	snprintf(path, sizeof(path), "%s/%s.raw", dir, name);
	if (lym_rawfile_open(&f, path, &opts))
		return 0;
	for (; lym_rawfile_next(f, &r) > 0 && len + r.h->len <= sizeof(recs); n++) {
		memcpy(recs + len, r.h, r.h->len);
		len += r.h->len;
	}
	snprintf(host, sizeof(host), "%s", opts.host);
	opts.host = host;
	lym_rawfile_close(f);
	unlink(path);
	return n;
}

static unsigned long print_all(struct lym_out *o)
{
	struct lym_record r;
	unsigned long n = 0;
	size_t at;

	for (at = 0; at < len; at += r.h->len, n++) {
		if (lym_record_view(&r, recs + at, len - at) || lym_out_event(o, &r))
			abort();
	}
	return n;
}

static void sink(const char *name)
{
	unsigned long before, n = 0;
	struct lym_out *o;
	char spec[40];
	int i;

	snprintf(spec, sizeof(spec), "%s:/dev/null", name);
	if (lym_out_open(&o, spec, &opts))
		abort();
	print_all(o);		/* the local time zone and the like are loaded once */
	before = allocations;
	for (i = 0; i < ROUNDS; i++)
		n += print_all(o);
	ok(allocations == before && n > 10000, "%s: %lu allocations for %lu events", name, allocations - before, n);
	lym_out_close(o);
}

int main(void)
{
	static const char *const names[] = { "calls", "families", "messages", "truth", "hostile", "kernel" };
	const char *build = getenv("O");
	char dir[] = "/tmp/lymer-unit-XXXXXX", cmd[4200];
	const struct lym_sink *s;
	unsigned long before;
	unsigned int i, n;

	if (!watch() || !mkdtemp(dir))
		return 1;
	before = allocations;
	free(malloc(1));
	free(realloc(calloc(1, 1), 2));
	ok(allocations == before + 3, "allocations are counted");
	snprintf(cmd, sizeof(cmd), "%s/tests/golden/make-records %s", build ? build : "build", dir);
	if (system(cmd))
		return 1;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		n = load(dir, names[i]);
		ok(n > 0, "%u records of %s", n, names[i]);
	}
	rmdir(dir);
	for (i = 0; (s = lym_out_sink(i)); i++)
		sink(s->name);
	return done();
}
