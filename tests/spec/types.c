/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Makes the calls of types.h, then prints of each: CALL {name, result, arguments, what is expected}. */
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <mqueue.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <utime.h>
#include "../lib/expect.h"

#define P(text) ((long)(text))
#define A(type, ...) ((long)&(type){ __VA_ARGS__ })
#define Q(n) A(long, n)
#define I(...) ((long)(unsigned int[32]){ __VA_ARGS__ })
#define L(...) ((long)(long[16]){ __VA_ARGS__ })
#define V(...) ((long)(struct iovec[]){ __VA_ARGS__ })
#define B ((long)buffer)			/* room for what a call writes */
#define Z (memset(buffer, 0, sizeof(buffer)), B)	/* the same, of zeros */

static char buffer[8192] __attribute__((aligned(4096)));
static char text[1 << 18];
static size_t len;

static void call(const char *name, long nr, const char *expected, const long a[6])
{
	long ret = syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);

	len += snprintf(text + len, sizeof(text) - len, "CALL {'name':'%s','ret':%ld,'args':[%lu,%lu,%lu,%lu,%lu,%lu],'expected':{%s}}\n",
			name, ret < 0 ? -(long)errno : ret, a[0], a[1], a[2], a[3], a[4], a[5], expected);
}

#define C(name, expected, ...) call(#name, SYS_##name, expected, (long[6]){ __VA_ARGS__ });
#define N(name, number, expected, ...) call(#name, number, expected, (long[6]){ __VA_ARGS__ });
#define S(...) __VA_ARGS__

int main(void)
{
	char folder[] = "/tmp/lymer-types.XXXXXX";
	long ctx;
	int fd, dir, timer, ep, ev, queue, sv[2];

	NEED(mkdtemp(folder) && !chdir(folder));
	umask(0);
	x_start();
#include "types.h"
	unlink("file");
	unlink("link");
	rmdir("dir");
	NEED(!chdir("/") && !rmdir(folder));
	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	fputs(text, stdout);
	return 0;
}
