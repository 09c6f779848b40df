/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A call for each type of argument, and what must be told of it: C(name, expected, arguments...) or, where headers have no number,
 * N(name, number, expected, arguments...); S(statements) prepares. Expected, with ' for ": of each argument named its text (a string),
 * what is behind the pointer (an object, of which these members are compared, or an array), or {'=':{members of the item}}. The
 * numbers of all arguments are compared in any case. types.c makes the calls, types.t judges, tests/unit/types.c sees that no type
 * is missing. What would change the machine is called so that it fails.
 */

/* files */
C(mkdir, "'pathname':'dir'", P("dir"), 0750)
C(open, "'pathname':'file','flags':'O_RDWR|O_CREAT|O_TRUNC|O_CLOEXEC'", P("file"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640)
S(fd = open("file", O_RDWR);)
C(write, "'buf':{'=':{'bytes':'aGVsbG8='}}", fd, P("hello"), 5)
C(stat, "'pathname':'file','statbuf':{'st_mode':'S_IFREG|0640','st_nlink':'1','st_uid':0,'st_size':'5'}", P("file"), B)
C(statx, "'flags':'AT_STATX_FORCE_SYNC|AT_SYMLINK_NOFOLLOW','mask':'STATX_SIZE','statxbuf':{'stx_size':'5'}",
  AT_FDCWD, P("file"), AT_SYMLINK_NOFOLLOW | AT_STATX_FORCE_SYNC, STATX_SIZE, B)
C(statfs, "'buf':{'f_type':'PROC_SUPER_MAGIC','f_bsize':'4096'}", P("/proc"), B)
C(lseek, "'whence':'SEEK_END'", fd, -5, SEEK_END)
C(readv, "'iov':{'=':{'bytes':'aGVsbA=='}}", fd, V({ .iov_base = (void *)B, .iov_len = 3 }, { (void *)(B + 8), 1 }), 2)
C(writev, "'iov':{'=':{'bytes':'b25ldHdv'}}", fd, V({ "one", 3 }, { "two", 3 }), 2)
C(preadv2, "'flags':'RWF_NOWAIT'", fd, V({ (void *)B, 3 }), 1, 0, 0, RWF_NOWAIT)
C(sendfile, "'offset':['2']", fd, fd, Q(2), 1)
C(splice, "'off_in':['3'],'flags':'SPLICE_F_MOVE|SPLICE_F_MORE'", fd, Q(3), -1, 0, 8, SPLICE_F_MOVE | SPLICE_F_MORE)
C(access, "'mode':'R_OK|X_OK'", P("file"), R_OK | X_OK)
C(faccessat2, "'flags':'AT_EACCESS'", AT_FDCWD, P("file"), F_OK, AT_EACCESS)
C(fcntl, "'cmd':'F_GETFL'", fd, F_GETFL, 0)
C(fcntl, "'cmd':'F_SETLK','arg':{'l_type':'F_WRLCK','l_whence':'SEEK_SET','l_start':'7','l_len':'9'}",
  fd, F_SETLK, A(struct flock, .l_type = F_WRLCK, .l_start = 7, .l_len = 9))
C(flock, "'operation':'LOCK_EX|LOCK_NB'", -1, LOCK_EX | LOCK_NB)
C(ioctl, "'request':'FIONREAD','arg':[0]", fd, FIONREAD, B)
C(fallocate, "'mode':'FALLOC_FL_KEEP_SIZE|FALLOC_FL_PUNCH_HOLE'", -1, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 1, 2)
C(fadvise64, "'advice':'POSIX_FADV_WILLNEED'", fd, 1, 2, POSIX_FADV_WILLNEED)
C(sync_file_range, "'flags':'SYNC_FILE_RANGE_WRITE'", fd, 0, 4096, SYNC_FILE_RANGE_WRITE)
C(renameat2, "'flags':'RENAME_NOREPLACE','newpath':'two'", AT_FDCWD, P("none"), AT_FDCWD, P("two"), RENAME_NOREPLACE)
C(close_range, "'flags':'CLOSE_RANGE_CLOEXEC'", 9000, 9001, CLOSE_RANGE_CLOEXEC)
C(setxattr, "'name':'user.x','value':{'=':{'bytes':'djE='}},'flags':'XATTR_CREATE'", P("none"), P("user.x"), P("v1"), 2, XATTR_CREATE)
C(inotify_init1, "'flags':'IN_NONBLOCK|IN_CLOEXEC'", IN_NONBLOCK | IN_CLOEXEC)
C(inotify_add_watch, "'mask':'IN_MODIFY|IN_CLOSE_WRITE'", -1, P("file"), IN_MODIFY | IN_CLOSE_WRITE)
C(fanotify_init, "'flags':'FAN_CLASS_CONTENT|FAN_CLOEXEC|FAN_REPORT_FID'", FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_REPORT_FID, O_RDONLY)
C(fanotify_mark, "'flags':'FAN_MARK_ADD|FAN_MARK_MOUNT','mask':'FAN_OPEN','dirfd':'FAN_NOFD'",
  -1, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN, -1, P("file"))
C(name_to_handle_at, "'handle':{'handle_bytes':8},'mount_id':{'=':{}},'flags':'AT_SYMLINK_FOLLOW'", AT_FDCWD, P("file"), A(struct file_handle, .handle_bytes = 8), B + 64, AT_SYMLINK_FOLLOW)
C(open_by_handle_at, "'handle':{'handle_bytes':4,'handle_type':1,'f_handle':'\\\\x61\\\\x62\\\\x63\\\\x00'},'flags':'O_RDONLY'",
  -1, I(4, 1, 0x636261), O_RDONLY)
C(openat2, "'how':{'flags':'O_RDONLY|O_NOFOLLOW','resolve':'RESOLVE_IN_ROOT'}",
  AT_FDCWD, P("file"), A(struct open_how, .flags = O_NOFOLLOW, .resolve = RESOLVE_IN_ROOT), sizeof(struct open_how))
C(mknod, "'mode':'S_IFCHR|0600','dev':'makedev(0x1, 0x3)'", P("dir"), S_IFCHR | 0600, makedev(1, 3))
C(chown, "'pathname':'none'", P("none"), 1, 2)
C(ustat, "'dev':'makedev(0x63, 0x7)'", makedev(0x63, 7), B)
C(utime, "'times':{'actime':'11','modtime':'22'}", P("file"), A(struct utimbuf, 11, 22))
C(utimes, "'times':[{'tv_sec':'1','tv_usec':'2'},{'tv_sec':'3','tv_usec':'4'}]", P("file"), L(1, 2, 3, 4))
C(utimensat, "'times':[{'tv_sec':'5','tv_nsec':'6'},{'tv_sec':'7','tv_nsec':'8'}]", AT_FDCWD, P("file"), L(5, 6, 7, 8), 0)
S(dir = open("dir", O_RDONLY | O_DIRECTORY);)
C(getdents, "'dirp':[{'d_reclen':24,'d_name':'.','d_type':'DT_DIR'},{'d_reclen':24,'d_name':'..','d_type':'DT_DIR'}]", dir, B, 200)
C(getcwd, "'buf':{'=':{'origin':'U'}}", B, 4000)
S(NEED(!symlink("target", "link"));)
C(readlink, "'buf':{'=':{'bytes':'dGFyZ2V0'}}", P("link"), B, 100)
C(dup3, "'flags':'O_CLOEXEC'", -1, 99, O_CLOEXEC)
C(select, "'readfds':[0,5],'timeout':{'tv_sec':'0','tv_usec':'9'}", 6, A(long, 1 | 1 << 5), 0, 0, A(struct timeval, 0, 9))
C(ppoll, "'fds':[{'fd':-1,'events':'POLLIN'}],'tmo_p':{'tv_sec':'0','tv_nsec':'77'},'sigmask':['SIGINT']",
  A(struct pollfd, -1, POLLIN), 1, A(struct timespec, 0, 77), A(long, 2), 8)
N(cachestat, 451, "'cstat_range':{'off':'4096','len':'8192'},'cstat':{'nr_writeback':'0'}", fd, L(4096, 8192), B, 0)
N(setxattrat, 463, "'args':{'size':2,'flags':'XATTR_REPLACE'}", AT_FDCWD, P("file"), 0, P("user.y"),
  L(P("v2"), 2 | (long)XATTR_REPLACE << 32), 16)
N(file_setattr, 469, "'attr':{'fa_xflags':'FS_XFLAG_IMMUTABLE','fa_extsize':4096}", AT_FDCWD, P("none"), I(8, 0, 4096), 24, 0)
N(file_getattr, 468, "'pathname':'none'", AT_FDCWD, P("none"), B, 24, 0)

/* mounts and quotas: all refused */
C(mount, "'source':'none','filesystemtype':'tmpfs','mountflags':'MS_NOSUID|MS_NODEV','data':'size=1k'",
  P("none"), P("none"), P("tmpfs"), MS_NOSUID | MS_NODEV, P("size=1k"))
C(umount2, "'flags':'MNT_DETACH'", P("none"), MNT_DETACH)
C(fsopen, "'fsname':'nofs','flags':'FSOPEN_CLOEXEC'", P("nofs"), 1)
C(fsconfig, "'cmd':'FSCONFIG_SET_STRING','key':'source','value':'x'", -1, 1, P("source"), P("x"), 0)
C(fsmount, "'flags':'FSMOUNT_CLOEXEC','attr_flags':'MOUNT_ATTR_RDONLY'", -1, 1, 1)
C(fspick, "'flags':'FSPICK_NO_AUTOMOUNT'", -1, P("x"), 4)
C(open_tree, "'flags':'OPEN_TREE_CLOEXEC|AT_RECURSIVE'", -1, P("x"), O_CLOEXEC | 0x8000)
C(move_mount, "'flags':'MOVE_MOUNT_F_EMPTY_PATH'", -1, P("x"), -1, P("y"), 4)
C(mount_setattr, "'flags':'AT_RECURSIVE','attr':{'attr_set':'MOUNT_ATTR_RDONLY','attr_clr':'MOUNT_ATTR_NOEXEC'}",
  -1, P("x"), 0x8000, L(1, 8), 32)
C(swapon, "'swapflags':'SWAP_FLAG_PREFER|5'", P("none"), 0x8005)
C(quotactl, "'cmd':'QCMD(Q_SYNC, GRPQUOTA)','special':'none'", (int)0x80000101, P("none"), 7, 0)
N(quotactl_fd, 443, "'cmd':'QCMD(Q_SYNC, GRPQUOTA)'", -1, (int)0x80000101, 7, 0)
N(statmount, 457, "'req':{'mnt_id':'0x7'}", L(32, 7, 1), B, 0, 0)

/* memory */
C(mmap, "'prot':'PROT_READ|PROT_WRITE','flags':'MAP_PRIVATE|MAP_ANONYMOUS'", 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
C(mremap, "'flags':'MREMAP_MAYMOVE|MREMAP_FIXED'", 0x1000, 4096, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, 0x2000)
C(msync, "'flags':'MS_SYNC|MS_INVALIDATE'", 0x1000, 4096, MS_SYNC | MS_INVALIDATE)
C(madvise, "'advice':'MADV_WILLNEED'", 0x1000, 4096, MADV_WILLNEED)
C(mincore, "'vec':['1']", B & ~4095, 4096, B)
C(mlock2, "'flags':'MLOCK_ONFAULT'", 0x1000, 4096, 1)
C(mlockall, "'flags':'MCL_FUTURE|0x8'", MCL_FUTURE | 8)
C(memfd_create, "'name':'thing','flags':'MFD_CLOEXEC'", P("thing"), MFD_CLOEXEC)
C(memfd_secret, "'flags':'O_CLOEXEC|0x2'", O_CLOEXEC | 2)
C(mbind, "'mode':'MPOL_BIND','nodemask':['0x00000000000005'],'flags':'MPOL_MF_STRICT'", 0, 0, 2, A(long, 5), 8, 1)
C(set_mempolicy, "'mode':'MPOL_DEFAULT'", 0, 0, 0)
C(get_mempolicy, "'mode':['MPOL_DEFAULT'],'nodemask':{'=':{'origin':'U'}}", B, B + 64, 1024, 0, 0)
C(move_pages, "'pages':['0x1000'],'nodes':[0],'flags':'MPOL_MF_MOVE'", 99999999, 1, A(long, 0x1000), A(int, 0), B, 2)
C(move_pages, "'status':{'=':{'origin':'U'}}", 0, 1, L(B), 0, B + 64, 0)
C(process_madvise, "'iovec':[{'iov_base':'0x1000','iov_len':'8192'}],'advice':'MADV_COLD'", -1, V({ (void *)4096, 8192 }), 1, 20, 0)
C(pkey_alloc, "'access_rights':'PKEY_DISABLE_ACCESS'", 9, 1)
C(userfaultfd, "'flags':'O_CLOEXEC|0x10'", O_CLOEXEC | 0x10)
C(membarrier, "'cmd':'MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ','flags':'MEMBARRIER_CMD_FLAG_CPU'", 128, 1, 77)

/* tasks */
C(clone, "'flags':'CLONE_SIGHAND|SIGCHLD'", CLONE_SIGHAND | SIGCHLD, 0, 0, 0, 0)
C(clone3, "'cl_args':{'flags':'CLONE_VM|CLONE_SIGHAND|CLONE_THREAD','exit_signal':'SIGUSR1','stack_size':'0x9000'}",
  A(struct clone_args, .flags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, .exit_signal = SIGUSR1, .stack_size = 0x9000), sizeof(struct clone_args))
C(execveat, "'pathname':'none','argv':['none','arg'],'envp':['A=b'],'flags':'AT_SYMLINK_NOFOLLOW'",
  AT_FDCWD, P("none"), L(P("none"), P("arg"), 0), L(P("A=b"), 0), AT_SYMLINK_NOFOLLOW)
C(wait4, "'options':'WNOHANG|WSTOPPED'", -1, B, WNOHANG | WUNTRACED, 0)
S(if (!fork()) _exit(7); waitid(P_ALL, 0, (void *)B, WEXITED | WNOWAIT);)
C(waitid, "'idtype':'P_ALL','infop':{'si_signo':'SIGCHLD','si_code':'CLD_EXITED','si_status':7},'options':'WEXITED|WNOWAIT'",
  P_ALL, 0, Z, WEXITED | WNOWAIT, B + 256)
C(wait4, "'wstatus':{'status':1792,'exited':7}", -1, B, 0, 0)
C(getrusage, "'who':'RUSAGE_THREAD','usage':{'ru_ixrss':'0'}", RUSAGE_THREAD, B)
C(prlimit64, "'resource':'RLIMIT_CORE','new_limit':{'rlim_cur':'4096','rlim_max':'8192'}",
  0, RLIMIT_CORE, A(struct rlimit, 4096, 8192), B)
C(getrlimit, "'resource':'RLIMIT_CORE','rlim':{'rlim_cur':'4096','rlim_max':'8192'}", RLIMIT_CORE, B)
C(prlimit64, "'old_limit':{'rlim_cur':'4096','rlim_max':'8192'}", 0, RLIMIT_CORE, 0, B)
C(setrlimit, "'rlim':{'rlim_cur':'1024','rlim_max':'8192'}", RLIMIT_CORE, A(struct rlimit, 1024, 8192))
C(getpriority, "'which':'PRIO_PGRP'", PRIO_PGRP, 99999999)
C(ioprio_set, "'which':'IOPRIO_WHO_PGRP','ioprio':'IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4)'", 2, 99999999, 0x4004)
C(sched_setscheduler, "'policy':'SCHED_FIFO','param':[5]", -1, SCHED_FIFO, A(int, 5))
C(sched_setaffinity, "'mask':[0,3]", -1, 8, A(long, 9))
C(sched_getaffinity, "'mask':{'=':{'origin':'U'}}", 0, 8, B)
C(sched_setattr, "'attr':{'sched_policy':'SCHED_BATCH','sched_nice':3}", -1, I(48, SCHED_BATCH, 0, 0, 3), 0)
C(sched_getattr, "'attr':{'size':48,'sched_policy':'SCHED_OTHER'}", 0, B, 48, 0)
C(sched_rr_get_interval, "'tp':{'tv_sec':'0'}", 0, B)
C(personality, "'persona':'PER_LINUX|ADDR_NO_RANDOMIZE'", 0x40000)
C(prctl, "'option':'PR_SET_NAME','arg2':'name'", PR_SET_NAME, P("name"), 0, 0, 0)
C(prctl, "'option':'PR_SET_PDEATHSIG','arg2':'SIGUSR2'", PR_SET_PDEATHSIG, SIGUSR2, 0, 0, 0)
C(prctl, "'option':'PR_SET_MM','arg2':'PR_SET_MM_BRK'", PR_SET_MM, 7, 3, 1, 1)
C(arch_prctl, "'op':'ARCH_GET_FS'", 0x1003, B)
C(ptrace, "'request':'PTRACE_POKEUSER'", 6, 99999999, 8, 9)
C(seccomp, "'operation':'SECCOMP_GET_ACTION_AVAIL','args':['SECCOMP_RET_ALLOW']", 2, 0, A(int, 0x7fff0000))
C(kcmp, "'type':'KCMP_FILE'", 99999999, 99999998, 0, 1, 2)
C(futex, "'futex_op':'FUTEX_WAIT_PRIVATE','timeout':{'tv_sec':'0','tv_nsec':'5'}", A(int, 1), 128, 7, A(struct timespec, 0, 5), 0, 0)
C(futex, "'futex_op':'FUTEX_CMP_REQUEUE'", A(int, 1), 4, 1, 2, A(int, 0), 9)
N(futex_waitv, 449, "'waiters':[{'val':'0x5','flags':'FUTEX_32'}],'timeout':{'tv_sec':'0','tv_nsec':'1'},'clockid':'CLOCK_MONOTONIC'",
  L(5, 8, 2), 1, 0, A(struct timespec, 0, 1), CLOCK_MONOTONIC)
C(get_robust_list, "'head_ptr':{'=':{}},'len_ptr':['24']", 0, B, B + 8)
C(unshare, "'flags':'CLONE_NEWUTS|0x2'", CLONE_NEWUTS | 2)
C(setns, "'nstype':'CLONE_NEWNET'", -1, CLONE_NEWNET)
N(listns, 470, "'req':{'size':32,'ns_id':'0x7','ns_type':'CLONE_NEWNS|CLONE_NEWNET','user_ns_id':'0xff'},'ns_ids':{'=':{}}",
  L(32, 7, CLONE_NEWNS | CLONE_NEWNET, 255), B, 2, 0)
C(pidfd_open, "'flags':'PIDFD_NONBLOCK'", 99999999, O_NONBLOCK)
C(capget, "'hdrp':{'version':'_LINUX_CAPABILITY_VERSION_3','pid':0},'datap':{'inheritable':'0'}", I(0x20080522), B)
C(capset, "'datap':{'effective':'1<<CAP_KILL','permitted':'0','inheritable':'0'}", I(0x20080522, 99999999),
  I(32))
C(setgroups, "'list':[0,9]", 2, I(0, 9))
C(getgroups, "'list':[0,9]", 8, B)
C(getcpu, "'node':[0]", B, B + 8, 0)
C(getresuid, "'ruid':[0],'euid':[0],'suid':[0]", B, B + 8, B + 16)
C(modify_ldt, "'ptr':{'entry_number':1,'base_addr':'0x000002','limit':'0x000003'}", 1, I(1, 2, 3, 1 << 7), 16)
C(set_thread_area, "'u_info':{'entry_number':99}", I(99, 2, 3, 0))
C(landlock_create_ruleset, "'flags':'LANDLOCK_CREATE_RULESET_VERSION'", 0, 0, 1)
C(landlock_add_rule, "'rule_type':'LANDLOCK_RULE_PATH_BENEATH','rule_attr':{'allowed_access':'LANDLOCK_ACCESS_FS_EXECUTE','parent_fd':-1}",
  -1, 1, I(1, 0, -1), 0)
C(landlock_create_ruleset, "'attr':{'handled_access_fs':'LANDLOCK_ACCESS_FS_EXECUTE'}", A(long, 1), 8, 0)
N(lsm_set_self_attr, 460, "'ctx':{'id':'102','ctx_len':'0'}", 100, L(102, 0, 32, 0), 32, 0)

/* signals */
C(rt_sigaction, "'signum':'SIGUSR1','act':{'sa_handler':'SIG_IGN','sa_mask':['SIGHUP','SIGINT'],'sa_flags':'SA_RESTART'}",
  SIGUSR1, L(1, SA_RESTART, 0, 3), B, 8)
C(rt_sigaction, "'signum':'SIGUSR1','oldact':{'sa_handler':'SIG_IGN','sa_mask':['SIGHUP','SIGINT'],'sa_flags':'SA_RESTART'}", SIGUSR1, 0, B, 8)
C(rt_sigprocmask, "'how':'SIG_BLOCK','set':['SIGHUP']", SIG_BLOCK, A(long, 1), 0, 8)
C(rt_sigprocmask, "'oldset':['SIGHUP']", SIG_BLOCK, 0, B, 8)
C(sigaltstack, "'ss':{'ss_flags':'SS_DISABLE'},'old_ss':{'ss_flags':'SS_DISABLE','ss_size':'0'}", A(stack_t, .ss_flags = SS_DISABLE), B)
C(rt_sigqueueinfo, "'sig':'SIGUSR1','info':{'si_signo':'SIGUSR2','si_code':'SI_QUEUE','si_pid':5,'si_uid':6}",
  99999999, SIGUSR1, I(SIGUSR2, 0, SI_QUEUE, 0, 5, 6))
C(signalfd4, "'mask':['SIGUSR2'],'flags':'SFD_NONBLOCK'", -1, A(long, 1 << (SIGUSR2 - 1)), 8, SFD_NONBLOCK)

/* time */
C(nanosleep, "'req':{'tv_sec':'0','tv_nsec':'3'}", A(struct timespec, 0, 3), B)
C(clock_nanosleep, "'clockid':'CLOCK_MONOTONIC','flags':'TIMER_ABSTIME'", CLOCK_MONOTONIC, TIMER_ABSTIME, A(struct timespec, 0, 3), 0)
C(setitimer, "'which':'ITIMER_VIRTUAL','new_value':{'it_interval':{'tv_sec':'0','tv_usec':'7'},'it_value':{'tv_sec':'900','tv_usec':'0'}}",
  ITIMER_VIRTUAL, L(0, 7, 900, 0), 0)
C(setitimer, "'old_value':{'it_interval':{'tv_sec':'0'}}", ITIMER_VIRTUAL, L(0), B)
C(timer_settime, "'flags':'TIMER_ABSTIME','new_value':{'it_interval':{'tv_sec':'1','tv_nsec':'2'},'it_value':{'tv_sec':'3','tv_nsec':'4'}}",
  12345, TIMER_ABSTIME, L(1, 2, 3, 4), B)
S(timer = timerfd_create(CLOCK_MONOTONIC, 0);)
C(timerfd_settime, "'flags':'TFD_TIMER_ABSTIME'", timer, 1, L(8, 9, 0, 0), B)
C(timerfd_gettime, "'curr_value':{'it_value':{'tv_sec':'0','tv_nsec':'0'}}", timer, B)
C(gettimeofday, "'tv':{'=':{'origin':'U'}},'tz':{'tz_dsttime':0}", B, B + 64)
C(settimeofday, "'tv':{'tv_sec':'1','tv_usec':'2000000'},'tz':{'tz_minuteswest':60,'tz_dsttime':0}",
  A(struct timeval, 1, 2000000), A(struct timezone, 60))
C(times, "'buf':{'tms_cutime':'0'}", B)
C(adjtimex, "'buf':{'modes':'0'}", Z)
C(time, "'tloc':{'=':{'origin':'U'}}", B)

/* epoll, aio, io_uring, System V, message queues */
C(epoll_create1, "'flags':'EPOLL_CLOEXEC'", EPOLL_CLOEXEC)
S(ep = epoll_create1(0); ev = eventfd(1, 0);)
C(epoll_ctl, "'op':'EPOLL_CTL_ADD','event':{'events':'EPOLLIN|EPOLLET','data':{'u64':'9'}}", ep, EPOLL_CTL_ADD, ev, A(struct epoll_event, EPOLLIN | EPOLLET, { .u64 = 9 }))
C(epoll_wait, "'events':[{'events':'EPOLLIN','data':{'u64':'9'}}]", ep, B, 2, 0)
C(eventfd2, "'flags':'EFD_SEMAPHORE|EFD_NONBLOCK'", 5, EFD_SEMAPHORE | EFD_NONBLOCK)
C(io_setup, "'ctx_idp':{'=':{}}", 1, Z)
C(io_submit, "'iocbpp':[{'aio_data':'0x5','aio_lio_opcode':'IOCB_CMD_PREAD'}]", 7, 1, L((long)&(struct iocb){ .aio_data = 5 }))
C(io_cancel, "'iocb':{'aio_lio_opcode':'IOCB_CMD_PREAD'}", 7, A(struct iocb, .aio_lio_opcode = 0, .aio_fildes = 3), B)
S(syscall(SYS_io_setup, 1, memset(buffer, 0, 8)); ctx = *(long *)buffer;)
C(io_getevents, "'events':[]", ctx, 0, 1, B, L(0, 0))
S(syscall(SYS_io_destroy, ctx);)
C(io_pgetevents, "'timeout':{'tv_sec':'0','tv_nsec':'1'},'sigmask':{'=':{'origin':'U'}}", 7, 0, 1, B, A(struct timespec, 0, 1), L(0, 8))
C(io_uring_setup, "'p':{'flags':'IORING_SETUP_IOPOLL'}", 0, I(0, 0, 1))
C(io_uring_enter, "'flags':'IORING_ENTER_GETEVENTS','arg':['SIGINT']", -1, 1, 2, 1, A(long, 2), 8)
C(io_uring_register, "'opcode':'IORING_REGISTER_EVENTFD','arg':[5]", -1, 4, A(int, 5), 1)
C(shmget, "'key':'IPC_PRIVATE','shmflg':'IPC_CREAT|0600'", IPC_PRIVATE, 0, IPC_CREAT | 0600)
C(shmat, "'shmflg':'SHM_RDONLY'", 99999999, 0, SHM_RDONLY)
C(shmctl, "'cmd':'IPC_RMID'", 99999999, IPC_RMID, 0)
C(semget, "'semflg':'IPC_EXCL|0600'", 7, 1, IPC_EXCL | 0600)
C(semop, "'sops':[{'sem_num':1,'sem_op':-2,'sem_flg':'SEM_UNDO'}]", 99999999, A(struct sembuf, 1, -2, SEM_UNDO), 1)
C(semctl, "'cmd':'SETVAL'", 99999999, 0, SETVAL, 5)
C(msgsnd, "'msgp':{'mtype':'3','mtext':'\\\\x61\\\\x62\\\\x63'},'msgflg':'IPC_NOWAIT'", 99999999, L(3, 0x636261), 3, IPC_NOWAIT)
C(msgctl, "'cmd':'IPC_RMID'", 99999999, IPC_RMID, 0)
S(queue = msgget(IPC_PRIVATE, 0600); msgsnd(queue, (void *)L(6, 0x7a7978), 3, 0);)
C(msgrcv, "'msgp':{'mtype':'6','mtext':'\\\\x78\\\\x79\\\\x7a'}", queue, B, 8, 0, 0)
S(msgctl(queue, IPC_RMID, NULL);)
C(mq_open, "'name':'no/ne','oflag':'O_RDWR|O_CREAT','mode':'0600','attr':{'mq_maxmsg':'4','mq_msgsize':'32'}",
  P("no/ne"), O_RDWR | O_CREAT, 0600, A(struct mq_attr, .mq_maxmsg = 4, .mq_msgsize = 32))
C(mq_getsetattr, "'newattr':{'mq_flags':'O_NONBLOCK'}", -1, A(struct mq_attr, .mq_flags = O_NONBLOCK), B)
C(mq_timedreceive, "'abs_timeout':{'tv_sec':'1','tv_nsec':'2'}", -1, B, 8, B, A(struct timespec, 1, 2))
C(mq_notify, "'sevp':{'sigev_notify':'SIGEV_SIGNAL','sigev_signo':'SIGUSR1'}", -1, A(struct sigevent, .sigev_signo = SIGUSR1, .sigev_notify = SIGEV_SIGNAL))

/* sockets; the other programs here say more of them */
C(socketpair, "'domain':'AF_UNIX','type':'SOCK_STREAM|SOCK_CLOEXEC','sv':{'=':{'origin':'U'}}", AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, B)
S(socketpair(AF_UNIX, SOCK_DGRAM, 0, sv);)
C(sendto, "'buf':{'=':{'bytes':'YWI='}},'flags':'MSG_NOSIGNAL'", sv[0], P("ab"), 2, MSG_NOSIGNAL, 0, 0)
C(recvfrom, "'buf':{'=':{'bytes':'YWI='}},'flags':'MSG_DONTWAIT'", sv[1], B, 8, MSG_DONTWAIT, 0, 0)
C(connect, "'addr':{'=':{'sockaddr':{'sa_family':'AF_UNIX','sun_path':'none'}}}", sv[0], A(struct sockaddr_un, AF_UNIX, "none"), 7)
C(getsockname, "'addr':{'=':{'sockaddr':{'sa_family':'AF_UNIX'}}},'addrlen':{'=':{}}", sv[0], B + 64, A(int, 110))
C(getsockopt, "'level':'SOL_SOCKET','optname':'SO_TYPE','optval':'[2]'", sv[0], SOL_SOCKET, SO_TYPE, B, A(int, 4))
C(setsockopt, "'optname':'SO_KEEPALIVE','optval':'[1]'", sv[0], SOL_SOCKET, SO_KEEPALIVE, A(int, 1), 4)
C(shutdown, "'how':'SHUT_WR'", sv[0], SHUT_WR)
C(accept4, "'flags':'SOCK_NONBLOCK'", -1, 0, 0, SOCK_NONBLOCK)

/* the system */
C(uname, "'buf':{'sysname':'Linux'}", B)
C(sysinfo, "'info':{'mem_unit':1}", B)
C(syslog, "'len':{'=':{}}", 10, 0, 0)
C(reboot, "'magic':'LINUX_REBOOT_MAGIC1','op':'LINUX_REBOOT_CMD_HALT'", (int)0xfee1dead, 1, (int)0xcdef0123, 0)
C(kexec_load, "'segments':[{'bufsz':'1','memsz':'12288'}],'flags':'KEXEC_ARCH_X86_64|KEXEC_ON_CRASH|0x8000'",
  0, 1, L(0x1000, 1, 0x2000, 0x3000), 0x3e8001)
C(kexec_file_load, "'cmdline':{'=':{'bytes':'YQA='}},'flags':'KEXEC_FILE_UNLOAD|0x800'", -1, -1, 2, P("a"), 0x801)
C(delete_module, "'name':'none','flags':'O_NONBLOCK'", P("none"), O_NONBLOCK)
C(finit_module, "'param_values':'a=b','flags':'MODULE_INIT_IGNORE_VERMAGIC'", -1, P("a=b"), 2)
N(_sysctl, 156, "'args':{'=':{'origin':'U'}}", L(B, 2))
N(lookup_dcookie, 212, "", 5, B, 8)
C(getrandom, "'buf':{'=':{'origin':'U'}},'flags':'GRND_NONBLOCK'", B, 4, GRND_NONBLOCK)
C(add_key, "'type':'none','description':'what','payload':{'=':{'bytes':'cHc='}},'keyring':'KEY_SPEC_THREAD_KEYRING'",
  P("none"), P("what"), P("pw"), 2, -1)
C(keyctl, "'operation':'KEYCTL_SEARCH','arg3':'none','arg4':'what'", 10, -1, P("none"), P("what"), 0)
C(bpf, "'cmd':'BPF_MAP_CREATE','attr':{'map_type':'BPF_MAP_TYPE_HASH','key_size':0,'value_size':8}", 0, I(1, 0, 8), 48)
C(bpf, "'cmd':'BPF_LINK_CREATE','attr':{'link_create':{'attach_type':'BPF_TRACE_ITER','iter_info':[{'map':{'map_fd':3}}]}}", 28, L(0xffffffff, 28, I(3), 1), 28)
C(perf_event_open, "'attr':{'type':'PERF_TYPE_SOFTWARE','size':'PERF_ATTR_SIZE_VER0'},'flags':'PERF_FLAG_FD_CLOEXEC'",
  I(1, 64), 99999999, -1, -1, 8)
