// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Load everything, attach nothing, and tell what is true here: a table for eyes or, with --json, one object for programs. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "cmd_doctor.h"
#include "fail.h"
#include "print.h"
#include "schema.h"
#include "tiers.h"
#include "tracer.h"
#include "truth.h"

/* Where a program could be, and whether one is: "yes"; "no": none of that tier; "missing" is what nothing else replaces; "spare" what
 * is not needed beside something better. */
static const char *state(const struct lym_plan *p, const bool *have, unsigned int i, const char *const *refusal)
{
	const struct lym_hook *h = &lym_hooks[i];

	if (have[i])
		return "yes";
	if (lym_hooks_needed(h, p))
		return "missing";
	return !h->serves || !h->needed(p) ? NULL : refusal[lym_hooks_tier(h)] ? "no" : "spare";
}

/* Has a row before it said the same of the same hook? Two programs can be at one. */
static bool said(const struct lym_plan *p, const bool *have, unsigned int i, const char *const *refusal)
{
	const char *s = state(p, have, i, refusal), *before;

	for (unsigned int k = 0; k < i; k++)
		if (!lym_hooks[k].twin && !strcmp(lym_hooks[k].hook, lym_hooks[i].hook) && (before = state(p, have, k, refusal)) &&
		    !strcmp(before, s) && strcmp(s, "missing"))
			return true;
	return false;
}

/* Does its row say more than that registers are the kernel's, and what pointers point at is not? */
static bool ordinary(const struct lym_truth *rows, unsigned int n)
{
	for (unsigned int k = 0; k < n; k++)
		if (*rows[k].lost || (strcmp(rows[k].hook, "tp_btf/sys_exit") && strcmp(rows[k].hook, "tp_btf/sys_enter")))
			return false;
	return true;
}

#define NOTES 16

/* The number of a note, which is new if need be. */
static unsigned int note(char notes[NOTES][400], const char *text)
{
	unsigned int i = 0;

	while (i < NOTES - 1 && *notes[i] && strcmp(notes[i], text))
		i++;
	strcpy(notes[i], text);
	return i + 1;
}

static void table(const struct lym_plan *p, const bool *have, const char *const *refusal)
{
	static char notes[NOTES][400];
	struct lym_truth rows[LYM_TRUTHS];
	unsigned int n, rest = 0;
	const char *s;

	printf("programs      %s\n", p->old ? LYM_OLD_KERNEL : "those for Linux 6.2 and later");
	if (p->bare)
		printf("              %s\n", LYM_BARE_KERNEL);
	puts("\nTIER         HERE");
	for (int t = LYM_TIERS; t-- > 0;)
		printf("%-12s %s%s\n", lym_tiers_name(t), refusal[t] ? "no: " : "yes", refusal[t] ?: "");
	puts("\nHOOK                             HERE      WITHOUT IT");
	for (unsigned int i = 0; i < lym_hooks_count; i++)
		if (!lym_hooks[i].twin && (s = state(p, have, i, refusal)) && !said(p, have, i, refusal))
			printf("%-32s %-9s %s\n", lym_hooks[i].hook, s, strcmp(s, "missing") || !lym_hooks[i].without ? "" : lym_hooks[i].without);
	puts("\nEVENT        FIELD              OF      IS      BY, AND WHAT IS LOST: [N] BELOW");
	for (unsigned int ev = 0; ev < LYM_EV_MAX; ev++) {
		n = lym_truth(p, have, ev, rows);
		rest += ordinary(rows, n);
		for (unsigned int k = 0; k < n && !ordinary(rows, n); k++) {
			printf("%-12s %-18s %-7s %-7s %s", k ? "" : lym_schema_event(ev)->name, rows[k].field,
			       rows[k].of && strchr(rows[k].of, ',') ? "others" : rows[k].of ?: "", rows[k].origin, rows[k].hook);
			if (*rows[k].lost)
				printf(" [%u]", note(notes, rows[k].lost));
			if (rows[k].doubt)
				printf(" [%u]", note(notes, rows[k].doubt));
			putchar('\n');
		}
	}
	for (unsigned int i = 0; i < NOTES && *notes[i]; i++)
		printf("%s[%u] %s\n", i ? "" : "\n", i + 1, notes[i]);
	printf("\nAll other events (%u): their numbers are K, by tp_btf/sys_exit; what they point at is U.\n", rest);
	puts("K: from the kernel's memory or a register; U: from the program's memory, which another thread may have changed.\n"
	     "Every program was loaded by this kernel's verifier; nothing was attached.");
}

