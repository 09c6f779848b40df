/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a descriptor stands for, as /proc/PID/fd would tell it. */
#ifndef LYM_FILE_H
#define LYM_FILE_H

#include "record.h"
#include "text.h"

/* The file that an item LYM_FILE describes: /etc/passwd, pipe:[7], socket:[8], anon_inode:[eventpoll], with " (deleted)" in *deleted.
 * False, and nothing appended: it is too short. The path's bytes are the traced program's: b has them as they are, unescaped. */
bool lym_file_path(struct lym_buf *b, const struct lym_item *i, bool *deleted);
/* The path in strace's C escapes, also of < and >. */
void lym_file_cstr(struct lym_buf *b, const char *p, size_t n);
/* pid:17 of the descriptor of a process; false: it is none, or the kernel does not say whose. */
bool lym_file_pid(struct lym_buf *b, const struct lym_item *i);
/* <char 1:3>: of a device, strace's -yy; false: it is none. */
bool lym_file_device(struct lym_buf *b, const struct lym_item *i);

#endif
