// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Which kernel-side programs and which rows of the system call table a plan needs; data, mostly. */
#include <string.h>
#include <linux/bpf.h>
#include "hooks.h"
#include "schema.h"
#include "structs.h"

static const struct lym_event *event(unsigned int i)
{
	return lym_schema_event(i);
}

static bool has_capture(const struct lym_plan *p, const int *caps, int n)
{
	for (unsigned int e = 0; e < LYM_EV_MAX; e++)
		for (int i = 0; p->want[e] && i < event(e)->nfields; i++)
			for (int c = 0; c < n; c++)
				if (lym_schema_type(event(e)->field[i].type)->capture == caps[c])
					return true;
	return false;
}

static bool receives(const struct lym_plan *p)
{
	static const int caps[] = { CAP_BUF_OUT, CAP_IOV_OUT, CAP_MSG_OUT, CAP_MMSG_OUT };

	return p->want[LYM_EV_socket_recv] || (!p->user && has_capture(p, caps, 4));
}

static bool sends(const struct lym_plan *p)
{
	return p->want[LYM_EV_socket_send] ||
	       (!p->user && (p->want[LYM_EV_sendto] || p->want[LYM_EV_sendmsg] || p->want[LYM_EV_sendmmsg]));
}

/* Is a call looked at then (ROW_*)? */
static bool looked_at(const struct lym_plan *p, int when)
{
	struct lym_row rows[LYM_SYSCALLS] = { 0 };

	lym_hooks_rows(rows, p);
	for (int nr = 0; nr < LYM_SYSCALLS; nr++)
		if (rows[nr].when & when)
			return true;
	return false;
}

static bool exits(const struct lym_plan *p)
{
	return looked_at(p, ROW_EXIT);
}

static bool enters(const struct lym_plan *p)
{
	return looked_at(p, ROW_ENTER);
}

/* What the kernel itself delivers: payload, and with --snaplen 0 still who sent it. */
static bool kernels(const struct lym_plan *p)
{
	return receives(p) && !p->user;
}

static bool signals(const struct lym_plan *p)
{
	return p->want[LYM_EV_signal_deliver];
}

static bool ends(const struct lym_plan *p)
{
	return p->want[LYM_EV_sched_process_exit];
}

static bool uring(const struct lym_plan *p)
{
	return p->want[LYM_EV_socket_send];
}

static bool phases(const struct lym_plan *p)
{
	return p->phases;
}

static bool trees(const struct lym_plan *p)
{
	return p->scope.roots > 0;
}

static bool follows(const struct lym_plan *p)
{
	return trees(p) && !p->no_follow;
}

static bool connects(const struct lym_plan *p)
{
	return p->want[LYM_EV_connect] && !p->user;
}

static bool binds(const struct lym_plan *p)
{
	return p->want[LYM_EV_bind] && !p->user;
}

static bool names(const struct lym_plan *p)
{
	return p->want[LYM_EV_getsockname] && !p->user;
}

static bool peers(const struct lym_plan *p)
{
	return !p->user && (p->want[LYM_EV_getpeername] || p->want[LYM_EV_accept] || p->want[LYM_EV_accept4]);
}

/* numbers of enum bpf_attach_type that libbpf 1.1 does not name */
enum { CG_CONNECT_UNIX = 49, CG_SENDMSG_UNIX, CG_RECVMSG_UNIX = LYM_CG_RECVMSG_UNIX, CG_GETPEERNAME_UNIX, CG_GETSOCKNAME_UNIX };

static const char addr_lost[] = "the address is told from the packet or from user memory";

