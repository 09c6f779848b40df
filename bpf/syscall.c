// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * System calls, by table: one program at entry for the calls whose row asks for it, one at exit that makes the record.
 * Registers are the kernel's; what lies behind them is fetched as the row's capture classes say.
 */
#include "call.h"
#include "emit.h"
#include "message.h"
#include "path.h"
#include "scope.h"
#include "value.h"

static __always_inline u64 arg_after(struct stage *st, u32 i)
{
	return st->args[masked(i + 1, ARGS - 1)];
}

/* What argument i is, which is a choice. */
static __always_inline u32 chosen(struct stage *st, u32 i)
{
	u32 c = choice(st, i, row_at(st->nr)->size[masked(i, 7)]);

	for (u32 k = 0; k < 2 && c >> 24 == CAP_CHOICE; k++)	/* by yet another argument, or other bits of it */
		c = choice(st, i, c & 0xffffff);
	return c;
}

/* What the caller passes in is read when the call begins, before anybody learns that it does. */
__noinline int enter_arg(u32 i, u32 cap)
{
	struct stage *st = stage_get(bpf_get_current_task_btf(), false);
	struct user_msghdr m;
	u64 v, n;
	u32 iovs;

	if (!st)
		return 0;
	v = st->args[masked(i, ARGS - 1)];
	n = arg_after(st, i);
	if (!v)
		return 0;
	switch (cap) {
	case CAP_BUF_IN:
		item_user(st, META(i, LYM_DATA, 0, 0), v, n, payload_max(st->sk));
		break;
	case CAP_ADDR_IN:	/* kept aside: the kernel's own may come */
		n = bound((u32)n, ADDR_MAX);
		st->from.set = !bpf_probe_read_user(st->from.b, n, (void *)v);
		st->from.len = n;
		break;
	case CAP_LEN_INOUT:
		st->len_unread = bpf_probe_read_user(&st->len_in, 4, (void *)v) != 0;
		st->in_read = 1;
		break;
	case CAP_INOUT:
	case CAP_FDSET:
		n = cap == CAP_FDSET ? ((u32)st->args[0] + 63) / 64 * 8 : row_at(st->nr)->size[masked(i, 7)];
		item_user(st, META(i, LYM_VALUE_IN, 0, 0), v, n, ARRAY_MAX);
		break;
	case CAP_CHOICE:	/* what the call overwrites with its answer */
		n = chosen(st, i);
		if (n >> 24 == CAP_INOUT)
			item_user(st, META(i, LYM_VALUE_IN, 0, 0), v, n & LYM_SIZE_MAX, STRUCT_MAX);
		break;
	case CAP_EXEC_PATH:
		item_string(st, i, v, LYM_PATH_MAX);
		break;
	case CAP_STRINGS:
		item_strings(i, v);
		break;
	case CAP_SIGFRAME:
		item_user(st, META(i, LYM_VALUE_IN, 0, 0), v, 8, 8);
		break;
	case CAP_MSG_IN:
		if (!msg_read(st, &m, false, 0))
			break;
		iovs = item_msg(st, &m, m.namelen, 0);
		n = iov_total(st, iovs);
		item_gather(0, iovs, META(i, LYM_DATA, 0, 0), n, payload_max(st->sk));
		if (m.control && m.controllen)
			item_control(st, i, 0, m.control, m.controllen);
		if (m.name && m.namelen) {
			n = bound(m.namelen, ADDR_MAX);
			st->from.set = !bpf_probe_read_user(st->from.b, n, (void *)m.name);
			st->from.len = n;
		}
		break;
	}
	return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(entered, struct pt_regs *regs, long nr)
{
	const volatile struct lym_row *row = row_of(nr);
	struct task_struct *t;
	struct stage *st;

	if (!(row->when & ROW_ENTER))
		return 0;
	t = bpf_get_current_task_btf();
	if (COMPAT(t))
		return 0;
	st = stage_in_scope(t, true, NO_EVENT);	/* no memory: the exit sees that, too, and counts it */
	if (!st)
		return 0;
	begin(st, regs, nr, row);
	st->entered = config.duration ? bpf_ktime_get_ns() : ENTERED;
	if (row->role == ROLE_SEND || row->role == ROLE_SOCK)
		st->sk = fd_sock(t, st->args[0], &st->inode);
	for (u32 i = 0; row->files && i < 6; i++)
		if (row->files & (1 << i) && ((int)st->args[masked(i, ARGS - 1)] != AT_FDCWD || row->dirs & (1 << i)))
			item_file(i, st->args[masked(i, ARGS - 1)], 0);
	if (row->cap[0] == CAP_SIGFRAME)
		st->args[0] = SIGFRAME_MASK(regs);
	for (u32 i = 0; i < 6; i++)
		if (row->in & (1 << i))
			enter_arg(i, row->cap[i]);
	if (row->when & ROW_LAST) {
		header(&st->rec.h, t, row->event, nr, 0);
		st->rec.h.flags = LYM_F_ENTER;
		st->rec.h.duration = 0;
		move_words(st->rec.cell, st->args, LYM_CELLS);
		st->entered = 0;
		emit(st);
	}
	return 0;
}

/* One received message at exit: the caller's header, and its buffers against what the kernel delivered. */
__noinline int exit_message(u32 index, u32 mmsg)
{
	struct stage *st = stage_get(bpf_get_current_task_btf(), false);
	struct user_msghdr m;
	struct closed *c;
	u32 iovs, n;

	if (!st)
		return 0;
	c = &st->msg[masked(index, MMSGS - 1)];
	if (!msg_read(st, &m, mmsg, index)) {
		count(st->rec.h.event, FIELD_UNREADABLE);
		return 0;
	}
	if (index >= st->in_read)
		c->namelen_in = m.namelen;
	iovs = item_msg(st, &m, c->namelen_in, index);
	if (!mmsg && st->rec.h.ret < 0)
		return 0;
	if (index >= st->nmsg) {	/* no hook saw it */
		c->data_at = c->addr_at = NOWHERE;
		c->why = 0;
	}
	if (c->data_at != NOWHERE) {
		if (buffers_differ(st, iovs, c->data_at + ITEM, c->data_len))
			item_gather(0, iovs, META(1, LYM_DATA, LYM_I_TAMPER, index), c->data_len, c->data_len);
	} else {
		u64 total = mmsg ? m.len : st->rec.h.ret;

		count_user(st->rec.h.event, c->why);
		if (0 > item_gather(0, iovs, META(1, LYM_DATA, c->why, index), total, config.snaplen))
			count(st->rec.h.event, FIELD_UNREADABLE);
	}
	if (m.name && c->addr_at != NOWHERE) {
		struct lym_item *a = area_at(st, c->addr_at);

		n = a->len < c->namelen_in ? a->len : c->namelen_in;
		if (user_differs(st, m.name, c->addr_at + ITEM, n))
			item_tamper(st, 1, LYM_ADDR, index, m.name, n);
	}
	if (m.control && m.controllen)
		item_control(st, 1, index, m.control, m.controllen);
	return 0;
}

static long exit_mmsg(u64 i, u32 *n)
{
	if (i >= *n)
		return 1;
	exit_message(i, 1);
	return 0;
}

/* The buffer of recvfrom at exit. */
static __always_inline void exit_buffer(struct stage *st, u32 i, u64 v, s64 ret)
{
	struct closed *c = &st->msg[0];
	u32 n;

	if (ret < 0)
		return;
	if (st->nmsg && c->data_at != NOWHERE) {
		n = c->data_len < (u32)ret ? c->data_len : ret;
		if (user_differs(st, v, c->data_at + ITEM, n))
			item_tamper(st, i, LYM_DATA, 0, v, n);
		return;
	}
	if (ret > 0) {
		u32 why = st->nmsg ? c->why : 0;

		count_user(st->rec.h.event, why);
		if (ret > st->args[2])
			ret = st->args[2];
		if (0 > item_user(st, META(i, LYM_DATA, why, 0), v, ret, config.snaplen))
			count(st->rec.h.event, FIELD_UNREADABLE);
	}
}

/*
 * Where no hook brings the address, the socket has it: of unix and netlink sockets, its own for getsockname (and bind, if
 * the caller named it), its peer's for getpeername. Written to stage.kaddr.
 */
static __always_inline void addr_of_socket(struct stage *st)
{
	struct lym_sock *so = (void *)st->sock;
	u32 event = st->rec.h.event, n = so->local_len, off = 0;

	if (st->kaddr.set || !st->sock_len || (so->family != AF_UNIX && so->family != AF_NETLINK))
		return;
	if (event == LYM_EV_getpeername) {
		off = n;
		n = so->remote_len;
	} else if (event == LYM_EV_bind) {	/* where it was not the kernel that chose */
		if (so->family != AF_UNIX || (u32)st->args[2] <= 2)
			return;
	} else if (event != LYM_EV_getsockname) {
		return;
	}
	st->kaddr.set = 1;
	st->kaddr.len = n;
	bpf_probe_read_kernel(st->kaddr.b, ADDR_MAX, so->addr + bound(off, ADDR_MAX));
	if (!n) {	/* unnamed: the family alone, or with zeros */
		struct snl none = { .family = so->family };

		st->kaddr.len = so->family == AF_UNIX ? 2 : sizeof(none);
		*(struct snl *)st->kaddr.b = none;
	}
}

/* What the length of a returned address says now, read once. */
static __always_inline u32 out_length(struct stage *st, u64 ptr)
{
	if (!st->out_flags) {
		st->out_len = 0;
		st->out_flags = bpf_probe_read_user(&st->out_len, 4, (void *)ptr) ? OUT_UNREAD : OUT_USER;
	}
	return st->out_len;
}

/* An address that the call returned: what the kernel wrote, and whether it is still there. */
static __always_inline void exit_address(struct stage *st, u32 i, u64 v, s64 ret)
{
	struct closed *c = &st->msg[0];
	u32 n, at = NOWHERE;

	if (ret < 0)
		return;
	if (st->role == ROLE_RECV) {
		if (st->nmsg)
			at = c->addr_at;
	} else {
		addr_of_socket(st);
		if (st->kaddr.set) {
			at = st->len;
			item_addr(st, i, LYM_I_KERNEL, &st->kaddr, 0);
		}
	}
	if (!v)
		return;
	if (at != NOWHERE) {
		struct lym_item *a = area_at(st, at);

		/* the kernel writes how long it was, but of a packet socket's tells less than all bytes */
		if (st->role == ROLE_RECV && *(u16 *)area_at(st, at + ITEM) != AF_PACKET) {
			st->out_len = a->len;
			st->out_flags = OUT_KERNEL;
		}
		n = a->len < st->len_in ? a->len : st->len_in;
		if (user_differs(st, v, at + ITEM, n))
			item_tamper(st, i, LYM_ADDR, 0, v, n);
		return;
	}
	n = out_length(st, arg_after(st, i));
	if (st->len_in && n > st->len_in)
		n = st->len_in;
	if (n > ADDR_MAX)
		n = ADDR_MAX;
	if (n)
		item_user(st, META(i, LYM_ADDR, 0, 0), v, n, ADDR_MAX);
}

/* How long that address was, before and after; or another value whose length the kernel writes. */
static __always_inline void exit_length(struct stage *st, u32 i, u64 v)
{
	if (!v || area_room(st) < 2 * (ITEM + 8))
		return;
	if (st->in_read) {
		*(u64 *)area_at(st, st->len + ITEM) = st->len_in;
		item_commit(st, i, LYM_VALUE_IN, st->len_unread ? LYM_I_UNREAD : 0, st->len_unread ? 0 : 4, 4, 0);
	}
	*(u64 *)area_at(st, st->len + ITEM) = out_length(st, v);
	item_commit(st, i, LYM_VALUE,
		    st->out_flags == OUT_KERNEL ? LYM_I_KERNEL : st->out_flags == OUT_UNREAD ? LYM_I_UNREAD : 0,
		    st->out_flags == OUT_UNREAD ? 0 : 4, 4, 0);
}

#define AF_XDP 44
#define XDP_SHARED 1		/* the address names a descriptor */

/* A destination or own address that the call was given: the kernel's copy, else what the caller had at entry. */
static __always_inline void exit_given(struct stage *st, u32 i, u64 v, u64 n, s64 ret)
{
	u32 at = st->len;
	u32 skip;

	n = (u32)n;
	if (!v)
		return;
	if (ret >= 0)
		addr_of_socket(st);
	if (!st->kaddr.set) {
		if (st->from.set) {
			item_addr(st, i, 0, &st->from, 0);
			if (config.files && *(u16 *)st->from.b == AF_XDP && *(u16 *)(st->from.b + 2) & XDP_SHARED)
				item_file(i, *(int *)(st->from.b + 12), LYM_FD_INDEX(*(u32 *)(st->from.b + 12)));
		}
		else
			item_user(st, META(i, LYM_ADDR, 0, 0), v, n, ADDR_MAX);
		return;
	}
	item_addr(st, i, LYM_I_KERNEL, &st->kaddr, 0);
	if (n > st->kaddr.len)
		n = st->kaddr.len;
	skip = st->kaddr.set == ADDR_MAPPED && n == 28 ? 8 : 0;
	if (user_differs(st, v + skip, at + ITEM + skip, skip ? 16 : n))
		item_tamper(st, i, LYM_ADDR, 0, v, n);
}

/* An argument that no socket has a hand in. */
static __always_inline void exit_pointer(struct stage *st, u32 i, u32 cap, s64 ret)
{
	u32 size = row_at(st->nr)->size[masked(i, 7)], c;

	if (cap == CAP_CHOICE) {
		c = chosen(st, i);
		cap = c >> 24;
		size = c & 0xffffff;
		if (st->rec.h.event == LYM_EV_bpf && size)	/* the last argument says how many bytes there are */
			size = st->args[2] < (size & LYM_SIZE_MAX) + EXTRA ? LYM_SIZE((u32)st->args[2], size >> 16) : size + EXTRA;
	}
	if (cap == CAP_FD) {
		if (config.files)
			item_file(i, st->args[masked(i, ARGS - 1)], 0);
		return;
	}
	if (!st->args[masked(i, ARGS - 1)])
		return;
	if (cap == CAP_STR || cap == CAP_STR_OUT)
		exit_string(i, cap, ret, size);
	else
		exit_value(i, cap, ret, size);
}

__noinline int exit_arg(u32 i, u32 cap, s64 ret)
{
	struct stage *st = stage_get(bpf_get_current_task_btf(), false);
	u32 k = 0;
	u64 v;

	if (!st)
		return 0;
	v = st->args[masked(i, ARGS - 1)];
	switch (cap) {
	case CAP_ADDR_IN:
		exit_given(st, i, v, arg_after(st, i), ret);
		break;
	case CAP_OPT_OUT:
		if (ret < 0)
			break;
		bpf_probe_read_user(&k, 4, (void *)arg_after(st, i));
		if (st->args[1] == SOL_SOCKET && st->args[2] == SO_ATTACH_FILTER)	/* SO_GET_FILTER, in instructions */
			k = k < ARRAY_MAX ? k * 8 : ARRAY_MAX;
		item_user(st, META(i, LYM_DATA, 0, 0), v, k, ARRAY_MAX);
		break;
	case CAP_FD_PAIR:
		if (ret < 0)
			break;
		k = st->len + ITEM;
		if (item_user(st, META(i, LYM_VALUE, 0, 0), v, 8, 8) >= 0 && config.files)
			item_files(st, i, k, 4, 2);
		break;
	case CAP_IOV_IN:
	case CAP_IOV_OUT:
		exit_iov(i, cap, ret);
		break;
	default:
		exit_pointer(st, i, cap, ret);
		break;
	case CAP_MSG_OUT:
		exit_message(0, 0);
		break;
	case CAP_MMSG_OUT:
		k = ret > 0 ? ret : 0;
		bpf_loop(MMSGS, exit_mmsg, &k, 0);
		break;
	case CAP_MSG_IN:
		if (st->kaddr.set || st->from.set) {
			struct user_msghdr m = {};

			msg_read(st, &m, false, 0);
			exit_given(st, i, m.name, m.namelen, ret);
		}
		break;
	}
	return 0;
}

/* The socket, where no hook of the socket layer has told it: the one behind the descriptor, if it still is. */
__noinline int exit_socket(void)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct stage *st = stage_get(t, false);
	u64 inode = 0, sk;

	if (!st)
		return 0;
	sk = fd_sock(t, st->args[0], &inode);
	if (sk && sk == st->sk && inode == st->inode)
		sock_fill(st, sk, inode, 0);
	return 0;
}

