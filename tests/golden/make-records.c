/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Writes raw files of records made by hand into the directory in argv[1]: calls.raw, families.raw, messages.raw, truth.raw,
 * hostile.raw, kernel.raw. `lymer replay` must print them as the expected files beside this one say.
 */
#include <arpa/inet.h>
#include <elf.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include "../unit/make.h"
#include "rawfile.h"
#include "../../src/schema.c"	/* programs of this folder are not linked with Lymer: for the hash of the catalogue */

#define K LYM_I_KERNEL
#define BUF 0x7ffd0c3a1000ull
#define ADDR 0x7ffd0c3a2000ull
#define LEN 0x7ffd0c3a3000ull
#define CELLS(...) ((const __u64[6]){ __VA_ARGS__ })

static FILE *out;
static unsigned char rec[LYM_RECORD_MAX] __attribute__((aligned(8)));
static struct make m;
static __u64 seq;
static const char *dir;

/* ---- files and records ---- */

static void file(const char *name)
{
	struct lym_rawfile_hdr h = {
		.magic = LYM_RAWFILE_MAGIC, .version = LYM_RAWFILE_VERSION, .len = sizeof(h), .order = 0x01020304,
		.schema = lym_schema_hash(), .boot_ns = 1785765700000000000, .mono_ns = 1785765700000000000,
		.snaplen = 64, .duration = 1, .host = "goldhost",
#ifdef __aarch64__
		.machine = EM_AARCH64,
#else
		.machine = EM_X86_64,
#endif
	};
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.raw", dir, name);
	if (out)
		fclose(out);
	out = fopen(path, "w");
	if (!out || fwrite(&h, sizeof(h), 1, out) != 1) {
		perror(path);
		exit(1);
	}
	seq = 0;
}

static void begin(int event, __s64 ret, const __u64 *cell)
{
	const struct lym_event *ev = lym_schema_event(event);

	m = make_begin(rec, event, ret, cell);
	make_hdr(&m)->seq = ++seq;
	make_hdr(&m)->ts = 31000000000 + seq * 1000123;
	make_hdr(&m)->syscall = ev->nr >= 0 ? ev->nr : SYS_recvfrom;
}

static void end(void)
{
	fwrite(rec, m.len, 1, out);
}

static void item(int field, int kind, int flags, const void *p, size_t n)
{
	make_item(&m, field, kind, flags, p, n);
}

static void u32(int field, int kind, __u32 v)
{
	item(field, kind, 0, &v, 4);
}

/* ---- addresses and sockets ---- */

static struct sockaddr_in in(const char *ip, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, ip, &a.sin_addr);
	return a;
}

static struct sockaddr_in6 in6(const char *ip, int port, int scope)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_scope_id = scope };

	inet_pton(AF_INET6, ip, &a.sin6_addr);
	return a;
}

static void sock(int family, int type, int protocol, const void *l, size_t llen, const void *r, size_t rlen)
{
	unsigned char b[sizeof(struct lym_sock) + 256];
	struct lym_sock s = { .cookie = 8193, .inode = 27001, .family = family, .type = type, .protocol = protocol,
			      .state = 7, .local_len = llen, .remote_len = rlen };

	memcpy(b, &s, sizeof(s));
	if (llen)
		memcpy(b + sizeof(s), l, llen);
	if (rlen)
		memcpy(b + sizeof(s) + llen, r, rlen);
	item(LYM_NO_FIELD, LYM_SOCK, K, b, sizeof(s) + llen + rlen);
}

static void udp(void)
{
	struct sockaddr_in l = in("127.0.0.1", 5514);

	sock(AF_INET, SOCK_DGRAM, IPPROTO_UDP, &l, sizeof(l), NULL, 0);
}

static void tcp(void)
{
	struct sockaddr_in l = in("10.0.0.1", 80), r = in("10.0.0.2", 40000);

	sock(AF_INET, SOCK_STREAM, IPPROTO_TCP, &l, sizeof(l), &r, sizeof(r));
}