static void json(const struct utsname *u, const struct lym_plan *p, const bool *have, const char *const *refusal)
{
	struct lym_truth rows[LYM_TRUTHS];
	const char *separator = "", *s;
	unsigned int n;

	lym_print_member("{", "kernel", u->release);
	lym_print_member(",", "machine", u->machine);
	lym_print_member(",", "cgroup", lym_scope_cgroup_root());
	lym_print_member(",", "programs", p->bare ? "bare" : p->old ? "old" : "new");
	printf(",\n\"tiers\":[");
	for (int t = LYM_TIERS; t-- > 0;) {
		lym_print_member(t == LYM_TIERS - 1 ? "{" : ",{", "name", lym_tiers_name(t));
		lym_print_member(",", "refusal", refusal[t]);
		putchar('}');
	}
	printf("],\n\"hooks\":[");
	for (unsigned int i = 0; i < lym_hooks_count; i++)
		if (!lym_hooks[i].twin && (s = state(p, have, i, refusal))) {
			lym_print_member(i ? ",\n{" : "\n{", "hook", lym_hooks[i].hook);
			lym_print_member(",", "tier", lym_tiers_name(lym_hooks_tier(&lym_hooks[i])));
			lym_print_member(",", "here", s);
			lym_print_member(",", "without", lym_hooks[i].without);
			putchar('}');
		}
	printf("],\n\"events\":[");
	for (unsigned int ev = 0; ev < LYM_EV_MAX; ev++, separator = ",") {
		printf("%s\n", separator);
		lym_print_member("{", "name", lym_schema_event(ev)->name);
		printf(",\"fields\":[");
		n = lym_truth(p, have, ev, rows);
		for (unsigned int k = 0; k < n; k++) {
			lym_print_member(k ? ",\n {" : "\n {", "name", rows[k].field);
			lym_print_member(",", "of", rows[k].of);
			lym_print_member(",", "origin", rows[k].origin);
			lym_print_member(",", "tier", lym_tiers_name(rows[k].tier));
			lym_print_member(",", "hook", rows[k].hook);
			lym_print_member(",", "lost", *rows[k].lost ? rows[k].lost : NULL);
			lym_print_member(",", "doubt", rows[k].doubt);
			putchar('}');
		}
		printf("]}");
	}
	puts("]}");
}

int lym_cmd_doctor(int argc, char **argv)
{
	struct lym_plan plan = { .at_once = true, .snaplen = 64, .ring_bytes = 1 << 20, .phases = true, .running = true };
	bool as_json = false;
	const char *cgroup = lym_scope_cgroup_root(), *refusal[LYM_TIERS];
	char why[LYM_TIERS][400];
	const struct lym_plan *p;
	struct lym_tracer *t = NULL;
	struct utsname u;
	const bool *have;
	int err = 0;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			as_json = true;
		else if (strcmp(argv[i], "--hooks") || ++i == argc)
			return lym_usage("doctor takes --json and --hooks TIER, not '%s'", argv[i < argc ? i : i - 1]), 2;
		else if (lym_tiers_parse(argv[i], &plan.hooks))
			return 2;
	}
	for (unsigned int e = 0; e < LYM_EV_MAX; e++)
		plan.want[e] = e != LYM_EV_lost;
	uname(&u);
	if (!as_json) {
		printf("kernel        %s %s\n", u.release, u.machine);
		printf("BTF           %s\n", access("/sys/kernel/btf/vmlinux", R_OK) ? "missing: Lymer cannot work" : "yes");
		printf("cgroup v2     %s\n", cgroup ? cgroup : "missing: addresses come from the packet or from user memory");
		fflush(stdout);
	}
	lym_scope_root(&plan.scope, getpid());
	for (int i = 0; i < 2 && !err; i++) {	/* the verifier sees other loops with a large snaplen */
		plan.snaplen = i ? 64 : LYM_SNAPLEN_MAX;
		lym_tracer_close(t);
		t = NULL;
		err = lym_tracer_open(&t, &plan);
		if (!err)
			err = lym_tracer_load(t);
	}
	if (!err) {
		p = lym_tracer_plan(t, &have);
		for (unsigned int i = 0; i < LYM_TIERS; i++) {
			refusal[i] = lym_tracer_tier_refusal(t, i);
			if (refusal[i])
				refusal[i] = strcpy(why[i], refusal[i]);
		}
		if (as_json)
			json(&u, p, have, refusal);
		else
			table(p, have, refusal);
	}
	lym_tracer_close(t);
	return err ? 1 : 0;
}
