/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Functions of libraries (schema/user.def): the files that have them, found and hooked, also those that are mapped later. */
#ifndef LYM_USER_H
#define LYM_USER_H

#include <stdbool.h>
#include "tracer.h"

struct lym_user;

/* Hook what plan asks for, in the libraries of this system, in the program at the path command (NULL: there is none) and in what the
 * processes in scope have mapped. To be called when all else is attached. *ret is NULL if nothing is asked for, or this kernel has no
 * such hooks. -errno (explained). */
int lym_user_open(struct lym_user **ret, const struct lym_tracer *t, const struct lym_plan *plan, const char *command);
/* Look at what has been mapped since. To be called often; NULL is legal, here and below. */
void lym_user_adapt(struct lym_user *u);
/* Unhook all. */
void lym_user_close(struct lym_user *u);

#endif
