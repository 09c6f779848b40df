/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Structs as text: bytes and what is to come of them, in strace's form and as JSON. With an argument (short or verbose) it makes
 * system calls instead and prints for each what strace must have said of its struct: tests/diff/structs.t looks.
 */
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btrfs.h>
#include <linux/fs.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <linux/seccomp.h>
#include <linux/stat.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/msg.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "arrays.h"
#include "structs.h"
#include "tap.h"
#include "value.h"

static struct lym_buf b;
static bool verbose;

/* ---- against strace ---- */

static void line(const char *call)
{
	printf("%s %.*s\n", call, (int)b.len, b.p);
	b.len = 0;
}

static void said(const char *call, enum lym_struct s, const void *p)
{
	lym_struct_strace(&b, s, &(struct lym_extent){ p, lym_struct_size(s), 0 }, verbose);
	line(call);
}

struct kernel_sigaction {
	unsigned long handler, flags, restorer, mask;
};

static void file_calls(void)
{
	unsigned char st[256];
	struct open_how how = { .flags = O_RDWR | O_CREAT | O_CLOEXEC, .mode = 0640, .resolve = RESOLVE_BENEATH | 0x100 };
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_END, .l_start = -5, .l_len = 10 };
	struct statfs fs;

	syscall(SYS_newfstatat, AT_FDCWD, "/proc/self/exe", st, 0);
	said("newfstatat", LYM_STRUCT_stat, st);
	syscall(SYS_newfstatat, AT_FDCWD, "/dev/null", st, 0);
	said("newfstatat", LYM_STRUCT_stat, st);
	syscall(SYS_newfstatat, AT_FDCWD, "/tmp", st, 0);
	said("newfstatat", LYM_STRUCT_stat, st);
	syscall(SYS_statx, AT_FDCWD, "/proc/self/exe", 0, STATX_ALL, st);
	said("statx", LYM_STRUCT_statx, st);
	syscall(SYS_statfs, "/proc", &fs);
	said("statfs", LYM_STRUCT_statfs, &fs);
	syscall(SYS_openat2, -7, "x", &how, sizeof(how));
	said("openat2", LYM_STRUCT_open_how, &how);
	syscall(SYS_fcntl, -1, F_SETLK, &fl);
	said("fcntl", LYM_STRUCT_flock, &fl);
}

static void time_calls(void)
{
	struct timespec ts = { -1, 5 };
	struct itimerval iv = { { 0, 0 }, { 1000, 17 } };
	struct itimerspec is = { { 0, 9 }, { 1, -1 } };
	struct sigevent ev = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 3 };
	struct timex tx = { 0 };
	struct tms tms;

	struct timespec at[2] = { { 1000000000, 5 }, { 7, 0x3ffffffe } };
	struct timeval tv[2] = { { 1000000000, 77 }, { 0, 0 } };

	syscall(SYS_utimensat, -7, "x", at, 0);
	said("utimensat", LYM_STRUCT_utimens, at);
	at[0].tv_nsec = 0x3fffffff;
	syscall(SYS_utimensat, -7, "x", at, 0);
	said("utimensat", LYM_STRUCT_utimens, at);
	syscall(SYS_utimes, "/nosuch/x", tv);
	said("utimes", LYM_STRUCT_utimes, tv);
	syscall(SYS_nanosleep, &ts, NULL);
	said("nanosleep", LYM_STRUCT_timespec, &ts);
	syscall(SYS_setitimer, ITIMER_VIRTUAL, &iv, NULL);
	said("setitimer", LYM_STRUCT_itimerval, &iv);
	syscall(SYS_timer_settime, 99, 0, &is, NULL);
	said("timer_settime", LYM_STRUCT_itimerspec, &is);
	syscall(SYS_timer_create, 0, &ev, &ts);
	said("timer_create", LYM_STRUCT_sigevent, &ev);
	syscall(SYS_adjtimex, &tx);
	said("adjtimex", LYM_STRUCT_timex, &tx);
	syscall(SYS_times, &tms);
	said("times", LYM_STRUCT_tms, &tms);
}

static void signal_calls(void)
{
	static char stack[8192];
	struct kernel_sigaction sa = { (unsigned long)stack, SA_RESTART | 0x04000000, (unsigned long)stack, 1 << 14 | 1ull << 40 };
	sigset_t all;
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) };
	siginfo_t si = { .si_code = SI_QUEUE, .si_signo = SIGUSR2 };
	pid_t child;

	syscall(SYS_rt_sigaction, 77, &sa, NULL, 8);
	said("rt_sigaction", LYM_STRUCT_sigaction, &sa);
	sa = (struct kernel_sigaction){ 1, 0, 0, 0 };
	syscall(SYS_rt_sigaction, 77, &sa, NULL, 8);
	said("rt_sigaction", LYM_STRUCT_sigaction, &sa);
	sigfillset(&all);
	sigdelset(&all, SIGINT);
	syscall(SYS_rt_sigprocmask, 77, &all, NULL, 8);
	said("rt_sigprocmask", LYM_STRUCT_sigset, &all);
	syscall(SYS_sigaltstack, &ss, NULL);
	said("sigaltstack", LYM_STRUCT_sigaltstack, &ss);
	si.si_pid = 5;
	si.si_uid = 6;
	si.si_value.sival_ptr = stack;
	syscall(SYS_rt_sigqueueinfo, 0x7ffffff0, SIGUSR2, &si);
	said("rt_sigqueueinfo", LYM_STRUCT_siginfo, &si);
	child = fork();
	if (!child)
		_exit(3);
	syscall(SYS_waitid, P_PID, child, &si, WEXITED, NULL);
	said("waitid", LYM_STRUCT_siginfo, &si);
}

