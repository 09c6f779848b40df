// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Where functions are in an ELF file, by its tables of symbols. The file is whoever's that runs it: nothing in it is believed. */
#include <gelf.h>
#include <string.h>
#include "symbols.h"

#ifdef __aarch64__
#define MACHINE EM_AARCH64
#else
#define MACHINE EM_X86_64
#endif

/* Where in the file lies what is run at that address? */
static bool offset_of(Elf *e, __u64 address, __u64 *offset)
{
	GElf_Phdr p;
	size_t n;

	if (elf_getphdrnum(e, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (gelf_getphdr(e, i, &p) && p.p_type == PT_LOAD && p.p_flags & PF_X && address >= p.p_vaddr &&
		    address - p.p_vaddr < p.p_filesz) {
			*offset = address - p.p_vaddr + p.p_offset;
			return true;
		}
	return false;
}

static bool names_linker(Elf *e)
{
	GElf_Phdr p;
	size_t n;

	if (elf_getphdrnum(e, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (gelf_getphdr(e, i, &p) && p.p_type == PT_INTERP)
			return true;
	return false;
}

/* Does found have that already, under another version? */
static bool known(const struct lym_symbol *found, unsigned int n, unsigned int name, __u64 offset)
{
	for (unsigned int i = 0; i < n; i++)
		if (found[i].name == name && found[i].offset == offset)
			return true;
	return false;
}

/* Add what one table has. */
static unsigned int look_in(Elf *e, Elf_Scn *table, const char *const *names, unsigned int n, struct lym_symbol *found,
			    unsigned int have, unsigned int max)
{
	Elf_Data *d = elf_getdata(table, NULL);
	const char *name;
	GElf_Shdr h;
	GElf_Sym s;
	__u64 offset;

	if (!d || !gelf_getshdr(table, &h))
		return have;
	for (int i = 0; gelf_getsym(d, i, &s); i++) {
		if (GELF_ST_TYPE(s.st_info) != STT_FUNC || s.st_shndx == SHN_UNDEF)
			continue;
		name = elf_strptr(e, h.sh_link, s.st_name);
		for (unsigned int k = 0; name && k < n; k++)
			if (!strcmp(name, names[k]) && offset_of(e, s.st_value, &offset) && have < max &&
			    !known(found, have, k, offset))
				found[have++] = (struct lym_symbol){ k, offset };
	}
	return have;
}

static unsigned int look(Elf *e, __u32 type, const char *const *names, unsigned int n, struct lym_symbol *found, unsigned int max)
{
	unsigned int have = 0;
	Elf_Scn *s = NULL;
	GElf_Shdr h;

	while ((s = elf_nextscn(e, s)))
		if (gelf_getshdr(s, &h) && h.sh_type == type)
			have = look_in(e, s, names, n, found, have, max);
	return have;
}

unsigned int lym_symbols_find(int fd, const char *const *names, unsigned int n, struct lym_symbols *s, struct lym_symbol *found,
			      unsigned int max)
{
	unsigned int have = 0;
	GElf_Ehdr h;
	Elf *e;

	memset(s, 0, sizeof(*s));
	elf_version(EV_CURRENT);
	e = elf_begin(fd, ELF_C_READ, NULL);
	if (e && elf_kind(e) == ELF_K_ELF && gelf_getehdr(e, &h)) {
		s->elf = true;
		s->native = h.e_machine == MACHINE && gelf_getclass(e) == ELFCLASS64;
		s->dynamic = names_linker(e);
		if (s->native)
			have = look(e, SHT_DYNSYM, names, n, found, max);
		if (s->native && !have)
			have = look(e, SHT_SYMTAB, names, n, found, max);
	}
	elf_end(e);
	return have;
}
