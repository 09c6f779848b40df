/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The fields of a record as items of the JSON event's data array. */
#include <netinet/in.h>
#include <sys/socket.h>
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
	unsigned short len;	/* 0: it would not fit */
	unsigned short printer;
} prefix[LYM_EV_MAX][LYM_CELLS];

/* A printer whose value is the number itself. */
static bool plain(int printer)
{
	return printer <= PR_SOCKOPT;
}

static void make_prefix(struct lym_buf *b, const struct lym_field *f)
{
	const struct lym_type *t = lym_schema_type(f->type);

	lym_text_lit(b, ",{\"name\":\"");
	lym_text_str(b, f->name);
	lym_text_char(b, '"');
	if (plain(t->printer))
		lym_json_key(b, t->json);
}

void lym_json_begin(void)
{
	static bool ready;
	const struct lym_event *ev;
	struct lym_buf b = { 0 };
	unsigned int i;
	int f;

	if (ready)
		return;
	ready = true;
	for (i = 0; (ev = lym_schema_event(i)); i++) {
		for (f = 0; f < ev->nfields; f++) {
			prefix[i][f].printer = lym_schema_type(ev->field[f].type)->printer;
			b.len = 0;
			make_prefix(&b, &ev->field[f]);
			if (b.oom || b.len > PREFIX)
				continue;
			memcpy(prefix[i][f].text, b.p, b.len);
			prefix[i][f].len = b.len;
		}
	}
	lym_text_free(&b);
}

