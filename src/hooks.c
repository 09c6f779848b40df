// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Which rows of the system call table a plan needs, and what is fetched for them; data, mostly. */
#include <string.h>
#include "hooks.h"
#include "schema.h"
#include "structs.h"

/* Calls that also receive from, or send to, what may be a socket. */
static const struct {
	int ev, role;
} carriers[] = {
	{ LYM_EV_read, ROLE_RECV }, { LYM_EV_readv, ROLE_RECV }, { LYM_EV_preadv2, ROLE_RECV },
	{ LYM_EV_write, ROLE_SEND }, { LYM_EV_writev, ROLE_SEND }, { LYM_EV_pwritev2, ROLE_SEND },
	{ LYM_EV_sendfile, ROLE_SEND }, { LYM_EV_sendfile64, ROLE_SEND }, { LYM_EV_splice, ROLE_SEND },
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
bool lym_hooks_before(int cap)
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

/* Which of those is a struct that leads further, as the kernel side counts them; 0: none. */
static unsigned int lead(unsigned int id)
{
	static __u8 nth[LYM_STRUCT_MAX];
	static unsigned int last;

	if (!last) {
		for (unsigned int s = 0; s < LYM_STRUCT_MAX; s++)
			if (lym_struct_lead(s, &(struct lym_lead){ 0 }) && last + 1 < LYM_LEADS)
				nth[s] = ++last;
	}
	return id < LYM_STRUCT_MAX ? nth[id] : 0;
}

void lym_hooks_leads(struct lym_lead *leads)
{
	for (unsigned int s = 0; s < LYM_STRUCT_MAX; s++) {
		struct lym_lead *l = &leads[lead(s)];

		if (!lead(s))
			continue;
		lym_struct_lead(s, l);
		for (int k = 0; k < LYM_LEAD_ARRAYS; k++)
			l->array[k].of = lead(l->array[k].of);
	}
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
	static bool known;

	if (!known)
		inners();
	known = true;
	return first[id];
}

void lym_hooks_inners(struct lym_inner *to)
{
	inner(0);
	memcpy(to, pointed, sizeof(pointed));
}

unsigned int lym_hooks_fprog(bool in32)
{
	return lead(in32 ? LYM_STRUCT_sock_fprog32 : LYM_STRUCT_sock_fprog);
}

/* What of a 32-bit signal frame is told, from its stack pointer on. */
static unsigned int sigframe32(int ev)
{
	enum { SIGRETURN = 80, RT_SIGRETURN = 12 + 128 + 108 };		/* sigcontext.oldmask; three words, siginfo, ucontext.uc_sigmask */

	return ev == LYM_EV_sigreturn ? SIGRETURN : RT_SIGRETURN;
}

unsigned int lym_hooks_iocb(void)
{
	return lead(LYM_STRUCT_iocb_buffer);
}

/* How large a struct is, and what it leads to; of an array one of them. */
static __u32 extent(int printer, unsigned int id, bool in32)
{
	if (id >= LYM_STRUCT_MAX)
		return 0;
	return LYM_SIZE(in32 ? lym_struct_size32(id) : lym_struct_size(id), printer == PR_STRUCT ? inner(id) : 0, lead(id));
}

/* How much an argument points at. */
static void size(struct lym_row *r, const struct lym_plan *p, const struct lym_event *ev, int i, bool in32)
{
	const struct lym_type *t = lym_schema_type(ev->field[i].type);
	unsigned int s = in32 ? lym_struct_in32(t->arg) : t->arg;

	switch (t->capture) {
	case CAP_STR:
	case CAP_STR_OUT:
		r->size[i] = t->printer == PR_PATH ? LYM_PATH_MAX : p->snaplen < LYM_PATH_MAX ? p->snaplen : LYM_PATH_MAX;
		break;
	case CAP_CHOICE:
		r->size[i] = t->arg;
		break;
	case CAP_SIGFRAME:
		r->size[i] = sigframe32(ev->ev);
		break;
	case CAP_ARRAY_BEFORE:
	case CAP_ARRAY_OUT:
		if (t->printer == PR_CPUS) {
			r->size[i] = 1;
			break;
		}
		/* fallthrough */
	default:
		if (t->printer == PR_CHARS)
			r->size[i] = t->arg;
		if (t->printer != PR_STRUCT && t->printer != PR_STRUCTS)
			break;
		if (s == LYM_STRUCT_MAX)	/* its layout is not known */
			r->cap[i] = CAP_NONE;
		r->size[i] = extent(t->printer, s, in32);
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

static void fields(struct lym_row *r, const struct lym_plan *p, const struct lym_event *ev, bool in32)
{
	bool files = p->files && (p->sockets || strcmp(ev->set, "net"));

	for (int i = 0; i < ev->nfields; i++) {
		const struct lym_type *t = lym_schema_type(ev->field[i].type);
		int cap = t->capture;

		r->cap[i] = cap;
		size(r, p, ev, i, in32);
		cap = r->cap[i];
		if (cap == CAP_BUF_OUT || cap == CAP_IOV_OUT || cap == CAP_MSG_OUT || cap == CAP_MMSG_OUT)
			r->role = ROLE_RECV;
		if (lym_hooks_before(cap) || (cap == CAP_CHOICE && (choice_before(t->arg) || ev->ev == LYM_EV_bpf)))	/* bpf overwrites a length */
			r->in |= 1 << i;
		if (cap == CAP_ADDR_OUT)
			r->addr_arg = i;
		else if (cap == CAP_LEN_INOUT)
			r->len_arg = i;
		else if (after(cap, i))
			r->out |= 1 << i;
		if (ev->field[i].type == LYM_T_MSG_FLAGS)
			r->flags_arg = i;
		if (files && (t->printer == PR_FD || t->printer == PR_DIRFD || t->printer == PR_FAN_DIRFD))
			r->files |= 1 << i;
		if (t->printer == PR_DIRFD || t->printer == PR_FAN_DIRFD)
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

/* The row of a call: of one that is asked for, or that only carries socket_recv and socket_send; else it stays zeros. */
static void fill(struct lym_row *row, const struct lym_plan *plan, const struct lym_event *ev, bool in32)
{
	bool recv = plan->want[LYM_EV_socket_recv], send = plan->want[LYM_EV_socket_send];
	/* the call's end matters to what is told of one of its messages only if there is payload */
	int carried = plan->snaplen ? ROW_EXIT : 0;
	struct lym_row r = { .flags_arg = 7, .addr_arg = 7, .len_arg = 7 };
	int role;

	r.event = ev ? ev->ev : LYM_EV_syscall;
	if (ev)
		fields(&r, plan, ev, in32);
	role = carries(plan, r.event);
	if (role || r.event == LYM_EV_send || r.event == LYM_EV_sendto || r.event == LYM_EV_sendmsg || r.event == LYM_EV_sendmmsg)
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
		return;
	*row = r;
}

/* What makes the fields of a 32-bit call out of its registers. */
static void arguments(struct lym_row *r, const struct lym_event *ev, unsigned int nr)
{
	static const __u8 ids16[] = { 16, 23, 46, 70, 71, 95, 138, 139, 164, 170, 182 };
	bool id16 = memchr(ids16, nr, sizeof(ids16)) != NULL;
	unsigned int reg = 0, how;

	for (int i = 0; i < 6; i++) {
		enum lym_type_id t = i < ev->nfields ? ev->field[i].type : LYM_T_HEX64;

		how = ARG32_PLAIN;
		if (t == LYM_T_LOFF || t == LYM_T_COOKIE || t == LYM_T_FAN_MASK)
			how = ARG32_PAIR;
		else if (t == LYM_T_LOFF_HIGH)
			how = ARG32_HIGH;
		else if (t == LYM_T_PAGE_OFFSET)
			how = ARG32_PAGES;
		else if (t == LYM_T_ID && id16)
			how = ARG32_ID;
		else if (t == LYM_T_LONG)
			how = ARG32_SIGNED;
		r->arg[i] = reg << ARG32_BITS | how;
		if (t != LYM_T_NOTHING)		/* the upper half of an offset, which is in a pair */
			reg += how == ARG32_PAIR || how == ARG32_HIGH ? 2 : 1;
	}
	if (ev->ev == LYM_EV_sigsuspend)	/* which had others before it once */
		r->arg[0] = 2 << ARG32_BITS;
	if (ev->ev == LYM_EV_clone) {		/* whose last two are the other way round */
		r->arg[3] = 4 << ARG32_BITS;
		r->arg[4] = 3 << ARG32_BITS;
	}
}

#ifdef __x86_64__
/* The rows of i386's calls; those that are parts of a number are the last ones. */
static void compat_rows(struct lym_row *rows, __u16 (*parts)[LYM_PARTS], const struct lym_plan *plan)
{
	unsigned int part = LYM_SYSCALLS - 1;
	const struct lym_call32 *c;

	for (unsigned int i = 0; (c = lym_schema_call32(i)); i++) {
		if (c->how || c->nr == LYM_SYSCALLS)
			continue;
		memset(&rows[c->nr], 0, sizeof(*rows));
		fill(&rows[c->nr], plan, lym_schema_event(c->event), true);
		arguments(&rows[c->nr], lym_schema_event(c->event), c->nr);
	}
	for (unsigned int i = 0; (c = lym_schema_call32(i)); i++) {
		if (!c->how)
			continue;
		part--;
		memset(&rows[part], 0, sizeof(*rows));
		fill(&rows[part], plan, lym_schema_event(c->event), true);
		arguments(&rows[part], lym_schema_event(c->event), LYM_SYSCALLS);
		if (parts)
			parts[c->how][c->sub] = LYM_COMPAT + part;
		if (c->how == MUX_MEMORY)
			rows[c->nr].part = c->sub;
		rows[c->nr].mux = c->how;
		rows[c->nr].when |= rows[part].when & (ROW_ENTER | ROW_EXIT);
	}
}
#endif

/* An exec's number when it returns is that of execve of the program that it began. */
static void execs(struct lym_row *rows, const struct lym_plan *plan)
{
	if (!plan->want[LYM_EV_execve] && !plan->want[LYM_EV_execveat])
		return;
	for (int nr = 0; nr < LYM_ROWS; nr++)
		if (rows[nr].event == LYM_EV_execve || rows[nr].event == LYM_EV_execveat)
			rows[nr].when |= ROW_EXEC;
	rows[lym_schema_event(LYM_EV_execve)->nr].when |= ROW_EXIT | ROW_EXEC;
#ifdef __x86_64__
	rows[LYM_COMPAT + 11].when |= ROW_EXIT | ROW_EXEC;
#endif
}

void lym_hooks_rows(struct lym_row *rows, __u16 (*parts)[LYM_PARTS], const struct lym_plan *plan)
{
	struct lym_row *compat = rows + LYM_COMPAT;

	for (int nr = 0; nr < LYM_SYSCALLS; nr++)
		fill(&rows[nr], plan, lym_schema_syscall(nr), false);
	for (int nr = 0; nr < LYM_SYSCALLS; nr++) {	/* what is in no row */
		fill(&compat[nr], plan, NULL, true);
		arguments(&compat[nr], lym_schema_event(LYM_EV_syscall), nr);
	}
#ifdef __x86_64__
	compat_rows(compat, parts, plan);
#endif
	if (plan->want[LYM_EV_rt_sigreturn] || plan->want[LYM_EV_sigreturn])	/* has another number when it returns */
		rows[LYM_SYSCALLS - 1].when |= ROW_EXIT;
	if (plan->want[LYM_EV_rt_sigreturn] || plan->want[LYM_EV_sigreturn])
		rows[LYM_ROWS - 1].when |= ROW_EXIT;
	execs(rows, plan);
	for (int nr = 0; nr < LYM_SYSCALLS; nr++)
		rows[nr].when |= (compat[nr].when & ROW_EXIT ? ROW_COMPAT : 0) | (compat[nr].when & ROW_ENTER ? ROW_COMPAT_ENTER : 0);
}

void lym_hooks_need(volatile struct lym_config *c, const struct lym_row *rows, const struct lym_plan *plan)
{
	c->buffers = plan->want[LYM_EV_socket_recv] || plan->want[LYM_EV_socket_send];
	for (int nr = 0; nr < LYM_ROWS; nr++) {
		const struct lym_row *r = &rows[nr];
		__u8 cap = r->cap[1];

		c->before |= r->in;
		c->after |= r->out;
		if (!r->when)
			continue;
		c->buffers |= cap == CAP_IOV_IN || cap == CAP_IOV_OUT || cap == CAP_MSG_IN || cap == CAP_MSG_OUT || cap == CAP_MMSG_IN ||
			      cap == CAP_MMSG_OUT;
		c->muxes |= 1 << r->mux;
		for (int i = 0; i < 6 && nr >= LYM_COMPAT; i++)
			c->args32 |= 1 << (r->arg[i] & ((1 << ARG32_BITS) - 1));
	}
}

#define BYTES_MAX 2048

/* What is fetched of an argument that is a choice. */
static __u64 chosen(const struct lym_choice *c, const struct lym_plan *p, bool in32)
{
	unsigned int s;

	switch (c->printer) {
	case PR_STRUCT:
		s = in32 ? lym_struct_in32(c->arg) : c->arg;
		if (s == LYM_STRUCT_MAX)
			break;
		return LYM_CHOICE(c->out ? CAP_STRUCT_OUT : lym_struct_answers(s) ? CAP_INOUT : CAP_STRUCT_IN, extent(c->printer, s, in32));
	case PR_BUF:
		if (c->arg & BUF_SIZED)
			return LYM_CHOICE(c->out ? CAP_DATA_AT_OUT : CAP_DATA_AT, c->arg >> BUF_SHIFT);
		return LYM_CHOICE(c->out ? CAP_DATA_OUT : CAP_DATA_IN, 0);
	case PR_IOV:
		return LYM_CHOICE(CAP_IOV_IN, 0);
	case PR_CPUS:
		return LYM_CHOICE(CAP_ARRAY_IN, 1);
	case PR_STRUCTS:
		s = in32 ? lym_struct_in32(c->arg) : c->arg;
		if (s == LYM_STRUCT_MAX)
			break;
		return LYM_CHOICE(c->out ? CAP_ARRAY_OUT : CAP_ARRAY_IN, extent(c->printer, s, in32));
	case PR_CHARS:
		return LYM_CHOICE(c->out ? CAP_STRUCT_OUT : CAP_STRUCT_IN, c->arg);
	case PR_BYTES:	/* one more than is shown must be there */
		return LYM_CHOICE(c->out ? CAP_STRUCT_OUT : CAP_STRUCT_IN, c->arg <= p->snaplen ? c->arg : p->snaplen < BYTES_MAX ? p->snaplen + 1 : BYTES_MAX);
	case PR_FD:
	case PR_DIRFD:
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

bool lym_hooks_choice(unsigned int by, unsigned int k, const struct lym_plan *plan, struct lym_by_row *b, __u64 *key, struct lym_chosen *value)
{
	const struct lym_choice *c;

	if (!lym_schema_choices(by, k, b, &c))
		return false;
	*key = LYM_CHOICE_KEY(by, c->value);
	*value = (struct lym_chosen){ chosen(c, plan, false), chosen(c, plan, true) };
	b->in32 = value->in32;
	b->cap = value->native >> 32;
	b->size = value->native;
	return true;
}

void lym_hooks_bys(struct lym_by_row *bys, const struct lym_plan *plan)
{
	for (unsigned int by = 0; lym_hooks_choice(by, 0, plan, &bys[by], &(__u64){ 0 }, &(struct lym_chosen){ 0 }); by++)
		;
}

bool lym_hooks_ioctl32(unsigned int k, const struct lym_plan *plan, __u64 *key, struct lym_chosen *value)
{
	const struct lym_ioctl32 *t;
	__u64 args[2] = { 0 };
	unsigned int n;

	t = lym_schema_ioctl32(&n);
	if (k >= n)
		return false;
	args[1] = t[k].native;
	*key = LYM_CHOICE_KEY(LYM_BY_ioctl, t[k].value);
	*value = (struct lym_chosen){ 0, chosen(lym_schema_choice(LYM_BY_ioctl, 2, args, 2), plan, true) };
	return true;
}
