/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the fields of a record mean: numbers by name, and the views of a record that the sinks share. */
#include <arpa/inet.h>
#include <sys/socket.h>
#include "config.h"
#include "decode.h"
#include "names.h"
#include "structs.h"
#include "value.h"

#define TYPE_MASK 0xf		/* of a socket's type; the rest are flags */

/* What another argument makes of field i. */
static const struct lym_choice *choice(const struct lym_record *r, unsigned int i, const struct lym_type *t)
{
	enum { HDIO = 3, HDIO_GETGEO = 0x301, HDIO_DRIVE_CMD = 0x31f };
	__u64 cell[LYM_CELLS] = { 0 };

	if (r->ev->ev != LYM_EV_ioctl || !(r->h->flags & LYM_F_COMPAT))
		return lym_schema_choice(t->arg, i, r->cell, r->h->ncells);
	for (unsigned int k = 0; k < LYM_CELLS; k++)
		cell[k] = lym_record_cell(r, k);
	if (!lym_names_find(LYM_NAMES_ioctl, cell[1]) || !lym_names_ioctl_same(cell[1]))
		cell[1] = lym_names_ioctl(cell[1], true);
	if (cell[1] >> 8 == HDIO && cell[1] != HDIO_GETGEO && cell[1] != HDIO_DRIVE_CMD)	/* strace has what else a disk is asked for in hex there */
		cell[1] = ~0u;
	return lym_schema_choice(t->arg, i, cell, LYM_CELLS);
}

int lym_decode_printer(const struct lym_record *r, unsigned int i)
{
	const struct lym_type *t = lym_schema_type(r->ev->field[i].type);

	return t->printer == PR_CHOICE ? choice(r, i, t)->printer : t->printer;
}

unsigned int lym_decode_struct(const struct lym_record *r, enum lym_struct s)
{
	return r->h->flags & LYM_F_COMPAT && r->ev->ev != LYM_EV_signal_deliver ? lym_struct_in32(s) : s;
}

unsigned int lym_decode_arg(const struct lym_record *r, unsigned int i)
{
	const struct lym_type *t = lym_schema_type(r->ev->field[i].type);
	int printer = t->printer == PR_CHOICE ? choice(r, i, t)->printer : t->printer;
	unsigned int arg = t->printer == PR_CHOICE ? choice(r, i, t)->arg : t->arg;

	if (arg == LYM_NAMES_fcntl && printer == PR_NAMES && r->h->flags & LYM_F_COMPAT)
		return LYM_NAMES_fcntl64;
	return printer == PR_STRUCT || printer == PR_STRUCTS ? lym_decode_struct(r, arg) : arg;
}

bool lym_decode_out(const struct lym_record *r, unsigned int i)
{
	const struct lym_type *t = lym_schema_type(r->ev->field[i].type);

	return t->printer == PR_CHOICE ? choice(r, i, t)->out : t->capture == CAP_BUF_OUT || t->capture == CAP_DATA_OUT;
}

bool lym_decode_given(const struct lym_record *r, unsigned int i)
{
	const struct lym_type *t = lym_schema_type(r->ev->field[i].type);

	switch (t->capture) {
	case CAP_BUF_OUT:
	case CAP_ADDR_OUT:
	case CAP_LEN_INOUT:
	case CAP_OPT_OUT:
	case CAP_FD_PAIR:
	case CAP_MSG_OUT:
	case CAP_MMSG_OUT:
	case CAP_IOV_OUT:
	case CAP_STRUCT_OUT:
	case CAP_ARRAY_OUT:
	case CAP_NODES_OUT:
	case CAP_COUNTED_OUT:
	case CAP_PAGES_OUT:
	case CAP_MSGBUF_OUT:
	case CAP_REMAINING:
	case CAP_DATA_OUT:
	case CAP_DIRENTS:
	case CAP_STR_OUT:
		return false;
	case CAP_CHOICE:
		return !choice(r, i, t)->out;
	}
	return true;
}

