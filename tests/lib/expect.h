/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * How a spec program says what a truthful tracer must report: one line "EXPECT {json}" per event, in the order of
 * the thread named in it. tests/lib/compare.py reads them. Facts come from this side of the call only.
 */
#ifndef TESTS_EXPECT_H
#define TESTS_EXPECT_H

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define DIE(...) (fprintf(stderr, "%s:%d: ", __FILE__, __LINE__), fprintf(stderr, __VA_ARGS__), \
		  fprintf(stderr, ": %s\n", strerror(errno)), _exit(99))
#define NEED(cond) ((cond) ? (void)0 : DIE("%s", #cond))
/* What this kernel or container does not have is skipped by name, not failed. */
#define SKIP(...) (printf("SKIP "), printf(__VA_ARGS__), printf("\n"), fflush(stdout), _exit(77))

#define ERESTARTSYS 512		/* the kernel's own word for a call that a signal interrupted */

union addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	struct sockaddr_nl nl;
	struct sockaddr_ll ll;
	struct sockaddr_vm vm;
	struct sockaddr_storage ss;
	unsigned char raw[128];
};

/* One line in the making; one per thread. */
struct xline {
	FILE *f;
	char *text;
	size_t len;
	int keys;
};

static __thread struct xline xl;
static __thread long long x_from;	/* CLOCK_REALTIME before the call under test */

static inline long long x_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* Events before this moment are of no interest: they prepared the stage. */
static inline void x_start(void)
{
	printf("START %lld\n", x_now());
	fflush(stdout);
}

static inline void x_str(const void *p, size_t n)
{
	const unsigned char *s = p;

	fputc('"', xl.f);
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"' || s[i] == '\\' || s[i] < ' ' || s[i] > '~')
			fprintf(xl.f, "\\u%04x", s[i]);
		else
			fputc(s[i], xl.f);
	}
	fputc('"', xl.f);
}

static inline void x_addr_json(const union addr *a, size_t len)
{
	char t[INET6_ADDRSTRLEN];
	const char *p;
	size_t n;

	switch (len ? a->sa.sa_family : AF_UNSPEC) {
	case AF_INET:
		fprintf(xl.f, "{\"sa_family\":\"AF_INET\",\"sin_addr\":\"%s\",\"sin_port\":%u}",
			inet_ntop(AF_INET, &a->in.sin_addr, t, sizeof(t)), ntohs(a->in.sin_port));
		break;
	case AF_INET6:
		fprintf(xl.f, "{\"sa_family\":\"AF_INET6\",\"sin6_addr\":\"%s\",\"sin6_port\":%u,"
			"\"sin6_flowinfo\":%u,\"sin6_scopeid\":%u}",
			inet_ntop(AF_INET6, &a->in6.sin6_addr, t, sizeof(t)), ntohs(a->in6.sin6_port),
			ntohl(a->in6.sin6_flowinfo), a->in6.sin6_scope_id);
		break;
	case AF_UNIX:
		p = a->un.sun_path;
		n = len - offsetof(struct sockaddr_un, sun_path);
		fputs("{\"sa_family\":\"AF_UNIX\",\"sun_path\":", xl.f);
		if (n && !p[0]) {	/* abstract: '@' stands for the first NUL, the others are bytes like any */
			union addr c = *a;

			c.un.sun_path[0] = '@';
			x_str(c.un.sun_path, n);
		} else {
			x_str(p, strnlen(p, n));
		}
		fputc('}', xl.f);
		break;
	case AF_NETLINK:
		fprintf(xl.f, "{\"sa_family\":\"AF_NETLINK\",\"nl_pid\":%u,\"nl_groups\":%u}",
			a->nl.nl_pid, a->nl.nl_groups);
		break;
	case AF_PACKET:
		fprintf(xl.f, "{\"sa_family\":\"AF_PACKET\",\"sll_protocol\":%u,\"sll_ifindex\":%d,"
			"\"sll_hatype\":%u,\"sll_pkttype\":%u}", ntohs(a->ll.sll_protocol),
			a->ll.sll_ifindex, a->ll.sll_hatype, a->ll.sll_pkttype);
		break;
	case AF_VSOCK:
		fprintf(xl.f, "{\"sa_family\":\"AF_VSOCK\",\"svm_cid\":%u,\"svm_port\":%u}",
			a->vm.svm_cid, a->vm.svm_port);
		break;
	default:
		fputs(len ? "{\"hex\":\"" : "null", xl.f);
		for (size_t i = 0; i < len; i++)
			fprintf(xl.f, "%02x", a->raw[i]);
		fputs(len ? "\"}" : "", xl.f);
	}
}

