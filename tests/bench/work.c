/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the benchmark times. work MODE says READY PID, waits for a byte on stdin (or its end), warms up, makes calls for
 * so many milliseconds of CPU time, prints what that cost by its own clock, and stays until stdin ends, so that a tracer
 * can be looked at meanwhile.
 */
#include <getopt.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include "../lib/net.h"

#define BATCH 128		/* calls between two looks at the clock, which is a system call itself */
#define BATCHES 65536		/* whose cost is kept */
#define WARM 5000		/* calls before the clock starts */
#define THREADS_MAX 256		/* that make calls */

struct job {
	struct pair p;
	char *buf;
	unsigned long made;	/* receives, those before the clock included: what a tracer must have seen */
	unsigned long calls;	/* rounds in the time that counts, what they cost, from when to when */
	unsigned long cpu, began, ended;
	unsigned int *batch, batches;	/* what each batch cost, of so many calls */
	unsigned long size;
};

static struct mode {
	const char *name;
	void (*open)(struct job *j);
	void (*call)(struct job *j);
} modes[];

static const struct mode *mode;
static size_t bytes = 64;
static unsigned long ns = 50000000, rate;
static int threads = 1, cpu;
static char **command;
static pthread_barrier_t warm;

static unsigned long now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ul + t.tv_nsec;
}

/* CPU time of this thread, or of the processes it has started and buried. */
static unsigned long used(void)
{
	struct rusage u;

	if (!command)
		return now(CLOCK_THREAD_CPUTIME_ID);
	getrusage(RUSAGE_CHILDREN, &u);
	return now(CLOCK_THREAD_CPUTIME_ID) + (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000ul +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000ul;
}

static void room(struct job *j)
{
	j->buf = malloc(bytes);
	NEED(j->buf);
	for (size_t i = 0; i < bytes; i++)
		j->buf[i] = "a line of a log, or a header: value\n"[i % 36];
}

/* The sender has a name, so that there is an address to be told. */
static void open_unix(struct job *j)
{
	struct sockaddr autobind = {.sa_family = AF_UNIX};

	room(j);
	j->p = unix_pair(SOCK_DGRAM);
	NEED(!bind(j->p.tx.fd, &autobind, sizeof(autobind.sa_family)));
}

static void open_peek(struct job *j)
{
	open_unix(j);
	NEED(send(j->p.tx.fd, j->buf, bytes, 0) == (ssize_t)bytes);
}

static void open_udp(struct job *j)
{
	room(j);
	j->p = udp_pair(AF_INET);
}

static void open_tcp(struct job *j)
{
	room(j);
	j->p = tcp_pair(AF_INET);
}

static void receive(struct job *j, int flags)
{
	socklen_t len = sizeof(union addr);
	union addr a;

	NEED(recvfrom(j->p.rx.fd, j->buf, bytes, flags, &a.sa, &len) == (ssize_t)bytes);
	j->made++;
}

static void call_peek(struct job *j)
{
	receive(j, MSG_PEEK);
}

static void call_pair(struct job *j)
{
	NEED(send(j->p.tx.fd, j->buf, bytes, 0) == (ssize_t)bytes);
	receive(j, 0);
}

/* A stream may bring it in pieces, and tells no address. */
static void call_tcp(struct job *j)
{
	NEED(send(j->p.tx.fd, j->buf, bytes, 0) == (ssize_t)bytes);
	for (size_t got = 0; got < bytes; j->made++) {
		ssize_t n = recvfrom(j->p.rx.fd, j->buf + got, bytes - got, 0, NULL, NULL);

		NEED(n > 0);
		got += n;
	}
}

static void call_getppid(struct job *j)
{
	syscall(SYS_getppid);
}

static void call_run(struct job *j)
{
	pid_t pid = fork();
	int st;

	NEED(pid >= 0);
	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		execvp(*command, command);
		_exit(127);
	}
	NEED(waitpid(pid, &st, 0) == pid && WIFEXITED(st) && WEXITSTATUS(st) != 127);
}

static struct mode modes[] = {
	{"peek", open_peek, call_peek},
	{"unix", open_unix, call_pair},
	{"udp", open_udp, call_pair},
	{"tcp", open_tcp, call_tcp},
	{"getppid", NULL, call_getppid},
	{"run", NULL, call_run},
	{"once", open_peek, call_peek},	/* one call, and when it was */
	{"idle", NULL, NULL},		/* nothing */
	{"crowd", NULL, NULL},		/* as many processes as -j says, doing nothing */
	{NULL},
};