/* recvfrom of text from an address */
static void recvfrom_begin(const void *text, size_t n, int flags, const void *addr, size_t addrlen)
{
	begin(LYM_EV_recvfrom, n, CELLS(3, BUF, 2048, flags, ADDR, LEN));
	item(1, LYM_DATA, K, text, n);
	item(4, LYM_ADDR, K, addr, addrlen);
	u32(5, LYM_VALUE_IN, 128);
	u32(5, LYM_VALUE, addrlen);
}

/* ---- calls.raw: every call, well and ill ---- */

static void calls_data(void)
{
	struct sockaddr_in a = in("127.0.0.1", 40357);

	recvfrom_begin("<13>Nov 22 web: user login ok", 29, MSG_DONTWAIT, &a, sizeof(a));
	make_hdr(&m)->duration = 1234567;
	udp();
	end();
	begin(LYM_EV_recvfrom, -EAGAIN, CELLS(3, BUF, 2048, MSG_DONTWAIT, ADDR, LEN));
	u32(5, LYM_VALUE_IN, 128);
	udp();
	end();
	begin(LYM_EV_recvfrom, -512, CELLS(3, BUF, 2048, 0, 0, 0));
	udp();
	end();
	begin(LYM_EV_recvfrom, 4, CELLS(5, BUF, 100, MSG_PEEK | MSG_TRUNC, 0, 0));
	item(1, LYM_DATA, K, "GET ", 4);
	item(4, LYM_ADDR, K, &a, sizeof(a));		/* known although nobody asked */
	tcp();
	end();
	begin(LYM_EV_recvfrom, 0, CELLS(5, BUF, 100, 0, ADDR, LEN));
	item(1, LYM_DATA, K, "", 0);
	item(4, LYM_ADDR, K, "", 0);			/* TCP: no address */
	u32(5, LYM_VALUE_IN, 16);
	u32(5, LYM_VALUE, 0);
	tcp();
	end();
	begin(LYM_EV_sendto, 5, CELLS(3, BUF, 5, MSG_NOSIGNAL, ADDR, 16));
	item(1, LYM_DATA, 0, "hello", 5);
	item(4, LYM_ADDR, K, &a, sizeof(a));
	udp();
	end();
	begin(LYM_EV_sendto, -ECONNRESET, CELLS(5, BUF, 70000, 0, 0, 0));
	make_full(&m, 1, LYM_DATA, 0, 0, "0123456789012345678901234567890123456789012345678901234567890123", 64, 70000);
	tcp();
	end();
}

static void calls_address(void)
{
	struct sockaddr_in a = in("10.0.0.2", 40000);
	int ev;

	for (ev = LYM_EV_connect; ev <= LYM_EV_bind; ev++) {
		begin(ev, ev == LYM_EV_bind ? -EADDRINUSE : -EINPROGRESS, CELLS(5, ADDR, 16));
		item(1, LYM_ADDR, K, &a, sizeof(a));
		tcp();
		end();
	}
	begin(LYM_EV_listen, 0, CELLS(5, 128));
	tcp();
	end();
	begin(LYM_EV_accept, 6, CELLS(5, ADDR, LEN));
	item(1, LYM_ADDR, K, &a, sizeof(a));
	u32(2, LYM_VALUE_IN, 4);
	u32(2, LYM_VALUE, 16);
	tcp();
	end();
	begin(LYM_EV_accept4, 7, CELLS(5, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK));
	item(1, LYM_ADDR, K, &a, sizeof(a));
	tcp();
	end();
	begin(LYM_EV_getsockname, 0, CELLS(5, ADDR, LEN));
	item(1, LYM_ADDR, K, &a, sizeof(a));
	u32(2, LYM_VALUE_IN, 16);
	u32(2, LYM_VALUE, 16);
	end();
	begin(LYM_EV_getpeername, -ENOTCONN, CELLS(5, ADDR, LEN));
	u32(2, LYM_VALUE_IN, 16);
	end();
	begin(LYM_EV_shutdown, 0, CELLS(5, SHUT_RDWR));
	tcp();
	end();
}

