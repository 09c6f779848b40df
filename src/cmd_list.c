/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* `lymer list events|policies|detectors|sinks`, as a table for eyes or, with --json, as one array for programs. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "cmd_list.h"
#include "fail.h"
#include "out.h"
#include "print.h"
#include "schema.h"

static void event_json(const struct lym_event *ev)
{
	lym_print_member("{", "name", ev->name);
	printf(",\"id\":%u", ev->id);
	lym_print_member(",", "set", ev->set);
	lym_print_member(",", "description", ev->doc);
	printf(",\"fields\":[");
	for (int i = 0; i < ev->nfields; i++) {
		lym_print_member(i ? ",{" : "{", "name", ev->field[i].name);
		lym_print_member(",", "type", ev->field[i].ctype);
		lym_print_member(",", "tags", ev->field[i].tags);
		lym_print_member(",", "description", ev->field[i].doc);
		putchar('}');
	}
	printf("]}");
}

static void list_events(bool json)
{
	const struct lym_event *ev;

	if (!json)
		printf("%-12s %6s  %-6s %s\n", "EVENT", "ID", "SET", "WHAT IT IS");
	for (unsigned int i = 0; (ev = lym_schema_event(i)); i++) {
		if (json) {
			printf("%s", i ? ",\n" : "");
			event_json(ev);
		} else {
			printf("%-12s %6u  %-6s %s\n", ev->name, ev->id, ev->set, ev->doc);
		}
	}
}

static void list_sinks(bool json)
{
	const struct lym_sink *s;

	if (!json)
		printf("%-8s %s\n", "SINK", "WHAT IT IS");
	for (unsigned int i = 0; (s = lym_out_sink(i)); i++) {
		if (json) {
			lym_print_member(i ? ",\n{" : "{", "name", s->name);
			lym_print_member(",", "description", s->help);
			putchar('}');
		} else {
			printf("%-8s %s\n", s->name, s->help);
		}
	}
}

static void list_policies(bool json)
{
	if (!json)
		lym_note("no policies yet");
}

static void list_detectors(bool json)
{
	if (!json)
		lym_note("no detectors yet");
}

static const struct {
	const char *name;
	void (*list)(bool json);
} lists[] = {
	{ "events", list_events },
	{ "policies", list_policies },
	{ "detectors", list_detectors },
	{ "sinks", list_sinks },
};

static int finish(void)
{
	if (fflush(stdout) || ferror(stdout)) {
		lym_fail(-errno, "standard output: %s", strerror(errno));
		return 1;
	}
	return 0;
}

int lym_cmd_list(int argc, char **argv)
{
	const char *what = NULL;
	bool json = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			json = true;
		else if (argv[i][0] == '-' || what)
			return lym_usage("list: what is '%s'?", argv[i]), 2;
		else
			what = argv[i];
	}
	for (size_t i = 0; what && i < sizeof(lists) / sizeof(*lists); i++) {
		if (strcmp(what, lists[i].name))
			continue;
		printf("%s", json ? "[" : "");
		lists[i].list(json);
		printf("%s", json ? "]\n" : "");
		return finish();
	}
	lym_usage("list%s%s%s: events, policies, detectors or sinks", what ? " '" : "", what ? what : "", what ? "'" : "");
	return 2;
}
