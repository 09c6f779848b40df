/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* An argument of a call in strace's syntax. Declared in strace.h. */
#include <sys/socket.h>
#include <sys/wait.h>
#include "behind.h"
#include "config.h"
#include "select.h"
#include "strace.h"
#include "structs.h"
#include "value.h"

#define NAME_LEN 64		/* of a host */
#define XATTR_MAX 65536		/* of an extended attribute */
#define BLOB_MAX (1 << 20)	/* of a file system's configuration */

void lym_strace_bytes(struct lym_buf *b, const struct lym_out_opts *opts, const unsigned char *p, size_t n, __u64 full)
{
	size_t show = n < opts->snaplen ? n : opts->snaplen;

	lym_text_char(b, '"');
	lym_text_cstr(b, p, show);
	lym_text_char(b, '"');
	if (show < full)
		lym_text_lit(b, "...");
}

bool lym_strace_verbose(const struct lym_out_opts *opts, const struct lym_record *r)
{
	return opts->style.verbose || (opts->select && opts->select->whole[r->ev->ev]);
}

static bool verbose(const struct lym_out *o, const struct lym_record *r)
{
	return lym_strace_verbose(&o->opts, r);
}

/* "\x60\x1b" */
static void hex(struct lym_buf *b, const unsigned char *p, size_t n, __u64 full)
{
	lym_text_char(b, '"');
	for (size_t i = 0; i < n; i++) {
		lym_text_lit(b, "\\x");
		lym_text_hexpad(b, p[i], 2);
	}
	lym_text_str(b, n < full ? "\"..." : "\"");
}

/* How many bytes a buffer has that mean something; false: the kernel does not look at it. */
static bool extent(const struct lym_record *r, unsigned int i, const struct lym_item *item, __u64 *full)
{
	unsigned int how = lym_decode_arg(r, i);
	struct lym_bytes sizes;

	if (lym_schema_type(r->ev->field[i].type)->capture == CAP_DATA_BEFORE) {
		*full = lym_record_cell(r, i - 1);
		return true;
	}
	if (how & BUF_SIZED) {		/* what has the sizes is whole */
		sizes = lym_record_item(r, 1, LYM_VALUE_IN, 0, false);
		*full = item ? item->full : 1;
		return sizes.item && sizes.item->len == sizes.item->full;
	}
	*full = lym_record_cell(r, i + 1);
	if (r->ev->ev == LYM_EV_fsconfig || (i + 1 < (unsigned int)r->ev->nfields && r->ev->field[i + 1].type == LYM_T_UINT))
		*full = (__u32)*full;
	if (((r->ev->ev == LYM_EV_sethostname || r->ev->ev == LYM_EV_setdomainname) && *full > NAME_LEN) ||
	    (r->ev->field[i].type == LYM_T_TEXT_IN && *full > XATTR_MAX) || (r->ev->ev == LYM_EV_fsconfig && *full > BLOB_MAX))
		return false;
	if (lym_decode_out(r, i) && r->h->ret >= 0 && (__u64)r->h->ret < *full)
		*full = r->h->ret;
	return true;
}

static void buffer(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	bool out = lym_decode_out(r, i);
	unsigned int how = lym_decode_arg(r, i);
	struct lym_bytes v = lym_record_item(r, i, LYM_DATA, 0, false);
	__u64 ptr = lym_record_cell(r, i), full, n;
	int proto = lym_strace_netlink_proto(r);
	/* the room for an attribute, asked for */
	bool asked = lym_schema_type(r->ev->field[i].type)->capture == CAP_DATA_OUT && !lym_record_cell(r, i + 1) && !how;

	if (!extent(r, i, v.item, &full) || !ptr || (out && r->h->ret < 0) || asked ||
	    (v.item ? v.item->flags & LYM_I_UNREAD || (v.item->flags & LYM_I_PART && v.item->len < o->opts.snaplen && proto < 0) : !out && full)) {
		lym_text_ptr(b, ptr);
		return;
	}
	n = v.item ? v.item->len : 0;
	if (how & BUF_TEXT && n == full && n && n <= o->opts.snaplen && !v.p[n - 1])
		full = --n;
	if (how & BUF_HEX)
		hex(b, v.p, n < o->opts.snaplen ? n : o->opts.snaplen, full);
	else if (proto >= 0)
		lym_strace_netlink(b, &o->opts, proto, (struct lym_nlbytes){ v.p, n < full ? n : full, full, ptr,
									     v.item && v.item->flags & LYM_I_PART });
	else
		lym_strace_bytes(b, &o->opts, v.p, n < full ? n : full, full);
}

