/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The form for reading: one event a line, decoded, what only user memory said marked ~, a difference shouted. */
#include "behind.h"
#include "file.h"
#include "decode.h"
#include "names.h"
#include "out.h"

#define COMM 15			/* widths of columns: what the kernel can make of them at most */
#define PID 7
#define RET 6
#define EVENT 11
#define ARGS (15 + 2 + COMM + 2 + PID + 1 + PID + 1 + RET + 2 + EVENT + 2)

#define RED "\033[31m"
#define SHOUT "\033[1;31m"
#define YELLOW "\033[33m"
#define BOLD "\033[1m"
#define RESET "\033[0m"

#define paint(o, b, code) do { if ((o)->opts.color) lym_text_lit(b, code); } while (0)

/* Blanks until the text since start is width characters wide (bytes that continue a UTF-8 character do not count). */
static void pad(struct lym_buf *b, size_t start, size_t width)
{
	size_t i, cont = 0;

	for (i = start; i < b->len; i++)
		cont += (b->p[i] & 0xc0) == 0x80;
	lym_text_pad(b, start, width + cont);
}

static void begin(struct lym_out *o, struct lym_buf *b)
{
	(void)o;
	lym_text_lit(b, "TIME             COMM             PID     TID        RET  EVENT        ARGS\n");
}

/* What stands before a value: U-origin is marked, and coloured so that it is seen. */
static bool mark(struct lym_out *o, struct lym_buf *b, const struct lym_item *i)
{
	if (i->flags & LYM_I_KERNEL)
		return false;
	paint(o, b, YELLOW);
	lym_text_char(b, '~');
	return true;
}

static void unmark(struct lym_out *o, struct lym_buf *b, const struct lym_item *i)
{
	if (!(i->flags & LYM_I_KERNEL))
		paint(o, b, RESET);
	if (i->flags & LYM_I_AMBIG)
		lym_text_lit(b, " (ambiguous)");
}

static void payload(struct lym_out *o, struct lym_buf *b, const struct lym_item *i)
{
	mark(o, b, i);
	if (i->flags & LYM_I_UNREAD) {
		lym_text_lit(b, "unreadable");
	} else {
		lym_text_char(b, '"');
		lym_text_term(b, lym_item_bytes(i), i->len, '"');
		lym_text_char(b, '"');
		if (i->flags & LYM_I_TRUNC)
			lym_text_lit(b, "...");
	}
	unmark(o, b, i);
}

static void address(struct lym_out *o, struct lym_buf *b, const struct lym_item *i)
{
	mark(o, b, i);
	if (i->flags & LYM_I_UNREAD)
		lym_text_lit(b, "unreadable");
	else if (i->len)
		lym_sockaddr_text(b, lym_item_bytes(i), i->len);
	else
		lym_text_lit(b, "none");
	unmark(o, b, i);
}

static void name(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	lym_text_char(b, ' ');
	lym_text_str(b, r->ev->field[i].name);
	lym_text_char(b, '=');
}

/* name=... of one message of a msghdr; returns the comma or brace that is due before what follows. */
static char part(struct lym_buf *b, char before, const char *key)
{
	if (before)
		lym_text_char(b, before);
	lym_text_str(b, key);
	lym_text_char(b, '=');
	return ' ';
}

static void message(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int f, unsigned int index)
{
	struct lym_bytes v = lym_record_item(r, f, LYM_ADDR, index, false);
	struct lym_msg m;
	char sep = 0;

	lym_text_char(b, '{');
	if (v.item && v.item->len) {
		sep = part(b, sep, "name");
		address(o, b, v.item);
	}
	v = lym_record_item(r, f, LYM_DATA, index, false);
	if (v.item) {
		sep = part(b, sep, "buf");
		payload(o, b, v.item);
	}
	v = lym_record_item(r, f, LYM_CONTROL, index, false);
	if (v.item && v.item->len) {
		sep = part(b, sep, "control");
		mark(o, b, v.item);
		lym_text_char(b, '{');
		lym_decode_control_text(b, v.p, v.item->len, r->h->flags & LYM_F_COMPAT);
		lym_text_str(b, v.item->flags & LYM_I_TRUNC ? " ...}" : "}");
		unmark(o, b, v.item);
	}
	if (lym_decode_msghdr(&m, r, f, index)) {
		if (m.flags) {
			sep = part(b, sep, "flags");
			lym_text_char(b, '~');
			lym_decode_flags(b, m.flags);
		}
		if (lym_decode_printer(r, f) == PR_MMSG && (m.len || r->h->ret > (__s64)index)) {
			part(b, sep, "len");
			lym_text_char(b, '~');
			lym_text_u64(b, m.len);
		}
	}
	lym_text_char(b, '}');
}

static void messages(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_messages m;
	unsigned int index;
	bool first = true, many = lym_decode_printer(r, i) == PR_MMSG;

	lym_decode_messages(&m, r, i);
	if (!m.end)
		return;
	name(b, r, i);
	if (many)
		lym_text_char(b, '[');
	for (index = 0; lym_decode_message(&m, &index); index++) {
		if (!first)
			lym_text_lit(b, ", ");
		first = false;
		message(o, b, r, i, index);
	}
	if (many)
		lym_text_char(b, ']');
}

