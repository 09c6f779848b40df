// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* SG_IO: a command for a SCSI device, of one kind or the other, with what it carries and what comes back. */
#include "names.h"
#include "struct_code.h"
#include "structs.h"

/* A member with a name. */
static void named(struct lym_members *m, const char *name, enum lym_names t, __u64 v)
{
	size_t start = lym_member_begin(m, name);

	lym_names_print(m->b, t, v);
	lym_member_end(m, start);
}

static void uint(struct lym_members *m, const char *name, size_t off, size_t size)
{
	lym_member_uint(m, name, lym_member_get(m, off, size), false);
}

static void hexadecimal(struct lym_members *m, const char *name, size_t off, size_t size)
{
	lym_member_hex(m, name, lym_member_get(m, off, size));
}

/* len bytes at addr, behind pointer k, or in count buffers behind the pointer after it; fewer may have come than there is room for. */
static void buffer(struct lym_members *m, const char *name, __u64 addr, unsigned int k, __u32 len, __u32 count)
{
	struct lym_members in = lym_structs_behind(m, k + !!count), iov;
	size_t word = m->in32 ? 4 : 8, size = 2 * word;
	const struct lym_each *e;
	__u64 base, n;
	__u32 i;

	lym_member_name(m, name);
	if (!count || m->json) {
		in = lym_structs_behind(m, k);
		lym_member_pointed(&in, len, addr, true);
		return;
	}
	if (!addr || !in.inner || in.inner_len < size) {
		lym_text_ptr(m->b, addr);
		return;
	}
	iov = (struct lym_members){ .p = in.inner, .n = in.inner_len, .in32 = m->in32 };
	lym_text_char(m->b, '[');
	for (i = 0; i < count; i++) {
		lym_text_str(m->b, i ? ", " : "");
		if (m->limit && i >= m->limit && !m->verbose) {
			lym_text_lit(m->b, "...");
			break;
		}
		if (size * (i + 1) > in.inner_len) {
			lym_text_lit(m->b, "... /* ");
			lym_text_hex(m->b, addr + size * i);
			lym_text_lit(m->b, " */");
			break;
		}
		base = lym_member_word(&iov, size * i);
		n = lym_member_word(&iov, size * i + word);
		e = in.each && i < LYM_EACH ? in.each + i : NULL;
		lym_text_lit(m->b, "{iov_base=");
		lym_member_pointed(&(struct lym_members){ .b = m->b, .limit = m->limit, .inner = e ? e->p : NULL, .inner_len = e ? e->n : 0 },
				   n < len ? n : len, base, false);
		lym_text_lit(m->b, ", iov_len=");
		lym_text_u64(m->b, n);
		lym_text_char(m->b, '}');
		len -= n < len ? n : len;
	}
	lym_text_char(m->b, ']');
}

/* How much of what there was room for came. */
static __u32 came(__u32 room, __s32 missing)
{
	return missing > 0 && (__u32)missing <= room ? room - missing : room;
}

/* struct sg_io_hdr, which has pointers of the program. */
static void version3(struct lym_members *m)
{
	enum { TO_DEV = -2, FROM_DEV = -3, BOTH_WAYS = -4, CMDP = 0, DXFERP = 1, SBP = 3 };
	static const struct {
		unsigned char cmdp, sbp, timeout, flags, status, size;
	} wide = { 24, 32, 40, 44, 64, 88 }, narrow = { 20, 24, 28, 32, 44, 64 }, *at;
	__u32 room = lym_member_get(m, 12, 4), count = lym_member_get(m, 10, 2), length;
	__s32 way = lym_member_get(m, 4, 4), missing;
	__u64 dxferp = lym_member_word(m, 16);

	at = m->in32 ? &narrow : &wide;
	if (m->n < at->size) {
		lym_text_str(m->b, m->json ? "" : ", ");
		if (!m->json)
			lym_text_ptr(m->b, m->addr + 4);
		return;
	}
	missing = lym_member_get(m, at->status + 8, 4);
	length = came(room, missing);
	named(m, "dxfer_direction", LYM_NAMES_sg_directions, (__u32)way);
	uint(m, "cmd_len", 8, 1);
	buffer(m, "cmdp", lym_member_word(m, at->cmdp), CMDP, lym_member_get(m, 8, 1), 0);
	uint(m, "mx_sb_len", 9, 1);
	uint(m, "iovec_count", 10, 2);
	uint(m, "dxfer_len", 12, 4);
	uint(m, "timeout", at->timeout, 4);
	named(m, "flags", LYM_NAMES_sg_flags, lym_member_get(m, at->flags, 4));
	if (way == TO_DEV || (way == BOTH_WAYS && !m->json))
		buffer(m, "dxferp", dxferp, DXFERP, room, count);
	if (way == FROM_DEV || (way == BOTH_WAYS && m->json)) {
		buffer(m, "dxferp", dxferp, DXFERP, length, count);
	} else if (way == BOTH_WAYS && length) {
		lym_text_lit(m->b, " => ");
		m->any = false;
		buffer(m, "dxferp", dxferp, DXFERP, length, count);
	}
	hexadecimal(m, "status", at->status, 1);
	hexadecimal(m, "masked_status", at->status + 1, 1);
	hexadecimal(m, "msg_status", at->status + 2, 1);
	uint(m, "sb_len_wr", at->status + 3, 1);
	buffer(m, "sbp", lym_member_word(m, at->sbp), SBP, lym_member_get(m, at->status + 3, 1), 0);
	hexadecimal(m, "host_status", at->status + 4, 2);
	hexadecimal(m, "driver_status", at->status + 6, 2);
	lym_member_int(m, "resid", missing, false);
	uint(m, "duration", at->status + 12, 4);
	named(m, "info", LYM_NAMES_sg_info, lym_member_get(m, at->status + 16, 4));
}

