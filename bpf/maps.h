/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The maps, what is in them, and what user space tells us. User space creates those whose value size depends on snaplen. */
#ifndef LYM_MAPS_H
#define LYM_MAPS_H

#include "kernel.h"
#include "event.h"
#include "config.h"

#define IOVS 64			/* iovecs looked at in one message */
#define IOVS_TOLD 16		/* and told of */
#define MMSGS 64		/* messages looked at in one recvmmsg or sendmmsg */
#define ADDR_MAX 128
#define ARGS 8			/* a system call has six; so an index is bounded by a mask */
#define NONE (~0u)

#define ADDR_MAPPED 2

enum { OUT_KERNEL = 1, OUT_USER, OUT_UNREAD };

struct addr {
	u32 len;		/* 0: none */
	u32 set;		/* somebody looked: len 0 then means "no address"; ADDR_MAPPED: made from an IPv4 address, so the
				 * flow label is not known */
	u8 b[ADDR_MAX] __attribute__((aligned(8)));
};

struct iov {
	u64 base, len;
};

/* A struct msghdr or mmsghdr as 64-bit programs have it. */
struct user_msghdr {
	u64 name;
	u32 namelen, pad;
	u64 iov, iovlen, control, controllen;
	u32 flags, pad2;
	u32 len, pad3;		/* of a mmsghdr; not part of a msghdr */
};

/* Progress of a loop over memory. It lives here and not on the stack: so the verifier sees the same state on every turn. */
struct walk {
	u64 from;		/* address to read */
	u64 next;		/* of an skb: the next one of its frag_list */
	u64 frags;		/* of an skb: address of the next page fragment */
	u32 nfrags, skip;	/* fragments left; bytes to step over */
	u32 piece_left;		/* of an skb: bytes left in this part */
	u32 to;			/* offset in the area */
	u32 left;
	u32 i, n, done;		/* entry of stage.iov, entries, bytes done of this one */
	u32 at;			/* offset in the area of the bytes to compare with */
	u32 piece;		/* bytes in stage.scratch */
	u32 differs;
	u32 pad;
};

/* The same over the descriptors in structs: what lym_lead they are, where they lie in the area, and which is next. */
struct members {
	u32 field, at, n, lead;
	u32 off, k;
};

/* A datagram at the head of a UDP queue, seen before it is dequeued; see udp.h. */
struct head {
	u64 skb, next;		/* the datagram (0: the queue was empty), and the one behind it (0: none) */
	u64 next_print;		/* what that one looks like: its address alone may come again */
	u64 csum;		/* csum_drops then */
	u32 len;		/* its payload in bytes */
	u32 got;		/* bytes of it captured */
	u32 arrivals, gen;	/* of the socket, before it was looked at */
	u32 hooked;		/* its bytes will come through the copy hook */
	u32 pad;
	struct addr from;
};

/* What is known of a UDP socket that traced tasks may receive from. */
struct udp {
	u32 arrivals;		/* datagrams queued since we know it */
	u32 gen;		/* receives completed, by anybody */
	u32 reader;		/* tid of the first one who received */
	u32 shared;		/* others do, too */
	u32 writers;		/* CPUs that want to look at the queue just now: only the first may */
	u32 seq;		/* odd while it does */
	struct walk walk;
	struct head head;
	u8 data[] __attribute__((aligned(8)));	/* udp_room bytes, and LYM_SLACK */
};

/* Where a closed message's items lie in the area; NOWHERE: it has none from the kernel. */
struct closed {
	u32 namelen_in;		/* of the caller's msghdr before the call */
	u16 data_at, data_len, addr_at;
	u16 why;		/* LYM_I_AMBIG if the kernel's payload is missing because it could be another's */
};

#define NOWHERE 0xffff

struct rec {
	struct lym_hdr h;
	u64 cell[LYM_CELLS];
	u8 area[];		/* config.area bytes of items, and LYM_SLACK */
};

/* The memory of a record between calls. Those of signals are made with the receiver's siglock held, its end is its own. */
struct note {
	u8 rec[sizeof(struct rec) + LYM_BLOCK * 2] __attribute__((aligned(8)));
	u8 ran;
};

