/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What arguments point at that no socket has a hand in: structs, arrays, as the row's capture classes and sizes say. */
#ifndef LYM_VALUE_H
#define LYM_VALUE_H

#include "message.h"
#include "path.h"
#include "strings.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2048);
	__type(key, u64);		/* LYM_CHOICE_KEY() */
	__type(value, struct lym_chosen);
} choices SEC(".maps");

const volatile struct lym_by_row bys[LYM_BYS] = {};
const volatile struct lym_inner inners[LYM_INNERS] = {};
const volatile struct lym_lead leads[LYM_LEADS] = {};

/* What another argument makes of this one. */
static __always_inline u64 choice(struct stage *st, u32 i, u32 by)
{
	const volatile struct lym_by_row *b = &bys[masked(by, LYM_BYS - 1)];
	u32 from = b->from < 6 ? b->from : i - 1;
	u64 key = LYM_CHOICE_KEY(by, st->args[masked(from, ARGS - 1)] & b->mask);
	struct lym_chosen *c;

	c = bpf_map_lookup_elem(&choices, &key);
	if (compat(st))
		return c ? c->in32 : b->in32;
	return c ? c->native : LYM_CHOICE(b->cap, b->size);
}

#define FD_SETSIZE 1024		/* programs have no longer ones, whatever they say */

/* Bytes of a set of descriptors, and of a mask of memory nodes: whole words of the program's. */
static __always_inline u64 fdset_bytes(struct stage *st)
{
	u32 n = bound((u32)st->args[0], FD_SETSIZE);

	return compat(st) ? (n + 31) / 32 * 4 : (n + 63) / 64 * 8;
}

static __always_inline u64 nodes_bytes(struct stage *st, u64 n)
{
	return compat(st) ? (n + 30) / 32 * 4 : (n + 62) / 64 * 8;
}

#define ENTRIES 2048		/* of a directory, counted */
#define TIMER_ABSTIME 1
#define SO_ATTACH_FILTER 26
#define SO_ATTACH_REUSEPORT_CBPF 51
#define EXTRA 64		/* bytes behind a struct of which the call says that it is longer */
#define ARRAY_MAX 4096		/* bytes of an array that are told */
#define EACH_TOLD 256		/* and of what its elements point at */
#define STRUCT_MAX 5120		/* and of a struct; all are smaller */

/* A sleep that a signal ended: EINTR, or one of the codes that make the kernel go on with it. */
static __always_inline bool interrupted(s64 ret)
{
	return ret == -4 || (ret >= -516 && ret <= -512);
}

#define EACH_MAX 4096		/* bytes of all buffers together, where snaplen is for each */

/* Cut each of the buffers in stage.iov, which hold `left` bytes together, at snaplen; returns how many are told. */
static __always_inline u32 iov_cut(struct stage *st, u32 n, u64 left)
{
	u64 part;

	for (int i = 0; i < IOVS_TOLD; i++) {
		part = st->iov[i].len < left ? st->iov[i].len : left;
		left -= part;
		st->iov[i].len = part < config.snaplen ? part : config.snaplen;
	}
	return n < IOVS_TOLD ? n : IOVS_TOLD;
}

/* The buffers in stage.iov hold `full` bytes of a message. If those are more than are told in a row: what each begins with. */
__noinline int item_heads(u32 i, u32 iovs, u64 full, u32 index)
{
	struct stage *st = stage_or_side(0);

	if (!st || !config.each || iovs < 2 || full <= config.snaplen)
		return 0;
	iovs = iov_cut(st, iovs, full);
	item_gather(0, iovs, META(i, LYM_HEADS, 0, index), iov_total(st, iovs), config.snaplen < EACH_MAX ? EACH_MAX : config.snaplen);
	return 0;
}

/* The buffers of readv, writev and the like. */
__noinline int exit_iov(u32 i, u32 cap, s64 ret)
{
	struct stage *st = stage_or_side(0);
	struct closed *c;
	bool out = cap == CAP_IOV_OUT;
	u32 iovs, flags = 0, max = config.snaplen;
	u64 full;

	if (!st)
		return 0;
	c = &st->msg[0];
	iovs = item_iov(st, i, st->args[masked(i, ARGS - 1)], st->args[masked(i + 1, ARGS - 1)], 0);
	if (!iovs || (out && ret < 0))
		return 0;
	if (out && i == 1 && st->nmsg && c->data_at != NOWHERE) {
		if (buffers_differ(st, iovs, c->data_at + ITEM, c->data_len))
			item_gather(0, iovs, META(i, LYM_DATA, LYM_I_TAMPER, 0), c->data_len, c->data_len);
		item_heads(i, iovs, ret, 0);
		return 0;
	}
	full = out ? (u64)ret : iov_total(st, iovs);
	if (config.each) {
		iovs = iov_cut(st, iovs, out ? full : ~0ull);
		flags = LYM_I_EACH;
		max = max < EACH_MAX ? EACH_MAX : max;
		full = iov_total(st, iovs);
	}
	item_gather(0, iovs, META(i, LYM_DATA, flags, 0), full, max);
	return 0;
}

