/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a descriptor stands for, by the kernel's own tables: a struct lym_file, and the names of its path from the last to the first. */
#ifndef LYM_PATH_H
#define LYM_PATH_H

#include "area.h"
#include "sock.h"

#define NAMES 512		/* steps of a walk, mounts included */
#define NAME_MAX 256		/* bytes of a name, with its NUL */
#define PATH_BYTES 4095		/* of all of them */
#define AT_FDCWD -100
#define FILES 8			/* descriptors behind a pointer that are told */
#define CMSG_HDR 16
#define SCM_RIGHTS 1
#define PIDFS 0x50494446	/* the file system of descriptors of processes, from 6.9 on */

/* The struct mount around a vfsmount. */
static __always_inline struct mount *mount_of(u64 mnt)
{
	return (void *)(mnt - bpf_core_field_offset(struct mount, mnt));
}

/* One step up: walk.from is the dentry, walk.next its vfsmount, walk.frags and stage.plain are the task's root; walk.to grows. */
static long path_step(u64 i, struct stage **stp)
{
	struct stage *st = *stp;
	struct walk *w = &st->walk;
	struct dentry *d = (void *)w->from;
	struct mount *m = mount_of(w->next);
	u64 parent = (u64)GET(d, d_parent), up;
	long n;

	if (w->from == w->frags && w->next == st->plain) {	/* the task's root */
		w->done = 1;
		return 1;
	}
	if (w->from == (u64)GET((struct vfsmount *)w->next, mnt_root) || parent == w->from) {
		up = (u64)GET(m, mnt_parent);
		if (up == (u64)m) {	/* nowhere mounted, or the root of all */
			w->done = 1;
			return 1;
		}
		w->from = (u64)GET(m, mnt_mountpoint);
		w->next = up + bpf_core_field_offset(struct mount, mnt);
		return 0;
	}
	if (w->to - st->len > PATH_BYTES)
		return 1;
	n = bpf_probe_read_kernel_str(area_at(st, w->to), NAME_MAX, (void *)GET(d, d_name.name));
	if (n <= 0)
		return 1;
	w->to += n;
	w->from = parent;
	return 0;
}
STEP(path_step)

/* Append the names of a path. */
static __always_inline void path_names(struct stage *st, u64 mnt, u64 dentry)
{
	struct fs_struct *fs = GET(current_task(), fs);

	st->walk.from = dentry;
	st->walk.next = mnt;
	st->walk.done = 0;
	st->walk.frags = fs ? (u64)GET(fs, root.dentry) : 0;
	st->plain = fs ? (u64)GET(fs, root.mnt) : 0;
	LOOP(NAMES, path_step, st, 0);
}

/* Append a socket that a descriptor stands for. What stage.sock held is gone. */
__noinline int item_fd_sock(u32 field, int fd, u32 index)
{
	struct stage *st = stage_or_side(0);
	u64 inode = 0, sk = fd_sock(current_task(), fd, &inode);
	u32 n;

	if (!st || !sk || area_room(st) < sizeof(st->sock))
		return 0;
	sock_fill(st, sk, inode, 0);
	n = bound(st->sock_len, sizeof(st->sock));
	bpf_probe_read_kernel(area_at(st, st->len + ITEM), n, st->sock);
	item_pad(st, n);
	item_commit(st, field, LYM_SOCK, LYM_I_KERNEL, n, n, index);
	st->sock_len = 0;
	return 0;
}

