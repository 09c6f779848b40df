/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Programs that were running before the tracer came: full queues, sleeping receives, untraced sharers of a socket. */
#include <sys/wait.h>
#include "../lib/cases.h"
#include "../lib/recv.h"

static char data[16][6000];

#define KINDS 9

static size_t len_of(int kind)
{
	return kind == 8 ? 5000 : 50 + kind;
}

static struct pair make(int kind)
{
	switch (kind) {
	case 0: return udp_pair(AF_INET);
	case 1: return udp_pair(AF_INET6);
	case 2: return tcp_pair(AF_INET);
	case 3: return tcp_pair(AF_INET6);
	case 4: return unix_pair(SOCK_DGRAM);
	case 5: return unix_pair(SOCK_STREAM);
	case 6: return unix_pair(SOCK_SEQPACKET);
	case 7: return netlink_pair();
	default: return udp_pair(AF_INET);
	}
}

static bool names(int kind)
{
	return kind < 2 || kind >= 7;
}

static void ready(void)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	ready_and_wait(pid);
}

/* Five messages of each kind wait in the queues; one more comes later. */
static void queued(void)
{
	struct pair p[KINDS];

	for (int k = 0; k < KINDS; k++) {
		p[k] = make(k);
		fill(data[k], sizeof(data[k]), k);
		for (int i = 0; i < 5; i++)
			put(&p[k].tx, data[k] + i * 100, len_of(k), 0);
	}
	ready();
	for (int k = 0; k < KINDS; k++) {
		struct rx r = {.e = &p[k].rx, .room = len_of(k), .from = names(k) ? &p[k].tx : NULL,
			       .peer = &p[k].tx, .len = len_of(k)};

		for (int i = 0; i < 5; i++) {
			r.want = data[k] + i * 100;
			r.addr = i & 1;
			if (i == 4)
				put(&p[k].tx, data[k] + 700, len_of(k), 0);
			r.flags = i == 2 ? MSG_PEEK : 0;
			rx_recvfrom(&r);
			r.flags = 0;
			if (i == 2)
				rx_recvmsg(&r);
		}
		r.want = data[k] + 700;
		rx_recvfrom(&r);
	}
}

static struct sleeper {
	struct pair p;
	int kind;
	pid_t tid;
	pthread_t t;
} sleepers[KINDS];

static void *sleep_in_it(void *arg)
{
	struct sleeper *s = arg;

	__atomic_store_n(&s->tid, syscall(SYS_gettid), __ATOMIC_RELEASE);
	RECVFROM(.e = &s->p.rx, .room = len_of(s->kind), .addr = true, .from = names(s->kind) ? &s->p.tx : NULL,
		 .peer = &s->p.tx, .want = data[s->kind], .len = len_of(s->kind), .origin = "*");
	return NULL;
}

/* Threads that already sleep in their receive when the tracer comes: their calls began unseen. */
static void sleeping(void)
{
	for (int k = 0; k < KINDS; k++) {
		sleepers[k].p = make(k);
		sleepers[k].kind = k;
		fill(data[k], sizeof(data[k]), k);
		NEED(!pthread_create(&sleepers[k].t, NULL, sleep_in_it, &sleepers[k]));
	}
	for (int k = 0; k < KINDS; k++) {
		while (!__atomic_load_n(&sleepers[k].tid, __ATOMIC_ACQUIRE))
			sched_yield();
		wait_blocked(sleepers[k].tid, SYS_recvfrom);
	}
	ready();
	for (int k = 0; k < KINDS; k++)
		put(&sleepers[k].p.tx, data[k], len_of(k), 0);
	for (int k = 0; k < KINDS; k++)
		pthread_join(sleepers[k].t, NULL);
}

