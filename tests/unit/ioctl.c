// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What ioctl is given: requests made of numbers, structs with answers, arrays and strings behind pointers, hostile chains. */
#include <stdlib.h>
#include <sys/socket.h>
#include "names.h"
#include "sockaddr.h"
#include "structs.h"
#include "tap.h"
#include "value.h"

static struct lym_buf b;

static void is(const char *want, const char *what)
{
	same(b.p, b.len, want, what);
	b.len = 0;
}

/* A struct of words of four bytes, and what it is. */
static void says(enum lym_struct s, struct lym_extent e, const __u32 *w, size_t n, const char *want, const char *what)
{
	unsigned char p[8192] = { 0 };

	memcpy(p, w, 4 * n);
	e.p = p;
	if (!e.n)
		e.n = lym_struct_size(s);
	e.full = e.n;
	e.addr = 0x7f00;
	lym_struct_strace(&b, s, &e, true);
	is(want, what);
}
#define SAYS(s, e, want, what, ...) \
	says(LYM_STRUCT_##s, (struct lym_extent)e, (const __u32[]){ __VA_ARGS__ }, sizeof((const __u32[]){ __VA_ARGS__ }) / 4, want, what)
#define E(...) { __VA_ARGS__ }

static void requests(void)
{
	lym_value_ioctl(&b, 0x80084521);
	is("EVIOCGBIT(EV_KEY, 8)", "a name and a size");
	lym_value_ioctl(&b, 0x8018454e);
	is("EVIOCGABS(0xe /* ABS_??? */)", "a number without a name");
	lym_value_ioctl(&b, 0x80044d0d);
	is("MIXER_READ(13) or OTPSELECT", "two that are possible");
	b.names = LYM_NAMES_BOTH;
	lym_value_ioctl(&b, 0x8018454e);
	is("0x8018454e /* EVIOCGABS(0xe) */", "the same with -X verbose");
	b.names = 0;
	lym_value_bits(&b, LYM_NAMES_evdev_ev, "\x1f\0\2", 3, false);
	is("[EV_SYN EV_KEY EV_REL EV_ABS ...]", "bits, the first of them");
	lym_value_bits_json(&b, LYM_NAMES_evdev_ev, "\3\0\2", 3);
	is("[\"EV_SYN\",\"EV_KEY\",\"EV_LED\"]", "bits in JSON");
	lym_value_tone(&b, 0x1ffff);
	is("1<<16|65535 /* 18 Hz, 1 ms */", "a tone");
	lym_value_char(&b, '\n', true);
	lym_value_char(&b, '\n', false);
	lym_value_char(&b, '\'', false);
	is("\\n\\x0a\\'", "characters");
}

static void put(const struct lym_fd_teller *f, struct lym_buf *to, __s32 fd)
{
	lym_text_lit(to, "</dev/null>");
}

static void answers(void)
{
	static const struct lym_fd_teller fds = { put };

	SAYS(kd_repeat, E(.succeeded = false), "{delay=1, period=-1}", "what was asked", 1, ~0u);
	SAYS(kd_repeat, E(.succeeded = true), "{delay=1, period=-1} => {delay=1, period=-1}", "and what came of it", 1, ~0u);
	SAYS(rtc_param_get, E(.succeeded = false), "{param=RTC_PARAM_CORRECTION, index=3} => 0x7f00", "nothing came of it", 1, 0, 0, 0, 3);
	SAYS(ubi_attach, E(.succeeded = true), "{ubi_num=5, mtd_num=6, vid_hdr_offset=7, max_beb_per1024=8} => [5]", "a number did", 5, 6, 7, 8);
	SAYS(seccomp_addfd, E(.fds = &fds), "{id=0x1, flags=SECCOMP_ADDFD_FLAG_SETFD, srcfd=3</dev/null>, newfd=4, newfd_flags=O_CLOEXEC}",
	     "a descriptor", 1, 0, 1, 3, 4, 0x80000);
	SAYS(v4l2_buf_type_ptr, E(0), "[V4L2_BUF_TYPE_VIDEO_CAPTURE]", "one behind a pointer", 1);
	SAYS(v4l2_format, E(0), "{type=V4L2_BUF_TYPE_META_CAPTURE, fmt.meta={dataformat=v4l2_fourcc('V', 'I', 'V', 'D') /* V4L2_META_FMT_VIVID */, "
	     "buffersize=9}}", "by another member", 13, 0, 0x44564956, 9);
	SAYS(kd_entry_set, E(.n = 2, .part = true), "{kb_table=K_SHIFTTAB, kb_index=168, kb_value=???}", "as far as it can be read", 0xa801);
	SAYS(sockaddr_wpan, E(0), "{sa_family=AF_IEEE802154, addr={addr_type=0x2 /* IEEE802154_ADDR_SHORT */, pan_id=0x7, short_addr=0xffff "
	     "/* IEEE802154_ADDR_BROADCAST */}}", "numbers that are explained", 36, 2, 0xffff0007);
}

static void lists(void)
{
	static const __u32 controls[] = { 0x980900, 0, 0, 7, 0, 0x980901, 2, 0, 0x5000, 0 };
	static const struct lym_each each[LYM_CHAIN * (LYM_EACH + 1)] = { { NULL, 0 }, { "ab", 2 } };
	unsigned char call[] = { 2 * 'A', 2 * 'B', ' ' << 1, ' ' << 1, ' ' << 1, ' ' << 1, 14 }, ax[16] = { AF_AX25 };
	struct lym_members m = { .b = &b, .inner = "\1\2\3", .inner_len = 3, .limit = 2 };

	SAYS(ubi_rnvol, E(0), "{count=-1, ents=[]}", "a number of elements below zero", ~0u);
	SAYS(v4l2_ext_set, E(.inner = controls, .inner_len = 40, .each = each),
	     "{ctrl_class=V4L2_CTRL_CLASS_USER, count=2, controls=[{id=V4L2_CID_BRIGHTNESS, size=0, value=7, value64=7}, "
	     "{id=V4L2_CID_CONTRAST, size=2, string=\"ab\"}]} => {controls=[{id=V4L2_CID_BRIGHTNESS, size=0, value=7, value64=7}, "
	     "{id=V4L2_CID_CONTRAST, size=2, string=\"ab\"}], error_idx=1}", "what elements point at", 0x980000, 2, 1, 0, 0, 0, 0x4000);
	SAYS(v4l2_ext_set, E(0), "{ctrl_class=V4L2_CTRL_CLASS_USER, count=2, controls=0x4000}", "where nothing can be read",
	     0x980000, 2, 1, 0, 0, 0, 0x4000);
	lym_member_pointed(&m, 3, 0x5000, true);
	is("\"\\x01\\x02\"...", "bytes, as many as are asked for");
	lym_member_pointed(&m, 4000, 0x5000, true);
	lym_member_pointed(&m, 2, 0, true);
	m.limit = 9;
	lym_member_pointed(&m, 4000, 0x5000, true);
	is("\"\\x01\\x02\"...NULL0x5000", "enough of them, none, too few");
	memcpy(ax + 2, call, sizeof(call));
	lym_sockaddr_strace(&b, ax, sizeof(ax));
	is("{sa_family=AF_AX25, sax25_call=AB-7, sax25_ndigis=0}", "a call sign");
	b.names = LYM_NAMES_BOTH;
	lym_sockaddr_strace(&b, "\2\0\0\120\177\0\0\1\0\0\0\0\0\0\0\0", 16);
	is("{sa_family=0x2 /* AF_INET */, sin_port=\"\\x00\\x50\" /* htons(80) */, sin_addr=\"\\x7f\\x00\\x00\\x01\" /* inet_addr(\"127.0.0.1\") */}",
	   "an address with -X verbose");
	b.names = 0;
}

/* The device mapper's chains, of which no offset is to be believed: text without end is none. */
static void chains(void)
{
	static const enum lym_struct all[] = {
		LYM_STRUCT_dm_load, LYM_STRUCT_dm_devices, LYM_STRUCT_dm_versions, LYM_STRUCT_dm_deps, LYM_STRUCT_dm_status,
		LYM_STRUCT_dm_message, LYM_STRUCT_dm_geometry,
	};
	unsigned int round, i, bad = 0;

	srandom(9);
	for (round = 0; round < 20000; round++) {
		size_t n = 305 + random() % 700;
		unsigned char *p = calloc(1, n);
		__u32 head[6] = { 4, 1, 2, random() & 1 ? n : (size_t)random() % 2000, random() & 3 ? 305 + (__u32)random() % 400 : (__u32)random(), random() % 40 };

		for (i = 300; i < n; i++)
			p[i] = random() % 3 ? 0 : random() % 90;
		memcpy(p, head, sizeof(head));
		b.len = 0;
		for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
			lym_struct_strace(&b, all[i], &(struct lym_extent){ p, n, 4096, true, .succeeded = round & 1, .addr = 0x7f00,
									     .limit = round % 5 }, round & 2);
		for (i = 0; i < b.len; i++)
			bad += (unsigned char)b.p[i] < 0x20 || b.p[i] == 0x7f;
		bad += b.len > 1 << 20;
		free(p);
	}
	b.len = 0;
	ok(!bad, "20,000 chains of the device mapper");
}

/* Any struct, what it points at, and what that points at, of any bytes. */
static void hostile(void)
{
	unsigned int bad = 0, round, i;
	int s;

	srandom(11);
	for (s = 0; s < LYM_STRUCT_MAX; s++) {
		size_t size = lym_struct_size(s);

		for (round = 0; round < 200; round++) {
			size_t n = random() % 3 ? size : random() % (size + 9), k = random() % 200;
			unsigned char *p = malloc(n), *q = malloc(k), *v = malloc(8);
			struct lym_each each[LYM_CHAIN * (LYM_EACH + 1)] = { { v, random() % 9 }, { NULL, 0 }, { v, 8 } };
			struct lym_extent e = { p, n, n, round & 1, .inner = round & 2 ? q : NULL, .inner_len = round & 2 ? k : 0, .each = each, .succeeded = round & 4,
						.addr = 0x7f00, .limit = random() % 4, .after = round & 16 ? p : round & 32 ? q : NULL,
						.after_n = round & 16 ? n : round & 32 ? k : 0 };

			for (i = 0; i < n; i++)
				p[i] = round % 3 == 0 ? random() : round % 3 == 1 ? random() % 4 ? 0 : random() % 8 : 0xff;
			for (i = 0; i < k; i++)
				q[i] = random();
			memset(v, 0xfe, 8);
			b.len = 0;
			b.names = random() % 3;
			lym_struct_strace(&b, s, &e, round & 8);
			lym_struct_json(&b, s, &e);
			for (i = 0; i < b.len; i++)
				bad += (unsigned char)b.p[i] < 0x20 || b.p[i] == 0x7f;
			bad += b.len > 1 << 20;
			free(p);
			free(q);
			free(v);
		}
	}
	b.names = 0;
	b.len = 0;
	ok(!bad, "structs with what they point at");
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	requests();
	answers();
	lists();
	chains();
	hostile();
	lym_text_free(&b);
	return done();
}
