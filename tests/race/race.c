/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * race FAMILY SIZE N MODE FILE: receives on CPU 0 while a sibling on CPU 1 rewrites the buffer and the address.
 * FILE is shared with race.t: what the receiver itself knows of each receive. Says READY, waits for the go.
 *   free  the sibling writes all the time
 *   sure  each receive faults half-way through its buffer (and its address) in pages that the sibling fills in, after
 *         it has rewritten the half that was delivered: every single call returns to forged memory
 *   msg   recvmsg; the sibling also switches the header and the iovec between two buffers and two names
 *   dup   the sibling dup2()s two sockets over one descriptor all the time
 *   dest  sendto, the sibling switches the destination between two sockets; the truth is who got the message
 *   conn  connect, likewise; the truth is getpeername
 */
#include <linux/userfaultfd.h>
#include <poll.h>
#include "../lib/cases.h"
#include "../lib/naive.h"
#include "../lib/recv.h"

#define SENDERS 4
#define TABLE 65536

/* The layout of FILE; race.t knows it. */
struct shared {
	unsigned long long seen;	/* written by race.t: events that it has read; the receiver waits for it */
	unsigned long long size, naive, senders;
	unsigned char table[TABLE];	/* message i: i as 8 bytes, then table[(i * 8) % 60000…] */
	unsigned char known[];		/* bits of receive i, below */
};

#define BUF_FORGED 1	/* the receiver found its buffer rewritten when the call had returned */
#define ADDR_FORGED 2	/* the same of the address */
#define NAIVE_BUF 4	/* the naive reader read a wrong payload, before Lymer's turn in the same exit */
#define NAIVE_ADDR 8	/* the same of the address */
#define SECOND 16	/* dup, dest, conn: it was the second socket */

static struct shared *sh;
static struct end rx, tx[SENDERS];
static int senders;
static size_t size;
static long total, window;
static char *buf, *addr;	/* what the sibling rewrites */
static size_t buf_half, addr_half;
static volatile bool racing, stop;
static int uffd;

static void message(void *p, unsigned long long i)
{
	memcpy(p, &i, 8);
	memcpy((char *)p + 8, sh->table + i * 8 % 60000, size - 8);
}

static void *scribble(void *arg)
{
	pin(1);
	racing = true;
	while (!stop) {
		for (size_t k = 0; k < size; k += 8)
			*(volatile unsigned long long *)(buf + k) = 0xeeeeeeeeeeeeeeeeull;
		for (size_t k = 0; k < 112; k += 8)
			*(volatile unsigned long long *)(addr + k) = 0xddddddddddddddddull;
	}
	return arg;
}

/* Rewrite what the kernel has written so far, then let it go on. */
static void *fill_in(void *arg)
{
	unsigned long pg = sysconf(_SC_PAGESIZE);

	pin(1);
	racing = true;
	while (!stop) {
		struct pollfd p = {uffd, POLLIN, 0};
		struct uffd_msg m;
		struct uffdio_zeropage z;

		if (poll(&p, 1, 50) != 1 || read(uffd, &m, sizeof(m)) != sizeof(m))
			continue;
		z = (struct uffdio_zeropage){.range = {m.arg.pagefault.address & -pg, pg}};
		if (z.range.start == ((unsigned long)buf & -pg) + pg)
			memset(buf, 0xee, buf_half);
		else
			memset(addr, 0xdd, addr_half);
		NEED(!ioctl(uffd, UFFDIO_ZEROPAGE, &z));
	}
	return arg;
}

/* Two pages, the second under the sibling's control. */
static char *half_page(void)
{
	unsigned long pg = sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, 3 * pg, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_register r = {.range = {(unsigned long)p + pg, pg}, .mode = UFFDIO_REGISTER_MODE_MISSING};

	NEED(p != MAP_FAILED && !ioctl(uffd, UFFDIO_REGISTER, &r));
	p[0] = 1;
	return p + pg;
}