/* A child that the tracer does not know takes every second message, and peeks at ours. */
static void shared(void)
{
	struct pair p[KINDS];
	int go[2], done[2], status;
	char c, buf[6000];
	pid_t child;

	for (int k = 0; k < KINDS; k++) {
		p[k] = make(k);
		fill(data[k], sizeof(data[k]), k);
	}
	NEED(!pipe(go) && !pipe(done));
	child = fork();
	if (!child) {
		close(go[1]);
		while (read(go[0], &c, 1) == 1) {
			NEED(recv(p[c / 2].rx.fd, buf, len_of(c / 2), c & 1 ? MSG_PEEK : 0) > 0);
			NEED(write(done[1], "x", 1) == 1);
		}
		_exit(0);
	}
	close(go[0]);
	ready();
	for (int k = 0; k < KINDS; k++) {
		struct rx r = {.e = &p[k].rx, .room = len_of(k), .from = names(k) ? &p[k].tx : NULL,
			       .peer = &p[k].tx, .len = len_of(k), .addr = true};

		for (int i = 0; i < 6; i++)
			put(&p[k].tx, data[k] + i * 100, len_of(k), 0);
		for (int i = 0; i < 6; i++) {
			c = 2 * k + (i & 1);	/* it takes 0, 2, 4; it peeks at 1, 3, 5, which we take */
			NEED(write(go[1], &c, 1) == 1 && read(done[0], &c, 1) == 1);
			r.want = data[k] + i * 100;
			if (i & 1)
				rx_recvfrom(&r);
		}
	}
	close(go[1]);
	NEED(waitpid(child, &status, 0) == child && !status);
}

static struct {
	struct pair p;
	pid_t child, tid;
} both;

/* Two messages whenever both readers sleep. */
static void *feed(void *arg)
{
	char m[20];

	for (int i = 0;; i++) {
		wait_blocked(both.child, SYS_recvfrom);
		wait_blocked(both.tid, SYS_recvfrom);
		for (int k = 0; k < 2; k++)
			put(&both.p.tx, m, snprintf(m, sizeof(m), "message %d", 2 * i + k), 0);
	}
	return arg;
}

/* Our untraced child and we sleep in the same queue; whoever is woken takes a message. */
static void contended(void)
{
	char buf[64];
	int status;
	pthread_t t;

	both.p = udp_pair(AF_INET);
	both.tid = syscall(SYS_gettid);
	both.child = fork();
	if (!both.child) {
		while (recv(both.p.rx.fd, buf, sizeof(buf), 0) > 0 && buf[0] != 'E')
			;
		_exit(0);
	}
	ready();
	NEED(!pthread_create(&t, NULL, feed, NULL));
	for (int i = 0; i < 200; i++) {
		struct rx r = {.e = &both.p.rx, .room = sizeof(buf), .from = &both.p.tx, .origin = "*",
			       .unsure = true};
		long n;

		x_from = x_now();
		n = recv(both.p.rx.fd, buf, sizeof(buf), 0);
		NEED(n > 8 && !memcmp(buf, "message ", 8));
		x_recvfrom(&r, n, both.p.rx.fd, buf);
	}
	pthread_cancel(t);
	pthread_join(t, NULL);
	put(&both.p.tx, "E", 1, 0);
	NEED(waitpid(both.child, &status, 0) == both.child && !status);
}

static void *one_receive(void *arg)
{
	struct pair p = udp_pair(AF_INET);

	put(&p.tx, arg, strlen(arg), 0);
	RECVFROM(.e = &p.rx, .room = 64, .addr = true, .from = &p.tx, .want = arg, .len = strlen(arg));
	return NULL;
}

static pthread_barrier_t started;

static void *waiting_thread(void *arg)
{
	pthread_barrier_wait(&started);
	pthread_barrier_wait(&started);
	return one_receive(arg);
}

/* -p PID: its threads, those that it starts later, its later children and their threads. */
static void followed(void)
{
	pthread_t t, u;
	int status;
	pid_t child;

	NEED(!pthread_barrier_init(&started, NULL, 2));
	NEED(!pthread_create(&t, NULL, waiting_thread, "an old thread"));
	pthread_barrier_wait(&started);
	ready();
	pthread_barrier_wait(&started);
	NEED(!pthread_join(t, NULL));
	one_receive("the main thread");
	NEED(!pthread_create(&u, NULL, one_receive, "a new thread") && !pthread_join(u, NULL));
	child = fork();
	if (!child) {
		one_receive("a child");
		NEED(!pthread_create(&u, NULL, one_receive, "a child's thread") && !pthread_join(u, NULL));
		child = fork();
		if (!child)
			one_receive("a grandchild");
		else
			NEED(waitpid(child, &status, 0) == child && !status);
		fflush(stdout);
		_exit(0);
	}
	NEED(waitpid(child, &status, 0) == child && !status);
}

static const struct tcase cases[] = {
	{"queued", queued, .mode = "attach"},
	{"sleeping", sleeping, .mode = "attach"},
	{"shared", shared, .mode = "attach"},
	{"contended", contended, .mode = "attach"},
	{"followed", followed, .mode = "attach"},
};

CASES_MAIN(cases)
