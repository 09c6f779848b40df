/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names, addresses, sockets, options, control messages. */
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include "decode.h"
#include "make.h"
#include "names.h"
#include "tap.h"
#include "value.h"

static struct lym_buf b;

static void is(const char *want, const char *what)
{
	same(b.p ? b.p : "", b.len, want, what);
	b.len = 0;
}

static void names(void)
{
	lym_decode_flags(&b, 0);
	is("0", "no flags");
	lym_decode_flags(&b, MSG_DONTWAIT | MSG_NOSIGNAL | 0x100000);
	is("MSG_DONTWAIT|MSG_NOSIGNAL|0x100000", "flags and a rest");
	lym_decode_flags(&b, 0x100000);
	is("0x100000 /* MSG_??? */", "unknown flags");
	lym_names_put(&b, LYM_NAMES_af, 77);
	is("0x4d /* AF_??? */", "unknown family");
	ok(!strcmp(lym_names_errno(11), "EAGAIN") && !strcmp(lym_names_errno(512), "ERESTARTSYS"), "errors");
	ok(!strcmp(lym_names_errno(516), "ERESTART_RESTARTBLOCK") && !lym_names_errno(9999), "more errors");
	ok(!strcmp(lym_names_errno_text(11), "Resource temporarily unavailable"), "their meaning");
	ok(!strcmp(lym_names_syscall(SYS_read, false), "read"), "read");
	ok(!strcmp(lym_names_syscall(426, false), "io_uring_enter"), "io_uring_enter");
	ok(!lym_names_syscall(9999, false) && !lym_names_syscall(9999, true), "no such call");
	ok(lym_names_find(lym_names_options(SOL_SOCKET, false, 26), 26) &&
	   strcmp(lym_names_find(lym_names_options(SOL_SOCKET, false, 26), 26),
		  lym_names_find(lym_names_options(SOL_SOCKET, true, 26), 26)), "SO_ATTACH_FILTER, SO_GET_FILTER");
	ok(lym_names_options(999, false, 1) == LYM_NAMES_MAX, "no such level");
}

/* Every row of every table is found by its number; a table of single values ascends, which the search relies on. */
static void tables(void)
{
	static const struct {
		enum lym_names t;
		bool bits;
		const char *name;
		__s64 v;
	} row[] = {
#define TABLE(id, unknown) { LYM_NAMES_##id, false, NULL, 0 },
#define FLAGS(id, unknown) { LYM_NAMES_##id, true, NULL, 0 },
#define NAME(name, value) { LYM_NAMES_MAX, false, #name, value },
#define END
#include "flags.def"
	};
	unsigned int i, t = 0, first = 0, bad = 0, n = 0;
	const char *s;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (!row[i].name) {
			first = t = i;
			continue;
		}
		s = lym_names_find(row[t].t, row[i].v);
		if (!s || (!row[t].bits && strcmp(s, row[i].name)) || (!row[t].bits && i > first + 1 && row[i].v <= row[i - 1].v)) {
			printf("# %s of table %u\n", row[i].name, row[t].t);
			bad++;
		}
		n++;
	}
	ok(!bad && n > 6000, "%u names of %u tables, each found", n, LYM_NAMES_MAX);
	lym_names_print(&b, LYM_NAMES_mmap_prot, 0);
	lym_names_print(&b, LYM_NAMES_open_flags, 0x80241);
	lym_names_print(&b, LYM_NAMES_rusage_who, ~0u);
	lym_names_print(&b, LYM_NAMES_clone3_all, 0x300000000);
	lym_names_print(&b, LYM_NAMES_whence, 77);
	is("PROT_NONEO_CREAT|O_TRUNC|O_CLOEXEC|0x1RUSAGE_CHILDRENCLONE_CLEAR_SIGHAND|CLONE_INTO_CGROUP0x4d /* SEEK_??? */",
	   "bits and single values");
}

static void args(int event, __u64 a, __u64 b1, __u64 c, unsigned int i, const char *want)
{
	static unsigned char rec[LYM_RECORD_MAX] __attribute__((aligned(8)));
	const __u64 cells[6] = { a, b1, c };
	struct make m = make_begin(rec, event, 0, cells);
	struct lym_record r;

	lym_record_view(&r, rec, m.len);
	lym_decode_number(&b, &r, i);
	is(want, want);
}

