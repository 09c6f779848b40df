/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Counts, times and their distribution by event: strace's -c, with percentiles. */
#ifndef LYM_SUMMARY_H
#define LYM_SUMMARY_H

#include "record.h"
#include "text.h"

struct lym_summary;

/* NULL: no memory. */
struct lym_summary *lym_summary_new(void);
void lym_summary_add(struct lym_summary *s, const struct lym_record *r);
/* Two tables: strace's, and how long the calls took; key: of -S, NULL: by time; list: of -U, NULL: strace's columns. */
void lym_summary_print(const struct lym_summary *s, const char *key, const char *list, struct lym_buf *b);
void lym_summary_free(struct lym_summary *s);
/* Is that a key of -S? */
bool lym_summary_key(const char *key);
/* Is that a list of -U, in which none is twice? */
bool lym_summary_columns(const char *list);

#endif
