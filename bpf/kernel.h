/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The kernel types that Lymer looks into, trimmed to the members it reads. Offsets are relocated when the program is
 * loaded (CO-RE), so neither order nor gaps matter here and no BTF is needed to build.
 */
#ifndef LYM_KERNEL_H
#define LYM_KERNEL_H

#include <linux/types.h>
#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include "config.h"

#ifdef LYM_OLD
#define OLD 1			/* for kernels before 6.2: see old.h */
#else
#define OLD 0
#endif

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define AF_PACKET 17
#define AF_VSOCK 40
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd
#define MSG_OOB 1
#define MSG_PEEK 2
#define MSG_TRUNC 0x20
#define MSG_ERRQUEUE 0x2000
#define S_IFMT 0170000
#define S_IFDIR 0040000
#define S_IFSOCK 0140000
#define PF_IO_WORKER 0x10
#define PF_EXITING 0x4
#define PF_KTHREAD 0x200000
#define IORING_OP_READV 1
#define IORING_OP_RECVMSG 10
#define IORING_OP_SENDMSG 9
#define IORING_OP_SEND 26
#define IORING_OP_WRITEV 2
#define IORING_OP_READ 22
#define IORING_OP_WRITE 23
#define IORING_OP_RECV 27
#define REQ_F_FIXED_FILE 1
#define EAGAIN 11
#define EFAULT 14

/* The same 16 bytes since 5.4, under several names: so not relocated. */
typedef struct { u64 netmem; u32 len, offset; } skb_frag_t;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct { int counter; } atomic_t;
typedef struct { s64 counter; } atomic64_t;
typedef struct { atomic64_t refcnt; } file_ref_t;

struct timespec64 { s64 tv_sec; };
struct ns_common { unsigned int inum; };
struct mnt_namespace { struct ns_common ns; };
struct pid_namespace { struct ns_common ns; };
struct nsproxy { struct mnt_namespace *mnt_ns; };
struct upid { int nr; struct pid_namespace *ns; };
struct pid { unsigned int level; struct upid numbers[1]; };

struct super_block { unsigned long s_magic; };
struct inode { unsigned short i_mode; unsigned long i_ino; u32 i_rdev; struct super_block *i_sb; void *i_private; };
struct qstr { unsigned char *name; };
struct hlist_bl_node { void *next, **pprev; };
struct dentry { struct hlist_bl_node d_hash; struct dentry *d_parent; struct qstr d_name; struct inode *d_inode; };
struct vfsmount { struct dentry *mnt_root; };
struct mount { struct mount *mnt_parent; struct dentry *mnt_mountpoint; struct vfsmount mnt; };
struct path { struct vfsmount *mnt; struct dentry *dentry; };
struct fs_struct { struct path root, pwd; };
struct file { void *private_data; struct inode *f_inode; struct path f_path; file_ref_t f_ref; };
struct fdtable { unsigned int max_fds; struct file **fd; };
struct files_struct { atomic_t count; struct fdtable *fdt; };

typedef struct { u32 val; } kuid_t;
typedef struct { u32 val; } kgid_t;
struct mm_struct { u64 *pgd; };
struct linux_binprm { const char *interp; };
struct cred { kuid_t uid; kgid_t gid; };
struct kernfs_node { u64 id; };
struct cgroup { struct kernfs_node *kn; int level; struct cgroup *ancestors[1]; };
struct cgroup___ids { u64 ancestor_ids[1]; };	/* before 6.1 */
struct css_set { struct cgroup *dfl_cgrp; };
struct signal_struct { atomic_t live; unsigned int flags; struct task_struct *group_exec_task; };

/* Is the task in a 32-bit system call? COMPAT(t) of each architecture. */
#ifdef __TARGET_ARCH_arm64
struct thread_info { unsigned long flags; };
#define COMPAT(t) (GET(t, thread_info.flags) & 1 << 22)
#else
struct thread_info { u32 status; };
#define COMPAT(t) (GET(t, thread_info.status) & 2)
#endif
struct task_struct {
	struct thread_info thread_info;
	unsigned int __state, flags;
	void *stack;
	unsigned long nvcsw;
	int pid, tgid;
	struct task_struct *real_parent, *group_leader;
	u64 start_boottime;
	struct mm_struct *mm;
	struct pid *thread_pid;
	struct nsproxy *nsproxy;
	struct cred *cred;
	struct files_struct *files;
	struct fs_struct *fs;
	struct css_set *cgroups;
	struct signal_struct *signal;
	int exit_code;
	char comm[16];
};
struct task_struct___state { long state; };		/* before 5.14 */

