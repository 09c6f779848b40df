/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* JSON, one object a line: a superset of Tracee's v1beta1 event. */
#include <errno.h>
#include "decode.h"
#include "json.h"
#include "names.h"
#include "out.h"
#include "proc.h"

/* A number that names one process or thread of one boot: its id may come again, its start not. */
static __u32 unique_id(__u32 id, __u64 start)
{
	__u64 h = (start ^ (__u64)id << 32 ^ id) * 0x9e3779b97f4a7c15;

	h ^= h >> 29;
	h *= 0xbf58476d1ce4e5b9;
	return h >> 32;
}

#define HEADS 256
#define HEAD_TEXT 960
#define FRESH 200000000		/* ns: the executable may change */

/*
 * The heads of events seen lately: all between the timestamp and the data, which depends on the task, its names and the
 * event, but on nothing that changes from call to call.
 */
static __thread struct head {
	struct lym_hdr h;	/* of the event that it was made for */
	__s64 boot_ns;
	unsigned int len;	/* 0: empty */
	char text[HEAD_TEXT];
} heads[HEADS];

/* Do two events have the same head? */
static bool same_head(const struct lym_hdr *a, const struct lym_hdr *b)
{
	__u64 comm[4];
	__u32 differ = (a->event ^ b->event) | (a->flags ^ b->flags) | (a->syscall ^ b->syscall) |
		       (a->host_pid ^ b->host_pid) | (a->host_tid ^ b->host_tid) | (a->pid ^ b->pid) |
		       (a->tid ^ b->tid) | (a->host_ppid ^ b->host_ppid) | (a->uid ^ b->uid);

	memcpy(comm, a->comm, 16);
	memcpy(comm + 2, b->comm, 16);
	return !(differ | (a->start ^ b->start) | (a->leader_start ^ b->leader_start) | (comm[0] ^ comm[2]) |
		 (comm[1] ^ comm[3]));
}

static void task(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	const struct lym_hdr *h = r->h;
	const char *exe = lym_proc_exe(h->host_pid, h->leader_start, h->comm, h->ts);
	const char *call = r->ev->nr >= 0 && !(h->flags & LYM_F_COMPAT) ? r->ev->name : lym_decode_via(r);

	lym_text_lit(b, ",\"workload\":{\"process\":{");
	if (exe) {
		lym_text_lit(b, "\"executable\":{\"path\":\"");
		lym_text_json(b, exe, strlen(exe));
		lym_text_lit(b, "\"},");
	}
	lym_text_lit(b, "\"unique_id\":");
	lym_text_u64(b, unique_id(h->host_pid, h->leader_start));
	lym_text_lit(b, ",\"host_pid\":");
	lym_text_u64(b, h->host_pid);
	lym_text_lit(b, ",\"pid\":");
	lym_text_u64(b, h->pid);
	lym_text_lit(b, ",\"real_user\":{\"id\":");
	lym_text_u64(b, h->uid);
	lym_text_lit(b, "},\"thread\":{\"start_time\":\"");
	lym_text_time(b, (__s64)h->start + o->opts.boot_ns);
	lym_text_lit(b, "\",\"name\":\"");
	lym_text_json(b, h->comm, strnlen(h->comm, sizeof(h->comm)));
	lym_text_lit(b, "\",\"unique_id\":");
	lym_text_u64(b, unique_id(h->host_tid, h->start));
	lym_text_lit(b, ",\"host_tid\":");
	lym_text_u64(b, h->host_tid);
	lym_text_lit(b, ",\"tid\":");
	lym_text_u64(b, h->tid);
	if (call && !(h->flags & LYM_F_IO_URING)) {
		lym_text_lit(b, ",\"syscall\":\"");
		lym_text_str(b, call);
		lym_text_char(b, '"');
	}
	if (h->flags & LYM_F_COMPAT)
		lym_text_lit(b, ",\"compat\":true");
	if (h->flags & LYM_F_X32)
		lym_text_lit(b, ",\"x32\":true");
	lym_text_char(b, '}');
	if (h->host_ppid) {
		lym_text_lit(b, ",\"ancestors\":[{\"host_pid\":");
		lym_text_u64(b, h->host_ppid);
		lym_text_lit(b, "}]");
	}
	lym_text_lit(b, "}}");
}

