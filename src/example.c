/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Example records. Every type has one typical value here, so that a new row of the catalogue has its example on its
 * page, as the JSON sink really prints it, without anyone writing one.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "example.h"
#include "out.h"
#include "structs.h"

#define POINTER 0x7ffd0c3a1000
#define FD 3

static const char payload[] = "<13>web: user login ok";
#define PAYLOAD_LEN (sizeof(payload) - 1)

struct maker {
	unsigned char *p;
	size_t len, cap;
};

static struct sockaddr_in address(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

/* Append an item; one that does not fit is left out. */
static void add(struct maker *m, unsigned int field, int kind, int flags, const void *p, size_t len)
{
	struct lym_item i = { .field = field, .kind = kind, .flags = flags, .len = len, .full = len };
	size_t padded = (len + 7) & ~7UL;

	if (m->len + sizeof(i) + padded > m->cap)
		return;
	memcpy(m->p + m->len, &i, sizeof(i));
	memcpy(m->p + m->len + sizeof(i), p, len);
	memset(m->p + m->len + sizeof(i) + len, 0, padded - len);
	m->len += sizeof(i) + padded;
	((struct lym_hdr *)m->p)->items++;
}

static void add_sock(struct maker *m, unsigned int field)
{
	struct {
		struct lym_sock s;
		struct sockaddr_in local;
	} sock = {
		{
			.cookie = 8193, .inode = 27001, .family = AF_INET, .type = SOCK_DGRAM,
			.protocol = IPPROTO_UDP, .state = 7, .local_len = sizeof(sock.local),
		},
		address(514),
	};

	add(m, field, LYM_SOCK, LYM_I_KERNEL, &sock, sizeof(sock));
}

/* One message of a msghdr; origin says whose memory the payload is from. */
static void add_message(struct maker *m, unsigned int field, int origin)
{
	struct sockaddr_in from = address(40357);
	struct lym_msg msg = {
		.name = POINTER + 64, .iov = POINTER + 128, .iovlen = 1, .namelen = sizeof(from),
		.namelen_in = 128, .len = PAYLOAD_LEN,
	};

	add(m, field, LYM_MSG, 0, &msg, sizeof(msg));
	add(m, field, LYM_ADDR, LYM_I_KERNEL, &from, sizeof(from));
	add(m, field, LYM_DATA, origin, payload, PAYLOAD_LEN);
}

/* A number that is as good as another of its kind. */
static __u64 by_printer(int printer, int i)
{
	switch (printer) {
	case PR_NAMES:
	case PR_SIGNAL:
	case PR_ID:
	case PR_CHOICE:
		return 1;
	case PR_OCT:
		return 0644;
	case PR_FILE_MODE:
		return 0100644;
	case PR_DIRFD:
		return -100;		/* AT_FDCWD */
	case PR_DEV:
		return 0x103;
	case PR_OPEN_FLAGS:
		return 02000000;	/* O_RDONLY|O_CLOEXEC */
	case PR_CLONE_FLAGS:
		return 0x1200011;
	case PR_MMAP_FLAGS:
		return 0x22;		/* MAP_PRIVATE|MAP_ANONYMOUS */
	case PR_IPC_FLAGS:
	case PR_SHM_FLAGS:
		return 01600;
	case PR_IOCTL:
		return 0x5413;		/* TIOCGWINSZ */
	case PR_STATX_FLAGS:
	case PR_PERSONALITY:
	case PR_IPC_KEY:
		return 0;
	default:
		return POINTER + 4096 * i;
	}
}

/* The cell of a field that is a number by itself. */
static __u64 number(const struct lym_event *ev, int i)
{
	switch (ev->field[i].type) {
	case LYM_T_FD:
		return FD;
	case LYM_T_SIZE:	/* room in the buffer; in the kernel-side events, bytes that moved */
		return ev->nr >= 0 ? 2048 : PAYLOAD_LEN;
	case LYM_T_MSG_FLAGS:
		return MSG_DONTWAIT;
	case LYM_T_AF:
		return AF_INET;
	case LYM_T_SOCK_TYPE:
		return SOCK_DGRAM | SOCK_CLOEXEC;
	case LYM_T_SOCK_PROTO:
		return IPPROTO_UDP;
	case LYM_T_SOCK_FLAGS:
		return SOCK_CLOEXEC;
	case LYM_T_SHUT_HOW:
		return SHUT_WR;
	case LYM_T_SOL:
		return SOL_SOCKET;
	case LYM_T_SOCKOPT:
		return SO_RCVBUF;
	case LYM_T_SOCKLEN:	/* of the argument before it */
		return ev->field[i - 1].type == LYM_T_OPT_IN ? sizeof(int) : sizeof(struct sockaddr_in);
	case LYM_T_INT:
	case LYM_T_PID:
		return 128;
	case LYM_T_UINT:
		return 1;
	default:
		return by_printer(lym_schema_type(ev->field[i].type)->printer, i);
	}
}

/* The same by the way it is printed: a path, a struct of zeros. */
static void add_by_printer(struct maker *m, const struct lym_type *t, int i)
{
	static const unsigned char zeros[512];

	switch (t->printer) {
	case PR_STRING:
	case PR_PATH:
		add(m, i, LYM_DATA, 0, "/etc/hosts", 10);
		break;
	case PR_STRINGS:
	case PR_ENV:
		add(m, i, LYM_DATA, 0, "ls\0-l", 6);
		break;
	case PR_STRUCT:
		if (lym_struct_size(t->arg) <= sizeof(zeros))
			add(m, i, LYM_VALUE, 0, zeros, lym_struct_size(t->arg));
	}
}

/* What lies behind the pointer of a field. */
static void add_behind(struct maker *m, const struct lym_event *ev, int i)
{
	struct sockaddr_in peer = address(40357);
	int pair[2] = { FD, FD + 1 }, value = 212992;
	__u32 room = sizeof(struct sockaddr_storage), len = sizeof(peer);
	__s64 timeout[2] = { 1, 500000000 };

	switch (ev->field[i].type) {
	case LYM_T_BUF_IN:
		add(m, i, LYM_DATA, 0, payload, PAYLOAD_LEN);
		break;
	case LYM_T_BUF_OUT:
		add(m, i, LYM_DATA, LYM_I_KERNEL, payload, PAYLOAD_LEN);
		break;
	case LYM_T_DATA:
		add(m, i, LYM_DATA, strstr(ev->field[i].tags, "U") ? 0 : LYM_I_KERNEL, payload, PAYLOAD_LEN);
		break;
	case LYM_T_ADDR_IN:
	case LYM_T_ADDR_OUT:
	case LYM_T_SOCKADDR:
		add(m, i, LYM_ADDR, LYM_I_KERNEL, &peer, sizeof(peer));
		break;
	case LYM_T_LEN_INOUT:
		if (ev->field[i - 1].type == LYM_T_OPT_OUT)
			room = len = sizeof(value);
		add(m, i, LYM_VALUE_IN, 0, &room, sizeof(room));
		add(m, i, LYM_VALUE, 0, &len, sizeof(len));
		break;
	case LYM_T_OPT_IN:
	case LYM_T_OPT_OUT:
		add(m, i, LYM_DATA, 0, &value, sizeof(value));
		break;
	case LYM_T_FD_PAIR:
		add(m, i, LYM_VALUE, 0, pair, sizeof(pair));
		break;
	case LYM_T_TIMESPEC:
		add(m, i, LYM_VALUE_IN, 0, timeout, sizeof(timeout));
		add(m, i, LYM_VALUE, 0, timeout, sizeof(timeout));
		break;
	case LYM_T_MSGHDR_IN:
	case LYM_T_MMSG_IN:
		add_message(m, i, 0);
		break;
	case LYM_T_MSGHDR_OUT:
	case LYM_T_MMSG_OUT:
		add_message(m, i, LYM_I_KERNEL);
		break;
	case LYM_T_STR:
		if (!strcmp(ev->field[i].name, "event"))
			add(m, i, LYM_DATA, LYM_I_KERNEL, "recvfrom", 8);
		else
			add(m, i, LYM_DATA, LYM_I_KERNEL, "ring_full", 9);
		break;
	default:
		add_by_printer(m, lym_schema_type(ev->field[i].type), i);
	}
}

/* What a successful call returns. */
static __s64 result(const struct lym_event *ev)
{
	if (ev->nr < 0)
		return strcmp(ev->set, "net") ? 0 : PAYLOAD_LEN;
	if (strstr(ev->name, "mmsg"))
		return 1;
	if (!strncmp(ev->name, "recv", 4) || !strncmp(ev->name, "send", 4))
		return PAYLOAD_LEN;
	if (!strcmp(ev->name, "socket") || !strncmp(ev->name, "accept", 6))
		return FD + 2;
	return 0;
}

static __u32 number_of(const struct lym_event *ev)
{
	const struct lym_call32 *c;

	if (!ev->only32)
		return ev->nr >= 0 ? (__u32)ev->nr : ~0U;
	for (unsigned int i = 0; (c = lym_schema_call32(i)); i++)
		if (c->event == ev->ev && c->nr < LYM_SYSCALLS)
			return c->nr;
	return ~0U;
}

size_t lym_example_record(void *p, size_t cap, const struct lym_event *ev)
{
	struct maker m = { p, sizeof(struct lym_hdr) + 8 * ev->nfields, cap };
	struct lym_hdr *h = p;
	__u64 *cell = (__u64 *)(h + 1);

	memset(p, 0, m.len);
	*h = (struct lym_hdr){
		.event = ev->ev, .ncells = ev->nfields, .ts = 123456789, .seq = 7, .ret = result(ev), .cgroup = 4242,
		.start = 100000000, .leader_start = 100000000, .cpu = 1,
		.syscall = number_of(ev), .flags = ev->only32 ? LYM_F_COMPAT : 0, .host_pid = 54242, .host_tid = 54243, .pid = 42, .tid = 43,
		.host_ppid = 54100, .uid = 1000, .gid = 1000, .comm = "logserver",
	};
	for (int i = 0; i < ev->nfields; i++) {
		cell[i] = number(ev, i);
		add_behind(&m, ev, i);
		if (ev->field[i].type == LYM_T_FD)
			add_sock(&m, LYM_NO_FIELD);
	}
	if (ev->nr < 0 && !strcmp(ev->set, "net"))
		add_sock(&m, LYM_NO_FIELD);
	h->len = m.len;
	return m.len;
}

/* Copy JSON of len bytes with a new line for each member of the two outer levels; dst has room for four times as much. */
static void indent(char *dst, const char *json, size_t len)
{
	int depth = 0, in_string = 0;

	for (size_t i = 0; i < len; i++) {
		char c = json[i];
		int breaks = 0;

		if (c == '"' && (!i || json[i - 1] != '\\'))
			in_string = !in_string;
		if (!in_string && (c == '}' || c == ']'))
			depth--;
		if (!in_string && (c == '{' || c == '['))
			depth++;
		*dst++ = c;
		if (!in_string)
			breaks = (c == ',' && depth <= 2) || ((c == '{' || c == '[') && depth == 2);
		if (breaks) {
			*dst++ = '\n';
			for (int d = 0; d < depth; d++)
				*dst++ = ' ';
		}
	}
	*dst = '\0';
}

char *lym_example_json(const struct lym_event *ev)
{
	struct lym_out_opts opts = { .host = "myhost", .snaplen = 64, .boot_ns = 1785765731000000000,
				     .mono_ns = 1785765731000000000 };
	struct lym_out *o = NULL;
	__u64 record[512];
	struct lym_record r;
	char *ret = NULL;
	size_t n;

	if (lym_record_view(&r, record, lym_example_record(record, sizeof(record), ev)) || lym_out_open(&o, "json", &opts))
		return NULL;
	lym_out_event(o, &r);
	for (n = o->buf.len; n && o->buf.p[n - 1] == '\n';)
		n--;
	ret = calloc(1, 4 * n + 1);
	if (ret)
		indent(ret, o->buf.p, n);
	o->buf.len = 0;		/* to be returned, not to be written */
	lym_out_close(o);
	return ret;
}

void lym_example_free(char *json)
{
	free(json);
}