/* A send that io_uring has been given and not done yet, by socket: where its bytes lie. */
struct uring_send {
	u64 ptr, len;
	u32 op;			/* IORING_OP_* */
	u32 pending;		/* more than one: nobody can say which is which */
};

/* What a send has so far, put aside while io_uring receives in its midst. */
struct aside {
	u64 entered, sk, inode;
	u32 flags, len, items, nmsg;
	struct addr kaddr, from;
};

/* Hooks whose programs are there twice, see done(). */
enum { RAN_ENTER, RAN_EXIT, RAN_COPY, RAN_RECV, RAN_SEND, RAN_SUBMIT, RAN_HOOKS = 8 };

struct stage {
	u64 entered;		/* ktime at the entry of the call under way; 0: none is */
	u64 args[ARGS];
	u64 regs[ARGS];		/* of a 32-bit call, before the arguments are made of them */
	u32 nr;			/* its row */
	u32 number;		/* as the caller gave it */
	u32 role;
	u32 flags;		/* MSG_* */
	u32 in_read;		/* messages of which the caller's address length was read before the kernel wrote it */
	u64 sk;			/* kernel address of the socket: where only the fd tells, the one behind it; 0: not known yet */
	u64 inode;
	/* Of the receive that completes. Volatile: what is asked again and again is read anew each time, so no answer multiplies the
	 * verifier's paths. */
	volatile s32 now_ret;	/* bytes or -errno */
	volatile u32 now_flags;	/* MSG_* */
	volatile u32 now_kind;	/* of its socket: KIND_* */
	volatile u32 now_sure, now_got, now_full;	/* its payload is the kernel's; bytes of it in the area; bytes delivered */
	u32 now_slot;		/* where in msg it is; the last is for all that are too many */
	u32 sk_sure;		/* a hook of the socket layer confirmed sk */
	u32 proto;

	u32 len, items;		/* of the record's area */
	u32 nmsg;		/* messages closed */
	u32 msg_at;		/* where the last message's items begin */
	u32 got, full;		/* bytes captured of, delivered by, the message under way */
	u32 copies;
	u32 peeked;
	u32 ambiguous;		/* the last message's payload could not be told from another's */
	u32 len_in;		/* *addrlen before the kernel wrote it */
	u32 out_len, out_flags;	/* what it is after; OUT_*, 0: not known yet */
	u32 room;		/* size of the caller's buffer; NONE: not known */
	u32 orphan;		/* the skb under way named no socket */
	u32 len_unread;		/* len_in could not be read */
	u32 whole;		/* bytes of the datagram under way, also beyond the caller's buffer; 0: a stream */
	struct uring_send uring;	/* the request that is being done */
	struct aside aside;	/* aside.entered: in use */
	u32 cut;		/* LYM_F_CUT: something found no room in the area */
	u8 ran[RAN_HOOKS];	/* 1, 2: this one of two programs has run last, and the other one not since */
	u32 implicit;		/* a receive without a call of ours is under way */
	struct addr kaddr;	/* what a cgroup hook said */
	struct addr from;	/* what the skb said */
	struct head head;	/* the datagram that this receive takes, if it is proved */
	u32 head_own;		/* it was looked at during this call */
	u32 proved;		/* it is, even if its bytes cannot be had */
	struct closed msg[MMSGS];
	struct iov iov[IOVS];
	struct walk walk;
	struct members members;
	u8 sock[32 + 2 * ADDR_MAX];	/* struct lym_sock, filled */
	u32 sock_len;
	u32 told;		/* LYM_F_TOLD: this call blocked, and that was told */
	u32 flew;		/* 1 + the number of a call that was under way when tracing began, and has been told; 0: none */
	u64 plain;
	u64 tables;		/* the current task's page tables: see usermem.h */
#if OLD
	struct pt_regs user_regs;	/* see task_regs() */
	struct note note;		/* where tasks have no storage */
#endif
	struct user_msghdr msghdr;	/* of the caller: here and not on the stack, of which there is no more before Linux 6.13 */
	u8 scratch[LYM_CHUNK_MAX + 8];
	struct rec rec;
};

