// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The bytes that a call moved in hex, as strace's -e read= and write= show them. Declared in strace.h. */
#include "config.h"
#include "select.h"
#include "strace.h"

#define LINE 16

struct iov {
	__u64 base, len;
};

/* Bytes that the record does not have. */
static void missing(struct lym_buf *b, __u64 n)
{
	lym_text_lit(b, " | ... ");
	lym_text_u64(b, n);
	lym_text_lit(b, " bytes more\n");
}

/* " | 00000  61 62 63 ...  abc... |": sixteen bytes a line, in two groups. */
static void dump(struct lym_buf *b, const unsigned char *p, size_t n)
{
	unsigned int digits = 5;
	size_t off, i;

	while (digits < 16 && (n - 1) >> 4 * digits)
		digits++;
	for (off = 0; off < n; off += LINE) {
		lym_text_lit(b, " | ");
		lym_text_hexpad(b, off, digits);
		for (i = 0; i < LINE; i++) {
			lym_text_str(b, i % 8 ? " " : "  ");
			if (off + i < n)
				lym_text_hexpad(b, p[off + i], 2);
			else
				lym_text_lit(b, "  ");
		}
		lym_text_lit(b, "  ");
		for (i = 0; i < LINE; i++)
			lym_text_char(b, off + i >= n ? ' ' : p[off + i] >= ' ' && p[off + i] < 0x7f ? p[off + i] : '.');
		lym_text_lit(b, " |\n");
	}
}

/* Each buffer of an array by itself: of the n bytes at p, which lie in them one behind the other. */
static void buffers(struct lym_buf *b, struct lym_bytes iov, const unsigned char *p, size_t n)
{
	size_t count = iov.item ? iov.item->len / sizeof(struct iov) : 0, part, i;
	struct iov v;

	for (i = 0; i < count && n; i++) {
		memcpy(&v, iov.p + i * sizeof(v), sizeof(v));
		part = v.len < n ? v.len : n;
		if (!part)
			continue;
		lym_text_lit(b, " * ");
		lym_text_u64(b, part);
		lym_text_lit(b, " bytes in buffer ");
		lym_text_u64(b, i);
		lym_text_char(b, '\n');
		dump(b, p, part);
		p += part;
		n -= part;
	}
}

/* What one message, or the array itself, has moved: at most so many bytes. */
static void moved(struct lym_buf *b, const struct lym_record *r, unsigned int field, unsigned int index, __u64 max)
{
	struct lym_bytes data = lym_record_item(r, field, LYM_DATA, index, false);
	struct lym_bytes iov = lym_record_item(r, field, LYM_IOV, index, false);

	if (iov.item && iov.item->flags & LYM_I_PART)
		return;
	if (data.item && !(data.item->flags & LYM_I_UNREAD))
		buffers(b, iov, data.p, data.item->len < max ? data.item->len : max);
}

static void messages(struct lym_buf *b, const struct lym_record *r, unsigned int field)
{
	struct lym_messages all;
	struct lym_msg m;

	lym_decode_messages(&all, r, field);
	for (unsigned int i = 0; (__s64)i < r->h->ret && lym_decode_message(&all, &i); i++) {
		if (!lym_decode_msghdr(&m, r, field, i))
			break;
		lym_text_lit(b, " = ");
		lym_text_u64(b, m.iovlen);
		lym_text_lit(b, " buffers in vector ");
		lym_text_u64(b, i);
		lym_text_char(b, '\n');
		moved(b, r, field, i, m.len);
	}
}

void lym_strace_dump(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r)
{
	int cap = lym_schema_type(r->ev->field[1].type)->capture;
	bool in = cap == CAP_BUF_OUT || cap == CAP_DATA_OUT || cap == CAP_IOV_OUT || cap == CAP_MSG_OUT || cap == CAP_MMSG_OUT;
	__u64 max = in ? (__u64)r->h->ret : ~0ull;
	struct lym_bytes data;

	if (r->ev->nfields < 2 || (in && r->h->ret < 0) ||
	    !lym_select_fd(in ? &opts->select->reads : &opts->select->writes, (__s32)lym_record_cell(r, 0)))
		return;
	switch (lym_decode_printer(r, 1)) {
	case PR_BUF:
		data = lym_record_item(r, 1, LYM_DATA, 0, false);
		if (!data.item || !data.item->len)
			break;
		dump(b, data.p, data.item->len < max ? data.item->len : max);
		if (data.item->len < data.item->full && data.item->len < max)
			missing(b, (data.item->full < max ? data.item->full : max) - data.item->len);
		break;
	case PR_IOV:
	case PR_MSGHDR:
		moved(b, r, 1, 0, max);
		break;
	case PR_MMSG:
		messages(b, r, 1);
	}
}