static void task_calls(void)
{
	struct rlimit rl;
	struct rusage ru;
	struct clone_args ca = { .flags = CLONE_VM | CLONE_PARENT_SETTID | 0x100000000, .exit_signal = SIGCHLD, .parent_tid = 64,
				 .stack = 4096 };
	struct sched_attr at = { .size = 56, .sched_flags = 0x10, .sched_nice = 3 };
	struct __user_cap_header_struct ch = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct cd[2];
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xc000003e, 1, 2),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), { 0xff, 0, 0, 7 },
	};
	struct sock_fprog prog = { 5, f };
	unsigned int gids[3] = { 1, ~0u, 7 };
	struct utsname un;
	struct sysinfo info;

	syscall(SYS_prlimit64, 0, RLIMIT_STACK, NULL, &rl);
	said("prlimit64", LYM_STRUCT_rlimit, &rl);
	syscall(SYS_getrusage, RUSAGE_SELF, &ru);
	said("getrusage", LYM_STRUCT_rusage, &ru);
	ca.exit_signal = 200;
	syscall(SYS_clone3, &ca, sizeof(ca));
	said("clone3", LYM_STRUCT_clone_args, &ca);
	syscall(SYS_sched_setattr, -5, &at, 0);
	said("sched_setattr", LYM_STRUCT_sched_attr_set, &at);
	syscall(SYS_sched_setparam, -5, gids);
	said("sched_setparam", LYM_STRUCT_int_ptr, gids);
	syscall(SYS_sched_getattr, 0, &at, sizeof(at), 0);
	said("sched_getattr", LYM_STRUCT_sched_attr, &at);
	syscall(SYS_capget, &ch, cd);
	said("capget", LYM_STRUCT_cap_header, &ch);
	said("capget", LYM_STRUCT_cap_data, cd);
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0x1000, &prog);
	if (verbose) {
		lym_structs_strace(&b, LYM_STRUCT_seccomp_filter, f, sizeof(f), 5, (unsigned long)f, ~0u, true);
		line("seccomp");
	}
	syscall(SYS_uname, &un);
	said("uname", LYM_STRUCT_utsname, &un);
	syscall(SYS_sysinfo, &info);
	said("sysinfo", LYM_STRUCT_sysinfo, &info);
}

static void array_calls(void)
{
	static unsigned char entries[65536];
	int fd = open("/proc/self", O_RDONLY | O_DIRECTORY), status, child;
	struct timeval none = { 0, 0 };
	fd_set set;
	long n;

	n = syscall(SYS_getdents64, fd, entries, sizeof(entries));
	lym_dirents_strace(&b, entries, n, n, 0, (unsigned long)entries, verbose, false);
	line("getdents64");
	close(fd);
	FD_ZERO(&set);
	FD_SET(1, &set);
	FD_SET(2, &set);
	lym_fdset_strace(&b, &set, sizeof(set), 2, NULL);
	syscall(SYS_select, 2, NULL, &set, NULL, &none);
	line("select");
	child = fork();
	if (!child)
		raise(SIGKILL);
	syscall(SYS_wait4, child, &status, 0, NULL);
	said("wait4", LYM_STRUCT_status_ptr, &status);
}

static void event_calls(void)
{
	struct pollfd pfd[3] = { { 1, POLLIN | POLLRDHUP, 0 }, { -1, POLLIN, 0 }, { 2, 0, 0 } };
	struct epoll_event ev = { EPOLLIN | EPOLLET | 0x800, { .u64 = 0x123456789abcull } };
	struct io_uring_params up = { .flags = IORING_SETUP_CQSIZE | 0x40000000, .sq_thread_idle = 7 };
	struct sembuf sb[2] = { { 1, -1, IPC_NOWAIT }, { 2, 3, SEM_UNDO | 0x100 } };
	struct shmid_ds shm;
	struct msqid_ds msg;
	int id;

	syscall(SYS_poll, pfd, 3, 0);
	lym_structs_strace(&b, LYM_STRUCT_pollfd, pfd, sizeof(pfd), 3, (unsigned long)pfd, ~0u, true);
	line("poll");
	syscall(SYS_epoll_ctl, -1, EPOLL_CTL_ADD, 3, &ev);
	said("epoll_ctl", LYM_STRUCT_epoll_event, &ev);
	syscall(SYS_io_uring_setup, 0, &up);
	lym_struct_strace(&b, LYM_STRUCT_io_uring_params_in, &(struct lym_extent){ &up, 40, 40 }, verbose);
	line("io_uring_setup");
	syscall(SYS_semop, -1, sb, 2);
	lym_structs_strace(&b, LYM_STRUCT_sembuf, sb, sizeof(sb), 2, (unsigned long)sb, ~0u, true);
	line("semop");
	id = syscall(SYS_shmget, IPC_PRIVATE, 4096, 0600);
	syscall(SYS_shmctl, id, IPC_STAT, &shm);
	said("shmctl", LYM_STRUCT_shmid_ds, &shm);
	syscall(SYS_shmctl, id, IPC_RMID, 0);
	id = syscall(SYS_msgget, IPC_PRIVATE, 0600);
	syscall(SYS_msgctl, id, IPC_STAT, &msg);
	said("msgctl", LYM_STRUCT_msqid_ds, &msg);
	syscall(SYS_msgctl, id, IPC_RMID, 0);
}

