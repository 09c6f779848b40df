/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Writes the documents that follow from the catalogue, while building: a page for every event as manual page and as
 * markdown, the JSON Schema of the events, completion for bash.
 *   docgen DIR    into DIR/man, DIR/doc, DIR/completion
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "opt.h"
#include "out.h"
#include "page.h"
#include "schema.h"

static const char *dir;

static FILE *create(const char *fmt, const char *name)
{
	char file[64], path[4096];
	FILE *f;

	snprintf(file, sizeof(file), fmt, name);
	snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "w");
	if (!f) {
		fprintf(stderr, "docgen: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	return f;
}

static void finish(FILE *f)
{
	int bad = ferror(f);

	if (fclose(f) || bad) {
		fprintf(stderr, "docgen: %s: %s\n", dir, strerror(errno));
		exit(1);
	}
}

static void write_pages(void)
{
	const struct lym_event *ev;
	FILE *f, *index = create("%s", "doc/events.md");

	fprintf(index, "# Events\n\n| event | id | set | |\n|---|---|---|---|\n");
	for (unsigned int i = 0; (ev = lym_schema_event(i)); i++) {
		f = create("man/lymer-%s.7", ev->name);
		lym_page_write(f, ev, LYM_PAGE_ROFF);
		finish(f);
		f = create("doc/%s.md", ev->name);
		lym_page_write(f, ev, LYM_PAGE_MARKDOWN);
		finish(f);
		fprintf(index, "| [%s](%s.md) | %u | %s | %s |\n", ev->name, ev->name, ev->id, ev->set, ev->doc);
	}
	finish(index);
}

/* ---- JSON Schema ---- */

/* What holds for every event. Strings hold what JSON numbers cannot: 64 bits. */
static const char schema_head[] =
"{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\n"
"\"title\":\"An event of Lymer\",\"type\":\"object\",\n"
"\"required\":[\"timestamp\",\"id\",\"name\",\"data\"],\n"
"\"properties\":{\n"
" \"timestamp\":{\"type\":\"string\",\"format\":\"date-time\"},\n"
" \"seq\":{\"$ref\":\"#/$defs/u64\"},\"duration_ns\":{\"$ref\":\"#/$defs/u64\"},\n"
" \"host\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"cpu\":{\"type\":\"integer\"}}},\n"
" \"workload\":{\"type\":\"object\",\"properties\":{\"process\":{\"type\":\"object\",\"properties\":{\n"
"  \"executable\":{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}}},\n"
"  \"unique_id\":{\"type\":\"integer\"},\"host_pid\":{\"type\":\"integer\"},\"pid\":{\"type\":\"integer\"},\n"
"  \"real_user\":{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"}}},\n"
"  \"thread\":{\"type\":\"object\",\"properties\":{\"start_time\":{\"type\":\"string\",\"format\":\"date-time\"},\n"
"   \"name\":{\"type\":\"string\"},\"unique_id\":{\"type\":\"integer\"},\"host_tid\":{\"type\":\"integer\"},\n"
"   \"tid\":{\"type\":\"integer\"},\"syscall\":{\"type\":\"string\"},\"compat\":{\"type\":\"boolean\"},\"x32\":{\"type\":\"boolean\"}}},\n"
"  \"ancestors\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}}},\n"
" \"socket\":{\"type\":\"object\",\"properties\":{\"family\":{\"type\":\"string\"},\"type\":{\"type\":\"string\"},\n"
"  \"protocol\":{\"type\":\"string\"}}},\n"
" \"tamper\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"name\"],\n"
"  \"properties\":{\"name\":{\"type\":\"string\"}}}},\n"
" \"data\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/item\"}},\n";

