// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Sets of registers, as ptrace is given them: an address and a length, which the kernel makes shorter. */
#include "struct_code.h"
#include "structs.h"

void lym_struct_regset(struct lym_members *m, size_t off)
{
	lym_member_ptr(m, "iov_base", lym_member_word(m, 0));
}

#ifndef __aarch64__		/* whose sets of registers are not known */
/* iov_base={r15=0x1, ...}: the first n bytes of s, or the address where they are not whole words. */
static void registers(struct lym_members *m, enum lym_struct s, size_t n, bool here)
{
	size_t told;

	s = lym_struct_own(m, s);
	told = n < lym_struct_size(s) ? n : lym_struct_size(s);
	if (!here || !n || n % (m->in32 ? 4 : 8) || !m->inner || m->inner_len < told) {
		lym_member_ptr(m, "iov_base", lym_member_word(m, 0));
		return;
	}
	lym_member_name(m, "iov_base");
	lym_struct_part(m, s, m->inner, told, n);
}

/* What the call has written, if it succeeded. */
static void got(struct lym_members *m, enum lym_struct s)
{
	lym_member_turn(m);
	registers(m, s, lym_member_word(m, m->in32 ? 4 : 8), m->succeeded);
	lym_member_turn(m);
}

/* What it was given. */
static void given(struct lym_members *m, enum lym_struct s)
{
	registers(m, s, lym_member_word(m, m->in32 ? 4 : 8), true);
}

void lym_struct_getregset_regs(struct lym_members *m, size_t off)
{
	got(m, LYM_STRUCT_user_regs);
}

void lym_struct_getregset_fpregs(struct lym_members *m, size_t off)
{
	got(m, LYM_STRUCT_user_fpregs);
}

void lym_struct_setregset_regs(struct lym_members *m, size_t off)
{
	given(m, LYM_STRUCT_user_regs);
}

void lym_struct_setregset_fpregs(struct lym_members *m, size_t off)
{
	given(m, LYM_STRUCT_user_fpregs);
}
#endif

/* iov_len=16 => 8 */
void lym_struct_regset_len(struct lym_members *m, size_t off)
{
	__u64 before = lym_member_word(m, off), now;

	lym_member_turn(m);
	now = lym_member_word(m, off);
	lym_member_turn(m);
	if (m->json) {
		lym_member_uint(m, "iov_len", now, true);
		return;
	}
	lym_member_uint(m, "iov_len", before, true);
	if (now != before) {
		lym_text_lit(m->b, " => ");
		lym_text_u64(m->b, now);
	}
}
