// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Where the kernel maps its pages, measured: user space makes one page known to the kernel twice, as the ring of a
 * packet socket (by address) and in a pipe (by struct page). The distance is the same for every page.
 */
#include "sock.h"

__u32 pages_packet_fd = 0, pages_pipe_fd = 0;
__u64 pages_magic = 0;	/* what stands at the page's start */

SEC("iter/task")
int measure_pages(struct bpf_iter__task *ctx)
{
	struct task_struct *t = bpf_get_current_task_btf();	/* ourselves, who reads the iterator */
	struct file *f = fd_file(t, pages_pipe_fd);
	u64 sk = fd_sock(t, pages_packet_fd, NULL), page = 0, address = 0, magic = 0;
	struct pipe_inode_info *pipe;
	struct pipe_buffer *buf;
	struct pgv *pgv;

	if (page_base || !f || !sk)
		return 0;
	pipe = GET(f, private_data);
	buf = GET(pipe, bufs);
	/* as a number, for the verifier allows no arithmetic with pointers */
	bpf_probe_read_kernel(&page, sizeof(page), (char *)buf + bpf_core_field_offset(struct pipe_buffer, page));
	pgv = GET((struct packet_sock *)sk, rx_ring.pg_vec);
	bpf_probe_read_kernel(&address, sizeof(address), (char *)pgv + bpf_core_field_offset(struct pgv, buffer));
	page_base = address - page * (config.page_size / bpf_core_type_size(struct page));
	/* believe it only if the page can be read there */
	bpf_probe_read_kernel(&magic, sizeof(magic), (void *)(page * (config.page_size / bpf_core_type_size(struct page)) +
							       page_base));
	if (magic != pages_magic)
		page_base = 0;
	return 0;
}
