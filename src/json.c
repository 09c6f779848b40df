/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The fields of a record as items of the JSON event's data array. */
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include "behind.h"
#include "decode.h"
#include "json.h"
#include "names.h"

void lym_json_key(struct lym_buf *b, const char *name)
{
	lym_text_lit(b, ",\"");
	lym_text_str(b, name);
	lym_text_lit(b, "\":");
}

void lym_json_quoted(struct lym_buf *b, const char *name, __u64 v)
{
	lym_json_key(b, name);
	lym_text_char(b, '"');
	lym_text_u64(b, v);
	lym_text_char(b, '"');
}

size_t lym_json_text(struct lym_buf *b)
{
	lym_text_lit(b, ",\"text\":\"");
	return b->len;
}

void lym_json_text_end(struct lym_buf *b, size_t start)
{
	lym_text_json_tail(b, start);
	lym_text_char(b, '"');
}

#define PREFIX 64

/* How each field begins: ,{"name":"sockfd","int32": or ,{"name":"buf" */
static struct {
	char text[PREFIX];
	unsigned char len;
	unsigned char printer;
	bool quiet;		/* 0 has no name */
	char form;		/* of the number: 'i' 32 bits, 'u' unsigned, 'I' 64 bits, in quotes, 'U' unsigned */
} prefix[LYM_EV_MAX][LYM_CELLS];

/* A printer whose value is the number itself. */
static bool plain(int printer)
{
	return printer <= PR_SOCKOPT;
}

/* How the fields of an event begin: found out when the first one is told. */
static void learn(const struct lym_event *ev)
{
	struct lym_buf b = { 0 };

	for (int f = 0; f < ev->nfields; f++) {
		const struct lym_type *t = lym_schema_type(ev->field[f].type);

		b.len = 0;
		lym_text_lit(&b, ",{\"name\":\"");
		lym_text_str(&b, ev->field[f].name);
		lym_text_char(&b, '"');
		if (plain(t->printer))
			lym_json_key(&b, t->json);
		if (b.oom || b.len > PREFIX)
			abort();
		memcpy(prefix[ev->ev][f].text, b.p, b.len);
		prefix[ev->ev][f].len = b.len;
		prefix[ev->ev][f].printer = t->printer;
		prefix[ev->ev][f].quiet = t->printer == PR_NAMES && !lym_names_find(t->arg, 0);
		prefix[ev->ev][f].form = lym_schema_wide(t) ? (*t->json == 'i' ? 'I' : 'U') : *t->json == 'u' ? 'u' : 'i';
	}
	lym_text_free(&b);
}

/* ,{"name":"msgvec[3].buf" */
static void part_begin(struct lym_buf *b, const struct lym_record *r, const struct lym_item *i, const char *part)
{
	lym_text_lit(b, ",{\"name\":\"");
	lym_text_str(b, r->ev->field[i->field].name);
	if (lym_decode_printer(r, i->field) == PR_MMSG) {
		lym_text_char(b, '[');
		lym_text_u64(b, i->index);
		lym_text_char(b, ']');
	}
	lym_text_char(b, '.');
	lym_text_str(b, part);
	lym_text_char(b, '"');
}

void lym_json_item_name(struct lym_buf *b, const struct lym_record *r, const struct lym_item *i)
{
	int printer;

	if (i->field >= r->ev->nfields)
		return;
	lym_text_str(b, r->ev->field[i->field].name);
	printer = lym_decode_printer(r, i->field);
	if (printer == PR_MMSG) {
		lym_text_char(b, '[');
		lym_text_u64(b, i->index);
		lym_text_char(b, ']');
	}
	if (printer == PR_MMSG || printer == PR_MSGHDR)
		lym_text_str(b, i->kind == LYM_ADDR ? ".name" : i->kind == LYM_CONTROL ? ".control" :
			     i->kind == LYM_DATA ? ".buf" : "");
}