static void bpf(const char *cmd, int nr, enum lym_struct s, void *attr, size_t n)
{
	syscall(SYS_bpf, nr, attr, n);
	lym_struct_strace(&b, s, &(struct lym_extent){ attr, n, n }, verbose);
	line(cmd);
}

static void bpf_calls(void)
{
	union bpf_attr a = { .map_type = BPF_MAP_TYPE_HASH, .key_size = 5, .map_flags = 3, .map_name = "x\ny", .inner_map_fd = -1 };
	struct perf_event_attr p = { .type = PERF_TYPE_HW_CACHE, .size = sizeof(p), .config = 0x10102, .disabled = 1,
				     .precise_ip = 2, .sample_type = 0x2807, .sample_period = 9 };

	bpf("bpf", BPF_MAP_CREATE, LYM_STRUCT_bpf_map_create, &a, 72);
	bpf("bpf", BPF_MAP_CREATE, LYM_STRUCT_bpf_map_create, &a, 20);
	a = (union bpf_attr){ .map_fd = -1, .key = 0x1000, .value = 0x2000, .flags = BPF_EXIST };
	bpf("bpf", BPF_MAP_UPDATE_ELEM, LYM_STRUCT_bpf_map_update, &a, 32);
	bpf("bpf", BPF_MAP_DELETE_ELEM, LYM_STRUCT_bpf_map_delete, &a, 16);
	a = (union bpf_attr){ .target_fd = -1, .attach_bpf_fd = -2, .attach_type = BPF_CGROUP_INET4_BIND, .attach_flags = 2 };
	bpf("bpf", BPF_PROG_ATTACH, LYM_STRUCT_bpf_prog_attach, &a, 20);
	a = (union bpf_attr){ .test.prog_fd = -1, .test.repeat = 7, .test.cpu = 1 };
	bpf("bpf", BPF_PROG_TEST_RUN, LYM_STRUCT_bpf_test_run, &a, 76);
	a = (union bpf_attr){ .query.target_fd = -1, .query.attach_type = BPF_CGROUP_DEVICE, .query.query_flags = 3, .query.attach_flags = 2 };
	bpf("bpf", BPF_PROG_QUERY, LYM_STRUCT_bpf_prog_query, &a, 28);
	a = (union bpf_attr){ .task_fd_query.pid = 0x7fffffff, .task_fd_query.fd = -1, .task_fd_query.fd_type = 3, .task_fd_query.probe_offset = 9 };
	bpf("bpf", BPF_TASK_FD_QUERY, LYM_STRUCT_bpf_task_fd_query, &a, 48);
	a = (union bpf_attr){ .link_create.prog_fd = -1, .link_create.target_fd = -2, .link_create.attach_type = BPF_PERF_EVENT,
			      .link_create.perf_event.bpf_cookie = 0x55 };
	bpf("bpf", BPF_LINK_CREATE, LYM_STRUCT_bpf_link_create, &a, 24);
	a = (union bpf_attr){ .link_update.link_fd = -1, .link_update.new_prog_fd = -2, .link_update.flags = BPF_F_REPLACE,
			      .link_update.old_prog_fd = -3 };
	bpf("bpf", BPF_LINK_UPDATE, LYM_STRUCT_bpf_link_update, &a, 16);
	syscall(SYS_perf_event_open, &p, -7, -7, -7, 0x40);
	lym_struct_strace(&b, LYM_STRUCT_perf_event_attr, &(struct lym_extent){ &p, sizeof(p), sizeof(p) }, verbose);
	line("perf_event_open");
	p = (struct perf_event_attr){ .type = PERF_TYPE_BREAKPOINT, .size = 64, .freq = 1, .sample_freq = 3, .bp_type = 3, .bp_addr = 77 };
	syscall(SYS_perf_event_open, &p, -7, -7, -7, 0);
	lym_struct_strace(&b, LYM_STRUCT_perf_event_attr, &(struct lym_extent){ &p, 64, 64 }, verbose);
	line("perf_event_open");
}

static void tty_calls(void)
{
	struct file_clone_range range = { 7, 4096, 8192, 1 << 20 };
	struct btrfs_ioctl_vol_args sub = { .fd = 3, .name = "sub\n" };
	struct btrfs_ioctl_vol_args_v2 snap = { .fd = 3, .flags = BTRFS_SUBVOL_RDONLY | BTRFS_SUBVOL_QGROUP_INHERIT, .size = 72, .name = "snap" };
	struct btrfs_ioctl_qgroup_assign_args assign = { 1, 2, 3 };
	struct btrfs_ioctl_qgroup_create_args create = { 1, 2 };
	struct btrfs_ioctl_quota_ctl_args quota = { .cmd = BTRFS_QUOTA_CTL_ENABLE };
	__u64 flags = BTRFS_SUBVOL_RDONLY;
	int fd = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	struct termios t;
	unsigned short ws[4];

	if (fd < 0)
		return;
	syscall(SYS_ioctl, fd, 0x5401 /* TCGETS */, &t);
	said("ioctl", LYM_STRUCT_termios, &t);
	syscall(SYS_ioctl, fd, 0x5413 /* TIOCGWINSZ */, ws);
	said("ioctl", LYM_STRUCT_winsize, ws);
	syscall(SYS_ioctl, fd, 0x541b /* FIONREAD */, ws);
	said("ioctl", LYM_STRUCT_int_ptr, ws);
	syscall(SYS_ioctl, -1, FICLONERANGE, &range);
	said("ioctl", LYM_STRUCT_clone_range, &range);
	syscall(SYS_ioctl, -1, BTRFS_IOC_SNAP_DESTROY, &sub);
	said("ioctl", LYM_STRUCT_btrfs_vol_args, &sub);
	syscall(SYS_ioctl, -1, BTRFS_IOC_SNAP_CREATE_V2, &snap);
	said("ioctl", LYM_STRUCT_btrfs_vol_args_v2, &snap);
	syscall(SYS_ioctl, -1, BTRFS_IOC_SUBVOL_SETFLAGS, &flags);
	said("ioctl", LYM_STRUCT_btrfs_subvol_flags_ptr, &flags);
	syscall(SYS_ioctl, -1, BTRFS_IOC_QGROUP_ASSIGN, &assign);
	said("ioctl", LYM_STRUCT_btrfs_qgroup_assign, &assign);
	syscall(SYS_ioctl, -1, BTRFS_IOC_QGROUP_CREATE, &create);
	said("ioctl", LYM_STRUCT_btrfs_qgroup_create, &create);
	syscall(SYS_ioctl, -1, BTRFS_IOC_QUOTA_CTL, &quota);
	said("ioctl", LYM_STRUCT_btrfs_quota_ctl, &quota);
	close(fd);
}

