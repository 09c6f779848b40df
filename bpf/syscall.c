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

#define BPF_OBJ_GET_INFO_BY_FD 15

#define EXTRAMASK 628		/* bytes from the lower half of the mask to the upper one, behind the state of the FPU */

/* The signal mask of an old frame, in two places. */
static __always_inline void item_old_sigframe(struct stage *st, u32 i, u64 ptr)
{
	u32 mask[2];

	if (!bpf_probe_read_user(&mask[0], 4, (void *)ptr) && !bpf_probe_read_user(&mask[1], 4, (void *)(ptr + 4 + EXTRAMASK)))
		item_small(st, i, LYM_VALUE_IN, 0, mask, sizeof(mask), 0);
}

/* What argument i is, which is a choice. */
static __always_inline u64 chosen(struct stage *st, u32 i)
{
	u64 c = choice(st, i, row_at(st->nr)->size[masked(i, 7)]);

	for (u32 k = 0; k < 2 && c >> 32 == CAP_CHOICE; k++)	/* by yet another argument, or other bits of it */
		c = choice(st, i, c);
	return c;
}

/* What the caller passes in is read when the call begins, before anybody learns that it does. */
__noinline int enter_arg(u32 i, u32 cap)
{
	struct stage *st = stage_get(current_task(), false);
	struct user_msghdr *m;
	u64 v, n;
	u32 iovs, at;

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
		st->len_unread = !user_read32(st, &st->len_in, v);
		st->in_read = 1;
		break;
	case CAP_INOUT:
		item_user(st, META(i, LYM_VALUE_IN, 0, 0), v, row_at(st->nr)->size[masked(i, 7)], ARRAY_MAX);
		break;
	case CAP_FDSET:
		at = st->len + ITEM;
		n = fdset_bytes(st);
		if (item_user(st, META(i, LYM_VALUE_IN, 0, 0), v, n, ARRAY_MAX) == n)
			item_fdset(i, at, (u32)st->args[0] < n * 8 ? (u32)st->args[0] : n * 8);
		break;
	case CAP_CHOICE:	/* what the call overwrites with its answer */
		if (st->rec.h.event == LYM_EV_bpf) {
			if ((u32)st->args[0] == BPF_OBJ_GET_INFO_BY_FD)
				item_user(st, META(i, LYM_VALUE_IN, 0, LYM_LEAD_ARRAYS), v, 16, 16);
			break;
		}
		n = chosen(st, i);
		if (n >> 32 == CAP_INOUT)
			item_user(st, META(i, LYM_VALUE_IN, 0, 0), v, n & LYM_SIZE_MAX, STRUCT_MAX);
		break;
	case CAP_EXEC_PATH:
		item_string(st, i, v, LYM_PATH_MAX);
		break;
	case CAP_STRINGS:
		item_strings(i, v);
		break;
	case CAP_SIGFRAME:
		if (row_at(st->nr)->event == LYM_EV_sigreturn)
			item_old_sigframe(st, i, v);
		else
			item_user(st, META(i, LYM_VALUE_IN, 0, 0), v, 8, 8);
		break;
	case CAP_MSG_IN:
		m = msg_read(st, false, 0);
		if (!m)
			break;
		iovs = item_msg(st, m, m->namelen, 0);
		n = iov_total(st, iovs);
		item_gather(0, iovs, META(i, LYM_DATA, 0, 0), n, payload_max(st->sk));
		item_heads(i, iovs, n, 0);
		if (m->control && m->controllen)
			item_control(i, 0, m->control, m->controllen);
		if (m->name && m->namelen) {
			n = bound(m->namelen, ADDR_MAX);
			st->from.set = !bpf_probe_read_user(st->from.b, n, (void *)m->name);
			st->from.len = n;
		}
		break;
	}
	return 0;
}