static void numbers(void)
{
	args(LYM_EV_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 6, 1, "SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK");
	args(LYM_EV_socket, AF_INET, 1, 6, 2, "IPPROTO_TCP");
	args(LYM_EV_socket, AF_INET6, 1, 777, 2, "0x309 /* IPPROTO_??? */");
	args(LYM_EV_socket, AF_NETLINK, 3, 16, 2, "NETLINK_GENERIC");
	args(LYM_EV_socket, AF_PACKET, 3, htons(3), 2, "htons(ETH_P_ALL)");
	args(LYM_EV_socket, AF_UNIX, 1, 7, 2, "7");
	args(LYM_EV_socket, AF_INET, 0x80000, 0, 1, "SOCK_CLOEXEC");
	args(LYM_EV_socket, AF_INET, 0, 0, 1, "0");
	args(LYM_EV_socket, AF_INET, 0x80811, 0, 1, "SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK|0x10");
	args(LYM_EV_socket, AF_INET, 0x77700099, 0, 1, "0x77700099 /* SOCK_??? */");
	args(LYM_EV_setsockopt, 3, SOL_SOCKET, SO_REUSEADDR, 1, "SOL_SOCKET");
	args(LYM_EV_setsockopt, 3, SOL_SOCKET, SO_REUSEADDR, 2, "SO_REUSEADDR");
	args(LYM_EV_setsockopt, 3, 6, 99, 2, "0x63 /* TCP_??? */");
	args(LYM_EV_setsockopt, 3, 777, 5, 2, "5");
	args(LYM_EV_setsockopt, 3, 777, 5, 1, "0x309 /* SOL_?? */");
	args(LYM_EV_shutdown, 3, SHUT_RDWR, 0, 1, "SHUT_RDWR");
	args(LYM_EV_shutdown, 3, ~0u, 0, 1, "0xffffffff /* SHUT_??? */");
	args(LYM_EV_listen, 0xffffffffull, 0xfffffffbull, 0, 1, "-5");
	args(LYM_EV_listen, 0xffffffffull, 0, 0, 0, "-1");
	args(LYM_EV_recvfrom, 3, 0, ~0ull, 2, "18446744073709551615");
	args(LYM_EV_recvmmsg, 3, 0, ~0ull, 2, "4294967295");
}

/* The value v of an argument of that type, behind one that is before. */
static void put_arg(enum lym_type_id type, __u64 before, __u64 v)
{
	const struct lym_event ev = { .nfields = 2, .field = { { .type = LYM_T_HEX64 }, { .type = type } } };
	const struct lym_hdr h = { .ncells = 2 };
	const __u64 cells[2] = { before, v };
	const struct lym_record r = { .h = &h, .ev = &ev, .cell = cells };

	lym_decode_number(&b, &r, 1);
}

static void arg(enum lym_type_id type, __u64 before, __u64 v, const char *want)
{
	put_arg(type, before, v);
	is(want, want);
}