static int calls(const char *how)
{
	verbose = !strcmp(how, "verbose");
	file_calls();
	time_calls();
	signal_calls();
	task_calls();
	array_calls();
	event_calls();
	bpf_calls();
	tty_calls();
	return 0;
}

/* ---- by themselves ---- */

static void is(const char *want, const char *what)
{
	same(b.p ? b.p : "", b.len, want, what);
	b.len = 0;
}

static void forms(enum lym_struct s, const void *p, size_t n, const char *text, const char *all, const char *json)
{
	lym_struct_strace(&b, s, &(struct lym_extent){ p, n, n }, false);
	is(text, text);
	if (all) {
		lym_struct_strace(&b, s, &(struct lym_extent){ p, n, n }, true);
		is(all, all);
	}
	lym_struct_json(&b, s, &(struct lym_extent){ p, n, n });
	is(json, json);
}

static void some(void)
{
	struct timespec ts = { 1, 999999999 };
	struct utsname un = { "Linux", "box\n\33[2J\"", "6.1", "#1", "x86_64", "(none)" };
	unsigned char st[144] = { 0 };
	struct clone_args ca = { .exit_signal = 17 };
	unsigned char handle[12] = { 4, 0, 0, 0, 1, 0, 0, 0, 0xde, 0xad, 0, 1 };

	forms(LYM_STRUCT_timespec, &ts, 16, "{tv_sec=1, tv_nsec=999999999}", NULL, "{\"tv_sec\":\"1\",\"tv_nsec\":\"999999999\"}");
	forms(LYM_STRUCT_utsname, &un, 390, "{sysname=\"Linux\", nodename=\"box\\n\\33[2J\\\"\", ...}",
	      "{sysname=\"Linux\", nodename=\"box\\n\\33[2J\\\"\", release=\"6.1\", version=\"#1\", machine=\"x86_64\", "
	      "domainname=\"(none)\"}", "{\"sysname\":\"Linux\",\"nodename\":\"box\\n\\u001b[2J\\\"\",\"release\":\"6.1\","
	      "\"version\":\"#1\",\"machine\":\"x86_64\",\"domainname\":\"(none)\"}");
#ifdef __x86_64__
	st[24] = 0xa4, st[25] = 0x81, st[48] = 7, st[72] = 1, st[28] = 5;
	forms(LYM_STRUCT_stat, st, 144, "{st_mode=S_IFREG|0644, st_size=7, ...}",
	      "{st_dev=makedev(0, 0), st_ino=0, st_mode=S_IFREG|0644, st_nlink=0, st_uid=5, st_gid=0, st_blksize=0, st_blocks=0, "
	      "st_size=7, st_atime=1 /* 1970-01-01T00:00:01+0000 */, st_atime_nsec=0, st_mtime=0, st_mtime_nsec=0, st_ctime=0, "
	      "st_ctime_nsec=0}",
	      "{\"st_dev\":\"makedev(0, 0)\",\"st_ino\":\"0\",\"st_mode\":\"S_IFREG|0644\",\"st_nlink\":\"0\",\"st_uid\":5,"
	      "\"st_gid\":0,\"st_blksize\":\"0\",\"st_blocks\":\"0\",\"st_size\":\"7\",\"st_atime\":\"1\","
	      "\"st_atime_nsec\":\"0\",\"st_mtime\":\"0\",\"st_mtime_nsec\":\"0\",\"st_ctime\":\"0\",\"st_ctime_nsec\":\"0\"}");
#endif
	forms(LYM_STRUCT_clone_args, &ca, 64, "{flags=0, exit_signal=SIGCHLD, stack=NULL, stack_size=0}", NULL,
	      "{\"flags\":\"0\",\"exit_signal\":\"SIGCHLD\",\"stack\":\"NULL\",\"stack_size\":\"0\"}");
	forms(LYM_STRUCT_file_handle, handle, 12, "{handle_bytes=4, handle_type=1, f_handle=\"\\xde\\xad\\x00\\x01\"}", NULL,
	      "{\"handle_bytes\":4,\"handle_type\":1,\"f_handle\":\"\\\\xde\\\\xad\\\\x00\\\\x01\"}");
	forms(LYM_STRUCT_cachestat_range, "\1\0\0\0\0\0\0\0\0\20\0\0\0\0\0", 16, "{off=1, len=4096}", NULL,
	      "{\"off\":\"1\",\"len\":\"4096\"}");
	forms(LYM_STRUCT_mnt_id_req, "\30\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\1\0\0\0\0\0\0", 24, "{size=24, mnt_id=0x5, param=0x1}", NULL,
	      "{\"size\":24,\"mnt_id\":\"0x5\",\"param\":\"0x1\"}");
	ok(!lym_struct_strace(&b, LYM_STRUCT_timespec, &(struct lym_extent){ &ts, 15, 16 }, false) && !b.len, "cut short it is none");
	ok(!lym_struct_json(&b, LYM_STRUCT_MAX, &(struct lym_extent){ &ts, 16, 16 }) && !lym_struct_size(LYM_STRUCT_MAX), "nor one that is not declared");
	lym_struct_strace(&b, LYM_STRUCT_timespec, &(struct lym_extent){ &ts, 16, 40 }, false);
	is("{tv_sec=1, tv_nsec=999999999, ...}", "longer than we know");
}