void lym_decode_flags(struct lym_buf *b, __u32 v)
{
	lym_names_flags(b, LYM_NAMES_msg_flags, (__u32)v);
}

static void sock_type(struct lym_buf *b, __u32 v)
{
	__u32 flags = v & ~TYPE_MASK;
	const char *s = lym_names_find(LYM_NAMES_sock_type, v & TYPE_MASK);

	if (v & TYPE_MASK && !s) {
		lym_names_put(b, LYM_NAMES_sock_type, v);
		return;
	}
	if (s) {
		lym_text_str(b, s);
		if (flags)
			lym_text_char(b, '|');
	}
	if (flags && s && !(flags & 0x80800))
		lym_text_hex(b, flags);
	else if (flags || !s)
		lym_names_flags(b, LYM_NAMES_sock_flags, flags);
}

static void protocol(struct lym_buf *b, __u32 family, __u32 v)
{
	enum lym_names t = lym_names_protocols(family);

	if (family == AF_PACKET) {
		lym_text_lit(b, "htons(");
		lym_names_put(b, LYM_NAMES_eth_p, ntohs(v));
		lym_text_char(b, ')');
	} else if (t != LYM_NAMES_MAX) {
		lym_names_put(b, t, v);
	} else {
		lym_text_i64(b, (__s32)v);
	}
}

/* The option's name by the level in the argument before it. */
static void sockopt(struct lym_buf *b, const struct lym_record *r, unsigned int i, __u32 v)
{
	bool get = i + 1 < (unsigned int)r->ev->nfields && r->ev->field[i + 1].type == LYM_T_OPT_OUT;
	enum lym_names t = i ? lym_names_options(lym_record_cell(r, i - 1), get, v) : LYM_NAMES_MAX;

	if (t != LYM_NAMES_MAX)
		lym_names_put(b, t, v);
	else
		lym_text_i64(b, (__s32)v);
}

/* A register's value as wide as the argument's type. */
static __u64 narrow(const struct lym_record *r, unsigned int i, __u64 v)
{
	return lym_schema_wide(lym_schema_type(r->ev->field[i].type)) ? v : (__u32)v;
}

