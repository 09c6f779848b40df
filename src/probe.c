// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What this kernel and this machine have, found out by using it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "probe.h"

#define PREEMPT_MODE "/sys/kernel/debug/sched/preempt"	/* "full (lazy)": the one in parentheses; it need not be there */

bool lym_probe_others(void)
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
bool lym_probe_cgroup(int attach_type, int storage)
{
	struct bpf_insn look[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_current_task_btf },
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = storage }, { 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 4 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_task_storage_get },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, o, .expected_attach_type = (enum bpf_attach_type)attach_type);
	int fd = bpf_prog_load(BPF_PROG_TYPE_CGROUP_SOCK_ADDR, "lymer_probe", "GPL", look, sizeof(look) / sizeof(*look), &o);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno == EPERM;	/* which is no lack: loading the program will say so */
}

/* What PREEMPT_MODE says, "" if nothing. */
static void preempt_mode(char *now, size_t size)
{
	int fd = open(PREEMPT_MODE, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, now, size - 1);

	now[n > 0 ? n : 0] = 0;
	if (fd >= 0)
		close(fd);
}

bool lym_probe_preempted(void)
{
	char now[64];

	preempt_mode(now, sizeof(now));
	return !strstr(now, "(lazy)");
}

bool lym_probe_preempts(void)
{
	struct utsname u;
	char now[64];

	preempt_mode(now, sizeof(now));
	if (*now)
		return strstr(now, "(full)");
	/* without a mode it is how the kernel was built, and one that could change it does not say how it is */
	return uname(&u) || strstr(u.version, "PREEMPT");
}