static void signals(void)
{
	__u32 si[32] = { SIGSEGV, 0, 1 };

	si[4] = 0x10;
	forms(LYM_STRUCT_siginfo, si, 128, "{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10}", NULL,
	      "{\"si_signo\":\"SIGSEGV\",\"si_code\":\"SEGV_MAPERR\",\"si_addr\":\"0x10\"}");
	si[0] = SIGCHLD, si[2] = 2, si[6] = SIGKILL, si[8] = 150;
	lym_struct_strace(&b, LYM_STRUCT_siginfo, &(struct lym_extent){ si, 128, 128 }, false);
	is("{si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=16, si_uid=0, si_status=SIGKILL, si_utime=150 /* 1.50 s */, si_stime=0}",
	   "a child");
	si[0] = SIGSYS, si[2] = 1, si[6] = SYS_connect, si[7] = 0xc000003e;
	lym_struct_strace(&b, LYM_STRUCT_siginfo, &(struct lym_extent){ si, 128, 128 }, false);
	is("{si_signo=SIGSYS, si_code=SYS_SECCOMP, si_call_addr=0x10, si_syscall=__NR_connect, si_arch=AUDIT_ARCH_X86_64}", "seccomp");
	si[0] = 0;
	lym_struct_strace(&b, LYM_STRUCT_siginfo, &(struct lym_extent){ si, 128, 128 }, false);
	is("{}", "no signal");
	lym_struct_json(&b, LYM_STRUCT_sigset, &(struct lym_extent){ "\3\0\0\0\1\0\0\200", 8, 8 });
	is("[\"SIGHUP\",\"SIGINT\",\"SIGRT_1\",\"SIGRT_32\"]", "a set in JSON");
	lym_value_sigset(&b, "\377\377\377\377\377\377\377\377", 8);
	lym_value_sigset(&b, "", 0);
	is("~[][]", "all and none");
}

static void arrays(void)
{
	struct timeval tv[3] = { { 1, 2 }, { 3, 4 }, { 5, 6 } };
	struct pollfd p[2] = { { 3, POLLIN, POLLHUP }, { -1, 0, 0 } };

	lym_structs_strace(&b, LYM_STRUCT_timeval, tv, sizeof(tv), 3, 0x1000, 2, true);
	is("[{tv_sec=1, tv_usec=2}, {tv_sec=3, tv_usec=4}, ...]", "no more than are wanted");
	lym_structs_strace(&b, LYM_STRUCT_timeval, tv, 40, 3, 0x1000, ~0u, true);
	is("[{tv_sec=1, tv_usec=2}, {tv_sec=3, tv_usec=4}, ... /* 0x1020 */]", "no more than there are");
	lym_structs_strace(&b, LYM_STRUCT_timeval, tv, 8, ~0ull, 0x1000, ~0u, true);
	lym_structs_strace(&b, LYM_STRUCT_timeval, NULL, 0, 0, 0x1000, ~0u, true);
	lym_structs_strace(&b, LYM_STRUCT_timeval, NULL, 0, 3, 0, ~0u, true);
	is("0x1000[]NULL", "unread, none, no array");
	lym_structs_json(&b, LYM_STRUCT_pollfd, p, sizeof(p), ~0ull);
	is("[{\"fd\":3,\"events\":\"POLLIN\",\"revents\":\"POLLHUP\"},{\"fd\":-1,\"events\":\"0\",\"revents\":\"0\"}]", "in JSON");
}

static void descriptor(const struct lym_fd_teller *f, struct lym_buf *out, __s32 fd)
{
	lym_text_lit(out, "<file>");
}

static const struct lym_fd_teller form = { descriptor };

