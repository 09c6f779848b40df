// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Make one page known to the kernel in two ways; see bpf/pages.c. No packet is ever received on the socket. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <linux/if_packet.h>
#include "pages.h"

int lym_pages_open(struct lym_pages *p)
{
	struct tpacket_req req = { 0 };
	struct iovec iov;

	memset(p, 0, sizeof(*p));
	p->pipe[0] = p->pipe[1] = -1;
	p->size = sysconf(_SC_PAGESIZE);
	p->map = MAP_FAILED;
	p->packet = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);	/* protocol 0: nothing arrives */
	if (p->packet < 0)
		goto fail;
	req.tp_block_size = req.tp_frame_size = p->size;
	req.tp_block_nr = req.tp_frame_nr = 1;
	if (setsockopt(p->packet, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)))
		goto fail;
	p->map = mmap(NULL, p->size, PROT_READ | PROT_WRITE, MAP_SHARED, p->packet, 0);
	if (p->map == MAP_FAILED || pipe2(p->pipe, O_CLOEXEC))
		goto fail;
	p->magic = 0x6c796d6572706167ull ^ (__u64)(unsigned long)p ^ getpid();
	memcpy(p->map, &p->magic, sizeof(p->magic));
	iov = (struct iovec){ p->map, p->size };
	if (vmsplice(p->pipe[1], &iov, 1, 0) != (ssize_t)p->size)
		goto fail;
	return 0;
fail:
	lym_pages_close(p);
	return errno ? -errno : -EIO;
}

void lym_pages_close(struct lym_pages *p)
{
	int err = errno;

	if (!p->size)
		return;
	if (p->map != MAP_FAILED)
		munmap(p->map, p->size);
	for (int i = 0; i < 2; i++)
		if (p->pipe[i] >= 0)
			close(p->pipe[i]);
	if (p->packet >= 0)
		close(p->packet);
	p->size = 0;
	errno = err;
}
