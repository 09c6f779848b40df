/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * flood MODE N FILE: two senders, processes pinned to two CPUs, into one UDP port of a private network; readers log in
 * FILE which datagram each of their receives got. Says READY, waits for the go, ends after N receives. MODE is a list:
 *   six       IPv6
 *   overflow  a small queue, senders that do not wait
 *   badsum    half of it raw packets, half of those with a bad checksum, which is found out while it is copied
 *   threads   three reader threads, which also peek
 *   forked    a second reader process, not traced
 *   reuseport two sockets of one port, a reader each
 *   mmsg      recvmmsg of up to 8
 *   trickle   hardly ever more than one or two in the queue: readers sleep
 *   inherited the senders hold the reader's descriptor too, as the children of forking servers do
 */
#include <sys/prctl.h>
#include <sys/wait.h>
#include "../lib/cases.h"
#include "../lib/rawudp.h"
#include "../lib/recv.h"

#define TABLE 4096
#define READERS 4
#define MAX_LEN 700

/* The layout of FILE; flood.t knows it. */
struct entry {
	unsigned int who, seq;		/* of the datagram */
	int len, how;			/* bits: PEEK, ASKED */
};

#define PEEK 1
#define ASKED 2		/* for the address */

struct reader {
	unsigned long long tid, count, socket;
};

struct shared {
	unsigned long long n, drops, csum_errors, bad_sent;
	unsigned long long go, total, done, sent[2];
	struct reader reader[READERS];
	unsigned char table[TABLE];
	struct entry log[];		/* n for each reader */
};

static struct shared *sh;
static const char *mode;
static int family = AF_INET, nreaders = 1;
static struct end rx[2], tx[2][2];	/* tx[i][j]: sender i, such that rx[j] gets it */
static bool overflow, badsum;

static bool has(const char *word)
{
	return strstr(mode, word) != NULL;
}

static int make_message(unsigned char *p, unsigned int who, unsigned int seq)
{
	int len = 16 + (seq * 37 + who * 11) % (MAX_LEN - 16);

	memcpy(p, &who, 4);
	memcpy(p + 4, &seq, 4);
	for (int i = 8; i < len; i += 8)
		memcpy(p + i, sh->table + (seq * 8 + who * 16 + i) % (TABLE - 8), 8);
	return len;
}

/* A sender process: until all readers are done. */
static void sender(int who)
{
	unsigned long long dice = who + 77;
	unsigned char m[MAX_LEN + 8];
	unsigned int turns = has("reuseport"), credit = has("trickle") ? 1 : 64;
	int raw = badsum ? socket(AF_INET, SOCK_RAW, IPPROTO_RAW) : -1;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pin(who);
	if (!has("inherited"))
		for (int i = 0; i < 1 + has("reuseport"); i++)
			close(rx[i].fd);
	while (!__atomic_load_n(&sh->go, __ATOMIC_ACQUIRE))
		sched_yield();
	for (unsigned int seq = 0; sh->done < (unsigned int)nreaders;) {
		int len = make_message(m, who, seq);
		bool sent;

		unsigned long long total = __atomic_load_n(&sh->total, __ATOMIC_ACQUIRE);

		/* At the end whoever still sleeps must be woken; until then neither sender runs far ahead of the other. */
		if (!overflow && total < sh->n && (sh->sent[0] + sh->sent[1] >= total + credit ||
		    __atomic_load_n(&sh->sent[who], __ATOMIC_RELAXED) >
		    __atomic_load_n(&sh->sent[!who], __ATOMIC_ACQUIRE) + 200)) {
			sched_yield();
			continue;
		}
		dice = dice * 6364136223846793005ull + 1442695040888963407ull;
		if (badsum && dice >> 62 == 0) {	/* lost on purpose: a number that is never received */
			m[3] = 0x80;
			if (raw_udp(raw, &tx[who][0], &rx[0], m, len, true))
				__atomic_add_fetch(&sh->bad_sent, 1, __ATOMIC_RELAXED);
			continue;
		}
		if (badsum && dice >> 62 == 1)
			sent = raw_udp(raw, &tx[who][0], &rx[0], m, len, false);
		else
			sent = send(tx[who][turns & seq].fd, m, len, 0) == len;
		if (!sent)
			continue;
		seq++;
		__atomic_add_fetch(&sh->sent[who], 1, __ATOMIC_RELEASE);
	}
	_exit(0);
}

