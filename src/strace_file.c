// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What descriptors stand for in strace's syntax, as -y and -yy ask for it. */
#include "file.h"
#include "strace.h"

/* </etc/passwd>, of a device </dev/null<char 1:3>> if so much is asked for. */
static void path(struct lym_buf *b, const struct lym_item *i, unsigned int files)
{
	struct lym_buf path = { 0 }, device = { 0 };
	bool deleted, is_device = files & LYM_FILES_DEV && lym_file_device(&device, i);

	if ((files & LYM_FILES_PATH || is_device) && lym_file_path(&path, i, &deleted)) {
		lym_text_char(b, '<');
		lym_file_cstr(b, path.p, path.len);
		lym_text_bytes(b, device.p, device.len);
		lym_text_str(b, deleted ? ">(deleted)" : ">");
	}
	lym_text_free(&path);
	lym_text_free(&device);
}

void lym_strace_file(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, unsigned int field,
		     unsigned int index)
{
	unsigned int files = opts->style.files, fd = field == LYM_NO_FIELD ? LYM_FD_INDEX(r->h->ret) : index;
	struct lym_bytes f = files ? lym_record_item(r, field, LYM_FILE, index, false) : (struct lym_bytes){ 0 };
	struct lym_bytes s = files & LYM_FILES_SOCKET ? lym_record_item(r, field, LYM_SOCK, fd, false) : (struct lym_bytes){ 0 };
	struct lym_sock_view v;
	size_t start = b->len;

	if (!f.item)
		return;
	lym_text_char(b, '<');
	if ((s.item && lym_sockaddr_sock(&v, s.p, s.item->len) && lym_sockaddr_sock_strace(b, &v)) ||
	    (files & LYM_FILES_PIDFD && lym_file_pid(b, f.item))) {
		lym_text_char(b, '>');
	} else {
		b->len = start;
		path(b, f.item, files);
	}
}