/* Count the directory entries from walk.from on, walk.left bytes, in walk.n. */
static long entry_step(u64 i, struct stage **st)
{
	struct walk *w = &(*st)->walk;
	u16 len = 0;

	if (bpf_probe_read_user(&len, sizeof(len), (void *)(w->from + w->skip)) || !len || len > w->left)
		return 1;
	w->n++;
	w->from += len;
	w->left -= len;
	return !w->left;
}
STEP(entry_step)

/* How many there are, where not all are told. */
static __always_inline void item_entries(struct stage *st, u32 i, u64 ptr, u32 bytes)
{
	u64 n;

	st->walk.from = ptr;
	st->walk.left = bytes;
	st->walk.n = 0;
	st->walk.skip = compat(st) && st->rec.h.event == LYM_EV_getdents ? 8 : 16;	/* where an entry's length is */
	LOOP(ENTRIES, entry_step, st, 0);
	n = st->walk.n;
	item_small(st, i, LYM_VALUE_IN, 0, &n, sizeof(n), 0);
}

#define MEMBER_FILES 32		/* descriptors in structs that are told */

static long member_step(u64 turn, struct stage **stp)
{
	struct stage *st = *stp;
	struct members *m = &st->members;
	const volatile struct lym_lead *in = &leads[masked(m->lead, LYM_LEADS - 1)];
	u32 end;
	int fd;

	if (m->k >= in->fds) {
		m->k = 0;
		m->off += in->size;
	}
	end = m->off + in->fd[m->k & 7];
	if (end + 4 > m->n)
		return 1;
	m->k++;
	fd = *(int *)area_at(st, m->at + end);
	if (fd >= 0)
		item_file(m->field, fd, LYM_FD_INDEX(fd));
	return 0;
}

/* Append what the descriptors stand for that are in structs at offset `at` of the area, n bytes of them. */
__noinline int item_members(u32 i, u32 at, u32 n, u32 lead)
{
	struct stage *st = stage_or_side(0);

	if (!st || !config.files || !leads[masked(lead, LYM_LEADS - 1)].fds)
		return 0;
	st->members = (struct members){ i, at, n, lead };
	SHORT_LOOP(MEMBER_FILES, member_step, &st);
	return 0;
}

static long fdset_step(u64 fd, struct stage **stp)
{
	struct members *m = &(*stp)->members;

	if (fd >= m->n || m->k >= MEMBER_FILES)
		return 1;
	if (*(u8 *)area_at(*stp, m->at + fd / 8) >> (fd & 7) & 1) {
		m->k++;
		item_file(m->field, fd, LYM_FD_INDEX(fd));
	}
	return 0;
}
STEP(fdset_step)

/* Append what the first n descriptors stand for whose bits are set at offset `at` of the area. */
__noinline int item_fdset(u32 i, u32 at, u32 n)
{
	struct stage *st = stage_or_side(0);

	if (!st || !config.files)
		return 0;
	st->members = (struct members){ i, at, n };
	LOOP(FD_SETSIZE, fdset_step, st, 0);
	return 0;
}

/* Append array k that a struct at offset `at` of the area points at; returns how many bytes of it, if its elements lead on. */
__noinline int item_lead(u32 i, u64 meta, u32 at, u32 lead)
{
	u32 k = meta >> 32;
	const volatile struct lym_lead *in = &leads[masked(lead, LYM_LEADS - 1)];
	struct stage *st = stage_or_side(0);
	u64 ptr, n;
	int got;

	if (!st || k >= LYM_LEAD_ARRAYS || !in->array[k].size)
		return 0;
	ptr = *(u64 *)area_at(st, at + in->array[k].ptr);
	if (in->array[k].ptr_size == 4)
		ptr = (u32)ptr;
	n = *(u64 *)area_at(st, at + in->array[k].count);
	if (!in->array[k].count_size)
		n = in->array[k].count;
	else if (in->array[k].count_size == LYM_COUNT_NEXT)
		n = (u32)st->args[masked(i + 1, ARGS - 1)];
	else if (in->array[k].count_size < 8)
		n &= (1ull << (in->array[k].count_size & 7) * 8) - 1;
	if (n > ARRAY_MAX)
		n = ARRAY_MAX;
	if (!ptr || !n)
		return 0;
	got = item_user(st, meta + (1ull << 32), ptr, n * in->array[k].size, ARRAY_MAX);
	return in->array[k].of ? got : 0;
}

