// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * A program with functions of OpenSSL's names, of which it knows what they do: it prints a line of JSON for each call, in the
 * order in which they return. Built with -DLIBRARY it is a library that has them.
 *   fake calls     all kinds of calls
 *   fake threads   many, of four threads at once
 *   fake preempted many, of four threads on two CPUs, who are preempted at any moment by four more urgent ones
 *   fake deep      more at once than are kept
 *   fake storm N   N calls
 *   fake late LIB  waits for a byte, loads that library, waits for one, calls it once
 *   fake lookup    asks libc for an address
 */
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifdef __clang__		/* which needs no more for functions that others could call */
#define FUNCTION __attribute__((noinline))
#else
#define FUNCTION __attribute__((noipa))
#endif

/* What stands for a session. */
struct session {
	int fd;			/* its socket; -1: none is used */
	const char *data;	/* what it reads */
	int result;
	struct session *inner;	/* it writes to that one meanwhile */
	jmp_buf *out;		/* it does not return, but goes there */
	int deep;		/* it calls itself so many times */
};

FUNCTION int SSL_write(struct session *s, const void *buf, int n)
{
	if (s->fd >= 0 && send(s->fd, buf, n > 8 ? 8 : n, MSG_NOSIGNAL) < 0)
		return -1;
	asm volatile("" ::: "memory");
	return n;
}

FUNCTION int SSL_read(struct session *s, void *buf, int n)
{
	char bytes[8];

	if (s->fd >= 0 && recv(s->fd, bytes, sizeof(bytes), MSG_DONTWAIT) < 0)
		return -1;
	if (s->inner)
		SSL_write(s->inner, "inner", 5);
	if (s->out)
		longjmp(*s->out, 1);
	if (s->deep > 0) {
		s->deep--;
		SSL_read(s, buf, n);
	}
	if (s->data)
		memcpy(buf, s->data, n);
	asm volatile("" ::: "memory");
	return s->result ? s->result : n;
}

FUNCTION int SSL_read_ex(struct session *s, void *buf, size_t n, size_t *got)
{
	if (!s->data)
		return 0;
	memcpy(buf, s->data, n);
	*got = n;
	asm volatile("" ::: "memory");
	return 1;
}

FUNCTION void SSL_free(struct session *s)
{
	asm volatile("" :: "r"(s) : "memory");
}

FUNCTION long gnutls_record_recv(struct session *s, void *buf, size_t n)
{
	asm volatile("" :: "r"(buf), "r"(n) : "memory");
	return s->result;
}

#ifndef LIBRARY
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

static const char no_memory[] = "";	/* for data that is there and cannot be read */

/* What a truthful tracer says of a call. */
static void expect(const char *function, int fd, int error, long ret, size_t len, const char *data)
{
	bool unread = data == no_memory;

	data = unread ? NULL : data;
	pthread_mutex_lock(&one);
	printf("{\"name\":\"%s\",\"function\":\"%s\",\"tid\":%ld,\"fd\":%d,\"error\":%d,\"ret\":%ld,\"len\":%zu,\"unread\":%s,\"buf\":",
	       strstr(function, "write") ? "ssl_write" : "ssl_read", function, syscall(SYS_gettid), fd, error, ret, len,
	       unread ? "true" : "false");
	if (data)
		putchar('"');
	for (size_t i = 0; data && i < len; i++)
		printf("%02x", (unsigned char)data[i]);
	printf(data ? "\"}\n" : "null}\n");
	pthread_mutex_unlock(&one);
}

static struct session session(const char *data)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || send(pair[1], "12345678", 8, 0) != 8)
		exit(1);
	return (struct session){ .fd = pair[0], .data = data };
}

static void calls(void)
{
	static char big[5000], buf[8192];
	struct session a = session("first"), b = session("second"), c = { .fd = -1, .data = "nobody" }, d = session("outer"), *inner = &b;
	int fd = a.fd, other;
	size_t got = 0;
	jmp_buf out;

	SSL_read(&a, buf, 5);
	expect("SSL_read", fd, 0, 5, 5, "first");
	a.fd = -1;		/* data was left */
	a.data = "left";
	SSL_read(&a, buf, 4);
	expect("SSL_read", fd, 0, 4, 4, "left");
	a.fd = fd;
	SSL_read(&a, buf, 4);
	expect("SSL_read", fd, EAGAIN, -1, 0, NULL);
	SSL_read(&c, buf, 6);
	expect("SSL_read", -1, 0, 6, 6, "nobody");
	SSL_write(&b, "written", 7);
	expect("SSL_write", b.fd, 0, 7, 7, "written");
	d.inner = inner;
	SSL_read(&d, buf, 5);
	expect("SSL_write", b.fd, 0, 5, 5, "inner");
	expect("SSL_read", d.fd, 0, 5, 5, "outer");
	SSL_free(&d);
	d = session("jumped");
	d.out = &out;
	if (!setjmp(out))
		SSL_read(&d, buf, 6);
	d.out = NULL;
	d.fd = -1;
	SSL_read(&d, buf, 6);
	expect("SSL_read", -1, 0, 6, 6, "jumped");
	SSL_read_ex(&c, buf, 4, &got);
	expect("SSL_read_ex", -1, 0, 1, 4, "nobo");
	c.data = NULL;
	SSL_read_ex(&c, buf, 4, &got);
	expect("SSL_read_ex", -1, 0, 0, 0, NULL);
	memset(big, 'x', sizeof(big));
	c.data = big;
	SSL_read(&c, buf, sizeof(big));
	expect("SSL_read", -1, 0, sizeof(big), sizeof(big), big);
	c.data = NULL;
	SSL_read(&c, NULL, 4);
	expect("SSL_read", -1, 0, 4, 4, NULL);
	SSL_read(&c, mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4);
	expect("SSL_read", -1, 0, 4, 4, no_memory);
	c.result = -28;
	gnutls_record_recv(&c, buf, 4);
	expect("gnutls_record_recv", -1, 0, -28, 0, NULL);
	other = session("").fd;
	dup2(other, fd);	/* its descriptor is another socket now */
	a.fd = -1;
	SSL_read(&a, buf, 4);
	expect("SSL_read", -1, 0, 4, 4, "left");
}