const struct lym_hook lym_hooks[] = {
	{ "exited", "tp_btf/sys_exit", exits, NULL, 0 },
	{ "entered", "tp_btf/sys_enter", enters, NULL, 0 },
	{ "copied", "tp_btf/skb_copy_datagram_iovec", kernels, "payload of TCP, unix, netlink and raw from user memory", 0 },
	{ "received", "tp_btf/sock_recv_length", receives, "payload and socket of receives from user memory", 0 },
	{ "arrived", "tp_btf/sk_data_ready", kernels, "payload of UDP receives that had to wait from user memory", 0 },
	{ "dropped", "tp_btf/kfree_skb", kernels, "payload of UDP receives after a bad checksum from user memory", 0 },
	{ "submitted", "tp_btf/io_uring_submit_req", uring, "payload of what io_uring sends", 0 },
	{ "sent", "tp_btf/sock_send_length", sends, "socket_send, and the socket of sends by descriptor only", 0 },
	{ "delivered", "tp_btf/signal_deliver", signals, "signals", 0 },
	{ "generated", "tp_btf/signal_generate", signals, "signals that are ignored", 0 },
	{ "ended", "tp_btf/sched_process_exit", ends, "the ends of threads", 0 },
	{ "blocked", "tp_btf/sched_switch", phases, "that a call blocks, until it returns", 0 },
	{ "forked", "tp_btf/sched_process_fork", follows, NULL, 0 },
	{ "seed", "iter/task", trees, NULL, 0 },
	{ "born", "cgroup/sock_create", kernels, "payload of the first UDP receive of a socket from user memory",
	  BPF_CGROUP_INET_SOCK_CREATE },
	{ "inherited", "iter/task_file", kernels, "payload of the first UDP receive of an older socket from user memory", 0 },
	{ "measure_pages", "iter/task", kernels, "payload of UDP in pages with an unverified checksum from user memory", 0 },
	{ "recvmsg4", "cgroup/recvmsg4", kernels, addr_lost, BPF_CGROUP_UDP4_RECVMSG, true },
	{ "recvmsg6", "cgroup/recvmsg6", kernels, addr_lost, BPF_CGROUP_UDP6_RECVMSG, true },
	{ "sendmsg4", "cgroup/sendmsg4", sends, addr_lost, BPF_CGROUP_UDP4_SENDMSG },
	{ "sendmsg6", "cgroup/sendmsg6", sends, addr_lost, BPF_CGROUP_UDP6_SENDMSG },
	{ "sendmsg_unix", "cgroup/sendmsg_unix", sends, addr_lost, CG_SENDMSG_UNIX },
	{ "connect4", "cgroup/connect4", connects, addr_lost, BPF_CGROUP_INET4_CONNECT },
	{ "connect6", "cgroup/connect6", connects, addr_lost, BPF_CGROUP_INET6_CONNECT },
	{ "connect_unix", "cgroup/connect_unix", connects, addr_lost, CG_CONNECT_UNIX },
	{ "bind4", "cgroup/bind4", binds, addr_lost, BPF_CGROUP_INET4_BIND },
	{ "bind6", "cgroup/bind6", binds, addr_lost, BPF_CGROUP_INET6_BIND },
	{ "getsockname4", "cgroup/getsockname4", names, addr_lost, BPF_CGROUP_INET4_GETSOCKNAME },
	{ "getsockname6", "cgroup/getsockname6", names, addr_lost, BPF_CGROUP_INET6_GETSOCKNAME },
	{ "getsockname_unix", "cgroup/getsockname_unix", names, addr_lost, CG_GETSOCKNAME_UNIX },
	{ "getpeername4", "cgroup/getpeername4", peers, addr_lost, BPF_CGROUP_INET4_GETPEERNAME },
	{ "getpeername6", "cgroup/getpeername6", peers, addr_lost, BPF_CGROUP_INET6_GETPEERNAME },
	{ "getpeername_unix", "cgroup/getpeername_unix", peers, addr_lost, CG_GETPEERNAME_UNIX },
};

const unsigned int lym_hooks_count = sizeof(lym_hooks) / sizeof(*lym_hooks);
_Static_assert(sizeof(lym_hooks) / sizeof(*lym_hooks) <= LYM_HOOKS_MAX, "LYM_HOOKS_MAX is too small");