/* Arguments of all calls, as strace prints them. */
static void types(void)
{
	static const __u64 odd[] = { 0, 1, 2, 0x80, 0xffff, ~0u, ~0ull, 1ull << 63, 0x123456789abcdef };
	unsigned int t, k, i, bad = 0;

	arg(LYM_T_PTR, 0, 0, "NULL");
	arg(LYM_T_HEX, 0, 0xffffffff00000012, "0x12");
	arg(LYM_T_HEX64, 0, 0x100000000, "0x100000000");
	arg(LYM_T_MODE, 0, 0644, "0644");
	arg(LYM_T_FILE_MODE, 0, 020600, "S_IFCHR|0600");
	arg(LYM_T_DEV, 0, 0x103, "makedev(0x1, 0x3)");
	arg(LYM_T_DIRFD, 0, 0xffffff9c, "AT_FDCWD");
	arg(LYM_T_DIRFD, 0, 7, "7");
	arg(LYM_T_ID, 0, ~0u, "-1");
	arg(LYM_T_SIGNAL, 0, 15, "SIGTERM");
	arg(LYM_T_OPEN_FLAGS, 0, 02000000, "O_RDONLY|O_CLOEXEC");
	arg(LYM_T_AT_FLAGS, 0, 0x1100, "AT_SYMLINK_NOFOLLOW|AT_EMPTY_PATH");
	arg(LYM_T_ACCESS, 0, 0, "F_OK");
	arg(LYM_T_ACCESS, 0, 5, "R_OK|X_OK");
	arg(LYM_T_WHENCE, 0, 2, "SEEK_END");
	arg(LYM_T_FLOCK, 0, 6, "LOCK_EX|LOCK_NB");
	arg(LYM_T_FCNTL_ARG, 2, 1, "FD_CLOEXEC");
	arg(LYM_T_FCNTL_ARG, 4, 0x802, "O_RDWR|O_NONBLOCK");
	arg(LYM_T_FCNTL_ARG, 1030, 10, "10");
	arg(LYM_T_FCNTL_ARG, 999, 0x77777777777, "0x77777777777");
	arg(LYM_T_IOCTL, 0, 0x5401, "TCGETS");
	arg(LYM_T_IOCTL_ARG, 0x540b, 2, "TCIOFLUSH");
	arg(LYM_T_MMAP_PROT, 0, 3, "PROT_READ|PROT_WRITE");
	arg(LYM_T_MMAP_FLAGS, 0, 0x812, "MAP_PRIVATE|MAP_FIXED|MAP_DENYWRITE");
	arg(LYM_T_MADVISE, 0, 4, "MADV_DONTNEED");
	arg(LYM_T_CLONE_FLAGS, 0, 0x1200011, "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD");
	arg(LYM_T_FUTEX_OP, 0, 128, "FUTEX_WAIT_PRIVATE");
	arg(LYM_T_FUTEX_OP, 0, 393, "FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME");
	arg(LYM_T_RLIMIT, 0, 3, "RLIMIT_STACK");
	arg(LYM_T_RUSAGE_WHO, 0, ~0u, "RUSAGE_CHILDREN");
	arg(LYM_T_SIGPROCMASK, 0, 0, "SIG_BLOCK");
	arg(LYM_T_EVENTFD_FLAGS, 0, 0x80800, "EFD_CLOEXEC|EFD_NONBLOCK");
	arg(LYM_T_IPC_FLAGS, 0, 03600, "IPC_CREAT|IPC_EXCL|0600");
	arg(LYM_T_IPC_KEY, 0, 0, "IPC_PRIVATE");
	arg(LYM_T_STATX_MASK, 0, 0xfff, "STATX_ALL");
	arg(LYM_T_PERSONALITY, 0, ~0u, "0xffffffff");
	arg(LYM_T_PRCTL, 0, 15, "PR_SET_NAME");
	arg(LYM_T_OPEN_MODE, 0x41, 0644, "0644");
	arg(LYM_T_OPEN_MODE, 1, 0644, "");
	arg(LYM_T_MREMAP_ADDR, 3, 4096, "0x1000");
	arg(LYM_T_PRCTL_2, 1, 9, "SIGKILL");
	arg(LYM_T_PRCTL_2, 24, 1, "CAP_DAC_OVERRIDE");
	arg(LYM_T_PRCTL_2, 999, 16, "0x10");
	arg(LYM_T_CLOCKID, 0, 1, "CLOCK_MONOTONIC");
	arg(LYM_T_CLOCKID, 0, 99, "0x63 /* CLOCK_??? */");
	arg(LYM_T_KEXEC_FLAGS, 0, 0x3e0001, "KEXEC_ARCH_X86_64|KEXEC_ON_CRASH");
	arg(LYM_T_SWAP_FLAGS, 0, 0x8005, "SWAP_FLAG_PREFER|5");
	arg(LYM_T_MEMFD_FLAGS, 0, 0x54000005, "MFD_CLOEXEC|MFD_HUGETLB|21<<MFD_HUGE_SHIFT");
	arg(LYM_T_MEMFD_FLAGS, 0, 0, "0");
	arg(LYM_T_MPOL_MODE, 0, 0x8002, "MPOL_BIND|MPOL_F_STATIC_NODES");
	arg(LYM_T_MPOL_MODE, 0, 0x19f, "0x19f /* MPOL_??? */");
	arg(LYM_T_KEY, 0, (__u32)-2, "KEY_SPEC_PROCESS_KEYRING");
	arg(LYM_T_KEY, 0, 77, "77");
	arg(LYM_T_PTRACE_PID, 0, 7, "");
	arg(LYM_T_PTRACE_ADDR, 16, 7, "");
	arg(LYM_T_PTRACE_DATA, 24, 0, "0");
	arg(LYM_T_PTRACE_DATA, 7, 19, "SIGSTOP");
	arg(LYM_T_PTRACE_DATA, 0x4206, 0x11, "PTRACE_O_TRACESYSGOOD|PTRACE_O_TRACEEXEC");
	arg(LYM_T_KEYCTL_2, 3, (__u32)-4, "KEY_SPEC_USER_KEYRING");
	arg(LYM_T_KEYCTL_2, 18, 1, "");
	arg(LYM_T_MKNOD_DEV, 020600, 0x103, "makedev(0x1, 0x3)");
	arg(LYM_T_MKNOD_DEV, 0600, 0x103, "");
	arg(LYM_T_WAITID_OPTIONS, 0, 6, "WEXITED|WSTOPPED");
	arg(LYM_T_FAN_INIT_FLAGS, 0, 5, "FAN_CLASS_CONTENT|FAN_CLOEXEC");
	arg(LYM_T_IOPRIO, 0, 0x4004, "IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4)");
	arg(LYM_T_SECCOMP_FLAGS, 1, 3, "SECCOMP_FILTER_FLAG_TSYNC|SECCOMP_FILTER_FLAG_LOG");
	arg(LYM_T_UNSHARE_FLAGS, 0, 0x140000000, "CLONE_NEWNET|0x100000000");
	arg(LYM_T_FUTEX_VAL, 0, 16, "16");
	arg(LYM_T_GETRANDOM_FLAGS, 0, 1, "GRND_NONBLOCK");
	for (t = 0; t < LYM_T_MAX; t++) {
		for (k = 0; k < sizeof(odd) / sizeof(*odd); k++) {
			put_arg(t, odd[(t + k) % 5], odd[k]);
			for (i = 0; i < b.len; i++)
				bad += (unsigned char)b.p[i] < 0x20 || b.p[i] == 0x7f;
			b.len = 0;
		}
	}
	ok(!bad, "%u types of any value", LYM_T_MAX);
	lym_value_futex_wake_op(&b, 0x0ff00f01);
	is("FUTEX_OP_SET<<28|0xf00<<12|0xf<<24 /* FUTEX_OP_CMP_??? */|0xf01", "a futex's operation");
}