static __always_inline void enter(struct pt_regs *regs, long nr, u32 at)
{
	const volatile struct lym_row *row = row_at(at);
	struct task_struct *t = current_task();
	struct stage *st;

	if (COMPAT(t)) {
		at += LYM_COMPAT;
		row = row_at(at);
	}
	if (!(row->when & ROW_ENTER))
		return;
	st = stage_in_scope(t, true, NO_EVENT);	/* no memory: the exit sees that, too, and counts it */
	if (!st)
		return;
	did(st, RAN_ENTER);
	forget(st, at);
	at = begin(st, regs, at);
	row = row_at(at);
	if (!(row->when & ROW_ENTER)) {		/* a part that is not asked for */
		st->entered = 0;
		return;
	}
	st->entered = config.duration ? bpf_ktime_get_ns() : ENTERED;
	if (row->role == ROLE_SEND || row->role == ROLE_SOCK)
		st->sk = fd_sock(t, st->args[0], &st->inode);
	for (u32 i = 0; config.files && row->files && i < 6; i++)
		if (row->files & (1 << i) && ((int)st->args[masked(i, ARGS - 1)] != AT_FDCWD || row->dirs & (1 << i)))
			item_file(i, st->args[masked(i, ARGS - 1)], 0);
	if (row->cap[0] == CAP_SIGFRAME)
		st->args[0] = compat(st) ? (u32)REGS_SP(regs) + row->size[0] : SIGFRAME_MASK(regs);
	for (u32 i = 0; config.before && i < 6; i++)
		if (row->in & (1 << i))
			enter_arg(i, row->cap[i]);
	if (row->when & ROW_LAST) {
		header(&st->rec.h, t, row->event, nr, 0);
		st->rec.h.flags = LYM_F_ENTER | abi(st);
		st->rec.h.duration = 0;
		move_words(st->rec.cell, st->args, LYM_CELLS);
		st->entered = 0;
		emit(st);
	}
}

SEC("tp_btf/sys_enter")
int BPF_PROG(entered, struct pt_regs *regs, long nr)
{
	u32 at = row_number(nr);

	if (row_at(at)->when & (ROW_ENTER | ROW_COMPAT_ENTER) && !done(RAN_ENTER))
		ALONE(enter(regs, nr, at));
	return 0;
}

/* One received message at exit: the caller's header, and its buffers against what the kernel delivered. */
__noinline int exit_message(u32 index, u32 mmsg)
{
	struct stage *st = stage_get(current_task(), false);
	struct user_msghdr *m;
	struct closed *c;
	u32 iovs, n;

	if (!st)
		return 0;
	c = &st->msg[masked(index, MMSGS - 1)];
	m = msg_read(st, mmsg, index);
	if (!m) {
		count(st->rec.h.event, FIELD_UNREADABLE);
		return 0;
	}
	if (index >= st->in_read)
		c->namelen_in = m->namelen;
	iovs = item_msg(st, m, c->namelen_in, index);
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
		u64 total = mmsg ? m->len : st->rec.h.ret;

		count_user(st->rec.h.event, c->why);
		if (0 > item_gather(0, iovs, META(1, LYM_DATA, c->why, index), total, config.snaplen))
			count(st->rec.h.event, FIELD_UNREADABLE);
	}
	item_heads(1, iovs, mmsg ? m->len : st->rec.h.ret, index);
	if (m->name && c->addr_at != NOWHERE) {
		struct lym_item *a = area_at(st, c->addr_at);

		n = a->len < c->namelen_in ? a->len : c->namelen_in;
		if (user_differs(st, m->name, c->addr_at + ITEM, n))
			item_tamper(st, 1, LYM_ADDR, index, m->name, n);
	}
	if (m->control && m->controllen)
		item_control(1, index, m->control, m->controllen);
	return 0;
}

static long exit_mmsg(u64 i, u32 *n)
{
	if (i >= *n || i >= MMSGS - 1)
		return 1;
	exit_message(i, 1);
	return 0;
}

#define UNSENT 32		/* messages that were not sent are told up to that one */