static void calls_rest(void)
{
	int pair[2] = { 3, 4 }, one = 1, err = ECONNREFUSED;

	begin(LYM_EV_socket, 3, CELLS(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP));
	end();
	begin(LYM_EV_socket, -EAFNOSUPPORT, CELLS(77, 9, 5));
	end();
	begin(LYM_EV_socketpair, 0, CELLS(AF_UNIX, SOCK_STREAM, 0, BUF));
	item(3, LYM_VALUE, 0, pair, sizeof(pair));
	end();
	begin(LYM_EV_setsockopt, 0, CELLS(3, SOL_SOCKET, SO_REUSEADDR, BUF, 4));
	item(3, LYM_DATA, 0, &one, 4);
	udp();
	end();
	begin(LYM_EV_setsockopt, 0, CELLS(3, SOL_SOCKET, SO_BINDTODEVICE, BUF, 3));
	item(3, LYM_DATA, 0, "lo", 3);
	end();
	begin(LYM_EV_setsockopt, -EFAULT, CELLS(3, SOL_SOCKET, SO_REUSEADDR, 8, 4));
	make_full(&m, 3, LYM_DATA, LYM_I_UNREAD, 0, NULL, 0, 4);
	end();
	begin(LYM_EV_getsockopt, 0, CELLS(3, SOL_SOCKET, SO_ERROR, BUF, LEN));
	item(3, LYM_DATA, 0, &err, 4);
	u32(4, LYM_VALUE_IN, 100);
	u32(4, LYM_VALUE, 4);
	end();
	begin(LYM_EV_getsockopt, -ENOPROTOOPT, CELLS(3, 6, 99, BUF, LEN));
	u32(4, LYM_VALUE_IN, 4);
	end();
}

/* ---- families.raw ---- */

static void from(const void *addr, size_t n)
{
	recvfrom_begin("x", 1, 0, addr, n);
	sock(*(const unsigned short *)addr, SOCK_DGRAM, 0, addr, n, NULL, 0);
	end();
}

static void families(void)
{
	struct sockaddr_in6 six = in6("fe80::1", 443, 2), mapped = in6("::ffff:1.2.3.4", 53, 0);
	struct sockaddr_un un = { AF_UNIX, "/run/systemd/journal/socket" };
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK, .nl_pid = 4242, .nl_groups = 1 };
	struct sockaddr_vm vm = { .svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_HOST, .svm_port = 1024 };
	struct sockaddr_ll ll = { .sll_family = AF_PACKET, .sll_protocol = htons(0x800), .sll_ifindex = 3,
				  .sll_hatype = 1, .sll_pkttype = 0, .sll_halen = 6, .sll_addr = { 2, 0xfc, 0, 0, 0, 1 } };
	static const unsigned char x25[18] __attribute__((aligned(8))) = { 9, 0, '1', '2', '3' };

	six.sin6_flowinfo = htonl(7);
	from(&six, sizeof(six));
	from(&mapped, sizeof(mapped));
	from(&un, 2 + strlen(un.sun_path) + 1);
	memcpy(un.sun_path, "\0bus\0\1", 6);
	from(&un, 2 + 6);
	from(&un, 2);
	from(&nl, sizeof(nl));
	from(&ll, sizeof(ll));
	from(&vm, sizeof(vm));
	from(x25, sizeof(x25));
	from(&six, 10);				/* too short for its family */
}

/* ---- messages.raw ---- */

static void part(int kind, int flags, int index, const void *p, size_t n)
{
	make_full(&m, 1, kind, flags, index, p, n, n);
}

static void message(int index, const char *text, const void *addr, size_t n, __u64 controllen, int flags)
{
	__u64 iov[4] = { BUF, 4, BUF + 256, 1000 };
	struct lym_msg h = { .name = n ? ADDR : 0, .iov = LEN, .control = controllen ? 0x7ffd0c3a4000 : 0, .iovlen = 2,
			     .controllen = controllen, .namelen = n, .namelen_in = n ? 128 : 0, .flags = flags,
			     .len = strlen(text) };

	part(LYM_DATA, K, index, text, strlen(text));
	if (n)
		part(LYM_ADDR, K, index, addr, n);
	part(LYM_MSG, 0, index, &h, sizeof(h));
	part(LYM_IOV, 0, index, iov, sizeof(iov));
}