int lym_hooks_attach_type(const struct lym_hook *h)
{
	if (h->attach_type)
		return h->attach_type;
	return strncmp(h->hook, "iter/", 5) ? BPF_TRACE_RAW_TP : BPF_TRACE_ITER;
}

/* Calls that also receive from, or send to, what may be a socket. */
static const struct {
	int ev, role;
} carriers[] = {
	{ LYM_EV_read, ROLE_RECV }, { LYM_EV_readv, ROLE_RECV }, { LYM_EV_preadv2, ROLE_RECV },
	{ LYM_EV_write, ROLE_SEND }, { LYM_EV_writev, ROLE_SEND }, { LYM_EV_pwritev2, ROLE_SEND },
	{ LYM_EV_sendfile, ROLE_SEND }, { LYM_EV_splice, ROLE_SEND },
};

/* Which of those a call is on this plan. */
static int carries(const struct lym_plan *p, int ev)
{
	for (size_t i = 0; i < sizeof(carriers) / sizeof(*carriers); i++)
		if (carriers[i].ev == ev && p->want[carriers[i].role == ROLE_RECV ? LYM_EV_socket_recv : LYM_EV_socket_send])
			return carriers[i].role;
	return ROLE_NONE;
}

/* What is read when the call begins: what is lost or changed when it returns, and what is sent. */
static bool before(int cap)
{
	return cap == CAP_BUF_IN || cap == CAP_ADDR_IN || cap == CAP_MSG_IN || cap == CAP_INOUT || cap == CAP_FDSET ||
	       cap == CAP_EXEC_PATH || cap == CAP_STRINGS || cap == CAP_SIGFRAME;
}

/* What is looked at when it returns; a receive's buffer and address are looked at in any case. */
static bool after(int cap, int i)
{
	return cap && !(cap == CAP_BUF_OUT && i == 1) && cap != CAP_BUF_IN && cap != CAP_EXEC_PATH && cap != CAP_STRINGS &&
	       cap != CAP_SIGFRAME;
}

/* What structs point at, as the kernel side counts it, and the first one of each; 0: it points at nothing. */
static struct lym_inner pointed[LYM_INNERS];
static unsigned char first[LYM_STRUCT_MAX];

static void inners(void)
{
	struct lym_inner in[LYM_CHAIN];
	unsigned int n = 1, s, k, count;

	for (s = 0; s < LYM_STRUCT_MAX; s++) {
		count = lym_struct_inners(s, in, LYM_CHAIN);
		if (!count || n + count > LYM_INNERS)
			continue;
		first[s] = n;
		for (k = 0; k < count; k++, n++) {
			in[k].next = k + 1 < count ? n + 1 : 0;
			pointed[n] = in[k];
		}
	}
}

static unsigned int inner(unsigned int id)
{
	if (!first[LYM_STRUCT_sock_fprog])
		inners();
	return first[id];
}

void lym_hooks_inners(struct lym_inner *to)
{
	inner(0);
	memcpy(to, pointed, sizeof(pointed));
}

unsigned int lym_hooks_fprog(void)
{
	return inner(LYM_STRUCT_sock_fprog);
}

/* How much an argument points at. */
static void size(struct lym_row *r, const struct lym_plan *p, const struct lym_event *ev, int i)
{
	const struct lym_type *t = lym_schema_type(ev->field[i].type);

	switch (t->capture) {
	case CAP_STR:
	case CAP_STR_OUT:
		r->size[i] = t->printer == PR_PATH ? LYM_PATH_MAX : p->snaplen < LYM_PATH_MAX ? p->snaplen : LYM_PATH_MAX;
		break;
	case CAP_CHOICE:
		r->size[i] = t->arg;
		break;
	case CAP_ARRAY_BEFORE:
	case CAP_ARRAY_OUT:
		if (t->printer == PR_CPUS) {
			r->size[i] = 1;
			break;
		}
		/* fallthrough */
	default:
		if (t->printer != PR_STRUCT && t->printer != PR_STRUCTS)
			break;
		r->size[i] = LYM_SIZE(lym_struct_size(t->arg), t->printer == PR_STRUCT ? inner(t->arg) : 0);
		if (i + 1 < ev->nfields && !strcmp(ev->field[i + 1].name, "size"))
			r->sized |= 1 << i;
	}
}

