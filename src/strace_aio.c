// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What io_submit is given, in strace's syntax. */
#include "decode.h"
#include "strace.h"
#include "structs.h"

#define IOCBS 32		/* that are told */
#define IOCB 64			/* bytes of one */

enum { PREAD, PWRITE, POLL = 5, PREADV = 7, PWRITEV };

static __u64 number(const unsigned char *p, size_t off, size_t n)
{
	__u64 v = 0;

	memcpy(&v, p + off, n);
	return v;
}

/* By what it is to do, and whether the kernel would take its sizes. */
static enum lym_struct form(unsigned int op, bool valid)
{
	switch (op) {
	case PWRITE:
		return valid ? LYM_STRUCT_iocb_write : LYM_STRUCT_iocb_buffer;
	case PREAD:
		return LYM_STRUCT_iocb_buffer;
	case PREADV:
	case PWRITEV:
		return valid ? LYM_STRUCT_iocb_readv : LYM_STRUCT_iocb_buffer;
	case POLL:
		return LYM_STRUCT_iocb_poll;
	}
	return LYM_STRUCT_iocb_header;
}

static void iocb(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, unsigned int i, unsigned int k,
		 const unsigned char *p, const struct lym_fd_teller *fds)
{
	unsigned int op = number(p, 16, 2);
	enum lym_struct s = form(op, (__s64)number(p, 32, 8) >= 0);
	struct lym_bytes in = lym_record_item(r, i, op == PWRITE ? LYM_DATA : LYM_IOV, k, false);
	struct lym_extent e = { p, IOCB, IOCB, .fds = fds, .limit = opts->snaplen };

	if (in.item && !(in.item->flags & LYM_I_UNREAD))
		e.leads[0] = (struct lym_pointed){ in.p, in.item->len, in.item->flags & LYM_I_PART };
	if (op != PWRITEV || s == LYM_STRUCT_iocb_buffer) {
		lym_struct_strace(b, s, &e, false);
		return;
	}
	lym_struct_strace(b, LYM_STRUCT_iocb_header, &e, false);
	b->len--;				/* it goes on */
	lym_text_lit(b, ", aio_buf=");
	lym_strace_iov_at(b, opts, r, i, k, number(p, 24, 8), number(p, 32, 8));
	lym_text_lit(b, ", ");
	op = b->len;
	lym_struct_strace(b, LYM_STRUCT_iocb_rest, &e, false);
	memmove(b->p + op, b->p + op + 1, b->len - op - 1);	/* its brace */
	b->len--;
}

void lym_strace_iocbs(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, unsigned int i,
		      const struct lym_fd_teller *fds)
{
	struct lym_bytes list = lym_record_item(r, i, LYM_VALUE_IN, 0, false), cb;
	__u64 ptr = lym_record_cell(r, i), n = lym_record_cell(r, i - 1), k, at;
	size_t word = r->h->flags & LYM_F_COMPAT ? 4 : 8;
	size_t have = list.item && !(list.item->flags & LYM_I_UNREAD) ? list.item->len / word : 0;

	if (!ptr || (__s64)n < 0 || (n && !have)) {
		lym_text_ptr(b, ptr);
		return;
	}
	lym_text_char(b, '[');
	for (k = 0; k < n && k < have && (lym_strace_verbose(opts, r) || k < opts->snaplen); k++) {
		lym_text_str(b, k ? ", " : "");
		at = number(list.p, word * k, word);
		cb = lym_record_item(r, i, LYM_VALUE_IN, 1 + k, false);
		if (at && cb.item && cb.item->len >= IOCB)
			iocb(b, opts, r, i, k, cb.p, fds);
		else
			lym_text_ptr(b, at);
	}
	if (k < n)
		lym_text_str(b, k ? ", ..." : "...");
	if (k < n && k == have && list.item->flags & LYM_I_PART) {
		lym_text_lit(b, " /* ");
		lym_text_hex(b, ptr + word * k);
		lym_text_lit(b, " */");
	}
	lym_text_char(b, ']');
}
