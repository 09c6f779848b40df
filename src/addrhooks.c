// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Hooks of cgroups that see the addresses that calls get and return: who is there, and whether our programs can be. */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "addrhooks.h"

/* They may change them, and then the address of a packet is not the one that the receiver is told. */
bool lym_addrhooks_others(void)
{
	struct bpf_prog_info info;
	__u32 id = 0, len;
	bool found = false;
	int fd;

	while (!found && !bpf_prog_get_next_id(id, &id)) {
		fd = bpf_prog_get_fd_by_id(id);
		if (fd < 0)
			continue;
		memset(&info, 0, sizeof(info));
		len = sizeof(info);
		found = !bpf_obj_get_info_by_fd(fd, &info, &len) && info.type == BPF_PROG_TYPE_CGROUP_SOCK_ADDR;
		close(fd);
	}
	return found;
}

/* Older kernels keep task storage from all programs of cgroups, and do not know the unix address hooks: a small program at this one
 * finds out. */
bool lym_addrhooks_work(int stages, int attach_type)
{
	struct bpf_insn look[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_current_task_btf },
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = stages }, { 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 4 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_task_storage_get },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	}, ask[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_current_task },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, o, .expected_attach_type = (enum bpf_attach_type)attach_type);
	bool table = stages < 0;
	int fd = bpf_prog_load(BPF_PROG_TYPE_CGROUP_SOCK_ADDR, "lymer_probe", "GPL", table ? ask : look,
			       (table ? sizeof(ask) : sizeof(look)) / sizeof(*look), &o);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno == EPERM;	/* which is no lack: loading the program will say so */
}
