/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* `lymer list events|policies|detectors|sinks`: what there is to choose from. */
#ifndef LYM_CMD_LIST_H
#define LYM_CMD_LIST_H

/* argv[0] is "list". Returns the exit status. */
int lym_cmd_list(int argc, char **argv);

#endif
