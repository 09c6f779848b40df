/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The kernel's own type information (BTF), of which a program needs little: the numbers of some types, and for libbpf an
 * excerpt. libbpf would read all of it twice and search it from end to end for every type, several times what the rest of
 * the start takes.
 */
#ifndef LYM_BTF_H
#define LYM_BTF_H

#include <stdbool.h>
#include <linux/btf.h>
#include <linux/types.h>

struct btf;
struct lym_btf;

/* Find in the kernel's BTF whatever has a name that object, the BTF of our programs, has too, and the n names given; both must
 * stay. -ENOENT: the kernel has no BTF; -EBADMSG: it is not understood. */
int lym_btf_open(struct lym_btf **ret, const struct btf *object, const char *const *names, unsigned int n);
/* The number of the type, typedef, function or variable of that name and kind, which object or names named; 0: there is none. */
__u32 lym_btf_id(const struct lym_btf *b, const char *name, unsigned int kind);
/* Has the struct of that name, which object or names named, such a member? */
bool lym_btf_has(const struct lym_btf *b, const char *name, const char *member);
/* Write BTF for libbpf's btf_custom_path to fd: the types found by object's names, with the members that object names, under
 * numbers of their own. 0 or -errno. */
int lym_btf_excerpt(const struct lym_btf *b, int fd);
/* NULL is legal. */
void lym_btf_close(struct lym_btf *b);

#endif