struct in6_addr { union { u32 u6_addr32[4]; } in6_u; };
struct sock_common {
	u32 skc_daddr, skc_rcv_saddr;
	u16 skc_dport, skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	int skc_bound_dev_if;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
	atomic64_t skc_cookie;
};
struct sk_buff_list { struct sk_buff *next, *prev; };
struct sk_buff_head { struct sk_buff *next, *prev; u32 qlen; };
struct sock {
	struct sock_common __sk_common;
	struct sk_buff_head sk_receive_queue;
	s32 sk_peek_off;
	u16 sk_protocol, sk_type;
	struct socket *sk_socket;
};
struct socket { struct file *file; struct sock *sk; };
struct socket_alloc { struct socket socket; struct inode vfs_inode; };

struct inet_sock { struct sock sk; u32 inet_saddr; u16 inet_sport; };
struct inet_connection_sock { void *icsk_ulp_ops; };
struct tcp_sock { u32 copied_seq, urg_seq; u16 urg_data; };
struct udp_sock { struct sk_buff_head reader_queue; };
struct sockaddr_un { unsigned short sun_family; };
struct unix_address { int len; struct sockaddr_un name[]; };
struct unix_sock { struct sock sk; struct unix_address *addr; struct sock *peer; };
struct netlink_sock { u32 portid, dst_portid, dst_group; unsigned long *groups; u32 ngroups; };

struct page { unsigned long flags; };
struct pgv { char *buffer; };
struct packet_ring_buffer { struct pgv *pg_vec; };
struct packet_sock { struct packet_ring_buffer rx_ring; int ifindex; u16 num; };
struct pipe_buffer { struct page *page; };
struct pipe_inode_info { struct pipe_buffer *bufs; };
struct sockaddr_vm { char bytes[16]; };
struct vsock_sock { struct sockaddr_vm local_addr, remote_addr; };

struct sk_buff {
	struct sk_buff *next, *prev;
	struct sock *sk;
	char cb[48];
	unsigned int len, data_len;
	u8 ip_summed : 2;
	u8 csum_valid : 1;
	int skb_iif;
	u16 protocol, transport_header, network_header;
	unsigned int end;
	unsigned char *head, *data;
};
struct skb_shared_info { u8 nr_frags; struct sk_buff *frag_list; skb_frag_t frags[1]; };
struct tcp_skb_cb { u32 seq; u8 tcp_flags; };
struct unix_skb_parms { u32 consumed; };
struct netlink_skb_parms { u32 portid, dst_group; };
struct inet6_skb_parm { int iif; };
struct sock_extended_err { u32 ee_errno; u8 ee_origin; };
struct sock_exterr_skb { struct sock_extended_err ee; u16 addr_offset; u16 port; };

struct bpf_sock_addr_kern { struct sock *sk; void *uaddr; u32 uaddrlen; };

struct msghdr { void *msg_name; int msg_namelen; };

struct io_cqe { int fd; };
struct io_sr_msg { void *buf; int len; };
struct io_rw { u64 addr; u32 len; };
struct io_kiocb { u8 opcode; u64 flags; struct io_cqe cqe; };

/* struct file before 6.13 */
struct file___count { struct { atomic64_t f_count; }; };

enum skb_drop_reason { SKB_DROP_REASON_UDP_CSUM = 1 };

struct bpf_iter_meta;
struct bpf_iter__task { struct bpf_iter_meta *meta; struct task_struct *task; };
struct bpf_iter__task_file { struct bpf_iter_meta *meta; struct task_struct *task; u32 fd; struct file *file; };

