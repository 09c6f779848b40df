/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* socket_recv and socket_send tell of every receive and send, whichever call did it; io_uring too. */
#include "../lib/cases.h"
#include "../lib/send.h"
#include "../lib/uring.h"

#define BOTH "socket_recv,socket_send"

static char data[9000], room[9000];

/* Every system call there is, there and back. */
static void calls(void)
{
	for (int f = 0; f < 2; f++) {
		struct pair p = f ? tcp_pair(AF_INET) : udp_pair(AF_INET);
		const struct end *from = f ? NULL : &p.tx;
		struct tx t = {.e = &p.tx, .data = data, .len = 300, .peer = &p.rx};
		struct rx r = {.e = &p.rx, .room = 300, .want = data, .len = 300, .from = from, .peer = &p.tx};
		struct rx wait = r;

		fill(data, 300, f);
		wait.flags = f ? MSG_WAITALL : 0;
		tx_write(&t);
		rx_read(&r);
		t.iov = r.iov = 3;
		tx_write(&t);
		rx_read(&r);
		tx_sendto(&t);
		rx_recvfrom(&wait);
		tx_sendmsg(&t);
		rx_recvmsg(&wait);
		tx_sendmmsg(&t, 1, 0);
		rx_recvmmsg(&r, 1, 0, 1);
	}
}

/* A non-blocking socket read without data: an errno, no payload. */
static void empty(void)
{
	struct pair p = udp_pair(AF_INET);

	NEED(!fcntl(p.rx.fd, F_SETFL, O_NONBLOCK));
	READ(.e = &p.rx, .room = 100, .flags = MSG_DONTWAIT, .fail = EAGAIN);
	put(&p.tx, "now", 3, 0);
	READ(.e = &p.rx, .room = 100, .flags = MSG_DONTWAIT, .from = &p.tx, .want = "now", .len = 3);
}

#ifdef __x86_64__
static void no_compat(int sig)
{
	static const char m[] = "SKIP no 32-bit calls here\n";

	(void)!write(1, m, sizeof(m) - 1);
	_exit(77);
}

static long int80(long nr, long a, long b, long c, long d, long e, long f)
{
	long ret;

	asm volatile("push %%rbp\n mov %8, %%rbp\n int $0x80\n pop %%rbp"
		     : "=a"(ret) : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), "0"(nr), "r"(f)
		     : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}
#endif

#ifdef __x86_64__
static void x_low(const struct pair *p, const char *name, const char *buf)
{
	x_begin("socket_recv", 7);
	x_bytes("buf", "32 bits", 7, 7, "K");
	x_maybe_addr("src_addr", &p->tx.local, p->tx.local_len);
	x_args_end();
	x_sock(&p->rx);
	x_end();
	x_begin(name, 7);
	x_bytes(buf, "32 bits", 7, 7, "K");
	x_flags(MSG_DONTWAIT);
	x_args_end();
	x_sock(&p->rx);
	x_end();
}

/* Arguments in memory, pointers of four bytes. */
static void compat_more(const struct pair *p, char *low)
{
	unsigned int *args = (unsigned int *)(low + 256), *msg = (unsigned int *)(low + 512), *iov = (unsigned int *)(low + 640);
	unsigned int at = (unsigned long)low;

	args[0] = p->rx.fd;
	args[1] = at;
	args[2] = 64;
	args[3] = MSG_DONTWAIT;
	put((struct end *)&p->tx, "32 bits", 7, 0);
	x_from = x_now();
	NEED(int80(102, 10, at + 256, 0, 0, 0, 0) == 7);	/* socketcall: recv */
	x_low(p, "recv", "buf");
	memset(msg, 0, 28);
	msg[2] = at + 640;
	msg[3] = 1;
	iov[0] = at;
	iov[1] = 64;
	put((struct end *)&p->tx, "32 bits", 7, 0);
	x_from = x_now();
	NEED(int80(372, p->rx.fd, at + 512, MSG_DONTWAIT, 0, 0, 0) == 7);	/* recvmsg */
	x_low(p, "recvmsg", "msg.buf");
}
#endif

/* 32-bit calls of a 64-bit program have numbers of their own: brk is 45, which is recvfrom elsewhere. */
static void compat(void)
{
#ifdef __x86_64__
	struct pair p = udp_pair(AF_INET);
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	NEED(low != MAP_FAILED);
	signal(SIGSEGV, no_compat);
	int80(20, 0, 0, 0, 0, 0, 0);			/* getpid */
	signal(SIGSEGV, SIG_DFL);
	for (int i = 0; i < 20; i++) {
		int80(45, 0, 0, 0, 0, 0, 0);		/* brk */
		int80(47, p.rx.fd, (long)low, 64, 0, 0, 0);	/* getgid */
		int80(49, p.rx.fd, (long)low, 64, 0, 0, 0);	/* geteuid */
	}
	put(&p.tx, "32 bits", 7, 0);
	x_from = x_now();
	NEED(int80(371, p.rx.fd, (long)low, 64, MSG_DONTWAIT, 0, 0) == 7 && !memcmp(low, "32 bits", 7));
	x_begin("socket_recv", 7);
	x_json("buf", "{\"any\":true}");
	x_maybe_addr("src_addr", &p.tx.local, p.tx.local_len);
	x_args_end();
	x_sock(&p.rx);
	x_end();
	x_begin("recvfrom", 7);
	x_bytes("buf", "32 bits", 7, 7, "K");
	x_flags(MSG_DONTWAIT);
	x_addr("src_addr", &p.tx.local, p.tx.local_len, "K");
	x_args_end();
	x_sock(&p.rx);
	x_end();
	compat_more(&p, low);
	put(&p.tx, "64 bits", 7, 0);
	RECVFROM(.e = &p.rx, .room = 64, .addr = true, .from = &p.tx, .want = "64 bits", .len = 7);
#else
	SKIP("x86 only");
#endif
}