/* What comes behind the value of an item: what is missing, where it was read. */
static char *put_origin(char *w, const struct lym_item *i)
{
	if (i->flags & LYM_I_TRUNC) {
		w = lym_put_lit(w, ",\"truncated\":true,\"size\":\"");
		w = lym_put_u64(w, i->full);
		w = lym_put_char(w, '"');
	}
	w = lym_put_lit(w, ",\"origin\":\"U\"");
	if (i->flags & LYM_I_KERNEL)
		w[-2] = 'K';
	if (i->flags & (LYM_I_AMBIG | LYM_I_UNREAD)) {
		if (i->flags & LYM_I_AMBIG)
			w = lym_put_lit(w, ",\"ambiguous\":true");
		if (i->flags & LYM_I_UNREAD)
			w = lym_put_lit(w, ",\"unreadable\":true");
	}
	return w;
}

static char *put_pointer(char *w, __u64 v)
{
	w = lym_put_lit(w, ",\"pointer\":\"");
	w = lym_put_u64(w, v);
	return lym_put_char(w, '"');
}

/* [128 => 16] */
static char *put_length(char *w, const struct lym_record *r, unsigned int i)
{
	const struct lym_item *item = lym_record_first(r, i, LYM_VALUE);
	__u32 in, out;
	bool have_in = lym_decode_u32(r, i, LYM_VALUE_IN, &in), have_out = lym_decode_u32(r, i, LYM_VALUE, &out);

	if (have_in || have_out) {
		w = lym_put_lit(w, ",\"text\":\"[");
		if (have_in)
			w = lym_put_i64(w, (__s32)in);
		if (have_out && (!have_in || in != out)) {
			if (have_in)
				w = lym_put_lit(w, " => ");
			w = lym_put_i64(w, (__s32)out);
		}
		w = lym_put_lit(w, "]\"");
	}
	item = item ?: lym_record_first(r, i, LYM_VALUE_IN);
	return item ? put_origin(w, item) : w;
}

static void origin(struct lym_buf *b, const struct lym_item *i)
{
	char *w = lym_json_resume(b);

	if (w)
		lym_json_pause(b, put_origin(w, i));
}

static void pointer(struct lym_buf *b, __u64 v)
{
	char *w = lym_json_resume(b);

	if (w)
		lym_json_pause(b, put_pointer(w, v));
}

/* ,"bytes":"...","truncated":true,"size":"N","origin":"K" */
static void bytes(struct lym_buf *b, const struct lym_item *i)
{
	char *w = lym_text_room(b, i->len * 4 / 3 + LYM_JSON_ROOM);

	if (!w)
		return;
	if (!(i->flags & LYM_I_UNREAD)) {
		w = lym_put_lit(w, ",\"bytes\":\"");
		w = lym_put_base64(w, lym_item_bytes(i), i->len);
		w = lym_put_char(w, '"');
	}
	lym_json_pause(b, put_origin(w, i));
}

static void sockaddr(struct lym_buf *b, const struct lym_item *i)
{
	if (i->len) {
		lym_text_lit(b, ",\"sockaddr\":{");
		lym_sockaddr_json(b, lym_item_bytes(i), i->len);
		lym_text_char(b, '}');
	}
	origin(b, i);
}

static void optval(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v = lym_record_item(r, i, LYM_DATA, 0, false);
	struct lym_optval o;
	size_t undo = b->len, start;

	if (!v.item)
		return;
	if (lym_decode_optval_of(r, i, &o)) {
		start = lym_json_text(b);
		if (lym_decode_optval(b, &o))
			lym_json_text_end(b, start);
		else
			b->len = undo;
	}
	bytes(b, v.item);
}

static void pair(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v = lym_record_item(r, i, LYM_VALUE, 0, false);
	__s32 fd[2];

	if (!v.item)
		return;
	if (v.item->len >= sizeof(fd)) {
		memcpy(fd, v.p, sizeof(fd));
		lym_text_lit(b, ",\"text\":\"[");
		lym_text_i64(b, fd[0]);
		lym_text_lit(b, ", ");
		lym_text_i64(b, fd[1]);
		lym_text_lit(b, "]\"");
	}
	origin(b, v.item);
}