static size_t cmsg(unsigned char *c, size_t at, int level, int type, const void *p, size_t n)
{
	struct cmsghdr h = { CMSG_LEN(n), level, type };

	memset(c + at, 0, CMSG_SPACE(n));
	memcpy(c + at, &h, sizeof(h));
	memcpy(c + at + CMSG_LEN(0), p, n);
	return at + CMSG_SPACE(n);
}

static size_t controls(unsigned char *c)
{
	static const int fds[2] = { 7, 8 }, cred[3] = { 4242, 1000, 1000 }, ttl = 64, hops = 61;
	static const long usec[2] = { 1785765731, 123456 }, nsec[6] = { 1785765731, 123456789 };
	struct sockaddr_in a = in("10.0.0.9", 0), orig = in("10.0.0.1", 53);
	struct { int ifindex; struct in_addr spec, addr; } pkt = { 1, a.sin_addr, a.sin_addr };
	struct { struct in6_addr addr; int ifindex; } pkt6 = { in6("::1", 0, 0).sin6_addr, 1 };
	unsigned char err[32] = { ECONNREFUSED, 0, 0, 0, 2, 3, 3 };
	size_t n = 0;

	memcpy(err + 16, &a, sizeof(a));
	n = cmsg(c, n, SOL_SOCKET, SCM_RIGHTS, fds, sizeof(fds));
	n = cmsg(c, n, SOL_SOCKET, SCM_CREDENTIALS, cred, sizeof(cred));
	n = cmsg(c, n, SOL_SOCKET, 29, usec, sizeof(usec));
	n = cmsg(c, n, SOL_SOCKET, 35, nsec, 16);
	n = cmsg(c, n, SOL_SOCKET, 37, nsec, sizeof(nsec));
	n = cmsg(c, n, IPPROTO_IP, IP_PKTINFO, &pkt, sizeof(pkt));
	n = cmsg(c, n, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	n = cmsg(c, n, IPPROTO_IP, IP_TOS, "\20", 1);
	n = cmsg(c, n, IPPROTO_IP, IP_RECVERR, err, sizeof(err));
	n = cmsg(c, n, IPPROTO_IP, IP_ORIGDSTADDR, &orig, sizeof(orig));
	n = cmsg(c, n, IPPROTO_IPV6, IPV6_PKTINFO, &pkt6, sizeof(pkt6));
	n = cmsg(c, n, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof(hops));
	return cmsg(c, n, 77, 9, "\1\2\3", 3);
}

static void messages(void)
{
	struct sockaddr_in a = in("127.0.0.1", 40357), b = in("127.0.0.1", 40358);
	__s64 timeout[2] = { 1, 500000000 }, left[2] = { 0, 499000000 };
	unsigned char c[1024];
	size_t n = controls(c);
	int i;

	begin(LYM_EV_recvmsg, 11, CELLS(3, BUF, MSG_DONTWAIT));
	message(0, "hello world", &a, sizeof(a), n, MSG_CTRUNC);
	part(LYM_CONTROL, 0, 0, c, n);
	udp();
	end();
	begin(LYM_EV_recvmsg, -EAGAIN, CELLS(3, BUF, MSG_DONTWAIT));
	udp();
	end();
	begin(LYM_EV_recvmmsg, 3, CELLS(3, BUF, 8, 0, LEN));
	item(4, LYM_VALUE_IN, 0, timeout, sizeof(timeout));
	message(0, "one", &a, sizeof(a), 0, 0);
	message(1, "two two", &b, sizeof(b), 0, MSG_TRUNC);
	message(2, "", NULL, 0, 0, 0);
	item(4, LYM_VALUE, 0, left, sizeof(left));
	udp();
	end();
	begin(LYM_EV_recvmmsg, 0, CELLS(3, BUF, 0, 0, 0));
	end();
	for (i = 0; i < 2; i++) {
		begin(i ? LYM_EV_sendmmsg : LYM_EV_sendmsg, i ? 1 : 5, CELLS(3, BUF, i ? 2 : MSG_NOSIGNAL, 0));
		message(0, "hello", &a, sizeof(a), 24, 0);
		part(LYM_CONTROL, 0, 0, c, 24);
		if (i)
			message(1, "not sent", &b, sizeof(b), 0, 0);
		udp();
		end();
	}
}

/* What a netlink socket sends and receives. */
static void netlink(void)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK };
	struct {
		struct nlmsghdr get;
		unsigned char family[4];
	} ask = { { sizeof(ask), 22, 0x301, 7, 0 }, { AF_INET } };
	struct {
		struct nlmsghdr err;
		int error;
		struct nlmsghdr msg, done;
		int end;
	} got = { { 36, NLMSG_ERROR, 0, 7, 4242 }, -EPERM, ask.get, { 20, NLMSG_DONE, NLM_F_MULTI, 7, 4242 }, 0 };

	begin(LYM_EV_sendto, sizeof(ask), CELLS(3, BUF, sizeof(ask), 0, ADDR, sizeof(nl)));
	item(1, LYM_DATA, 0, &ask, sizeof(ask));
	item(4, LYM_ADDR, K, &nl, sizeof(nl));
	sock(AF_NETLINK, SOCK_RAW, 0, &nl, sizeof(nl), NULL, 0);
	end();
	begin(LYM_EV_recvfrom, sizeof(got), CELLS(3, BUF, 8192, 0, 0, 0));
	item(1, LYM_DATA, K, &got, sizeof(got));
	item(4, LYM_ADDR, K, &nl, sizeof(nl));
	sock(AF_NETLINK, SOCK_RAW, 0, &nl, sizeof(nl), NULL, 0);
	end();
}