/* Log one datagram of reader r; a datagram that no sender sent is the end of the test. */
static void note(int r, const unsigned char *b, int len, int how)
{
	unsigned char want[MAX_LEN + 8];
	struct entry e = {.len = len, .how = how};
	struct reader *me = &sh->reader[r];

	memcpy(&e.who, b, 4);
	memcpy(&e.seq, b + 4, 4);
	if (len < 16 || e.who > 1 || make_message(want, e.who, e.seq) != len || memcmp(want, b, len))
		DIE("a datagram that nobody sent: who %x seq %u length %d", e.who, e.seq, len);
	sh->log[r * sh->n + me->count++] = e;
	if (!(how & PEEK))
		__atomic_add_fetch(&sh->total, 1, __ATOMIC_RELEASE);
}

static void read_some(int r, int fd, unsigned int k)
{
	static __thread unsigned char b[8][MAX_LEN + 8];
	static __thread union addr from[8];
	socklen_t len = sizeof(from[0]);
	bool peek = has("threads") && k % 8 == 3;
	int n;

	if (has("mmsg")) {
		struct mmsghdr m[8];
		struct iovec v[8];

		for (int i = 0; i < 8; i++) {
			v[i] = (struct iovec){b[i], sizeof(b[i])};
			m[i].msg_hdr = (struct msghdr){.msg_iov = &v[i], .msg_iovlen = 1, .msg_name = &from[i],
						       .msg_namelen = sizeof(from[i])};
		}
		n = recvmmsg(fd, m, 1 + k % 8, MSG_WAITFORONE, NULL);
		NEED(n > 0);
		for (int i = 0; i < n; i++)
			note(r, b[i], m[i].msg_len, ASKED);
		return;
	}
	n = recvfrom(fd, b[0], sizeof(b[0]), peek ? MSG_PEEK : 0, k & 1 ? &from[0].sa : NULL, k & 1 ? &len : NULL);
	NEED(n >= 0);
	note(r, b[0], n, (peek ? PEEK : 0) | (k & 1 ? ASKED : 0));
}

static void *reader(void *arg)
{
	long r = (long)arg;
	const struct end *e = &rx[has("reuseport") ? r : 0];

	sh->reader[r].tid = syscall(SYS_gettid);
	sh->reader[r].socket = e - rx;
	for (unsigned int k = 0; __atomic_load_n(&sh->total, __ATOMIC_ACQUIRE) < sh->n &&
	     sh->reader[r].count + 8 < sh->n; k++) {
		read_some(r, e->fd, k);
		if (overflow && k % 512 == 0)	/* let the queue run over */
			for (unsigned long long s = sh->sent[0] + sh->sent[1]; sh->sent[0] + sh->sent[1] < s + 300;)
				sched_yield();
	}
	__atomic_add_fetch(&sh->done, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void facts(const struct end *e)
{
	x_begin("facts", 0);
	for (int i = 0; i < 2; i++) {
		x_addr(i ? "sender1,0" : "sender0,0", &tx[i][0].local, tx[i][0].local_len, "K");
		if (has("reuseport"))
			x_addr(i ? "sender1,1" : "sender0,1", &tx[i][1].local, tx[i][1].local_len, "K");
	}
	x_args_end();
	x_sock(e);
	x_end();
}

/* A sending socket whose datagrams reach rx[j]: the kernel picks the receiver by a hash of the ports. */
static struct end sender_to(int j)
{
	for (;;) {
		int fd = inet_bound(family, SOCK_DGRAM);
		char c;

		NEED(!connect(fd, &rx[0].local.sa, rx[0].local_len));
		if (!has("reuseport"))
			return end_of(fd);
		NEED(send(fd, "?", 1, 0) == 1);
		for (int got = 0;; got = !got) {
			if (recv(rx[got].fd, &c, 1, MSG_DONTWAIT) != 1)
				continue;
			if (got == j)
				return end_of(fd);
			break;
		}
		close(fd);
	}
}

static void make_sockets(void)
{
	int small = 16384, big = 4 << 20, one = 1;

	private_net(0);
	for (int i = 0; i < 1 + has("reuseport"); i++) {
		union addr a;
		socklen_t len = loopback(family, &a);

		rx[i].fd = socket(family, SOCK_DGRAM, 0);
		NEED(rx[i].fd >= 0 && !setsockopt(rx[i].fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)));
		if (overflow)
			NEED(!setsockopt(rx[i].fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)));
		else if (setsockopt(rx[i].fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big)))
			NEED(!setsockopt(rx[i].fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof(big)));
		if (bind(rx[i].fd, i ? &rx[0].local.sa : &a.sa, len))
			SKIP("cannot bind: %s", strerror(errno));
		rx[i] = end_of(rx[i].fd);
	}
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 1 + has("reuseport"); j++)
			tx[i][j] = sender_to(j);
}

