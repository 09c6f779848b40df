// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What schema/structs.def cannot declare of what calls take: asynchronous i/o, keys, mounts, tables of segments. */
#include "config.h"
#include "names.h"
#include "struct_code.h"
#include "structs.h"
#include "value.h"

/* The segment that a new thread of a 32-bit program gets. */
void lym_struct_clone3_tls(struct lym_members *m, size_t off)
{
	enum { LEAD = 3 };		/* the last one of the struct */
	const struct lym_pointed *in = m->leads ? &m->leads[LEAD] : NULL;
	size_t size = lym_struct_size(LYM_STRUCT_user_desc32);

	if (!in || !in->p || in->n < size) {
		lym_member_ptr(m, "tls", lym_member_get(m, off, 8));
		return;
	}
	lym_member_name(m, "tls");
	if (m->json)
		lym_struct_json(m->b, LYM_STRUCT_user_desc32, &(struct lym_extent){ in->p, size, size });
	else
		lym_struct_strace(m->b, LYM_STRUCT_user_desc32, &(struct lym_extent){ in->p, size, size }, m->verbose);
}

/* A descriptor only where the attributes have a use for it. */
void lym_struct_mount_userns(struct lym_members *m, size_t off)
{
	enum { IDMAP = 0x100000 };
	__u64 v = lym_member_get(m, off, 8);

	if (v > 0x7fffffff || !((lym_member_get(m, 0, 8) | lym_member_get(m, 8, 8)) & IDMAP))
		lym_member_uint(m, "userns_fd", v, true);
	else
		lym_member_fd(m, "userns_fd", v);
}

void lym_struct_ldt_contents(struct lym_members *m, size_t off)
{
	lym_text_u64(m->b, lym_member_get(m, off, 4) >> 1 & 3);
}

/* 00000000, 0x001234: eight characters at least */
void lym_struct_ldt_hex(struct lym_members *m, size_t off)
{
	__u32 v = lym_member_get(m, off, 4);

	lym_text_str(m->b, v ? "0x" : "00");
	lym_text_hexpad(m->b, v, 6);
}

void lym_struct_low_bit(struct lym_members *m, size_t off)
{
	lym_text_u64(m->b, m->p[off] & 1);
}

/* What keyctl can do: each byte has flags of its own. */
void lym_struct_key_caps(struct lym_members *m, size_t off)
{
	static const enum lym_names t[] = { LYM_NAMES_keyctl_caps0, LYM_NAMES_keyctl_caps1 };
	__u32 v = lym_member_get(m, off, 1);

	if (m->next < sizeof(t) / sizeof(t[0]))
		lym_names_flags(m->b, t[m->next], v);
	else
		lym_text_hex(m->b, v);
}

/* Of a struct with one member that is several, so that it is told as a struct. */
void lym_struct_nothing(struct lym_members *m, size_t off)
{
}

/* The beginning of an iocb, up to its descriptor. */
void lym_struct_iocb_header(struct lym_members *m, size_t off)
{
	enum { KEY = 8, RW_FLAGS = 12, OPCODE = 16, REQPRIO = 18, FILDES = 20, FLAGS = 56, IOPRIO = 2 };
	size_t start;
	__u64 v;

	lym_member_hex(m, "aio_data", lym_member_get(m, 0, 8));
	v = lym_member_get(m, KEY, 4);
	if (v)
		lym_member_uint(m, "aio_key", v, false);
	v = lym_member_get(m, RW_FLAGS, 4);
	if (v) {
		start = lym_member_begin(m, "aio_rw_flags");
		lym_names_flags(m->b, LYM_NAMES_rwf_flags, v);
		lym_member_end(m, start);
	}
	start = lym_member_begin(m, "aio_lio_opcode");
	lym_value_names_dec(m->b, LYM_NAMES_aio_cmds, lym_member_get(m, OPCODE, 2));
	lym_member_end(m, start);
	v = lym_member_get(m, REQPRIO, 2);
	if (lym_member_get(m, FLAGS, 4) & IOPRIO) {
		start = lym_member_begin(m, "aio_reqprio");
		lym_value_ioprio(m->b, v);
		lym_member_end(m, start);
	} else if (v) {
		lym_member_int(m, "aio_reqprio", (__s16)v, false);
	}
	lym_member_fd(m, "aio_fildes", lym_member_get(m, FILDES, 4));
}

/* What comes behind that where it goes to or comes from memory, and the descriptor that is told of the end. */
void lym_struct_iocb_flags(struct lym_members *m, size_t off)
{
	enum { RESFD = 1 };
	__u32 v = lym_member_get(m, off, 4), fd = lym_member_get(m, off + 4, 4);
	size_t start;

	if (v) {
		start = lym_member_begin(m, "aio_flags");
		lym_names_flags(m->b, LYM_NAMES_aio_iocb_flags, v);
		lym_member_end(m, start);
	}
	if (v & RESFD)
		lym_member_fd(m, "aio_resfd", fd);
	else if (fd)
		lym_member_hex(m, "aio_resfd", fd);
}

