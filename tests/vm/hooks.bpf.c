// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* A program for each hook of hooks.def, which counts how often it runs. */
#include <linux/bpf.h>
#include <stddef.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum {
#define HOOK(name, section, ret) N_##name,
#include "hooks.def"
#undef HOOK
	HOOKS
};

__u64 fired[HOOKS];

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} ring SEC(".maps");

/* Storage of a task, of values of some size. */
#define STORAGE(name, bytes) \
	struct { \
		__uint(type, BPF_MAP_TYPE_TASK_STORAGE); \
		__uint(map_flags, BPF_F_NO_PREALLOC); \
		__type(key, int); \
		__type(value, struct { char b[bytes]; }); \
	} name SEC(".maps")
STORAGE(task_64, 64);
STORAGE(task_2K, 1900);
STORAGE(task_4K, 3600);
STORAGE(task_12K, 12000);

#define STORED(map) bpf_task_storage_get(&map, bpf_get_current_task_btf(), NULL, BPF_LOCAL_STORAGE_GET_F_CREATE)

/* Each program knows no map but its own: where there is no such map, the others still load. */
#define HOOK(name, section, ret) \
	SEC(section) int name(void *ctx) \
	{ \
		if (N_##name == N_ringbuf) { \
			__u64 one = 1; \
			if (bpf_ringbuf_output(&ring, &one, sizeof(one), 0)) \
				return ret; \
		} \
		if (N_##name == N_storage_64 && !STORED(task_64)) \
			return ret; \
		if (N_##name == N_storage_2K && !STORED(task_2K)) \
			return ret; \
		if (N_##name == N_storage_4K && !STORED(task_4K)) \
			return ret; \
		if (N_##name == N_storage_12K && !STORED(task_12K)) \
			return ret; \
		__sync_fetch_and_add(&fired[N_##name], 1); \
		return ret; \
	}
#include "hooks.def"
