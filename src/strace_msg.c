/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* struct msghdr, struct mmsghdr, and their iovecs, in strace's syntax. */
#include <sys/socket.h>
#include "decode.h"
#include "select.h"
#include "strace.h"

#define UNSENT 32		/* of sendmmsg, which are told even if they were not sent */

struct iov {
	__u64 base, len;
};

/* One message of a call: what the record has of it. */
struct msg {
	const struct lym_record *r;
	const struct lym_out_opts *opts;
	struct lym_msg h;
	struct lym_bytes name, data, heads, iov, control;
	unsigned int field;
	bool receives, all;	/* arrays are shown whole */
	int netlink;		/* protocol of a netlink socket, or -1 */
	__u64 moved;		/* bytes in the buffers that mean something */
};

/* What a descriptor in a control message stands for. */
static void descriptor(struct lym_buf *b, __s32 fd, const void *of)
{
	const struct msg *m = of;

	lym_strace_file(b, m->opts, m->r, m->field, LYM_FD_INDEX(fd));
}

static bool load(struct msg *m, const struct lym_out_opts *opts, const struct lym_record *r, unsigned int field,
		 unsigned int index)
{
	*m = (struct msg){
		.r = r, .opts = opts, .field = field,
		.name = lym_record_item(r, field, LYM_ADDR, index, false),
		.data = lym_record_item(r, field, LYM_DATA, index, false),
		.heads = lym_record_item(r, field, LYM_HEADS, index, false),
		.iov = lym_record_item(r, field, LYM_IOV, index, false),
		.control = lym_record_item(r, field, LYM_CONTROL, index, false),
		.receives = lym_decode_receives(r, field), .netlink = lym_strace_netlink_proto(r),
		.all = opts->style.verbose || (opts->select && opts->select->whole[r->ev->ev]),
	};
	if (!lym_decode_msghdr(&m->h, r, field, index))
		return false;
	m->moved = ~0ull;
	if (m->receives)
		m->moved = lym_decode_printer(r, field) == PR_MMSG ? m->h.len : r->h->ret > 0 ? (__u64)r->h->ret : 0;
	return true;
}

/* What is told of a buffer that has `part` bytes of the message: of those that lie together, else of its beginning at *at in the heads. */
static const unsigned char *beginning(const struct msg *m, const unsigned char *together, size_t *have, __u64 part, __u64 *at)
{
	__u64 told = part < m->opts->snaplen ? part : m->opts->snaplen, from = *at, left;

	if (!m->heads.item)
		return together;
	*at += told;
	left = from < m->heads.item->len ? m->heads.item->len - from : 0;
	if (*have >= told || *have >= left)
		return together;
	*have = left < told ? left : told;
	return m->heads.p + from;
}

/* {iov_base="...", iov_len=N}: the payload is one run of bytes, dealt out to the buffers in their order. */
static void iov(struct lym_buf *b, const struct msg *m)
{
	size_t n = m->iov.item ? m->iov.item->len / sizeof(struct iov) : 0, i, have;
	bool each = m->data.item && m->data.item->flags & LYM_I_EACH, part_only = m->iov.item && m->iov.item->flags & LYM_I_PART;
	const unsigned char *p;
	__u64 off = 0, at = 0, heads_at = 0, part, told, got = m->data.item && !(m->data.item->flags & LYM_I_UNREAD) ? m->data.item->len : 0;
	bool nothing = !m->data.item || m->data.item->flags & LYM_I_UNREAD;
	struct iov v;

	if (!m->h.iov || (!n && m->h.iovlen)) {
		lym_text_ptr(b, m->h.iov);
		return;
	}
	lym_text_char(b, '[');
	for (i = 0; i < n && i < m->h.iovlen; i++) {
		memcpy(&v, m->iov.p + i * sizeof(v), sizeof(v));
		part = !m->receives || v.len < m->moved - off ? v.len : m->moved - off;
		told = each && part > m->opts->snaplen ? m->opts->snaplen : part;
		have = at < got ? (got - at < told ? got - at : told) : 0;
		p = beginning(m, have ? m->data.p + at : NULL, &have, part, &heads_at);
		lym_text_str(b, i ? ", {iov_base=" : "{iov_base=");
		if (each && i >= m->opts->snaplen) {
			b->len -= sizeof("{iov_base=") - 1;
			break;
		}
		if (!v.base || (m->receives && m->r->h->ret < 0) || (part && !have && !m->receives && (nothing || got < m->opts->snaplen)) ||
		    (each && have < told && m->data.item->flags & LYM_I_PART))
			lym_text_ptr(b, v.base);	/* as far as this nothing could be read */
		else if (m->netlink >= 0)
			lym_strace_netlink(b, m->opts, m->netlink, (struct lym_nlbytes){
				m->data.p ? m->data.p + at : NULL, have, part, v.base, m->data.item && m->data.item->flags & LYM_I_PART });
		else
			lym_strace_bytes(b, m->opts, p, have, part);
		lym_text_lit(b, ", iov_len=");
		lym_text_u64(b, v.len);
		lym_text_char(b, '}');
		off += part;
		at += told;
	}
	if (i == n && i < m->h.iovlen && part_only) {
		lym_text_lit(b, ", ... /* ");
		lym_text_hex(b, m->h.iov + i * (m->r->h->flags & LYM_F_COMPAT ? 8 : sizeof(v)));
		lym_text_lit(b, " */");
	} else if (i < m->h.iovlen) {
		lym_text_str(b, i < n ? "..." : ", ...");
	}
	lym_text_char(b, ']');
}