/* What is behind it, and where that was read. */
static void behind(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	const struct lym_item *item = lym_behind_item(r, i);

	pointer(b, lym_record_cell(r, i));
	if (item) {
		lym_behind_json(b, r, i);
		origin(b, item);
	}
}

static void msg_flags(struct lym_buf *b, const struct lym_record *r, const struct lym_item *i, __u32 flags)
{
	part_begin(b, r, i, "flags");
	lym_text_lit(b, ",\"int32\":");
	lym_text_i64(b, (__s32)flags);
	if (flags) {
		lym_text_lit(b, ",\"text\":\"");
		lym_decode_flags(b, flags);
		lym_text_char(b, '"');
	}
	origin(b, i);
	lym_text_char(b, '}');
}

/* The numbers of a msghdr. */
static void header(struct lym_buf *b, const struct lym_record *r, const struct lym_item *i)
{
	struct lym_msg m;

	if (i->len < sizeof(m))
		return;
	memcpy(&m, lym_item_bytes(i), sizeof(m));
	if (lym_decode_receives(r, i->field) || m.flags)
		msg_flags(b, r, i, m.flags);
	if (lym_decode_printer(r, i->field) != PR_MMSG)
		return;
	part_begin(b, r, i, "len");
	lym_text_lit(b, ",\"u_int32\":");
	lym_text_u64(b, m.len);
	origin(b, i);
	lym_text_char(b, '}');
}

/* One message: who, what, control messages, flags. */
static void message(struct lym_buf *b, const struct lym_record *r, unsigned int field, unsigned int index)
{
	struct lym_bytes v = lym_record_item(r, field, LYM_ADDR, index, false);

	if (v.item) {
		part_begin(b, r, v.item, "name");
		sockaddr(b, v.item);
		lym_text_char(b, '}');
	}
	v = lym_record_item(r, field, LYM_DATA, index, false);
	if (v.item) {
		part_begin(b, r, v.item, "buf");
		bytes(b, v.item);
		lym_text_char(b, '}');
	}
	v = lym_record_item(r, field, LYM_CONTROL, index, false);
	if (v.item) {
		part_begin(b, r, v.item, "control");
		lym_text_lit(b, ",\"control\":");
		lym_decode_control_json(b, v.p, v.item->len, r->h->flags & LYM_F_COMPAT);
		origin(b, v.item);
		lym_text_char(b, '}');
	}
	v = lym_record_item(r, field, LYM_MSG, index, false);
	if (v.item)
		header(b, r, v.item);
}

static void messages(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_messages m;
	unsigned int index;

	pointer(b, lym_record_cell(r, i));
	lym_text_char(b, '}');
	lym_decode_messages(&m, r, i);
	for (index = 0; lym_decode_message(&m, &index); index++)
		message(b, r, i, index);
}

static void string(struct lym_buf *b, const void *p, size_t n)
{
	lym_text_lit(b, ",\"str\":\"");
	lym_text_json(b, p, n);
	lym_text_char(b, '"');
}

static char *buffer(char *w, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	const struct lym_item *item = lym_record_first(r, i, LYM_DATA);

	if (r->ev->field[i].type != LYM_T_DATA)
		w = put_pointer(w, lym_record_cell(r, i));
	if (!item)
		return w;
	lym_json_pause(b, w);
	bytes(b, item);
	return lym_json_resume(b);
}

static char *address(char *w, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	const struct lym_item *item = lym_record_first(r, i, LYM_ADDR);

	if (r->ev->field[i].type != LYM_T_SOCKADDR && (!item || !item->len))
		w = put_pointer(w, lym_record_cell(r, i));
	if (!item)
		return w;
	if (lym_sockaddr_is_inet(lym_item_bytes(item), item->len)) {	/* the commonest */
		w = lym_put_lit(w, ",\"sockaddr\":{");
		w = lym_sockaddr_put_inet(w, lym_item_bytes(item));
		w = lym_put_char(w, '}');
		return put_origin(w, item);
	}
	lym_json_pause(b, w);
	sockaddr(b, item);
	return lym_json_resume(b);
}

