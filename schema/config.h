/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What user space tells the kernel side before loading (read-only data, so that the verifier removes what is not
 * asked for) and what both count. Included by both compilers.
 */
#ifndef LYM_CONFIG_H
#define LYM_CONFIG_H

#include "event.h"

#define LYM_SYSCALLS 512		/* rows by native number; every architecture's table fits, and the last is for what is in none */
#define LYM_COMPAT LYM_SYSCALLS		/* there begin those of 32-bit calls; at their end, those that are parts of a number (LYM_PARTS) */
#define LYM_ROWS 1024			/* a power of two */
#define LYM_PARTS 32			/* a power of two: parts that a number can have, and one */
#define LYM_CPUS_MAX 512
#define LYM_CHUNK_MAX 256		/* most bytes that the kernel side copies at once */
#define LYM_POOL_ARRAYS 256		/* of stages, at most */
#define LYM_ITER_BYTES 64			/* that are read of an iterator at once */
#define LYM_SLACK 512			/* room behind the last offset of an area, for what is written there in one go */

/* Functions that programs may call where the kernel has them, and the types of what programs read: their numbers are
 * known only when the kernel side is loaded. Until then these stand in its code instead. */
#define LYM_FUNCTIONS(X) \
	X(bpf_cast_to_kern_ctx) X(bpf_dynptr_from_skb) X(bpf_local_irq_restore) X(bpf_local_irq_save) X(bpf_preempt_disable) \
	X(bpf_preempt_enable) X(bpf_rdonly_cast)
#define LYM_TYPES(X) \
	X(bpf_sock_addr_kern) X(cgroup) X(cred) X(css_set) X(dentry) X(fdtable) X(file) X(files_struct) X(fs_struct) \
	X(inet6_skb_parm) X(inet_connection_sock) X(inet_sock) X(inode) X(io_rw) X(io_sr_msg) \
	X(kernfs_node) X(mm_struct) X(mnt_namespace) X(mount) X(msghdr) X(netlink_skb_parms) X(netlink_sock) X(nsproxy) X(packet_sock) \
	X(pid) X(pid_namespace) X(pipe_inode_info) X(pt_regs) X(signal_struct) X(sk_buff) X(skb_shared_info) X(super_block) X(sock) \
	X(sock_exterr_skb) X(socket) X(task_struct) X(tcp_skb_cb) X(tcp_sock) X(timespec64) \
	X(udp_sock) X(vfsmount) X(unix_address) X(unix_skb_parms) X(unix_sock) X(upid)

enum lym_id {
	LYM_ID_FIRST = 0x4c590000,
	LYM_ID_NEXT = LYM_ID_FIRST - 1,
#define LYM_ID(name) LYM_ID_##name,
	LYM_FUNCTIONS(LYM_ID)
	LYM_TYPES(LYM_ID)
#undef LYM_ID
	LYM_ID_twin,		/* 0; 1 in the second one of a program that is there twice */
	LYM_ID_END
};

/* What the kernel side fetches behind an argument. "Next" is the argument that follows. */
enum lym_capture {
	CAP_NONE,
	CAP_BUF_IN,		/* bytes, length in the next */
	CAP_BUF_OUT,		/* bytes, as many as the call returned */
	CAP_ADDR_IN,		/* struct sockaddr, length in the next */
	CAP_ADDR_OUT,		/* struct sockaddr, length behind the next */
	CAP_LEN_INOUT,		/* u32 before and after */
	CAP_OPT_OUT,		/* bytes, length behind the next */
	CAP_FD_PAIR,		/* int[2] after */
	CAP_MSG_IN, CAP_MSG_OUT,	/* struct msghdr */
	CAP_MMSG_IN, CAP_MMSG_OUT,	/* struct mmsghdr[], count in the next and in the return value */
	CAP_IOV_IN, CAP_IOV_OUT,	/* struct iovec[], count in the next */
	/* what has its size in lym_row.size: */
	CAP_INOUT,		/* before and after */
	CAP_LATER,		/* those from here on are looked at when the call has returned, also what it was given: by then it
				 * is in memory, and a page that is not cannot be read here */
	CAP_STRUCT_IN = CAP_LATER, CAP_STRUCT_OUT,
	CAP_ARRAY_IN, CAP_ARRAY_BEFORE,	/* count in the next, in the one before */
	CAP_ARRAY_OUT,		/* count returned */
	CAP_ARRAY_INOUT,	/* count in the next; given, and written */
	CAP_COUNTED_IN, CAP_COUNTED_OUT,	/* count in the second */
	CAP_PAGES_OUT,		/* one for each page of as many bytes as the second says */
	CAP_NODES_IN, CAP_NODES_OUT,	/* bits, as many as the next says less one, in words */
	CAP_REMAINING,		/* written if a signal came */
	CAP_CHOICE,		/* by another argument; lym_row.size: which lym_by */
	/* what has a size of its own: */
	CAP_DATA_IN,		/* bytes, length in the next */
	CAP_DATA_OUT,		/* bytes, as many as the call returned */
	CAP_DATA_BEFORE,	/* bytes, length in the one before */
	CAP_DATA_AT, CAP_DATA_AT_OUT,	/* bytes, length in what the second points at, lym_row.size bytes on */
	CAP_IOCBS,		/* struct iocb *[], count in the one before */
	CAP_MSGBUF_IN, CAP_MSGBUF_OUT,	/* a long, and bytes: as many as the next says, as the call returned */
	CAP_DIRENTS,		/* the same, not cut at snaplen */
	CAP_STR, CAP_STR_OUT,	/* up to a NUL */
	CAP_FDSET,		/* bits, as many as the first argument says, before and after */
	CAP_STRINGS,		/* char *[] up to a NULL */
	CAP_EXEC_PATH,		/* up to a NUL, before the program goes */
	CAP_SIGFRAME,		/* the signal mask on the stack */
	CAP_FD,			/* no pointer: a descriptor, whose file is told */
};

