/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The maps, and the stage: the memory in which the record of one task's call grows. It belongs to the task (task
 * storage), so no other program on this CPU and no migration can mix anything into it. User space creates the maps
 * whose value size depends on snaplen.
 */
#ifndef LYM_STAGE_H
#define LYM_STAGE_H

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
	u32 pad2;
	u32 in_read;		/* messages of which the caller's address length was read before the kernel wrote it */
	u64 sk;			/* kernel address of the socket: where only the fd tells, the one behind it; 0: not known yet */
	u64 inode;
	s32 now_ret;		/* of the receive that completes: bytes or -errno */
	u32 now_flags;		/* and its MSG_* */
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
	struct user_msghdr msghdr;	/* of the caller: here and not on the stack, of which there is no more before Linux 6.13 */
	u8 scratch[LYM_CHUNK_MAX + 8];
	struct rec rec;
};

const volatile struct lym_config config = { .snaplen = 64, .chunk = 64, .chunks = 1, .udp_room = 64, .udp_max = 64, .area = 8192, .control = 512 };
const volatile struct lym_scope_term terms[LYM_SCOPE_TERMS] = {};
const volatile struct lym_row rows[LYM_ROWS] = {};
const volatile __u16 parts[LYM_MUXES][LYM_PARTS] = {};	/* rows of the calls that are several; 0: there is no such part */

#if OLD
#include "old.h"
#else
/* Read a member of a kernel object whose address we have only as a number: a typed load, far cheaper than a probe read. */
#define GET(p, field) ({ typeof(p) _p = (p); ((typeof(_p))bpf_rdonly_cast(_p, TYPE_ID(_p)))->field; })
/* A loop of few turns, until a step returns 1. */
#define SHORT_LOOP(n, step, st) bpf_loop(n, step, st, 0)

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

/* The same out of kernel memory. */
static __always_inline void load_words(void *dst, u64 address, u32 words)
{
	u64 *d = dst;

#pragma unroll
	for (u32 i = 0; i < words; i++)
		d[i] = load64(address + i * 8);
}

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

/* Has an entry for each task of the traced trees. */
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

/* Index: event * LYM_CAUSES + cause. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LYM_EV_MAX * LYM_CAUSES);
	__type(key, u32);
	__type(value, u64);
} counts SEC(".maps");

static __always_inline void count(u32 event, u32 cause)
{
	u32 k = event * LYM_CAUSES + cause;
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

/* Set *p to now if it is was; what it was. The compiler makes it of no C for the instruction set that 5.10 knows. */
static __always_inline u64 compare_swap(u64 *p, u64 was, u64 now)
{
	register u64 r0 asm("r0") = was;
	register u64 *r1 asm("r1") = p;
	register u64 r2 asm("r2") = now;

	asm volatile(".8byte 0x000000f1000021db" : "+r"(r0) : "r"(r1), "r"(r2) : "memory");
	return r0;
}

/* ---- the stage of a task ---- */

static __always_inline struct stage *slot_at(void *arrays, const struct slot *slot)
{
	void *a = bpf_map_lookup_elem(arrays, &slot->array);

	return a ? bpf_map_lookup_elem(a, &slot->i) : NULL;
}

static __always_inline struct stage *slot_of(void *arrays, struct task_struct *t)
{
	struct slot *slot = bpf_task_storage_get(&slots, t, 0, 0);

	return slot && *(u64 *)slot ? slot_at(arrays, slot) : NULL;
}

/* A slot's stage is as new. */
static __always_inline void slot_clear(void *arrays, const struct slot *slot)
{
	struct slot zero = {};
	struct stage *st = slot_at(arrays, slot), *zeros = slot_at(&pool, &zero);

	if (st && zeros)
		bpf_probe_read_kernel(st, sizeof(*st), zeros);
}

/* Take a slot for a task. */
static __always_inline int slot_take_of(struct task_struct *t)
{
	struct slot slot;
	u64 *mine;
	u32 n = 0;

	if (!config.pooled)	/* before 6.8 what nobody calls is verified, too, and these maps are not there */
		return 0;
	mine = bpf_task_storage_get(&slots, t, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!mine || bpf_map_pop_elem(&free_slots, &n))
		return 0;
	slot.array = n >> config.pool_shift;
	slot.i = n & ((1u << config.pool_shift) - 1);
	slot_clear(&pool, &slot);
	if (config.socket_recv || config.socket_send)
		slot_clear(&side_pool, &slot);
	if (compare_swap(mine, 0, *(u64 *)&slot)) {		/* an interrupt took one meanwhile */
		bpf_map_push_elem(&free_slots, &n, 0);
		return 0;
	}
	__sync_fetch_and_add(&pool_taken, 1);
	if (*(volatile u32 *)&pool_taken * 2 > *(volatile u32 *)&pool_slots)
		wake();		/* so that there are more soon */
	return 0;
}

