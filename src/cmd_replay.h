/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* lymer replay FILE: print what --output raw recorded, in any other form. */
#ifndef LYM_CMD_REPLAY_H
#define LYM_CMD_REPLAY_H

/* argv[0] is "replay". Returns the exit status. */
int lym_cmd_replay(int argc, char **argv);

#endif