/* ---- truth.raw: where bytes came from, what is missing, what differs ---- */

static void truth(void)
{
	struct sockaddr_in a = in("127.0.0.1", 40357), forged = in("6.6.6.6", 666);

	recvfrom_begin("<13>Nov 22 web: sudo: 3 failures", 32, 0, &a, sizeof(a));
	make_full(&m, 1, LYM_DATA, LYM_I_TAMPER, 0, "<13>Nov 22 web: user login ok\0\33[2J", 34, 40);
	item(4, LYM_ADDR, LYM_I_TAMPER, &forged, sizeof(forged));
	udp();
	end();
	begin(LYM_EV_recvmmsg, 2, CELLS(3, BUF, 8, 0, 0));
	message(0, "one", &a, sizeof(a), 0, 0);
	message(1, "two", &a, sizeof(a), 0, 0);
	part(LYM_DATA, LYM_I_TAMPER, 1, "owt", 3);
	part(LYM_ADDR, LYM_I_TAMPER, 1, &forged, sizeof(forged));
	udp();
	end();
	begin(LYM_EV_recvfrom, 3000, CELLS(3, BUF, 4000, 0, 0, 0));
	make_full(&m, 1, LYM_DATA, LYM_I_AMBIG, 0, "0123456789012345678901234567890123456789012345678901234567890123", 64, 3000);
	udp();
	end();
	begin(LYM_EV_recvfrom, 5, CELLS(3, BUF, 4000, 0, 0, 0));
	make_full(&m, 1, LYM_DATA, LYM_I_UNREAD, 0, NULL, 0, 5);
	udp();
	end();
	begin(LYM_EV_recvfrom, 5, CELLS(3, BUF, 4000, 0, 0, 0));	/* --snaplen 0 */
	make_full(&m, 1, LYM_DATA, K, 0, NULL, 0, 5);
	end();
	begin(LYM_EV_recvfrom, 5, CELLS(3, BUF, 4000, 0, ADDR, LEN));	/* nothing known */
	end();
	begin(LYM_EV_recvfrom, 3, CELLS(3, BUF, 3, 0, 0, 0));		/* the message was longer than the buffer */
	make_full(&m, 1, LYM_DATA, K, 0, "hel", 3, 5);
	udp();
	end();
}

/* ---- hostile.raw ---- */

