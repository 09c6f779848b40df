/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* `lymer man EVENT`: the event's page, through a pager on a terminal. */
#ifndef LYM_CMD_MAN_H
#define LYM_CMD_MAN_H

/* argv[0] is "man". Returns the exit status. */
int lym_cmd_man(int argc, char **argv);

#endif
