/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The socket behind a descriptor that changes while the call sleeps; signals during a receive; time-outs. */
#include "../lib/cases.h"
#include "../lib/recv.h"

/* What the second thread does once the first one sleeps in its receive. */
static struct job {
	struct pair p, other;
	pid_t tid;
	long nr;
	bool closes;
} job;

static volatile sig_atomic_t signals;

static void *swap(void *arg)
{
	int fd = job.p.rx.fd, fresh;

	wait_blocked(job.tid, job.nr);
	if (job.closes) {
		close(fd);
		fresh = socket(job.other.rx.family, job.other.rx.type, job.other.rx.protocol);
		if (fresh != fd)	/* a lower number was free */
			NEED(dup2(fresh, fd) == fd && !close(fresh));
	} else {
		NEED(dup2(job.other.rx.fd, fd) == fd);
	}
	put(&job.p.tx, "to the right one", 16, 0);
	return arg;
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
	default: return netlink_pair();
	}
}

#define KINDS 8

/* The call must have the socket that it began with, the next call the new one. */
static void swapped(long nr, bool closes)
{
	for (int kind = 0; kind < KINDS; kind++) {
		bool names = kind < 2 || kind == 7;
		pthread_t t;
		struct rx r = {.e = &job.p.rx, .room = 64, .addr = true, .want = "to the right one", .len = 16,
			       .from = names ? &job.p.tx : NULL, .peer = &job.p.tx};

		job = (struct job){make(kind), make(kind), syscall(SYS_gettid), nr, closes};
		NEED(!pthread_create(&t, NULL, swap, NULL));
		nr == SYS_recvfrom ? rx_recvfrom(&r) : nr == SYS_recvmsg ? rx_recvmsg(&r) : rx_read(&r);
		pthread_join(t, NULL);
		if (!closes) {
			struct rx n = {.e = &job.other.rx, .fd = job.p.rx.fd, .room = 64, .addr = true,
				       .want = "the new one", .len = 11, .from = names ? &job.other.tx : NULL,
				       .peer = &job.other.tx};

			put(&job.other.tx, "the new one", 11, 0);
			rx_recvfrom(&n);
		}
		close(job.p.rx.fd);
		close(job.p.tx.fd);
		close(job.other.rx.fd);
		close(job.other.tx.fd);
	}
}

static void dup2_recvfrom(void) { swapped(SYS_recvfrom, false); }
static void dup2_recvmsg(void) { swapped(SYS_recvmsg, false); }
static void dup2_read(void) { swapped(SYS_read, false); }
static void reopen_recvfrom(void) { swapped(SYS_recvfrom, true); }
static void reopen_recvmsg(void) { swapped(SYS_recvmsg, true); }

static void on_signal(int sig)
{
	signals++;
}

static void catch(int flags)
{
	struct sigaction a = {.sa_handler = on_signal, .sa_flags = flags};

	NEED(!sigaction(SIGUSR1, &a, NULL));
}

/* Wake the sleeper by a signal, then by data. */
static void *disturb(void *arg)
{
	wait_blocked(job.tid, SYS_recvfrom);
	NEED(!syscall(SYS_tgkill, getpid(), job.tid, SIGUSR1));
	if (!arg)
		return NULL;
	while (!signals)
		sched_yield();
	wait_blocked(job.tid, SYS_recvfrom);
	put(&job.p.tx, "after the signal", 16, 0);
	return NULL;
}

static void interrupted(bool restart, bool timeo)
{
	struct timeval ten = {.tv_sec = 10};

	for (int kind = 0; kind < KINDS; kind++) {
		bool names = kind < 2 || kind == 7;
		pthread_t t;

		signals = 0;
		catch(restart ? SA_RESTART : 0);
		job = (struct job){.p = make(kind), .tid = syscall(SYS_gettid)};
		if (timeo)
			NEED(!setsockopt(job.p.rx.fd, SOL_SOCKET, SO_RCVTIMEO, &ten, sizeof(ten)));
		NEED(!pthread_create(&t, NULL, disturb, restart ? &job : NULL));
		if (restart)
			RECVFROM(.e = &job.p.rx, .room = 64, .addr = true, .from = names ? &job.p.tx : NULL,
				 .peer = &job.p.tx, .want = "after the signal", .len = 16, .restarts = 1);
		else
			RECVFROM(.e = &job.p.rx, .room = 64, .addr = true, .peer = &job.p.tx, .fail = EINTR,
				 .also = timeo ? 0 : ERESTARTSYS);
		pthread_join(t, NULL);
		close(job.p.rx.fd);
		close(job.p.tx.fd);
	}
}

