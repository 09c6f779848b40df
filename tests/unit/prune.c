// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Programs without what they never come to do what they did: random ones run in an interpreter as they were made and as they are pruned, from
 * the same registers. And of known ones just what is dead goes.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "prune.h"
#include "tap.h"

#define FD 7
#define BASE 0x7000000000000ull		/* where the interpreter has the read-only data */
#define MOST 96
#define STEPS 4000

static unsigned char data[64];
static __u64 seed = 88172645463325252ull;

static __u64 draw(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static unsigned int below(unsigned int n)
{
	return (draw() >> 11) % n;
}

/* ---- the interpreter ---- */

struct run {
	const struct bpf_insn *insn;
	__u64 scramble;		/* what is told to the program from outside */
	int steps;		/* left of all that it may take */
};

static __u64 outside(struct run *run, __u64 salt)
{
	run->scramble = (run->scramble + salt) * 6364136223846793005ull + 1442695040888963407ull;
	return run->scramble >> 40 & 1 ? run->scramble >> 33 : run->scramble >> 62;
}

static __u64 arithmetic(int op, __u64 a, __u64 b, int bits)
{
	__u64 v = 0;

	switch (op) {
	case BPF_MOV: v = b; break;
	case BPF_ADD: v = a + b; break;
	case BPF_SUB: v = a - b; break;
	case BPF_MUL: v = a * b; break;
	case BPF_DIV: v = b ? a / b : 0; break;
	case BPF_MOD: v = b ? a % b : a; break;
	case BPF_OR: v = a | b; break;
	case BPF_AND: v = a & b; break;
	case BPF_XOR: v = a ^ b; break;
	case BPF_NEG: v = -a; break;
	case BPF_LSH: v = a << b % bits; break;
	case BPF_RSH: v = a >> b % bits; break;
	case BPF_ARSH: v = bits == 64 ? (__u64)((__s64)a >> b % 64) : (__u64)(__s64)((__s32)a >> b % 32); break;
	}
	return bits == 64 ? v : (__u32)v;
}

static int holds(int op, __u64 a, __u64 b, __s64 sa, __s64 sb)
{
	switch (op) {
	case BPF_JEQ: return a == b;
	case BPF_JNE: return a != b;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	case BPF_JLT: return a < b;
	case BPF_JLE: return a <= b;
	case BPF_JSET: return !!(a & b);
	case BPF_JSGT: return sa > sb;
	case BPF_JSGE: return sa >= sb;
	case BPF_JSLT: return sa < sb;
	case BPF_JSLE: return sa <= sb;
	}
	return 1;	/* BPF_JA */
}

static __u64 from_memory(struct run *run, const struct bpf_insn *i, __u64 at)
{
	unsigned int n = BPF_SIZE(i->code) == BPF_DW ? 8 : BPF_SIZE(i->code) == BPF_W ? 4 : BPF_SIZE(i->code) == BPF_H ? 2 : 1;
	__u64 v = 0;

	if (at - BASE > sizeof(data) - n)
		return outside(run, at);
	for (unsigned int k = 0; k < n; k++)
		v |= (__u64)data[at - BASE + k] << 8 * k;
	return v;
}

/* r0 of a function that begins there; 0 when there were too many steps. */
static __u64 interpret(struct run *run, size_t at, const __u64 *given)
{
	__u64 r[16];

	memcpy(r, given, sizeof(r));
	for (;;) {
		const struct bpf_insn *i = &run->insn[at];
		__u64 a = r[i->dst_reg], b = BPF_SRC(i->code) == BPF_X ? r[i->src_reg] : (__u64)(__s64)i->imm;

		if (--run->steps < 0)
			return 0;
		at++;
		switch (BPF_CLASS(i->code)) {
		case BPF_ALU64:
			r[i->dst_reg] = arithmetic(BPF_OP(i->code), a, b, 64);
			break;
		case BPF_ALU:
			r[i->dst_reg] = arithmetic(BPF_OP(i->code), (__u32)a, (__u32)b, 32);
			break;
		case BPF_LD:
			r[i->dst_reg] = i->src_reg ? BASE + i[1].imm : (__u32)i->imm | (__u64)(__u32)i[1].imm << 32;
			at++;
			break;
		case BPF_LDX:
			r[i->dst_reg] = from_memory(run, i, r[i->src_reg] + i->off);
			break;
		case BPF_STX:		/* an exchange */
			r[i->src_reg] = outside(run, a);
			break;
		case BPF_JMP32:
			if (holds(BPF_OP(i->code), (__u32)a, (__u32)b, (__s32)a, (__s32)b))
				at += i->off;
			break;
		case BPF_JMP:
			if (BPF_OP(i->code) == BPF_EXIT)
				return r[0];
			if (BPF_OP(i->code) != BPF_CALL) {
				if (holds(BPF_OP(i->code), a, b, a, b))
					at += i->off;
				break;
			}
			r[0] = i->src_reg ? interpret(run, at + i->imm, r) : outside(run, i->imm);
			for (int k = 1; k <= 5; k++)
				r[k] = outside(run, k);
		}
	}
}

/* ---- random programs ---- */

struct made {
	struct bpf_insn insn[MOST];
	struct bpf_func_info func[4];
	struct bpf_line_info line[MOST];
	struct lym_program p;
};

static struct bpf_insn any(const struct made *m, size_t end, size_t next_function)
{
	static const __u8 ops[] = { BPF_MOV, BPF_MOV, BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_MOD, BPF_OR, BPF_AND, BPF_XOR, BPF_NEG, BPF_LSH, BPF_RSH, BPF_ARSH };
	static const __u8 jumps[] = { BPF_JA, BPF_JEQ, BPF_JEQ, BPF_JNE, BPF_JNE, BPF_JGT, BPF_JGE, BPF_JLT, BPF_JLE, BPF_JSET, BPF_JSGT, BPF_JSGE, BPF_JSLT, BPF_JSLE };
	static const int numbers[] = { 0, 0, 1, 1, 2, 3, -1, 5, 31, 32, 40, 63, 255, 0x7fffffff, -0x7fffffff - 1 };
	struct bpf_insn i = { .dst_reg = below(10), .src_reg = below(10), .imm = numbers[below(sizeof(numbers) / sizeof(*numbers))] };
	__u8 source = below(3) ? BPF_K : BPF_X;

	switch (below(12)) {
	case 0 ... 4:
		i.code = (below(2) ? BPF_ALU64 : BPF_ALU) | source | ops[below(sizeof(ops))];
		break;
	case 5:
		i.code = BPF_LDX | BPF_MEM | (__u8[]){ BPF_B, BPF_H, BPF_W, BPF_DW }[below(4)];
		i.off = (int)below(sizeof(data) + 8) - 4;
		break;
	case 6:
		i.code = BPF_JMP | BPF_CALL;
		i.src_reg = 0;
		if (next_function && below(2)) {
			i.src_reg = BPF_PSEUDO_CALL;
			i.imm = next_function - m->p.n - 1;
		}
		break;
	case 7:
		i.code = BPF_STX | BPF_ATOMIC | BPF_DW;
		i.imm = BPF_XCHG;
		break;
	default:
		i.code = (below(2) ? BPF_JMP : BPF_JMP32) | source | jumps[below(sizeof(jumps))];
		if (BPF_OP(i.code) == BPF_JA)
			i.code = BPF_JMP | BPF_JA;
		i.off = below(end - m->p.n - 1);	/* at most to the exit */
		if (!below(8) && m->p.n > 8)
			i.off = -(int)below(6);
	}
	if (source == BPF_K && BPF_CLASS(i.code) != BPF_LDX && BPF_CLASS(i.code) != BPF_STX && BPF_OP(i.code) != BPF_CALL)
		i.src_reg = 0;
	return i;
}

/* The functions follow each other, each calls only the next; a jump may lead into the middle of nothing but an instruction of its own function. */
static void make(struct made *m)
{
	unsigned int functions = 1 + below(3), long_each = MOST / 4;

	memset(m, 0, sizeof(*m));
	for (unsigned int f = 0; f < functions; f++) {
		size_t begin = m->p.n, end = begin + 8 + below(long_each - 8);

		m->func[f] = (struct bpf_func_info){ .insn_off = begin, .type_id = f + 1 };
		while (m->p.n < end - 1) {
			if (m->p.n + 2 < end && !below(6)) {
				bool address = below(2);

				m->insn[m->p.n++] = (struct bpf_insn){ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = below(10),
					.src_reg = address ? BPF_PSEUDO_MAP_VALUE : 0, .imm = address ? FD : (int)draw() };
				m->insn[m->p.n++] = (struct bpf_insn){ .imm = below(sizeof(data)) };
			} else {
				m->insn[m->p.n] = any(m, end, f + 1 < functions ? end : 0);
				m->p.n++;
			}
		}
		m->insn[m->p.n++] = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
	}
	for (size_t i = 0; i < m->p.n; i++) {	/* who would jump into the second half of an instruction jumps one less far */
		struct bpf_insn *insn = &m->insn[i];
		bool second = i && m->insn[i - 1].code == (BPF_LD | BPF_IMM | BPF_DW);
		__u8 class = BPF_CLASS(insn->code);

		if (second || (class != BPF_JMP && class != BPF_JMP32) || BPF_OP(insn->code) == BPF_CALL || BPF_OP(insn->code) == BPF_EXIT)
			continue;
		for (unsigned int f = functions; f-- > 0;)	/* nor backwards into another function */
			if (i >= m->func[f].insn_off) {
				if ((long)i + 1 + insn->off < (long)m->func[f].insn_off)
					insn->off = 0;
				break;
			}
		if (i + insn->off + 1 > 0 && m->insn[i + insn->off].code == (BPF_LD | BPF_IMM | BPF_DW))
			insn->off--;
	}
	for (size_t i = 0; i < m->p.n; i++)
		if (!i || m->insn[i - 1].code != (BPF_LD | BPF_IMM | BPF_DW))
			m->line[m->p.lines++] = (struct bpf_line_info){ .insn_off = i, .line_col = i };
	m->p.insn = m->insn;
	m->p.func = m->func;
	m->p.funcs = functions;
	m->p.line = m->line;
}

/* Does a program say of its functions and lines where they are? */
static bool told(const struct made *m)
{
	const struct lym_program *p = &m->p;
	bool good = p->funcs && p->lines && !p->func[0].insn_off && !p->line[0].insn_off;

	for (size_t i = 0; i < p->n; i++) {
		bool known = p->insn[i].code != (BPF_JMP | BPF_CALL) || !p->insn[i].src_reg;

		for (__u32 f = 0; f < p->funcs && !known; f++)
			known = p->func[f].insn_off == i + 1 + p->insn[i].imm;
		good = good && known;
	}
	for (__u32 i = 1; i < p->lines; i++)
		good = good && p->line[i].insn_off > p->line[i - 1].insn_off && p->line[i].insn_off < p->n;
	return good;
}

/* Many programs, each from several beginnings. */
static void test_random(void)
{
	unsigned int wrong = 0, untold = 0, failed = 0, ended = 0;
	unsigned long before = 0, after = 0;
	static struct made was, is;

	for (unsigned int i = 0; i < sizeof(data); i++)
		data[i] = i % 3 ? i : 0;
	for (unsigned int n = 0; n < 100000; n++) {
		make(&was);
		is = was;
		is.p.insn = is.insn;
		is.p.func = is.func;
		is.p.line = is.line;
		failed += lym_prune(&is.p, FD, data, sizeof(data)) != 0;
		untold += !told(&is);
		before += was.p.n;
		after += is.p.n;
		for (int times = 0; times < 8; times++) {
			__u64 given[16], x, y;
			struct run a = { .insn = was.insn, .scramble = draw(), .steps = STEPS }, b = { .insn = is.insn, .scramble = a.scramble, .steps = STEPS };

			for (int k = 0; k < 16; k++)
				given[k] = below(2) ? below(4) : draw();
			x = interpret(&a, 0, given);
			y = interpret(&b, 0, given);
			if (a.steps < 0)	/* for ever, perhaps */
				continue;
			ended++;
			wrong += x != y || a.scramble != b.scramble;
		}
	}
	ok(!failed, "each of 100,000 programs is understood");
	ok(ended > 400000, "they were run to their end from %u beginnings", ended);
	ok(!wrong, "without what is dead they end with the same, and have asked the same: %u do not", wrong);
	ok(!untold, "functions and lines are where the program says");
	ok(after < before * 9 / 10, "%lu of %lu instructions are left", after, before);
}

/* What is asked of data decides. */
static void test_known(void)
{
	static const struct bpf_insn program[] = {
		{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_VALUE, .imm = FD }, { .imm = 8 },
		{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 1, .src_reg = 1 },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 1, .imm = 0, .off = 2 },
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = 3 },
		{ .code = BPF_JMP | BPF_JA, .off = 1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 2 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bpf_func_info func[2];
	struct bpf_insn insn[10];
	struct lym_program p = { .insn = insn, .func = func };

	for (int wanted = 0; wanted < 2; wanted++) {
		memcpy(insn, program, sizeof(program));
		memcpy(func, (struct bpf_func_info[]){ { .insn_off = 0 }, { .insn_off = 8 } }, sizeof(func));
		memset(data, 0, sizeof(data));
		data[8] = wanted;
		p.n = 10;
		p.funcs = 2;
		ok(!lym_prune(&p, FD, data, sizeof(data)), "a program of two functions, %swanted", wanted ? "" : "not ");
		ok(p.n == (wanted ? 7 : 5) && p.funcs == 1u + wanted, "%zu instructions and %u functions are left", p.n, p.funcs);
	}
	memcpy(insn, program, sizeof(program));
	p.n = 10;
	p.funcs = 0;
	ok(!lym_prune(&p, FD + 1, data, sizeof(data)) && p.n == 10, "what another map holds decides nothing");
	p.n = 9;
	ok(lym_prune(&p, FD, data, sizeof(data)) < 0 && p.n == 9, "instructions without an end are not understood");
}

int main(void)
{
	test_random();
	test_known();
	return done();
}
