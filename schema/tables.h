/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The numbers of the tables of flags.def: what a type's row in types.def may name. */
#ifndef LYM_TABLES_H
#define LYM_TABLES_H

enum lym_names {
#define TABLE(id, unknown) LYM_NAMES_##id,
#include "flags.def"
	LYM_NAMES_MAX
};

#endif
