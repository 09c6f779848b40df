/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The numbers of the tables of flags.def, the structs of structs.def, the choices of choices.def: what a row in types.def may name. */
#ifndef LYM_TABLES_H
#define LYM_TABLES_H

enum lym_names {
#define TABLE(id, unknown) LYM_NAMES_##id,
#include "flags.def"
	LYM_NAMES_MAX
};

enum lym_struct {
#define STRUCT(id, size, least, flags) LYM_STRUCT_##id,
#include "structs.def"
	LYM_STRUCT_MAX
};

/* Arguments that are what another one says. */
enum lym_by {
#define BY(id, from, mask, printer, arg) LYM_BY_##id,
#include "choices.def"
	LYM_BY_MAX
};

#endif