/* What element k of an array points at; walk.from is where the array lies in the area, walk.skip which one it is, walk.next what
 * the first one's item is. */
static long each_step(u64 k, struct stage **stp)
{
	struct stage *st = *stp;
	const volatile struct lym_inner *in = &inners[masked(st->walk.skip, LYM_INNERS - 1)];
	u32 at = st->walk.from + k * in->size, n = *(u32 *)area_at(st, at + in->each_count);
	u64 ptr = *(u64 *)area_at(st, at + in->each_ptr - 1);

	if (at + in->size > st->len || (OLD && k >= st->walk.at))	/* where the verifier must see how long a loop is */
		return 1;
	if (in->narrow & LYM_NARROW_EACH)
		ptr = (u32)ptr;
	if (in->each_count == in->each_ptr - 1)		/* a text */
		n = EACH_TOLD;
	if (ptr && n)
		item_user(st, st->walk.next + (k << 32), ptr, n, EACH_TOLD);
	return 0;
}

/* Append the array that a struct at offset `at` of the area points at. */
__noinline int item_inner(u32 i, u32 kind, u32 at, u32 inner, u32 index)
{
	const volatile struct lym_inner *in = &inners[masked(inner, LYM_INNERS - 1)];
	struct stage *st = stage_or_side(0);
	u64 ptr, n;

	if (!st)
		return 0;
	if (in->when && in->when != *(u32 *)area_at(st, at))
		return 0;
	ptr = *(u64 *)area_at(st, at + in->ptr);
	if (in->narrow & LYM_NARROW)
		ptr = (u32)ptr;
	n = *(u64 *)area_at(st, at + in->count);
	if (!in->count_size)
		n = in->count;
	else if (in->count_size < 8)
		n &= (1ull << (in->count_size & 7) * 8) - 1;
	if (n > ARRAY_MAX)
		n = ARRAY_MAX;
	at = st->len + ITEM;
	if (!ptr || !n || item_user(st, META(i, kind, 0, index), ptr, n * in->size, ARRAY_MAX) < 0 || !in->each_ptr)
		return 0;
	st->walk.next = META(i, kind, 0, index + 1);
	st->walk.from = at;
	st->walk.skip = inner;
	if (OLD)
		st->walk.at = n;
	SHORT_LOOP(OLD || n > LYM_EACH ? LYM_EACH : n, each_step, &st);
	return 0;
}

/* The same of all that it points at. */
static __always_inline void item_inners(u32 i, u32 kind, u32 at, u32 inner)
{
	for (u32 k = 0; k < LYM_CHAIN && inner; k++) {
		item_inner(i, kind, at, inner, LYM_INNER_INDEX(k));
		inner = inners[masked(inner, LYM_INNERS - 1)].next;
	}
}