static void address(const void *p, size_t n, const char *text, const char *json, const char *strace)
{
	lym_sockaddr_text(&b, p, n);
	is(text, text);
	lym_sockaddr_json(&b, p, n);
	is(json, json);
	if (!strace)
		return;
	lym_sockaddr_strace(&b, p, n);
	is(strace, strace);
}

static void inet(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(53), .sin_addr = { htonl(0xc0a80101) } };
	struct sockaddr_in6 s = { .sin6_family = AF_INET6, .sin6_port = htons(443), .sin6_flowinfo = htonl(7),
				  .sin6_scope_id = 3 };

	address(&a, sizeof(a), "192.168.1.1:53",
		"\"sa_family\":\"AF_INET\",\"sin_addr\":\"192.168.1.1\",\"sin_port\":53",
		"{sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr(\"192.168.1.1\")}");
	address(&a, 6, "AF_INET:0035c0a8", "\"sa_family\":\"AF_INET\",\"sa_data\":\"0035c0a8\"",
		"{sa_family=AF_INET, sa_data=\"\\0005\\300\\250\"}");
	inet_pton(AF_INET6, "fe80::1", &s.sin6_addr);
	address(&s, sizeof(s), "[fe80::1%3]:443", "\"sa_family\":\"AF_INET6\",\"sin6_addr\":\"fe80::1\",\"sin6_port\":443,"
		"\"sin6_flowinfo\":7,\"sin6_scopeid\":3",
		"{sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(7), "
		"inet_pton(AF_INET6, \"fe80::1\", &sin6_addr), sin6_scope_id=3}");
	lym_sockaddr_strace(&b, &s, 24);
	is("{sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(7), "
	   "inet_pton(AF_INET6, \"fe80::1\", &sin6_addr)}", "an old sockaddr_in6");
}