static void count_drops(void)
{
	char line[512];
	FILE *f = fopen("/proc/self/net/snmp", "r");
	unsigned long long v[16] = {0};

	for (int i = 0; i < 1 + has("reuseport"); i++) {
		unsigned int m[16] = {0};
		socklen_t len = sizeof(m);

		if (!getsockopt(rx[i].fd, SOL_SOCKET, 55 /* SO_MEMINFO */, m, &len))
			sh->drops += m[8];
	}
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Udp: %llu %llu %llu %llu %llu %llu %llu", v, v + 1, v + 2, v + 3, v + 4, v + 5,
			   v + 6) == 7)
			sh->csum_errors = v[6];
}

int main(int argc, char **argv)
{
	pid_t pid[3] = {0};
	pthread_t t[READERS];
	char me[16];
	size_t len;
	int fd;

	if (argc != 4) {
		fprintf(stderr, "usage: flood MODE N FILE\n");
		return 2;
	}
	mode = argv[1];
	overflow = has("overflow");
	badsum = has("badsum");
	family = has("six") ? AF_INET6 : AF_INET;
	nreaders = has("threads") ? 3 : has("forked") || has("reuseport") ? 2 : 1;
	len = sizeof(*sh) + atol(argv[2]) * READERS * sizeof(struct entry);
	fd = open(argv[3], O_RDWR | O_CREAT | O_TRUNC, 0600);
	NEED(fd >= 0 && !ftruncate(fd, len));
	sh = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	NEED(sh != MAP_FAILED);
	sh->n = atol(argv[2]);
	fill(sh->table, sizeof(sh->table), 5);
	make_sockets();
	for (int i = 0; i < 1 + has("reuseport"); i++)
		facts(&rx[i]);
	for (int i = 0; i < 2; i++)
		if (!(pid[i] = fork()))
			sender(i);
	if (has("forked") && !(pid[2] = fork())) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (!__atomic_load_n(&sh->go, __ATOMIC_ACQUIRE))
			sched_yield();
		reader((void *)1);
		_exit(0);
	}
	snprintf(me, sizeof(me), "%d", getpid());
	ready_and_wait(me);
	__atomic_store_n(&sh->go, 1, __ATOMIC_RELEASE);
	for (long i = 1; i < nreaders && !pid[2]; i++)
		NEED(!pthread_create(&t[i], NULL, reader, (void *)i));
	reader((void *)0);
	for (int i = 1; i < nreaders && !pid[2]; i++)
		pthread_join(t[i], NULL);
	for (int i = 0; i < 3; i++)
		if (pid[i])
			NEED(waitpid(pid[i], NULL, 0) == pid[i]);
	count_drops();
	return 0;
}