/* A message of sendmmsg that was not sent: what the caller's memory holds. */
__noinline int exit_unsent(u32 index)
{
	struct stage *st = stage_get(current_task(), false);
	struct user_msghdr *m;
	u64 total;
	u32 n;

	if (!st)
		return 1;
	m = msg_read(st, true, index);
	if (!m)
		return 1;
	m->len = 0;
	n = item_msg(st, m, m->namelen, index);
	total = iov_total(st, n);
	item_gather(0, n, META(1, LYM_DATA, 0, index), total, config.snaplen);
	item_heads(1, n, total, index);
	if (m->control && m->controllen)
		item_control(1, index, m->control, m->controllen);
	if (m->name && m->namelen)
		item_user(st, META(1, LYM_ADDR, 0, index), m->name, m->namelen, ADDR_MAX);
	return 0;
}

static long exit_mmsg_in(u64 i, struct stage **st)
{
	if (i < (*st)->nmsg)
		return 0;
	return i >= (u32)(*st)->args[2] ? 1 : masked(exit_unsent(i), 1);	/* 0 or 1, for the verifier */
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
		st->out_flags = user_read32(st, &st->out_len, ptr) ? OUT_USER : OUT_UNREAD;
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
__noinline int exit_pointer(u32 i, u32 cap, s64 ret)
{
	struct stage *st = stage_get(current_task(), false);
	u32 size;
	u64 c;

	if (!st)
		return 0;
	size = row_at(st->nr)->size[masked(i, 7)];
	if (cap == CAP_CHOICE) {
		c = chosen(st, i);
		cap = c >> 32;
		size = c;
		if (st->rec.h.event == LYM_EV_bpf && bpf_unread(st))
			return 0;
		if (st->rec.h.event == LYM_EV_bpf && size) {	/* the last argument says how many bytes there are */
			u32 most = (size & LYM_SIZE_MAX) + EXTRA, n = st->args[2];

			size = (n < most ? n : most) | (size & ~LYM_SIZE_MAX);
		}
	}
	if (st->rec.h.event == LYM_EV_io_uring_register && size)
		size = uring_size(st, size);
	if (cap == CAP_FD) {
		if (config.files)
			item_file(i, st->args[masked(i, ARGS - 1)], 0);
		return 0;
	}
	if (!st->args[masked(i, ARGS - 1)])
		return 0;
	if (cap == CAP_STR || cap == CAP_STR_OUT)
		exit_string(i, cap, ret, size);
	else if (cap == CAP_IOV_IN)
		exit_iov(i, cap, ret);
	else
		exit_value(i, cap, ret, size);
	return 0;
}

/* One that a socket has, and what else is more than one struct or array. */
__noinline int exit_special(u32 i, u32 cap, s64 ret)
{
	struct stage *st = stage_get(current_task(), false);
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
			item_files(i, k, 4, 2);
		break;
	case CAP_IOV_IN:
	case CAP_IOV_OUT:
		exit_iov(i, cap, ret);
		break;
	case CAP_MSG_OUT:
		exit_message(0, 0);
		break;
	case CAP_MMSG_OUT:
		k = ret > 0 ? ret : 0;
		SHORT_LOOP(MMSGS, exit_mmsg, &k);
		break;
	case CAP_IOCBS:
		exit_iocbs(st);
		break;
	case CAP_MMSG_IN:
		if (st->nmsg < (u32)st->args[2])
			SHORT_LOOP(UNSENT, exit_mmsg_in, &st);
		break;
	case CAP_MSG_IN:
		if (st->kaddr.set || st->from.set) {
			struct user_msghdr *m = msg_read(st, false, 0);

			if (m)
				exit_given(st, i, m->name, m->namelen, ret);
		}
		break;
	}
	return 0;
}

/* What argument i points at, which is cap. Two functions, for together they would need more stack. */
static __always_inline void exit_arg(u32 i, u32 cap, s64 ret)
{
	if ((cap > CAP_BUF_IN && cap < CAP_INOUT) || cap == CAP_IOCBS)
		exit_special(i, cap, ret);
	else
		exit_pointer(i, cap, ret);
}