const volatile struct lym_config config = { .snaplen = 64, .chunk = 64, .chunks = 1, .udp_room = 64, .udp_max = 64, .area = 8192, .control = 512 };
const volatile struct lym_scope_term terms[LYM_SCOPE_TERMS] = {};
const volatile struct lym_row rows[LYM_ROWS] = {};
const volatile __u16 parts[LYM_MUXES][LYM_PARTS] = {};	/* rows of the calls that are several; 0: there is no such part */

__u32 stack_bytes = 0;	/* of a task in the kernel, where nothing else tells where its registers are: see pages.c */
__u64 registers_at = 0;	/* where on it they are, of every task; 0: not known */

#if OLD
#include "old.h"
#else
/* Read a member of a kernel object whose address we have only as a number: a typed load, far cheaper than a probe read. */
#define GET(p, field) ({ typeof(p) _p = (p); ((typeof(_p))bpf_rdonly_cast(_p, TYPE_ID(_p)))->field; })
/* A loop until a step returns 1, the second one on the stage st: old.h has to do it otherwise. */
#define SHORT_LOOP(n, step, st) bpf_loop(n, step, st, 0)
#define LOOP(n, step, st, side) bpf_loop(n, step, &st, 0)
#define STEP(step)
#define APART __noinline
#define current_task() bpf_get_current_task_btf()

/* Argument n of a function, as a number. */
static __always_inline u64 func_arg(void *ctx, u32 n)
{
	u64 v = 0;

	bpf_get_func_arg(ctx, n, &v);
	return v;
}

/* Count one more in a number of this CPU; what it is then. Only interrupts come in between: see ALONE(). */
static __always_inline u64 one_more(u64 *n)
{
	return ++*(volatile u64 *)n;
}
#endif

/* Eight bytes of kernel memory at any address, likewise (any type that begins with such a number will do); 0 where nothing
 * is mapped. */
static __always_inline u64 load64(u64 address)
{
	return GET((struct timespec64 *)address, tv_sec);
}

/* A helper call costs more than these moves. dst and src: memory with room for 8 * words bytes. */
static __always_inline void move_words(void *dst, const void *src, u32 words)
{
	u64 *d = dst;
	const u64 *s = src;

#pragma unroll
	for (u32 i = 0; i < words; i++)
		d[i] = s[i];
}

/* Seldom, so in few instructions. */
static __always_inline void addr_copy(struct addr *dst, const struct addr *src)
{
	bpf_probe_read_kernel(dst, sizeof(*dst), src);
}

/* The same out of kernel memory. */
static __always_inline void load_words(void *dst, u64 address, u32 words)
{
	u64 *d = dst;

#pragma unroll
	for (u32 i = 0; i < words; i++)
		d[i] = load64(address + i * 8);
}

/* Are there no storage of tasks and no instructions that exchange? */
#if OLD
#define BARE config.bare
#else
#define BARE false
#endif

/* Written by both sides while running. */
__u32 sleeping = 0;	/* user space sleeps and wants to be woken */
__u64 page_base = 0;	/* see page_address(); 0: not known */
__u64 direct_base = 0;	/* where the kernel maps physical memory; 0: not known */
__u32 five_levels = 0;	/* of page tables, not four */
__u32 want_late = 0;	/* a receive could not be told from another: its address, at least, can be had from the recvmsg hooks */
__u64 csum_drops = 0;	/* datagrams thrown away by a reader for a bad checksum */

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct stage);
} stages SEC(".maps");

/*
 * Newer kernels take task storage from an allocator that has no more than 8 KiB in one piece (-ENOMEM). There the stages are
 * in arrays, as many as user space has made so far, and a task has the number of its own: its slot. Slot 0 stays all zeros.
 */
struct slot {
	u32 array, i;		/* of its stage: keys, where no program has to have them on its stack, which is short */
} __attribute__((aligned(8)));

