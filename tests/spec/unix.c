/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* AF_UNIX receives: stream, datagram, seqpacket; named by path, abstract with NULs inside, unnamed; peeks, MSG_OOB. */
#include <sys/prctl.h>
#include <sys/stat.h>
#include "../lib/cases.h"
#include "../lib/recv.h"

static char data[65536], dir[64];

/* A private directory for the paths; gone at exit. */
static void remove_dir(void)
{
	char path[100];

	for (int i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%d", dir, i);
		unlink(path);
	}
	rmdir(dir);
}

static void make_dir(void)
{
	snprintf(dir, sizeof(dir), "%.40s/lymXXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	NEED(mkdtemp(dir));
	atexit(remove_dir);
}

/* Bind fd to the n-th path, or for kind 'a' to an abstract name with NULs inside. */
static void name_it(int fd, char kind, int n)
{
	union addr a;
	socklen_t len;
	char s[100];
	int l;

	if (kind == 'p')
		l = snprintf(s, sizeof(s), "%s/%d", dir, n) + 1;
	else
		l = snprintf(s, sizeof(s), "%clym%c%c%d.%d", 0, 0, 0, getpid(), n);
	len = unix_addr(&a, s, l);
	NEED(!bind(fd, &a.sa, len));
}

static void dgram(char kind, size_t len)
{
	struct pair p;

	make_dir();
	p.rx.fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	p.tx.fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	name_it(p.rx.fd, kind, 0);
	name_it(p.tx.fd, kind, 1);
	p.rx = end_of(p.rx.fd);
	NEED(!connect(p.tx.fd, &p.rx.local.sa, p.rx.local_len));
	p.tx = end_of(p.tx.fd);
	fill(data, len, len);
	put(&p.tx, data, len, 0);
	RECVFROM(.e = &p.rx, .room = len + 5, .addr = true, .from = &p.tx, .want = data, .len = len);
	put(&p.tx, data, len, 0);
	put(&p.tx, data, len, 0);
	RECVFROM(.e = &p.rx, .room = len + 5, .from = &p.tx, .want = data, .len = len);
	RECVMSG(.e = &p.rx, .room = len + 5, .addr = true, .iov = 3, .from = &p.tx, .want = data, .len = len);
	put(&p.tx, data, len, 0);
	READ(.e = &p.rx, .room = len + 5, .from = &p.tx, .want = data, .len = len);
	put(&p.tx, data, len, 0);
	READ(.e = &p.rx, .room = len + 5, .iov = 2, .from = &p.tx, .want = data, .len = len);
}

static void dgram_path(void) { dgram('p', 40); }
static void dgram_abstract(void) { dgram('a', 40); }
static void dgram_5000(void) { dgram('p', 5000); }
static void dgram_60000(void) { dgram('p', 60000); }

/* A sender without a name: nothing may be invented. */
static void dgram_unnamed(void)
{
	struct pair p = unix_pair(SOCK_DGRAM);
	struct end none = {0};
	struct end path = {.fd = socket(AF_UNIX, SOCK_DGRAM, 0)}, tx = end_of(socket(AF_UNIX, SOCK_DGRAM, 0));

	make_dir();
	name_it(path.fd, 'p', 0);
	path = end_of(path.fd);
	put(&p.tx, "who am I?", 9, 0);
	RECVFROM(.e = &p.rx, .room = 64, .addr = true, .from = &none, .want = "who am I?", .len = 9);
	NEED(sendto(tx.fd, "nameless", 8, 0, &path.local.sa, path.local_len) == 8);
	RECVFROM(.e = &path, .room = 64, .addr = true, .from = &none, .want = "nameless", .len = 8);
	name_it(tx.fd, 'p', 1);
	tx = end_of(tx.fd);
	NEED(sendto(tx.fd, "named", 5, 0, &path.local.sa, path.local_len) == 5);
	RECVFROM(.e = &path, .room = 64, .addr = true, .from = &tx, .want = "named", .len = 5);
}

/* A path that fills sun_path to the last byte, without a closing NUL. */
static void longest(void)
{
	struct end rx = {.fd = socket(AF_UNIX, SOCK_DGRAM, 0)}, tx = {.fd = socket(AF_UNIX, SOCK_DGRAM, 0)};
	char s[108];
	union addr a;

	memset(s, 'L', sizeof(s));
	s[0] = 0;
	snprintf(s + 1, 20, "%d", getpid());
	NEED(!bind(tx.fd, &a.sa, unix_addr(&a, s, sizeof(s))));
	name_it(rx.fd, 'a', 0);
	rx = end_of(rx.fd);
	tx = end_of(tx.fd);
	NEED(sendto(tx.fd, "long name", 9, 0, &rx.local.sa, rx.local_len) == 9);
	RECVFROM(.e = &rx, .room = 64, .addr = true, .from = &tx, .want = "long name", .len = 9);
}

static void stream(void)
{
	struct pair p = unix_pair(SOCK_STREAM);

	fill(data, 9000, 1);
	for (int i = 0; i < 3; i++)
		put(&p.tx, data + i * 3000, 3000, 0);
	RECVFROM(.e = &p.rx, .room = 500, .addr = true, .peer = &p.tx, .want = data, .len = 500);
	RECVFROM(.e = &p.rx, .room = 4000, .flags = MSG_PEEK | MSG_WAITALL, .peer = &p.tx, .want = data + 500,
		 .len = 4000);
	RECVMSG(.e = &p.rx, .room = 6500, .iov = 4, .flags = MSG_WAITALL, .addr = true, .peer = &p.tx,
		.want = data + 500, .len = 6500);
	READ(.e = &p.rx, .room = 1000, .peer = &p.tx, .want = data + 7000, .len = 1000);
	READ(.e = &p.rx, .room = 5000, .iov = 3, .peer = &p.tx, .want = data + 8000, .len = 1000);
	RECVFROM(.e = &p.rx, .room = 100, .flags = MSG_DONTWAIT, .addr = true, .peer = &p.tx, .fail = EAGAIN);
	NEED(!shutdown(p.tx.fd, SHUT_WR));
	RECVFROM(.e = &p.rx, .room = 100, .addr = true, .peer = &p.tx, .want = "", .len = 0);
}

/* A stream client learns the server's path with its data. */
static void stream_named(void)
{
	struct end l = {.fd = socket(AF_UNIX, SOCK_STREAM, 0)}, c, s;

	make_dir();
	name_it(l.fd, 'p', 0);
	l = end_of(l.fd);
	NEED(!listen(l.fd, 1));
	c.fd = socket(AF_UNIX, SOCK_STREAM, 0);
	NEED(!connect(c.fd, &l.local.sa, l.local_len));
	s = end_of(accept(l.fd, NULL, NULL));
	c = end_of(c.fd);
	put(&s, "from the server", 15, 0);
	RECVFROM(.e = &c, .room = 64, .addr = true, .from = &s, .want = "from the server", .len = 15);
	put(&c, "from a client", 13, 0);
	RECVFROM(.e = &s, .room = 64, .addr = true, .peer = &c, .want = "from a client", .len = 13);
}

static void seqpacket(void)
{
	struct pair p = unix_pair(SOCK_SEQPACKET);
	size_t lens[] = {30, 3000, 50000};

	for (int i = 0; i < 3; i++) {
		size_t len = lens[i];

		fill(data, len, i + 20);
		put(&p.tx, data, len, 0);
		RECVFROM(.e = &p.rx, .room = len, .flags = MSG_PEEK, .peer = &p.tx, .want = data, .len = len);
		RECVFROM(.e = &p.rx, .room = len + 1, .addr = true, .peer = &p.tx, .want = data, .len = len);
		put(&p.tx, data, len, 0);
		RECVMSG(.e = &p.rx, .room = len + 1, .iov = 3, .addr = true, .peer = &p.tx, .want = data, .len = len);
		put(&p.tx, data, len, 0);
		RECVFROM(.e = &p.rx, .room = 10, .full = len, .flags = MSG_TRUNC, .peer = &p.tx, .want = data,
			 .len = 10);
	}
}

static void peek(void)
{
	struct pair p = unix_pair(SOCK_DGRAM);

	fill(data, 300, 30);
	put(&p.tx, data, 300, 0);
	put(&p.tx, "behind it", 9, 0);
	for (int i = 0; i < 3; i++)
		RECVFROM(.e = &p.rx, .room = 400, .flags = i < 2 ? MSG_PEEK : 0, .peer = &p.tx, .want = data,
			 .len = 300);
	RECVFROM(.e = &p.rx, .room = 4, .full = 9, .flags = MSG_PEEK | MSG_TRUNC, .peer = &p.tx, .want = "behi",
		 .len = 4);
	RECVFROM(.e = &p.rx, .room = 4, .full = 9, .peer = &p.tx, .want = "behi", .len = 4);
}

static void peek_off(int type)
{
	struct pair p = unix_pair(type);
	int off = 7, none = -1;
	bool s = type == SOCK_STREAM;

	fill(data, 500, 31 + type);
	put(&p.tx, data, 500, 0);
	NEED(!setsockopt(p.rx.fd, SOL_SOCKET, SO_PEEK_OFF, &off, sizeof(off)));
	RECVFROM(.e = &p.rx, .room = 100, .full = s ? 0 : 493, .flags = MSG_PEEK, .peer = &p.tx, .want = data + 7,
		 .len = 100);
	RECVFROM(.e = &p.rx, .room = 500, .flags = MSG_PEEK, .peer = &p.tx, .want = data + 107, .len = 393);
	NEED(!setsockopt(p.rx.fd, SOL_SOCKET, SO_PEEK_OFF, &none, sizeof(none)));
	RECVFROM(.e = &p.rx, .room = 500, .peer = &p.tx, .want = data, .len = 500);
}

static void peek_off_stream(void) { peek_off(SOCK_STREAM); }
static void peek_off_dgram(void) { peek_off(SOCK_DGRAM); }

static void oob(void)
{
	struct pair p = unix_pair(SOCK_STREAM);

	put(&p.tx, "abc", 3, 0);
	if (send(p.tx.fd, "!", 1, MSG_OOB) != 1)
		SKIP("no MSG_OOB on AF_UNIX");
	put(&p.tx, "def", 3, 0);
	RECVFROM(.e = &p.rx, .room = 5, .flags = MSG_OOB, .addr = true, .peer = &p.tx, .want = "!", .len = 1,
		 .origin = "*");
	RECVFROM(.e = &p.rx, .room = 3, .peer = &p.tx, .want = "abc", .len = 3);
	RECVFROM(.e = &p.rx, .room = 10, .peer = &p.tx, .want = "def", .len = 3);
}

static void zero(void)
{
	struct pair p = unix_pair(SOCK_DGRAM);

	put(&p.tx, "", 0, 0);
	put(&p.tx, "next", 4, 0);
	RECVFROM(.e = &p.rx, .room = 64, .addr = true, .peer = &p.tx, .want = "", .len = 0);
	RECVFROM(.e = &p.rx, .room = 64, .addr = true, .peer = &p.tx, .want = "next", .len = 4);
}

static void mmsg(void)
{
	struct pair p = unix_pair(SOCK_DGRAM);
	struct rx r[4];

	fill(data, 4000, 33);
	for (int i = 0; i < 3; i++) {
		put(&p.tx, data + i * 1000, 100 + 400 * i, 0);
		r[i] = (struct rx){.e = &p.rx, .room = 1000, .iov = i + 1, .addr = true, .flags = MSG_DONTWAIT,
				   .peer = &p.tx, .want = data + i * 1000, .len = 100 + 400 * i};
	}
	r[3] = r[0];
	rx_recvmmsg(r, 4, MSG_DONTWAIT, 3);
}

/* A descriptor and credentials ride along. */
static void control(void)
{
	struct pair p = unix_pair(SOCK_STREAM);
	char c[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec v = {"take it", 7};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = c, .msg_controllen = sizeof(c)};
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);

	*h = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(h), &p.tx.fd, sizeof(int));
	NEED(sendmsg(p.tx.fd, &m, 0) == 7);
	RECVMSG(.e = &p.rx, .room = 64, .peer = &p.tx, .want = "take it", .len = 7, .control = 64,
		.cmsg = "[[1,1]]");
}