void lym_strace_sockaddr(struct lym_buf *b, const struct lym_item *i, __u64 ptr, __u64 len)
{
	if (i && i->len < len)
		len = i->len;
	if (!ptr || !i || i->flags & (LYM_I_UNREAD | LYM_I_PART) || len < 2)
		lym_text_ptr(b, ptr);
	else
		lym_sockaddr_strace(b, lym_item_bytes(i), len);
}

static void address(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v = lym_record_item(r, i, LYM_ADDR, 0, false);
	enum { XDP_LEN = 16 };		/* its last member a descriptor, if the first bit of its flags is set */
	__u32 len, in;
	__s32 fd;

	if (r->ev->field[i].type == LYM_T_ADDR_IN) {
		len = lym_record_cell(r, i + 1);
		if ((__s32)len < 0)
			len = 0;
	} else {
		len = ~0u;
		lym_decode_u32(r, i + 1, LYM_VALUE, &len);
		if (lym_decode_u32(r, i + 1, LYM_VALUE_IN, &in) && in < len)
			len = in;
		if (r->h->ret < 0)
			len = 0;
	}
	lym_strace_sockaddr(b, v.item, lym_record_cell(r, i), len);
	if (v.item && v.item->len >= XDP_LEN && len >= XDP_LEN && v.p[0] == AF_XDP && !v.p[1] && v.p[2] & 1) {
		memcpy(&fd, v.p + XDP_LEN - sizeof(fd), sizeof(fd));
		b->len--;		/* before the brace */
		lym_strace_file(b, &o->opts, r, i, LYM_FD_INDEX(fd));
		lym_text_char(b, '}');
	}
}

/* [128 => 16], [16], or the pointer where it was not read or belongs to no address. */
static void length(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	__u64 ptr = lym_record_cell(r, i);
	__u32 in = 0, out = 0;
	bool opt = i && r->ev->field[i - 1].type == LYM_T_OPT_OUT, failed = r->h->ret < 0;
	bool have_in = lym_decode_u32(r, i, LYM_VALUE_IN, &in), have_out = lym_decode_u32(r, i, LYM_VALUE, &out);

	if (!ptr || !(have_in || have_out) || (i && !opt && !lym_record_cell(r, i - 1))) {
		lym_text_ptr(b, ptr);
		return;
	}
	lym_text_char(b, '[');
	if (have_in)
		lym_text_i64(b, (__s32)in);
	if (have_out && !have_in)
		lym_text_i64(b, (__s32)out);
	if (have_in && have_out && in != out && !failed) {
		lym_text_lit(b, " => ");
		lym_text_i64(b, (__s32)out);
	}
	lym_text_char(b, ']');
}

static void optval(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	__u64 ptr = lym_record_cell(r, i);
	bool get = r->ev->field[i].type == LYM_T_OPT_OUT;
	struct lym_optval ov;

	if (!lym_decode_optval_of(r, i, &ov)) {
		/* nothing to read is still a value */
		ov = (struct lym_optval){ .level = lym_record_cell(r, i - 2), .name = lym_record_cell(r, i - 1), .get = get };
		if (get || (__u32)lym_record_cell(r, i + 1))
			ptr = 0;
	}
	ov.verbose = verbose(o, r);
	ov.limit = o->opts.snaplen;
	if (!ptr || (get && r->h->ret < 0) || !lym_decode_optval(b, &ov))
		lym_text_ptr(b, lym_record_cell(r, i));
}

static void pair(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v = lym_record_item(r, i, LYM_VALUE, 0, false);
	__s32 fd[2];

	if (!v.item || v.item->len < sizeof(fd) || r->h->ret < 0) {
		lym_text_ptr(b, lym_record_cell(r, i));
		return;
	}
	memcpy(fd, v.p, sizeof(fd));
	lym_text_char(b, '[');
	lym_text_i64(b, fd[0]);
	lym_strace_file(b, &o->opts, r, i, LYM_FD_INDEX(fd[0]));
	lym_text_lit(b, ", ");
	lym_text_i64(b, fd[1]);
	lym_strace_file(b, &o->opts, r, i, LYM_FD_INDEX(fd[1]));
	lym_text_char(b, ']');
}

/* [0] => [100], where the call moved a position. */
static void moved(struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct lym_bytes v = lym_record_item(r, i, LYM_VALUE, 0, false);

	if (!v.item || r->h->ret <= 0 || v.item->len < lym_struct_size(lym_decode_arg(r, i)))
		return;
	lym_text_lit(b, " => ");
	lym_struct_strace(b, lym_decode_arg(r, i), &(struct lym_extent){ v.p, v.item->len, v.item->len }, false);
}

