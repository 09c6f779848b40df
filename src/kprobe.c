// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Kprobes, as perf events. */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "kprobe.h"

#define TYPE "/sys/bus/event_source/devices/kprobe/type"	/* what kind of perf event they are here */

int lym_kprobe_open(const char *function)
{
	struct perf_event_attr a = { .size = sizeof(a), .kprobe_func = (unsigned long)function };
	int fd = open(TYPE, O_RDONLY | O_CLOEXEC);
	char type[16] = "";

	if (fd < 0)
		return -EOPNOTSUPP;
	if (read(fd, type, sizeof(type) - 1) > 0)
		a.type = atoi(type);
	close(fd);
	fd = syscall(SYS_perf_event_open, &a, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);	/* it is hit on every CPU, whichever is said here */
	return fd < 0 ? -errno : fd;
}

/* Without a link, which perf events have only had since 5.15: the event holds the program as well. */
int lym_kprobe_attach(const char *function, int prog)
{
	int fd = lym_kprobe_open(function), err;

	if (fd >= 0 && (ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog) || ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}