/* Structs that lead to arrays, texts and descriptors. */
static void leads(void)
{
	static const __s32 fds[3] = { 7, -2, -3 };
	static const __u64 tags[2] = { 0x10, 0x20 };
	__u32 perf[32] = { 0 }, update[8] = { 5, 0, 0x1000, 0, 0x2000, 0, 3, 0 };
	__u64 kdf[7] = { 0x1000, 0x2000, 3 }, iocb[8] = { 0x11, 0, 1 | 9ull << 32, 0x3000, 5, 6 }, clone[11] = { 0 };
	struct lym_lead in = { 0 };

	lym_struct_strace(&b, LYM_STRUCT_bpf_map_freeze, &(struct lym_extent){ "\3\0\0\0", 4, 4, .fds = &form }, false);
	lym_struct_strace(&b, LYM_STRUCT_bpf_map_freeze, &(struct lym_extent){ "\377\377\377\377", 4, 4, .fds = &form }, false);
	lym_struct_json(&b, LYM_STRUCT_bpf_map_freeze, &(struct lym_extent){ "\3\0\0\0", 4, 4 });
	is("{map_fd=3<file>}{map_fd=-1}{\"map_fd\":3}", "a descriptor");
	lym_struct_strace(&b, LYM_STRUCT_uring_files_update2, &(struct lym_extent){ update, 32, 32, .fds = &form,
			  .leads = { { fds, 12 }, { tags, 16, true } } }, false);
	is("{offset=5, data=[7<file>, IORING_REGISTER_FILES_SKIP, -3], tags=[0x10, 0x20, ... /* 0x2010 */], nr=3}", "two arrays");
	lym_struct_strace(&b, LYM_STRUCT_uring_files_update2, &(struct lym_extent){ update, 32, 32 }, false);
	is("{offset=5, data=0x1000, tags=0x2000, nr=3}", "that were not read");
	lym_struct_strace(&b, LYM_STRUCT_keyctl_kdf_params, &(struct lym_extent){ kdf, 56, 56, .limit = 4,
			  .leads = { { "sha\0x", 5 }, { "a\0bc", 3 } } }, false);
	lym_struct_strace(&b, LYM_STRUCT_keyctl_kdf_params, &(struct lym_extent){ kdf, 56, 56, .limit = 4,
			  .leads = { { "sha", 3, true }, { "a", 1, true } } }, false);
	is("{hashname=\"sha\", otherinfo=\"a\\0b\", otherinfolen=3}{hashname=0x1000, otherinfo=0x2000, otherinfolen=3}", "texts");
	lym_struct_strace(&b, LYM_STRUCT_iocb_write, &(struct lym_extent){ iocb, 64, 64, .leads = { { "hello", 5 } } }, false);
	is("{aio_data=0x11, aio_lio_opcode=IOCB_CMD_PWRITE, aio_fildes=9, aio_buf=\"hello\", aio_nbytes=5, aio_offset=6}", "an iocb");
	lym_struct_strace(&b, LYM_STRUCT_bpf_obj_info, &(struct lym_extent){ "\3\0\0\0\x10\0\0\0\0\x10\0\0\0\0\0\0", 16, 16, .fds = &form,
			  .leads = { [LYM_LEAD_ARRAYS - 1] = { "\3\0\0\0\x20\0\0\0", 8 } } }, false);
	is("{info={bpf_fd=3<file>, info_len=32 => 16, info=0x1000}}", "a length that was overwritten");
	perf[1] = 200;
	lym_struct_strace(&b, LYM_STRUCT_perf_event_attr, &(struct lym_extent){ perf, 64, 200, .inner = "\0\0\0\0\x88\0\0\0", .inner_len = 8 }, false);
	is("{type=PERF_TYPE_HARDWARE, size=0xc8 /* PERF_ATTR_SIZE_??? */ => 0x88 /* PERF_ATTR_SIZE_??? */, config=PERF_COUNT_HW_CPU_CYCLES, "
	   "sample_period=0, sample_type=0, read_format=0, precise_ip=0 /* arbitrary skid */, ...}", "a size that the kernel wants");
	clone[8] = 0x1000;
	lym_struct_strace(&b, LYM_STRUCT_clone_args, &(struct lym_extent){ clone, 88, 88 }, false);
	is("{flags=0, exit_signal=0, stack=NULL, stack_size=0, set_tid=0x1000, set_tid_size=0}", "no array");
	lym_struct_strace(&b, LYM_STRUCT_user_desc, &(struct lym_extent){ "\377\377\377\377\0\0\0\0\5\0\0\0\5\0\0\0", 16, 16 }, false);
	is("{entry_number=-1, base_addr=00000000, limit=0x000005, seg_32bit=1, contents=2, read_exec_only=0, limit_in_pages=0, "
	   "seg_not_present=0, useable=0, lm=0}", "a segment");
	lym_structs_strace(&b, LYM_STRUCT_keyctl_cap, "\1\4\7", 3, 3, 0x1000, ~0u, true);
	lym_structs_strace(&b, LYM_STRUCT_error, "\0\0\0\0\376\377\377\377", 8, 2, 0x1000, ~0u, true);
	is("[KEYCTL_CAPS0_CAPABILITIES, KEYCTL_CAPS1_NOTIFICATIONS, 0x7][0, -ENOENT]", "elements by their place, errors");
	ok(lym_struct_lead(LYM_STRUCT_bpf_obj_info, &in) && in.fds == 1 && !in.fd[0] && in.size == 16, "the descriptor of an inner struct");
	in = (struct lym_lead){ 0 };
	ok(lym_struct_lead(LYM_STRUCT_clone_args, &in) && in.array[0].ptr == 64 && in.array[0].count_size == 8 &&
	   in.array[1].ptr == 8 && in.array[1].count == 1 && !in.array[1].count_size, "arrays, and what is written");
	ok(!lym_struct_lead(LYM_STRUCT_timeval, &(struct lym_lead){ 0 }), "a struct that leads nowhere");
}