static void hostile(void)
{
	static const char bytes[] = "\33]0;owned\7\33[2J\0\"'\\\n\r\t\377\300\257\342\200\250\342\200\256\302\233 gr\303\274n";
	static const char *const comm[] = { "\33[31mred", "a\"b\\c\nd", "\377\376\302", "\342\200\256txt", "tab\there", "" };
	struct sockaddr_un un = { AF_UNIX, "" };
	unsigned int i;

	memcpy(un.sun_path, bytes, sizeof(bytes));
	recvfrom_begin(bytes, sizeof(bytes), 0, &un, 2 + sizeof(bytes));
	sock(AF_UNIX, SOCK_DGRAM, 0, &un, 2 + sizeof(bytes), NULL, 0);
	end();
	memmove(un.sun_path + 1, bytes, sizeof(bytes));
	un.sun_path[0] = 0;
	recvfrom_begin("a\0001\0", 4, 0, &un, 2 + sizeof(bytes));
	sock(AF_UNIX, SOCK_DGRAM, 0, &un, 2 + sizeof(bytes), &un, 8);
	item(4, LYM_ADDR, LYM_I_TAMPER, &un, 20);
	end();
	for (i = 0; i < sizeof(comm) / sizeof(comm[0]); i++) {
		begin(LYM_EV_listen, 0, CELLS(~0ull, ~0ull));
		memset(make_hdr(&m)->comm, 0, 16);
		memcpy(make_hdr(&m)->comm, comm[i], strlen(comm[i]));
		end();
	}
	begin(LYM_EV_listen, 0, CELLS(3, 1));
	memset(make_hdr(&m)->comm, 'x', 16);	/* no NUL */
	end();
	begin(LYM_EV_setsockopt, 0, CELLS(3, 6, 13, BUF, 12));
	item(3, LYM_DATA, 0, "\33[2J\"\n\0\377zz\t", 12);
	end();
	begin(LYM_EV_lost, 0, CELLS(0, 5, 0));
	item(0, LYM_DATA, K, "\33[2J\n", 5);
	item(2, LYM_DATA, K, "\"\\\377", 3);
	end();
}

/* ---- kernel.raw: the kernel-side events, io_uring, 32-bit tasks, losses ---- */

static void kernel(void)
{
	struct sockaddr_in a = in("127.0.0.1", 40357);
	static const __u32 calls[] = { SYS_recvfrom, SYS_read, SYS_recvmmsg, SYS_io_uring_enter, 9999, ~0u };
	unsigned int i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		begin(LYM_EV_socket_recv, 5, CELLS(0, 0, 5, MSG_PEEK));
		make_hdr(&m)->syscall = calls[i];
		item(1, LYM_DATA, K, "hello", 5);
		item(4, LYM_ADDR, K, &a, sizeof(a));
		udp();
		end();
	}
	begin(LYM_EV_socket_send, 70000, CELLS(0, 0, 70000, MSG_ZEROCOPY));
	make_hdr(&m)->flags = LYM_F_IO_URING;
	make_full(&m, 1, LYM_DATA, 0, 0, "abc", 3, 70000);
	item(4, LYM_ADDR, K, "", 0);
	tcp();
	end();
	begin(LYM_EV_recvfrom, 5, CELLS(3, 0xffb01000, 2048, 0, 0, 0));
	make_hdr(&m)->flags = LYM_F_COMPAT;
	make_hdr(&m)->syscall = 371;
	make_hdr(&m)->host_ppid = 0;
	item(1, LYM_DATA, K, "32bit", 5);
	end();
	begin(LYM_EV_recvmsg, 1, CELLS(3, 0xffb01000, 0));
	make_hdr(&m)->flags = LYM_F_COMPAT;
	make_hdr(&m)->syscall = 372;
	message(0, "x", NULL, 0, 16, 0);
	part(LYM_CONTROL, 0, 0, "\20\0\0\0\1\0\0\0\1\0\0\0\3\0\0\0", 16);
	end();
	begin(LYM_EV_lost, 0, CELLS(0, 123456, 0));
	make_hdr(&m)->host_pid = make_hdr(&m)->host_tid = make_hdr(&m)->pid = make_hdr(&m)->tid = 0;
	make_hdr(&m)->comm[0] = 0;
	item(0, LYM_DATA, K, "recvfrom", 8);
	item(2, LYM_DATA, K, "ring_full", 9);
	end();
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: make-records DIRECTORY\n");
		return 2;
	}
	dir = argv[1];
	file("calls");
	calls_data();
	calls_address();
	calls_rest();
	file("families");
	families();
	file("messages");
	messages();
	netlink();
	file("truth");
	truth();
	file("hostile");
	hostile();
	file("kernel");
	kernel();
	return fclose(out) ? 1 : 0;
}
