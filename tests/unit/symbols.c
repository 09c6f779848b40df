// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Where functions are in a file: there the file has the bytes that the function has in memory. And files that are none. */
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "symbols.h"
#include "tap.h"

#define BYTES 16

/* In no table of what others may use. */
static int __attribute__((noipa)) only_ours(int v)
{
	return v * 3 + 7;
}

static const char *const names[] = { "getaddrinfo", "only_ours", "", "no_such_function" };

static bool at_offset(int fd, __u64 offset, const void *function)
{
	unsigned char bytes[BYTES];

	return pread(fd, bytes, BYTES, offset) == BYTES && !memcmp(bytes, function, BYTES);
}

static void test_own(void)
{
	int fd = open("/proc/self/exe", O_RDONLY);
	struct lym_symbol found[8];
	struct lym_symbols s;
	unsigned int n = lym_symbols_find(fd, names, 4, &s, found, 8), ours = 0;

	only_ours(1);
	for (unsigned int i = 0; i < n; i++)
		ours += found[i].name == 1 && at_offset(fd, found[i].offset, (void *)only_ours);
	ok(ours == 1, "a function that a program has for itself is where it is");
	ok(s.elf && s.native, "the program is one of this machine");
	ok(!lym_symbols_find(fd, names, 4, &s, found, 0), "no more are told of than there is room for");
	close(fd);
}

static void test_library(void)
{
	struct lym_symbol found[8];
	struct lym_symbols s;
	unsigned int n;
	Dl_info in;
	int fd;

	if (!dladdr((void *)getaddrinfo, &in) || (fd = open(in.dli_fname, O_RDONLY)) < 0) {
		ok(true, "a function of libc # SKIP it is no file");
		return;
	}
	n = lym_symbols_find(fd, names, 1, &s, found, 8);
	ok(n == 1 && at_offset(fd, found[0].offset, dlsym(RTLD_DEFAULT, "getaddrinfo")), "a function of libc is where it is, once");
	close(fd);
}

/* A copy with bytes changed, and one cut off: whatever is found, nothing happens. */
static void test_broken(void)
{
	int from = open("/proc/self/exe", O_RDONLY), to = memfd_create("broken", MFD_CLOEXEC);
	struct lym_symbol found[8];
	struct lym_symbols s;
	unsigned int n, most = 0;
	struct stat st = { 0 };
	unsigned char *p;

	fstat(from, &st);
	p = malloc(st.st_size);
	ok(p && pread(from, p, st.st_size, 0) == st.st_size && write(to, p, st.st_size) == st.st_size, "a copy of the program");
	srand(1);
	for (int round = 0; round < 400; round++) {
		off_t at[8];

		for (int i = 0; i < 8; i++) {	/* in its headers, in front and at the end, as often as anywhere */
			off_t where = rand() % 4;

			at[i] = where == 0 ? rand() % 64 : where == 1 ? rand() % 1024 : where == 2 ? st.st_size - 1 - rand() % 4096 :
				rand() % st.st_size;
			if (pwrite(to, &(char){ rand() }, 1, at[i]) != 1)
				abort();
		}
		n = lym_symbols_find(to, names, 4, &s, found, 8);
		most = n > most ? n : most;
		for (int i = 0; i < 8; i++)
			if (pwrite(to, &p[at[i]], 1, at[i]) != 1)
				abort();
	}
	ok(most <= 8, "400 copies with wrong bytes: no harm done");
	for (off_t size = st.st_size; size > 0; size -= st.st_size / 100 + 1)
		if (ftruncate(to, size) || lym_symbols_find(to, names, 4, &s, found, 8) > 8)
			abort();
	ok(true, "100 copies cut off: no harm done");
	ok(!ftruncate(to, 0) && !lym_symbols_find(to, names, 4, &s, found, 8) && !s.elf, "an empty file is none");
	ok(pwrite(to, "#!/bin/sh\n", 10, 0) == 10 && !lym_symbols_find(to, names, 4, &s, found, 8) && !s.elf, "nor is a script");
	free(p);
	close(from);
	close(to);
}

int main(void)
{
	test_own();
	test_library();
	test_broken();
	return done();
}