static void eintr(void) { interrupted(false, false); }
static void eintr_timeo(void) { interrupted(false, true); }
static void restart(void) { interrupted(true, false); }

/* A signal handler that receives on its own, inside a receive that sleeps: two calls nested in one thread. */
static struct pair inner;

static void receive_inside(int sig)
{
	RECVFROM(.e = &inner.rx, .room = 64, .addr = true, .from = &inner.tx, .want = "inside", .len = 6);
	signals++;
}

static void *disturb_nested(void *arg)
{
	wait_blocked(job.tid, SYS_recvfrom);
	put(&inner.tx, "inside", 6, 0);
	NEED(!syscall(SYS_tgkill, getpid(), job.tid, SIGUSR1));
	while (!signals)
		sched_yield();
	wait_blocked(job.tid, SYS_recvfrom);
	put(&job.p.tx, "outside", 7, 0);
	return arg;
}

static void nested(void)
{
	struct sigaction a = {.sa_handler = receive_inside, .sa_flags = SA_RESTART};
	pthread_t t;
	union addr from;
	socklen_t len = sizeof(from);
	char buf[64];
	struct rx r;

	NEED(!sigaction(SIGUSR1, &a, NULL));
	inner = udp_pair(AF_INET);
	job = (struct job){.p = udp_pair(AF_INET), .tid = syscall(SYS_gettid)};
	r = (struct rx){.e = &job.p.rx, .room = sizeof(buf), .from = &job.p.tx, .peer = &job.p.tx};
	NEED(!pthread_create(&t, NULL, disturb_nested, NULL));
	/* The tracer sees this call twice, the handler's receive between; so the first end of it is said first. */
	x_from = x_now();
	x_begin("socket_recv", -ERESTARTSYS);
	x_args_end();
	x_json("optional", "true,\"late\":true");
	x_end();
	x_begin("recvfrom", -ERESTARTSYS);
	x_nobytes("buf");
	x_addr("src_addr", NULL, 0, "*");
	x_args_end();
	x_sock(&job.p.rx);
	x_json("late", "true");
	x_end();
	NEED(recvfrom(job.p.rx.fd, buf, sizeof(buf), 0, &from.sa, &len) == 7);
	x_recvfrom(&r, 7, job.p.rx.fd, buf);
	pthread_join(t, NULL);
}

/* A time-out: no payload, and with --duration the time that it slept. */
static void timeout(void)
{
	struct timeval t = {.tv_usec = 30000};

	for (int kind = 0; kind < KINDS; kind++) {
		struct pair p = make(kind);

		NEED(!setsockopt(p.rx.fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)));
		RECVFROM(.e = &p.rx, .room = 64, .addr = true, .peer = &p.tx, .fail = EAGAIN, .min_ns = 30000000);
		put(&p.tx, "x", 1, 0);
		RECVFROM(.e = &p.rx, .room = 64, .from = kind < 2 || kind == 7 ? &p.tx : NULL, .peer = &p.tx,
			 .want = "x", .len = 1, .min_ns = 1);
	}
}

static const struct tcase cases[] = {
	{"dup2-recvfrom", dup2_recvfrom},
	{"dup2-recvmsg", dup2_recvmsg},
	{"dup2-read", dup2_read},
	{"reopen-recvfrom", reopen_recvfrom},
	{"reopen-recvmsg", reopen_recvmsg},
	{"eintr", eintr},
	{"eintr-timeo", eintr_timeo},
	{"restart", restart},
	{"nested", nested},
	{"duration", timeout, .options = "--duration"},
};

CASES_MAIN(cases)