static const char schema_defs[] =
"\"$defs\":{\n"
" \"u64\":{\"anyOf\":[{\"type\":\"integer\",\"minimum\":0},{\"type\":\"string\",\"pattern\":\"^[0-9]+$\"}]},\n"
" \"item\":{\"type\":\"object\",\"required\":[\"name\"],\"properties\":{\n"
"  \"name\":{\"type\":\"string\"},\"origin\":{\"enum\":[\"K\",\"U\"]},\"text\":{\"type\":\"string\"},\n"
"  \"int32\":{\"type\":\"integer\"},\"u_int32\":{\"type\":\"integer\"},\"str\":{\"type\":\"string\"},\n"
"  \"int64\":{\"type\":\"string\",\"pattern\":\"^-?[0-9]+$\"},\n"
"  \"u_int64\":{\"type\":\"string\",\"pattern\":\"^[0-9]+$\"},\n"
"  \"pointer\":{\"type\":\"string\",\"pattern\":\"^[0-9]+$\"},\n"
"  \"bytes\":{\"type\":\"string\",\"contentEncoding\":\"base64\"},\"truncated\":{\"type\":\"boolean\"},\n"
"  \"sockaddr\":{\"type\":\"object\",\"required\":[\"sa_family\"]},\"value\":{\"type\":[\"object\",\"array\",\"string\",\"integer\"]}}},\n";

/* The names that data items of ev can have; parts of a message as in msg.buf, msgvec[0].buf. */
static void write_event_schema(FILE *f, const struct lym_event *ev)
{
	fprintf(f, " \"event_%s\":{\"properties\":{\"id\":{\"const\":%u},\"data\":{\"items\":{\"properties\":{\"name\":{\n"
		"  \"description\":\"%s\",\"pattern\":\"^(returnValue", ev->name, ev->id, ev->doc);
	for (int i = 0; i < ev->nfields; i++)
		fprintf(f, "|%s(\\\\[[0-9]+\\\\])?(\\\\.[a-z_]+)?", ev->field[i].name);
	fprintf(f, ")$\"}}}}}}");
}

static void write_schema(void)
{
	const struct lym_event *ev;
	FILE *f = create("%s", "doc/event.schema.json");

	fputs(schema_head, f);
	fputs(" \"id\":{\"type\":\"integer\"},\"name\":{\"enum\":[", f);
	for (unsigned int i = 0; (ev = lym_schema_event(i)); i++)
		fprintf(f, "%s\"%s\"", i ? "," : "", ev->name);
	fputs("]}},\n\"allOf\":[\n", f);
	for (unsigned int i = 0; (ev = lym_schema_event(i)); i++)
		fprintf(f, "%s {\"if\":{\"properties\":{\"name\":{\"const\":\"%s\"}}},\"then\":{\"$ref\":\"#/$defs/event_%s\"}}",
			i ? ",\n" : "", ev->name, ev->name);
	fputs("],\n", f);
	fputs(schema_defs, f);
	for (unsigned int i = 0; (ev = lym_schema_event(i)); i++) {
		fputs(i ? ",\n" : "", f);
		write_event_schema(f, ev);
	}
	fputs("}}\n", f);
	finish(f);
}

/* ---- lymer(1) ---- */

/* What `lymer --help` prints, line by line: the options are described there and nowhere else. */
static FILE *help_text(void)
{
	FILE *f = tmpfile();
	int out = dup(STDOUT_FILENO);

	if (!f || out < 0) {
		perror("docgen: help");
		exit(1);
	}
	fflush(stdout);
	dup2(fileno(f), STDOUT_FILENO);
	lym_opt_help();
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	rewind(f);
	return f;
}

static void put_roff(FILE *f, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '-' || text[i] == '\\')
			fputs(text[i] == '-' ? "\\-" : "\\e", f);
		else
			fputc(text[i], f);
	}
}

/* "  -x, --long VALUE   what it does" becomes a tagged paragraph. */
static void put_option(FILE *f, const char *line)
{
	const char *doc = strstr(line, "  ");

	fputs(".TP\n\\fB", f);
	put_roff(f, line, doc ? (size_t)(doc - line) : strlen(line));
	fputs("\\fR\n", f);
	doc += doc ? strspn(doc, " ") : 0;
	if (doc)
		put_roff(f, doc, strlen(doc));
	fputc('\n', f);
}