/* ---- io_uring_register ---- */

/* A descriptor, or that there is none and nothing is to change. */
void lym_struct_uring_fd(struct lym_members *m, size_t off)
{
	enum { SKIP = -2 };
	__s32 v = lym_member_get(m, off, 4);

	if (v != SKIP || m->b->names)
		lym_text_i64(m->b, v);
	if (v >= 0 && m->fds)
		m->fds->put(m->fds, m->b, v);
	if (v != SKIP || m->b->names == LYM_NAMES_RAW)
		return;
	lym_text_str(m->b, m->b->names ? " /* " : "");
	lym_text_lit(m->b, "IORING_REGISTER_FILES_SKIP");
	lym_text_str(m->b, m->b->names ? " */" : "");
}

void lym_struct_uring_op(struct lym_members *m, size_t off)
{
	lym_value_names_dec(m->b, LYM_NAMES_uring_ops, lym_member_get(m, off, 1));
}

/* What is allowed, by the kind of restriction. */
void lym_struct_uring_restriction(struct lym_members *m, size_t off)
{
	enum { REGISTER_OP, SQE_OP, SQE_FLAGS_ALLOWED, SQE_FLAGS_REQUIRED };
	__u32 v = lym_member_get(m, off, 1);
	size_t start;

	switch (lym_member_get(m, 0, 2)) {
	case REGISTER_OP:
		start = lym_member_begin(m, "register_op");
		lym_names_put(m->b, LYM_NAMES_uring_register_opcodes, v);
		break;
	case SQE_OP:
		start = lym_member_begin(m, "sqe_op");
		lym_names_put(m->b, LYM_NAMES_uring_ops, v);
		break;
	case SQE_FLAGS_ALLOWED:
	case SQE_FLAGS_REQUIRED:
		start = lym_member_begin(m, "sqe_flags");
		lym_names_flags(m->b, LYM_NAMES_uring_sqe_flags, v);
		break;
	default:
		if (m->json) {
			lym_member_hex(m, "op", v);
		} else {
			lym_text_lit(m->b, " /* op: ");
			lym_text_hex(m->b, v);
			lym_text_lit(m->b, " */");
		}
		return;
	}
	lym_member_end(m, start);
}

/* [IO_WQ_BOUND]=5: how many workers there may be of each kind */
void lym_struct_uring_workers(struct lym_members *m, size_t off)
{
	lym_text_char(m->b, '[');
	lym_value_names_dec(m->b, LYM_NAMES_uring_iowq_acct, m->next);
	lym_text_lit(m->b, "]=");
	lym_text_u64(m->b, lym_member_get(m, off, 4));
}

/* ---- bpf ---- */

void lym_struct_numa_node(struct lym_members *m, size_t off)
{
	__u32 v = lym_member_get(m, off, 4);

	lym_text_u64(m->b, v);
	if (v == ~0u && m->b->names != LYM_NAMES_RAW)
		lym_text_lit(m->b, " /* NUMA_NO_NODE */");
}

/* BPF_ALU64|BPF_K|BPF_MOV */
void lym_struct_ebpf_code(struct lym_members *m, size_t off)
{
	enum { LD, LDX, ST, STX, ALU, JMP, JMP32, ALU64 };
	__u32 v = lym_member_get(m, off, 1), class = v & 7;

	lym_names_put(m->b, LYM_NAMES_ebpf_class, class);
	switch (class) {
	case LD ... STX:
		lym_text_char(m->b, '|');
		lym_names_put(m->b, LYM_NAMES_bpf_size, v & 0x18);
		lym_text_char(m->b, '|');
		lym_names_put(m->b, LYM_NAMES_bpf_mode, v & 0xe0);
		break;
	case ALU:
	case ALU64:
		lym_text_char(m->b, '|');
		lym_names_put(m->b, LYM_NAMES_bpf_src, v & 8);
		lym_text_char(m->b, '|');
		lym_names_put(m->b, LYM_NAMES_bpf_op_alu, v & 0xf0);
		break;
	case JMP:
		lym_text_char(m->b, '|');
		lym_names_put(m->b, LYM_NAMES_bpf_src, v & 8);
		lym_text_char(m->b, '|');
		lym_names_put(m->b, LYM_NAMES_bpf_op_jmp, v & 0xf0);
		break;
	default:
		if (v & ~7u) {
			lym_text_char(m->b, '|');
			lym_text_hex(m->b, v & ~7u);
			lym_text_lit(m->b, " /* BPF_??? */");
		}
	}
}

void lym_struct_ebpf_dst(struct lym_members *m, size_t off)
{
	lym_names_put(m->b, LYM_NAMES_ebpf_regs, m->p[off] & 0xf);
}

void lym_struct_ebpf_src(struct lym_members *m, size_t off)
{
	lym_names_put(m->b, LYM_NAMES_ebpf_regs, m->p[off] >> 4);
}
