// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Hooks at functions of files (uprobes): many of one file as one link, which libbpf 1.1 does not know yet; before Linux 6.6 each is a perf event
 * with a link of its own.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/perf_event.h>
#include <bpf/bpf.h>
#include "hooks.h"
#include "uprobe.h"

#define RETURNS 1		/* BPF_F_UPROBE_MULTI_RETURN */
#define PMU "/sys/bus/event_source/devices/uprobe/"

/* What BPF_LINK_CREATE is given, of union bpf_attr; of a perf event its cookie is where the path is. */
struct create {
	__u32 prog, target, attach_type, flags;
	__u64 path, offsets, counters, cookies;
	__u32 count, which, pid, pad;
};

static int create(struct create *c)
{
	int fd = syscall(SYS_bpf, BPF_LINK_CREATE, c, sizeof(*c));

	return fd < 0 ? -errno : fd;
}

static int link_many(int prog, const char *path, const __u64 *offsets, const __u64 *cookies, unsigned int n, bool returns)
{
	struct create c = {
		.prog = prog, .attach_type = LYM_TRACE_UPROBE_MULTI, .path = (unsigned long)path, .offsets = (unsigned long)offsets,
		.cookies = (unsigned long)cookies, .count = n, .which = returns ? RETURNS : 0,
	};

	return create(&c);
}

/* A link to a perf event, which it keeps. */
static int link_event(int prog, int event, __u64 cookie)
{
	struct create c = { .prog = prog, .target = event, .attach_type = BPF_PERF_EVENT, .path = cookie };

	return create(&c);
}

/* The number in a file, behind a prefix; -1: there is none. */
static int number_in(const char *name, const char *format)
{
	FILE *f = fopen(name, "re");
	int n;

	if (!f || fscanf(f, format, &n) != 1)
		n = -1;
	if (f)
		fclose(f);
	return n;
}

static int link_one(int prog, const char *path, __u64 offset, __u64 cookie, bool returns)
{
	int bit = number_in(PMU "format/retprobe", "config:%d"), event, link;
	struct perf_event_attr a = {
		.type = number_in(PMU "type", "%d"), .size = sizeof(a), .config = returns ? 1ull << bit : 0,
		.uprobe_path = (unsigned long)path, .probe_offset = offset,
	};

	event = bit < 0 ? -1 : syscall(SYS_perf_event_open, &a, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (event < 0)
		return bit < 0 ? -ENOENT : -errno;
	link = link_event(prog, event, cookie);
	close(event);
	return link;
}

/* A directory has no function, and no file is -1: a kernel that knows what it is asked for says so. */
static bool knows(bool many)
{
	struct bpf_insn harmless[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 }, { .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, o, .expected_attach_type = (enum bpf_attach_type)(many ? LYM_TRACE_UPROBE_MULTI : 0));
	int prog = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "lymer_probe", "GPL", harmless, 2, &o), err;

	if (prog < 0)
		return errno == EPERM;		/* which is no lack: loading the program will say so */
	err = many ? link_many(prog, "/", &(__u64){ 1 }, NULL, 1, false) : link_event(prog, -1, 0);
	close(prog);
	if (err >= 0)
		close(err);
	return err == -EBADF;
}

bool lym_uprobe_many(void)
{
	static int many = -1;

	if (many < 0)
		many = knows(true);
	return many;
}

bool lym_uprobe_works(void)
{
	return lym_uprobe_many() || (!access(PMU "type", R_OK) && knows(false));
}

int lym_uprobe_link(int prog, const char *path, const __u64 *offsets, const __u64 *cookies, unsigned int n, bool returns, int *links)
{
	unsigned int i;

	if (lym_uprobe_many()) {
		links[0] = link_many(prog, path, offsets, cookies, n, returns);
		return links[0] < 0 ? links[0] : 1;
	}
	for (i = 0; i < n; i++) {
		links[i] = link_one(prog, path, offsets[i], cookies ? cookies[i] : 0, returns);
		if (links[i] < 0)
			break;
	}
	if (i == n)
		return n;
	n = i;
	while (i-- > 0)
		close(links[i]);
	return links[n];
}