struct stage_array {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(u32));
	__uint(value_size, sizeof(struct stage));	/* and its area */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, LYM_POOL_ARRAYS);
	__type(key, u32);
	__array(values, struct stage_array);
} pool SEC(".maps"), side_pool SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct slot);
} slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, 1);
	__uint(value_size, sizeof(u32));
} free_slots SEC(".maps");

__u32 pool_slots = 0;		/* that there are */
__u32 pool_taken = 0;

/* A second one for a socket_* event that is made while the call's own record grows. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct stage);
} sides SEC(".maps");

/* Has an entry for each task of the traced trees. Like the slots, it is a hash by the tasks' addresses where they have no storage. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, u32);
} tree SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct udp);
} udps SEC(".maps");

/* By socket. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, struct uring_send);
} uring_sends SEC(".maps");

struct ring {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(u32));
	__uint(value_size, sizeof(struct lym_ring));	/* and its data */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, LYM_CPUS_MAX);
	__type(key, u32);
	__array(values, struct ring);
} rings SEC(".maps");

/* Nothing is sent through it: it wakes user space. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);	/* user space makes it of one page, whatever that is */
} bell SEC(".maps");

/* LYM_COUNTERS of each CPU, which user space looks at where they are. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, LYM_COUNTERS);	/* times the number of CPUs */
	__type(key, u32);
	__type(value, u64);
} counts SEC(".maps");

static __always_inline void count(u32 event, u32 cause)
{
	u32 k = bpf_get_smp_processor_id() * LYM_COUNTERS + event * LYM_CAUSES + cause;
	u64 *n = bpf_map_lookup_elem(&counts, &k);

	if (n)
		one_more(n);
}

/* A payload of that event was told as U. */
static __always_inline void count_user(u32 event, u32 why)
{
	count(event, why ? FIELD_AMBIGUOUS : FIELD_NO_COPY);
}

/* Is the call under way one of a 32-bit program? */
static __always_inline bool compat(struct stage *st)
{
	return st->nr >= LYM_COMPAT;
}

/* Wake user space if it sleeps. */
static __always_inline void wake(void)
{
	u32 zero = 0;

	if (*(volatile u32 *)&sleeping) {
		*(volatile u32 *)&sleeping = 0;
		bpf_ringbuf_output(&bell, &zero, sizeof(zero), BPF_RB_FORCE_WAKEUP);
	}
}

/*
 * Nobody else's program comes between on this CPU, but those of interrupts: most kernels see to it, newer ones let programs of
 * tracepoints be preempted. Without it the next task's events would be skipped by the kernel (recursion_misses), the counters
 * and numbers of a CPU be wrong, and a record wait for its writer.
 */
#define ALONE(statement) do { \
	if (config.preemptible) \
		bpf_preempt_disable(); \
	statement; \
	if (config.preemptible) \
		preempt_later(); \
} while (0)

/* Where a task is due to go, it goes at once when it is allowed to, unless interrupts are off: then a moment later, and our program
 * has ended. */
static __always_inline void preempt_later(void)
{
	unsigned long flags;

	bpf_local_irq_save(&flags);
	bpf_preempt_enable();
	bpf_local_irq_restore(&flags);
}

/* BPF_PROG() for a program that is so from beginning to end, unless its twin has run. */
#define ALONE_PROG(name, args...) ALONE_PROG_UNLESS(0, name, args)
#define TWIN_PROG(hook, name, args...) ALONE_PROG_UNLESS(done(hook), name, args)
#define ALONE_PROG_UNLESS(unless, name, args...) \
name(unsigned long long *ctx); \
static __always_inline int alone_##name(unsigned long long *ctx, ##args); \
int name(unsigned long long *ctx) \
{ \
	int ret; \
\
	if (unless) \
		return 0; \
	_Pragma("GCC diagnostic push") \
	_Pragma("GCC diagnostic ignored \"-Wint-conversion\"") \
	ALONE(ret = alone_##name(___bpf_ctx_cast(args))); \
	_Pragma("GCC diagnostic pop") \
	return ret; \
} \
static __always_inline int alone_##name(unsigned long long *ctx, ##args)

#endif
