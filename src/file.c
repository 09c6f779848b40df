// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What a descriptor stands for. Magic numbers of file systems without names: linux/magic.h. */
#include <sys/stat.h>
#include "event.h"
#include "file.h"

#define PIPEFS 0x50495045
#define SOCKFS 0x534f434b
#define ANON_INODE_FS 0x09041934
#define PIDFS 0x50494446
#define NSFS 0x6e736673

static void numbered(struct lym_buf *b, const char *what, __u64 inode)
{
	lym_text_str(b, what);
	lym_text_lit(b, ":[");
	lym_text_u64(b, inode);
	lym_text_char(b, ']');
}

/* The names from the last to the first, each behind a slash. */
static void names(struct lym_buf *b, const char *p, size_t n)
{
	size_t end = n, start;

	if (!n)
		lym_text_char(b, '/');
	while (end) {
		for (start = end - 1; start && p[start - 1]; start--)
			;
		lym_text_char(b, '/');
		lym_text_bytes(b, p + start, strnlen(p + start, end - start));
		end = start;
	}
}

bool lym_file_path(struct lym_buf *b, const struct lym_item *i, bool *deleted)
{
	const struct lym_file *f = (const void *)lym_item_bytes(i);
	size_t n = i->len - sizeof(*f);

	*deleted = false;
	if (i->len < sizeof(*f))
		return false;
	switch (f->magic) {
	case PIPEFS:
		numbered(b, "pipe", f->inode);
		return true;
	case SOCKFS:
		numbered(b, "socket", f->inode);
		return true;
	case PIDFS:
		lym_text_lit(b, "anon_inode:[pidfd]");
		return true;
	case NSFS:
		numbered(b, "ns", f->inode);
		return true;
	case ANON_INODE_FS:
		lym_text_lit(b, "anon_inode:");
		lym_text_bytes(b, f->names, strnlen(f->names, n));
		return true;
	}
	if (f->cut)
		return false;
	names(b, f->names, n);
	*deleted = f->deleted;
	return true;
}

bool lym_file_device(struct lym_buf *b, const struct lym_item *i)
{
	const struct lym_file *f = (const void *)lym_item_bytes(i);

	if (i->len < sizeof(*f) || !(S_ISCHR(f->mode) || S_ISBLK(f->mode)))
		return false;
	lym_text_str(b, S_ISCHR(f->mode) ? "<char " : "<block ");
	lym_text_u64(b, f->rdev >> 20);
	lym_text_char(b, ':');
	lym_text_u64(b, f->rdev & 0xfffff);
	lym_text_char(b, '>');
	return true;
}

void lym_file_cstr(struct lym_buf *b, const char *p, size_t n)
{
	size_t run;

	while (n) {
		for (run = 0; run < n && p[run] != '<' && p[run] != '>'; run++)
			;
		lym_text_cstr(b, p, run);
		p += run;
		n -= run;
		if (!n)
			break;
		lym_text_char(b, '\\');
		if (n > 1 && p[1] >= '0' && p[1] <= '7')	/* it would be read as a digit of this one */
			lym_text_char(b, '0');
		lym_text_str(b, *p == '<' ? "74" : "76");
		p++;
		n--;
	}
}

bool lym_file_pid(struct lym_buf *b, const struct lym_item *i)
{
	const struct lym_file *f = (const void *)lym_item_bytes(i);

	if (i->len < sizeof(*f) || !f->pid)
		return false;
	lym_text_lit(b, "pid:");
	lym_text_u64(b, f->pid);
	return true;
}
