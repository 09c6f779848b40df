/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Threads that do what threads do: wait for each other, share files and pipes, map memory, sleep, are signalled, end. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define THREADS 4
#define ROUNDS 25

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static int turn, event;

static void handled(int sig)
{
}

static void files(long n)
{
	char name[32], text[100];
	struct iovec iov[3] = { { "head ", 5 }, { text, sizeof(text) }, { "tail", 4 } };
	struct stat st;
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = n, .l_len = 1 };
	int fd;

	memset(text, 'a' + n, sizeof(text));
	snprintf(name, sizeof(name), "thread-%ld", n);
	fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0 || writev(fd, iov, 3) != 109 || fstat(fd, &st) || lseek(fd, 0, SEEK_SET) || readv(fd, iov + 1, 1) != 100)
		exit(1);
	fcntl(fd, F_SETLK, &fl);
	fcntl(fd, F_GETFL);
	ftruncate(fd, 8192);
	void *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	mprotect(map, 4096, PROT_READ);
	madvise(map, 8192, MADV_DONTNEED);
	munmap(map, 8192);
	close(fd);
	unlink(name);
}

static void sockets(long n)
{
	char in[3][100];
	struct iovec out_iov[3] = { { "one", 3 }, { "longer than what is told of it in the log", 42 }, { "third", 6 } };
	struct iovec in_iov[3] = { { in[0], 40 }, { in[1], 8 }, { in[2], 100 } };
	struct msghdr out = { .msg_iov = out_iov, .msg_iovlen = 3 }, got = { .msg_iov = in_iov, .msg_iovlen = 3 };
	struct mmsghdr both[2] = { { out }, { out } };
	int sv[2], size;
	socklen_t len = sizeof(size);

	if (socketpair(AF_UNIX, n & 1 ? SOCK_STREAM : SOCK_DGRAM, 0, sv))
		exit(1);
	sendmsg(sv[0], &out, MSG_NOSIGNAL);
	recvmsg(sv[1], &got, 0);
	sendmmsg(sv[0], both, 2, 0);
	readv(sv[1], in_iov, 3);
	both[0].msg_hdr = both[1].msg_hdr = got;
	recvmmsg(sv[1], both, 2, MSG_DONTWAIT, NULL);
	getsockopt(sv[0], SOL_SOCKET, SO_RCVBUF, &size, &len);
	recv(sv[1], in[0], 3, MSG_DONTWAIT);
	shutdown(sv[0], SHUT_WR);
	close(sv[0]);
	close(sv[1]);
}

static void *work(void *arg)
{
	long n = (long)arg;
	struct timespec ts = { 0, 1000000 };
	struct pollfd p = { event, POLLIN, 0 };
	__typeof__(1ull) one = 1;

	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&lock);
		while (turn != n)
			pthread_cond_wait(&turned, &lock);
		turn = (turn + 1) % THREADS;
		pthread_cond_broadcast(&turned);
		pthread_mutex_unlock(&lock);
		files(n);
		sockets(n);
		if (write(event, &one, 8) != 8)
			exit(1);
		poll(&p, 1, 1);
		nanosleep(&ts, NULL);
		pthread_kill(pthread_self(), SIGUSR1);
	}
	return NULL;
}

int main(void)
{
	pthread_t t[THREADS];
	struct sigaction sa = { .sa_handler = handled };
	struct epoll_event ev = { EPOLLIN, { .u64 = 7 } };
	struct rlimit rl;
	struct utsname u;
	int ep = epoll_create1(EPOLL_CLOEXEC);

	sigaction(SIGUSR1, &sa, NULL);
	getrlimit(RLIMIT_NOFILE, &rl);
	uname(&u);
	event = eventfd(0, EFD_NONBLOCK);
	epoll_ctl(ep, EPOLL_CTL_ADD, event, &ev);
	for (long i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, work, (void *)i);
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	epoll_wait(ep, &ev, 1, 0);
	return 0;
}