static void make_head(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	lym_text_lit(b, "\",\"id\":");
	lym_text_u64(b, r->ev->id);
	lym_text_lit(b, ",\"name\":\"");
	lym_text_str(b, r->ev->name);
	lym_text_char(b, '"');
	if (r->h->host_tid)	/* nobody's: what Lymer itself has to say */
		task(o, b, r);
	lym_text_lit(b, ",\"data\":");
}

static char *head(char *w, struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	const struct lym_hdr *h = r->h;
	struct head *t = &heads[(h->host_tid ^ h->start >> 24 ^ h->event << 4) % HEADS];
	size_t start;

	if (t->len && same_head(h, &t->h) && h->ts - t->h.ts < FRESH && t->boot_ns == o->opts.boot_ns)
		return lym_put_bytes(w, t->text, t->len);
	lym_json_pause(b, w);
	start = b->len;
	make_head(o, b, r);
	t->len = 0;
	if (!b->oom && b->len - start <= HEAD_TEXT) {
		t->len = b->len - start;
		memcpy(t->text, b->p + start, t->len);
		t->h = *h;
		t->boot_ns = o->opts.boot_ns;
	}
	return lym_json_resume(b);
}

/* Lymer's own events have no result, nor have calls that have only begun. */
static bool returns(const struct lym_record *r)
{
	return !(r->h->flags & LYM_F_ENTER) && r->ev->ev != LYM_EV_lost && r->ev->ev != LYM_EV_signal_deliver &&
	       r->ev->ev != LYM_EV_sched_process_exit;
}

static char *returned(char *w, struct lym_buf *b, const struct lym_record *r)
{
	__s64 ret = r->h->ret;
	const char *name = ret < 0 ? lym_decode_error(r) : NULL;

	w = lym_put_lit(w, ",{\"name\":\"returnValue\",\"int64\":\"");
	w = lym_put_i64(w, ret);
	if (name) {
		w = lym_put_lit(w, "\",\"text\":\"");
		w = lym_put_bytes(w, name, strlen(name));
	}
	w = lym_put_char(w, '"');
	if (lym_record_first(r, LYM_NO_FIELD, LYM_FILE))
		w = lym_json_file(w, b, lym_record_first(r, LYM_NO_FIELD, LYM_FILE));
	return w ? lym_put_char(w, '}') : NULL;
}

static char *data(char *w, struct lym_buf *b, const struct lym_record *r)
{
	size_t start = w - b->p;
	int i;

	for (i = 0; i < r->ev->nfields; i++) {
		w = lym_json_field(w, b, r, i);
		if (!w)
			return NULL;
	}
	if (returns(r))
		w = returned(w, b, r);
	else if (!r->ev->nfields)
		w = lym_put_char(w, '[');
	if (w)
		b->p[start] = '[';		/* in place of the first item's comma */
	return w;
}

static void event(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	const struct lym_hdr *h = r->h;
	char *w = lym_json_resume(b);

	if (!w)
		return;
	w = lym_put_lit(w, "{\"timestamp\":\"");
	w = lym_put_time(w, (__s64)h->ts + o->opts.mono_ns);
	w = head(w, o, b, r);
	w = w ? data(w, b, r) : NULL;
	if (!w)
		return;
	w = lym_put_bytes(w, o->kept.p, o->kept.len);
	w = lym_put_u64(w, h->cpu);
	w = lym_put_lit(w, "},\"seq\":\"");
	w = lym_put_u64(w, h->seq);
	w = lym_put_char(w, '"');
	if (h->flags & LYM_F_CUT)
		w = lym_put_lit(w, ",\"truncated\":true");
	if (h->flags & LYM_F_ENTER)
		w = lym_put_lit(w, ",\"phase\":\"enter\"");
	if (h->duration && o->opts.duration) {
		w = lym_put_lit(w, ",\"duration_ns\":\"");
		w = lym_put_u64(w, h->duration);
		w = lym_put_char(w, '"');
	}
	w = lym_json_socket(w, b, r);
	if (w && r->tampered) {
		lym_json_pause(b, w);
		lym_json_tamper(b, r);
		w = lym_json_resume(b);
	}
	if (w)
		lym_json_pause(b, lym_put_lit(w, "}\n"));
}

static void begin(struct lym_out *o, struct lym_buf *b)
{
	lym_text_lit(&o->kept, "],\"host\":{\"name\":\"");
	lym_text_json(&o->kept, o->opts.host, strlen(o->opts.host));
	lym_text_lit(&o->kept, "\",\"cpu\":");
}

const struct lym_sink lym_out_json = {
	"json", "one JSON object a line, a superset of Tracee's schema", begin, event,
};