/* struct sg_io_v4 */
static void version4(struct lym_members *m)
{
	enum { REQUEST = 4, DOUT = 5, DIN = 7, RESPONSE = 9, SIZE = 160 };

	if (m->n < SIZE) {
		lym_text_str(m->b, m->json ? "" : ", ");
		if (!m->json)
			lym_text_ptr(m->b, m->addr + 4);
		return;
	}
	named(m, "protocol", LYM_NAMES_bsg_protocols, lym_member_get(m, 4, 4));
	named(m, "subprotocol", LYM_NAMES_bsg_subprotocols, lym_member_get(m, 8, 4));
	uint(m, "request_len", 12, 4);
	buffer(m, "request", lym_member_get(m, 16, 8), REQUEST, lym_member_get(m, 12, 4), 0);
	hexadecimal(m, "request_tag", 24, 8);
	uint(m, "request_attr", 32, 4);
	uint(m, "request_priority", 36, 4);
	uint(m, "request_extra", 40, 4);
	uint(m, "max_response_len", 44, 4);
	uint(m, "dout_iovec_count", 56, 4);
	uint(m, "dout_xfer_len", 60, 4);
	uint(m, "din_iovec_count", 64, 4);
	uint(m, "din_xfer_len", 68, 4);
	buffer(m, "dout_xferp", lym_member_get(m, 72, 8), DOUT, lym_member_get(m, 60, 4), lym_member_get(m, 56, 4));
	uint(m, "timeout", 88, 4);
	named(m, "flags", LYM_NAMES_bsg_flags, lym_member_get(m, 92, 4));
	hexadecimal(m, "usr_ptr", 96, 8);
	uint(m, "response_len", 132, 4);
	buffer(m, "response", lym_member_get(m, 48, 8), RESPONSE, lym_member_get(m, 132, 4), 0);
	buffer(m, "din_xferp", lym_member_get(m, 80, 8), DIN, came(lym_member_get(m, 68, 4), lym_member_get(m, 136, 4)), lym_member_get(m, 64, 4));
	hexadecimal(m, "driver_status", 108, 4);
	hexadecimal(m, "transport_status", 112, 4);
	hexadecimal(m, "device_status", 116, 4);
	uint(m, "retry_delay", 120, 4);
	named(m, "info", LYM_NAMES_sg_info, lym_member_get(m, 124, 4));
	uint(m, "duration", 128, 4);
	if (!m->json)
		uint(m, "response_len", 132, 4);	/* so has it strace */
	lym_member_int(m, "din_resid", (__s32)lym_member_get(m, 136, 4), false);
	lym_member_int(m, "dout_resid", (__s32)lym_member_get(m, 140, 4), false);
	hexadecimal(m, "generated_tag", 144, 8);
}

void lym_struct_sg_io(struct lym_members *m, size_t off)
{
	__u32 id = lym_member_get(m, off, 4);
	size_t start;

	if (id != 'S' && id != 'Q') {
		lym_text_char(m->b, '[');
		lym_text_u64(m->b, id);
		lym_text_char(m->b, ']');
		return;
	}
	lym_text_char(m->b, '{');
	start = lym_member_begin(m, id == 'S' ? "interface_id" : "guard");
	lym_text_char(m->b, '\'');
	lym_text_char(m->b, id);
	lym_text_char(m->b, '\'');
	lym_member_end(m, start);
	if (id == 'S')
		version3(m);
	else
		version4(m);
	lym_text_char(m->b, '}');
}
