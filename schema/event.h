/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The record: what the kernel side writes and the user side reads. Included by both compilers.
 *
 *   struct lym_hdr | ncells x u64 | item | item | ...
 *
 * A cell is the value of one field as one number: for a system call the register, for other events the number
 * itself. Whatever lies behind a pointer follows as items, each naming its field and where its bytes were read.
 * Why items and not spans in the cells: a field keeps its pointer *and* its bytes, may have a kernel's and a
 * user's version side by side, and recvmmsg may have sixty-four of them.
 */
#ifndef LYM_EVENT_H
#define LYM_EVENT_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define LYM_CELLS 6		/* cells of a record made by this version; readers go by lym_hdr.ncells */
#define LYM_RECORD_MAX 65536	/* no record is longer */

/* Event numbers of the wire: one per row of the catalogue, in its order. */
enum lym_ev {
#define SYSCALL(name, ...) LYM_EV_##name,
#define EVENT(name, ...) LYM_EV_##name,
#include "syscalls.def"
#include "events.def"
#undef SYSCALL
#undef EVENT
#define SYSCALL32(name, ...) LYM_EV_##name,
#include "syscalls32.def"
#undef SYSCALL32
	LYM_EV_MAX
};

/* lym_hdr.flags */
#define LYM_F_COMPAT	0x01	/* a 32-bit call of a 64-bit kernel */
#define LYM_F_X32	0x80	/* one of the x32 ABI: its number has bit 30 */
#define LYM_F_IO_URING	0x02	/* done by io_uring, not by a system call */
#define LYM_F_CUT	0x08	/* not all that the call pointed at found room */
#define LYM_F_ENTER	0x04	/* made when the call began, or blocked: it has no result */
#define LYM_F_TOLD	0x10	/* there is a record with LYM_F_ENTER of the same call, which blocked; of a thread's end: it was in one */

/* The task and the moment. All ids are the host's unless said otherwise. 152 bytes, no padding. */
struct lym_hdr {
	__u32 len;		/* of the whole record in bytes, a multiple of 8 */
	__u16 event;		/* enum lym_ev */
	__u8 ncells;
	__u8 flags;		/* LYM_F_* */
	__u64 ts;		/* when the record was made: ns, CLOCK_MONOTONIC */
	__u64 seq;		/* of this CPU, from 1; a gap is an event lost */
	__s64 ret;		/* return value; -errno on failure */
	__u64 duration;		/* ns between entry and exit; 0: not measured */
	__u64 cgroup;		/* cgroup v2 id */
	__u64 start;		/* start of the thread, ns, CLOCK_BOOTTIME */
	__u64 leader_start;	/* start of the process (its leader thread) */
	__u32 cpu;
	__u32 syscall;		/* number of the system call inside which this happened; ~0: none */
	__u32 host_pid, host_tid;
	__u32 pid, tid;		/* in the task's own pid namespace */
	__u32 host_ppid;
	__u32 uid;
	__u32 gid;
	__u32 mnt_ns, pid_ns;	/* inode numbers */
	__u32 items;		/* number of items */
	char comm[16];		/* bytes; the task may put anything here */
};

/* What an item holds. */
enum lym_kind {
	LYM_DATA = 1,		/* payload bytes */
	LYM_ADDR,		/* a struct sockaddr of len bytes; len 0: the kernel said "no address" */
	LYM_CONTROL,		/* control messages, as the user's buffer held them */
	LYM_MSG,		/* struct lym_msg: one message of a msghdr or mmsghdr */
	LYM_VALUE,		/* what a pointer to a scalar or a small struct points at when the call returned */
	LYM_VALUE_IN,		/* the same before the call */
	LYM_SOCK,		/* struct lym_sock: the socket (field LYM_NO_FIELD, index 0), or the one that an fd names, as LYM_FILE has it */
	LYM_IOV,		/* the iovec array of a msghdr: struct { u64 base, len; } each, as many as iovlen says, up to 16 */
	LYM_PAD,		/* nothing: skip it */
	LYM_FILE,		/* struct lym_file: what an fd stands for; LYM_NO_FIELD: the one that was returned; of several behind
				 * a pointer, and of LYM_SOCK of one that was returned, index is LYM_FD_INDEX() of it */
	LYM_HEADS,		/* in strace's form, of a message in several buffers whose LYM_DATA is cut: the first snaplen bytes of each */
	LYM_KIND_MAX
};

/* lym_item.flags */
#define LYM_I_KERNEL	0x01	/* origin K: read from the kernel's own memory; unset: origin U, user memory, raceable */
#define LYM_I_TRUNC	0x02	/* fewer bytes here than lym_item.full */
#define LYM_I_UNREAD	0x04	/* it is there but could not be read; no bytes follow */
#define LYM_I_TAMPER	0x08	/* what user memory held when the call returned, differing from the kernel's item of the
				 * same field, kind and index */
#define LYM_I_AMBIG	0x10	/* origin U because two receives could not be told apart */

#define LYM_I_EACH	0x40	/* of each buffer of an array at most snaplen bytes, not of all of them */
#define LYM_I_PART	0x20	/* the bytes behind those that are here could not be read */

#define LYM_NO_FIELD 0xffff
#define LYM_FD_INDEX(fd) ((__u32)(fd) + 1)

/* 16 bytes, then len bytes, then zeros up to a multiple of 8. */
struct lym_item {
	__u16 field;		/* index of the field in the catalogue's row, or LYM_NO_FIELD */
	__u8 kind;		/* enum lym_kind */
	__u8 flags;		/* LYM_I_* */
	__u32 len;		/* bytes that follow */
	__u32 full;		/* bytes that there were (of a message: that it had, even beyond the buffer) */
	__u32 index;		/* which message of a recvmmsg/sendmmsg, else 0 */
};

/* One user-space struct msghdr, as it stood when the call returned (recv) or began (send). 56 bytes. */
struct lym_msg {
	__u64 name, iov, control;	/* the pointers */
	__u64 iovlen, controllen;
	__u32 namelen;
	__u32 namelen_in;	/* namelen before the call (recvmsg); else as namelen */
	__u32 flags;		/* msg_flags */
	__u32 len;		/* msg_len of a mmsghdr; bytes that this message delivered */
};

/* The file behind a descriptor: these 32 bytes, then the names of its path, each with a NUL, from the last to the first. */
struct lym_file {
	__u64 inode;
	__u32 magic;		/* of its file system: statfs(2) */
	__u32 rdev;		/* of a device, as the kernel has it: major << 20 | minor */
	__u16 mode;		/* st_mode */
	__u8 deleted;		/* no name leads there any more */
	__u8 cut;		/* some names are missing: it is longer than a path can be */
	__u32 pid;		/* of a pidfd: the process, in the initial namespace */
	__u64 pad3;
	char names[];
};

/* A socket as the kernel has it: these 32 bytes, then local_len bytes of its own address and remote_len bytes of its peer's,
 * both struct sockaddr of the family. */
struct lym_sock {
	__u64 cookie;		/* SO_COOKIE; 0: the kernel has not given it one yet */
	__u64 inode;		/* the number in socket:[N] */
	__u16 family, type, protocol;
	__u8 state;		/* TCP_ESTABLISHED, ... of any family */
	__u8 pad;
	__u16 local_len, remote_len;	/* 0: unbound, not connected */
	__u32 peer;		/* of a unix socket that a descriptor names: the inode of the one that it is connected to */
	__u8 addr[];
};

#endif
