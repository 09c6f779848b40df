// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Sparse conditional constant propagation: what each register holds is followed from where functions begin, along the branches that
 * can be taken with that; where paths meet, what they do not agree on is unknown. Only what must be known: constants, addresses in the
 * read-only data, and what is loaded from there. Instructions are those of the kernel's Documentation/bpf/standardization/instruction-set.rst.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "prune.h"

#define REGISTERS 11
/* Of an instruction: that some path comes to it, and of a branch the ways that are taken. */
#define REACHED 1
#define LEAPS 2
#define GOES_ON 4

enum kind { NOTHING, CONSTANT, ADDRESS, UNKNOWN };	/* nothing: no path has come here yet; address: offset in the data */

struct registers {
	__u64 value[REGISTERS];		/* 0 of what is unknown */
	__u8 kind[REGISTERS + 5];	/* none between, so that all can be compared at once */
};

struct work {
	struct lym_program *p;
	int fd;
	const void *data;
	size_t size;
	__u8 *reached;			/* of each instruction: REACHED, … */
	__u32 *leader;			/* of each instruction that is branched to, 1, …; the others' registers are not kept */
	struct registers *at;		/* of each leader */
	__u8 *waits;			/* of each leader: it is on the stack */
	__u32 *stack;			/* instructions to be gone on from; each is there once */
	size_t depth;
};

static bool wide(const struct bpf_insn *i)
{
	return i->code == (BPF_LD | BPF_IMM | BPF_DW);
}

static bool jumps(const struct bpf_insn *i)
{
	__u8 class = BPF_CLASS(i->code), op = BPF_OP(i->code);

	return (class == BPF_JMP || class == BPF_JMP32) && op != BPF_CALL && op != BPF_EXIT;
}

/* Which instruction one names, that jumps, calls a function or takes its address; -1: none. */
static long target(const struct lym_program *p, size_t at)
{
	const struct bpf_insn *i = &p->insn[at];

	if (jumps(i))
		return at + 1 + i->off;
	if ((i->code == (BPF_JMP | BPF_CALL) && i->src_reg == BPF_PSEUDO_CALL) || (wide(i) && i->src_reg == BPF_PSEUDO_FUNC))
		return at + 1 + i->imm;
	return -1;
}

/* ---- following ---- */

static void forget(struct registers *r, unsigned int which)
{
	r->kind[which] = UNKNOWN;
	r->value[which] = 0;
}

static void know(struct registers *r, unsigned int which, enum kind kind, __u64 value)
{
	r->kind[which] = kind;
	r->value[which] = value;
}

/* A path comes to a leader: what it brings is met with what is known there. */
static void arrive(struct work *w, size_t at, const struct registers *r)
{
	__u32 leader = w->leader[at];
	struct registers *old = &w->at[leader];
	bool news = false;

	if (!memcmp(old, r, sizeof(*r)))
		return;
	for (unsigned int i = 0; i < REGISTERS; i++) {
		if (old->kind[i] == UNKNOWN || (old->kind[i] == r->kind[i] && old->value[i] == r->value[i]))
			continue;
		if (old->kind[i] == NOTHING)
			know(old, i, r->kind[i], r->value[i]);
		else
			forget(old, i);
		news = true;
	}
	if (news && !w->waits[leader]) {
		w->waits[leader] = true;
		w->stack[w->depth++] = at;
	}
}

/* A function: whoever calls it may have passed anything. */
static void enter(struct work *w, size_t at)
{
	struct registers r = {};

	for (unsigned int i = 0; i < REGISTERS; i++)
		forget(&r, i);
	arrive(w, at, &r);
}

