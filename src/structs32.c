// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What structs are in 32-bit calls: the rows of schema/structs32.def. Declared in structs.h. */
#include "structs.h"

/* What a struct is in a 32-bit call, where the rows say so. */
static const __u16 in32[LYM_STRUCT_MAX] = {
#define STRUCT(id, size, least, flags)
#define STRUCT32(id, of, size, least, flags) [LYM_STRUCT_##of] = LYM_STRUCT_##id,
#define ALIKE(of) [LYM_STRUCT_##of] = LYM_STRUCT_##of,
#define SHORT(of, size) ALIKE(of)
#include "structs.def"
#undef STRUCT32
#undef ALIKE
#undef SHORT
};

/* How long it is there, if that is all that differs. */
static const __u16 size32[LYM_STRUCT_MAX] = {
#define STRUCT(id, size, least, flags)
#define SHORT(of, size) [LYM_STRUCT_##of] = size,
#include "structs.def"
#undef SHORT
};

enum lym_struct lym_struct_in32(enum lym_struct s)
{
	if ((unsigned int)s >= LYM_STRUCT_MAX || (!in32[s] && lym_struct_wide(s)))
		return LYM_STRUCT_MAX;
	return in32[s] ?: s;
}

enum lym_struct lym_struct_own(const struct lym_members *m, enum lym_struct s)
{
	return m->in32 ? lym_struct_in32(s) : s;
}

size_t lym_struct_size32(enum lym_struct s)
{
	return (unsigned int)s < LYM_STRUCT_MAX && size32[s] ? size32[s] : lym_struct_size(s);
}