/* The socket, where no hook of the socket layer has told it: the one behind the descriptor, if it still is. */
__noinline int exit_socket(void)
{
	struct task_struct *t = current_task();
	struct stage *st = stage_get(t, false);
	u64 inode = 0, sk;

	if (!st)
		return 0;
	sk = fd_sock(t, st->args[0], &inode);
	if (sk && sk == st->sk && inode == st->inode)
		sock_fill(st, sk, inode, 0);
	return 0;
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

#define RETURNED (~0u)		/* what the number is made when a signal handler returns, so that nothing is restarted */

static __always_inline void leave(struct pt_regs *regs, s64 ret, u64 number, u32 at)
{
	const volatile struct lym_row *row = row_at(at);
	struct task_struct *t = current_task();
	struct stage *st;

	if (COMPAT(t)) {
		at += LYM_COMPAT;
		row = row_at(at);
	}
	if (!(row->when & ROW_EXIT) || (!ret && (row->when & ROW_TWICE)))
		return;
	st = stage_in_scope(t, (row->when & ROW_WANTED) || row->mux, twin() ? NO_EVENT : row->event);
	if (!st)
		return;
	did(st, RAN_EXIT);
	forget(st, at);
	forget(st, ret);
	forget(st, number);
	if (st->entered && st->nr != at &&
	    (((u32)number == RETURNED && row_at(st->nr)->cap[0] == CAP_SIGFRAME) ||	/* which are one call */
	     row->when & row_at(st->nr)->when & ROW_EXEC || (row->mux && st->number == number && compat(st)))) {
		at = st->nr;
		row = row_at(at);
	}
	if (!st->entered || st->nr != at) {	/* no hook saw it: refused by seccomp, a bad descriptor, or no socket's affair */
		at = begin(st, regs, at);
		row = row_at(at);
		if (row->when & ROW_WANTED && (row->role == ROLE_SEND || row->role == ROLE_SOCK))
			st->sk = fd_sock(t, st->args[0], &st->inode);
	}
	if (!(row->when & ROW_WANTED)) {
		st->entered = 0;
		return;
	}
	forget(st, at);
	row = row_at(at);
	if (compat(st))		/* which returns 32 bits */
		ret = (u32)ret >= (u32)-4095 ? (s64)(s32)ret : (s64)(u32)ret;
	if (compat(st) && row->event == LYM_EV_shmat && st->number == I386_IPC && !ret) {	/* which puts the address there */
		u32 where = 0;

		bpf_probe_read_user(&where, 4, (void *)st->regs[3]);
		ret = where;
	}
	forget(st, ret);
	if (st->told && ret <= RESTART && dying(t))	/* it never returns to the program: its end tells that */
		return;
	forget(st, ret);
	if (ret < 0 && row->role == ROLE_RECV && st->nmsg)	/* received, but the address did not fit: it failed */
		st->len = st->items = 0;
	if (!st->sk_sure && st->sk)
		exit_socket();
	header(&st->rec.h, t, row->event, st->number, ret);
	st->rec.h.flags = abi(st) | st->told;
	st->rec.h.duration = config.duration && st->entered > ENTERED ? bpf_ktime_get_ns() - st->entered : 0;
	move_words(st->rec.cell, st->args, LYM_CELLS);
	if (row->cap[1] == CAP_BUF_OUT)
		exit_buffer(st, 1, st->args[1], ret);
	if (row->addr_arg < 6)
		exit_address(st, row->addr_arg, st->args[masked(row->addr_arg, ARGS - 1)], ret);
	if (row->len_arg < 6)
		exit_length(st, row->len_arg, st->args[masked(row->len_arg, ARGS - 1)]);
	item_sock(st, st);
	if (config.after && row->out)
		for (u32 i = 0; i < 6; i++)
			if (row->out & (1 << i))
				exit_arg(i, row->cap[i], ret);
	if (config.files && (row->files & ROW_RETURNS_FD) && ret >= 0)
		item_file(LYM_NO_FIELD, ret, 0);
	st->entered = 0;
	emit(st);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(exited, struct pt_regs *regs, long ret)
{
	u64 number = REGS_NR(regs);
	u32 at = row_number(number), when = row_at(at)->when;

	if (when & (ROW_EXIT | ROW_COMPAT) && (ret || (when & (ROW_TWICE | ROW_COMPAT)) != ROW_TWICE) && !done(RAN_EXIT))
		ALONE(leave(regs, ret, number, at));
	return 0;
}
