// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Load everything, attach nothing, and tell. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "cmd_doctor.h"
#include "fail.h"
#include "tracer.h"

int lym_cmd_doctor(int argc, char **argv)
{
	struct lym_plan plan = { .snaplen = 64, .ring_bytes = 1 << 20 };
	struct lym_tracer *t = NULL;
	const char *cgroup = lym_scope_cgroup_root();
	struct utsname u;
	int err;

	if (argc > 1)
		return lym_usage("doctor takes no '%s'", argv[1]), 2;
	for (unsigned int e = 0; e < LYM_EV_MAX; e++)
		plan.want[e] = e != LYM_EV_lost;
	uname(&u);
	printf("kernel        %s %s\n", u.release, u.machine);
	printf("BTF           %s\n", access("/sys/kernel/btf/vmlinux", R_OK) ? "missing: Lymer cannot work" : "yes");
	printf("cgroup v2     %s\n", cgroup ? cgroup : "missing: addresses come from the packet or from user memory");
	fflush(stdout);
	lym_scope_root(&plan.scope, getpid());
	for (int i = 0; i < 2; i++) {	/* the verifier sees other loops with a large snaplen */
		plan.snaplen = i ? 64 : LYM_SNAPLEN_MAX;
		lym_tracer_close(t);
		t = NULL;
		err = lym_tracer_open(&t, &plan);
		if (!err)
			err = lym_tracer_load(t);
		if (err)
			break;
	}
	if (err) {
		lym_tracer_close(t);
		return 1;
	}
	puts("\nHOOK                             HERE      WITHOUT IT");
	lym_tracer_report(t, stdout);
	puts("\nEvery program was loaded by this kernel's verifier; nothing was attached.");
	lym_tracer_close(t);
	return 0;
}
