/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* JSON on standard output, of our own words: they hold no control characters, so quotes and backslashes are all that needs care. */
#ifndef LYM_PRINT_H
#define LYM_PRINT_H

/* `before`, then "key":"value"; of NULL, null. */
void lym_print_member(const char *before, const char *key, const char *value);

#endif