/* A 32-bit call: its number, of a table of its own, and its registers. */
static __always_inline void exit_compat(struct task_struct *t, struct pt_regs *regs, u32 nr, s64 ret)
{
	struct stage *st = stage_in_scope(t, true, LYM_EV_syscall);

	if (!st || (!ret && COMPAT_TWICE(nr)))
		return;
	st->len = st->items = st->cut = 0;
	header(&st->rec.h, t, LYM_EV_syscall, nr, ret);
	st->rec.h.flags = LYM_F_COMPAT;
	st->rec.h.duration = 0;
	REGS_ARGS32(regs, st->rec.cell);
	st->entered = 0;
	emit(st);
}

#define RESTART (-512)			/* -ERESTARTSYS, the first of those that make the kernel restart a call */
#define SIGNAL_GROUP_EXIT 0x4

/* Has it been killed, with its process or for another thread's execve? */
static __always_inline bool dying(struct task_struct *t)
{
	struct signal_struct *s = GET(t, signal);

	return (GET(s, flags) & SIGNAL_GROUP_EXIT) ||
	       (bpf_core_field_exists(struct signal_struct, group_exec_task) && GET(s, group_exec_task));
}

#define RETURNED (~0ull)		/* what the number is made when a signal handler returns, so that nothing is restarted */