/* When the call has returned: what it was given, and what it wrote; size: of what it points at, or of one of them. */
__noinline int exit_value(u32 i, u32 cap, s64 ret, u32 size)
{
	struct stage *st = stage_or_side(0);
	u32 kind = LYM_VALUE_IN, max = ARRAY_MAX;
	u32 inner = masked(LYM_SIZE_INNER(size), LYM_INNERS - 1), lead = masked(LYM_SIZE_LEAD(size), LYM_LEADS - 1), at;
	bool array = cap >= CAP_ARRAY_IN && cap <= CAP_NODES_OUT;
	int got;
	u64 v, n = size & LYM_SIZE_MAX, next;

	if (!st)
		return 0;
	v = st->args[masked(i, ARGS - 1)];
	next = st->args[masked(i + 1, ARGS - 1)];
	switch (cap) {
	case CAP_STRUCT_IN:
		max = STRUCT_MAX;
		break;
	case CAP_INOUT:
	case CAP_STRUCT_OUT:
		if (ret < 0 && cap == CAP_STRUCT_OUT)
			return 0;
		max = STRUCT_MAX;
		kind = LYM_VALUE;
		break;
	case CAP_FDSET:
		if (ret < 0)
			return 0;
		kind = LYM_VALUE;
		n = fdset_bytes(st);
		break;
	case CAP_REMAINING:
		if (!interrupted(ret) || (i == 3 && st->args[1] & TIMER_ABSTIME))	/* of clock_nanosleep */
			return 0;
		break;
	case CAP_ARRAY_INOUT:
		n *= (u32)next;
		at = st->len + ITEM;
		got = item_user(st, META(i, LYM_VALUE_IN, 0, 0), v, n, max);
		if (lead && got > 0)
			item_members(i, at, got, lead);
		if (ret <= 0)
			return 0;
		lead = 0;
		kind = LYM_VALUE;
		break;
	case CAP_ARRAY_IN:
		n *= (u32)next;
		break;
	case CAP_ARRAY_BEFORE:
		n *= (u32)st->args[masked(i - 1, ARGS - 1)];
		break;
	case CAP_COUNTED_OUT:
		if (ret < 0)
			return 0;
		kind = LYM_VALUE;
	case CAP_COUNTED_IN:
		n *= st->args[1] < NONE ? st->args[1] : NONE;
		break;
	case CAP_PAGES_OUT:
		if (ret < 0)
			return 0;
		kind = LYM_VALUE;
		n = (st->args[1] + config.page_size - 1) / config.page_size;
		break;
	case CAP_ARRAY_OUT:
	case CAP_DIRENTS:
		if (ret < 0)
			return 0;
		if (st->rec.h.event == LYM_EV_keyctl && ret > next)	/* which tells how many there would be */
			ret = next;
		n = cap == CAP_DIRENTS ? ret : n * ret;
		kind = LYM_VALUE;
		break;
	case CAP_NODES_IN:
	case CAP_NODES_OUT:
		if (cap == CAP_NODES_OUT) {
			if (ret < 0)
				return 0;
			kind = LYM_VALUE;
		}
		n = st->rec.h.event == LYM_EV_migrate_pages ? st->args[1] : next;
		n = nodes_bytes(st, n);
		break;
	case CAP_BUF_IN:
	case CAP_DATA_IN:
		kind = LYM_DATA;
		n = st->rec.h.event == LYM_EV_fsconfig ? (u32)next : next;
		max = config.snaplen;
		break;
	case CAP_DATA_OUT:
		if (ret < 0)
			return 0;
		kind = LYM_DATA;
		n = (u64)ret < next ? (u64)ret : next;	/* some calls tell how much there would be */
		max = config.snaplen;
		break;
	case CAP_DATA_BEFORE:
		kind = LYM_DATA;
		n = st->args[masked(i - 1, ARGS - 1)];
		max = config.snaplen;
		break;
	case CAP_DATA_AT_OUT:
		if (ret < 0)
			return 0;
	case CAP_DATA_AT:
		kind = LYM_DATA;
		at = 0;
		bpf_probe_read_user(&at, 4, (void *)(st->args[1] + n));
		n = at;
		max = config.snaplen;
		break;
	case CAP_MSGBUF_OUT:
		if (ret < 0)
			return 0;
		kind = LYM_VALUE;
		next = ret;
	case CAP_MSGBUF_IN:
		n = (compat(st) ? 4 : 8) + (next < NONE ? next : NONE - 8);
		max = 8 + config.snaplen;
		break;
	default:
		return 0;
	}
	forget(st, n);
	forget(st, max);
	forget(st, kind);
	forget(st, lead);
	if (st->rec.h.event == LYM_EV_setsockopt)	/* no payload, and seldom long */
		max = ARRAY_MAX;
	if (row_at(st->nr)->sized & (1 << masked(i, 7)))	/* and what is behind what we know of */
		n = next < n + EXTRA ? next : n + EXTRA;
	if (cap == CAP_BUF_IN && st->rec.h.event == LYM_EV_setsockopt && st->args[1] == SOL_SOCKET &&
	    (st->args[2] == SO_ATTACH_FILTER || st->args[2] == SO_ATTACH_REUSEPORT_CBPF))
		lead = compat(st) ? config.fprog32 : config.fprog;
	at = st->len + ITEM;
	got = item_user(st, META(i, kind, 0, 0), v, n, max);
	if (lead && got > 0) {
		item_members(i, at, got, lead);
		if (!array && got >= 8) {
			for (u32 k = 0; k < LYM_LEAD_ARRAYS; k++) {
				u32 piece = st->len + ITEM;
				int array_got = item_lead(i, META(i, kind, 0, k), at, lead);

				if (array_got > 0)
					item_members(i, piece, array_got, leads[masked(lead, LYM_LEADS - 1)].array[k].of);
			}
		}
	}
	if (inner && got >= (compat(st) ? 8 : 16))
		item_inners(i, kind, at, inner);
	if (cap == CAP_DIRENTS && n > max)
		item_entries(st, i, v, n);
	return 0;
}