/* What a function of user.def returns: 0 or an error, and addresses behind the fourth argument; or how many bytes of the buffer in
 * its second argument were moved, in an int, in a size, behind the fourth argument if it returns 1. */
enum lym_how {
	HOW_ADDRESSES, HOW_INT, HOW_SIZE, HOW_BEHIND,
	HOW_EVENTS,
	HOW_FREED = HOW_EVENTS,	/* the TLS session in its first argument is no more */
	HOW_LOADED,		/* a dynamic linker has mapped or unmapped something, and tells a debugger that stops here */
};

/* A function of a file: what the kernel side finds by the number of the hook. */
struct lym_place {
	__u16 event;
	__u16 how;		/* enum lym_how */
	__u32 function_len, library_len;
	char function[32];
	char library[256];
};
#define LYM_PLACES 1024		/* at most */
/* A process that has mapped executable files and was not looked at yet. */
struct lym_load {
	__u32 pid;
	char path[252];		/* of the program that it has just become; "": it is an older one */
};
#define LYM_LOADS 1024		/* at most */

/* What a system call does to the socket in its first argument; decides which kernel hooks serve it. */
enum lym_role {
	ROLE_NONE,
	ROLE_RECV,
	ROLE_SEND,
	ROLE_SOCK,		/* something else */
};

/* Where a 32-bit call has its arguments, if not in registers in their order. */
enum lym_mux {
	MUX_NONE,
	MUX_MEMORY,		/* behind the first register */
	MUX_SOCKET,		/* socketcall: behind the second; the first is the part */
	MUX_IPC,		/* ipc: in registers, by the part */
	LYM_MUXES = 4,		/* a power of two */
};

/* What a field of a 32-bit call is made of: lym_row.arg, in which the first register's index is above this. */
enum lym_arg32 {
	ARG32_PLAIN,
	ARG32_SIGNED,
	ARG32_PAIR, ARG32_HIGH,	/* two registers, the lower half first; the upper one */
	ARG32_PAGES,		/* in pages */
	ARG32_ID,		/* a user's or a group's number of 16 bits */
	ARG32_BITS = 4,
};

#define ROW_RETURNS_FD 0x80	/* of lym_row.files */

/* lym_row.when */
#define ROW_ENTER	0x01	/* look at the call when it begins */
#define ROW_EXIT	0x02	/* and when it returns */
#define ROW_WANTED	0x04	/* make a record then */
#define ROW_COMPAT	0x08	/* the number is of interest as that of a 32-bit call */
#define ROW_TWICE	0x10	/* it returns in the child, too: with 0, which is no call of the child's */
#define ROW_LAST	0x20	/* it does not return: the record is made when it begins */
#define ROW_EXEC	0x40	/* if it succeeds the arguments are gone, and so may be its number */
#define ROW_COMPAT_ENTER 0x80	/* as ROW_COMPAT, when it begins */

struct lym_row {
	__u8 role;		/* enum lym_role; with ROLE_NONE the call has no socket */
	__u8 when;		/* ROW_*: the first thing asked, zero for most calls */
	__u8 flags_arg;		/* which argument has the MSG_* flags; 7: none */
	__u8 addr_arg;		/* which one points at an address that is returned; 7: none */
	__u8 len_arg;		/* which one points at the length of an address that is returned; 7: none */
	__u8 in;		/* bits: arguments read when the call begins */
	__u8 files;		/* bits: descriptors whose files are told; bit 7: of the one that is returned */
	__u8 out;		/* bits: arguments looked at when it returns, besides the buffer and the address of a receive */
	__u8 cap[8];		/* enum lym_capture */
	__u16 event;
	__u8 sized;		/* bits: structs whose size the next argument says */
	__u8 dirs;		/* bits: descriptors that can be AT_FDCWD */
	__u8 mux;		/* enum lym_mux */
	__u8 part;		/* which part it is, if the number alone says so */
	__u8 pad[2];
	__u8 arg[8];		/* enum lym_arg32 */
	__u32 size[8];		/* LYM_SIZE(): bytes that an argument points at (one of them); of strings: the most that are told */
};

