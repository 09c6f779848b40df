/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A program without what it never comes to. Our programs ask frozen read-only data what is wanted, and of one plan most of their code is
 * dead. The verifier sees that, too, but takes dead code out run by run, each time correcting all branches of the program: a fifth of the
 * start. We follow the same constants and give it what remains.
 */
#ifndef LYM_PRUNE_H
#define LYM_PRUNE_H

#include <stddef.h>
#include <linux/bpf.h>
#include <linux/types.h>

struct lym_program {
	struct bpf_insn *insn;
	size_t n;
	struct bpf_func_info *func;	/* where functions begin; NULL: not said */
	__u32 funcs;
	struct bpf_line_info *line;	/* and lines; NULL: not said */
	__u32 lines;
};

/* Take out of a complete program, in place, what is never reached; fd: of the map with the read-only data, as its instructions name it,
 * and data, size: what that holds. -ENOMEM, -EINVAL: instructions that are not understood; the program is as it was. */
int lym_prune(struct lym_program *p, int fd, const void *data, size_t size);

#endif