static void *many(void *arg)
{
	char name[16], buf[16];
	struct session s = { .fd = -1, .data = name };

	for (int i = 0; i < 250; i++) {
		snprintf(name, sizeof(name), "%ld-%d", (long)arg, i);
		SSL_read(&s, buf, strlen(name));
		expect("SSL_read", -1, 0, strlen(name), strlen(name), name);
	}
	return NULL;
}

static void threads(void)
{
	pthread_t t[4];

	for (long i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, many, (void *)i);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
}

#define PATIENT 1500		/* calls of each who is preempted */

static volatile bool over;
static pthread_barrier_t begin;

static int text_of(char *to, size_t size, long who, int n)
{
	return snprintf(to, size, "%ld-%d-%u", who, n, (unsigned int)(who * 7919 + n) * 2654435761u);
}

/* An odd one sleeps for a moment, wakes whenever that ends, and goes before whoever runs there. What was called is only told at the end. */
static void *hurried(void *arg)
{
	struct sched_param urgent = { .sched_priority = 1 + (long)arg };
	unsigned int chance = (long)arg * 7919 + 1;
	long who = (long)arg;
	char name[40], buf[40];
	struct session s = { .fd = -1, .data = name };
	cpu_set_t cpu;
	int n;

	CPU_ZERO(&cpu);
	CPU_SET(who / 2 % 2, &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu) || (who % 2 && sched_setscheduler(0, SCHED_FIFO, &urgent)))
		exit(1);
	pthread_barrier_wait(&begin);
	for (n = 0; who % 2 ? !over : n < PATIENT; n++) {
		if (who % 2) {
			chance = chance * 1103515245 + 12345;
			nanosleep(&(struct timespec){ .tv_nsec = 20000 + chance % 2000000 }, NULL);
		}
		SSL_read(&s, buf, text_of(name, sizeof(name), who, n));
	}
	for (int i = 0, len; i < n; i++) {
		len = text_of(name, sizeof(name), who, i);
		expect("SSL_read", -1, 0, len, len, name);
	}
	return NULL;
}

static void preempted(void)
{
	pthread_t t[8];

	pthread_barrier_init(&begin, NULL, 8);
	for (long i = 0; i < 8; i++)
		pthread_create(&t[i], NULL, hurried, (void *)i);
	for (int i = 0; i < 8; i += 2)
		pthread_join(t[i], NULL);
	over = true;
	for (int i = 1; i < 8; i += 2)
		pthread_join(t[i], NULL);
}

static void late(const char *file)
{
	int (*read_late)(struct session *, void *, int);
	struct session s = { .fd = -1, .data = "late" };
	char buf[8];
	void *lib;

	if (read(0, buf, 1) != 1)
		return;
	lib = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	read_late = lib ? dlsym(lib, "SSL_read") : NULL;
	if (!read_late || read(0, buf, 1) != 1)
		exit(1);
	read_late(&s, buf, 4);
	expect("SSL_read", -1, 0, 4, 4, "late");
}

static void lookup(void)
{
	struct addrinfo *list = NULL;
	int ret = getaddrinfo("127.0.0.9", "9", NULL, &list);

	printf("{\"name\":\"getaddrinfo\",\"ret\":%d}\n", ret);
	if (list)
		freeaddrinfo(list);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct session s = { .fd = -1, .data = "deepdeep", .deep = 9 };
	char buf[8];

	if (!strcmp(what, "calls"))
		calls();
	else if (!strcmp(what, "threads"))
		threads();
	else if (!strcmp(what, "preempted"))
		preempted();
	else if (!strcmp(what, "deep"))
		SSL_read(&s, buf, 8);
	else if (!strcmp(what, "storm") && argc > 2)
		for (long n = s.deep = 0; n < atol(argv[2]); n++)
			SSL_read(&s, buf, 8);
	else if (!strcmp(what, "late") && argc > 2)
		late(argv[2]);
	else if (!strcmp(what, "lookup"))
		lookup();
	else
		return 2;
	return 0;
}
#endif