static void unsized(void)
{
	static const unsigned char e[] = "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\30\0\10a\"\0\0\0"
					 "\3\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0\30\0\4bcdef";

	lym_dirents_strace(&b, e, 24, 24, 0, 0x1000, true, false);
	is("[{d_ino=1, d_off=2, d_reclen=24, d_type=DT_REG, d_name=\"a\\\"\"}]", "an entry");
	lym_dirents_strace(&b, e, 48, 60, 0, 0x1000, true, false);
	is("[{d_ino=1, d_off=2, d_reclen=24, d_type=DT_REG, d_name=\"a\\\"\"}, "
	   "{d_ino=3, d_off=4, d_reclen=24, d_type=DT_DIR, d_name=\"bcdef\"...}, ...]", "two and more");
	lym_dirents_strace(&b, e, 40, 48, 0, 0x1000, false, false);
	lym_dirents_strace(&b, e, 0, 0, 0, 0x1000, false, false);
	is("0x1000 /* 1+ entries */0x1000 /* 0 entries */", "in short");
	lym_dirents_json(&b, e, 24, false);
	is("[{\"d_ino\":\"1\",\"d_off\":\"2\",\"d_reclen\":24,\"d_type\":\"DT_REG\",\"d_name\":\"a\\\"\"}]", "in JSON");
	lym_dirents_strace(&b, "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\30\0ab\0\0\0\4", 24, 24, 0, 0x1000, true, 8);
	is("[{d_ino=1, d_off=2, d_reclen=24, d_name=\"ab\", d_type=DT_DIR}]", "an old entry");
	lym_fdset_strace(&b, "\5\200", 2, 16, NULL);
	lym_fdset_strace(&b, "\5\200", 2, 15, NULL);
	lym_fdset_json(&b, "\377", 1, 1 << 30);
	lym_fdset_strace(&b, "\377", 1, -1, NULL);
	is("[0 2 15][0 2][0,1,2,3,4,5,6,7][]", "sets of descriptors");
	lym_structs_strace(&b, LYM_STRUCT_id, "\377\377\377\377\7\0\0\0", 8, 2, 0x1000, ~0u, true);
	lym_structs_json(&b, LYM_STRUCT_int, "\377\377\377\377\7\0\0\0", 8, 2);
	lym_structs_json(&b, LYM_STRUCT_address, "\0\1\0\0\0\0\0\0", 8, 1);
	is("[-1, 7][-1,7][\"0x100\"]", "numbers in an array");
	lym_struct_json(&b, LYM_STRUCT_utimens, &(struct lym_extent){ "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377\377?\0\0\0", 32, 32 });
	is("[{\"tv_sec\":\"1\",\"tv_nsec\":\"2\"},\"UTIME_NOW\"]", "two times");
	lym_struct_json(&b, LYM_STRUCT_int_ptr, &(struct lym_extent){ "\377\377\377\377", 4, 4 });
	lym_struct_json(&b, LYM_STRUCT_u64_ptr, &(struct lym_extent){ "\1\0\0\0\0\0\0\1", 8, 8 });
	lym_struct_json(&b, LYM_STRUCT_modem_ptr, &(struct lym_extent){ "\2\0\0\0", 4, 4 });
	is("[-1][\"72057594037927937\"][\"TIOCM_DTR\"]", "numbers behind pointers");
}

static void values(void)
{
	lym_value_open_flags(&b, O_RDWR | O_CREAT | O_EXCL);
	lym_text_char(&b, ' ');
	lym_value_open_flags(&b, 0x40000003);
	is("O_RDWR|O_CREAT|O_EXCL O_ACCMODE|0x40000000", "open's flags");
	lym_value_umode(&b, 0);
	lym_value_umode(&b, 05);
	lym_value_umode(&b, 0777);
	lym_value_umode(&b, 0107777);
	is("0000050777010" "7777", "modes");
	lym_value_file_mode(&b, 0104755);
	lym_text_char(&b, ' ');
	lym_value_file_mode(&b, 0644);
	lym_text_char(&b, ' ');
	lym_value_file_mode(&b, 0170644);
	is("S_IFREG|S_ISUID|0755 0644 0170644", "modes of files");
	lym_value_signal(&b, 9);
	lym_value_signal(&b, 0);
	lym_value_signal(&b, 34);
	lym_value_signal(&b, 65);
	lym_value_signal(&b, -1);
	is("SIGKILL0SIGRT_265-1", "signals");
	lym_value_clone_flags(&b, 0x1200011);
	lym_text_char(&b, ' ');
	lym_value_clone_flags(&b, 17);
	is("CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD SIGCHLD", "clone's flags");
	lym_value_mmap_flags(&b, 0x22);
	lym_text_char(&b, ' ');
	lym_value_mmap_flags(&b, 0x54040003 | 0x20);
	lym_text_char(&b, ' ');
	lym_value_mmap_flags(&b, 0);
	is("MAP_PRIVATE|MAP_ANONYMOUS MAP_SHARED_VALIDATE|MAP_ANONYMOUS|MAP_HUGETLB|21<<MAP_HUGE_SHIFT MAP_FILE",
	   "mmap's flags");
	lym_value_ioctl(&b, 0x5401);
	lym_text_char(&b, ' ');
	lym_value_ioctl(&b, 0xc0104242);
	is("TCGETS _IOC(_IOC_READ|_IOC_WRITE, 0x42, 0x42, 0x10)", "ioctl");
	lym_value_wait_status(&b, 0x300);
	lym_value_wait_status(&b, 0x8b);
	lym_value_wait_status(&b, 0x6057f);
	lym_value_wait_status(&b, 0xffff);
	is("[{WIFEXITED(s) && WEXITSTATUS(s) == 3}][{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}]"
	   "[{WIFSTOPPED(s) && WSTOPSIG(s) == SIGTRAP}|PTRACE_EVENT_EXIT<<16][{WIFCONTINUED(s)}]", "wait's status");
	lym_value_wait_status_json(&b, 0x300);
	lym_value_wait_status_json(&b, 0x8b);
	lym_value_wait_status_json(&b, 0x6057f);
	lym_value_wait_status_json(&b, 0xffff);
	is("{\"status\":768,\"exited\":3}{\"status\":139,\"killed\":\"SIGSEGV\",\"core_dumped\":true}"
	   "{\"status\":394623,\"stopped\":\"SIGTRAP\",\"event\":\"PTRACE_EVENT_EXIT\"}{\"status\":65535,\"continued\":true}",
	   "the same in JSON");
	lym_value_statx_flags(&b, 0x1000);
	lym_value_rlim(&b, 8192 * 1024);
	lym_value_rlim(&b, ~0ull);
	lym_value_caps(&b, 0x21);
	lym_value_personality(&b, 0x40000);
	lym_value_ipc_flags(&b, 01600, false);
	is("AT_STATX_SYNC_AS_STAT|AT_EMPTY_PATH8192*1024RLIM64_INFINITY1<<CAP_CHOWN|1<<CAP_KILLPER_LINUX|ADDR_NO_RANDOMIZE"
	   "IPC_CREAT|0600", "others");
}