/* 64 bits of arithmetic; false: not followed. */
static bool compute(__u8 op, bool narrow, __u64 a, __u64 b, __u64 *ret)
{
	unsigned int bits = narrow ? 32 : 64, by = b & (bits - 1);

	if (narrow) {
		a = (__u32)a;
		b = (__u32)b;
	}
	switch (op) {
	case BPF_ADD:
		a += b;
		break;
	case BPF_SUB:
		a -= b;
		break;
	case BPF_MUL:
		a *= b;
		break;
	case BPF_AND:
		a &= b;
		break;
	case BPF_OR:
		a |= b;
		break;
	case BPF_XOR:
		a ^= b;
		break;
	case BPF_LSH:
		a <<= by;
		break;
	case BPF_RSH:
		a >>= by;
		break;
	case BPF_ARSH:
		a = narrow ? (__u64)((__s32)a >> by) : (__u64)((__s64)a >> by);
		break;
	case BPF_MOV:
		a = b;
		break;
	default:
		return false;
	}
	*ret = narrow ? (__u32)a : a;
	return true;
}

static void alu(struct registers *r, const struct bpf_insn *i)
{
	bool narrow = BPF_CLASS(i->code) == BPF_ALU, by_register = BPF_SRC(i->code) == BPF_X;
	__u8 op = BPF_OP(i->code), kind = by_register ? r->kind[i->src_reg] : CONSTANT;
	__u64 b = by_register ? r->value[i->src_reg] : (__u64)(__s64)i->imm, v;

	if (i->off)				/* signed division, moves that extend the sign */
		return forget(r, i->dst_reg);
	if (op == BPF_MOV && !narrow)
		return know(r, i->dst_reg, kind, b);
	if (kind == CONSTANT && !narrow && r->kind[i->dst_reg] == ADDRESS && (op == BPF_ADD || op == BPF_SUB))
		return know(r, i->dst_reg, ADDRESS, r->value[i->dst_reg] + (op == BPF_ADD ? b : -b));
	if (kind != CONSTANT || (op != BPF_MOV && r->kind[i->dst_reg] != CONSTANT) || !compute(op, narrow, r->value[i->dst_reg], b, &v))
		return forget(r, i->dst_reg);
	know(r, i->dst_reg, CONSTANT, v);
}

static void load(const struct work *w, struct registers *r, const struct bpf_insn *i)
{
	static const __u8 bytes[] = { [BPF_W >> 3] = 4, [BPF_H >> 3] = 2, [BPF_B >> 3] = 1, [BPF_DW >> 3] = 8 };
	__u64 n = bytes[BPF_SIZE(i->code) >> 3], from = r->value[i->src_reg] + i->off, v = 0;

	if (BPF_MODE(i->code) != BPF_MEM || r->kind[i->src_reg] != ADDRESS || from > w->size || n > w->size - from)
		return forget(r, i->dst_reg);
	memcpy(&v, (const char *)w->data + from, n);	/* little-endian, as all that we are built for */
	know(r, i->dst_reg, CONSTANT, v);
}

/* Both halves of an instruction that loads 64 bits. */
static void load_wide(struct work *w, struct registers *r, const struct bpf_insn *i)
{
	if (!i->src_reg)
		know(r, i->dst_reg, CONSTANT, (__u32)i->imm | (__u64)(__u32)i[1].imm << 32);
	else if (i->src_reg == BPF_PSEUDO_MAP_VALUE && i->imm == w->fd)
		know(r, i->dst_reg, ADDRESS, (__u32)i[1].imm);
	else
		forget(r, i->dst_reg);
}

/* What an atomic instruction leaves in a register, it has from memory. */
static void store(struct registers *r, const struct bpf_insn *i)
{
	if (BPF_CLASS(i->code) != BPF_STX || BPF_MODE(i->code) != BPF_ATOMIC)
		return;
	if (i->imm == BPF_CMPXCHG)
		forget(r, 0);
	else if (i->imm & BPF_FETCH)
		forget(r, i->src_reg);
	else if (i->imm & ~0xf0)		/* of those that load, too */
		forget(r, i->dst_reg);
}