static void make_sure_memory(socklen_t addr_len)
{
	struct uffdio_api api = {.api = UFFD_API};

	uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api))
		SKIP("no userfaultfd: %s", strerror(errno));
	buf_half = size / 2;
	addr_half = addr_len / 2 & ~3u;
	buf = half_page() - buf_half;
	addr = half_page() - addr_half;
}

static struct end unix_named(int n)
{
	struct end e = {.fd = socket(AF_UNIX, SOCK_DGRAM, 0)};
	union addr a;
	char s[64];
	int l = snprintf(s, sizeof(s), "%clymrace.%d.%d", 0, getpid(), n);

	NEED(!bind(e.fd, &a.sa, unix_addr(&a, s, l)));
	return end_of(e.fd);
}

static struct end netlink_sender(void)
{
	struct sockaddr_nl a = {.nl_family = AF_NETLINK};
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);

	NEED(!bind(fd, (struct sockaddr *)&a, sizeof(a)));
	return end_of(fd);
}

static void make_sockets(const char *family)
{
	bool udp = !strcmp(family, "udp"), un = !strcmp(family, "udgram"), nl = !strcmp(family, "netlink");
	struct pair p;

	if (udp || un || nl) {
		senders = SENDERS;
		rx = udp ? end_of(inet_bound(AF_INET, SOCK_DGRAM)) : un ? unix_named(99) : netlink_sender();
		for (int i = 0; i < senders; i++) {
			tx[i] = udp ? end_of(inet_bound(AF_INET, SOCK_DGRAM)) : un ? unix_named(i) : netlink_sender();
			NEED(!connect(tx[i].fd, &rx.local.sa, rx.local_len));
		}
	} else {
		p = !strcmp(family, "tcp") ? tcp_pair(AF_INET) : unix_pair(SOCK_STREAM);
		rx = p.rx;
		tx[0] = p.tx;
		senders = 1;
	}
}

/* Tell race.t who sends and who receives. */
static void facts(const struct end *e)
{
	char name[32];

	x_begin("facts", 0);
	for (int i = 0; i < senders; i++) {
		snprintf(name, sizeof(name), "sender%d", i);
		x_addr(name, &tx[i].local, senders > 1 ? tx[i].local_len : 0, "K");
	}
	x_args_end();
	x_sock(e);
	x_end();
}

/* Keep pace with the reader of the events, so that nothing is lost. */
static void keep_pace(long i)
{
	while (i - (long)__atomic_load_n(&sh->seen, __ATOMIC_ACQUIRE) >= window)
		usleep(50);
}

/* recvmsg's header: what the sibling switches. */
static struct {
	struct msghdr h;
	struct iovec v[2];
} m;
static bool by_msg;
static char *decoy;

static void *juggle(void *arg)
{
	pin(1);
	racing = true;
	for (unsigned int k = 0; !stop; k++) {
		*(void *volatile *)&m.v[0].iov_base = k & 1 ? decoy : buf;
		*(void *volatile *)&m.h.msg_name = k & 2 ? decoy + size : addr;
		*(struct iovec *volatile *)&m.h.msg_iov = k & 4 ? &m.v[1] : &m.v[0];
		*(volatile unsigned long long *)(k & 8 ? buf : decoy) = 0xeeeeeeeeeeeeeeeeull;
	}
	return arg;
}

static ssize_t by_recvmsg(void)
{
	m.v[0] = m.v[1] = (struct iovec){buf, size};
	m.h = (struct msghdr){.msg_name = addr, .msg_namelen = 112, .msg_iov = m.v, .msg_iovlen = 1};
	return recvmsg(rx.fd, &m.h, 0);
}