/* What an event made by io_uring must say. tids: does the submitting thread itself do it? */
static void x_uring(const char *name, const struct end *e, const void *p, size_t n, const struct end *other, bool tids)
{
	bool in = name[7] == 'r';

	x_begin(name, n);
	x_bytes("buf", p, n, n, in ? "K" : "U");
	x_int("len", n);
	if (in && e->type == SOCK_DGRAM)
		x_addr("src_addr", &other->local, other->local_len, "K");
	else
		x_maybe_addr(in ? "src_addr" : "dst_addr", &other->local, other->local_len);
	x_text("via", "io_uring");
	x_args_end();
	x_sock(e);
	if (!tids)
		x_json("any_tid", "true");
	x_json("pid", "%d", getpid());
	x_end();
}

/* io_uring tries without waiting first: that failure may be reported. */
static void x_tried(const struct end *e)
{
	x_begin("socket_recv", -EAGAIN);
	x_nobytes("buf");
	x_text("via", "io_uring");
	x_args_end();
	x_sock(e);
	x_json("optional", "true");
	x_end();
}

static void stuff(const struct pair *p, size_t n)
{
	WRITE(.e = &p->tx, .data = data, .len = n, .peer = &p->rx);
}

static void uring(unsigned int setup, unsigned int sqe_flags, bool late, bool tids)
{
	struct uring u;

	uring_open(&u, setup);
	for (int f = 0; f < 3; f++) {
		struct pair p = f == 0 ? udp_pair(AF_INET) : f == 1 ? tcp_pair(AF_INET) : unix_pair(SOCK_STREAM);
		struct iovec v = {room, sizeof(room)};
		union addr a;
		struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_name = &a, .msg_namelen = sizeof(a)};
		struct io_uring_sqe recv = {.opcode = IORING_OP_RECV, .fd = p.rx.fd, .addr = (unsigned long)room,
					    .len = sizeof(room), .flags = sqe_flags};
		struct io_uring_sqe recvmsg = {.opcode = IORING_OP_RECVMSG, .fd = p.rx.fd,
					       .addr = (unsigned long)&m, .len = 1, .flags = sqe_flags};
		struct io_uring_sqe send = {.opcode = IORING_OP_SEND, .fd = p.tx.fd, .addr = (unsigned long)data,
					    .len = 500, .flags = sqe_flags};

		fill(data, sizeof(data), f);
		for (int k = 0; k < 2; k++) {
			size_t n = k ? 5000 : 70;

			x_from = x_now();
			if (!late)
				stuff(&p, n);
			uring_submit(&u, k ? &recvmsg : &recv);
			if (late) {
				x_tried(&p.rx);
				stuff(&p, n);
			}
			NEED(uring_wait(&u) == (int)n && !memcmp(room, data, n));
			x_uring("socket_recv", &p.rx, data, n, &p.tx, tids);
		}
		if (late)
			continue;
		x_from = x_now();
		uring_submit(&u, &send);
		NEED(uring_wait(&u) == 500);
		x_uring("socket_send", &p.tx, data, 500, &p.rx, tids);
		READ(.e = &p.rx, .room = 500, .want = data, .len = 500, .from = f ? NULL : &p.tx, .peer = &p.tx);
	}
}

/* IORING_OP_READ and WRITE on sockets. */
static void uring_rw(void)
{
	struct uring u;

	uring_open(&u, 0);
	for (int f = 0; f < 2; f++) {
		struct pair p = f ? tcp_pair(AF_INET) : udp_pair(AF_INET);
		struct io_uring_sqe rd = {.opcode = IORING_OP_READ, .fd = p.rx.fd, .addr = (unsigned long)room,
					  .len = sizeof(room), .off = -1};
		struct io_uring_sqe wr = {.opcode = IORING_OP_WRITE, .fd = p.tx.fd, .addr = (unsigned long)data,
					  .len = 600, .off = -1};

		fill(data, 600, f + 50);
		x_from = x_now();
		uring_submit(&u, &wr);
		NEED(uring_wait(&u) == 600);
		x_uring("socket_send", &p.tx, data, 600, &p.rx, true);
		x_from = x_now();
		uring_submit(&u, &rd);
		NEED(uring_wait(&u) == 600 && !memcmp(room, data, 600));
		x_uring("socket_recv", &p.rx, data, 600, &p.tx, true);
	}
}

static void uring_now(void) { uring(0, 0, false, true); }
static void uring_late(void) { uring(0, 0, true, true); }
static void uring_async(void) { uring(0, IOSQE_ASYNC, false, false); }
static void uring_sqpoll(void) { uring(IORING_SETUP_SQPOLL, 0, false, false); }

static const struct tcase cases[] = {
	{"calls", calls, RECEIVES ",sendto,sendmsg,sendmmsg,socket_send"},
	{"empty", empty, "socket_recv"},
	{"compat", compat, "recv,recvfrom,recvmsg,shutdown,socket_recv"},
	{"uring", uring_now, BOTH},
	{"uring-rw", uring_rw, BOTH},
	{"uring-late", uring_late, BOTH},
	{"uring-async", uring_async, BOTH},
	{"uring-sqpoll", uring_sqpoll, BOTH},
};

CASES_MAIN(cases)