static void special(struct lym_buf *b, int printer, __u64 v)
{
	switch (printer) {
	case PR_PTR:
		lym_text_ptr(b, v);
		break;
	case PR_TAGGED_ADDR:
		lym_value_tagged_addr(b, v);
		break;
	case PR_PTRACER:
		lym_value_ptracer(b, v);
		break;
	case PR_HEX32:
		lym_text_hex(b, (__u32)v);
		break;
	case PR_HEX:
		lym_text_hex(b, v);
		break;
	case PR_OCT:		/* umode_t has 16 bits */
		lym_value_umode(b, v & 0xffff);
		break;
	case PR_FILE_MODE:
		lym_value_file_mode(b, v & 0xffff);
		break;
	case PR_SIGNAL:
		lym_value_signal(b, v);
		break;
	case PR_FAN_DIRFD:
		lym_value_fan_dirfd(b, v);
		break;
	case PR_ERROR:
		lym_value_error(b, (__u32)v, false);
		break;
	case PR_SIGNAL64:
		if (v < 0x7fffffff)
			lym_value_signal(b, v);
		else
			lym_text_u64(b, v);
		break;
	case PR_SOUND:
		lym_value_sound(b, v);
		break;
	case PR_TONE:
		lym_value_tone(b, v);
		break;
	case PR_VGA_PORT:
		lym_value_vga_port(b, v);
		break;
	case PR_DIRFD:
		lym_value_dirfd(b, v);
		break;
	case PR_ID:
		lym_value_id(b, v);
		break;
	case PR_DEV:
		lym_value_dev(b, (__u32)v);	/* the kernel takes no more of an argument */
		break;
	case PR_SOCKETCALL:
		lym_value_socketcall(b, v);
		break;
	case PR_IPC_CALL:
		lym_value_ipc_call(b, v);
		break;
	case PR_HANDLER:
		lym_value_handler(b, v);
		break;
	case PR_SIGSET:
		lym_value_sigset(b, &v, 4);
		break;
	case PR_OPEN_FLAGS:
		lym_value_open_flags(b, v);
		break;
	case PR_CLONE_FLAGS:
		lym_value_clone_flags(b, v);
		break;
	case PR_MMAP_FLAGS:
		lym_value_mmap_flags(b, v);
		break;
	case PR_STATX_FLAGS:
		lym_value_statx_flags(b, v);
		break;
	case PR_IPC_FLAGS:
	case PR_SHM_FLAGS:
		lym_value_ipc_flags(b, v, printer == PR_SHM_FLAGS);
		break;
	case PR_IPC_KEY:
		lym_value_ipc_key(b, v);
		break;
	case PR_KEXEC_FLAGS:
		lym_value_kexec_flags(b, v);
		break;
	case PR_MOUNT_FLAGS:
		lym_value_mount_flags(b, v);
		break;
	case PR_SWAP_FLAGS:
		lym_value_swap_flags(b, v);
		break;
	case PR_MEMFD_FLAGS:
		lym_value_memfd_flags(b, v);
		break;
	case PR_MPOL_MODE:
		lym_value_mpol_mode(b, v);
		break;
	case PR_KEY:
		lym_value_key(b, v);
		break;
	case PR_QUOTA_CMD:
		lym_value_quota_cmd(b, v);
		break;
	case PR_FAN_INIT:
		lym_value_fan_init(b, v);
		break;
	case PR_IOPRIO:
		lym_value_ioprio(b, v);
		break;
	case PR_FUTEX_WAKE_OP:
		lym_value_futex_wake_op(b, v);
		break;
	case PR_PERSONALITY:
		lym_value_personality(b, v);
	}
}

void lym_decode_number(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	__u64 v = lym_record_cell(r, i);

	switch (lym_decode_printer(r, i)) {
	case PR_UINT:
		lym_text_u64(b, (__u32)v);
		break;
	case PR_SIZE:
		lym_text_u64(b, v);
		break;
	case PR_LONG:
		lym_text_i64(b, v);
		break;
	case PR_NAMES:
		lym_names_print(b, lym_decode_arg(r, i), narrow(r, i, v));
		break;
	case PR_NAMES32:
		lym_names_print(b, lym_decode_arg(r, i), (__u32)v);
		break;
	case PR_NAMES64:	/* all of the register, whatever the type says */
		lym_names_print(b, lym_decode_arg(r, i), v);
		break;
	case PR_IPC_CMD:
		lym_value_ipc_cmd(b, lym_decode_arg(r, i), v);
		break;
	case PR_IOCTL:
		(r->h->flags & LYM_F_COMPAT ? lym_value_ioctl32 : lym_value_ioctl)(b, v);
		break;
	case PR_NAMES_DEC:
		lym_value_names_dec(b, lym_decode_arg(r, i), (__s32)v);
		break;
	case PR_NAMES8:
		lym_names_print(b, lym_decode_arg(r, i), v & 0xff);
		break;
	case PR_NAMES_INT:
		lym_value_names_int(b, lym_decode_arg(r, i), v);
		break;
	case PR_EXPLAINED_INT:
		lym_value_explained_int(b, lym_decode_arg(r, i), v);
		break;
	case PR_EXPLAINED:
		lym_value_explained(b, lym_decode_arg(r, i), v);
		break;
	case PR_VECTOR_LEN:
		lym_value_vector_len(b, lym_decode_arg(r, i), v);
		break;
	case PR_SOCK_TYPE:
		sock_type(b, v);
		break;
	case PR_SOCK_PROTO:
		protocol(b, i >= 2 ? lym_record_cell(r, i - 2) : AF_UNSPEC, v);
		break;
	case PR_SOCKOPT:
		sockopt(b, r, i, v);
		break;
	case PR_INT:
	case PR_PID:
	case PR_FD:
		lym_text_i64(b, (__s32)v);
		break;
	default:
		special(b, lym_decode_printer(r, i), narrow(r, i, v));
	}
}

