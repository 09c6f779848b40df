/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The fields of a record as items of the JSON event's data array. */
#ifndef LYM_JSON_H
#define LYM_JSON_H

#include "record.h"
#include "text.h"

/* Prepare what the rest needs; nothing happens where that is done. */
void lym_json_begin(void);
/* Append field i, which may be several items; each begins with a comma. */
void lym_json_field(struct lym_buf *b, const struct lym_record *r, unsigned int i);
/* The name of what an item belongs to: buf, msgvec[3].name. */
void lym_json_item_name(struct lym_buf *b, const struct lym_record *r, const struct lym_item *i);
/* "socket":{...}: the event's socket, if the record says it. Begins with a comma. */
void lym_json_socket(struct lym_buf *b, const struct lym_record *r);
/* "tamper":[...], if there is any. Begins with a comma. */
void lym_json_tamper(struct lym_buf *b, const struct lym_record *r);

/* ,"text":"UDP 127.0.0.1:53": what the descriptor in field f names, if the record says it. */
void lym_json_fd(struct lym_buf *b, const struct lym_record *r, unsigned int f);

/* ,"name": */
void lym_json_key(struct lym_buf *b, const char *name);
/* ,"name":"v" */
void lym_json_quoted(struct lym_buf *b, const char *name, __u64 v);
/* ,"text":" and the closing quote; what was appended in between is made JSON. */
size_t lym_json_text(struct lym_buf *b);
void lym_json_text_end(struct lym_buf *b, size_t start);

#endif
