/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a JSON event says beside its data: the socket, and what was tampered with. Declared in json.h. */
#include "file.h"
#include "decode.h"
#include "json.h"
#include "names.h"

static void sock_name(struct lym_buf *b, const char *name, enum lym_names t, __u32 v)
{
	const char *s = t == LYM_NAMES_MAX ? NULL : lym_names_find(t, v);

	lym_text_str(b, name);
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
	lym_json_key(b, name);
	lym_text_char(b, '"');
	start = b->len;
	if (len > 2)		/* no name but a family: unnamed */
		lym_sockaddr_text(b, p, len);
	lym_json_text_end(b, start);
}

/* ,"socket":{...} */
static void sock_object(struct lym_buf *b, const struct lym_sock_view *v)
{
	sock_name(b, ",\"socket\":{\"family\":\"", LYM_NAMES_af, v->s->family);
	sock_name(b, ",\"type\":\"", LYM_NAMES_sock_type, v->s->type);
	sock_name(b, ",\"protocol\":\"", lym_names_protocols(v->s->family), v->s->protocol);
	sock_addr(b, "local", v->local, v->local_len);
	sock_addr(b, "remote", v->remote, v->remote_len);
	if (v->s->cookie)
		lym_json_quoted(b, "cookie", v->s->cookie);
	if (v->s->inode)
		lym_json_quoted(b, "inode", v->s->inode);
	lym_text_char(b, '}');
}

/* ,"text":"UDP 127.0.0.1:53" */
static void sock_text(struct lym_buf *b, const struct lym_sock_view *v)
{
	size_t start = lym_json_text(b);

	lym_sockaddr_sock_text(b, v);
	lym_json_text_end(b, start);
}

#define SOCKS 64
#define SOCK_KEY 96
#define SOCK_TEXT 416

/* Sockets seen lately, both ways in which an event tells of them: busy programs have few. */
static __thread struct {
	unsigned int key_len, text_len, len;	/* text_len of the first part */
	unsigned char key[SOCK_KEY];
	char text[SOCK_TEXT];
} socks[SOCKS];

/* What an event says of the socket in item i, which is not in slot n: as the text of an fd, or as its own object. */
static void learn(struct lym_buf *b, const struct lym_item *i, bool object, unsigned int n)
{
	struct lym_sock_view v;
	size_t start = b->len, mid;

	socks[n].key_len = 0;
	if (!lym_sockaddr_sock(&v, lym_item_bytes(i), i->len))
		return;
	sock_text(b, &v);
	mid = b->len;
	sock_object(b, &v);
	if (b->oom)
		return;
	if (i->len <= SOCK_KEY && b->len - start <= SOCK_TEXT) {
		memcpy(socks[n].key, lym_item_bytes(i), i->len);
		memcpy(socks[n].text, b->p + start, b->len - start);
		socks[n].key_len = i->len;
		socks[n].text_len = mid - start;
		socks[n].len = b->len - start;
	}
	if (object)
		memmove(b->p + start, b->p + mid, b->len - mid);
	b->len = start + (object ? b->len - mid : mid - start);
}

static char *sock(char *w, struct lym_buf *b, const struct lym_item *i, bool object)
{
	const struct lym_sock *s = (const void *)lym_item_bytes(i);
	unsigned int n = i->len < sizeof(*s) ? 0 : (s->inode ^ s->inode >> 6 ^ s->remote_len) % SOCKS, from, to;

	if (socks[n].key_len != i->len || memcmp(socks[n].key, s, i->len)) {
		lym_json_pause(b, w);
		learn(b, i, object, n);
		return lym_json_resume(b);
	}
	from = object ? socks[n].text_len : 0;
	to = object ? socks[n].len : socks[n].text_len;
	return lym_put_bytes(w, socks[n].text + from, to - from);
}

char *lym_json_socket(char *w, struct lym_buf *b, const struct lym_record *r)
{
	const struct lym_item *i = lym_record_first(r, LYM_NO_FIELD, LYM_SOCK);

	return i ? sock(w, b, i, true) : w;
}

char *lym_json_fd(char *w, struct lym_buf *b, const struct lym_record *r, unsigned int f)
{
	const struct lym_item *i = lym_record_first(r, f, LYM_SOCK);

	if (!i && !f)
		i = lym_record_first(r, LYM_NO_FIELD, LYM_SOCK);
	if (i)
		return sock(w, b, i, false);
	i = lym_record_first(r, f, LYM_FILE);
	return i ? lym_json_file(w, b, i) : w;
}

char *lym_json_file(char *w, struct lym_buf *b, const struct lym_item *i)
{
	size_t start;
	bool deleted;

	lym_json_pause(b, w);
	start = lym_json_text(b);
	lym_file_path(b, i, &deleted);
	if (deleted)
		lym_text_lit(b, " (deleted)");
	lym_json_text_end(b, start);
	return lym_json_resume(b);
}

/* One side of a difference. */
static void side(struct lym_buf *b, const char *name, const struct lym_item *i)
{
	size_t start;

	lym_json_key(b, name);
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
