/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The page of an event. lym_page_write() says what comes in which order; three small tables of functions say how a
 * title, a paragraph, an item or an example looks as text, as markdown and as roff.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include "event.h"
#include "example.h"
#include "fail.h"
#include "page.h"

#define TEXT_WIDTH 80

struct hook {
	const char *name, *kernels, *purpose, *fidelity;
};

enum hook_id {
	HOOK_END,	/* ends a page's list */
#define HOOK(id, ...) HOOK_##id,
#include "pages.def"
};

static const struct hook hooks[] = {
#define HOOK(id, name, kernels, purpose, fidelity) [HOOK_##id] = { name, kernels, purpose, fidelity },
#include "pages.def"
};

static const struct page {
	unsigned char hooks[12];
	const char *description, *use, *issues;
	const char *related[12];
} pages[LYM_EV_MAX] = {
#define H(id) HOOK_##id,
#define REL(event) #event,
#define PAGE(event, hooks, description, use, issues, related) \
	[LYM_EV_##event] = { { hooks }, description, use, issues, { related } },
#include "pages.def"
};

struct form {
	void (*title)(FILE *f, const struct lym_event *ev);
	void (*section)(FILE *f, const char *name);
	void (*para)(FILE *f, const char *text);
	void (*item)(FILE *f, const char *term, const char *text);
	void (*code)(FILE *f, const char *text);
};

/* ---- plain text ---- */

/* Write text, wrapped and indented, without the backquotes; col is where the cursor stands. */
static void text_wrap(FILE *f, const char *text, int indent, int col)
{
	while (*text) {
		size_t len = strcspn(text, " \n"), shown = 0;

		for (size_t i = 0; i < len; i++)
			shown += text[i] != '`';
		if (col > indent && col + 1 + (int)shown > TEXT_WIDTH) {
			fputc('\n', f);
			col = 0;
		} else if (col > indent) {
			col += fprintf(f, " ");
		}
		if (col < indent)
			col += fprintf(f, "%*s", indent - col, "");
		for (size_t i = 0; i < len; i++)
			if (text[i] != '`')
				fputc(text[i], f);
		col += shown;
		text += len;
		text += strspn(text, " \n");
	}
	fputc('\n', f);
}

static void text_title(FILE *f, const struct lym_event *ev)
{
	fprintf(f, "%s (event %u, set %s)\n", ev->name, ev->id, ev->set);
}

static void text_section(FILE *f, const char *name)
{
	fprintf(f, "\n%s\n", name);
}

static void text_para(FILE *f, const char *text)
{
	text_wrap(f, text, 4, 0);
}

static void text_item(FILE *f, const char *term, const char *text)
{
	text_wrap(f, term, 4, 0);
	text_wrap(f, text, 8, 0);
}

static void text_code(FILE *f, const char *text)
{
	fputc('\n', f);
	while (*text) {
		int len = strcspn(text, "\n");

		fprintf(f, "    %.*s\n", len, text);
		text += len + (text[len] == '\n');
	}
}

/* ---- markdown ---- */

static void md_title(FILE *f, const struct lym_event *ev)
{
	fprintf(f, "# %s\n\nEvent %u, set %s.\n", ev->name, ev->id, ev->set);
}

static void md_section(FILE *f, const char *name)
{
	fprintf(f, "\n## %s\n", name);
}

static void md_para(FILE *f, const char *text)
{
	fprintf(f, "\n%s\n", text);
}

static void md_item(FILE *f, const char *term, const char *text)
{
	fprintf(f, "- %s: %s\n", term, text);
}

static void md_code(FILE *f, const char *text)
{
	fprintf(f, "\n```%s\n%s\n```\n", *text == '{' ? "json" : "sh", text);
}

/* ---- roff, for man ---- */

/* Escape what roff would read as a request or an escape; `x` becomes bold. */
static void roff_text(FILE *f, const char *text)
{
	int bold = 0;

	if (*text == '.' || *text == '\'')
		fputs("\\&", f);
	for (; *text; text++) {
		if (*text == '`')
			fputs((bold = !bold) ? "\\fB" : "\\fR", f);
		else if (*text == '\\')
			fputs("\\e", f);
		else if (*text == '-')
			fputs("\\-", f);
		else if (*text == '\n' && (text[1] == '.' || text[1] == '\''))
			fputs("\n\\&", f);
		else
			fputc(*text, f);
	}
	fputc('\n', f);
}

static void roff_title(FILE *f, const struct lym_event *ev)
{
	fprintf(f, ".\\\" SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only\n"
		".TH LYMER\\-%s 7 \"\" \"lymer " LYM_VERSION "\" \"Events of Lymer\"\n", ev->name);
	fprintf(f, ".SH NAME\nlymer\\-%s \\- %s\n", ev->name, ev->doc);
}

static void roff_section(FILE *f, const char *name)
{
	fprintf(f, ".SH \"%s\"\n", name);
}

static void roff_para(FILE *f, const char *text)
{
	fputs(".PP\n", f);
	roff_text(f, text);
}

static void roff_item(FILE *f, const char *term, const char *text)
{
	fputs(".TP\n", f);
	roff_text(f, term);
	roff_text(f, text);
}

static void roff_code(FILE *f, const char *text)
{
	fputs(".PP\n.nf\n", f);
	roff_text(f, text);
	fputs(".fi\n", f);
}

/* ---- the page ---- */

static const struct form forms[] = {
	[LYM_PAGE_TEXT] = { text_title, text_section, text_para, text_item, text_code },
	[LYM_PAGE_MARKDOWN] = { md_title, md_section, md_para, md_item, md_code },
	[LYM_PAGE_ROFF] = { roff_title, roff_section, roff_para, roff_item, roff_code },
};

static const struct {
	const char *tag, *meaning;
} tags[] = {
	{ "K", "read from the kernel's memory, or a register" },
	{ "U", "read from the program's memory" },
	{ "KU", "the kernel's, with the program's own copy compared" },
	{ "TOCTOU", "another thread may have changed it before it was read" },
	{ "OPT", "may be NULL" },
};

static void write_arguments(FILE *f, const struct form *form, const struct lym_event *ev)
{
	char term[128];

	form->section(f, "Arguments");
	for (int i = 0; i < ev->nfields; i++) {
		const struct lym_field *a = &ev->field[i];

		snprintf(term, sizeof(term), "`%s`:`%s` [%s]", a->name, a->ctype, a->tags);
		form->item(f, term, a->doc);
	}
}

/* Is the word tag among the words of all? */
static bool has_tag(const char *all, const char *tag)
{
	size_t len = strlen(tag);

	for (const char *p = all; *p; p += strcspn(p, " "), p += strspn(p, " "))
		if (strcspn(p, " ") == len && !strncmp(p, tag, len))
			return 1;
	return 0;
}

static void write_tags(FILE *f, const struct form *form, const struct lym_event *ev)
{
	form->section(f, "Tags");
	for (size_t t = 0; t < sizeof(tags) / sizeof(*tags); t++)
		for (int i = 0; i < ev->nfields; i++)
			if (has_tag(ev->field[i].tags, tags[t].tag)) {
				form->item(f, tags[t].tag, tags[t].meaning);
				break;
			}
}

static void write_hooks(FILE *f, const struct form *form, const struct page *p)
{
	char text[512], term[128];

	form->section(f, "Hooks");
	for (const unsigned char *id = p->hooks; *id; id++) {
		const struct hook *h = &hooks[*id];

		snprintf(term, sizeof(term), "`%s`", h->name);
		snprintf(text, sizeof(text), "%s. Kernels from: %s. Fidelity: %s.", h->purpose, h->kernels, h->fidelity);
		form->item(f, term, text);
	}
	form->para(f, "`lymer doctor` says which of them this kernel has.");
}

/* The page of a call about which there is no more to say than its row does. */
static struct page page_of(const struct lym_event *ev)
{
	struct page p = pages[ev->ev];
	bool behind = false;

	if (p.description)
		return p;
	for (int i = 0; i < ev->nfields; i++)
		behind |= has_tag(ev->field[i].tags, "U");
	p.hooks[0] = HOOK_sys_exit;
	p.issues = behind ? "TOCTOU: what the arguments point at is read from user memory, where another thread can change it; it is U." :
		   "None: registers only.";
	return p;
}

void lym_page_write(FILE *f, const struct lym_event *ev, enum lym_page_form kind)
{
	const struct form *form = &forms[kind];
	struct page page = page_of(ev), *p = &page;
	char text[1024] = "";
	char *example = lym_example_json(ev);

	form->title(f, ev);
	form->section(f, "Intro");
	snprintf(text, sizeof(text), "`%s`: %s.", ev->name, ev->doc);
	form->para(f, text);
	if (ev->only32)
		form->para(f, "Only 32-bit programs on x86-64 make this call.");
	if (p->description) {
		form->section(f, "Description");
		form->para(f, p->description);
	}
	if (ev->nfields)
		write_arguments(f, form, ev);
	write_tags(f, form, ev);
	write_hooks(f, form, p);
	form->section(f, p->use ? "Example use case" : "Use");
	if (p->use)
		form->para(f, p->use);
	snprintf(text, sizeof(text), "$ lymer -e %s -- COMMAND", ev->name);
	form->code(f, text);
	form->section(f, "Issues");
	form->para(f, p->issues);
	if (*p->related)
		form->section(f, "Related events");
	text[0] = '\0';
	for (const char *const *r = p->related; *r; r++) {
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "%s%s", len ? ", " : "", *r);
	}
	if (*text)
		form->para(f, text);
	form->section(f, "JSON example");
	if (example)
		form->code(f, example);
	lym_example_free(example);
}

int lym_page_check(void)
{
	const struct lym_event *ev;
	int err = 0;

	for (unsigned int i = 0; (ev = lym_schema_event(i)); i++) {
		if (!pages[i].description && i >= LYM_EV_socket_recv && !ev->only32)
			err = lym_fail(-EINVAL, "event '%s' has no page in schema/pages.def", ev->name);
		for (const char *const *r = pages[i].related; *r; r++)
			if (!lym_schema_find(*r))
				err = lym_fail(-EINVAL, "page of '%s': no event '%s'", ev->name, *r);
	}
	return err;
}
