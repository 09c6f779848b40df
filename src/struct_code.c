// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What schema/structs.def cannot declare of a struct: members that depend on each other. Signals are in struct_signal.c. */
#include "names.h"
#include "struct_code.h"
#include "value.h"

#ifdef __aarch64__
#define ST_MODE 16
#define ST_RDEV 32
#else
#define ST_MODE 24
#define ST_RDEV 40
#endif

void lym_struct_stat_size(struct lym_members *m, size_t off)
{
	__u32 type = lym_member_get(m, ST_MODE, 4) & 0170000;
	size_t start;

	if (type == 0020000 || type == 0060000) {
		start = lym_member_begin(m, "st_rdev");
		lym_value_dev(m->b, lym_member_get(m, ST_RDEV, 8));
		lym_member_end(m, start);
	} else {
		lym_member_uint(m, "st_size", lym_member_get(m, 48, 8), true);
	}
}

/* The same of 32-bit programs, whose structs differ in where these are and how long they are. */
static void size_at(struct lym_members *m, __u32 mode, size_t rdev, size_t rdev_len, size_t size, size_t size_len)
{
	__u32 type = mode & 0170000;
	size_t start;

	if (type == 0020000 || type == 0060000) {
		start = lym_member_begin(m, "st_rdev");
		lym_value_dev(m->b, lym_member_get(m, rdev, rdev_len));
		lym_member_end(m, start);
	} else {
		lym_member_uint(m, "st_size", lym_member_get(m, size, size_len), true);
	}
}

void lym_struct_stat64_size(struct lym_members *m, size_t off)
{
	size_at(m, lym_member_get(m, 16, 4), 32, 8, 44, 8);
}

void lym_struct_stat32_size(struct lym_members *m, size_t off)
{
	size_at(m, lym_member_get(m, 8, 2), 16, 4, 20, 4);
}

void lym_struct_oldstat_size(struct lym_members *m, size_t off)
{
	size_at(m, lym_member_get(m, 4, 2), 12, 2, 16, 4);
}

void lym_struct_statx_time(struct lym_members *m, size_t off)
{
	__s64 sec = lym_member_get(m, off, 8);
	__u32 nsec = lym_member_get(m, off + 8, 4);

	lym_text_lit(m->b, "{tv_sec=");
	lym_text_i64(m->b, sec);
	lym_text_lit(m->b, ", tv_nsec=");
	lym_text_u64(m->b, nsec);
	lym_text_char(m->b, '}');
	lym_value_time_comment(m->b, sec, nsec, 9);
}

/* One of two times: what strace has as a comment is no part of the JSON. */
static void time_at(struct lym_members *m, size_t i, size_t word, const char *part, unsigned int digits)
{
	struct lym_members in = { .b = m->b, .json = m->json };
	__u64 v = lym_member_get(m, (2 * i + 1) * word, word);
	__s64 sec = lym_member_get(m, 2 * i * word, word);

	if (word == 4)
		sec = (__s32)sec;
	lym_text_char(m->b, '{');
	lym_member_int(&in, "tv_sec", sec, true);
	lym_member_uint(&in, part, v, true);
	lym_text_char(m->b, '}');
	if (!m->json)
		lym_value_time_comment(m->b, sec, v, digits);
}

/* [{tv_sec=1, tv_nsec=0} / * 1970-01-01T00:00:01+0000 * /, UTIME_OMIT] */
static void utimens(struct lym_members *m, size_t word)
{
	enum { NOW = 0x3fffffff, OMIT = 0x3ffffffe };
	const char *quote = m->json ? "\"" : "";
	__u64 nsec;
	size_t i;

	for (i = 0; i < 2; i++) {
		nsec = lym_member_get(m, (2 * i + 1) * word, word);
		lym_text_str(m->b, !i ? "[" : m->json ? "," : ", ");
		if ((nsec != NOW && nsec != OMIT) || (m->b->names && !m->json)) {
			time_at(m, i, word, "tv_nsec", 9);
			if ((nsec == NOW || nsec == OMIT) && m->b->names != LYM_NAMES_RAW)
				lym_text_str(m->b, nsec == NOW ? " /* UTIME_NOW */" : " /* UTIME_OMIT */");
			continue;
		}
		lym_text_str(m->b, quote);
		lym_text_str(m->b, nsec == NOW ? "UTIME_NOW" : "UTIME_OMIT");
		lym_text_str(m->b, quote);
	}
	lym_text_char(m->b, ']');
}