SEC("tp_btf/sys_exit")
int BPF_PROG(exited, struct pt_regs *regs, long ret)
{
	u64 nr = REGS_NR(regs);
	const volatile struct lym_row *row = row_of(nr);
	struct task_struct *t;
	struct stage *st;

	if (!(row->when & (ROW_EXIT | ROW_COMPAT)) || (!ret && (row->when & ROW_TWICE)))
		return 0;
	t = bpf_get_current_task_btf();
	if (COMPAT(t)) {	/* not decoded yet: told raw or counted, so that nobody takes silence for truth */
		if (config.compat) {
			exit_compat(t, regs, nr, ret);
		} else if ((row->when & ROW_COMPAT) && in_scope(t)) {
			count(LYM_EV_lost, EVENT_MADE);
			count(LYM_EV_lost, LOST_COMPAT);
		}
		return 0;
	}
	if (!(row->when & ROW_EXIT))
		return 0;
	st = stage_in_scope(t, (row->when & ROW_WANTED), row->event);
	if (!st)
		return 0;
	if (nr == RETURNED && st->entered && row_at(st->nr)->cap[0] == CAP_SIGFRAME) {
		nr = st->nr;
		row = row_at(nr);
	}
	if (row->event == LYM_EV_execve && st->entered && row_at(st->nr)->event == LYM_EV_execveat) {	/* the kernel makes it one */
		nr = st->nr;
		row = row_at(nr);
	}
	if (!(row->when & ROW_WANTED)) {
		st->entered = 0;
		return 0;
	}
	if (!st->entered || st->nr != nr) {	/* no hook saw it: refused by seccomp, a bad descriptor, or no socket's affair */
		begin(st, regs, nr, row);
		if (row->role == ROLE_SEND || row->role == ROLE_SOCK)
			st->sk = fd_sock(t, st->args[0], &st->inode);
	}
	if (st->told && ret <= RESTART && dying(t))	/* it never returns to the program: its end tells that */
		return 0;
	if (ret < 0 && row->role == ROLE_RECV && st->nmsg)	/* received, but the address did not fit: it failed */
		st->len = st->items = 0;
	if (!st->sk_sure && st->sk)
		exit_socket();
	header(&st->rec.h, t, row->event, nr, ret);
	st->rec.h.flags = st->told;
	st->rec.h.duration = config.duration && st->entered > ENTERED ? bpf_ktime_get_ns() - st->entered : 0;
	move_words(st->rec.cell, st->args, LYM_CELLS);
	if (row->cap[1] == CAP_BUF_OUT)
		exit_buffer(st, 1, st->args[1], ret);
	if (row->addr_arg < 6)
		exit_address(st, row->addr_arg, st->args[masked(row->addr_arg, ARGS - 1)], ret);
	if (row->len_arg < 6)
		exit_length(st, row->len_arg, st->args[masked(row->len_arg, ARGS - 1)]);
	item_sock(st, st);
	if (row->out)
		for (u32 i = 0; i < 6; i++)
			if (row->out & (1 << i))
				exit_arg(i, row->cap[i], ret);
	if ((row->files & ROW_RETURNS_FD) && ret >= 0)
		item_file(LYM_NO_FIELD, ret, 0);
	st->entered = 0;
	emit(st);
	return 0;
}

