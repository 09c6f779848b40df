// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Who belongs to the traced trees: children follow at fork; what runs already is marked once by an iterator. */
#include "scope.h"

__u64 tree_lost = 0;		/* tasks that could not be marked: no memory */
__u64 tree_marked = 0;
__u32 tree_descend = 0;	/* seed: also what descends from the roots */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LYM_SCOPE_VALUES);
	__type(key, int);	/* tgid */
	__type(value, u8);
} roots SEC(".maps");

static __always_inline void mark(struct task_struct *t)
{
	u64 key = (u64)t;
	u32 in = 0;

	if (tree_has(t))
		return;
	if (BARE ? !bpf_map_update_elem(&tree, &key, &in, BPF_ANY) : !!bpf_task_storage_get(&tree, t, 0, BPF_LOCAL_STORAGE_GET_F_CREATE))
		__sync_fetch_and_add(&tree_marked, 1);
	else
		__sync_fetch_and_add(&tree_lost, 1);
	if (config.phases && other_in_scope(t))	/* it may block in its first call, where no memory can be had */
		stage_of(t);
}

/* Also of the workers of io_uring, which act for the process that makes them. */
SEC("tp_btf/task_newtask")
int ALONE_PROG(forked, struct task_struct *child)
{
	if (config.no_follow && !(GET(child, flags) & PF_IO_WORKER))
		return 0;
	if (tree_has(current_task()))
		mark(child);
	return 0;
}

/* Nobody runs it any more: its slot is free for another one. */
SEC("tp_btf/sched_process_free")
int ALONE_PROG(freed, struct task_struct *t)
{
	struct slot *slot = of_task(&slots, t);
	u64 key = (u64)t;
	u32 n;

	if (BARE)
		bpf_map_delete_elem(&tree, &key);
	if (!slot || !*(u64 *)slot)
		return 0;
	n = (slot->array << config.pool_shift) + slot->i;
	if (BARE)
		bpf_map_delete_elem(&slots, &key);
	else
		*(u64 *)slot = 0;
	if (!bpf_map_push_elem(&free_slots, &n, 0))
		__sync_fetch_and_add(&pool_taken, -1);
	return 0;
}

SEC("iter/task")
int seed(struct bpf_iter__task *ctx)
{
	struct task_struct *t = ctx->task, *p = t;

	if (!t)
		return 0;
	for (int up = 0; up < 32; up++) {
		int tgid = GET(p, tgid);

		if (bpf_map_lookup_elem(&roots, &tgid)) {
			mark(t);
			return 0;
		}
		if (!tree_descend || tgid <= 1)
			break;
		p = GET(p, real_parent);
	}
	return 0;
}
