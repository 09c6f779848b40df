// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Where the kernel maps its pages, measured: user space makes one page known to the kernel twice, as the ring of a
 * packet socket (by address) and in a pipe (by struct page). The distance is the same for every page.
 */
#include "sock.h"
#include "usermem.h"

__u32 pages_packet_fd = 0, pages_pipe_fd = 0;
__u64 pages_magic = 0;	/* what stands at the page's start */
__u64 pages_map = 0;	/* where user space has it */

#ifdef PAGE_TABLES
#define GRAIN (1ull << 30)	/* the mapping of physical memory begins at a multiple of it */
#define GRAINS 4096		/* of physical memory that are tried */

struct guess {
	u64 page;		/* the page in the kernel's mapping */
	bool five;
};

/* Where the mapping of physical memory would begin if the page were in its i-th gigabyte: then our page tables must say so. */
static long try_base(u64 i, struct guess *g)
{
	u64 base = (g->page & ~(GRAIN - 1)) - i * GRAIN;
	struct entries e;

	if (user_physical(&e, page_tables(current_task()), pages_map, base, g->five) != g->page - base)
		return 0;
	five_levels = g->five;
	direct_base = base;
	return 1;
}

static __always_inline void measure_direct(u64 page)
{
	struct guess g = { .page = page };

	bpf_loop(GRAINS, try_base, &g, 0);
	g.five = true;
	if (!direct_base)
		bpf_loop(GRAINS, try_base, &g, 0);
}
#else
static __always_inline void measure_direct(u64 page)
{
}
#endif

/*
 * Where on the kernel's stack of a task its registers of user space are: a helper knows it of ours. Where there is none, how long the stack is: at
 * its end they are, and we know what is in ours, for we read the iterator.
 */
static __always_inline void measure_stack(struct task_struct *t)
{
#if !OLD
	struct pt_regs *r = (void *)bpf_task_pt_regs(t);
	u64 at = 0;

	bpf_probe_read_kernel(&at, sizeof(at), &r);	/* as a number */
	registers_at = at - (u64)GET(t, stack);
#elif defined(__TARGET_ARCH_x86)
	struct pt_regs *r;

	for (u32 n = 4096; n <= 65536 && !stack_bytes; n *= 2) {
		r = (void *)((u64)GET(t, stack) + n - sizeof(*r));
		if (GET(r, orig_ax) == 0 && GET(r, cs) == 0x33 && GET(r, dx) == LYM_ITER_BYTES)
			stack_bytes = n;
	}
#endif
}

SEC("iter/task")
int measure_pages(struct bpf_iter__task *ctx)
{
	struct task_struct *t = current_task();	/* ourselves, who reads the iterator */
	struct file *f = fd_file(t, pages_pipe_fd);
	u64 sk = fd_sock(t, pages_packet_fd, NULL), page = 0, address = 0, magic = 0;
	struct pipe_inode_info *pipe;
	struct pipe_buffer *buf;
	struct pgv *pgv;

	measure_stack(t);
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
	else
		measure_direct(address);
	return 0;
}
