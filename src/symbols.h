/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Where functions are in an ELF file. */
#ifndef LYM_SYMBOLS_H
#define LYM_SYMBOLS_H

#include <stdbool.h>
#include <linux/types.h>

struct lym_symbols {
	bool elf;
	bool native;		/* it is one of this machine, 64 bits wide */
	bool dynamic;		/* it names a dynamic linker */
};

struct lym_symbol {
	unsigned int name;	/* which one of those that were looked for */
	__u64 offset;		/* in the file */
};

/* The functions of these names in the file: those that it lets others use, else those that it has for itself. At most max are told
 * of. How many there are; 0 also of what is no ELF file. */
unsigned int lym_symbols_find(int fd, const char *const *names, unsigned int n, struct lym_symbols *s, struct lym_symbol *found,
			      unsigned int max);

#endif
