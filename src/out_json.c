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

/* What the text about a task depends on. */
struct key {
	__u64 start, leader_start;
	__s64 boot_ns;
	__u32 host_pid, host_tid, pid, tid, host_ppid, uid, compat;
	char comm[16];
	__u32 pad;
};

#define TASKS 128
#define TASK_TEXT 832
#define FRESH 200000000		/* ns: the executable may change */

/* The text about tasks seen lately, in two parts: the name of the call goes between. */
static __thread struct task {
	struct key key;
	__u64 seen;
	unsigned int mid, len;	/* len 0: empty */
	char text[TASK_TEXT];
} tasks[TASKS];

static void task_head(struct lym_out *o, struct lym_buf *b, const struct lym_hdr *h)
{
	const char *exe = lym_proc_exe(h->host_pid, h->leader_start, h->comm, h->ts);

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
}

static void task_tail(struct lym_buf *b, const struct lym_hdr *h)
{
	if (h->flags & LYM_F_COMPAT)
		lym_text_lit(b, ",\"compat\":true");
	lym_text_char(b, '}');
	if (h->host_ppid) {
		lym_text_lit(b, ",\"ancestors\":[{\"host_pid\":");
		lym_text_u64(b, h->host_ppid);
		lym_text_lit(b, "}]");
	}
	lym_text_lit(b, "}}");
}

/* The task of h in the cache; NULL if its text is too long for it. */
static const struct task *task(struct lym_out *o, struct lym_buf *b, const struct lym_hdr *h)
{
	struct task *t = &tasks[(h->host_tid ^ h->start >> 24) % TASKS];
	size_t start = b->len, mid;
	struct key k = {
		.start = h->start, .leader_start = h->leader_start, .boot_ns = o->opts.boot_ns,
		.host_pid = h->host_pid, .host_tid = h->host_tid, .pid = h->pid, .tid = h->tid,
		.host_ppid = h->host_ppid, .uid = h->uid, .compat = h->flags & LYM_F_COMPAT,
	};

	memcpy(k.comm, h->comm, sizeof(k.comm));
	if (t->len && h->ts - t->seen < FRESH && !memcmp(&t->key, &k, sizeof(k)))
		return t;
	task_head(o, b, h);
	mid = b->len;
	task_tail(b, h);
	t->len = 0;
	if (!b->oom && b->len - start <= TASK_TEXT) {
		memcpy(t->text, b->p + start, b->len - start);
		t->mid = mid - start;
		t->len = b->len - start;
		t->key = k;
		t->seen = h->ts;
	}
	b->len = start;
	return t->len ? t : NULL;
}

static void workload(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	const char *call = r->ev->nr >= 0 ? r->ev->name : lym_decode_via(r);
	const struct task *t;

	if (!r->h->host_tid)	/* nobody's: what Lymer itself has to say */
		return;
	t = task(o, b, r->h);
	if (t)
		lym_text_bytes(b, t->text, t->mid);
	else
		task_head(o, b, r->h);
	if (call && !(r->h->flags & LYM_F_IO_URING)) {
		lym_text_lit(b, ",\"syscall\":\"");
		lym_text_str(b, call);
		lym_text_char(b, '"');
	}
	if (t)
		lym_text_bytes(b, t->text + t->mid, t->len - t->mid);
	else
		task_tail(b, r->h);
}

static void data(struct lym_buf *b, const struct lym_record *r)
{
	__s64 ret = r->h->ret;
	size_t start;
	int i;

	lym_text_lit(b, ",\"data\":");
	start = b->len;
	for (i = 0; i < r->ev->nfields; i++)
		lym_json_field(b, r, i);
	if (b->len > start)
		b->p[start] = '[';		/* in place of the first item's comma */
	if (r->ev->ev != LYM_EV_lost) {
		lym_text_lit(b, ",{\"name\":\"returnValue\",\"int64\":\"");
		lym_text_i64(b, ret);
		lym_text_char(b, '"');
		if (ret < 0 && ret > -4096 && lym_names_errno(-ret)) {
			lym_text_lit(b, ",\"text\":\"");
			lym_text_str(b, lym_names_errno(-ret));
			lym_text_char(b, '"');
		}
		lym_text_char(b, '}');
	}
	lym_text_char(b, ']');
}

static void event(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	const struct lym_hdr *h = r->h;

	lym_json_begin();
	lym_text_lit(b, "{\"timestamp\":\"");
	lym_text_time(b, (__s64)h->ts + o->opts.mono_ns);
	lym_text_lit(b, "\",\"id\":");
	lym_text_u64(b, r->ev->id);
	lym_text_lit(b, ",\"name\":\"");
	lym_text_str(b, r->ev->name);
	lym_text_char(b, '"');
	workload(o, b, r);
	data(b, r);
	lym_text_lit(b, ",\"host\":{\"name\":\"");
	lym_text_json(b, o->opts.host, strlen(o->opts.host));
	lym_text_lit(b, "\",\"cpu\":");
	lym_text_u64(b, h->cpu);
	lym_text_lit(b, "},\"seq\":\"");
	lym_text_u64(b, h->seq);
	lym_text_char(b, '"');
	if (h->duration && o->opts.duration) {
		lym_text_lit(b, ",\"duration_ns\":\"");
		lym_text_u64(b, h->duration);
		lym_text_char(b, '"');
	}
	lym_json_socket(b, r);
	lym_json_tamper(b, r);
	lym_text_lit(b, "}\n");
}

const struct lym_sink lym_out_json = {
	"json", "one JSON object a line, a superset of Tracee's schema", NULL, event,
};
