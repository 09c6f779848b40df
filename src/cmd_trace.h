/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Tracing itself: what `lymer` does when no other command is named. */
#ifndef LYM_CMD_TRACE_H
#define LYM_CMD_TRACE_H

/* Returns the exit status. */
int lym_cmd_trace(int argc, char **argv);

#endif