/* Is an argument that is a choice looked at when the call begins, where it is something that the call answers in? */
static bool choice_before(unsigned int by)
{
	const struct lym_choice *c;
	struct lym_by_row b;

	for (unsigned int k = 0; lym_schema_choices(by, k, &b, &c); k++)
		if (c->printer == PR_STRUCT && !c->out && lym_struct_answers(c->arg))
			return true;
	return false;
}

static void fields(struct lym_row *r, const struct lym_plan *p, const struct lym_event *ev)
{
	bool files = p->files && (p->sockets || strcmp(ev->set, "net"));

	for (int i = 0; i < ev->nfields; i++) {
		const struct lym_type *t = lym_schema_type(ev->field[i].type);
		int cap = t->capture;

		r->cap[i] = cap;
		size(r, p, ev, i);
		if (cap == CAP_BUF_OUT || cap == CAP_IOV_OUT || cap == CAP_MSG_OUT || cap == CAP_MMSG_OUT)
			r->role = ROLE_RECV;
		if (before(cap) || (cap == CAP_CHOICE && choice_before(t->arg)))
			r->in |= 1 << i;
		if (cap == CAP_ADDR_OUT)
			r->addr_arg = i;
		else if (cap == CAP_LEN_INOUT)
			r->len_arg = i;
		else if (after(cap, i))
			r->out |= 1 << i;
		if (ev->field[i].type == LYM_T_MSG_FLAGS)
			r->flags_arg = i;
		if (files && (t->printer == PR_FD || t->printer == PR_DIRFD))
			r->files |= 1 << i;
		if (t->printer == PR_DIRFD)
			r->dirs |= 1 << i;
	}
	if (files && lym_schema_makes_fd(ev))
		r->files |= ROW_RETURNS_FD;
}

/* When a call is looked at that is asked for. */
static int when(const struct lym_row *r, const struct lym_plan *p, int ev)
{
	if (ev == LYM_EV_exit || ev == LYM_EV_exit_group)
		return ROW_ENTER | ROW_LAST;
#ifdef __aarch64__
	bool phases = p->phases;	/* REGS_INSIDE */
#else
	bool phases = false;
#endif
	return ROW_WANTED | ROW_EXIT | (p->duration || phases || r->in || r->files || r->role == ROLE_SOCK || r->role == ROLE_SEND ? ROW_ENTER : 0) |
	       (ev == LYM_EV_clone || ev == LYM_EV_clone3 || ev == LYM_EV_fork || ev == LYM_EV_vfork ? ROW_TWICE : 0);
}