static void address_at(struct lym_members *m, __u64 v)
{
	lym_text_str(m->b, m->json ? "[\"" : "[");
	lym_text_ptr(m->b, v);
	lym_text_str(m->b, m->json ? "\"]" : "]");
}

void lym_struct_address_ptr(struct lym_members *m, size_t off)
{
	address_at(m, lym_member_get(m, off, 8));
}

void lym_struct_address32_ptr(struct lym_members *m, size_t off)
{
	address_at(m, lym_member_get(m, off, 4));
}

static void utimes(struct lym_members *m, size_t word)
{
	lym_text_char(m->b, '[');
	time_at(m, 0, word, "tv_usec", 6);
	lym_text_str(m->b, m->json ? "," : ", ");
	time_at(m, 1, word, "tv_usec", 6);
	lym_text_char(m->b, ']');
}

void lym_struct_utimens(struct lym_members *m, size_t off)
{
	utimens(m, 8);
}

void lym_struct_utimens32(struct lym_members *m, size_t off)
{
	utimens(m, 4);
}

void lym_struct_utimes(struct lym_members *m, size_t off)
{
	utimes(m, 8);
}

void lym_struct_utimes32(struct lym_members *m, size_t off)
{
	utimes(m, 4);
}

void lym_struct_open_mode(struct lym_members *m, size_t off)
{
	__u64 mode = lym_member_get(m, off, 8);
	size_t start;

	if (!mode && !(lym_member_get(m, 0, 8) & 0x400040))	/* O_CREAT, O_TMPFILE */
		return;
	start = lym_member_begin(m, "mode");
	lym_value_umode(m->b, mode);
	lym_member_end(m, start);
}

void lym_struct_clone3_flags(struct lym_members *m, size_t off)
{
	lym_names_flags(m->b, LYM_NAMES_clone3_all, lym_member_get(m, off, 8));
}

/* Shown where set_tid is. */
void lym_struct_clone3_set_tid_size(struct lym_members *m, size_t off)
{
	__u64 v = lym_member_get(m, off, 8);

	if (v || lym_member_get(m, off - 8, 8))
		lym_member_uint(m, "set_tid_size", v, true);
}

/* Shown if it is not zero, or asked for. */
void lym_struct_clone3_cgroup(struct lym_members *m, size_t off)
{
	enum { INTO_CGROUP = 2 };		/* of the upper half of the flags */
	__u64 v = lym_member_get(m, off, 8);

	if (v || lym_member_get(m, 4, 4) & INTO_CGROUP)
		lym_member_uint(m, "cgroup", v, true);
}

void lym_struct_poll_events(struct lym_members *m, size_t off)
{
	size_t start;

	if ((__s32)lym_member_get(m, 0, 4) < 0 && !m->json)
		return;
	start = lym_member_begin(m, "events");
	lym_names_flags(m->b, LYM_NAMES_poll_events, lym_member_get(m, off, 2));
	lym_member_end(m, start);
	if (!m->json)		/* strace tells what came behind the result */
		return;
	start = lym_member_begin(m, "revents");
	lym_names_flags(m->b, LYM_NAMES_poll_events, lym_member_get(m, off + 2, 2));
	lym_member_end(m, start);
}

/* ---- filters ---- */

#define CLASS(code) ((code) & 7)

static void bpf_rest(struct lym_buf *b, __u32 v)
{
	if (!v)
		return;
	lym_text_char(b, '|');
	lym_text_hex(b, v);
	lym_text_lit(b, " /* BPF_??? */");
}

static void bpf_name(struct lym_buf *b, enum lym_names t, __u32 v)
{
	lym_text_char(b, '|');
	lym_names_put(b, t, v);
}

