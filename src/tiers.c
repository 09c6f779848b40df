// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Which family of hooks brings what. A family is tried by using it: no version is asked, and no list of features. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "fail.h"
#include "kprobe.h"
#include "object.h"
#include "tiers.h"

#define LSM_LIST "/sys/kernel/security/lsm"

static const char *const names[LYM_TIERS] = {
	[TIER_TRACEPOINT] = "tracepoint", [TIER_LSM] = "lsm", [TIER_KPROBE] = "kprobe", [TIER_FENTRY] = "fentry",
};

const char *lym_tiers_name(unsigned int tier)
{
	return tier < LYM_TIERS ? names[tier] : NULL;
}

int lym_tiers_parse(const char *name, unsigned char *hooks)
{
	for (unsigned int t = 0; t < LYM_TIERS; t++)
		if (!strcmp(name, names[t])) {
			*hooks = t + 1;
			return 0;
		}
	return lym_usage("--hooks: '%s' is none of fentry, kprobe, lsm, tracepoint", name);
}

/* Programs of this kind are taken by every kernel that knows them, but they run only where "bpf" is one of the active modules. */
static int lsm_is_active(char *list, size_t size)
{
	int fd = open(LSM_LIST, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, list, size - 1);

	if (fd >= 0)
		close(fd);
	list[n > 0 ? n : 0] = '\0';
	for (const char *p = list; *p; p += strcspn(p, ","), p += strspn(p, ","))
		if (strcspn(p, ",\n") == 3 && !strncmp(p, "bpf", 3))
			return 1;
	return 0;
}

/* Can a program be at this hook? 0 or -errno. */
static int can(const struct lym_object *o, unsigned int i)
{
	int err = lym_object_try(o, i);

	if (!err && lym_hooks_tier(&lym_hooks[i]) == TIER_KPROBE) {
		err = lym_kprobe_open(lym_hooks_place(&lym_hooks[i]));
		if (err >= 0)
			err = close(err);
	}
	return err;
}

const char *lym_tiers_refusal(enum lym_tier tier, const struct lym_object *o)
{
	static char why[400];
	char list[256];
	int err = -ENOENT;

	if (tier == TIER_TRACEPOINT)
		return NULL;
	if (tier != TIER_KPROBE && lym_object_hides(o))
		return "before Linux 6.2, and where the kernel preempts itself (full in /sys/kernel/debug/sched/preempt), such a program would keep "
		       "others on its CPU from the memory of their tasks";
	if (tier == TIER_LSM && !lsm_is_active(list, sizeof(list))) {
		list[strcspn(list, "\n")] = '\0';
		snprintf(why, sizeof(why), "bpf is not among the security modules of " LSM_LIST " (%.200s); boot with it in lsm=",
			 *list ? list : "not to be read");
		return why;
	}
	for (unsigned int i = 0; i < lym_hooks_count && err == -ENOENT; i++)
		if (lym_hooks_tier(&lym_hooks[i]) == tier)
			err = can(o, i);
	if (!err)
		return NULL;
	snprintf(why, sizeof(why), "the kernel refuses such programs (%s)", strerror(-err));
	return why;
}

/* Would the hooks of that tier bring this datum? */
static bool brings(const struct lym_plan *plan, const struct lym_object *o, enum lym_tier tier, enum lym_datum datum)
{
	bool any = false;

	for (unsigned int i = 0; i < lym_hooks_count; i++) {
		const struct lym_hook *h = &lym_hooks[i];

		if (h->serves != datum || lym_hooks_tier(h) != tier || !h->needed(plan))
			continue;
		if (tier == TIER_KPROBE ? can(o, i) : !lym_object_has(o, h))
			return false;
		any = true;
	}
	return any;
}

/* Is there anything that the plan needs and this tier could bring? */
static bool useful(const struct lym_plan *plan, enum lym_tier tier)
{
	for (unsigned int i = 0; i < lym_hooks_count; i++)
		if (lym_hooks_tier(&lym_hooks[i]) == tier && plan->tier[lym_hooks[i].serves] == TIER_TRACEPOINT && lym_hooks[i].needed(plan))
			return true;
	return false;
}

int lym_tiers_choose(struct lym_plan *plan, const struct lym_object *o)
{
	unsigned int forced = plan->hooks;
	const char *why;

	memset(plan->tier, TIER_TRACEPOINT, sizeof(plan->tier));
	for (unsigned int tier = LYM_TIERS; tier-- > TIER_TRACEPOINT + 1;) {
		if (forced ? forced != tier + 1 : !useful(plan, tier))
			continue;
		why = lym_tiers_refusal(tier, o);
		if (why && forced)
			return lym_fail(-EOPNOTSUPP, "--hooks %s: %s; 'lymer doctor' says what can be had", names[tier], why);
		for (unsigned int d = DATUM_NONE + 1; d < LYM_DATUMS && !why; d++)
			if (plan->tier[d] == TIER_TRACEPOINT && brings(plan, o, tier, d))
				plan->tier[d] = tier;
	}
	return 0;
}
