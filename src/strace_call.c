// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Calls whose arguments strace tells in an order of its own, by name. */
#include <sched.h>
#include <sys/syscall.h>
#include "strace.h"
#include "value.h"

#ifdef __aarch64__
enum { FLAGS, STACK, PARENT, TLS, CHILD };
#else
enum { FLAGS, STACK, PARENT, CHILD, TLS };
#endif

/* ", name=" and a pointer. */
static void pointer(struct lym_buf *b, const char *name, __u64 v)
{
	lym_text_str(b, name);
	lym_text_ptr(b, v);
}

/* child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f00 */
static void clone_args(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r)
{
	__u64 flags = lym_record_cell(r, FLAGS);
	__u32 tid;

	pointer(b, "child_stack=", lym_record_cell(r, STACK));
	lym_text_lit(b, ", flags=");
	lym_value_clone_flags(b, flags);
	if (flags & (CLONE_PARENT_SETTID | CLONE_PIDFD)) {
		if (r->h->ret >= 0 && lym_decode_u32(r, PARENT, LYM_VALUE, &tid)) {
			lym_text_lit(b, ", parent_tid=[");
			lym_text_i64(b, (__s32)tid);
			if (!(flags & CLONE_PARENT_SETTID))		/* of a process */
				lym_strace_file(b, opts, r, PARENT, LYM_FD_INDEX(tid));
			lym_text_char(b, ']');
		} else {
			pointer(b, ", parent_tid=", lym_record_cell(r, PARENT));
		}
	}
	if (flags & CLONE_SETTLS)
		pointer(b, ", tls=", lym_record_cell(r, TLS));
	if (flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID))
		pointer(b, ", child_tidptr=", lym_record_cell(r, CHILD));
}

bool lym_strace_call(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r)
{
	if (r->ev->nr != SYS_clone)
		return false;
	clone_args(b, opts, r);
	return true;
}