void lym_strace_iov(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, unsigned int i)
{
	struct msg m = {
		.r = r, .opts = opts, .data = lym_record_item(r, i, LYM_DATA, 0, false),
		.heads = lym_record_item(r, i, LYM_HEADS, 0, false),
		.iov = lym_record_item(r, i, LYM_IOV, 0, false), .receives = lym_decode_arg(r, i), .netlink = -1,
		.moved = ~0ull,
	};

	m.h.iov = lym_record_cell(r, i);
	m.h.iovlen = lym_record_cell(r, i + 1);
	if (m.receives)
		m.moved = r->h->ret < 0 ? 0 : r->h->ret;
	iov(b, &m);
}

void lym_strace_iov_at(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, unsigned int i, unsigned int index,
		       __u64 addr, __u64 n)
{
	struct msg m = {
		.r = r, .opts = opts, .data = lym_record_item(r, i, LYM_DATA, index, false),
		.iov = lym_record_item(r, i, LYM_IOV, index, false), .netlink = -1, .moved = ~0ull,
	};

	m.h.iov = addr;
	m.h.iovlen = n;
	iov(b, &m);
}

static void msghdr(struct lym_buf *b, const struct msg *m)
{
	const struct lym_msg *h = &m->h;
	__u32 len = h->namelen;

	if (m->receives && h->namelen_in < len)
		len = h->namelen_in;
	lym_text_lit(b, "{msg_name=");
	lym_strace_sockaddr(b, m->name.item, h->name, (__s32)len < 0 ? 0 : len);
	lym_text_lit(b, ", msg_namelen=");
	if (m->receives && h->namelen_in != h->namelen) {
		lym_text_i64(b, (__s32)h->namelen_in);
		lym_text_lit(b, " => ");
	}
	lym_text_i64(b, (__s32)h->namelen);
	lym_text_lit(b, ", msg_iov=");
	iov(b, m);
	lym_text_lit(b, ", msg_iovlen=");
	lym_text_u64(b, h->iovlen);
	if (h->controllen) {
		lym_text_lit(b, ", msg_control=");
		if (!h->control || !m->control.item || m->control.item->flags & LYM_I_UNREAD)
			lym_text_ptr(b, h->control);
		else
			lym_decode_control_strace(b, &(struct lym_control){
				m->control.p, m->control.item->len, h->control, h->controllen, m->r->h->flags & LYM_F_COMPAT,
				descriptor, m, m->control.item->flags & LYM_I_PART, m->all ? 0 : m->opts->snaplen });
	}
	lym_text_lit(b, ", msg_controllen=");
	lym_text_u64(b, h->controllen);
	lym_text_lit(b, ", msg_flags=");
	lym_decode_flags(b, h->flags);
	lym_text_char(b, '}');
}

void lym_strace_msg(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, unsigned int i)
{
	__u64 ptr = lym_record_cell(r, i);
	struct msg m;

	if (!ptr || !load(&m, opts, r, i, 0)) {
		lym_text_ptr(b, ptr);
	} else if (m.receives && r->h->ret < 0) {
		lym_text_lit(b, "{msg_namelen=");
		lym_text_i64(b, (__s32)m.h.namelen_in);
		lym_text_char(b, '}');
	} else {
		msghdr(b, &m);
	}
}

void lym_strace_mmsg(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, unsigned int i)
{
	__u64 ptr = lym_record_cell(r, i), n = (__u32)lym_record_cell(r, i + 1), done = r->h->ret > 0 ? r->h->ret : 0;
	bool receives = lym_decode_receives(r, i);
	struct msg m;
	__u64 k, limit = LYM_MESSAGES;

	if (receives)
		n = r->h->ret < 0 ? 0 : done < n ? done : n;
	if (!ptr || (receives && r->h->ret < 0) || (n && !load(&m, opts, r, i, 0))) {
		lym_text_ptr(b, ptr);
		return;
	}
	lym_text_char(b, '[');
	if (!lym_strace_verbose(opts, r))
		limit = opts->snaplen;
	for (k = 0; k < n && k < limit; k++) {
		if (!load(&m, opts, r, i, k))
			break;
		lym_text_str(b, k ? ", {msg_hdr=" : "{msg_hdr=");
		msghdr(b, &m);
		if (k < done) {
			lym_text_lit(b, ", msg_len=");
			lym_text_u64(b, m.h.len);
		}
		lym_text_char(b, '}');
	}
	if (k < n)
		lym_text_lit(b, ", ...");
	if (k < n && k < limit && k < UNSENT && !receives && !(r->h->flags & LYM_F_CUT)) {
		lym_text_lit(b, " /* ");
		lym_text_hex(b, ptr + k * (r->h->flags & LYM_F_COMPAT ? 32 : sizeof(struct mmsghdr)));
		lym_text_lit(b, " */");
	}
	lym_text_char(b, ']');
}
