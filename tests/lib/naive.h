/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The naive tracer: a BPF program of 60 instructions that reads what two arguments of a system call point at from user
 * memory when the call returns, as many tools do: recvfrom's buffer and address, sendto's, connect's address. It serves
 * as the witness that a race is really on. Attached before Lymer, it reads before Lymer in the same exit.
 */
#ifndef TESTS_NAIVE_H
#define TESTS_NAIVE_H

#include <linux/bpf.h>
#include "net.h"

struct naive {
	int link;
	volatile unsigned long long *count;	/* receives seen */
	volatile unsigned long long (*got)[2];	/* first 8 bytes at argument 2 and at argument 5 of each */
};

static inline long bpf_call(int cmd, union bpf_attr *a)
{
	return syscall(SYS_bpf, cmd, a, sizeof(*a));
}

static inline int naive_map(unsigned int value, unsigned int n, void **mem)
{
	union bpf_attr a = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = value, .max_entries = n,
			    .map_flags = BPF_F_MMAPABLE};
	size_t len = ((size_t)value * n + 4095) & ~4095ul;
	int fd = bpf_call(BPF_MAP_CREATE, &a);

	if (fd < 0)
		return -1;
	*mem = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return *mem == MAP_FAILED ? -1 : fd;
}

#define INSN(c, d, s, o, i) ((struct bpf_insn){.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i)})
#define MOV(d, s) INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define MOVI(d, i) INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define ADDI(d, i) INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define LOAD(d, s, o) INSN(BPF_LDX | BPF_MEM | BPF_DW, d, s, o, 0)
#define STORE(d, o, s) INSN(BPF_STX | BPF_MEM | BPF_DW, d, s, o, 0)
#define STORE32(d, o, s) INSN(BPF_STX | BPF_MEM | BPF_W, d, s, o, 0)
#define JUMP(op, d, i, o) INSN(BPF_JMP | (op) | BPF_K, d, 0, o, i)
#define CALL_(f) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define MAP1(fd) INSN(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)
/* *(u64 *)(fp + at) = kernel memory at r7 + off; user memory at the address in *(fp + at) */
#define KREAD(at, off) MOV(1, 10), ADDI(1, at), MOVI(2, 8), MOV(3, 7), ADDI(3, off), CALL_(BPF_FUNC_probe_read_kernel)
#define UREAD(at) LOAD(3, 10, at), MOV(1, 10), ADDI(1, at), MOVI(2, 8), CALL_(BPF_FUNC_probe_read_user)

/* Watch the calling thread's next n system calls of that number. false: this machine cannot (the caller says so). */
static inline bool naive_open(struct naive *v, unsigned int n, int nr)
{
#if defined(__x86_64__)
	enum { ORIG_AX = 120, SI = 104, R8 = 72 };	/* in struct pt_regs */
	static char license[] = "Dual BSD/GPL", name[] = "sys_exit", log[65536];
	void *count, *got;
	int cfd = naive_map(8, 1, &count), gfd = naive_map(16, n, &got);
	struct bpf_insn p[] = {
		MOV(6, 1), CALL_(BPF_FUNC_get_current_pid_tgid),
		INSN(BPF_ALU64 | BPF_LSH | BPF_K, 0, 0, 0, 32), INSN(BPF_ALU64 | BPF_RSH | BPF_K, 0, 0, 0, 32),
		JUMP(BPF_JEQ, 0, (int)syscall(SYS_gettid), 2), MOVI(0, 0), INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
		LOAD(7, 6, 0), KREAD(-8, ORIG_AX), LOAD(1, 10, -8),
		JUMP(BPF_JEQ, 1, nr, 2), MOVI(0, 0), INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
		KREAD(-16, SI), UREAD(-16), KREAD(-24, R8), UREAD(-24),
		MOVI(1, 0), STORE32(10, -32, 1), MOV(2, 10), ADDI(2, -32), MAP1(cfd), CALL_(BPF_FUNC_map_lookup_elem),
		JUMP(BPF_JNE, 0, 0, 2), MOVI(0, 0), INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
		LOAD(1, 0, 0), STORE32(10, -32, 1), ADDI(1, 1), STORE(0, 0, 1),
		MOV(2, 10), ADDI(2, -32), MAP1(gfd), CALL_(BPF_FUNC_map_lookup_elem),
		JUMP(BPF_JNE, 0, 0, 2), MOVI(0, 0), INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
		LOAD(1, 10, -16), STORE(0, 0, 1), LOAD(1, 10, -24), STORE(0, 8, 1),
		MOVI(0, 0), INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union bpf_attr a = {.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT, .insns = (unsigned long)p,
			    .insn_cnt = sizeof(p) / sizeof(*p), .license = (unsigned long)license,
			    .log_buf = (unsigned long)log, .log_size = sizeof(log), .log_level = 1};
	int fd;

	if (cfd < 0 || gfd < 0)
		return false;
	fd = bpf_call(BPF_PROG_LOAD, &a);
	if (fd < 0) {
		fprintf(stderr, "naive reader: %s\n%s", strerror(errno), log);
		return false;
	}
	memset(&a, 0, sizeof(a));
	a.raw_tracepoint.name = (unsigned long)name;
	a.raw_tracepoint.prog_fd = fd;
	v->link = bpf_call(BPF_RAW_TRACEPOINT_OPEN, &a);
	v->count = count;
	v->got = got;
	return v->link >= 0;
#else
	return false;
#endif
}

#endif
