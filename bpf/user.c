// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Functions of libraries (schema/user.def): which one a hook is at says its number, by which user space has left a place. A
 * function is told when it returns, with what its thread kept since it began.
 */
#include "emit.h"
#include "scope.h"
#include "value.h"

#define NEST 4			/* functions that a thread can be in at once: a power of two */
#define ADDRESSES 32		/* that are told */
#define ADDRESSES_COUNTED 256
#define TEXT_MAX 1024		/* bytes of a name: longer ones are in no domain */
#define HINTS 16		/* bytes of a struct addrinfo before its pointers */

/* A function that has been called and has not returned. */
struct called {
	u64 sp;			/* where the stack was, which says which call it is; 0: none */
	u64 args[4];
	u64 began;
	u64 place;
	u64 sk, inode;		/* of the socket that it used last; 0: none */
	u32 fd;			/* by this descriptor */
	u32 error;		/* an errno, if that went wrong */
};

struct calls {
	struct called call[NEST];
	u32 last;		/* the one that began last */
	u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct calls);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LYM_PLACES);
	__type(key, u64);
	__type(value, struct lym_place);
} places SEC(".maps");

/* The socket that a TLS session used last: it can have data left of which the library asks no socket. */
struct session {
	u64 address;
	u64 tgid;
};

struct session_socket {
	u64 sk, inode;
	u64 fd;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct session);
	__type(value, struct session_socket);
} sessions SEC(".maps");

/* Processes of the scope that have mapped executable files: user space looks for functions in there. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, LYM_LOADS);
	__uint(value_size, sizeof(struct lym_load));
} loads SEC(".maps");

__u64 loads_missed = 0;		/* that found no room in there */

/* These programs can be preempted on every kernel. (On those of old.h only where the kernel preempts itself: they are not used there.)
 *
 * UPROBE_PROG(): kernels from 6.13 on give a program whose variables take 64 bytes a stack that is the CPU's, and do not ask, as they do elsewhere,
 * whether a preempted one is on it: which would go on with the other one's pointers. So nobody comes in between, and the variables are those of a
 * function.
 *
 * UNPREEMPTED(): where there are no such stacks only what is a CPU's own affair must be alone: what is done last, and the storage of tasks, where
 * nobody makes anything on a CPU that has one preempted in there. No global function may be called meanwhile, before 6.15. */
#if OLD
#define UNPREEMPTED(statement) do { statement; } while (0)
#define UPROBE_PROG(name) int name(struct pt_regs *ctx)
#else
#define UNPREEMPTED(statement) do { \
	if (!config.stacks) \
		bpf_preempt_disable(); \
	statement; \
	if (!config.stacks) \
		bpf_preempt_enable(); \
} while (0)

#define UPROBE_PROG(name) \
int name(struct pt_regs *ctx); \
static __noinline int alone_##name(struct pt_regs *ctx); \
int name(struct pt_regs *ctx) \
{ \
	if (config.stacks) \
		bpf_preempt_disable(); \
	alone_##name(ctx); \
	if (config.stacks) \
		bpf_preempt_enable(); \
	return 0; \
} \
static __noinline int alone_##name(struct pt_regs *ctx)
#endif

/* Is the current task in scope? It is there once for all programs here, so that the object stays small for whoever needs none. */
__noinline int user_in_scope(void)
{
	struct task_struct *t = current_task();
	bool in;

	UNPREEMPTED(in = marks_hold(t));
	return in && (!config.looks || terms_hold(bpf_get_current_task()));
}

static __always_inline void lost(u64 place)
{
	struct lym_place *p = bpf_map_lookup_elem(&places, &place);

	if (!p)
		return;
	UNPREEMPTED({
		count(p->event, EVENT_MADE);
		count(p->event, LOST_NO_MEMORY);
	});
}

static __always_inline struct calls *calls_of(struct task_struct *t, bool create)
{
	return bpf_task_storage_get(&calls, t, 0, create ? BPF_LOCAL_STORAGE_GET_F_CREATE : 0);
}

/* ---- a function begins ---- */

SEC("uprobe/called")
UPROBE_PROG(user_called)
{
	struct task_struct *t = current_task();
	struct calls *all;
	struct called *c;
	u64 place, sp = REGS_SP(ctx);

	if (!user_in_scope())
		return 0;
	place = bpf_get_attach_cookie(ctx);
	UNPREEMPTED(all = calls_of(t, true));
	if (!all) {
		lost(place);
		return 0;
	}
	for (u32 i = 0; i < NEST; i++)		/* a call that did not return, but was jumped out of */
		if (all->call[i].sp == sp)
			all->call[i].sp = 0;
	all->last++;
	c = &all->call[all->last & (NEST - 1)];
	if (c->sp > sp)				/* we are still in that one */
		lost(c->place);
	c->sp = sp;
	FUNC_ARGS(ctx, c->args);
	c->place = place;
	c->sk = c->inode = c->fd = c->error = 0;
	c->began = bpf_ktime_get_ns();
	return 0;
}