static void write_manual(void)
{
	const struct lym_event *ev;
	FILE *help = help_text(), *f = create("%s", "man/lymer.1");
	char line[512], *text;
	int options = 0;

	fputs(".\\\" SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only\n"
	      ".TH LYMER 1 \"\" \"lymer " LYM_VERSION "\" \"User Commands\"\n.SH NAME\n", f);
	while (fgets(line, sizeof(line), help)) {
		line[strcspn(line, "\n")] = '\0';
		text = line + strspn(line, " ");
		if (!strncmp(line, "lymer: ", 7)) {
			fprintf(f, "lymer \\- %s\n.SH SYNOPSIS\n.nf\n", line + 7);
		} else if (*text == '-') {
			fputs(options++ ? "" : ".fi\n.SH OPTIONS\n", f);
			put_option(f, text);
		} else if (!strncmp(line, "Exit status: ", 13)) {
			fputs(".SH \"EXIT STATUS\"\n", f);
			put_roff(f, line + 13, strlen(line + 13));
			fputc('\n', f);
		} else if (*text) {
			put_roff(f, text, strlen(text));
			fputc('\n', f);
		}
	}
	fclose(help);
	fputs(".SH EVENTS\n", f);
	for (unsigned int i = 0; (ev = lym_schema_event(i)); i++)
		fprintf(f, ".TP\n.BR lymer\\-%s (7)\n%s\n", ev->name, ev->doc);
	finish(f);
}

/* ---- completion ---- */

/* Follows the lists of events and sinks; the options are asked of the lymer that is there. */
static const char completion[] =
"_lymer()\n"
"{\n"
"	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} i words list=\n"
"	for ((i = 1; i < COMP_CWORD; i++)); do\n"
"		if [[ ${COMP_WORDS[i]} == -- ]]; then\n"
"			COMPREPLY=($(compgen -c -f -- \"$cur\"))\n"
"			return\n"
"		fi\n"
"	done\n"
"	case $prev in\n"
"	-e | --events)\n"
"		[[ $cur == *,* ]] && list=${cur%,*},\n"
"		COMPREPLY=($(compgen -P \"$list\" -W \"$_lymer_events all\" -- \"${cur##*,}\")) ;;\n"
"	man) COMPREPLY=($(compgen -W \"$_lymer_events\" -- \"$cur\")) ;;\n"
"	list) COMPREPLY=($(compgen -W 'events policies detectors sinks' -- \"$cur\")) ;;\n"
"	--output) COMPREPLY=($(compgen -W \"$_lymer_sinks\" -- \"$cur\")) ;;\n"
"	--color) COMPREPLY=($(compgen -W 'auto always never' -- \"$cur\")) ;;\n"
"	-o | --pidfile | replay) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
"	-p | --pid) COMPREPLY=($(compgen -W \"$(cd /proc && echo [0-9]*)\" -- \"$cur\")) ;;\n"
"	*)\n"
"		words=$(\"${COMP_WORDS[0]}\" --help 2>/dev/null | grep -oE -- '--[a-z-]+')\n"
"		((COMP_CWORD == 1)) && words+=' list man doctor replay version'\n"
"		COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n"
"	esac\n"
"}\n"
"complete -F _lymer lymer\n";

static void write_completion(void)
{
	const struct lym_event *ev;
	const struct lym_sink *s;
	FILE *f = create("%s", "completion/lymer");

	fputs("# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only\n"
	      "# Completion of lymer for bash: commands, options, events, sinks.\n"
	      "_lymer_events='", f);
	for (unsigned int i = 0; (ev = lym_schema_event(i)); i++)
		fprintf(f, "%s%s", i ? " " : "", ev->name);
	fputs("'\n_lymer_sinks='", f);
	for (unsigned int i = 0; (s = lym_out_sink(i)); i++)
		fprintf(f, "%s%s", i ? " " : "", s->name);
	fputs("'\n\n", f);
	fputs(completion, f);
	finish(f);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: docgen DIR\n");
		return 2;
	}
	dir = argv[1];
	if (lym_page_check())
		return 1;
	write_pages();
	write_manual();
	write_schema();
	write_completion();
	return 0;
}