/* A number in the type's own key. */
static char *number(char *w, struct lym_buf *b, const struct lym_record *r, unsigned int i, int printer)
{
	__u64 v = lym_record_cell(r, i);
	size_t undo;

	switch (prefix[r->ev->ev][i].form) {
	case 'u':
		w = lym_put_u64(w, (__u32)v);
		break;
	case 'i':
		w = lym_put_i64(w, (__s32)v);
		break;
	default:
		w = lym_put_char(w, '"');
		w = prefix[r->ev->ev][i].form == 'U' ? lym_put_u64(w, v) : lym_put_i64(w, v);
		w = lym_put_char(w, '"');
	}
	if (printer == PR_FD || (printer == PR_DIRFD && lym_record_first(r, i, LYM_FILE)))
		return lym_json_fd(w, b, r, i);
	if (printer < PR_FD || (!v && prefix[r->ev->ev][i].quiet))
		return w;
	lym_json_pause(b, w);
	undo = b->len;
	lym_json_text(b);
	if (lym_decode_names(b, r, i))
		lym_text_char(b, '"');		/* names need no escape */
	else
		b->len = undo;
	return lym_json_resume(b);
}

/* A number as the argument before it has it. */
static void chosen(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	size_t undo;

	lym_text_lit(b, ",\"u_int64\":\"");
	lym_text_u64(b, lym_record_cell(r, i));
	lym_text_char(b, '"');
	undo = b->len;
	lym_json_text(b);
	if (lym_decode_names(b, r, i))
		lym_text_char(b, '"');
	else
		b->len = undo;
}

/* What is told rarely, or at any length. */
static void other(struct lym_buf *b, const struct lym_record *r, unsigned int i, int printer)
{
	const struct lym_item *item;
	const char *via;

	if (printer == PR_CHOICE) {
		printer = lym_decode_printer(r, i);
		if (plain(printer))
			chosen(b, r, i);
	}
	switch (printer) {
	case PR_OPTVAL:
		pointer(b, lym_record_cell(r, i));
		optval(b, r, i);
		break;
	case PR_FD_PAIR:
		pointer(b, lym_record_cell(r, i));
		pair(b, r, i);
		break;
	case PR_BUF:		/* by another argument */
	case PR_IOV:
		pointer(b, lym_record_cell(r, i));
		item = lym_record_first(r, i, LYM_DATA);
		if (item)
			bytes(b, item);
		break;
	case PR_IOCBS:
	case PR_STRUCT ... PR_DIRENTS:
		behind(b, r, i);
		break;
	case PR_MSGHDR:
	case PR_MMSG:
		messages(b, r, i);
		return;
	case PR_VIA:
		via = lym_decode_via(r);
		if (via)
			string(b, via, strlen(via));
		break;
	case PR_STR:
		item = lym_record_first(r, i, LYM_DATA);
		if (item)
			string(b, lym_item_bytes(item), item->len);
	}
	lym_text_char(b, '}');
}

char *lym_json_field(char *w, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	int printer;

	if (__builtin_expect(!prefix[r->ev->ev][i].len, 0))
		learn(r->ev);
	printer = prefix[r->ev->ev][i].printer;
	memcpy(w, prefix[r->ev->ev][i].text, PREFIX);	/* a constant length is what makes it fast */
	w += prefix[r->ev->ev][i].len;
	switch (printer) {
	case PR_BUF:
		w = buffer(w, b, r, i);
		break;
	case PR_SOCKADDR:
		w = address(w, b, r, i);
		break;
	case PR_LEN_INOUT:
		w = put_length(put_pointer(w, lym_record_cell(r, i)), r, i);
		break;
	default:
		if (plain(printer)) {
			w = number(w, b, r, i, printer);
			break;
		}
		lym_json_pause(b, w);
		other(b, r, i, printer);
		return lym_json_resume(b);
	}
	return w ? lym_put_char(w, '}') : NULL;
}
