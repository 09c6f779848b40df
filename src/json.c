/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The fields of a record as items of the JSON event's data array; its socket and what was tampered with. */
#include <netinet/in.h>
#include <sys/socket.h>
#include "decode.h"
#include "json.h"
#include "names.h"

static void key(struct lym_buf *b, const char *name)
{
	lym_text_lit(b, ",\"");
	lym_text_str(b, name);
	lym_text_lit(b, "\":");
}

/* ,"key":"v" */
static void quoted(struct lym_buf *b, const char *name, __u64 v)
{
	key(b, name);
	lym_text_char(b, '"');
	lym_text_u64(b, v);
	lym_text_char(b, '"');
}

/* ,"text":" and the closing quote, with what was appended in between made JSON */
static size_t text_begin(struct lym_buf *b)
{
	lym_text_lit(b, ",\"text\":\"");
	return b->len;
}

static void text_end(struct lym_buf *b, size_t start)
{
	lym_text_json_tail(b, start);
	lym_text_char(b, '"');
}

static void name_begin(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	lym_text_lit(b, ",{\"name\":\"");
	lym_text_str(b, r->ev->field[i].name);
	lym_text_char(b, '"');
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
		quoted(b, "size", i->full);
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
	struct lym_sock_view sock;
	size_t start;

	key(b, t->json);
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
		if (!lym_decode_fd(r, i, &sock))
			return;
		start = text_begin(b);
		lym_sockaddr_sock_text(b, &sock);
		text_end(b, start);
	} else if (t->printer >= PR_MSG_FLAGS) {
		size_t undo = b->len;

		start = text_begin(b);
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
		start = text_begin(b);
		if (lym_decode_optval(b, &o))
			text_end(b, start);
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
	switch (lym_decode_printer(r, i)) {
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

static void sock_name(struct lym_buf *b, const char *name, enum lym_names t, __u32 v)
{
	const char *s = t == LYM_NAMES_MAX ? NULL : lym_names_find(t, v);

	key(b, name);
	lym_text_char(b, '"');
	if (s)
		lym_text_str(b, s);
	else
		lym_text_u64(b, v);
	lym_text_char(b, '"');
}

static void sock_addr(struct lym_buf *b, const char *name, const unsigned char *p, unsigned int len)
{
	size_t start;

	if (!len)
		return;
	key(b, name);
	lym_text_char(b, '"');
	start = b->len;
	if (len > 2)		/* no name but a family: unnamed */
		lym_sockaddr_text(b, p, len);
	text_end(b, start);
}

void lym_json_socket(struct lym_buf *b, const struct lym_record *r)
{
	struct lym_sock_view v;
	size_t start;

	if (!lym_decode_sock(r, LYM_NO_FIELD, &v))
		return;
	lym_text_lit(b, ",\"socket\":{");
	start = b->len;
	sock_name(b, "family", LYM_NAMES_af, v.s->family);
	if (b->len > start) {		/* the first has no comma before it */
		memmove(b->p + start, b->p + start + 1, b->len - start - 1);
		b->len--;
	}
	sock_name(b, "type", LYM_NAMES_sock_type, v.s->type);
	sock_name(b, "protocol", lym_names_protocols(v.s->family), v.s->protocol);
	sock_addr(b, "local", v.local, v.local_len);
	sock_addr(b, "remote", v.remote, v.remote_len);
	if (v.s->cookie)
		quoted(b, "cookie", v.s->cookie);
	if (v.s->inode)
		quoted(b, "inode", v.s->inode);
	lym_text_char(b, '}');
}

/* One side of a difference. */
static void side(struct lym_buf *b, const char *name, const struct lym_item *i)
{
	size_t start;

	key(b, name);
	lym_text_char(b, '"');
	if (i->kind == LYM_ADDR) {
		start = b->len;
		if (i->len)
			lym_sockaddr_text(b, lym_item_bytes(i), i->len);
		lym_text_json_tail(b, start);
	} else {
		lym_text_base64(b, lym_item_bytes(i), i->len);
	}
	lym_text_char(b, '"');
	if (i->flags & LYM_I_UNREAD)
		lym_text_lit(b, ",\"unreadable\":true");
}

void lym_json_tamper(struct lym_buf *b, const struct lym_record *r)
{
	const struct lym_item *i = NULL;
	struct lym_bytes k;
	bool any = false;

	while ((i = lym_record_next(r, i))) {
		if (!(i->flags & LYM_I_TAMPER) || i->field >= r->ev->nfields || i->kind == LYM_PAD)
			continue;
		if (any)
			lym_text_lit(b, ",{\"name\":\"");
		else
			lym_text_lit(b, ",\"tamper\":[{\"name\":\"");
		any = true;
		lym_json_item_name(b, r, i);
		lym_text_char(b, '"');
		k = lym_record_item(r, i->field, i->kind, i->index, false);
		if (k.item)
			side(b, "kernel", k.item);
		side(b, "user", i);
		lym_text_char(b, '}');
	}
	if (any)
		lym_text_char(b, ']');
}