static void optval(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v = lym_record_item(r, i, LYM_DATA, 0, false);
	struct lym_optval ov;
	size_t undo;

	if (!v.item)
		return;
	name(b, r, i);
	undo = b->len;
	if (lym_decode_optval_of(r, i, &ov)) {
		mark(o, b, v.item);
		if (lym_decode_optval(b, &ov)) {
			unmark(o, b, v.item);
			return;
		}
		b->len = undo;
	}
	payload(o, b, v.item);
}

static void pair(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v = lym_record_item(r, i, LYM_VALUE, 0, false);
	__s32 fd[2];

	if (!v.item || v.item->len < sizeof(fd))
		return;
	name(b, r, i);
	mark(o, b, v.item);
	memcpy(fd, v.p, sizeof(fd));
	lym_text_char(b, '[');
	lym_text_i64(b, fd[0]);
	lym_text_lit(b, ", ");
	lym_text_i64(b, fd[1]);
	lym_text_char(b, ']');
	unmark(o, b, v.item);
}

/* A string as a word, a struct as strace has it. */
static void behind(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i, int printer)
{
	const struct lym_item *item = lym_behind_item(r, i);
	size_t undo = b->len;

	if (!item)
		return;
	name(b, r, i);
	mark(o, b, item);
	if (printer == PR_PATH || printer == PR_STRING) {
		lym_text_word(b, lym_item_bytes(item), strnlen((const char *)lym_item_bytes(item), item->len));
		if (item->flags & LYM_I_TRUNC)
			lym_text_lit(b, "...");
	} else if (!lym_behind_strace(b, r, i, &(struct lym_behind_opts){ .limit = o->opts.snaplen })) {
		b->len = undo;
		return;
	}
	unmark(o, b, item);
}

/* A length that the caller gave room for too little: only then does it say something. */
static void length(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	__u32 in, out;

	if (!lym_decode_u32(r, i, LYM_VALUE_IN, &in) || !lym_decode_u32(r, i, LYM_VALUE, &out) || out <= in)
		return;
	name(b, r, i);
	lym_text_char(b, '~');
	lym_text_u64(b, in);
	lym_text_lit(b, "->");
	lym_text_u64(b, out);
}

static void string(struct lym_buf *b, const struct lym_record *r, unsigned int i, const void *p, size_t n)
{
	name(b, r, i);
	lym_text_word(b, p, n);
}

/* <the path behind a descriptor> */
static void file(struct lym_buf *b, const struct lym_item *i)
{
	struct lym_buf path = { 0 };
	bool deleted;

	if (!lym_file_path(&path, i, &deleted))
		return;
	lym_text_char(b, '<');
	lym_text_term(b, path.p, path.len, 0);
	lym_text_str(b, deleted ? " (deleted)>" : ">");
	lym_text_free(&path);
}

static void number(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_sock_view sock;

	/* the length of an address or a value that is shown anyway */
	if (r->ev->field[i].type == LYM_T_SOCKLEN && i && (!lym_record_cell(r, i) ||
	    lym_record_item(r, i - 1, LYM_ADDR, 0, false).item || lym_record_item(r, i - 1, LYM_DATA, 0, false).item))
		return;
	name(b, r, i);
	lym_decode_number(b, r, i);
	if (lym_decode_printer(r, i) == PR_FD && lym_decode_fd(r, i, &sock)) {
		lym_text_char(b, '<');
		lym_sockaddr_sock_text(b, &sock);
		lym_text_char(b, '>');
		return;
	}
	if (lym_record_first(r, i, LYM_FILE))
		file(b, lym_record_first(r, i, LYM_FILE));
}

static void field(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v;
	const char *via;
	int printer = lym_decode_printer(r, i);

	if (lym_behind(printer)) {
		behind(o, b, r, i, printer);
		return;
	}
	switch (printer) {
	case PR_BUF:
	case PR_IOV:
		v = lym_record_item(r, i, LYM_DATA, 0, false);
		if (!v.item)
			return;
		name(b, r, i);
		payload(o, b, v.item);
		break;
	case PR_SOCKADDR:
		v = lym_record_item(r, i, LYM_ADDR, 0, false);
		if (!v.item || (!v.item->len && !(v.item->flags & LYM_I_UNREAD)))
			return;
		name(b, r, i);
		address(o, b, v.item);
		break;
	case PR_LEN_INOUT:
		length(b, r, i);
		break;
	case PR_OPTVAL:
		optval(o, b, r, i);
		break;
	case PR_FD_PAIR:
		pair(o, b, r, i);
		break;
	case PR_MSGHDR:
	case PR_MMSG:
		messages(o, b, r, i);
		break;
	case PR_VIA:
		via = lym_decode_via(r);
		if (via)
			string(b, r, i, via, strlen(via));
		break;
	case PR_STR:
		v = lym_record_item(r, i, LYM_DATA, 0, false);
		if (v.item)
			string(b, r, i, v.p, v.item->len);
		break;
	case PR_NOTHING:
		break;
	default:
		number(b, r, i);
	}
}

