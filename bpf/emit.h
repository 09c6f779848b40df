/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The last step: who and when into the header, the record into the ring of this CPU, a loss into the counters. */
#ifndef LYM_EMIT_H
#define LYM_EMIT_H

#include "area.h"

#define RING_FULL (~0ull)

/* Let the other side see v at p, and with it all that was written before. */
static __always_inline void publish(u64 *p, u64 v)
{
#ifdef __TARGET_ARCH_x86	/* where stores stay in order */
	asm volatile("" ::: "memory");
	*(volatile u64 *)p = v;
#else
	compare_swap(p, *(volatile u64 *)p, v);
#endif
}

/* What stays the same as long as the task has these ids: a thread that calls execve() gets those of its leader. */
static __always_inline void identity(struct lym_hdr *h, struct task_struct *t)
{
	struct pid *pid = GET(t, thread_pid), *tg = GET(GET(t, group_leader), thread_pid);
	u32 level = pid ? GET(pid, level) : 0;

	h->host_pid = h->pid = GET(t, tgid);
	h->host_tid = h->tid = GET(t, pid);
	h->start = GET(t, start_boottime);
	h->leader_start = GET(GET(t, group_leader), start_boottime);
	h->pid_ns = 0;
	if (pid && tg) {
		u32 off = bpf_core_field_offset(struct pid, numbers) + (level & 31) * bpf_core_type_size(struct upid);
		struct upid *up = (void *)((char *)pid + off);

		h->tid = GET(up, nr);
		h->pid_ns = GET(GET(up, ns), ns.inum);
		if (level) {
			up = (void *)((char *)tg + off);
			h->pid = GET(up, nr);
		}
	}
}

static __always_inline void header(struct lym_hdr *h, struct task_struct *t, u32 event, u32 nr, s64 ret)
{
	u64 comm = (u64)t + bpf_core_field_offset(struct task_struct, comm);
	struct nsproxy *ns = GET(t, nsproxy);

	if (h->host_tid != GET(t, pid) || h->host_pid != GET(t, tgid))
		identity(h, t);
	h->event = event;
	h->ncells = LYM_CELLS;
	h->syscall = nr;
	h->ret = ret;
	h->uid = GET(GET(t, cred), uid.val);
	h->gid = GET(GET(t, cred), gid.val);
	h->host_ppid = GET(GET(t, real_parent), tgid);
	h->cgroup = GET(GET(GET(GET(t, cgroups), dfl_cgrp), kn), id);
	((u64 *)h->comm)[0] = load64(comm);
	((u64 *)h->comm)[1] = load64(comm + 8);
	h->mnt_ns = ns ? GET(GET(ns, mnt_ns), ns.inum) : 0;
}

/* Append st's description of its socket. */
static __always_inline void item_sock(struct stage *out, struct stage *st)
{
	u32 n = bound(st->sock_len, sizeof(st->sock));

	if (!n || area_room(out) < sizeof(st->sock))
		return;
	if (n <= 96)
		move_words(area_at(out, out->len + ITEM), st->sock, 12);
	else
		bpf_probe_read_kernel(area_at(out, out->len + ITEM), n, st->sock);
	item_pad(out, n);
	item_commit(out, LYM_NO_FIELD, LYM_SOCK, LYM_I_KERNEL, n, n, 0);
}

/*
 * Claim bytes of this CPU's ring; RING_FULL: it is full. Where programs can be interrupted by another one of ours, both
 * get their own.
 */
static __always_inline u64 ring_claim(struct lym_ring *r, u64 bytes)
{
	u64 pos = *(volatile u64 *)&r->pos, was, limit;

	for (int i = 0; i < 4; i++) {
		if (pos + bytes > *(volatile u64 *)&r->limit) {
			limit = *(volatile u64 *)&r->read + config.ring_mask + 8;
			if (pos + bytes > limit)
				break;
			*(volatile u64 *)&r->limit = limit;
		}
		was = compare_swap(&r->pos, pos, pos + bytes);
		if (was == pos)
			return pos;
		pos = was;
	}
	return RING_FULL;
}

/*
 * What is interrupted while it counts and claims gets a number and a place of its own, by instructions that do it at once. Where there are none,
 * whoever comes in between finds the ring entered: his record is lost, and counted as one that found no room.
 */
static __always_inline bool ring_enter(struct lym_ring *r)
{
	if (BARE && *(volatile u64 *)&r->entered)
		return false;
	if (BARE)
		*(volatile u64 *)&r->entered = 1;
	return true;
}

static __always_inline void ring_leave(struct lym_ring *r)
{
	if (BARE)
		*(volatile u64 *)&r->entered = 0;
}

/* Give a record with n bytes of items its stamp and hand it over. Up to LYM_BLOCK bytes behind it are read. */
static __always_inline void emit_rec(struct rec *rec, u32 n)
{
	u32 cpu = bpf_get_smp_processor_id(), zero = 0, event = rec->h.event;
	u64 len = sizeof(struct lym_hdr) + sizeof(rec->cell) + n, pos, tail;
	void *ring = bpf_map_lookup_elem(&rings, &cpu);
	struct lym_ring *r;
	u8 *to;

	r = ring ? bpf_map_lookup_elem(ring, &zero) : NULL;
	if (!r)
		return;
	rec->h.len = len;
	rec->h.cpu = cpu;
	if (!ring_enter(r)) {
		count(event, EVENT_MADE);
		count(event, LOST_RING_FULL);
		return;
	}
	rec->h.seq = one_more(&r->seq);
	rec->h.ts = bpf_ktime_get_ns();
	count(event, EVENT_MADE);
	pos = ring_claim(r, LYM_STRIDE(len));
	ring_leave(r);
	if (pos == RING_FULL) {
		count(event, LOST_RING_FULL);
		return;
	}
	to = r->data + masked(pos, config.ring_mask);
	for (u32 i = 0; i < 8; i++) {
		if (i * LYM_BLOCK >= len)
			break;
		move_words(to + 8 + i * LYM_BLOCK, (u8 *)rec + i * LYM_BLOCK, LYM_BLOCK / 8);
	}
	if (len > 8 * LYM_BLOCK) {
		tail = bound(len - 8 * LYM_BLOCK, config.area);
		bpf_probe_read_kernel(to + 8 + 8 * LYM_BLOCK, tail, (u8 *)rec + 8 * LYM_BLOCK);
	}
	publish((u64 *)to, pos ^ config.key);
	wake();
}

static __always_inline void emit(struct stage *st)
{
	st->rec.h.items = st->items;
	st->rec.h.flags |= st->cut;
	emit_rec(&st->rec, st->len);
}

/* socket_recv or socket_send out of the items in out; nr NONE: no system call of ours did it. */
static __always_inline void emit_socket_event(struct stage *out, struct task_struct *t, u32 event, u32 nr, s32 ret, u32 len,
					      u32 flags)
{
	struct rec *rec = &out->rec;

	header(&rec->h, t, event, nr, ret);
	rec->h.flags = COMPAT(t) ? LYM_F_COMPAT : nr == NONE ? LYM_F_IO_URING : 0;
	rec->h.duration = 0;
	rec->cell[0] = rec->cell[1] = rec->cell[4] = rec->cell[5] = 0;
	rec->cell[2] = ret < 0 ? 0 : len;
	rec->cell[3] = flags;
	emit(out);
}

#endif