static void receive(long i, const char *truth)
{
	unsigned long pg = sysconf(_SC_PAGESIZE);
	const struct end *s = &tx[i % senders];
	socklen_t len = 112;
	ssize_t n;

	keep_pace(i);
	if (buf_half) {
		madvise((void *)(((unsigned long)buf & -pg) + pg), pg, MADV_DONTNEED);
		madvise((void *)(((unsigned long)addr & -pg) + pg), pg, MADV_DONTNEED);
	}
	if (send(s->fd, truth, size, 0) != (ssize_t)size)
		DIE("send");
	n = by_msg ? by_recvmsg() : recvfrom(rx.fd, buf, size, 0, (struct sockaddr *)addr, &len);
	if (n != (ssize_t)size)
		DIE("receive %ld returned %zd", i, n);
	/* The sibling never restores anything: what a tracer found forged at the exit is still forged now. */
	if (memcmp(buf, truth, size))
		sh->known[i] |= BUF_FORGED;
	if (senders > 1 && memcmp(addr, &s->local, s->local_len))
		sh->known[i] |= ADDR_FORGED;
}

static void race(long n, bool sure)
{
	static struct { char b[8192], a[128], d[8192]; } space __attribute__((aligned(64)));
	static char truth[8192];
	struct naive v;
	pthread_t t;
	bool naive;

	buf = space.b;
	addr = space.a;
	decoy = space.d;
	if (sure)
		make_sure_memory(tx[0].local_len);
	naive = !by_msg && naive_open(&v, n, SYS_recvfrom);
	snprintf(truth, 16, "%d", getpid());
	ready_and_wait(truth);
	pin(0);
	NEED(!pthread_create(&t, NULL, sure ? fill_in : by_msg ? juggle : scribble, NULL));
	while (!racing)
		sched_yield();
	for (long i = 0; i < n; i++) {
		message(truth, i);
		receive(i, truth);
	}
	stop = true;
	pthread_join(t, NULL);
	for (long i = 0; naive && i < n; i++) {
		sh->known[i] |= v.got[i][0] != (unsigned long long)i ? NAIVE_BUF : 0;
		if (senders > 1 && memcmp((void *)&v.got[i][1], &tx[i % senders].local, 8))
			sh->known[i] |= NAIVE_ADDR;
	}
	sh->naive = naive && *v.count == (unsigned long long)n;
}

/* Two sockets take turns behind one descriptor. */
static struct end one, two;
static int shared_fd;

static void *swap(void *arg)
{
	pin(1);
	racing = true;
	while (!stop) {
		dup2(two.fd, shared_fd);
		dup2(one.fd, shared_fd);
	}
	return arg;
}

static void dup_race(long n)
{
	struct pair p = udp_pair(AF_INET), q = udp_pair(AF_INET);
	char pid[16], m[2][64];
	pthread_t t;

	one = p.rx;
	two = q.rx;
	shared_fd = dup(one.fd);
	NEED(shared_fd >= 0);
	facts(&one);
	facts(&two);
	snprintf(pid, sizeof(pid), "%d", getpid());
	ready_and_wait(pid);
	pin(0);
	NEED(!pthread_create(&t, NULL, swap, NULL));
	while (!racing)
		sched_yield();
	for (int i = 0; i < 2; i++) {
		memset(m[i], i ? '2' : '1', sizeof(m[i]));
		put(i ? &q.tx : &p.tx, m[i], 64, 0);
	}
	for (long i = 0; i < n; i++) {
		char b[64];

		keep_pace(i);
		NEED(recvfrom(shared_fd, b, 64, 0, NULL, NULL) == 64);
		if (b[0] == '2')
			sh->known[i] |= SECOND;
		put(b[0] == '2' ? &q.tx : &p.tx, m[b[0] == '2'], 64, 0);
	}
	stop = true;
	pthread_join(t, NULL);
}

/* Two destinations in one sockaddr, which differ in one byte or two. */
static union addr dest;

