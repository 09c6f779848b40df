// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The kernel side, one translation unit: bpftool's linker (7.1) refuses objects that share a kfunc, and clang inlines
 * better when it sees everything.
 */
#include "syscall.c"
#include "blocked.c"
#include "copy.c"
#include "recv.c"
#ifndef LYM_OLD
#include "heads.c"
#endif
#include "send.c"
#ifndef LYM_OLD
#include "uring.c"
#endif
#include "addr.c"
#include "task.c"
#include "life.c"
#include "pages.c"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
