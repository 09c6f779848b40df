// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The kernel-side programs: where each is attached, which of them a plan needs, what is lost without them. */
#include <string.h>
#include <linux/bpf.h>
#include "hooks.h"
#include "schema.h"

static const struct lym_event *event(unsigned int i)
{
	return lym_schema_event(i);
}

static bool has_capture(const struct lym_plan *p, const int *caps, int n)
{
	for (unsigned int e = 0; e < LYM_EV_MAX; e++)
		for (int i = 0; p->want[e] && i < event(e)->nfields; i++)
			for (int c = 0; c < n; c++)
				if (lym_schema_type(event(e)->field[i].type)->capture == caps[c])
					return true;
	return false;
}

bool lym_hooks_chooses(const struct lym_plan *p)
{
	return has_capture(p, &(int){ CAP_CHOICE }, 1);
}

static bool receives(const struct lym_plan *p)
{
	static const int caps[] = { CAP_BUF_OUT, CAP_IOV_OUT, CAP_MSG_OUT, CAP_MMSG_OUT };

	return p->want[LYM_EV_socket_recv] || (!p->user && has_capture(p, caps, 4));
}

static bool sends(const struct lym_plan *p)
{
	return p->want[LYM_EV_socket_send] ||
	       (!p->user && (p->want[LYM_EV_send] || p->want[LYM_EV_sendto] || p->want[LYM_EV_sendmsg] || p->want[LYM_EV_sendmmsg]));
}

/* When calls are looked at (ROW_*). Every program asks the same of the same plan. */
static int looked_at(const struct lym_plan *p)
{
	static struct lym_row rows[LYM_ROWS];
	static struct lym_plan asked;
	static int when = -1;

	if (when >= 0 && !memcmp(p, &asked, sizeof(asked)))
		return when;
	memset(rows, 0, sizeof(rows));
	lym_hooks_rows(rows, NULL, p);
	when = 0;
	for (int nr = 0; nr < LYM_ROWS; nr++)
		when |= rows[nr].when;
	memcpy(&asked, p, sizeof(asked));
	return when;
}

static bool exits(const struct lym_plan *p)
{
	return looked_at(p) & ROW_EXIT;
}

static bool enters(const struct lym_plan *p)
{
	return looked_at(p) & ROW_ENTER;
}

/* Arguments of calls are read. */
static bool calls(const struct lym_plan *p)
{
	return exits(p) || enters(p);
}

/* Or where registers are has to be found out. */
static bool measures(const struct lym_plan *p)
{
	return p->bare || calls(p);
}

/* What the kernel itself delivers: payload, and with --snaplen 0 still who sent it. */
static bool kernels(const struct lym_plan *p)
{
	return receives(p) && !p->user;
}

static bool signals(const struct lym_plan *p)
{
	return p->want[LYM_EV_signal_deliver];
}

static bool ends(const struct lym_plan *p)
{
	return p->want[LYM_EV_sched_process_exit];
}

static bool uring(const struct lym_plan *p)
{
	return !p->old && p->want[LYM_EV_socket_send];
}

static bool phases(const struct lym_plan *p)
{
	return p->phases;
}

static bool trees(const struct lym_plan *p)
{
	return p->scope.roots > 0;
}

/* By the object for old kernels. */
static bool old_receives(const struct lym_plan *p)
{
	return p->old && !p->bare && receives(p);
}

/* By what that has for kernels before 5.17. */
static bool bare_receives(const struct lym_plan *p)
{
	return p->bare && receives(p);
}

static bool old_sends(const struct lym_plan *p)
{
	return p->old && sends(p);
}

static bool old_uring(const struct lym_plan *p)
{
	return p->old && !p->bare && p->want[LYM_EV_socket_send];	/* whose tracepoint does not tell the request */
}

static bool sessions(const struct lym_plan *p)
{
	return !p->old && lym_hooks_sessions(p);
}

static bool old_sessions(const struct lym_plan *p)
{
	return p->old && !p->bare && lym_hooks_sessions(p);	/* where nothing is at functions of files, nothing follows from there */
}

/* Somebody must say which stages are free again. */
static bool pooled(const struct lym_plan *p)
{
	return p->pooled;
}

static bool connects(const struct lym_plan *p)
{
	return p->want[LYM_EV_connect] && !p->user;
}

static bool begun(const struct lym_plan *p)
{
	return p->phases && p->running;
}

static bool binds(const struct lym_plan *p)
{
	return p->want[LYM_EV_bind] && !p->user;
}