/* The table of system calls: those asked for, and those that only carry socket_recv and socket_send. */
void lym_hooks_rows(struct lym_row *rows, const struct lym_plan *plan)
{
	bool recv = plan->want[LYM_EV_socket_recv], send = plan->want[LYM_EV_socket_send];
	/* the call's end matters to what is told of one of its messages only if there is payload */
	int carried = plan->snaplen ? ROW_EXIT : 0;

	for (int nr = 0; nr < LYM_SYSCALLS; nr++) {
		const struct lym_event *ev = lym_schema_syscall(nr);
		struct lym_row r = { .flags_arg = 7, .addr_arg = 7, .len_arg = 7 };
		int role;

		r.event = ev ? ev->ev : LYM_EV_syscall;
		if (ev)
			fields(&r, plan, ev);
		role = carries(plan, r.event);
		if (role || r.event == LYM_EV_sendto || r.event == LYM_EV_sendmsg || r.event == LYM_EV_sendmmsg)
			r.role = role ?: ROLE_SEND;
		if (!r.role && ev && ev->nfields && ev->field[0].type == LYM_T_FD && !strcmp(ev->set, "net"))
			r.role = ROLE_SOCK;
		for (int i = 0; r.role != ROLE_SEND && i < 6; i++)	/* to a file, or whatever: it is in memory when it has been written */
			if (r.cap[i] == CAP_BUF_IN) {
				r.in &= ~(1 << i);
				r.out |= 1 << i;
			}
		if (r.len_arg < 6 && r.role != ROLE_RECV)	/* a receive has a hook between its beginning and its end */
			r.in |= 1 << r.len_arg;
		if (plan->user && r.role != ROLE_SEND)	/* nothing below the call is looked at */
			r.role = ROLE_NONE;
		if (plan->want[r.event])
			r.when = when(&r, plan, r.event);
		else if ((r.role == ROLE_RECV && recv) || (r.role == ROLE_SEND && send))
			r.when = carried;
		else
			continue;
		rows[nr] = r;
	}
	if (plan->want[LYM_EV_syscall])	/* also of 32-bit calls, whose numbers are others */
		for (int nr = 0; nr < LYM_SYSCALLS; nr++)
			rows[nr].when |= ROW_COMPAT;
	if (plan->want[LYM_EV_execveat]) {	/* likewise, if it succeeds */
		int nr = lym_schema_event(LYM_EV_execve)->nr;

		rows[nr].event = LYM_EV_execve;
		rows[nr].when |= ROW_EXIT;
	}
	if (plan->want[LYM_EV_rt_sigreturn])	/* has another number when it returns */
		rows[LYM_SYSCALLS - 1].when |= ROW_EXIT;
#ifdef __x86_64__
	rows[102].when |= ROW_COMPAT;	/* i386: socketcall, recvmmsg, sendmmsg, socket ... shutdown */
	rows[337].when |= ROW_COMPAT;
	rows[345].when |= ROW_COMPAT;
	for (int nr = 359; nr <= 373; nr++)
		rows[nr].when |= ROW_COMPAT;
#endif
}

#define BYTES_MAX 2048

/* What is fetched of an argument that is a choice. */
static __u32 chosen(const struct lym_choice *c, const struct lym_plan *p)
{
	switch (c->printer) {
	case PR_STRUCT:
		return LYM_CHOICE(c->out ? CAP_STRUCT_OUT : lym_struct_answers(c->arg) ? CAP_INOUT : CAP_STRUCT_IN, LYM_SIZE(lym_struct_size(c->arg), inner(c->arg)));
	case PR_BUF:
		return LYM_CHOICE(CAP_DATA_OUT, 0);
	case PR_CHARS:
		return LYM_CHOICE(c->out ? CAP_STRUCT_OUT : CAP_STRUCT_IN, c->arg);
	case PR_BYTES:	/* one more than is shown must be there */
		return LYM_CHOICE(c->out ? CAP_STRUCT_OUT : CAP_STRUCT_IN, c->arg <= p->snaplen ? c->arg : p->snaplen < BYTES_MAX ? p->snaplen + 1 : BYTES_MAX);
	case PR_FD:
		return LYM_CHOICE(CAP_FD, 0);
	case PR_BITS:
		return LYM_CHOICE(CAP_DIRENTS, 0);
	case PR_CHOICE:
		return LYM_CHOICE(CAP_CHOICE, c->arg);
	case PR_STRING:
		return LYM_CHOICE(c->out ? CAP_STR_OUT : CAP_STR, p->snaplen < LYM_PATH_MAX ? p->snaplen : LYM_PATH_MAX);
	case PR_PATH:
		return LYM_CHOICE(CAP_STR, LYM_PATH_MAX);
	}
	return LYM_CHOICE(CAP_NONE, 0);
}

bool lym_hooks_choice(unsigned int by, unsigned int k, const struct lym_plan *plan, struct lym_by_row *b, __u64 *key, __u32 *value)
{
	const struct lym_choice *c;

	if (!lym_schema_choices(by, k, b, &c))
		return false;
	*key = LYM_CHOICE_KEY(by, c->value);
	*value = chosen(c, plan);
	b->cap = *value >> 24;
	b->size = *value & 0xffffff;
	return true;
}
