/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The kernel side as an object file: opened, made to fit the running kernel, loaded. */
#ifndef LYM_OBJECT_H
#define LYM_OBJECT_H

#include <stdbool.h>
#include <linux/types.h>

struct lymer_bpf;
struct lym_hook;
struct lym_object;

/* Open it and read the kernel's type information. -errno (explained). Until it is loaded, maps and read-only data may be
 * changed through its skeleton. */
int lym_object_open(struct lym_object **ret);
struct lymer_bpf *lym_object_skeleton(struct lym_object *o);
/* Is it the second one, for kernels before 6.2 (bpf/old.h)? */
bool lym_object_old(const struct lym_object *o);
/* And for one before 5.17, that has no storage of tasks, or lacks what else config.bare stands for? */
bool lym_object_bare(const struct lym_object *o);
/* Before Linux 6.2 nobody finds his task's storage on a CPU where a task was preempted while it looked for its own. Can that happen to
 * programs at functions here? */
bool lym_object_hides(const struct lym_object *o);
/* From then on he finds it, but makes none. Can that happen here, and can programs at functions forbid it? */
bool lym_object_guards(const struct lym_object *o);
/* Can programs of tracepoints be preempted here? */
bool lym_object_preemptible(const struct lym_object *o);
/* Does it give programs stacks that are a CPU's, not a task's, and let those be alone on them? */
bool lym_object_stacks(const struct lym_object *o);
/* Does the kernel have what this is attached to? */
bool lym_object_has(const struct lym_object *o, const struct lym_hook *h);
/* Would it take a program there? 0 or -errno, by a program that does nothing. */
int lym_object_try(const struct lym_object *o, unsigned int hook);
/* Load the program of lym_hooks[hook], too; later: by lym_object_load_later(). */
void lym_object_want(struct lym_object *o, unsigned int hook, bool later);
/* Hand maps and programs to the kernel. -errno (explained). */
int lym_object_load(struct lym_object *o);
/* And those that are not needed at once. What does not load has no file descriptor then; that is said. */
void lym_object_load_later(struct lym_object *o);
/* The file descriptor of the program of lym_hooks[hook], for the caller to keep; negative if it was not loaded. */
int lym_object_program(struct lym_object *o, unsigned int hook);
/* Explain why the kernel did not take what; -EPERM or -EOPNOTSUPP, for -EINVAL would be the user's mistake. */
int lym_object_refused(int err, const char *what);
/* Give all memory back; what is loaded and has a file descriptor elsewhere stays. NULL is legal. */
void lym_object_close(struct lym_object *o);

#endif