static bool names(const struct lym_plan *p)
{
	return p->want[LYM_EV_getsockname] && !p->user;
}

static bool peers(const struct lym_plan *p)
{
	return !p->user && (p->want[LYM_EV_getpeername] || p->want[LYM_EV_accept] || p->want[LYM_EV_accept4]);
}

static bool returns(const struct lym_plan *p)
{
	return names(p) || peers(p);
}

/* numbers of enum bpf_attach_type that libbpf 1.1 does not name */
enum { CG_CONNECT_UNIX = 49, CG_SENDMSG_UNIX, CG_RECVMSG_UNIX = LYM_CG_RECVMSG_UNIX, CG_GETPEERNAME_UNIX, CG_GETSOCKNAME_UNIX };

static const char user_lost[] = "getaddrinfo, ssl_read and ssl_write";
static const char twin_lost[] = "what the kernel skips while a program of ours is preempted";
static const char source_lost[] = "an address that a program of somebody else rewrites is told as the packet has it";
static const char recv_lost[] = "payload and socket of receives from user memory";
static const char sent_lost[] = "socket_send, and the socket of sends by descriptor only";
static const char addr_lost[] = "the address from user memory";

/* What the entry of a kernel function brings: by fentry, else by a kprobe. */
#define ON_ENTRY(prog, function, needed, datum, lost) \
	{ prog, "fentry/" function, needed, lost, .serves = datum }, { prog "_k", "kprobe/" function, needed, lost, .serves = datum }
#define SENT_BY(function, family) \
	{ "sent_" function, "fexit/" function, old_sends, "socket_send, and the socket of sends by descriptor only, of " family " sockets", \
	  .serves = DATUM_SEND }
#define RECEIVED_BY(function, family) \
	{ "got_" function, "fexit/" function, bare_receives, "payload and socket of receives of " family " sockets from user memory", \
	  .serves = DATUM_RECV }
#define ON_LSM(prog, hook, needed, datum) { prog "_l", "lsm/" hook, needed, addr_lost, .serves = datum }

