// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Names of processes behind their numbers, as -Y asks for them. Declared in strace.h. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "file.h"
#include "strace.h"

#define KNOWN 1024		/* a power of two: threads that were seen last */

static struct {
	__u32 tid;
	char comm[16];
} known[KNOWN];

void lym_strace_comm_seen(const struct lym_record *r)
{
	known[r->h->host_tid % KNOWN].tid = r->ev->ev == LYM_EV_sched_process_exit ? 0 : r->h->host_tid;
	memcpy(known[r->h->host_tid % KNOWN].comm, r->h->comm, sizeof(r->h->comm));
}

/* What it is called now; 0: there is none. */
static size_t now(char *comm, size_t size, unsigned int pid)
{
	char path[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, comm, size);
	close(fd);
	return n > 0 && comm[n - 1] == '\n' ? n - 1 : 0;
}

void lym_strace_comm(struct lym_buf *b, const struct lym_out_opts *opts, const struct lym_record *r, __s64 pid)
{
	char comm[64];
	size_t n;

	if (!opts->style.comms || pid <= 0 || pid > 0x7fffffff)
		return;
	if (pid == r->h->tid)
		n = strnlen(memcpy(comm, r->h->comm, sizeof(r->h->comm)), sizeof(r->h->comm));
	else if (r->h->tid != r->h->host_tid)	/* a number of another namespace, where it is another's */
		return;
	else if (known[pid % KNOWN].tid == pid)
		n = strnlen(memcpy(comm, known[pid % KNOWN].comm, sizeof(r->h->comm)), sizeof(r->h->comm));
	else
		n = now(comm, sizeof(comm), pid);
	if (!n)
		return;
	lym_text_char(b, '<');
	lym_file_cstr(b, comm, n);
	lym_text_char(b, '>');
}