/* What the kernel did with what it has a copy of. */
static const char *verb(const struct lym_record *r, unsigned int i)
{
	switch (r->ev->field[i].type) {
	case LYM_T_BUF_IN:
	case LYM_T_ADDR_IN:
	case LYM_T_MSGHDR_IN:
	case LYM_T_MMSG_IN:
		return ": kernel used the above, user memory held ";
	default:
		return ": kernel delivered the above, user memory held ";
	}
}

/* The line under an event for each difference between what the kernel had and what the user's memory says. */
static void tamper(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	const struct lym_item *i = NULL;

	while ((i = lym_record_next(r, i))) {
		int printer;

		if (!(i->flags & LYM_I_TAMPER) || i->field >= r->ev->nfields || i->kind == LYM_PAD)
			continue;
		lym_text_pad(b, b->len, ARGS);
		paint(o, b, SHOUT);
		lym_text_lit(b, "TAMPER ");
		lym_text_str(b, r->ev->field[i->field].name);
		printer = lym_decode_printer(r, i->field);
		if (printer == PR_MMSG) {
			lym_text_char(b, '[');
			lym_text_u64(b, i->index);
			lym_text_char(b, ']');
		}
		if (printer == PR_MMSG || printer == PR_MSGHDR)
			lym_text_str(b, i->kind == LYM_ADDR ? ".name" : ".buf");
		lym_text_str(b, verb(r, i->field));
		if (i->flags & LYM_I_UNREAD) {
			lym_text_lit(b, "nothing readable");
		} else if (i->kind == LYM_ADDR) {
			lym_sockaddr_text(b, lym_item_bytes(i), i->len);
		} else {
			lym_text_char(b, '"');
			lym_text_term(b, lym_item_bytes(i), i->len, '"');
			lym_text_char(b, '"');
			if (i->flags & LYM_I_TRUNC)
				lym_text_lit(b, "...");
		}
		lym_text_lit(b, " when the call returned");
		paint(o, b, RESET);
		lym_text_char(b, '\n');
	}
}

/* The columns before ARGS. */
static void columns(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	const struct lym_hdr *h = r->h;
	bool own = !h->host_tid, failed = h->ret < 0 && h->ret > -4096;	/* own: said by Lymer, of no task */
	size_t start, digits;

	lym_text_clock(b, (__s64)h->ts + o->opts.mono_ns);
	lym_text_lit(b, "  ");
	start = b->len;
	if (own)
		lym_text_char(b, '-');
	else
		lym_text_term(b, h->comm, strnlen(h->comm, sizeof(h->comm)), 0);
	pad(b, start, COMM);
	lym_text_lit(b, "  ");
	start = b->len;
	if (own)
		lym_text_char(b, '-');
	else
		lym_text_u64(b, h->host_pid);
	lym_text_pad(b, start, PID + 1);
	start = b->len;
	if (own)
		lym_text_char(b, '-');
	else
		lym_text_u64(b, h->host_tid);
	lym_text_pad(b, start, PID + 1);
	if (failed)
		paint(o, b, RED);
	start = b->len;
	if (own)
		lym_text_char(b, '-');
	else
		lym_text_i64(b, h->ret);
	digits = b->len - start;		/* flush right */
	if (digits < RET) {
		lym_text_pad(b, start, RET);
		memmove(b->p + b->len - digits, b->p + start, digits);
		memset(b->p + start, ' ', RET - digits);
	}
	if (failed)
		paint(o, b, RESET);
	lym_text_lit(b, "  ");
	paint(o, b, BOLD);
	start = b->len;
	lym_text_str(b, r->ev->name);
	lym_text_pad(b, start, EVENT);
	paint(o, b, RESET);
}

static void event(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	const struct lym_hdr *h = r->h;
	const char *error = h->ret < 0 ? lym_decode_error(r) : NULL;
	int i;

	columns(o, b, r);
	lym_text_char(b, ' ');
	for (i = 0; i < r->ev->nfields; i++)
		field(o, b, r, i);
	if (error) {
		lym_text_lit(b, "  ");
		paint(o, b, RED);
		lym_text_str(b, error);
		if (!lym_schema_function(r->ev)) {
			lym_text_lit(b, " (");
			lym_text_str(b, lym_names_errno_text(-h->ret));
			lym_text_char(b, ')');
		}
		paint(o, b, RESET);
	}
	if (h->duration && o->opts.duration) {
		lym_text_lit(b, "  <");
		lym_text_u64(b, h->duration / 1000000000);
		lym_text_char(b, '.');
		lym_text_dec(b, h->duration / 1000 % 1000000, 6);
		lym_text_char(b, '>');
	}
	lym_text_char(b, '\n');
	tamper(o, b, r);
}

const struct lym_sink lym_out_table = {
	"table", "one line an event, for reading", begin, event,
};