/* The ways that a conditional branch can go. */
static unsigned int ways(const struct registers *r, const struct bpf_insn *i)
{
	bool narrow = BPF_CLASS(i->code) == BPF_JMP32, by_register = BPF_SRC(i->code) == BPF_X, yes;
	__u64 a = r->value[i->dst_reg], b = by_register ? r->value[i->src_reg] : (__u64)(__s64)i->imm;

	if (r->kind[i->dst_reg] != CONSTANT || (by_register && r->kind[i->src_reg] != CONSTANT))
		return LEAPS | GOES_ON;
	if (narrow) {		/* the same order, signed or not, in the upper half */
		a <<= 32;
		b <<= 32;
	}
	switch (BPF_OP(i->code)) {
	case BPF_JEQ:
		yes = a == b;
		break;
	case BPF_JNE:
		yes = a != b;
		break;
	case BPF_JGT:
		yes = a > b;
		break;
	case BPF_JGE:
		yes = a >= b;
		break;
	case BPF_JLT:
		yes = a < b;
		break;
	case BPF_JLE:
		yes = a <= b;
		break;
	case BPF_JSET:
		yes = a & b;
		break;
	case BPF_JSGT:
		yes = (__s64)a > (__s64)b;
		break;
	case BPF_JSGE:
		yes = (__s64)a >= (__s64)b;
		break;
	case BPF_JSLT:
		yes = (__s64)a < (__s64)b;
		break;
	case BPF_JSLE:
		yes = (__s64)a <= (__s64)b;
		break;
	default:
		return LEAPS | GOES_ON;
	}
	return yes ? LEAPS : GOES_ON;
}

/* What a branch on equality says of the register for who is equal. */
static struct registers equal(const struct registers *r, const struct bpf_insn *i)
{
	struct registers known = *r;

	if (BPF_CLASS(i->code) == BPF_JMP && BPF_SRC(i->code) == BPF_K && r->kind[i->dst_reg] == UNKNOWN)
		know(&known, i->dst_reg, CONSTANT, (__u64)(__s64)i->imm);
	return known;
}

/* A branch; false: nothing follows. */
static bool branch(struct work *w, size_t at, struct registers *r)
{
	const struct bpf_insn *i = &w->p->insn[at];
	__u8 op = BPF_OP(i->code);
	unsigned int way = op == BPF_JA ? LEAPS : ways(r, i);
	struct registers known = op == BPF_JEQ || op == BPF_JNE ? equal(r, i) : *r;

	w->reached[at] |= way;
	if (way & LEAPS)
		arrive(w, target(w->p, at), op == BPF_JEQ ? &known : r);
	if (op == BPF_JNE)
		*r = known;
	return way & GOES_ON;
}

