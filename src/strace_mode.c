// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Which threads make 32-bit calls: strace says when that changes. Declared in strace.h. */
#include "strace.h"

#define TIDS (1u << 22)		/* the kernel has no larger ones */

/* Two bits a thread: it is known, it makes 32-bit calls. What is not touched takes no memory. */
static unsigned char modes[TIDS / 4];

enum { KNOWN = 1, IN32 = 2 };

static unsigned int mode(__u32 tid)
{
	return tid < TIDS ? modes[tid / 4] >> tid % 4 * 2 & 3 : 0;
}

static void set(__u32 tid, unsigned int mode)
{
	if (tid < TIDS)
		modes[tid / 4] = (modes[tid / 4] & ~(3 << tid % 4 * 2)) | mode << tid % 4 * 2;
}

void lym_strace_mode_end(__u32 tid)
{
	set(tid, 0);
}

bool lym_strace_mode(const struct lym_record *r)
{
	const struct lym_hdr *h = r->h;
	unsigned int now = KNOWN | (h->flags & LYM_F_COMPAT ? IN32 : 0), was = mode(h->host_tid);

	if (!was)	/* it begins in the mode of who made it */
		was = KNOWN | (mode(h->host_tid != h->host_pid ? h->host_pid : h->host_ppid) & IN32);
	set(h->host_tid, now);
	return now != was;
}