#define IOCB 64			/* bytes of a struct iocb */
#define IOCBS 32		/* of io_submit that are told */

/* One more control block of io_submit: what it is, and what it takes from memory. */
__noinline int item_iocb(u32 k)
{
	struct stage *st = stage_or_side(0);
	struct { u64 data; u32 key, rw; u16 op, prio; u32 fd; u64 buf, n; } *cb;
	u64 ptr = 0;
	u32 at, iovs, word;

	if (!st)
		return 1;
	word = compat(st) ? 4 : 8;
	if (bpf_probe_read_user(&ptr, word, (void *)(st->args[2] + word * (u64)k)))
		return 1;
	if (!ptr)
		return 0;
	at = st->len + ITEM;
	if (item_user(st, META(2, LYM_VALUE_IN, 0, 1 + k), ptr, IOCB, IOCB) < IOCB)
		return 0;
	cb = area_at(st, at);
	ptr = cb->buf;
	if (cb->op == 1 && (s64)cb->n >= 0) {		/* IOCB_CMD_PWRITE, PREADV, PWRITEV */
		item_user(st, META(2, LYM_DATA, 0, k), ptr, cb->n, config.snaplen);
	} else if ((cb->op == 7 || cb->op == 8) && (s64)cb->n >= 0) {
		bool out = cb->op == 8;

		iovs = item_iov(st, 2, ptr, cb->n, k);
		if (out)
			item_gather(0, iovs, META(2, LYM_DATA, 0, k), iov_total(st, iovs), config.snaplen);
	}
	item_members(2, at, IOCB, config.iocb);
	return 0;
}

static long iocb_step(u64 k, struct stage **st)
{
	return k >= (*st)->args[1] ? 1 : masked(item_iocb(k), 1);	/* the verifier wants to see that it is 0 or 1 */
}

/* What io_submit is given: pointers, and what they point at. */
static __always_inline void exit_iocbs(struct stage *st)
{
	u32 word = compat(st) ? 4 : 8;

	if ((s64)st->args[1] < 0)
		return;
	item_user(st, META(2, LYM_VALUE_IN, 0, 0), st->args[2], st->args[1] < IOCBS ? st->args[1] * word : IOCBS * word, IOCBS * word);
	SHORT_LOOP(IOCBS, iocb_step, &st);
}

/* The same of strings: at most size bytes are told. */
__noinline int exit_string(u32 i, u32 cap, s64 ret, u32 size)
{
	struct stage *st = stage_or_side(0);

	if (st && !(cap == CAP_STR_OUT && ret < 0))
		item_string(st, i, st->args[masked(i, ARGS - 1)], size);
	return 0;
}

#define BPF_MOST 4096		/* bytes that bpf is given at most: a page */

/* Is what bpf is given not there to its end, or too much or nothing? Then it is no struct. */
static __always_inline bool bpf_unread(struct stage *st)
{
	u32 n = st->args[2];
	u8 last;

	return !n || n > BPF_MOST || bpf_probe_read_user(&last, 1, (void *)(st->args[1] + n - 1));
}

/* How much io_uring_register is given: of resources the last argument says it, of a probe how many operations there are. */
static __always_inline u32 uring_size(struct stage *st, u32 size)
{
	enum { PROBE = 8, FILES2 = 13, BUFFERS_UPDATE = 16, HEADER = 16, OPS = 256 };
	u32 op = st->args[1], n = st->args[3], most = (size & LYM_SIZE_MAX) + EXTRA;

	if (op == PROBE)
		n = HEADER + 8 * (n < OPS ? n : OPS);
	else if (op >= FILES2 && op <= BUFFERS_UPDATE)
		n = n < most ? n : most;
	else
		return size;
	return n | (size & ~LYM_SIZE_MAX);
}

#endif
