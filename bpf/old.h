/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What kernels before Linux 6.2 lack, done otherwise: the same sources are compiled once more, with LYM_OLD. There are no typed
 * loads from any address, no functions of the kernel, no task storage that programs of cgroups may use, and older ones have no
 * atomic operation that tells what was there before.
 */
#ifndef LYM_OLD_H
#define LYM_OLD_H

#include "kernel.h"

static __noinline u64 fetch(u64 address)
{
	u64 v = 0;

	bpf_probe_read_kernel(&v, sizeof(v), (void *)address);
	return v;
}

/* Read a member of a kernel object, of at most 8 bytes: by a helper, relocated when it is loaded. 0 where nothing is mapped. In a function
 * of its own, for stacks are short. */
#define GET(p, field) ({ \
	typeof(p) _p = (p); \
	(typeof(_p->field))fetch((u64)__builtin_preserve_access_index(&_p->field)); \
})
#define OF(p, field) GET(p, field)
#define COOKIE(sk) ((u64)GET(sk, __sk_common.skc_cookie.counter))	/* 0: it has none yet */

#define bpf_get_current_task_btf() ((struct task_struct *)bpf_get_current_task())
#define bpf_task_pt_regs(t) (GET((struct task_struct___old *)(t), stack) + STACK_REGS)

#define STACK_REGS (16384 - bpf_core_type_size(struct pt_regs))	/* they lie at the end of it */

/* What belongs to a task is in a table, under the address of its task_struct; `freed` empties it. */
#define TASK_MAP(name, val) \
struct { \
	__uint(type, BPF_MAP_TYPE_HASH); \
	__uint(map_flags, BPF_F_NO_PREALLOC); \
	__uint(max_entries, 65536); \
	__type(key, u64); \
	__type(value, val); \
} name SEC(".maps")

#define TASK_GET(map, t) ({ u64 _t = (u64)(t); bpf_map_lookup_elem(map, &_t); })
#define TASK_FORGET(map, t) do { u64 _t = (u64)(t); bpf_map_delete_elem(map, &_t); } while (0)

/* The same; where there is none it becomes zeros. */
#define TASK_MAKE(map, t) ({ \
	u64 _t = (u64)(t); \
	void *_p = bpf_map_lookup_elem(map, &_t), *_zeros = _p ? NULL : zeros(); \
\
	if (_zeros) { \
		bpf_map_update_elem(map, &_t, _zeros, BPF_NOEXIST); \
		_p = bpf_map_lookup_elem(map, &_t); \
	} \
	_p; \
})

#endif
