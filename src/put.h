/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Text written at a cursor: each function returns the cursor behind what it wrote. The caller has made the room (see
 * lym_text_room()), once for many pieces: a cursor stays in a register, a buffer's length does not.
 */
#ifndef LYM_PUT_H
#define LYM_PUT_H

#include <stddef.h>
#include <string.h>
#include <linux/types.h>

#define LYM_PUT_NUM 24		/* room for any number */
#define LYM_PUT_TIME 30		/* for a time */
#define LYM_PUT_IPV4 16		/* for an IPv4 address */

static inline char *lym_put_bytes(char *w, const void *p, size_t n)
{
	memcpy(w, p, n);
	return w + n;
}

static inline char *lym_put_char(char *w, char c)
{
	*w = c;
	return w + 1;
}

/* A string literal. */
#define lym_put_lit(w, s) lym_put_bytes(w, "" s, sizeof(s) - 1)

char *lym_put_u64(char *w, __u64 v);
char *lym_put_i64(char *w, __s64 v);
/* The last digits decimal digits of v, with leading zeros. */
char *lym_put_digits(char *w, __u32 v, unsigned int digits);
/* A moment of CLOCK_REALTIME as 2026-08-03T14:02:11.123456789Z. */
char *lym_put_time(char *w, __s64 ns);
/* Dotted. */
char *lym_put_ipv4(char *w, const void *p);
/* (n + 2) / 3 * 4 bytes. */
char *lym_put_base64(char *w, const void *p, size_t n);

#endif
