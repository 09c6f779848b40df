/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Errors are explained once, where the cause is known, and travel up as -errno. */
#ifndef LYM_FAIL_H
#define LYM_FAIL_H

/* Print "lymer: MESSAGE" (one line, hostile bytes escaped) to stderr and return err, so that a caller can
 * `return lym_fail(-ENOENT, "no event '%s'", name);`. */
int lym_fail(int err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Usage error: as lym_fail, with "; see 'lymer --help'" appended; returns -EINVAL, which main() turns into exit 2. */
int lym_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Print "lymer: MESSAGE" to stderr: something the user should know that is no failure. */
void lym_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
