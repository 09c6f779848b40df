/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A small syslog-like daemon: UDP datagrams, received with their source address, and AF_UNIX datagrams, received
 * without. Built with -DHOSTILE, a second thread on another CPU rewrites the buffer and the address as soon as the
 * kernel has filled them: whoever looks at this program's memory from outside is told the forger's story.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static volatile char buf[2048];
static volatile struct sockaddr_in from;
static volatile sig_atomic_t done;

static void stop(int sig)
{
	done = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "logserver: %s: %s\n", what, strerror(errno));
	exit(1);
}

#ifdef HOSTILE
static const char innocent[] = "<13>web: nothing happened";

static volatile unsigned long rounds;

/* Rewrite both for as long as the process lives. */
static void *forge(void *arg)
{
	for (;; rounds++) {
		for (size_t i = 0; i < sizeof(innocent); i++)
			buf[i] = innocent[i];
		from.sin_addr.s_addr = htonl(0x0a000001);	/* 10.0.0.1 */
		from.sin_port = htons(443);
	}
	return arg;
}

/* Return when the forger is on its CPU just now: on a busy machine it may be waiting for one. */
static void await_forger(void)
{
	unsigned long seen = rounds;

	while (rounds - seen < 2)
		;
}

/* Pin the calling thread to the n'th of the CPUs in may, counted around. */
static void pin(const cpu_set_t *may, int n)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	n %= CPU_COUNT(may);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, may) && !n--)
			CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		die("sched_setaffinity");
}

static void turn_hostile(void)
{
	cpu_set_t may;
	pthread_t t;

	if (sched_getaffinity(0, sizeof(may), &may))
		die("sched_getaffinity");
	pin(&may, 1);		/* the forger inherits this CPU, the receiver moves to the other */
	errno = pthread_create(&t, NULL, forge, NULL);
	if (errno)
		die("pthread_create");
	pin(&may, 0);
}
#else
static void await_forger(void)
{
}

static void turn_hostile(void)
{
}
#endif

/* A UDP socket on loopback; port 0 lets the kernel choose. Says which one it became. */
static int open_udp(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) || getsockname(fd, (struct sockaddr *)&a, &len))
		die("UDP socket");
	printf("listening on udp %d\n", ntohs(a.sin_port));
	return fd;
}

static int open_unix(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		die(path);
	}
	strcpy(a.sun_path, path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)))
		die(path);
	printf("listening on unix %s\n", path);
	return fd;
}

/* As daemons do: who started us goes on once our sockets are bound; path then holds the process id of the one that serves. */
static void to_background(const char *path)
{
	FILE *f = fopen(path, "w");
	pid_t pid;

	if (!f)
		die(path);
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid) {
		fprintf(f, "%d\n", pid);
		if (fclose(f))
			die(path);
		_exit(0);
	}
	fclose(f);
	setsid();
}

/* Print one line of a log: who, and the text with what is not printable as a dot. */
static void print_message(const char *who, ssize_t n)
{
	printf("%s: ", who);
	for (ssize_t i = 0; i < n; i++)
		putchar(buf[i] >= ' ' && buf[i] <= '~' ? buf[i] : '.');
	putchar('\n');
}

/* Receive what waits on fd; false where nothing did. */
static int receive(int fd, int is_udp)
{
	socklen_t len = sizeof(from);
	char who[INET_ADDRSTRLEN + 8] = "unix";
	ssize_t n;

	await_forger();
	if (is_udp)
		n = recvfrom(fd, (void *)buf, sizeof(buf), MSG_DONTWAIT, (struct sockaddr *)&from, &len);
	else
		n = recvfrom(fd, (void *)buf, sizeof(buf), MSG_DONTWAIT | MSG_TRUNC, NULL, NULL);
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			die("recvfrom");
		return 0;
	}
	if (n > (ssize_t)sizeof(buf))
		n = sizeof(buf);
	if (is_udp) {
		struct in_addr a = { from.sin_addr.s_addr };

		inet_ntop(AF_INET, &a, who, sizeof(who));
		snprintf(who + strlen(who), 8, ":%d", ntohs(from.sin_port));
	}
	print_message(who, n);
	return 1;
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = stop };
	struct pollfd p[2] = { { -1, POLLIN, 0 }, { -1, POLLIN, 0 } };
	const char *path = NULL, *pidfile = NULL;
	int opt, port = 0, left = -1;

	while ((opt = getopt(argc, argv, "p:u:n:o:b:")) != -1) {
		if (opt == 'p')
			port = atoi(optarg);
		else if (opt == 'u')
			path = optarg;
		else if (opt == 'n')
			left = atoi(optarg);
		else if (opt == 'b')
			pidfile = optarg;
		else if (opt == 'o') {
			if (!freopen(optarg, "w", stdout))
				die(optarg);
		} else {
			fprintf(stderr, "usage: logserver [-p UDPPORT] [-u SOCKETPATH] [-n MESSAGES] [-o LOGFILE] [-b PIDFILE]\n");
			return 2;
		}
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	p[0].fd = open_udp(port);
	if (path)
		p[1].fd = open_unix(path);
	if (pidfile)
		to_background(pidfile);
	turn_hostile();
	printf("ready\n");
	while (!done && left) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			die("poll");
		for (int i = 0; i < 2 && left; i++)
			if (!done && p[i].revents && receive(p[i].fd, i == 0) && left > 0)
				left--;
	}
	if (path)
		unlink(path);
	return 0;
}