/* With a rate, the calls of each millisecond in one go, then sleep. */
static void *work(void *arg)
{
	unsigned long batch = command ? 1 : rate ? (rate + 999) / 1000 : BATCH, start, before, limit = rate ? ns : 4 * ns;
	struct job *j = arg;

	j->batch = calloc(BATCHES, sizeof(*j->batch));
	NEED(j->batch);
	j->size = batch;
	pin(cpu);
	if (mode->open)
		mode->open(j);
	for (unsigned long i = 0, t = used(); i < (command ? 1 : WARM) && used() - t < ns; i++)
		mode->call(j);
	pthread_barrier_wait(&warm);
	j->began = now(CLOCK_MONOTONIC);
	start = used();
	do {
		for (unsigned long i = 0; i < batch; i++)
			mode->call(j);
		j->calls += batch;
		before = j->cpu;
		j->cpu = used() - start;
		if (j->batches < BATCHES)
			j->batch[j->batches++] = j->cpu - before;
		j->ended = now(CLOCK_MONOTONIC);
		if (rate) {
			unsigned long due = j->began + j->calls * 1000000000ul / rate;
			struct timespec t = {due / 1000000000ul, due % 1000000000ul};

			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
		}
	} while (j->ended - j->began < limit && (rate || j->cpu < ns));
	return NULL;
}

static int less(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return (x > y) - (x < y);
}

/*
 * Thousandths of a nanosecond that a call takes: of ten batches, one is no dearer than that. Whatever shares the machine, an interrupt, a
 * neighbour on the same core, only makes a call dearer.
 */
static unsigned long quick(struct job *j)
{
	qsort(j->batch, j->batches, sizeof(*j->batch), less);
	return j->batch[j->batches / 10] * 1000ul / j->size;
}

static void storm(void)
{
	static struct job job[THREADS_MAX];
	pthread_t t[THREADS_MAX];
	struct job all = {.began = ~0ul};

	pthread_barrier_init(&warm, NULL, threads);
	ns /= threads;
	for (int i = 1; i < threads; i++)
		NEED(!pthread_create(&t[i], NULL, work, &job[i]));
	work(&job[0]);
	for (int i = 0; i < threads; i++) {
		if (i)
			pthread_join(t[i], NULL);
		all.made += job[i].made;
		all.calls += job[i].calls;
		all.cpu += job[i].cpu;
		all.began = all.began < job[i].began ? all.began : job[i].began;
		all.ended = all.ended > job[i].ended ? all.ended : job[i].ended;
	}
	printf("DONE calls=%lu made=%lu cpu=%lu quick=%lu wall=%lu\n", all.calls, all.made, all.cpu, quick(&job[0]), all.ended - all.began);
}

static void once(void)
{
	struct job j = {0};
	unsigned long t;

	pin(cpu);
	mode->open(&j);
	t = now(CLOCK_MONOTONIC);
	mode->call(&j);
	printf("DONE at=%lu made=1\n", t);
}

/* Processes that do nothing, to be among; they end with this one. */
static void crowd(void)
{
	for (int i = 0; i < threads; i++) {
		pid_t pid = fork();

		NEED(pid >= 0);
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
	}
	printf("DONE\n");
}

static int usage(void)
{
	fprintf(stderr, "usage: work [-b BYTES] [-c CPU] [-j THREADS] [-r CALLS/S] [-t MS] MODE [CMD [ARG]...]\nmodes:");
	for (mode = modes; mode->name; mode++)
		fprintf(stderr, " %s", mode->name);
	fprintf(stderr, "\n");
	return 2;
}

int main(int argc, char **argv)
{
	char go;
	int c;

	while ((c = getopt(argc, argv, "+b:c:j:r:t:")) != -1)
		switch (c) {
		case 'b': bytes = strtoul(optarg, NULL, 10); break;
		case 'c': cpu = atoi(optarg); break;
		case 'j': threads = atoi(optarg); break;
		case 'r': rate = strtoul(optarg, NULL, 10); break;
		case 't': ns = strtoul(optarg, NULL, 10) * 1000000ul; break;
		default: return usage();
		}
	for (mode = modes; mode->name && (optind >= argc || strcmp(mode->name, argv[optind])); mode++)
		;
	if (!mode->name || threads < 1 || (mode->call && threads > THREADS_MAX) || !bytes)
		return usage();
	if (mode->call == call_run && !*(command = argv + optind + 1))
		return usage();
	printf("READY %d\n", getpid());
	fflush(stdout);
	while (read(0, &go, 1) < 0 && errno == EINTR)
		;
	if (!strcmp(mode->name, "once"))
		once();
	else if (!strcmp(mode->name, "crowd"))
		crowd();
	else if (mode->call)
		storm();
	fflush(stdout);
	while (read(0, &go, 1) > 0)
		;
	return 0;
}