/* One instruction; false: the next is not reached from it. */
static bool step(struct work *w, size_t at, struct registers *r)
{
	const struct bpf_insn *i = &w->p->insn[at];

	w->reached[at] |= REACHED;
	switch (BPF_CLASS(i->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		alu(r, i);
		return true;
	case BPF_LD:
		if (!wide(i)) {
			forget(r, 0);
			return true;
		}
		load_wide(w, r, i);
		w->reached[at + 1] |= REACHED;
		if (i->src_reg == BPF_PSEUDO_FUNC)
			enter(w, target(w->p, at));
		return true;
	case BPF_LDX:
		load(w, r, i);
		return true;
	case BPF_ST:
	case BPF_STX:
		store(r, i);
		return true;
	}
	if (BPF_OP(i->code) == BPF_EXIT)
		return false;
	if (BPF_OP(i->code) == BPF_CALL) {
		if (i->src_reg == BPF_PSEUDO_CALL)
			enter(w, target(w->p, at));
		for (unsigned int k = 0; k <= 5; k++)
			forget(r, k);
		return true;
	}
	return branch(w, at, r);
}

/* From a leader to the next. */
static void follow(struct work *w, size_t at)
{
	struct registers r = w->at[w->leader[at]];

	do {
		bool on = step(w, at, &r);

		at += wide(&w->p->insn[at]) ? 2 : 1;
		if (!on)
			return;
	} while (!w->leader[at]);
	arrive(w, at, &r);
}

/* ---- taking out ---- */

/* A branch that is not taken goes, as one that leads to what is next now; then, the new place of each instruction and of the end: how many
 * are kept before it. */
static void place(const struct work *w, __u32 *to)
{
	const struct lym_program *p = w->p;
	__u32 n = 0;

	to[p->n] = p->n;		/* first: which of those kept is next from here */
	for (size_t i = p->n; i-- > 0;) {
		long there = jumps(&p->insn[i]) ? target(p, i) : -1;

		if (there >= 0 && !(w->reached[i] & LEAPS))
			w->reached[i] = 0;
		if (there > (long)i && !(w->reached[i] & GOES_ON) && to[there] == to[i + 1])
			w->reached[i] = 0;
		to[i] = w->reached[i] ? i : to[i + 1];
	}
	for (size_t i = 0; i < p->n; i++) {
		to[i] = n;
		n += w->reached[i] & REACHED;
	}
	to[p->n] = n;
}

static void move(const struct work *w, const __u32 *to)
{
	struct bpf_insn *insn = w->p->insn;

	for (size_t i = 0; i < w->p->n; i++) {
		struct bpf_insn *now = &insn[to[i]];
		long there = target(w->p, i);

		if (!(w->reached[i] & REACHED))
			continue;
		*now = insn[i];
		if (!jumps(now)) {
			if (there >= 0)
				now->imm = to[there] - to[i] - 1;
			continue;
		}
		if (!(w->reached[i] & GOES_ON))
			*now = (struct bpf_insn){ .code = BPF_JMP | BPF_JA };
		now->off = to[there] - to[i] - 1;
	}
}

/* Functions that nothing comes to go; of the lines that come together at one place, the last stays. */
static void tell(struct work *w, const __u32 *to)
{
	struct lym_program *p = w->p;
	__u32 n = 0;

	for (__u32 i = 0; i < p->funcs; i++)
		if (w->at[w->leader[p->func[i].insn_off]].kind[0] != NOTHING) {
			p->func[n] = p->func[i];
			p->func[n++].insn_off = to[p->func[i].insn_off];
		}
	p->funcs = n;
	n = 0;
	for (__u32 i = 0; i < p->lines; i++) {
		struct bpf_line_info line = p->line[i];

		line.insn_off = to[line.insn_off];
		if (line.insn_off == to[p->n])
			break;
		if (n && p->line[n - 1].insn_off == line.insn_off)
			n--;
		p->line[n++] = line;
	}
	p->lines = n;
}

/* Where paths meet: the number of leaders; 0: these are not instructions as compilers make them for us. */
static __u32 look(struct work *w)
{
	const struct lym_program *p = w->p;
	__u32 leaders = 1;
	size_t i;

	w->leader[0] = 1;

	for (i = 0; i < p->n; i += wide(&p->insn[i]) ? 2 : 1) {
		long there = target(p, i);

		if (there >= (long)p->n || p->insn[i].code == (BPF_JMP32 | BPF_JA))
			return 0;
		if (there >= 0 && !w->leader[there])
			w->leader[there] = ++leaders;
	}
	return i == p->n && (p->insn[i - 1].code == (BPF_JMP | BPF_EXIT) || p->insn[i - 1].code == (BPF_JMP | BPF_JA)) ? leaders : 0;
}

int lym_prune(struct lym_program *p, int fd, const void *data, size_t size)
{
	struct work w = { .p = p, .fd = fd, .data = data, .size = size };
	__u32 *to = calloc(p->n + 1, sizeof(*to)), leaders;
	int err = 0;

	w.reached = calloc(p->n, 1);
	w.leader = calloc(p->n, sizeof(*w.leader));
	leaders = w.leader ? look(&w) : 0;
	w.at = calloc(leaders + 1, sizeof(*w.at));
	w.waits = calloc(leaders + 1, 1);
	w.stack = calloc(leaders + 1, sizeof(*w.stack));
	if (!to || !w.reached || !w.leader || !w.waits || !w.at || !w.stack)
		err = -ENOMEM;
	else if (!leaders)
		err = -EINVAL;
	if (!err) {
		enter(&w, 0);
		while (w.depth) {
			size_t at = w.stack[--w.depth];

			w.waits[w.leader[at]] = false;
			follow(&w, at);
		}
		place(&w, to);
		move(&w, to);
		tell(&w, to);
		p->n = to[p->n];
	}
	free(to);
	free(w.reached);
	free(w.leader);
	free(w.at);
	free(w.waits);
	free(w.stack);
	return err;
}