static void *redirect(void *arg)
{
	bool un = one.family == AF_UNIX;
	int at = un ? one.local_len - 1 : offsetof(struct sockaddr_in, sin_port);

	pin(1);
	racing = true;
	while (!stop) {
		if (un) {
			*(volatile char *)&dest.raw[at] = two.local.raw[at];
			*(volatile char *)&dest.raw[at] = one.local.raw[at];
		} else {
			*(volatile unsigned short *)&dest.raw[at] = two.local.in.sin_port;
			*(volatile unsigned short *)&dest.raw[at] = one.local.in.sin_port;
		}
	}
	return arg;
}

/* Which one does the kernel say it was? */
static bool was_second(int fd, bool connects)
{
	char c;

	if (connects) {
		union addr a;
		socklen_t len = sizeof(a);

		NEED(!getpeername(fd, &a.sa, &len));
		return a.in.sin_port == two.local.in.sin_port;
	}
	for (;;) {
		if (read(one.fd, &c, 1) == 1)
			return false;
		if (read(two.fd, &c, 1) == 1)
			return true;
	}
}

static void dest_race(const char *family, long n, bool connects)
{
	int f = !strcmp(family, "udp6") ? AF_INET6 : !strcmp(family, "udgram") ? AF_UNIX : AF_INET, fd;
	struct naive v;
	bool naive;
	pthread_t t;
	char pid[16];

	one = f == AF_UNIX ? unix_named(1) : end_of(inet_bound(f, SOCK_DGRAM));
	two = f == AF_UNIX ? unix_named(2) : end_of(inet_bound(f, SOCK_DGRAM));
	NEED(!fcntl(one.fd, F_SETFL, O_NONBLOCK) && !fcntl(two.fd, F_SETFL, O_NONBLOCK));
	facts(&one);
	facts(&two);
	fd = socket(f, SOCK_DGRAM, 0);
	dest = one.local;
	naive = naive_open(&v, n, connects ? SYS_connect : SYS_sendto);
	snprintf(pid, sizeof(pid), "%d", getpid());
	ready_and_wait(pid);
	pin(0);
	NEED(!pthread_create(&t, NULL, redirect, NULL));
	while (!racing)
		sched_yield();
	for (long i = 0; i < n; i++) {
		keep_pace(i);
		if (connects)
			NEED(!connect(fd, &dest.sa, one.local_len));
		else
			NEED(sendto(fd, "x", 1, 0, &dest.sa, one.local_len) == 1);
		if (was_second(fd, connects))
			sh->known[i] |= SECOND;
	}
	stop = true;
	pthread_join(t, NULL);
	for (long i = 0; naive && f != AF_UNIX && i < n; i++)	/* a unix name differs behind its first 8 bytes */
		if (memcmp((void *)&v.got[i][connects ? 0 : 1], sh->known[i] & SECOND ? &two.local : &one.local, 8))
			sh->known[i] |= NAIVE_ADDR;
	sh->naive = naive && f != AF_UNIX && *v.count == (unsigned long long)n;
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 6) {
		fprintf(stderr, "usage: race udp|udp6|tcp|udgram|ustream|netlink SIZE N MODE FILE\n"
			"MODE: free, sure, msg, dup, dest, conn\n");
		return 2;
	}
	size = atol(argv[2]);
	total = atol(argv[3]);
	window = size > 1000 ? 500 : 4000;
	fd = open(argv[5], O_RDWR | O_CREAT | O_TRUNC, 0600);
	NEED(fd >= 0 && !ftruncate(fd, sizeof(*sh) + total));
	sh = mmap(NULL, sizeof(*sh) + total, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	NEED(sh != MAP_FAILED);
	sh->size = size;
	fill(sh->table, sizeof(sh->table), 99);
	if (!strcmp(argv[4], "dup")) {
		dup_race(total);
		return 0;
	}
	if (!strcmp(argv[4], "dest") || !strcmp(argv[4], "conn")) {
		dest_race(argv[1], total, argv[4][0] == 'c');
		return 0;
	}
	by_msg = !strcmp(argv[4], "msg");
	make_sockets(argv[1]);
	sh->senders = senders;
	facts(&rx);
	race(total, !strcmp(argv[4], "sure"));
	return 0;
}