static void name_begin(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	char *w = lym_text_room(b, PREFIX);
	unsigned int len = prefix[r->ev->ev][i].len;

	if (!w || !len) {
		make_prefix(b, &r->ev->field[i]);
		return;
	}
	memcpy(w, prefix[r->ev->ev][i].text, PREFIX);	/* a constant length is what makes it fast */
	b->len += len;
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

/* Where it was read, and what is known to be missing. */
static void origin(struct lym_buf *b, const struct lym_item *i)
{
	if (i->flags & LYM_I_KERNEL)
		lym_text_lit(b, ",\"origin\":\"K\"");
	else
		lym_text_lit(b, ",\"origin\":\"U\"");
	if (i->flags & (LYM_I_AMBIG | LYM_I_UNREAD)) {
		if (i->flags & LYM_I_AMBIG)
			lym_text_lit(b, ",\"ambiguous\":true");
		if (i->flags & LYM_I_UNREAD)
			lym_text_lit(b, ",\"unreadable\":true");
	}
}

static void truncated(struct lym_buf *b, const struct lym_item *i)
{
	if (i->flags & LYM_I_TRUNC) {
		lym_text_lit(b, ",\"truncated\":true");
		lym_json_quoted(b, "size", i->full);
	}
}

/* ,"bytes":"...","truncated":true,"size":"N","origin":"K" */
static void bytes(struct lym_buf *b, const struct lym_item *i)
{
	if (!(i->flags & LYM_I_UNREAD)) {
		lym_text_lit(b, ",\"bytes\":\"");
		lym_text_base64(b, lym_item_bytes(i), i->len);
		lym_text_char(b, '"');
	}
	truncated(b, i);
	origin(b, i);
}

static void sockaddr(struct lym_buf *b, const struct lym_item *i)
{
	if (i->len) {
		lym_text_lit(b, ",\"sockaddr\":{");
		lym_sockaddr_json(b, lym_item_bytes(i), i->len);
		lym_text_char(b, '}');
	}
	truncated(b, i);
	origin(b, i);
}

static void pointer(struct lym_buf *b, __u64 v)
{
	lym_text_lit(b, ",\"pointer\":\"");
	lym_text_u64(b, v);
	lym_text_char(b, '"');
}

/* A number in the type's own key. */
static void number(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	const struct lym_type *t = lym_schema_type(r->ev->field[i].type);
	__u64 v = lym_record_cell(r, i);

	switch (t->printer) {
	case PR_UINT:
		lym_text_u64(b, (__u32)v);
		break;
	case PR_SIZE:
	case PR_LONG:
		lym_text_char(b, '"');
		if (t->printer == PR_SIZE)
			lym_text_u64(b, v);
		else
			lym_text_i64(b, v);
		lym_text_char(b, '"');
		break;
	default:
		lym_text_i64(b, (__s32)v);
	}
	if (t->printer == PR_FD) {
		lym_json_fd(b, r, i);
	} else if (t->printer >= PR_MSG_FLAGS) {
		size_t undo = b->len;

		lym_json_text(b);
		if (lym_decode_names(b, r, i))
			lym_text_char(b, '"');		/* names need no escape */
		else
			b->len = undo;
	}
}

/* [128 => 16] */
static void length(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes after = lym_record_item(r, i, LYM_VALUE, 0, false);
	__u32 in, out;
	bool have_in = lym_decode_u32(r, i, LYM_VALUE_IN, &in), have_out = lym_decode_u32(r, i, LYM_VALUE, &out);

	if (have_in || have_out) {
		lym_text_lit(b, ",\"text\":\"[");
		if (have_in)
			lym_text_i64(b, (__s32)in);
		if (have_out && (!have_in || in != out)) {
			if (have_in)
				lym_text_lit(b, " => ");
			lym_text_i64(b, (__s32)out);
		}
		lym_text_lit(b, "]\"");
	}
	if (after.item)
		origin(b, after.item);
	else if ((after = lym_record_item(r, i, LYM_VALUE_IN, 0, false)).item)
		origin(b, after.item);
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

/* Two numbers: the descriptors of a pair, or a timespec. */
static void pair(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	bool time = lym_decode_printer(r, i) == PR_TIMESPEC;
	struct lym_bytes v = lym_record_item(r, i, time ? LYM_VALUE_IN : LYM_VALUE, 0, false);
	__s64 t[2];
	__s32 fd[2];

	if (!v.item)
		return;
	if (time && v.item->len >= sizeof(t)) {
		memcpy(t, v.p, sizeof(t));
		lym_text_lit(b, ",\"text\":\"{tv_sec=");
		lym_text_i64(b, t[0]);
		lym_text_lit(b, ", tv_nsec=");
		lym_text_i64(b, t[1]);
		lym_text_lit(b, "}\"");
	} else if (!time && v.item->len >= sizeof(fd)) {
		memcpy(fd, v.p, sizeof(fd));
		lym_text_lit(b, ",\"text\":\"[");
		lym_text_i64(b, fd[0]);
		lym_text_lit(b, ", ");
		lym_text_i64(b, fd[1]);
		lym_text_lit(b, "]\"");
	}
	origin(b, v.item);
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
		truncated(b, v.item);
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

static void buffer(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v = lym_record_item(r, i, LYM_DATA, 0, false);

	if (r->ev->field[i].type != LYM_T_DATA)
		pointer(b, lym_record_cell(r, i));
	if (v.item)
		bytes(b, v.item);
}

static void address(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v = lym_record_item(r, i, LYM_ADDR, 0, false);

	if (r->ev->field[i].type != LYM_T_SOCKADDR && (!v.item || !v.item->len))
		pointer(b, lym_record_cell(r, i));
	if (v.item)
		sockaddr(b, v.item);
}

void lym_json_field(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v;
	const char *via;

	name_begin(b, r, i);
	switch (prefix[r->ev->ev][i].printer) {
	case PR_BUF:
		buffer(b, r, i);
		break;
	case PR_SOCKADDR:
		address(b, r, i);
		break;
	case PR_LEN_INOUT:
		pointer(b, lym_record_cell(r, i));
		length(b, r, i);
		break;
	case PR_OPTVAL:
		pointer(b, lym_record_cell(r, i));
		optval(b, r, i);
		break;
	case PR_FD_PAIR:
	case PR_TIMESPEC:
		pointer(b, lym_record_cell(r, i));
		pair(b, r, i);
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
		v = lym_record_item(r, i, LYM_DATA, 0, false);
		if (v.item)
			string(b, v.p, v.item->len);
		break;
	default:
		number(b, r, i);
	}
	lym_text_char(b, '}');
}