__noinline int slot_take(void)
{
	return slot_take_of(bpf_get_current_task_btf());
}

/* For the global functions, which are verified by themselves and fetch what they work on. */
static __always_inline struct stage *stage_or_side(u32 side)
{
	struct task_struct *t = bpf_get_current_task_btf();

	if (config.pooled)
		return side ? slot_of(&side_pool, t) : slot_of(&pool, t);
	return side ? bpf_task_storage_get(&sides, t, 0, 0) : bpf_task_storage_get(&stages, t, 0, 0);
}

/* The stage of the current task; create: make one. */
static __always_inline struct stage *stage_get(struct task_struct *t, bool create)
{
	struct stage *st;

	if (config.pooled) {
		st = slot_of(&pool, t);
		if (st || !create)
			return st;
		slot_take();
		return slot_of(&pool, t);
	}
	return bpf_task_storage_get(&stages, t, 0, create ? BPF_LOCAL_STORAGE_GET_F_CREATE : 0);
}

/* The stage of another task; it is made if need be. */
static __always_inline struct stage *stage_of(struct task_struct *t)
{
	if (config.pooled && !slot_of(&pool, t))
		slot_take_of(t);
	return stage_get(t, !config.pooled);
}

/* The stage beside that of the current task; it is made if need be. */
static __always_inline struct stage *side_get(struct task_struct *t)
{
	if (config.pooled)
		return slot_of(&side_pool, t);
	return bpf_task_storage_get(&sides, t, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/* A pointer as a number: what a global function may be given. */
static __always_inline u64 plain(struct stage *st, const void *p)
{
	*(volatile u64 *)&st->plain = (u64)p;
	return *(volatile u64 *)&st->plain;
}

/*
 * No more than max. A verifier knows config as constants; the asm keeps the compiler from proving the bound away, or from
 * testing a copy of the register.
 */
static __always_inline u64 bound(u64 v, u64 max)
{
	asm volatile("if %0 <= %1 goto +1\n%0 = %1" : "+r"(v) : "r"(max));
	return v;
}

/* The low bits of an index: one instruction, and one path for the verifier where bound() has two. m: a power of two less 1. */
static __always_inline u64 masked(u64 v, u64 m)
{
	asm volatile("%0 &= %1" : "+r"(v) : "r"(m));
	return v;
}

static __always_inline const volatile struct lym_row *row_at(u32 nr)
{
	return &rows[masked(nr, LYM_ROWS - 1)];
}

/* What a value is, through memory: the verifier forgets it, so paths that differ only in it become one again. */
static __always_inline u64 forgotten(struct stage *st, u64 v)
{
	*(volatile u64 *)&st->plain = v;
	return *(volatile u64 *)&st->plain;
}

/* These two are asked again and again: out of memory, each time anew, so that no answer multiplies the paths. */
static __always_inline s32 now_ret(struct stage *st)
{
	return *(volatile s32 *)&st->now_ret;
}

static __always_inline u32 now_flags(struct stage *st)
{
	return *(volatile u32 *)&st->now_flags;
}

/* Is this the second one of two? Known when it is loaded. */
static __always_inline u32 twin(void)
{
	u64 v;

	asm("%0 = %1" : "=r"(v) : "i"(LYM_ID_twin));
	return config.twins && v;
}

/*
 * Programs that can be preempted are there twice where it matters: for in the moments before and after ALONE() it still happens, and
 * then the kernel skips that program for all others on the CPU, but not its twin. Whichever of the two comes first does what is
 * to be done, and marks that; the other one finds the mark (and asks before anything else), and takes it away.
 */
static __always_inline void leave_mark(u8 *ran)
{
	if (config.twins)
		*ran = 1 + twin();
}

static __always_inline bool marked(u8 *ran)
{
	if (!config.twins || *ran != 2 - twin())
		return false;
	*ran = 0;
	return true;
}

/* The same of a task and a hook. If a mark of another hook is still there, the kernel has skipped who would have taken it away: it goes, or would be
 * taken for one of the next call. */
static __always_inline void did(struct stage *st, u32 hook)
{
	for (u32 i = 0; config.twins && i < RAN_HOOKS; i++)
		st->ran[i] = 0;
	leave_mark(&st->ran[hook]);
}

static __always_inline bool done(u32 hook)
{
	struct stage *st = config.twins ? stage_get(bpf_get_current_task_btf(), false) : NULL;

	return st && marked(&st->ran[hook]);
}

#define forget(st, v) ((v) = forgotten(st, v))

#endif
