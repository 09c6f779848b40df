/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* `lymer list events|policies|detectors|sinks`, as a table for eyes or, with --json, as one array for programs. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "cmd_list.h"
#include "fail.h"
#include "out.h"
#include "schema.h"

/* The catalogue's words hold no control characters; quotes and backslashes are all that needs care. */
static void put_string(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			putchar('\\');
		putchar(*s);
	}
	putchar('"');
}

static void put_member(const char *before, const char *key, const char *value)
{
	printf("%s\"%s\":", before, key);
	put_string(value);
}

static void event_json(const struct lym_event *ev)
{
	put_member("{", "name", ev->name);
	printf(",\"id\":%u", ev->id);
	put_member(",", "set", ev->set);
	put_member(",", "description", ev->doc);
	printf(",\"fields\":[");
	for (int i = 0; i < ev->nfields; i++) {
		put_member(i ? ",{" : "{", "name", ev->field[i].name);
		put_member(",", "type", ev->field[i].ctype);
		put_member(",", "tags", ev->field[i].tags);
		put_member(",", "description", ev->field[i].doc);
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
			put_member(i ? ",\n{" : "{", "name", s->name);
			put_member(",", "description", s->help);
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
