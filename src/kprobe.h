/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Kprobes, as perf events: they go when their file descriptors are closed. */
#ifndef LYM_KPROBE_H
#define LYM_KPROBE_H

/* A probe at the entry of a kernel's function, not yet in use: a file descriptor, or -errno: -ENOENT there is no such function, or
 * none that may be probed; -EOPNOTSUPP the kernel has no kprobes. */
int lym_kprobe_open(const char *function);
/* Let a program run there: a file descriptor that holds both, or -errno. */
int lym_kprobe_attach(const char *function, int prog);

#endif
