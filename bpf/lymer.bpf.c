// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The kernel side, one translation unit: bpftool's linker (7.1) refuses objects that share a kfunc, and clang inlines
 * better when it sees everything.
 */
#include "syscall.c"
#include "blocked.c"
#include "flight.c"
#include "copy.c"
#include "recv.c"
#if !OLD		/* sk_data_ready is missing there, without which a head of a queue is not known to be one */
#include "heads.c"
#endif
#include "send.c"
#include "uring.c"
#include "addr.c"
#include "func.c"
#include "task.c"
#include "life.c"
#include "user.c"
#include "pages.c"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
