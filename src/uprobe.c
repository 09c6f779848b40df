// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Hooks at functions of files (uprobes): many of one file as one link, which libbpf 1.1 does not know yet. */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "hooks.h"
#include "uprobe.h"

#define RETURNS 1		/* BPF_F_UPROBE_MULTI_RETURN */

/* What BPF_LINK_CREATE is given, of union bpf_attr. */
struct create {
	__u32 prog, target, attach_type, flags;
	__u64 path, offsets, counters, cookies;
	__u32 count, which, pid, pad;
};

int lym_uprobe_link(int prog, const char *path, const __u64 *offsets, const __u64 *cookies, unsigned int n, bool returns)
{
	struct create c = {
		.prog = prog, .attach_type = LYM_TRACE_UPROBE_MULTI, .path = (unsigned long)path, .offsets = (unsigned long)offsets,
		.cookies = (unsigned long)cookies, .count = n, .which = returns ? RETURNS : 0,
	};
	int fd = syscall(SYS_bpf, BPF_LINK_CREATE, &c, sizeof(c));

	return fd < 0 ? -errno : fd;
}

/* No function is in a directory, and a kernel that knows what it is asked for says so. */
bool lym_uprobe_works(void)
{
	struct bpf_insn harmless[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 }, { .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, o, .expected_attach_type = (enum bpf_attach_type)LYM_TRACE_UPROBE_MULTI);
	int prog = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "lymer_probe", "GPL", harmless, 2, &o), err;

	if (prog < 0)
		return errno == EPERM;		/* which is no lack: loading the program will say so */
	err = lym_uprobe_link(prog, "/", &(__u64){ 1 }, NULL, 1, false);
	close(prog);
	if (err >= 0)
		close(err);
	return err == -EBADF;
}