static void bpf_code(struct lym_buf *b, __u32 code)
{
	__u32 rest = code & ~7u;

	lym_names_put(b, LYM_NAMES_bpf_class, CLASS(code));
	switch (CLASS(code)) {
	case 0: case 1:		/* BPF_LD, BPF_LDX */
		bpf_name(b, LYM_NAMES_bpf_size, code & 0x18);
		bpf_name(b, LYM_NAMES_bpf_mode, code & 0xe0);
		break;
	case 2: case 3:		/* BPF_ST, BPF_STX */
		bpf_rest(b, rest);
		break;
	case 4: case 5:		/* BPF_ALU, BPF_JMP */
		bpf_name(b, LYM_NAMES_bpf_src, code & 8);
		bpf_name(b, CLASS(code) == 4 ? LYM_NAMES_bpf_op_alu : LYM_NAMES_bpf_op_jmp, code & 0xf0);
		break;
	case 6:			/* BPF_RET */
		bpf_name(b, LYM_NAMES_bpf_rval, code & 0x18);
		bpf_rest(b, rest & ~0x18u);
		break;
	default:
		bpf_name(b, LYM_NAMES_bpf_miscop, code & 0xf8);
	}
}

/* What a seccomp filter returns. */
static void seccomp_ret(struct lym_buf *b, __u32 k)
{
	lym_names_put(b, LYM_NAMES_seccomp_ret_action, k & 0xffff0000);
	if (!(k & 0xffff))
		return;
	lym_text_char(b, '|');
	lym_text_hex(b, k & 0xffff);
}

/* Where a socket's filter looks: k, or an offset from a place that the kernel knows. */
static void place(struct lym_buf *b, __u32 k)
{
	static const __u32 from[] = { 0xfffff000, 0xfff00000, 0xffe00000 };	/* SKF_AD_OFF, SKF_NET_OFF, SKF_LL_OFF */
	unsigned int i;

	for (i = 0; i < 3 && k < from[i]; i++)
		;
	if (i == 3) {
		lym_text_hex(b, k);
		return;
	}
	lym_names_put(b, LYM_NAMES_skf_off, from[i]);
	lym_text_char(b, '+');
	if (!i)
		lym_names_put(b, LYM_NAMES_skf_ad, k - from[i]);
	else
		lym_text_u64(b, k - from[i]);
}

/* BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ALLOW), BPF_JUMP(BPF_JMP|BPF_K|BPF_JEQ, 0x11, 0, 0x5) */
static void insn(struct lym_members *m, bool seccomp)
{
	__u32 code = lym_member_get(m, 0, 2), jt = lym_member_get(m, 2, 1), jf = lym_member_get(m, 3, 1);
	__u32 k = lym_member_get(m, 4, 4);

	lym_text_str(m->b, jt || jf ? "BPF_JUMP(" : "BPF_STMT(");
	bpf_code(m->b, code);
	lym_text_lit(m->b, ", ");
	if (seccomp && code == 6 && !jt && !jf)
		seccomp_ret(m->b, k);
	else if (!seccomp && (CLASS(code) == 0 || CLASS(code) == 1) && (code & 0xe0) == 0x20 && !jt && !jf)	/* BPF_ABS */
		place(m->b, k);
	else
		lym_text_hex(m->b, k);
	if (jt || jf) {
		lym_text_lit(m->b, ", ");
		lym_text_hex(m->b, jt);
		lym_text_lit(m->b, ", ");
		lym_text_hex(m->b, jf);
	}
	lym_text_char(m->b, ')');
}

void lym_struct_bpf_insn(struct lym_members *m, size_t off)
{
	insn(m, false);
}

void lym_struct_seccomp_insn(struct lym_members *m, size_t off)
{
	insn(m, true);
}

/* ---- terminals ---- */

/* What has no name without a comment. */
static void rest_flags(struct lym_buf *b, enum lym_names t, __u32 v)
{
	if (v)
		lym_names_flags(b, t, v);
}

