/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* `lymer doctor`: what this kernel allows, which hook serves what, what is lost without it. */
#ifndef LYM_CMD_DOCTOR_H
#define LYM_CMD_DOCTOR_H

/* argv[0] is "doctor". Returns the exit status: 0 if tracing works here. */
int lym_cmd_doctor(int argc, char **argv);

#endif