/* ---- it uses a socket ---- */

/* Of the call that began last, and has not returned. */
static __always_inline void used(struct sock *sk, int ret)
{
	struct task_struct *t = current_task();
	struct calls *all = calls_of(t, false);
	struct called *c;
	u64 args[6], inode = 0;
	u32 back = 0;

	if (!all)
		return;
	while (back < NEST && !all->call[masked(all->last - back, NEST - 1)].sp)
		back++;
	if (back == NEST || (GET(t, flags) & PF_IO_WORKER))
		return;
	c = &all->call[masked(all->last - back, NEST - 1)];
	c->error = ret < 0 ? -ret : 0;
	REGS_ARGS((struct pt_regs *)bpf_task_pt_regs(t), args);
	if (fd_sock(t, args[0], &inode) != (u64)sk)
		return;
	c->sk = (u64)sk;
	c->inode = inode;
	c->fd = args[0];
}

#if OLD		/* as in recv.c and send.c: of the families that a TLS session can have */
SEC("fexit/sock_recvmsg")
int BPF_PROG(user_received_f, struct socket *so, void *msg, int flags, int ret)
{
	used(so->sk, ret);
	return 0;
}

#define USED_BY(function) \
	SEC("fexit/" #function) \
	int BPF_PROG(user_##function, struct socket *so, void *msg, u64 size, int ret) \
	{ \
		used(so->sk, ret); \
		return 0; \
	}

USED_BY(inet_sendmsg)
USED_BY(inet6_sendmsg)
USED_BY(unix_stream_sendmsg)
#else
SEC("tp_btf/sock_recv_length")
int ALONE_PROG(user_received, struct sock *sk, int ret, int flags)
{
	used(sk, ret);
	return 0;
}

SEC("tp_btf/sock_send_length")
int ALONE_PROG(user_sent, struct sock *sk, int ret, int flags)
{
	used(sk, ret);
	return 0;
}
#endif

/* ---- it returns ---- */

/* A text of the place's, as an item. */
static __always_inline void item_name(struct stage *st, u32 field, const char *text, u32 n, u32 max)
{
	if (area_room(st) < max)
		return;
	n = bound(n, max);
	bpf_probe_read_kernel(area_at(st, st->len + ITEM), n, text);
	item_pad(st, n);
	item_commit(st, field, LYM_DATA, LYM_I_KERNEL, n, n, 0);
}

/* What getaddrinfo found, one of them: schema/structs.def has it as addrinfo. */
struct address {
	u32 numbers[4];
	u32 len, pad;
	u64 addr[4];
};

struct user_addrinfo {
	u32 numbers[4];
	u32 len, pad;
	u64 addr, name, next;
};

/* The entry at walk.from; walk.n: how many there were; walk.differs: one could not be read. */
static long address_step(u64 i, struct stage **stp)
{
	struct stage *st = *stp;
	struct walk *w = &st->walk;
	struct user_addrinfo ai;
	struct address *a;
	u64 n;

	if (!w->from)
		return 1;
	if (bpf_probe_read_user(&ai, sizeof(ai), (void *)w->from)) {
		w->differs = 1;
		return 1;
	}
	w->from = ai.next;
	if (w->n++ >= ADDRESSES)
		return 0;
	a = area_at(st, w->to);
	for (int k = 0; k < 4; k++) {
		a->numbers[k] = ai.numbers[k];
		a->addr[k] = 0;
	}
	n = bound(ai.len, sizeof(a->addr));
	a->len = n && !bpf_probe_read_user(a->addr, n, (void *)ai.addr) ? n : 0;
	a->pad = 0;
	w->to += sizeof(*a);
	return 0;
}

static __always_inline void addresses(struct stage *st, u64 list)
{
	struct walk *w = &st->walk;
	u32 got;

	if (area_room(st) < ADDRESSES * sizeof(struct address))
		return;
	w->from = list;
	w->to = st->len + ITEM;
	w->n = w->differs = 0;
	SHORT_LOOP(ADDRESSES_COUNTED, address_step, &st);
	got = w->to - st->len - ITEM;
	st->rec.cell[4] = w->n;
	item_commit(st, 3, LYM_VALUE_IN, w->differs ? LYM_I_PART : 0, got, w->n * sizeof(struct address), 0);
}

static __always_inline void looked_up(struct stage *st, struct called *c, s64 ret)
{
	u64 list = 0;

	if (c->args[0])
		item_string(st, 0, c->args[0], TEXT_MAX);
	if (c->args[1])
		item_string(st, 1, c->args[1], TEXT_MAX);
	if (c->args[2])
		item_user(st, META(2, LYM_VALUE_IN, 0, 0), c->args[2], HINTS, HINTS);
	if (ret || bpf_probe_read_user(&list, sizeof(list), (void *)c->args[3]))
		return;
	st->rec.cell[3] = list;
	addresses(st, list);
}

/* The socket that the call used, or if it used none the one that the session did before, if the descriptor still is that one. */
static __always_inline void socket_used(struct stage *st, struct task_struct *t, struct called *c)
{
	struct session key = { c->args[0], GET(t, tgid) };
	struct session_socket s = { c->sk, c->inode, c->fd }, *before;
	u64 inode = 0;

	st->rec.cell[0] = NONE;
	if (s.sk) {
		bpf_map_update_elem(&sessions, &key, &s, BPF_ANY);
	} else {
		before = bpf_map_lookup_elem(&sessions, &key);
		if (!before)
			return;
		s = *before;
	}
	if (fd_sock(t, s.fd, &inode) != s.sk || inode != s.inode)
		return;
	st->rec.cell[0] = s.fd;
	sock_fill(st, s.sk, inode, 0);
	item_sock(st, st);
	if (config.sock_files)
		item_file(0, st->rec.cell[0], 0);
}

static __always_inline void moved(struct stage *st, struct task_struct *t, struct called *c, u32 how, s64 ret)
{
	u64 n = ret > 0 ? ret : 0;

	if (how == HOW_BEHIND && (ret != 1 || bpf_probe_read_user(&n, sizeof(n), (void *)c->args[3])))
		n = 0;
	st->rec.cell[2] = n;
	st->rec.cell[3] = c->error;
	socket_used(st, t, c);
	if (n && c->args[1])
		item_user(st, META(1, LYM_DATA, 0, 0), c->args[1], n, config.snaplen);
}

SEC("uprobe/returned")
UPROBE_PROG(user_returned)
{
	struct task_struct *t = current_task();
	struct calls *all;
	struct called *c;
	struct lym_place *p;
	struct stage *st;
	u32 at = NEST, how;
	s64 ret = FUNC_RET(ctx);
	u64 now = bpf_ktime_get_ns();

	UNPREEMPTED(all = calls_of(t, false));
	for (u32 i = 0; all && i < NEST; i++)
		if (all->call[i].sp == FUNC_CALLED_SP(ctx))
			at = i;
	if (!all || at == NEST)
		return 0;
	c = &all->call[masked(at, NEST - 1)];
	c->sp = 0;
	p = bpf_map_lookup_elem(&places, &c->place);
	if (!p)
		return 0;
	if (!config.sticky && !user_in_scope())
		return 0;
	UNPREEMPTED(st = with_tables(stage_of(t), t));
	if (!st) {
		lost(c->place);
		return 0;
	}
	how = p->how;
	if (how != HOW_SIZE)
		ret = (s32)ret;
	st->len = st->items = st->cut = 0;
	header(&st->rec.h, t, p->event, NONE, ret);
	st->rec.h.flags = 0;
	st->rec.h.duration = now - c->began;
	for (u32 i = 0; i < 4; i++)
		st->rec.cell[i] = c->args[i];
	st->rec.cell[4] = st->rec.cell[5] = 0;
	if (how == HOW_ADDRESSES) {
		looked_up(st, c, ret);
	} else {
		moved(st, t, c, how, ret);
		item_name(st, 4, p->function, p->function_len, sizeof(p->function));
	}
	item_name(st, 5, p->library, p->library_len, sizeof(p->library));
	UNPREEMPTED(emit(st));
	return 0;
}

/* Another session may be at the same address. */
SEC("uprobe/freed")
UPROBE_PROG(user_freed)
{
	struct task_struct *t = current_task();
	struct session key = {};
	u64 args[4];

	if (!user_in_scope())
		return 0;
	FUNC_ARGS(ctx, args);
	key.address = args[0];
	key.tgid = GET(t, tgid);
	bpf_map_delete_elem(&sessions, &key);
	return 0;
}

/* ---- files that are new ---- */

static __always_inline void look_there(struct task_struct *t, const char *path)
{
	struct lym_load load = {};

	if (!user_in_scope())
		return;
	load.pid = GET(t, tgid);
	if (path)
		bpf_probe_read_kernel_str(load.path, sizeof(load.path), path);
	if (bpf_map_push_elem(&loads, &load, 0))
		__sync_fetch_and_add(&loads_missed, 1);
	wake();
}

SEC("uprobe/loaded")
UPROBE_PROG(user_loaded)
{
	look_there(current_task(), NULL);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int ALONE_PROG(user_executed, struct task_struct *t, int old_pid, struct linux_binprm *bprm)
{
	look_there(t, bprm->interp);
	return 0;
}