static void un(void)
{
	struct sockaddr_un u = { AF_UNIX, "/run/log" };

	address(&u, sizeof(u), "/run/log", "\"sa_family\":\"AF_UNIX\",\"sun_path\":\"/run/log\"",
		"{sa_family=AF_UNIX, sun_path=\"/run/log\"}");
	address(&u, 2, "unnamed", "\"sa_family\":\"AF_UNIX\",\"sun_path\":\"\"", "{sa_family=AF_UNIX}");
	memcpy(u.sun_path, "\0ab\0\xff", 5);
	address(&u, 7, "@\"ab\\0\\xff\"", "\"sa_family\":\"AF_UNIX\",\"sun_path\":\"@ab\\u0000\xef\xbf\xbd\","
		"\"sun_path_bytes\":\"AGFiAP8=\"", "{sa_family=AF_UNIX, sun_path=@\"ab\\0\\377\"}");
	memcpy(u.sun_path, "@x\33[2J\n", 8);
	address(&u, 10, "\"@x\\x1b[2J\\n\"", "\"sa_family\":\"AF_UNIX\",\"sun_path\":\"@x\\u001b[2J\\n\","
		"\"sun_path_bytes\":\"QHgbWzJKCg==\"", "{sa_family=AF_UNIX, sun_path=\"@x\\33[2J\\n\"}");
}

static void others(void)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK, .nl_pid = 4242, .nl_groups = 0x11 };
	struct sockaddr_vm vm = { .svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_HOST, .svm_port = 1024 };
	static const unsigned char ll[20] = { AF_PACKET, 0, 8, 0, 1, 0, 0, 0, 4, 3, 0, 6, 1, 2, 3, 4, 5, 6 };
	static const unsigned char x25[6] = { 9, 0, 'a', 'b', 0, 0xff };

	address(&nl, sizeof(nl), "netlink:4242:groups=0x11",
		"\"sa_family\":\"AF_NETLINK\",\"nl_pid\":4242,\"nl_groups\":17",
		"{sa_family=AF_NETLINK, nl_pid=4242, nl_groups=0x000011}");
	address(&vm, sizeof(vm), "vsock:2:1024", "\"sa_family\":\"AF_VSOCK\",\"svm_cid\":2,\"svm_port\":1024",
		"{sa_family=AF_VSOCK, svm_cid=VMADDR_CID_HOST, svm_port=0x400, svm_flags=0}");
	address(ll, sizeof(ll), "packet:if1:01:02:03:04:05:06",
		"\"sa_family\":\"AF_PACKET\",\"sll_protocol\":2048,\"sll_ifindex\":1,\"sll_hatype\":772,\"sll_pkttype\":0,"
		"\"sll_halen\":6,\"sll_addr\":\"01:02:03:04:05:06\"",
		"{sa_family=AF_PACKET, sll_protocol=htons(ETH_P_IP), sll_ifindex=1, sll_hatype=ARPHRD_LOOPBACK, "
		"sll_pkttype=PACKET_HOST, sll_halen=6, sll_addr=[0x1, 0x2, 0x3, 0x4, 0x5, 0x6]}");
	address(x25, sizeof(x25), "AF_X25:616200ff", "\"sa_family\":\"AF_X25\",\"sa_data\":\"616200ff\"",
		"{sa_family=AF_X25, sa_data=\"ab\\0\\377\"}");
	address("\x7", 1, ":07", "\"sa_data\":\"07\"", NULL);
}

static void sock(void)
{
	struct {
		struct lym_sock s;
		struct sockaddr_in l, r;
	} s = { .s = { .family = AF_INET, .type = SOCK_DGRAM, .protocol = IPPROTO_UDP, .local_len = 16, .inode = 77 } };
	struct lym_sock_view v;

	s.l = s.r = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(80), .sin_addr = { htonl(0x7f000001) } };
	ok(lym_sockaddr_sock(&v, &s, sizeof(s)), "a socket");
	lym_sockaddr_sock_text(&b, &v);
	is("UDP 127.0.0.1:80", "unconnected");
	s.s.remote_len = 16;
	s.s.protocol = IPPROTO_TCP;
	ok(lym_sockaddr_sock(&v, &s, sizeof(s)), "two addresses");
	lym_sockaddr_sock_text(&b, &v);
	is("TCP 127.0.0.1:80->127.0.0.1:80", "connected");
	ok(!lym_sockaddr_sock(&v, &s, sizeof(s) - 1), "cut short");
	ok(!lym_sockaddr_sock(&v, &s, sizeof(s.s) - 1), "shorter still");
	s.s.local_len = s.s.remote_len = 0;
	s.s.family = AF_UNIX;
	s.s.protocol = 0;
	lym_sockaddr_sock(&v, &s, sizeof(s.s));
	lym_sockaddr_sock_text(&b, &v);
	is("UNIX-DGRAM [77]", "unnamed");
	s.s.family = AF_NETLINK;
	lym_sockaddr_sock(&v, &s, sizeof(s.s));
	lym_sockaddr_sock_text(&b, &v);
	is("NETLINK-ROUTE [77]", "netlink");
}