/* Append what a descriptor of the current task stands for, as an item of that field; index: as LYM_FILE has it. */
__noinline int item_file(u32 field, int fd, u32 index)
{
	struct task_struct *t = current_task();
	struct stage *st = stage_or_side(0);
	struct lym_file *o;
	u64 mnt, dentry;
	struct inode *i;
	struct fs_struct *fs;
	struct file *f;
	u32 n;

	if (!st || area_room(st) < sizeof(*o) + NAME_MAX)
		return 0;
	if (fd == AT_FDCWD) {
		fs = GET(t, fs);
		if (!fs)
			return 0;
		mnt = (u64)GET(fs, pwd.mnt);
		dentry = (u64)GET(fs, pwd.dentry);
		i = GET((struct dentry *)dentry, d_inode);
	} else {
		f = fd_file(t, fd);
		if (!f)
			return 0;
		mnt = (u64)GET(f, f_path.mnt);
		dentry = (u64)GET(f, f_path.dentry);
		i = GET(f, f_inode);
	}
	o = area_at(st, st->len + ITEM);
	o->inode = GET(i, i_ino);
	o->magic = GET(GET(i, i_sb), s_magic);
	o->mode = GET(i, i_mode);
	o->rdev = GET(i, i_rdev);
	o->deleted = !GET((struct dentry *)dentry, d_hash.pprev) && GET((struct dentry *)dentry, d_parent) != (void *)dentry;
	o->cut = 0;
	o->pid = o->magic == PIDFS ? GET((struct pid *)GET(i, i_private), numbers[0].nr) : 0;
	o->pad3 = 0;
	st->walk.to = st->len + ITEM + sizeof(*o);
	if ((o->mode & S_IFMT) != S_IFSOCK)
		path_names(st, mnt, dentry);
	n = st->walk.to - st->len - ITEM;
	o = area_at(st, st->len + ITEM);
	if (((o->mode & S_IFMT) != S_IFSOCK && !st->walk.done) || n > sizeof(*o) + PATH_BYTES)
		o->cut = 1;
	if (n == sizeof(*o)) {		/* its own root: what it is called there */
		long len = bpf_probe_read_kernel_str(area_at(st, st->walk.to), NAME_MAX, (void *)GET((struct dentry *)dentry, d_name.name));

		if (len > 1 && (o->mode & S_IFMT) != S_IFDIR)
			n += len;
	}
	item_pad(st, n);
	item_commit(st, field, LYM_FILE, LYM_I_KERNEL, n, n, index);
	if (config.fd_socks && (o->mode & S_IFMT) == S_IFSOCK)
		item_fd_sock(field, fd, index ?: field == LYM_NO_FIELD ? LYM_FD_INDEX(fd) : 0);
	return 0;
}

/* The same of the n descriptors at a place of the area, step bytes apart. */
APART int item_files(u32 field, u32 at, u32 step, u32 n)
{
	struct stage *st = stage_or_side(0);

	if (!st)
		return 0;
	for (u32 i = 0; i < FILES && i < n; i++) {
		int fd = *(int *)area_at(st, at + i * step);

		item_file(field, fd, LYM_FD_INDEX(fd));
	}
	return 0;
}

#define CMSG_HDR32 12
#define CMSGS 3			/* control messages that are looked at for descriptors */

/* Append the control messages of a msghdr, and what the descriptors in them stand for. */
APART int item_control(u32 field, u32 index, u64 ptr, u64 full)
{
	struct stage *st = stage_or_side(0);
	u32 at, n, hdr;

	if (!st)
		return 0;
	at = st->len + ITEM;
	n = full < config.control ? full : config.control;
	hdr = compat(st) ? CMSG_HDR32 : CMSG_HDR;
	if (item_user(st, META(field, LYM_CONTROL, 0, index), ptr, full, config.control) < 0 || !config.files)
		return 0;
	for (u32 i = 0; i < CMSGS && n >= hdr; i++) {
		struct { int level, type; } *c = area_at(st, at + hdr - sizeof(*c));
		u64 whole = hdr == CMSG_HDR ? *(u64 *)area_at(st, at) : *(u32 *)area_at(st, at);
		u32 len = whole < n ? whole : n, step = hdr == CMSG_HDR ? (len + 7) & ~7u : (len + 3) & ~3u;

		if (len < hdr)
			break;
		if (c->level == SOL_SOCKET && c->type == SCM_RIGHTS)
			item_files(field, at + hdr, 4, (len - hdr) / 4);
		at += step;
		n = n > step ? n - step : 0;
	}
	return 0;
}

#endif