const struct lym_hook lym_hooks[] = {
	{ "exited", "tp_btf/sys_exit", exits, NULL, 0 },
	{ "entered", "tp_btf/sys_enter", enters, NULL, 0 },
	{ "copied", "tp_btf/skb_copy_datagram_iovec", kernels, "payload of TCP, unix, netlink and raw from user memory", .serves = DATUM_COPIED },
	{ "received", "tp_btf/sock_recv_length", receives, recv_lost, .serves = DATUM_RECV },
	{ "received_f", "fexit/sock_recvmsg", old_receives, recv_lost, .serves = DATUM_RECV },
	{ "received_next", "fexit/____sys_recvmsg", old_receives, "payload of recvmmsg from user memory, but for the first message", .serves = DATUM_RECV },
	RECEIVED_BY("inet_recvmsg", "inet"),
	RECEIVED_BY("inet6_recvmsg", "inet6"),
	RECEIVED_BY("sock_common_recvmsg", "raw inet6"),
	RECEIVED_BY("unix_dgram_recvmsg", "unix datagram"),
	RECEIVED_BY("unix_stream_recvmsg", "unix stream"),
	RECEIVED_BY("netlink_recvmsg", "netlink"),
	{ "got_packet_recvmsg", "fexit/packet_recvmsg", bare_receives, "payload and socket of receives of packet sockets from user memory", 0 },
	{ "arrived", "tp_btf/sk_data_ready", kernels, "payload of UDP receives that had to wait from user memory", .serves = DATUM_UDP },
	{ "dropped", "tp_btf/kfree_skb", kernels, "payload of UDP receives after a bad checksum from user memory", .serves = DATUM_UDP },
	{ "submitted", "tp_btf/io_uring_submit_req", uring, "payload of what io_uring sends", 0 },
	{ "submitted_sqe", "tp_btf/io_uring_submit_sqe", old_uring, "payload of what io_uring sends", 0 },
	{ "sent", "tp_btf/sock_send_length", sends, sent_lost, .serves = DATUM_SEND },
	SENT_BY("inet_sendmsg", "inet"),
	SENT_BY("inet6_sendmsg", "inet6"),
	SENT_BY("unix_dgram_sendmsg", "unix datagram"),
	SENT_BY("unix_stream_sendmsg", "unix stream"),
	SENT_BY("netlink_sendmsg", "netlink"),
	{ "sent_packet_sendmsg", "fexit/packet_sendmsg", old_sends, "socket_send of packet sockets", 0 },
	{ "sent_inet_sendpage", "fexit/inet_sendpage", old_sends, "socket_send of what sendfile and splice send by inet sockets", 0 },
	{ "sent_unix_stream_sendpage", "fexit/unix_stream_sendpage", old_sends,
	  "socket_send of what sendfile and splice send by unix sockets", 0 },
	{ "delivered", "tp_btf/signal_deliver", signals, "signals", 0 },
	{ "generated", "tp_btf/signal_generate", signals, "signals that are ignored", 0 },
	{ "ended", "tp_btf/sched_process_exit", ends, "the ends of threads", 0 },
	{ "blocked", "tp_btf/sched_switch", phases, "that a call blocks, until it returns", 0 },
	{ "forked", "tp_btf/task_newtask", trees, NULL, 0 },
	{ "freed", "tp_btf/sched_process_free", pooled, NULL, 0 },
	{ "seed", "iter/task", trees, NULL, 0 },
	{ "in_flight", "iter/task", begun, "calls that are under way when tracing begins, until they return", 0 },
	{ "born", "cgroup/sock_create", kernels, "payload of the first UDP receive of a socket from user memory",
	  BPF_CGROUP_INET_SOCK_CREATE, .serves = DATUM_UDP },
	{ "inherited", "iter/task_file", kernels, "payload of the first UDP receive of an older socket from user memory", .serves = DATUM_UDP },
	{ "recvmsg4", "cgroup/recvmsg4", kernels, source_lost, BPF_CGROUP_UDP4_RECVMSG, .late = true },
	{ "recvmsg6", "cgroup/recvmsg6", kernels, source_lost, BPF_CGROUP_UDP6_RECVMSG, .late = true },
	{ "sendmsg4", "cgroup/sendmsg4", sends, addr_lost, BPF_CGROUP_UDP4_SENDMSG, .serves = DATUM_DEST },
	{ "sendmsg6", "cgroup/sendmsg6", sends, addr_lost, BPF_CGROUP_UDP6_SENDMSG, .serves = DATUM_DEST },
	{ "sendmsg_unix", "cgroup/sendmsg_unix", sends, addr_lost, CG_SENDMSG_UNIX, .serves = DATUM_DEST },
	{ "connect4", "cgroup/connect4", connects, addr_lost, BPF_CGROUP_INET4_CONNECT, .serves = DATUM_CONNECT },
	{ "connect6", "cgroup/connect6", connects, addr_lost, BPF_CGROUP_INET6_CONNECT, .serves = DATUM_CONNECT },
	{ "connect_unix", "cgroup/connect_unix", connects, addr_lost, CG_CONNECT_UNIX, .serves = DATUM_CONNECT },
	{ "bind4", "cgroup/bind4", binds, addr_lost, BPF_CGROUP_INET4_BIND, .serves = DATUM_BIND },
	{ "bind6", "cgroup/bind6", binds, addr_lost, BPF_CGROUP_INET6_BIND, .serves = DATUM_BIND },
	{ "getsockname4", "cgroup/getsockname4", names, addr_lost, BPF_CGROUP_INET4_GETSOCKNAME, .serves = DATUM_NAME },
	{ "getsockname6", "cgroup/getsockname6", names, addr_lost, BPF_CGROUP_INET6_GETSOCKNAME, .serves = DATUM_NAME },
	{ "getsockname_unix", "cgroup/getsockname_unix", names, addr_lost, CG_GETSOCKNAME_UNIX, .serves = DATUM_NAME },
	{ "getpeername4", "cgroup/getpeername4", peers, addr_lost, BPF_CGROUP_INET4_GETPEERNAME, .serves = DATUM_NAME },
	{ "getpeername6", "cgroup/getpeername6", peers, addr_lost, BPF_CGROUP_INET6_GETPEERNAME, .serves = DATUM_NAME },
	{ "getpeername_unix", "cgroup/getpeername_unix", peers, addr_lost, CG_GETPEERNAME_UNIX, .serves = DATUM_NAME },
	ON_ENTRY("taken", "skb_consume_udp", kernels, DATUM_UDP, "payload of UDP receives from user memory"),
	ON_ENTRY("connecting", "security_socket_connect", connects, DATUM_CONNECT, addr_lost),
	ON_ENTRY("binding", "security_socket_bind", binds, DATUM_BIND, addr_lost),
	ON_ENTRY("sending", "security_socket_sendmsg", sends, DATUM_DEST, addr_lost),
	ON_ENTRY("returning", "move_addr_to_user", returns, DATUM_NAME, addr_lost),
	ON_LSM("connecting", "socket_connect", connects, DATUM_CONNECT),
	ON_LSM("binding", "socket_bind", binds, DATUM_BIND),
	ON_LSM("sending", "socket_sendmsg", sends, DATUM_DEST),
	{ "user_called", "uprobe/called", lym_hooks_functions, user_lost, 0 },
	{ "user_returned", "uprobe/returned", lym_hooks_functions, user_lost, 0 },
	{ "user_freed", "uprobe/freed", lym_hooks_sessions, user_lost, 0 },
	{ "user_loaded", "uprobe/loaded", lym_hooks_functions, user_lost, 0 },
	{ "user_executed", "tp_btf/sched_process_exec", lym_hooks_functions, "functions of programs that begin later", 0 },
	{ "user_received", "tp_btf/sock_recv_length", sessions, "the socket of ssl_read", 0 },
	{ "user_sent", "tp_btf/sock_send_length", sessions, "the socket of ssl_write", 0 },
	{ "user_received_f", "fexit/sock_recvmsg", old_sessions, "the socket of ssl_read", .serves = DATUM_RECV },
	{ "user_inet_sendmsg", "fexit/inet_sendmsg", old_sessions, "the socket of ssl_write", .serves = DATUM_SEND },
	{ "user_inet6_sendmsg", "fexit/inet6_sendmsg", old_sessions, "the socket of ssl_write", .serves = DATUM_SEND },
	{ "user_unix_stream_sendmsg", "fexit/unix_stream_sendmsg", old_sessions, "the socket of ssl_write", .serves = DATUM_SEND },
	{ "measure_pages", "iter/task", measures, "payload of UDP in pages with an unverified checksum from user memory; calls are slower", 0 },
	{ "exited", "tp_btf/sys_exit", exits, twin_lost, .twin = true },
	{ "entered", "tp_btf/sys_enter", enters, twin_lost, .twin = true },
	{ "copied", "tp_btf/skb_copy_datagram_iovec", kernels, twin_lost, .twin = true },
	{ "received", "tp_btf/sock_recv_length", receives, twin_lost, .twin = true },
	{ "sent", "tp_btf/sock_send_length", sends, twin_lost, .twin = true },
	{ "submitted", "tp_btf/io_uring_submit_req", uring, twin_lost, .twin = true },
	{ "ended", "tp_btf/sched_process_exit", ends, twin_lost, .twin = true },
	{ "forked", "tp_btf/task_newtask", trees, twin_lost, .twin = true },
};