static void oflag(struct lym_members *m, __u32 v)
{
	static const struct {
		enum lym_names t;
		__u32 mask;
	} delay[] = {
		{ LYM_NAMES_term_oflags_nldly, 0000400 }, { LYM_NAMES_term_oflags_crdly, 0003000 },
		{ LYM_NAMES_term_oflags_tabdly, 0014000 }, { LYM_NAMES_term_oflags_bsdly, 0020000 },
		{ LYM_NAMES_term_oflags_vtdly, 0040000 }, { LYM_NAMES_term_oflags_ffdly, 0100000 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(delay) / sizeof(delay[0]); i++) {
		lym_names_put(m->b, delay[i].t, v & delay[i].mask);
		lym_text_char(m->b, '|');
		v &= ~delay[i].mask;
	}
	rest_flags(m->b, LYM_NAMES_term_oflags, v);
}

static void cflag(struct lym_members *m, __u32 v)
{
	__u32 cbaud = 0010017, shift = 16, csize = 0000060;

	lym_names_put(m->b, LYM_NAMES_baud_options, v & cbaud);
	lym_text_char(m->b, '|');
	if (v & cbaud << shift) {
		lym_names_put(m->b, LYM_NAMES_baud_options, (v & cbaud << shift) >> shift);
		lym_text_lit(m->b, "<<IBSHIFT|");
	}
	lym_names_put(m->b, LYM_NAMES_term_cflags_csize, v & csize);
	lym_text_char(m->b, '|');
	rest_flags(m->b, LYM_NAMES_term_cflags, v & ~(cbaud | cbaud << shift | csize));
}

/* [[VINTR]=0x3, ...] */
static void characters(struct lym_members *m, size_t off, size_t n)
{
	const char *s;
	size_t i;

	lym_text_char(m->b, '[');
	for (i = 0; i < n && off + i < m->n; i++) {
		lym_text_str(m->b, i ? ", [" : "[");
		s = lym_names_find(LYM_NAMES_termios_cc, i);
		if (s)
			lym_text_str(m->b, s);
		else
			lym_text_u64(m->b, i);
		lym_text_lit(m->b, "]=");
		lym_text_hex(m->b, m->p[off + i]);
	}
	lym_text_char(m->b, ']');
}

void lym_struct_term_oflag(struct lym_members *m, size_t off)
{
	oflag(m, lym_member_get(m, off, 4));
}

void lym_struct_term_cflag(struct lym_members *m, size_t off)
{
	cflag(m, lym_member_get(m, off, 4));
}

void lym_struct_term_cc(struct lym_members *m, size_t off)
{
	characters(m, off, 19);
}

/* The same of the old struct termio. */
void lym_struct_termio_oflag(struct lym_members *m, size_t off)
{
	oflag(m, lym_member_get(m, off, 2));
}

void lym_struct_termio_cflag(struct lym_members *m, size_t off)
{
	cflag(m, lym_member_get(m, off, 2));
}

void lym_struct_termio_cc(struct lym_members *m, size_t off)
{
	characters(m, off, 8);
}

/* ---- numbers behind a pointer ---- */

void lym_struct_pointer(struct lym_members *m, size_t off)
{
	lym_text_char(m->b, '[');
	lym_text_ptr(m->b, lym_member_get(m, off, 8));
	lym_text_char(m->b, ']');
}

void lym_struct_pointer32(struct lym_members *m, size_t off)
{
	lym_text_char(m->b, '[');
	lym_text_ptr(m->b, lym_member_get(m, off, 4));
	lym_text_char(m->b, ']');
}

void lym_struct_xfeature(struct lym_members *m, size_t off)
{
	unsigned char names = m->b->names;

	lym_text_char(m->b, '[');
	m->b->names = names ?: LYM_NAMES_BOTH;
	lym_names_flags(m->b, LYM_NAMES_xfeature_mask, lym_member_get(m, off, 8));
	m->b->names = names;
	lym_text_char(m->b, ']');
}

void lym_struct_mac(struct lym_members *m, size_t off)
{
	lym_value_mac(m->b, m->p + off, 6);
}

/* 0x00000001 */
void lym_struct_hex08(struct lym_members *m, size_t off)
{
	lym_text_lit(m->b, "0x");
	lym_text_hexpad(m->b, lym_member_get(m, off, 4), 8);
}

/* printf's %#08x */
void lym_struct_hex_wide8(struct lym_members *m, size_t off)
{
	__u32 v = lym_member_get(m, off, 4);

	if (v)
		lym_text_lit(m->b, "0x");
	lym_text_hexpad(m->b, v, v ? 6 : 8);
}

/* As many bytes as the first member says; the kernel takes no more than are here. */
void lym_struct_f_handle(struct lym_members *m, size_t off)
{
	struct lym_members told = *m;

	if (told.n > off + lym_member_get(m, 0, 4))
		told.n = off + lym_member_get(m, 0, 4);
	lym_member_rest(&told, off);
}

void lym_struct_user_desc_bits(struct lym_members *m, size_t off)
{
	static const struct {
		const char *name;
		unsigned char shift, mask;
	} bits[] = {
		{ "seg_32bit", 0, 1 }, { "contents", 1, 3 }, { "read_exec_only", 3, 1 }, { "limit_in_pages", 4, 1 },
		{ "seg_not_present", 5, 1 }, { "useable", 6, 1 }, { "lm", 7, 1 },
	};
	__u32 v = lym_member_get(m, off, 4);
	size_t i;

	for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		lym_member_uint(m, bits[i].name, v >> bits[i].shift & bits[i].mask, false);
}

/* There would be more if the call had told it. */
void lym_struct_user_desc_rest(struct lym_members *m, size_t off)
{
	m->left_out |= !m->succeeded;
}

/* What a request asks for: one protocol, or all. */
void lym_struct_ndiag_protocol(struct lym_members *m, size_t off)
{
	enum { ALL = 255 };

	if (m->p[off] == ALL)
		lym_names_put(m->b, LYM_NAMES_ndiag_proto, ALL);
	else
		lym_names_put(m->b, LYM_NAMES_proto_netlink, m->p[off]);
}

/* A packet socket's protocol has two bytes, of which a request has but one. */
void lym_struct_pdiag_protocol(struct lym_members *m, size_t off)
{
	lym_text_hex(m->b, m->p[off]);
}

/* Three bytes. */
void lym_struct_hex3(struct lym_members *m, size_t off)
{
	lym_text_char(m->b, '"');
	lym_text_xstr(m->b, m->p + off, 3);
	lym_text_char(m->b, '"');
}

/* What should be zero, if it is not. */
void lym_struct_vsi_pad(struct lym_members *m, size_t off)
{
	if (!lym_member_get(m, off, 3))
		return;
	lym_member_name(m, "pad");
	lym_struct_hex3(m, off);
}

/* A hardware address as long as the member before says. */
void lym_struct_pdmc_addr(struct lym_members *m, size_t off)
{
	__u32 n = lym_member_get(m, off - 2, 2);

	lym_text_char(m->b, '"');
	lym_text_xstr(m->b, m->p + off, n < 32 ? n : 32);
	lym_text_char(m->b, '"');
}

/* [1665146096 / * 2022-10-07T12:34:56+0000 * /] in C's form */
static void seconds(struct lym_members *m, __s64 v)
{
	if (!m->json)
		lym_text_char(m->b, '[');
	lym_text_i64(m->b, v);
	if (m->json)
		return;
	lym_value_time_comment(m->b, v, 0, 0);
	lym_text_char(m->b, ']');
}

void lym_struct_time(struct lym_members *m, size_t off)
{
	seconds(m, lym_member_get(m, off, 8));
}

void lym_struct_time32(struct lym_members *m, size_t off)
{
	seconds(m, (__s32)lym_member_get(m, off, 4));
}

/* Nodes of memory in a word of size bytes: in hex, and as wide with 0x before it as a word without any, which has none. */
static void nodes(struct lym_members *m, size_t off, size_t size)
{
	__u64 v = lym_member_get(m, off, size);

	if (v)
		lym_text_lit(m->b, "0x");
	lym_text_hexpad(m->b, v, 2 * size - (v ? 2 : 0));
}

void lym_struct_node(struct lym_members *m, size_t off)
{
	nodes(m, off, 8);
}

void lym_struct_node32(struct lym_members *m, size_t off)
{
	nodes(m, off, 4);
}

/* As long as the length beside it says; here there may be fewer. */
void lym_struct_old_dirent_name(struct lym_members *m, size_t off)
{
	size_t n = lym_member_get(m, off - 2, 2), room = m->n - off;

	if (n > room)
		n = room;
	if (m->json) {
		lym_text_bytes(m->b, (const char *)m->p + off, n);
		return;
	}
	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, (const char *)m->p + off, n);
	lym_text_char(m->b, '"');
}

/* What strace tells of an old struct that does not have them. */
void lym_struct_oldstat_blocks(struct lym_members *m, size_t off)
{
	if (m->json)
		return;
	lym_member_uint(m, "st_blksize", 0, false);
	lym_member_uint(m, "st_blocks", 0, false);
}
