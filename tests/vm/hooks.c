// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Which kinds of hooks this kernel loads, attaches and really runs: one line each. Only for the lab's guests: no scope. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "hooks.skel.h"

#define CGROUP "/sys/fs/cgroup"

static const char *const hooks[] = {
#define HOOK(name, section, ret) #name,
#include "hooks.def"
#undef HOOK
};

/* A datagram to ourselves. */
static int receive(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), err;
	socklen_t len = sizeof(a);
	char b[8];

	err = bind(fd, (void *)&a, len) || getsockname(fd, (void *)&a, &len) ||
	      sendto(fd, "lab", 3, 0, (void *)&a, len) != 3 || recvfrom(fd, b, sizeof(b), 0, (void *)&a, &len) != 3;
	close(fd);
	return err;
}

/* Attach the program; -errno. An iterator runs when it is read. */
static int attach(struct bpf_program *p, int cgroup, int *fd)
{
	struct bpf_link *link;
	const char *section = bpf_program__section_name(p);

	if (!strncmp(section, "lsm_cgroup/", 11)) {
		*fd = bpf_link_create(bpf_program__fd(p), cgroup, BPF_LSM_CGROUP, NULL);
		return *fd < 0 ? -errno : 0;
	}
	if (!strncmp(section, "cgroup", 6))
		link = bpf_program__attach_cgroup(p, cgroup);
	else
		link = bpf_program__attach(p);
	if (!link)
		return -errno;
	*fd = bpf_link__fd(link);
	if (!strncmp(section, "iter/", 5)) {
		char b[64];
		int it = bpf_iter_create(*fd);

		while (read(it, b, sizeof(b)) > 0)
			;
		close(it);
	}
	return 0;	/* the link goes with the process */
}

static void try(int i, int cgroup)
{
	struct hooks_bpf *o = hooks_bpf__open();
	struct bpf_program *p, *mine = NULL;
	struct bpf_map *m;
	unsigned long long before;
	int err, fd = -1;

	bpf_object__for_each_program(p, o->obj) {
		bool me = !strcmp(bpf_program__name(p), hooks[i]);

		bpf_program__set_autoload(p, me);
		if (me)
			mine = p;
	}
	bpf_object__for_each_map(m, o->obj) {
		const char *is = bpf_map__name(m);

		if (!strcmp(is, "ring") || !strncmp(is, "task_", 5))
			bpf_map__set_autocreate(m, !strcmp(hooks[i], is[0] == 'r' ? "ringbuf" : is) ||
						(is[0] == 't' && !strncmp(hooks[i], "storage_", 8) && !strcmp(hooks[i] + 8, is + 5)));
	}
	printf("%-18s %-34s ", hooks[i], bpf_program__section_name(mine));
	err = hooks_bpf__load(o);
	if (err) {
		printf("load: %s\n", strerror(-err));
		return;
	}
	before = strncmp(hooks[i], "iter", 4) ? o->bss->fired[i] : 0;
	err = attach(mine, cgroup, &fd);
	if (err)
		printf("attach: %s\n", strerror(-err));
	else if (receive())
		printf("receive: %s\n", strerror(errno));
	else
		printf("%s\n", o->bss->fired[i] > before ? "fires" : "never fires");
	hooks_bpf__destroy(o);
	if (fd >= 0)
		close(fd);
}

int main(void)
{
	int cgroup = open(CGROUP, O_RDONLY | O_DIRECTORY);

	libbpf_set_print(NULL);
	for (size_t i = 0; i < sizeof(hooks) / sizeof(*hooks); i++)
		try(i, cgroup);
	return 0;
}
