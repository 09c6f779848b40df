/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records as captured, for `lymer replay`. */
#include "out.h"
#include "rawfile.h"

static void begin(struct lym_out *o, struct lym_buf *b)
{
	lym_rawfile_begin(b, &o->opts);
}

static void event(struct lym_out *o, struct lym_buf *b, const struct lym_record *r)
{
	(void)o;
	lym_text_bytes(b, r->h, r->h->len);
}

const struct lym_sink lym_out_raw = {
	"raw", "records as captured, for lymer replay", begin, event,
};
