/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Threads of a 32-bit program that sleep in calls which share a number with others, until a byte comes on standard input. Of each the
 * thread and call are printed first, and its arguments: "712 recvfrom 5 ffee0011 ...".
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#ifdef SYS_socketcall
enum { ACCEPT = 5, RECVFROM = 12, SEMOP = 1, MSGRCV = 12 };	/* parts of socketcall, of ipc */

struct message {
	long type;
	char text[8];
};

static int listener, pair[2], messages, more_messages, semaphore;

#define tell(format, ...) do { \
	printf("%d " format, gettid(), __VA_ARGS__); \
	fflush(stdout); \
} while (0)

static void *in_accept(void *arg)
{
	unsigned long a[] = { listener, 0, 0 };

	tell("accept %lx %lx %lx\n", a[0], a[1], a[2]);
	return (void *)syscall(SYS_socketcall, ACCEPT, a);
}

static void *in_recvfrom(void *arg)
{
	char c;
	unsigned long a[] = { pair[0], (long)&c, 1, 0, 0, 0 };

	tell("recvfrom %lx %lx %lx %lx %lx %lx\n", a[0], a[1], a[2], a[3], a[4], a[5]);
	return (void *)syscall(SYS_socketcall, RECVFROM, a);
}

/* As old programs do: two of the arguments are in memory. */
static void *in_msgrcv(void *arg)
{
	struct message m;
	unsigned long a[] = { (long)&m, 7 };

	tell("msgrcv %x %lx %x %lx %x\n", messages, a[0], (int)sizeof(m.text), a[1], MSG_NOERROR);
	return (void *)syscall(SYS_ipc, MSGRCV, messages, sizeof(m.text), MSG_NOERROR, a);
}

static void *in_new_msgrcv(void *arg)
{
	struct message m;

	tell("msgrcv %x %lx %x %x %x\n", more_messages, (long)&m, (int)sizeof(m.text), 8, 0);
	return (void *)syscall(SYS_ipc, MSGRCV | 1 << 16, more_messages, sizeof(m.text), 0, &m, 8);
}

static void *in_semop(void *arg)
{
	struct sembuf down = { 0, -1, 0 };

	tell("semop %x %lx %x\n", semaphore, (long)&down, 1);
	return (void *)syscall(SYS_ipc, SEMOP, semaphore, 1, 0, &down);
}

static void *in_select(void *arg)
{
	unsigned long a[] = { 0, 0, 0, 0, 0 };
	struct { long s, us; } t = { 1000, 0 };

	a[4] = (long)&t;
	tell("select %lx %lx %lx %lx %lx\n", a[0], a[1], a[2], a[3], a[4]);
	return (void *)syscall(SYS_select, a);
}

int main(void)
{
	void *(*const run[])(void *) = { in_accept, in_recvfrom, in_msgrcv, in_new_msgrcv, in_semop, in_select };
	struct sockaddr_un name = { AF_UNIX };
	struct message seven = { 7, "seven" }, eight = { 8, "eight" };
	struct sembuf up = { 0, 1, 0 };
	socklen_t len = sizeof(name);
	pthread_t t[6];
	char c;

	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	messages = msgget(IPC_PRIVATE, 0600);
	more_messages = msgget(IPC_PRIVATE, 0600);
	semaphore = semget(IPC_PRIVATE, 1, 0600);
	if (bind(listener, (void *)&name, sizeof(short)) || listen(listener, 1) || getsockname(listener, (void *)&name, &len) ||
	    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) || messages < 0 || more_messages < 0 || semaphore < 0)
		return 1;
	for (int i = 0; i < 6; i++)
		pthread_create(&t[i], NULL, run[i], NULL);
	if (read(0, &c, 1) == 1) {
		connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, len);
		write(pair[1], "x", 1);
		msgsnd(messages, &seven, 5, 0);
		msgsnd(more_messages, &eight, 5, 0);
		semop(semaphore, &up, 1);
		for (int i = 0; i < 5; i++)
			pthread_join(t[i], NULL);
	}
	msgctl(messages, IPC_RMID, NULL);
	msgctl(more_messages, IPC_RMID, NULL);
	semctl(semaphore, 0, IPC_RMID);
	return 0;
}
#else
int main(void)
{
	return 1;		/* there are no such calls here */
}
#endif