bool lym_decode_names(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	size_t start = b->len;
	char c;

	switch (lym_decode_printer(r, i)) {
	case PR_INT:
	case PR_PID:
	case PR_UINT:
	case PR_SIZE:
	case PR_LONG:
	case PR_FD:
	case PR_PTR:
		return false;
	}
	lym_decode_number(b, r, i);
	if (b->len == start)
		return false;
	c = b->p[start];
	if (c == '_' || (c >= 'A' && c <= 'z') || (lym_decode_printer(r, i) == PR_OCT && c == '0'))
		return true;
	b->len = start;
	return false;
}

bool lym_decode_sock(const struct lym_record *r, unsigned int field, struct lym_sock_view *v)
{
	struct lym_bytes i = lym_record_item(r, field, LYM_SOCK, 0, false);

	return i.item && lym_sockaddr_sock(v, i.p, i.item->len);
}

bool lym_decode_fd(const struct lym_record *r, unsigned int field, struct lym_sock_view *v)
{
	return lym_decode_sock(r, field, v) || (!field && lym_decode_sock(r, LYM_NO_FIELD, v));
}

bool lym_decode_u32(const struct lym_record *r, unsigned int field, int kind, __u32 *v)
{
	struct lym_bytes i = lym_record_item(r, field, kind, 0, false);

	if (!i.item || i.item->len < 4)
		return false;
	memcpy(v, i.p, 4);
	return true;
}

const char *lym_decode_error(const struct lym_record *r)
{
	struct lym_bytes function;
	__s64 ret = r->h->ret;

	switch (r->ev->ev) {
	case LYM_EV_getaddrinfo:
		return lym_names_find(LYM_NAMES_eai, ret);
	case LYM_EV_ssl_read:
	case LYM_EV_ssl_write:
		function = lym_record_item(r, 4, LYM_DATA, 0, false);
		return function.item && function.item->len > 6 && !memcmp(function.p, "gnutls", 6) ?
		       lym_names_find(LYM_NAMES_gnutls_error, ret) : NULL;
	}
	return ret < 0 && ret > -4096 ? lym_names_errno(-ret) : NULL;
}

const char *lym_decode_via(const struct lym_record *r)
{
	if (r->h->flags & LYM_F_IO_URING)
		return "io_uring";
	if (r->h->syscall == ~0u)
		return NULL;
	return lym_names_syscall(r->h->syscall, r->h->flags & LYM_F_COMPAT);
}

bool lym_decode_receives(const struct lym_record *r, unsigned int field)
{
	enum lym_type_id t = r->ev->field[field].type;

	return t == LYM_T_MSGHDR_OUT || t == LYM_T_MMSG_OUT;
}

void lym_decode_messages(struct lym_messages *m, const struct lym_record *r, unsigned int field)
{
	const struct lym_item *i = NULL;

	memset(m, 0, sizeof(*m));
	while ((i = lym_record_next(r, i))) {
		if (i->field != field || i->index >= LYM_MESSAGES || i->flags & LYM_I_TAMPER)
			continue;
		m->set[i->index / 64] |= 1ull << i->index % 64;
		if (i->index >= m->end)
			m->end = i->index + 1;
	}
}

bool lym_decode_message(const struct lym_messages *m, unsigned int *index)
{
	for (; *index < m->end; ++*index) {
		if (m->set[*index / 64] & 1ull << *index % 64)
			return true;
	}
	return false;
}

bool lym_decode_msghdr(struct lym_msg *m, const struct lym_record *r, unsigned int field, unsigned int index)
{
	struct lym_bytes i = lym_record_item(r, field, LYM_MSG, index, false);

	if (!i.item || i.item->len < sizeof(*m))
		return false;
	memcpy(m, i.p, sizeof(*m));
	return true;
}