const unsigned int lym_hooks_count = sizeof(lym_hooks) / sizeof(*lym_hooks);
_Static_assert(sizeof(lym_hooks) / sizeof(*lym_hooks) <= LYM_HOOKS_MAX, "LYM_HOOKS_MAX is too small");

bool lym_hooks_needed(const struct lym_hook *h, const struct lym_plan *p)
{
	return h->needed(p) && (!h->twin || p->twins) && (!h->serves || lym_hooks_tier(h) == p->tier[h->serves]);
}

/* The first word of a hook's name, if it is not that of a cgroup program. */
static const struct {
	const char *word;
	int tier, attach_type;
} types[] = {
	{ "tp_btf/", TIER_TRACEPOINT, BPF_TRACE_RAW_TP }, { "iter/", TIER_TRACEPOINT, BPF_TRACE_ITER }, { "lsm/", TIER_LSM, BPF_LSM_MAC },
	{ "kprobe/", TIER_KPROBE, BPF_PERF_EVENT }, { "uprobe/", TIER_TRACEPOINT, LYM_TRACE_UPROBE_MULTI },
	{ "fentry/", TIER_FENTRY, BPF_TRACE_FENTRY }, { "fexit/", TIER_FENTRY, BPF_TRACE_FEXIT }, { "cgroup/", TIER_TRACEPOINT, 0 },
};

static unsigned int type_of(const struct lym_hook *h)
{
	unsigned int i = 0;

	while (strncmp(h->hook, types[i].word, strlen(types[i].word)))
		i++;
	return i;
}

enum lym_tier lym_hooks_tier(const struct lym_hook *h)
{
	return types[type_of(h)].tier;
}

int lym_hooks_attach_type(const struct lym_hook *h)
{
	return h->attach_type ?: types[type_of(h)].attach_type;
}

const char *lym_hooks_place(const struct lym_hook *h)
{
	return strchr(h->hook, '/') + 1;
}