/* Any bytes, as many as there are and not one more, of every struct: printable text. */
static void hostile(void)
{
	unsigned int bad = 0, rounds = 0, round, i;
	size_t size, n;
	int s;

	srandom(7);
	for (s = 0; s < LYM_STRUCT_MAX; s++) {
		size = lym_struct_size(s);
		for (round = 0; round < 600; round++, rounds++) {
			unsigned char *p;

			n = round < size + 9 ? round : random() % (size + 9);
			p = malloc(n);
			for (i = 0; i < n; i++)
				p[i] = round % 3 == 0 ? random() : round % 3 == 1 ? random() % 4 ? 0 : random() % 8 : 0xff;
			b.len = 0;
			lym_struct_strace(&b, s, &(struct lym_extent){ p, n, round & 1 ? ~0ul : n, .fds = &form, .next = random() & 7,
					  .leads = { { round & 4 ? p : NULL, round & 4 ? n : 0, round & 8 }, { p, n }, { NULL, 0 } },
					  .limit = random() & 3, .succeeded = round & 16 }, round & 2);
			lym_struct_json(&b, s, &(struct lym_extent){ p, n, n });
			lym_structs_strace(&b, s, p, n, random() & 7, 0x7f00, random() & 3, true);
			lym_structs_json(&b, s, p, n, ~0ull);
			lym_dirents_strace(&b, p, n, n + (round & 1), 0, 0x7f00, round & 4, round & 8);
			lym_dirents_json(&b, p, n, round & 8);
			lym_fdset_strace(&b, p, n, random(), NULL);
			for (i = 0; i < b.len; i++)
				bad += (unsigned char)b.p[i] < 0x20 || b.p[i] == 0x7f;
			bad += b.len > 1 << 20;
			free(p);
		}
	}
	ok(!bad, "%d structs of any bytes and lengths, %u times", LYM_STRUCT_MAX, rounds);
	b.len = 0;
}

#ifndef __aarch64__
/* What ptrace is told and tells of registers: as many as the length says, which the kernel makes shorter. */
static void registers(void)
{
	__u64 before[2] = { 0x1000, 24 }, after[2] = { 0x1000, 16 }, regs[2] = { 5, 6 };
	struct lym_extent e = { before, 16, 16, .after = after, .after_n = 16, .inner = regs, .inner_len = 16, .succeeded = true };

	lym_struct_strace(&b, LYM_STRUCT_getregset_regs, &e, false);
	same(b.p, b.len, "{iov_base={r15=0x5, r14=0x6}, iov_len=24 => 16}", "registers that there are");
	b.len = 0;
	lym_struct_json(&b, LYM_STRUCT_getregset_regs, &e);
	same(b.p, b.len, "{\"iov_base\":{\"r15\":\"0x5\",\"r14\":\"0x6\"},\"iov_len\":\"16\"}", "the same as JSON");
	b.len = 0;
	e.succeeded = false;
	lym_struct_strace(&b, LYM_STRUCT_getregset_regs, &e, false);
	same(b.p, b.len, "{iov_base=0x1000, iov_len=24 => 16}", "none of a call that failed");
	b.len = 0;
	e.after = before;
	before[1] = 12;
	lym_struct_strace(&b, LYM_STRUCT_setregset_regs, &e, false);
	same(b.p, b.len, "{iov_base=0x1000, iov_len=12}", "no whole words");
	b.len = 0;
}
#endif

/* The kernel side has so many places for what structs lead to. */
static void places(void)
{
	unsigned int lead = 1, inner = 1, s;	/* 0: none */

	for (s = 0; s < LYM_STRUCT_MAX; s++) {
		lead += lym_struct_lead(s, &(struct lym_lead){ 0 });
		inner += lym_struct_inners(s, (struct lym_inner[LYM_CHAIN]){ { 0 } }, LYM_CHAIN);
	}
	ok(lead <= LYM_LEADS, "%u structs lead on, of %u", lead, LYM_LEADS);
	ok(inner <= LYM_INNERS, "%u of their pointers lead on, of %u", inner, LYM_INNERS);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return calls(argv[1]);
	setenv("TZ", "UTC", 1);
	some();
	signals();
	arrays();
	leads();
	unsized();
	values();
	hostile();
	places();
#ifndef __aarch64__
	registers();
#endif
	lym_text_free(&b);
	return done();
}
