/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records in a file, as they were captured: writing its header, reading it all back with every record checked. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "fail.h"
#include "rawfile.h"

#define ORDER 0x01020304
#define CHUNK (4 * LYM_RECORD_MAX)

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
#else
#define MACHINE EM_NONE
#endif

struct lym_rawfile {
	int fd;
	bool own_fd, eof;
	size_t at, end;			/* of buf: what is not yet read */
	unsigned long long offset;	/* of buf in the file, for messages */
	char path[256];
	char host[65];
	unsigned char buf[CHUNK] __attribute__((aligned(8)));
};

void lym_rawfile_begin(struct lym_buf *b, const struct lym_out_opts *opts)
{
	struct lym_rawfile_hdr h = {
		.magic = LYM_RAWFILE_MAGIC, .version = LYM_RAWFILE_VERSION, .len = sizeof(h), .order = ORDER,
		.schema = lym_schema_hash(), .boot_ns = opts->boot_ns, .mono_ns = opts->mono_ns,
		.snaplen = opts->snaplen, .duration = opts->duration, .machine = MACHINE,
	};

	if (opts->host)
		memcpy(h.host, opts->host, strnlen(opts->host, sizeof(h.host)));
	lym_text_bytes(b, &h, sizeof(h));
}

/* Have at least n unread bytes in buf if the file holds them; n must not be more than a record. */
static int fill(struct lym_rawfile *f, size_t n)
{
	ssize_t k;

	if (f->end - f->at >= n)
		return 0;
	/* records are multiples of 8 long, so what is left stays aligned at the front */
	memmove(f->buf, f->buf + f->at, f->end - f->at);
	f->offset += f->at;
	f->end -= f->at;
	f->at = 0;
	while (!f->eof && f->end < n) {
		k = read(f->fd, f->buf + f->end, sizeof(f->buf) - f->end);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return lym_fail(-errno, "cannot read '%s': %s", f->path, strerror(errno));
		f->eof = !k;
		f->end += k;
	}
	return 0;
}

static int check_header(struct lym_rawfile *f, struct lym_rawfile_hdr *h)
{
	int err = fill(f, sizeof(*h));

	if (err)
		return err;
	if (f->end >= sizeof(h->magic) && memcmp(f->buf, LYM_RAWFILE_MAGIC, sizeof(h->magic)))
		return lym_fail(-EBADMSG, "'%s' was not written by lymer --output raw", f->path);
	if (f->end < sizeof(*h))
		return lym_fail(-EBADMSG, "'%s' ends within its header", f->path);
	memcpy(h, f->buf, sizeof(*h));
	if (h->order != ORDER || h->machine != MACHINE)
		return lym_fail(-EBADMSG, "'%s' was written on another kind of machine", f->path);
	if (h->version != LYM_RAWFILE_VERSION || h->len != sizeof(*h))
		return lym_fail(-EBADMSG, "'%s' has version %u; this lymer reads version %u", f->path, h->version,
				LYM_RAWFILE_VERSION);
	if (h->schema != lym_schema_hash())
		return lym_fail(-EBADMSG, "'%s' was written by a lymer with other events than this one's", f->path);
	return 0;
}

int lym_rawfile_open(struct lym_rawfile **ret, const char *path, struct lym_out_opts *opts)
{
	struct lym_rawfile *f = calloc(1, sizeof(*f));
	struct lym_rawfile_hdr h = { 0 };
	int err;

	if (!f)
		return lym_fail(-ENOMEM, "no memory to read '%s'", path);
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->own_fd = strcmp(path, "-");
	f->fd = f->own_fd ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	err = f->fd < 0 ? lym_fail(-errno, "cannot read '%s': %s", path, strerror(errno)) : check_header(f, &h);
	if (err) {
		lym_rawfile_close(f);
		return err;
	}
	f->at = sizeof(h);
	memcpy(f->host, h.host, sizeof(h.host));
	opts->boot_ns = h.boot_ns;
	opts->mono_ns = h.mono_ns;
	opts->snaplen = h.snaplen;
	opts->duration = h.duration;
	opts->host = f->host;
	*ret = f;
	return 0;
}

int lym_rawfile_next(struct lym_rawfile *f, struct lym_record *r)
{
	int err = fill(f, sizeof(struct lym_hdr));
	size_t have = f->end - f->at;
	__u32 len;

	if (err)
		return err;
	if (!have)
		return 0;
	if (have >= sizeof(struct lym_hdr)) {
		len = ((const struct lym_hdr *)(f->buf + f->at))->len;
		if (len <= LYM_RECORD_MAX && (err = fill(f, len)))
			return err;
		have = f->end - f->at;
		if (len > have && len <= LYM_RECORD_MAX)
			have = 0;		/* as the shorter case: the file ends here */
	} else {
		have = 0;
	}
	if (!have)
		return lym_fail(-EBADMSG, "'%s' ends within a record, at byte %llu", f->path, f->offset + f->end);
	if (lym_record_view(r, f->buf + f->at, have))
		return lym_fail(-EBADMSG, "'%s' has a broken record at byte %llu", f->path, f->offset + f->at);
	f->at += r->h->len;
	return 1;
}

void lym_rawfile_close(struct lym_rawfile *f)
{
	if (!f)
		return;
	if (f->own_fd && f->fd >= 0)
		close(f->fd);
	free(f);
}
