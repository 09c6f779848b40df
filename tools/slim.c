/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * slim OBJECT: take out of the kernel side's object what only its developers use, and what would be copied and searched at every
 * start: the line of the source of each instruction, and the names of the places that it jumps to. They are half of it.
 */
#include <err.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The header of .BTF.ext; offsets count from its end (the kernel's Documentation/bpf/btf.rst). */
struct ext {
	unsigned int magic, hdr_len, func_off, func_len, line_off, line_len, core_off, core_len;
};

static void check(bool good, const char *what)
{
	if (!good)
		errx(1, "%s: %s", what, elf_errmsg(-1));
}

static Elf_Data *data_of(Elf_Scn *s)
{
	Elf_Data *d = elf_getdata(s, NULL);

	check(d, "a section");
	return d;
}

static void became(Elf_Data *d, void *p, size_t size)
{
	d->d_buf = p;
	d->d_size = size;
	elf_flagdata(d, ELF_C_SET, ELF_F_DIRTY);
}

/* What is behind the lines moves up to where they begin. */
static void drop_lines(Elf_Data *d)
{
	struct ext *h = d->d_buf;
	char *p = (char *)d->d_buf + h->hdr_len;

	if (h->core_off != h->line_off + h->line_len || h->hdr_len + h->core_off + h->core_len > d->d_size)
		errx(1, ".BTF.ext is not laid out as expected");
	memmove(p + h->line_off, p + h->core_off, h->core_len);
	h->core_off = h->line_off;
	h->line_len = 0;
	became(d, h, h->hdr_len + h->core_off + h->core_len);
}

/* A label: local, and of no type. The first symbol is none, and stays. */
static bool label(const Elf64_Sym *s, size_t i)
{
	return i && ELF64_ST_BIND(s->st_info) == STB_LOCAL && ELF64_ST_TYPE(s->st_info) == STT_NOTYPE;
}

/* Drop the labels; returns the new numbers of the symbols that stay by their old ones. */
static size_t *drop_labels(Elf_Scn *scn, Elf_Data *d)
{
	size_t n = d->d_size / sizeof(Elf64_Sym), *number = calloc(n, sizeof(*number)), kept = 0, locals = 0;
	Elf64_Sym *s = d->d_buf;
	Elf64_Shdr *h = elf64_getshdr(scn);

	check(number && h, "symbols");
	for (size_t i = 0; i < n; i++) {
		if (label(&s[i], i))
			continue;
		number[i] = kept;
		s[kept++] = s[i];
		locals += ELF64_ST_BIND(s[i].st_info) == STB_LOCAL;
	}
	h->sh_info = locals;
	elf_flagshdr(scn, ELF_C_SET, ELF_F_DIRTY);
	became(d, s, kept * sizeof(*s));
	return number;
}

static void renumber(Elf_Data *d, const size_t *number)
{
	Elf64_Rel *r = d->d_buf;

	for (size_t i = 0; i < d->d_size / sizeof(*r); i++) {
		size_t old = ELF64_R_SYM(r[i].r_info);

		if (old && !number[old])
			errx(1, "a relocation is to a label");
		r[i].r_info = ELF64_R_INFO(number[old], ELF64_R_TYPE(r[i].r_info));
	}
	became(d, r, d->d_size);
}

/* Append a name; returns where it is. */
static unsigned int name(char **names, size_t *n, const char *s)
{
	size_t at = *n, len = strlen(s) + 1;

	if (len == 1)
		return 0;
	*names = realloc(*names, at + len);
	check(*names, "names");
	memcpy(*names + at, s, len);
	*n += len;
	return at;
}

/* The names of the sections and of the symbols that are left: they are in one table. */
static void drop_names(Elf *e, Elf_Data *symbols, Elf_Scn *strings)
{
	Elf_Data *d = data_of(strings);
	char *from = d->d_buf, *names = calloc(1, 1);
	Elf64_Sym *s = symbols->d_buf;
	Elf_Scn *scn = NULL;
	size_t n = 1;

	check(names, "names");
	for (size_t i = 0; i < symbols->d_size / sizeof(*s); i++)
		s[i].st_name = name(&names, &n, from + s[i].st_name);
	while ((scn = elf_nextscn(e, scn))) {
		Elf64_Shdr *h = elf64_getshdr(scn);

		h->sh_name = name(&names, &n, from + h->sh_name);
		elf_flagshdr(scn, ELF_C_SET, ELF_F_DIRTY);
	}
	became(d, names, n);
}

int main(int argc, char **argv)
{
	Elf_Scn *scn = NULL, *symbols = NULL, *strings = NULL;
	size_t *number = NULL, names;
	int fd = argc == 2 ? open(argv[1], O_RDWR) : -1;
	Elf *e;

	if (fd < 0)
		err(1, "usage: slim OBJECT: %s", argc == 2 ? argv[1] : "one");
	elf_version(EV_CURRENT);
	e = elf_begin(fd, ELF_C_RDWR, NULL);
	check(e && !elf_getshdrstrndx(e, &names), argv[1]);
	strings = elf_getscn(e, names);
	while ((scn = elf_nextscn(e, scn))) {
		Elf64_Shdr *h = elf64_getshdr(scn);

		check(h, argv[1]);
		if (!strcmp(elf_strptr(e, names, h->sh_name), ".BTF.ext"))
			drop_lines(data_of(scn));
		if (h->sh_type != SHT_SYMTAB)
			continue;
		if (h->sh_link != names)
			errx(1, "symbols and sections have names of their own");
		symbols = scn;
		number = drop_labels(scn, data_of(scn));
	}
	if (!symbols)
		errx(1, "%s has no symbols", argv[1]);
	while ((scn = elf_nextscn(e, scn)))
		if (elf64_getshdr(scn)->sh_type == SHT_REL)
			renumber(data_of(scn), number);
	drop_names(e, data_of(symbols), strings);
	check(elf_update(e, ELF_C_WRITE) >= 0, argv[1]);
	elf_end(e);
	return close(fd);
}