static inline void x_sep(const char *name)
{
	fprintf(xl.f, "%s\"%s\":", xl.keys++ ? "," : "", name);
}

/* Open a line. ret is what the call returned, -errno if it failed. */
static inline void x_begin(const char *event, long ret)
{
	xl = (struct xline){0};
	xl.f = open_memstream(&xl.text, &xl.len);
	fprintf(xl.f, "EXPECT {\"name\":\"%s\",\"ret\":%ld,\"tid\":%ld,\"from\":%lld,\"to\":%lld", event, ret,
		syscall(SYS_gettid), x_from, x_now());
	if (ret < 0)
		fprintf(xl.f, ",\"errno\":\"%s\"", ret == -ERESTARTSYS ? "ERESTARTSYS" : strerrorname_np(-ret));
	fputs(",\"args\":{", xl.f);
}

static inline void x_int(const char *name, long long v)
{
	x_sep(name);
	fprintf(xl.f, "{\"int\":%lld}", v);
}

/* A number and the name that it must be shown by. */
static inline void x_named(const char *name, long long v, const char *text)
{
	x_sep(name);
	fprintf(xl.f, "{\"int\":%lld,\"text\":\"%s\"}", v, text);
}

static inline void x_text(const char *name, const char *text)
{
	x_sep(name);
	fprintf(xl.f, "{\"str\":\"%s\"}", text);
}

/* Payload: n bytes were delivered out of full that there were. origin: "K", "U" or "*". */
static inline void x_bytes(const char *name, const void *p, size_t n, size_t full, const char *origin)
{
	const unsigned char *s = p;

	x_sep(name);
	fputs("{\"hex\":\"", xl.f);
	for (size_t i = 0; i < n; i++)
		fprintf(xl.f, "%02x", s[i]);
	fprintf(xl.f, "\",\"full\":%zu,\"origin\":\"%s\"}", full, origin);
}

static inline void x_nobytes(const char *name)
{
	x_sep(name);
	fputs("{\"nobytes\":true}", xl.f);
}

/* An address that must be reported; len 0: none may be shown. */
static inline void x_addr(const char *name, const void *a, size_t len, const char *origin)
{
	x_sep(name);
	fputs("{\"addr\":", xl.f);
	x_addr_json(a, len);
	fprintf(xl.f, ",\"origin\":\"%s\"}", origin);
}

/* An address that may be left out, but must be this if shown. */
static inline void x_maybe_addr(const char *name, const void *a, size_t len)
{
	x_sep(name);
	fputs("{\"maybe_addr\":", xl.f);
	x_addr_json(a, len);
	fputc('}', xl.f);
}

/* Any further condition that compare.py knows, as JSON. */
#define x_json(name, ...) (x_sep(name), fprintf(xl.f, __VA_ARGS__))

/* End of the arguments; what follows describes the event as a whole. */
static inline void x_args_end(void)
{
	fputc('}', xl.f);
	xl.keys = 1;
}

static pthread_mutex_t x_lock = PTHREAD_MUTEX_INITIALIZER;

/* Close the line and print it in one go. */
static inline void x_end(void)
{
	size_t done = 0;

	fputs("}\n", xl.f);
	fclose(xl.f);
	pthread_mutex_lock(&x_lock);
	fflush(stdout);
	while (done < xl.len) {
		ssize_t w = write(1, xl.text + done, xl.len - done);

		NEED(w > 0);
		done += w;
	}
	pthread_mutex_unlock(&x_lock);
	free(xl.text);
}

#endif
