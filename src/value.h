/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Numbers that mean more than one table says, as strace prints them. */
#ifndef LYM_VALUE_H
#define LYM_VALUE_H

#include "tables.h"
#include "text.h"

/* v by number and names, as -X wants them; names: appends what it means, and nothing if that is nothing. */
void lym_value_named(struct lym_buf *b, __u64 v, void (*number)(struct lym_buf *b, __u64 v),
		     void (*names)(struct lym_buf *b, __u64 v));
/* Bits of t, and what is unknown among them without a comment. */
void lym_value_flags(struct lym_buf *b, enum lym_names t, __u64 v);
/* O_RDWR|O_CREAT: the access mode is a number among the bits. */
void lym_value_open_flags(struct lym_buf *b, __u64 v);
/* S_IFREG|0644 of a file, 0644 of a call's argument. */
void lym_value_file_mode(struct lym_buf *b, __u32 v);
void lym_value_umode(struct lym_buf *b, __u64 v);
/* makedev(0x8, 0x1) */
void lym_value_dev(struct lym_buf *b, __u64 v);
/* QCMD(Q_GETQUOTA, USRQUOTA) */
void lym_value_quota_cmd(struct lym_buf *b, __u32 v);
/* KEXEC_ARCH_DEFAULT|KEXEC_ON_CRASH */
void lym_value_kexec_flags(struct lym_buf *b, __u64 v);
/* SWAP_FLAG_PREFER|5 */
void lym_value_swap_flags(struct lym_buf *b, __u32 v);
/* MFD_HUGETLB|21<<MFD_HUGE_SHIFT */
void lym_value_memfd_flags(struct lym_buf *b, __u32 v);
/* MPOL_BIND|MPOL_F_STATIC_NODES */
void lym_value_mpol_mode(struct lym_buf *b, __u64 v);
/* SYS_SOCKET, -2; 2<<16|SEMOP; IPC_64|IPC_STAT by a table of commands */
void lym_value_socketcall(struct lym_buf *b, __s32 v);
void lym_value_ipc_call(struct lym_buf *b, __u32 v);
void lym_value_ipc_cmd(struct lym_buf *b, enum lym_names t, __u32 v);
/* KEY_SPEC_PROCESS_KEYRING, 5 */
void lym_value_key(struct lym_buf *b, __s32 v);
/* SIGCHLD, SIGRT_3, 99 */
void lym_value_signal(struct lym_buf *b, __s32 v);
/* [INT TERM], ~[KILL STOP] of n bytes, of which at most eight count. */
void lym_value_sigset(struct lym_buf *b, const void *p, size_t n);
/* ["SIGINT","SIGTERM"]: all of them, also of a set that strace would tell by what it lacks. */
void lym_value_sigset_json(struct lym_buf *b, const void *p, size_t n);
/* SIG_DFL, 0x4011b6 */
void lym_value_handler(struct lym_buf *b, __u64 v);
/* CLONE_VM|SIGCHLD of clone(); the signal's number alone if there are no flags. */
void lym_value_clone_flags(struct lym_buf *b, __u64 v);
/* MAP_PRIVATE|MAP_ANONYMOUS, MAP_HUGETLB|21<<MAP_HUGE_SHIFT */
void lym_value_mmap_flags(struct lym_buf *b, __u32 v);
/* AT_STATX_SYNC_AS_STAT|AT_EMPTY_PATH */
void lym_value_statx_flags(struct lym_buf *b, __u32 v);
/* FUTEX_OP_SET<<28|0<<12|FUTEX_OP_CMP_EQ<<24|0 */
void lym_value_futex_wake_op(struct lym_buf *b, __u32 v);
/* IPC_CREAT|0600: flags and a file's mode. */
void lym_value_ipc_flags(struct lym_buf *b, __u32 v, bool shm);
/* IPC_PRIVATE, 0x4d2 */
void lym_value_ipc_key(struct lym_buf *b, __u32 v);
/* TCGETS, or _IOC(_IOC_READ, 0x54, 0x2a, 0x2c) */
void lym_value_ioctl(struct lym_buf *b, __u32 v);
void lym_value_ioctl32(struct lym_buf *b, __u32 v);
/* FAN_CLASS_NOTIF|FAN_CLOEXEC */
void lym_value_fan_init(struct lym_buf *b, __u32 v);
/* IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4) */
void lym_value_ioprio_names(struct lym_buf *b, __u64 v);	/* without the number */
void lym_value_ioprio(struct lym_buf *b, __u32 v);
/* AT_FDCWD, or a number; the same where -1 is FAN_NOFD. */
void lym_value_dirfd(struct lym_buf *b, __s32 v);
void lym_value_fan_dirfd(struct lym_buf *b, __s32 v);
/* 8192*1024, RLIM64_INFINITY */
void lym_value_rlim(struct lym_buf *b, __u64 v);
/* The same of 32 bits: RLIM_INFINITY */
void lym_value_rlim32(struct lym_buf *b, __u64 v);
/* 440 and what frequency that is as a comment; of a tone also how long; 0x3c0 and its name */
void lym_value_sound(struct lym_buf *b, __u64 v);
void lym_value_tone(struct lym_buf *b, __u32 v);
void lym_value_vga_port(struct lym_buf *b, __u64 v);
/* K_RAW, -1 and a comment: a number that has a sign */
void lym_value_names_int(struct lym_buf *b, enum lym_names t, __s32 v);
/* A character between single quotes: a, \', \x00; ws: also \n and its like. */
void lym_value_char(struct lym_buf *b, unsigned char c, bool ws);
/* [EV_SYN EV_KEY]: the bits that are set in n bytes, by name; without verbose only the first of them. */
void lym_value_bits(struct lym_buf *b, enum lym_names t, const void *p, size_t n, bool verbose);
void lym_value_bits_json(struct lym_buf *b, enum lym_names t, const void *p, size_t n);
/* 1<<CAP_CHOWN|1<<CAP_KILL */
void lym_value_caps(struct lym_buf *b, __u64 v);
/* A user's or a group's number; -1 where it is none. */
void lym_value_id(struct lym_buf *b, __u32 v);
/* 2022-10-07T12:34:56.5+0000; false: nothing was appended, they are 0 or no time. */
bool lym_value_time(struct lym_buf *b, __s64 sec, __u64 part, unsigned int digits);
/* The comment behind seconds, " / * 2022-10-07T12:34:56.5+0000 * /" in C's form; nothing if they are 0 or no time. */
void lym_value_time_comment(struct lym_buf *b, __s64 sec, __u64 part, unsigned int digits);
/* 5, and a comment with its seconds if it is not 0. */
void lym_value_clock(struct lym_buf *b, __u64 v);
/* PER_LINUX|ADDR_NO_RANDOMIZE */
void lym_value_personality(struct lym_buf *b, __u32 v);
/* 0x1 / * NAME * /, where the number says more than the name */
void lym_value_explained(struct lym_buf *b, enum lym_names t, __u32 v);
/* -1 / * LOGLEVEL_??? * / in C's form */
void lym_value_explained_int(struct lym_buf *b, enum lym_names t, __s32 v);
/* Flags of table t above a length of 16 bits: PR_SVE_VL_INHERIT|0x20 */
void lym_value_vector_len(struct lym_buf *b, enum lym_names t, __u64 v);
/* PR_TAGGED_ADDR_ENABLE|PR_MTE_TCF_SYNC|0xff<<PR_MTE_TAG_SHIFT */
void lym_value_tagged_addr(struct lym_buf *b, __u64 v);
/* ENOENT, -ENOENT if negative ones are errors, or a number */
void lym_value_error(struct lym_buf *b, __s64 v, bool negated);
/* As lym_names_print(), but numbers are decimal. */
void lym_value_names_dec(struct lym_buf *b, enum lym_names t, __s64 v);
/* MS_MGC_VAL|MS_RDONLY: an old magic number may be in the upper half. */
void lym_value_mount_flags(struct lym_buf *b, __u64 v);
/* PR_SET_PTRACER_ANY, or a process */
void lym_value_ptracer(struct lym_buf *b, __u32 v);
/* 01:02:03:0a:0b:0c, a hardware address */
void lym_value_mac(struct lym_buf *b, const void *p, size_t n);
/* [{WIFEXITED(s) && WEXITSTATUS(s) == 0}] */
void lym_value_wait_status(struct lym_buf *b, __u32 v);
/* {"status":9,"killed":"SIGKILL"}, or "exited":7, "stopped":"SIGSTOP", "continued":true; with "core_dumped":true, and when it is a
 * tracer's, "syscall":true and "event". */
void lym_value_wait_status_json(struct lym_buf *b, __u32 v);

#endif
