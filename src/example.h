/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* An example of every event: a record made up from the catalogue's types, as Lymer's own JSON sink prints it. */
#ifndef LYM_EXAMPLE_H
#define LYM_EXAMPLE_H

#include "schema.h"

/* Make a record of ev in the cap bytes at p (8-byte aligned, 4096 will do); returns its length. */
size_t lym_example_record(void *p, size_t cap, const struct lym_event *ev);
/* The example as JSON, indented for reading; NULL if it cannot be made. Free with lym_example_free(). */
char *lym_example_json(const struct lym_event *ev);
void lym_example_free(char *json);

#endif