/* What an argument points at by the value of another: lym_choice_key. */
struct lym_by_row {
	__u8 from;		/* which argument decides; 6 and more: the one before */
	__u8 cap;		/* for values that have no row */
	__u16 pad;
	__u32 size;
	__u32 mask;		/* of it */
	__u32 pad2;
	__u64 in32;		/* LYM_CHOICE() of 32-bit calls for those */
};

/* Row of the table of choices: LYM_CHOICE() of a 64-bit call, of a 32-bit one. */
struct lym_chosen {
	__u64 native, in32;
};

#define LYM_CHOICE_KEY(by, value) ((__u64)(by) << 32 | (__u32)(value))
#define LYM_CHOICE(cap, size) ((__u64)(cap) << 32 | (size))
#define LYM_PATH_MAX 4095	/* without the NUL */
#define LYM_NETLINK 4096	/* bytes of netlink messages that are told, at least */

/*
 * Pointers inside a struct to arrays, whose length is another member, one behind the other: of structs whose elements lead on, or
 * that have many of them. lym_row.size and choices of structs have which one it is above the size (LYM_SIZE); 0: there is none.
 */
struct lym_inner {
	__u8 ptr, count, count_size;	/* where they are; bytes of the count */
	__u8 each_ptr, each_count;	/* where each element has a pointer to bytes, and 1, and their number in 4 bytes (where
					 * the pointer is: up to a NUL); 0: none has */
	__u8 next;		/* which one is another of the same struct; 0: this is the last */
	__u8 when;		/* only where the struct begins with that byte; 0: always */
	__u8 narrow;		/* bits: the pointer has 4 bytes, those of the elements have */
	__u16 size;		/* of one element */
};
#define LYM_NARROW 1
#define LYM_NARROW_EACH 2
#define LYM_CHAIN 10		/* of a struct at most */
#define LYM_EACH 8		/* of so many elements what they point at is told */
#define LYM_INNER_INDEX(k) (1 + (k) * 16)	/* of the item with what pointer k points at; those of its elements follow */
#define LYM_INNERS 128

/*
 * What a simpler struct leads to: up to four arrays, whose length is another member, and descriptors, also in structs inside it.
 */
#define LYM_LEAD_ARRAYS 4
#define LYM_LEAD_FDS 5
struct lym_lead {
	struct {
		__u16 ptr, count, count_size;		/* where they are; bytes of the count: 0: so many (count) */
		__u16 ptr_size;
		__u16 size;				/* of one element; 0: there is no such array */
		__u16 of;				/* which lym_lead an element is */
	} array[LYM_LEAD_ARRAYS];
	__u16 size;		/* of the struct */
	__u16 fds;
	__u16 fd[8];		/* where they are */
};
#define LYM_COUNT_NEXT 0xff	/* lym_lead.count_size: the next argument of the call says how many */
#define LYM_LEADS 128
#define LYM_SIZE(size, inner, lead) ((__u32)(lead) << 24 | (inner) << 16 | (size))
#define LYM_SIZE_INNER(v) ((v) >> 16 & 0xff)
#define LYM_SIZE_LEAD(v) ((v) >> 24)
#define LYM_SIZE_MAX 0xffff
#define LYM_BYS 128		/* a power of two that they fit in */

/* Who is traced: all terms must hold. A term holds if (task's value in values) != negate. */
enum lym_scope_kind {
	SCOPE_NONE,
	SCOPE_TREE,		/* marked tasks and what they fork; values are not looked at in the kernel */
	SCOPE_PID,		/* host pid (thread group) */
	SCOPE_UID,
	SCOPE_CGROUP,		/* cgroup v2 id of the task's cgroup or of one above it */
	SCOPE_COMM,
};

#define LYM_SCOPE_TERMS 8
#define LYM_SCOPE_VALUES 16

struct lym_scope_term {
	__u32 kind;		/* enum lym_scope_kind */
	__u32 negate;
	__u32 count;
	__u32 pad;
	__u64 value[LYM_SCOPE_VALUES];
	char comm[LYM_SCOPE_VALUES][16];
};