/* Names made to confuse whoever prints them. */
static void hostile(void)
{
	static const char nasty[] = "q\"u\\o\nte\t\x1b[31m{}\x7f',\x01@";
	struct end rx = {.fd = socket(AF_UNIX, SOCK_DGRAM, 0)}, tx = {.fd = socket(AF_UNIX, SOCK_DGRAM, 0)};
	char s[100];
	union addr a;

	make_dir();
	NEED(!prctl(PR_SET_NAME, "\"\n\xff\xc3\\\x1b]0;"));
	NEED(!chdir(dir));
	NEED(!bind(tx.fd, &a.sa, unix_addr(&a, nasty, sizeof(nasty))));
	NEED(!unlink(nasty));
	snprintf(s, sizeof(s), "%c%d%s", 0, getpid(), nasty);
	NEED(!bind(rx.fd, &a.sa, unix_addr(&a, s, 30)));
	rx = end_of(rx.fd);
	tx = end_of(tx.fd);
	tx.remote_len = rx.local_len = UNSAID;
	NEED(sendto(tx.fd, nasty, sizeof(nasty), 0, &a.sa, offsetof(struct sockaddr_un, sun_path) + 30) > 0);
	RECVFROM(.e = &rx, .room = 64, .addr = true, .from = &tx, .want = nasty, .len = sizeof(nasty));
	NEED(!chdir("/"));
}

static const struct tcase cases[] = {
	{"dgram-path", dgram_path},
	{"dgram-abstract", dgram_abstract},
	{"dgram-5000", dgram_5000},
	{"dgram-60000", dgram_60000},
	{"dgram-unnamed", dgram_unnamed},
	{"longest", longest},
	{"stream", stream},
	{"stream-named", stream_named},
	{"seqpacket", seqpacket},
	{"peek", peek},
	{"peek-off-stream", peek_off_stream},
	{"peek-off-dgram", peek_off_dgram},
	{"oob", oob},
	{"zero", zero},
	{"mmsg", mmsg},
	{"control", control},
	{"hostile", hostile},
	{"snaplen-64", stream, .snaplen = 64},
};

CASES_MAIN(cases)
