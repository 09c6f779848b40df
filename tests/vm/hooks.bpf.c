// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* A program for each hook of hooks.def, which counts how often it runs. */
#include <linux/bpf.h>
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

/* Only the program called ringbuf knows the map: where there is no such map, the others still load. */
#define HOOK(name, section, ret) \
	SEC(section) int name(void *ctx) \
	{ \
		if (N_##name == N_ringbuf) { \
			__u64 one = 1; \
			if (bpf_ringbuf_output(&ring, &one, sizeof(one), 0)) \
				return ret; \
		} \
		__sync_fetch_and_add(&fired[N_##name], 1); \
		return ret; \
	}
#include "hooks.def"