#ifdef __TARGET_ARCH_x86
struct pt_regs { unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss; };
#define REGS_NR(r) ((r)->orig_ax)
#define REGS_ARG(r, n) ((n) == 0 ? (r)->di : (n) == 1 ? (r)->si : (r)->dx)	/* of a function of the kernel */
#define REGS_INSIDE(r) ((long)(r)->ax == -38)	/* where the result will be there is -ENOSYS until then */
#define REGS_ARGS32(r, a) do { (a)[0] = (u32)(r)->bx; (a)[1] = (u32)(r)->cx; (a)[2] = (u32)(r)->dx; \
	(a)[3] = (u32)(r)->si; (a)[4] = (u32)(r)->di; (a)[5] = (u32)(r)->bp; } while (0)
#define FUNC_ARGS(r, a) do { (a)[0] = (r)->di; (a)[1] = (r)->si; (a)[2] = (r)->dx; (a)[3] = (r)->cx; } while (0)
#define FUNC_RET(r) ((r)->ax)
#define FUNC_CALLED_SP(r) ((r)->sp - 8)	/* of one that has returned: what the stack pointer was when it began */
#define REGS_SP(r) ((r)->sp)
#define SIGFRAME_MASK(r) ((r)->sp + 8 + 24 + 8 + 256)	/* in the frame of a signal handler: ucontext.uc_sigmask */
#define REGS_ARGS(r, a) do { (a)[0] = (r)->di; (a)[1] = (r)->si; (a)[2] = (r)->dx; \
	(a)[3] = (r)->r10; (a)[4] = (r)->r8; (a)[5] = (r)->r9; } while (0)
#endif
#ifdef __TARGET_ARCH_arm64
struct pt_regs { u64 regs[31]; u64 sp, pc, pstate; u64 orig_x0; s32 syscallno; };
#define REGS_NR(r) ((u32)(r)->syscallno)
#define REGS_ARG(r, n) ((r)->regs[n])
#define REGS_INSIDE(r) false	/* they do not tell */
#define REGS_ARGS32(r, a) REGS_ARGS(r, a)
#define FUNC_ARGS(r, a) do { (a)[0] = (r)->regs[0]; (a)[1] = (r)->regs[1]; (a)[2] = (r)->regs[2]; \
	(a)[3] = (r)->regs[3]; } while (0)
#define FUNC_RET(r) ((r)->regs[0])
#define FUNC_CALLED_SP(r) ((r)->sp)
#define REGS_SP(r) ((r)->sp)
#define SIGFRAME_MASK(r) ((r)->sp + 128 + 40)
#define REGS_ARGS(r, a) do { (a)[0] = (r)->orig_x0; (a)[1] = (r)->regs[1]; (a)[2] = (r)->regs[2]; \
	(a)[3] = (r)->regs[3]; (a)[4] = (r)->regs[4]; (a)[5] = (r)->regs[5]; } while (0)
#endif

#pragma clang attribute pop

#include <bpf/bpf_tracing.h>

/* Numbers that are put in when the program is loaded (src/object.c): they look like helpers until then. */
static int (*bpf_dynptr_from_skb)(struct __sk_buff *skb, u64 flags, struct bpf_dynptr *ptr) = (void *)LYM_ID_bpf_dynptr_from_skb;
static void *(*bpf_cast_to_kern_ctx)(void *ctx) = (void *)LYM_ID_bpf_cast_to_kern_ctx;
static void (*bpf_local_irq_restore)(unsigned long *flags) = (void *)LYM_ID_bpf_local_irq_restore;
static void (*bpf_local_irq_save)(unsigned long *flags) = (void *)LYM_ID_bpf_local_irq_save;
static void (*bpf_preempt_disable)(void) = (void *)LYM_ID_bpf_preempt_disable;
static void (*bpf_preempt_enable)(void) = (void *)LYM_ID_bpf_preempt_enable;
static void *(*bpf_rdonly_cast)(const void *obj, u32 btf_id) = (void *)LYM_ID_bpf_rdonly_cast;

#define TYPE_ID_ROW(name) struct name *: LYM_ID_##name,
#define TYPE_ID(p) _Generic((p), LYM_TYPES(TYPE_ID_ROW) struct file___count *: LYM_ID_file)

#endif
