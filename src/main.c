// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Entry: the first word is a command of the table, or it is tracing. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cmd_doctor.h"
#include "cmd_list.h"
#include "cmd_man.h"
#include "cmd_replay.h"
#include "cmd_trace.h"
#include "fail.h"
#include "opt.h"
#include "schema.h"

static int cmd_version(int argc, char **argv)
{
	if (argc > 1)
		return lym_usage("version takes no '%s'", argv[1]), 2;
	printf("lymer %s, catalogue %016llx\n", LYM_VERSION, (unsigned long long)lym_schema_hash());
	return 0;
}

static int cmd_help(int argc, char **argv)
{
	if (argc > 1)
		return lym_usage("help takes no '%s'; 'lymer man EVENT' shows an event's page", argv[1]), 2;
	lym_opt_help();
	return 0;
}

static const struct {
	const char *name;
	int (*fn)(int argc, char **argv);
} commands[] = {
	{ "list", lym_cmd_list },
	{ "man", lym_cmd_man },
	{ "doctor", lym_cmd_doctor },
	{ "replay", lym_cmd_replay },
	{ "version", cmd_version },
	{ "--version", cmd_version },
	{ "help", cmd_help },
	{ "--help", cmd_help },
	{ "-h", cmd_help },
};

int main(int argc, char **argv)
{
	int status = -1;

	for (size_t i = 0; argc > 1 && !lym_opt_as_strace(argv[0]) && i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			status = commands[i].fn(argc - 1, argv + 1);
	if (status < 0)
		status = lym_cmd_trace(argc, argv);
	if ((fflush(stdout) || ferror(stdout)) && !status) {
		lym_fail(-errno, "cannot write to standard output: %s", strerror(errno));
		status = 1;
	}
	return status;
}
