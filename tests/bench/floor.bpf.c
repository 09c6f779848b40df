// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The floor: the least that any tracer on this hook must do, against which Lymer is measured. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "floor.h"

struct task_struct;
struct pt_regs {
#ifdef __TARGET_ARCH_arm64
	int syscallno;
#else
	long orig_ax;
#endif
} __attribute__((preserve_access_index));

#ifdef __TARGET_ARCH_arm64
#define NUMBER(regs) (regs)->syscallno
#else
#define NUMBER(regs) (regs)->orig_ax
#endif

const volatile __u32 level, size = 8;
const volatile long number;
__u64 lost;

/* Whoever has a value in here is traced. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, int);
} traced SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
} ring SEC(".maps");

SEC("tp_btf/sys_exit")
int floor_exit(__u64 *ctx)
{
	struct pt_regs *regs = (void *)ctx[0];
	__u64 *rec;

	if (level == FLOOR_EMPTY)
		return 0;
	if (!bpf_task_storage_get(&traced, bpf_get_current_task_btf(), 0, 0))
		return 0;
	if (NUMBER(regs) != number || level == FLOOR_SCOPE)
		return 0;
	rec = bpf_ringbuf_reserve(&ring, size, 0);
	if (!rec) {
		__sync_fetch_and_add(&lost, 1);
		return 0;
	}
	if (level == FLOOR_FILL)
		for (__u32 i = 0; i < size / 8; i++)
			rec[i] = i;
	bpf_ringbuf_submit(rec, BPF_RB_NO_WAKEUP);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