static void option(__u32 level, __u32 name, bool get, const void *p, size_t n, const char *want)
{
	struct lym_optval o = { level, name, get, p, n, n, .limit = 32 };

	if (!lym_decode_optval(&b, &o))
		lym_text_lit(&b, "pointer");
	is(want, want);
}

static void options(void)
{
	static const int one = 1, linger[2] = { 1, 5 }, err = 111, cred[3] = { 4242, 0, -1 };

	option(SOL_SOCKET, SO_REUSEADDR, false, &one, 4, "[1]");
	option(SOL_SOCKET, SO_REUSEADDR, false, "a", 1, "pointer");
	option(SOL_SOCKET, SO_REUSEADDR, true, "a", 1, "\"\\x61\"");
	option(SOL_SOCKET, SO_LINGER, false, linger, 8, "{l_onoff=1, l_linger=5}");
	option(SOL_SOCKET, SO_LINGER, false, linger, 4, "pointer");
	option(SOL_SOCKET, SO_LINGER, true, linger, 6, "{l_onoff=1, l_linger=\"\\x05\\x00\"}");
	option(SOL_SOCKET, SO_ERROR, true, &err, 4, "[ECONNREFUSED]");
	option(SOL_SOCKET, SO_PEERCRED, true, cred, 12, "{pid=4242, uid=0, gid=-1}");
	option(SOL_SOCKET, SO_BINDTODEVICE, false, "lo", 3, "\"lo\\0\"");
	option(IPPROTO_TCP, 13, false, "cubic", 5, "\"cubic\"");
	option(IPPROTO_IP, IP_ADD_MEMBERSHIP, false, "\340\0\0\5\177\0\0\1", 8,
	       "{imr_multiaddr=inet_addr(\"224.0.0.5\"), imr_interface=inet_addr(\"127.0.0.1\")}");
	option(IPPROTO_RAW, 1, false, "\xf6\xff\xff\xff", 4, "~[ICMP_ECHOREPLY ICMP_DEST_UNREACH]");
	option(270, 9, true, "\1\0\0\0\0\0\0\0", 8, "[1, 0]");
	option(SOL_SOCKET, SO_RCVTIMEO, false, "\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16,
	       "\"\\3\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\"");
}

static void control(void)
{
	struct {
		struct cmsghdr h;
		int fd[2];
		struct cmsghdr h2;
		int ttl, pad;
	} c = { { CMSG_LEN(8), SOL_SOCKET, SCM_RIGHTS }, { 3, 4 }, { CMSG_LEN(4), IPPROTO_IP, IP_TTL }, 64, 0 };
	const unsigned char *p = (void *)&c;

	lym_decode_control_strace(&b, &(struct lym_control){ p, sizeof(c), 0x1000, sizeof(c) });
	is("[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[3, 4]}, "
	   "{cmsg_len=20, cmsg_level=SOL_IP, cmsg_type=IP_TTL, cmsg_data=[64]}]", "two messages");
	lym_decode_control_json(&b, p, sizeof(c), false);
	is("[{\"level\":\"SOL_SOCKET\",\"type\":\"SCM_RIGHTS\",\"fds\":[3,4]},"
	   "{\"level\":\"SOL_IP\",\"type\":\"IP_TTL\",\"value\":64}]", "as JSON");
	lym_decode_control_text(&b, p, sizeof(c), false);
	is("SCM_RIGHTS=[3,4] IP_TTL=64", "for reading");
	c.h.cmsg_len = 4;
	lym_decode_control_strace(&b, &(struct lym_control){ p, 28, 0x1000, 28 });
	is("[{cmsg_len=4, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS}, ... /* 0x1010 */]", "a broken length");
	c.h.cmsg_len = 400;
	lym_decode_control_strace(&b, &(struct lym_control){ p, 24, 0x1000, 24 });
	is("[{cmsg_len=400, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[3, 4]}]", "a length beyond the end");
	lym_decode_control_strace(&b, &(struct lym_control){ p, 7, 0x1000, 7 });
	is("0x1000", "no room for a header");
}

int main(void)
{
	names();
	tables();
	types();
	numbers();
	inet();
	un();
	others();
	sock();
	options();
	control();
	lym_text_free(&b);
	return done();
}