/*
 * A call blocks: what it was given is told now, besides all of it when it returns. The task still runs, with its memory, so its
 * stage is its own; whatever grows in there goes on where it was. A new stage cannot be made in here: `forked` has.
 */
SEC("tp_btf/sched_switch")
int BPF_PROG(blocked, bool preempt, struct task_struct *prev, struct task_struct *next, unsigned int state)
{
	struct task_struct *t = bpf_get_current_task_btf();
	const volatile struct lym_row *row;
	struct pt_regs *regs;
	struct stage *st;
	u32 len, items, cut;
	u64 nr;

	if (preempt || !state || (GET(t, flags) & (PF_IO_WORKER | PF_KTHREAD | PF_EXITING)) || COMPAT(t))
		return 0;
	st = stage_in_scope(t, false, NO_EVENT);
	if (!st)
		return 0;
	regs = (void *)bpf_task_pt_regs(t);
	nr = REGS_NR(regs);
	row = row_of(nr);
	if (nr >= LYM_SYSCALLS || (row->when & (ROW_WANTED | ROW_LAST)) != ROW_WANTED)
		return 0;
	if (!st->entered || st->nr != nr) {
		if (!REGS_INSIDE(regs))		/* it has returned, and something else is done on the way out */
			return 0;
		begin(st, regs, nr, row);
		if (row->role == ROLE_SEND || row->role == ROLE_SOCK)
			st->sk = fd_sock(t, st->args[0], &st->inode);
	}
	if (st->told)
		return 0;
	st->told = LYM_F_TOLD;
	len = st->len;
	items = st->items;
	cut = st->cut;
	header(&st->rec.h, t, row->event, nr, -1);
	st->rec.h.flags = LYM_F_ENTER;
	st->rec.h.duration = config.duration && st->entered > ENTERED ? bpf_ktime_get_ns() - st->entered : 0;
	move_words(st->rec.cell, st->args, LYM_CELLS);
	for (u32 i = 0; i < 6; i++)
		if (row->out & (1 << i) && row->cap[i] != CAP_MSG_OUT)
			exit_arg(i, row->cap[i], -1);
	emit(st);
	st->len = len;
	st->items = items;
	st->cut = cut;
	return 0;
}