/* Descriptors in a struct that field i points at. */
struct field_fds {
	struct lym_fd_teller f;
	const struct lym_out_opts *opts;
	const struct lym_record *r;
	unsigned int i;
};

static void put_fd(const struct lym_fd_teller *f, struct lym_buf *b, __s32 fd)
{
	const struct field_fds *x = (const struct field_fds *)f;

	lym_strace_file(b, x->opts, x->r, x->i, LYM_FD_INDEX(fd));
}

static void put_pid(const struct lym_fd_teller *f, struct lym_buf *b, __s32 pid)
{
	const struct field_fds *x = (const struct field_fds *)f;

	lym_strace_comm(b, x->opts, x->r, pid);
}

/* Are descriptors in it this process's own? */
static bool own(const struct lym_record *r, unsigned int i)
{
	return r->ev->ev != LYM_EV_kcmp || i < 3 || (__u32)lym_record_cell(r, i - 3) == r->h->pid;
}

/* Is it a descriptor? */
static bool told_as_file(const struct lym_record *r, unsigned int i, int printer)
{
	if (printer == PR_FD && (__s32)lym_record_cell(r, i) < 0)
		return false;
	return printer == PR_FD || printer == PR_DIRFD || printer == PR_FAN_DIRFD;
}

void lym_strace_field(struct lym_out *o, struct lym_buf *b, const struct lym_record *r, unsigned int i)
{
	struct field_fds fds = { { put_fd, put_pid }, &o->opts, r, i };
	bool tell = o->opts.style.files || o->opts.style.comms;
	int printer = lym_decode_printer(r, i);
	struct lym_bytes v;

	if (lym_behind(printer)) {
		/* strace looks at neither if the call failed */
		if ((r->ev->ev == LYM_EV_epoll_pwait2 && i >= 3 && r->h->ret < 0 && !(r->h->flags & LYM_F_ENTER)) || !lym_behind_strace(b, r, i, &(struct lym_behind_opts){ o->opts.snaplen, verbose(o, r), tell && own(r, i) ? &fds.f : NULL }))
			lym_text_ptr(b, lym_record_cell(r, i));
		else if (r->ev->field[i].type == LYM_T_POSITION || r->ev->field[i].type == LYM_T_POSITION64)
			moved(b, r, i);
		return;
	}
	switch (printer) {
	case PR_STR:
		v = lym_record_item(r, i, LYM_DATA, 0, false);
		lym_text_char(b, '"');
		lym_text_cstr(b, v.p, v.item ? v.item->len : 0);
		lym_text_char(b, '"');
		break;
	case PR_BUF:
		buffer(o, b, r, i);
		break;
	case PR_SOCKADDR:
		address(o, b, r, i);
		break;
	case PR_LEN_INOUT:
		length(b, r, i);
		break;
	case PR_OPTVAL:
		optval(o, b, r, i);
		break;
	case PR_FD_PAIR:
		pair(o, b, r, i);
		break;
	case PR_IOV:
		lym_strace_iov(b, &o->opts, r, i);
		break;
	case PR_IOCBS:
		lym_strace_iocbs(b, &o->opts, r, i, o->opts.style.files ? &fds.f : NULL);
		break;
	case PR_MSGHDR:
		lym_strace_msg(b, &o->opts, r, i);
		break;
	case PR_MMSG:
		lym_strace_mmsg(b, &o->opts, r, i);
		break;
	default:
		if (r->ev->field[i].type == LYM_T_SOCKLEN ||
		    (r->ev->ev == LYM_EV_socketpair && printer == PR_SOCK_PROTO))
			lym_text_i64(b, (__s32)lym_record_cell(r, i));
		else
			lym_decode_number(b, r, i);
		if (printer == PR_PID || (r->ev->ev == LYM_EV_waitid && i == 1 && lym_record_cell(r, 0) == P_PID))
			lym_strace_comm(b, &o->opts, r, (__s32)lym_record_cell(r, i));
		if (told_as_file(r, i, printer) && own(r, i))
			lym_strace_file(b, &o->opts, r, i, 0);
		else if (r->ev->ev == LYM_EV_pidfd_getfd && i == 1 && r->h->ret >= 0 && !(r->h->flags & LYM_F_ENTER))
			lym_strace_file(b, &o->opts, r, LYM_NO_FIELD, 0);	/* it is the same file */
	}
}
