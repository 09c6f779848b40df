/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The view of a record, and the catalogue behind it. */
#include <errno.h>
#include <sys/syscall.h>
#include "make.h"
#include "record.h"
#include "tables.h"
#include "tap.h"

static unsigned char rec[LYM_RECORD_MAX] __attribute__((aligned(8)));

static int view(struct lym_record *r, size_t len)
{
	return lym_record_view(r, rec, len);
}

static void good(void)
{
	static const __u64 cells[6] = { 3, 0x7f00, 100, 64, 0, 0 };
	struct make m = make_begin(rec, LYM_EV_recvfrom, 5, cells);
	const struct lym_item *i = NULL;
	struct lym_record r;
	struct lym_bytes v;
	int n = 0;

	make_item(&m, 1, LYM_DATA, LYM_I_KERNEL, "hello", 5);
	make_item(&m, 1, LYM_DATA, LYM_I_TAMPER, "forgd", 5);
	make_full(&m, 1, LYM_DATA, LYM_I_KERNEL, 3, "x", 1, 9);
	ok(!view(&r, m.len), "a good record");
	ok(!view(&r, m.len + 800), "with more behind it");
	ok(r.ev == lym_schema_find("recvfrom"), "its event");
	ok(lym_record_cell(&r, 2) == 100 && lym_record_cell(&r, 6) == 0 && lym_record_cell(&r, 255) == 0, "its cells");
	v = lym_record_item(&r, 1, LYM_DATA, 0, false);
	ok(v.item && v.item->len == 5 && !memcmp(v.p, "hello", 5), "what the kernel had");
	v = lym_record_item(&r, 1, LYM_DATA, 0, true);
	ok(v.item && !memcmp(v.p, "forgd", 5), "what the user had");
	v = lym_record_item(&r, 1, LYM_DATA, 3, false);
	ok(v.item && v.item->full == 9, "another message");
	ok(!lym_record_item(&r, 1, LYM_ADDR, 0, false).item && !lym_record_item(&r, 2, LYM_DATA, 0, false).item, "none");
	while ((i = lym_record_next(&r, i)))
		n++;
	ok(n == 3, "three items");
}

static void broken(void)
{
	struct make m = make_begin(rec, LYM_EV_recvfrom, 5, NULL);
	struct lym_item *i = make_item(&m, 1, LYM_DATA, 0, "hello", 5);
	struct lym_hdr *h = make_hdr(&m), saved = *h;
	struct lym_item item = *i;
	struct lym_record r = { 0 };
	size_t n;
	int bad = 0;

	for (n = 0; n < m.len; n++)
		bad += view(&r, n) != -EBADMSG;
	ok(!bad, "cut anywhere");
	ok(lym_record_view(&r, rec + 4, m.len) == -EBADMSG, "not aligned");
	h->len = LYM_RECORD_MAX + 8;
	ok(view(&r, ~(size_t)0) == -EBADMSG, "too long");
	h->len = m.len - 4;
	ok(view(&r, m.len) == -EBADMSG, "length no multiple of 8");
	*h = saved;
	h->event = LYM_EV_MAX;
	ok(view(&r, m.len) == -EBADMSG, "unknown event");
	*h = saved;
	h->ncells = 255;
	ok(view(&r, m.len) == -EBADMSG, "cells beyond the end");
	*h = saved;
	h->items = 2;
	ok(view(&r, m.len) == -EBADMSG, "an item missing");
	h->items = 0;
	ok(view(&r, m.len) == -EBADMSG, "an item too many");
	*h = saved;
	i->len = 9;
	ok(view(&r, m.len) == -EBADMSG, "an item beyond the end");
	i->len = ~0u;
	ok(view(&r, m.len) == -EBADMSG, "an item of 4 GiB");
	*i = item;
	i->kind = 0;
	ok(view(&r, m.len) == -EBADMSG, "kind 0");
	i->kind = LYM_KIND_MAX;
	ok(view(&r, m.len) == -EBADMSG, "unknown kind");
	*i = item;
	ok(!r.h, "the view was not touched");
	ok(!view(&r, m.len), "and whole again");
}

static const struct lym_choice *choice(unsigned int by, __u64 before)
{
	return lym_schema_choice(by, 2, (const __u64[6]){ 99, before }, 6);
}

static void schema(void)
{
	const struct lym_event *ev;
	unsigned int i, f, bad = 0;

	ok(lym_schema_find("recv") == lym_schema_event(LYM_EV_recv), "recv is a call of 32-bit programs");
	ok(lym_schema_syscall32(3) == lym_schema_event(LYM_EV_read) && !lym_schema_syscall32(500), "i386's third call is read");
	ok(!lym_schema_find("nosuch") && !lym_schema_event(LYM_EV_MAX), "no such event");
	ev = lym_schema_find("recvfrom");
	ok(ev->id == 46 && ev->nr == SYS_recvfrom && ev->nfields == 6 && !strcmp(ev->set, "net"), "recvfrom's row");
	ok(lym_schema_find("lost")->nr == -1 && lym_schema_find("lost")->nfields == 3, "lost's row");
	ok(lym_schema_find("listen")->nfields == 2, "listen has two fields");
	for (i = 0; (ev = lym_schema_event(i)); i++) {
		bad += ev->ev != (int)i || lym_schema_find(ev->name) != ev || !*ev->doc || ev->nfields > LYM_CELLS;
		for (f = 0; f < (unsigned int)ev->nfields; f++)
			bad += !ev->field[f].name || !ev->field[f].ctype || !lym_schema_type(ev->field[f].type)->json;
	}
	ok(i == LYM_EV_MAX && !bad, "every row is whole");
	for (i = bad = 0; i < LYM_BY_MAX; i++)
		for (f = 0; f < 0x600; f++)
			bad += !lym_schema_choice(i, 1, (const __u64[6]){ f, f, f, f }, f % 7);
	ok(!bad && choice(LYM_BY_fcntl, 2)->arg == LYM_NAMES_fd_flags && choice(LYM_BY_ioctl, 0x5413)->out &&
	   choice(LYM_BY_fcntl, 1)->printer == PR_NOTHING && choice(LYM_BY_bpf, 999)->printer == PR_PTR &&
	   choice(LYM_BY_ioctl, 0x80081272)->arg == LYM_STRUCT_u64_ptr && choice(LYM_BY_open_mode, 0x80241)->printer == PR_OCT &&
	   choice(LYM_BY_open_mode, 0x80001)->printer == PR_NOTHING, "arguments by others");
	ok(!strcmp(lym_schema_nearest("recvform"), "recvfrom"), "recvform: recvfrom");
	ok(!strcmp(lym_schema_nearest("conect"), "connect"), "conect: connect");
	ok(!lym_schema_nearest("xyzzy"), "xyzzy: nothing near");
	ok(!lym_schema_nearest("a word much too long to be the name of any event at all"), "nor to a long word");
	ok(lym_schema_hash() == lym_schema_hash() && lym_schema_hash(), "a hash");
}

int main(void)
{
	good();
	broken();
	schema();
	return done();
}
