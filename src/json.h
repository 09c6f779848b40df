/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The fields of a record as items of the JSON event's data array. */
#ifndef LYM_JSON_H
#define LYM_JSON_H

#include "record.h"
#include "text.h"

/* Append field i, which may be several items; each begins with a comma. */
void lym_json_field(struct lym_buf *b, const struct lym_record *r, unsigned int i);
/* The name of what an item belongs to: buf, msgvec[3].name. */
void lym_json_item_name(struct lym_buf *b, const struct lym_record *r, const struct lym_item *i);
/* "socket":{...}: the event's socket, if the record says it. Begins with a comma. */
void lym_json_socket(struct lym_buf *b, const struct lym_record *r);
/* "tamper":[...], if there is any. Begins with a comma. */
void lym_json_tamper(struct lym_buf *b, const struct lym_record *r);

#endif
