/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The fields of a record as items of the JSON event's data array. */
#ifndef LYM_JSON_H
#define LYM_JSON_H

#include "record.h"
#include "text.h"

/*
 * What is of bounded length is written at a cursor w in b (see put.h), behind which LYM_JSON_ROOM bytes are free when the
 * event begins: enough for all such pieces of one event. What is of any length is appended to b, and the room made anew.
 * Each function returns the cursor behind what it wrote, NULL if there is no memory.
 */
#define LYM_JSON_ROOM 8192

/* b takes over what was written up to w, to have more appended... */
static inline void lym_json_pause(struct lym_buf *b, const char *w) { b->len = w - b->p; }
/* ...and this goes on at a cursor. */
static inline char *lym_json_resume(struct lym_buf *b) { return lym_text_room(b, LYM_JSON_ROOM); }

/* Field i, which may be several items; each begins with a comma. */
char *lym_json_field(char *w, struct lym_buf *b, const struct lym_record *r, unsigned int i);
/* "socket":{...}: the event's socket, if the record says it. Begins with a comma. */
char *lym_json_socket(char *w, struct lym_buf *b, const struct lym_record *r);
/* ,"text":"UDP 127.0.0.1:53": what the descriptor in field f names, if the record says it. */
/* "text": the path of the file that an item LYM_FILE describes. */
char *lym_json_file(char *w, struct lym_buf *b, const struct lym_item *i);
char *lym_json_fd(char *w, struct lym_buf *b, const struct lym_record *r, unsigned int f);

/* Append "tamper":[...], if there is any. Begins with a comma. */
void lym_json_tamper(struct lym_buf *b, const struct lym_record *r);
/* The name of what an item belongs to: buf, msgvec[3].name. */
void lym_json_item_name(struct lym_buf *b, const struct lym_record *r, const struct lym_item *i);
/* ,"name": */
void lym_json_key(struct lym_buf *b, const char *name);
/* ,"name":"v" */
void lym_json_quoted(struct lym_buf *b, const char *name, __u64 v);
/* ,"text":" and the closing quote; what was appended in between is made JSON. */
size_t lym_json_text(struct lym_buf *b);
void lym_json_text_end(struct lym_buf *b, size_t start);

#endif