/* Why an event that was made did not reach the user, and why a field is less than it could be. */
enum lym_cause {
	LOST_RING_FULL,		/* the ring of this CPU had no room, or was just being written */
	LOST_NO_MEMORY,		/* no memory for the task's stage */
	LOST_CAUSES,		/* the causes from here on are no losses */
	FIELD_AMBIGUOUS = LOST_CAUSES, /* payload told as U because two receives could not be told apart */
	FIELD_NO_COPY,		/* payload told as U because no hook shows the kernel's copy of it */
	FIELD_UNREADABLE,	/* user memory that could not be read */
	EVENT_MADE,		/* events made, delivered or lost */
	LYM_CAUSES
};

#define LYM_COUNTERS ((LYM_EV_MAX * LYM_CAUSES + 7) & ~7)	/* of one CPU: event * LYM_CAUSES + cause, in cache lines of its own */

/*
 * The ring of one CPU: an array that both sides map. A record lies at data + (its position & lym_config.ring_mask) behind
 * its tag, and never in two pieces: behind the ring there is room for the longest. The tag is the position and lym_config.key,
 * written last, so nothing that was there before is mistaken for it; 8 + LYM_BLOCK * n bytes further on the next one begins.
 */
struct lym_ring {
	__u64 pos;		/* the kernel side's: where the next record begins */
	__u64 limit;		/* up to where there was room when it last looked */
	__u64 seq;		/* of the last record made, also of one that found no room */
	__u64 entered;		/* a program of an old kernel counts and claims, see bpf/emit.h */
	__u64 line[12];
	__u64 read;		/* the user side's: up to where it has read; two lines off, for they are fetched in pairs */
	__u64 line2[15];
	__u8 data[];
};

#define LYM_BLOCK 64
#define LYM_RING_SLACK (LYM_RECORD_MAX + 4096)

/* From one record's position to the next one's. */
#define LYM_STRIDE(len) (8 + (((len) + LYM_BLOCK - 1) & ~(__u64)(LYM_BLOCK - 1)))

/* Shared with user space, which writes before load. */
struct lym_config {
	__u64 key;		/* of this run, not to be guessed */
	__u32 ring_mask;	/* bytes of a ring less 8: records begin at multiples of that, and the verifier wants to see it */
	__u32 snaplen;		/* payload bytes captured a message */
	__u32 netlink;		/* the same of netlink sockets, whose messages strace tells whole */
	__u32 chunk;		/* bytes copied at once: a power of two, at least 64 */
	__u32 chunks;		/* that many of them make snaplen */
	__u32 udp_room;		/* bytes of a datagram that can be kept with its socket: chunk * chunks, or what the kernel gives */
	__u32 udp_max;		/* no more than that, and than snaplen */
	__u32 area;		/* bytes for items in one record */
	__u32 area_mask;	/* a power of two less 1, at least 1024 more than area; 0: no such mask fits */
	__u32 control;		/* bytes of control messages captured */
	__u32 socket_recv, socket_send;	/* those events are asked for */
	__u32 terms;		/* scope terms in use */
	__u32 marked, unmarked;	/* SCOPE_TREE, and the same negated: a task in scope must have the mark, must not have it */
	__u32 looks;		/* there are others, which look at the task */
	__u32 sticky;		/* who is in scope stays in it */
	__u32 duration;
	__u32 before, after;	/* an argument of some call is read when it begins, when it returns: else the programs for that are not
				 * even looked at by the verifier */
	__u32 buffers;		/* calls with several buffers, or io_uring's, are told */
	__u32 args32, muxes;	/* of the 32-bit calls that are told: bits of enum arg32 and of enum mux that occur */
	__u32 phases;		/* a call that blocks is told when it does */
	__u32 page_size;
	__u32 files;		/* what descriptors stand for is told */
	__u32 fd_socks;		/* sockets behind descriptors are told, as their paths are */
	__u32 sock_files;	/* of sockets also what is told of other files */
	__u32 each;		/* snaplen is for each buffer of readv, writev and the like */
	__u32 fprog, fprog32;	/* which lym_inner the program of a socket filter is */
	__u32 iocb;		/* and which one a struct iocb is */
	__u32 tracer;		/* our own pid */
	__u32 pooled;		/* the stages are in arrays of 2^pool_shift each: this kernel has no task storage of their size */
	__u32 pool_shift;
	__u32 preemptible;	/* programs of tracepoints can be preempted, unless they forbid it */
	__u32 guarded;		/* programs at functions can, which must not happen to them in the storage of tasks */
	__u32 stacks;		/* programs at functions of files can, and are given a stack that is the CPU's */
	__u32 twins;		/* and they often are, so those that matter are there twice */
	__u32 taken;		/* a function of the kernel hands over each UDP datagram that a receive takes */
	__u32 given;		/* and one the destination of each send */
	__u32 no_follow;	/* of what traced tasks make, only the workers of io_uring belong to the tree, which act for them */
	__u32 bare;		/* this kernel has no storage of tasks, and lacks what else came before 5.17: see bpf/old.h */
	__u32 births;		/* sockets are known from their birth, and the address of a receive can be had from a hook */
};

#endif
