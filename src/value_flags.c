// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Words of flags with a part that is none. Declared in value.h. */
#include "names.h"
#include "value.h"

#define HUGE_SHIFT 26		/* of mmap and of shmget: the size of a huge page, as its logarithm */
#define HUGE_MASK (0x3fu << HUGE_SHIFT)

void lym_value_clone_flags(struct lym_buf *b, __u64 v)
{
	if (v & ~0xffull) {
		lym_names_flags(b, LYM_NAMES_clone_flags, v & ~0xffull);
		if (!(v & 0xff))
			return;
		lym_text_char(b, '|');
	}
	lym_value_signal(b, v & 0xff);
}

/* |21<<NAME, or without the bar */
static void huge(struct lym_buf *b, __u32 v, bool bar, const char *name)
{
	if (!(v & HUGE_MASK))
		return;
	if (bar)
		lym_text_char(b, '|');
	lym_text_u64(b, (v & HUGE_MASK) >> HUGE_SHIFT);
	lym_text_lit(b, "<<");
	lym_text_str(b, name);
}

void lym_value_flags(struct lym_buf *b, enum lym_names t, __u64 v)
{
	if (!v || lym_names_known(t, v))
		lym_names_flags(b, t, v);
	else
		lym_text_hex(b, v);
}

static void mmap_flags(struct lym_buf *b, __u64 v)
{
	__u32 rest = v & ~(0xfu | HUGE_MASK);

	lym_names_put(b, LYM_NAMES_mmap_flags, v & 0xf);
	if (rest) {
		lym_text_char(b, '|');
		lym_value_flags(b, LYM_NAMES_mmap_flags, rest);
	}
	huge(b, v, true, "MAP_HUGE_SHIFT");
}

void lym_value_mmap_flags(struct lym_buf *b, __u32 v)
{
	lym_value_named(b, v, lym_text_hex, mmap_flags);
}

void lym_value_statx_flags(struct lym_buf *b, __u32 v)
{
	lym_names_flags(b, LYM_NAMES_at_statx_sync_types, v & 0x6000);
	if (!(v & ~0x6000u))
		return;
	lym_text_char(b, '|');
	lym_value_flags(b, LYM_NAMES_at_flags, v & ~0x6000u);
}

/* NAME<<shift, with a comment behind the shift where there is no name. */
static void shifted(struct lym_buf *b, enum lym_names t, __u32 v, unsigned int shift, const char *unknown)
{
	const char *s = lym_names_find(t, v);

	if (s)
		lym_text_str(b, s);
	else
		lym_text_hex(b, v);
	lym_text_lit(b, "<<");
	lym_text_u64(b, shift);
	if (!s) {
		lym_text_lit(b, " /* ");
		lym_text_str(b, unknown);
		lym_text_lit(b, " */");
	}
	lym_text_char(b, '|');
}

void lym_value_futex_wake_op(struct lym_buf *b, __u32 v)
{
	if (v >> 28 & 8)
		lym_text_lit(b, "FUTEX_OP_OPARG_SHIFT<<28|");
	shifted(b, LYM_NAMES_futex_wake_op, v >> 28 & 7, 28, "FUTEX_OP_???");
	lym_text_hex(b, v >> 12 & 0xfff);
	lym_text_lit(b, "<<12|");
	shifted(b, LYM_NAMES_futex_wake_cmp, v >> 24 & 0xf, 24, "FUTEX_OP_CMP_???");
	lym_text_hex(b, v & 0xfff);
}

void lym_value_ipc_flags(struct lym_buf *b, __u32 v, bool shm)
{
	__u32 rest = v & ~(0777u | (shm ? HUGE_MASK : 0));

	if (rest)
		lym_value_flags(b, shm ? LYM_NAMES_shm_resource_flags : LYM_NAMES_ipc_flags, rest);
	if (shm)
		huge(b, v, rest, "SHM_HUGE_SHIFT");
	if (rest || (shm && v & HUGE_MASK))
		lym_text_char(b, '|');
	lym_value_umode(b, v & 0777);
}

void lym_value_kexec_flags(struct lym_buf *b, __u64 v)
{
	lym_names_put(b, LYM_NAMES_kexec_arch_values, v & 0xffff0000);
	if (!(v & ~0xffff0000ull))
		return;
	lym_text_char(b, '|');
	lym_names_flags(b, LYM_NAMES_kexec_load_flags, v & ~0xffff0000ull);
}

void lym_value_mount_flags(struct lym_buf *b, __u64 v)
{
	enum { MAGIC = 0xffff0000, OLD = 0xc0ed0000 };		/* of very old programs */

	if ((v & MAGIC) == OLD) {
		if (b->names)
			lym_text_hex(b, OLD);
		if (b->names != LYM_NAMES_RAW)
			lym_text_str(b, b->names ? " /* MS_MGC_VAL */" : "MS_MGC_VAL");
		v &= ~(__u64)MAGIC;
		if (!v)
			return;
		lym_text_char(b, '|');
	}
	lym_names_print(b, LYM_NAMES_mount_flags, v);
}

void lym_value_swap_flags(struct lym_buf *b, __u32 v)
{
	if (v & ~0x7fffu) {
		lym_names_flags(b, LYM_NAMES_swap_flags, v & ~0x7fffu);
		lym_text_char(b, '|');
	}
	lym_text_u64(b, v & 0x7fff);		/* the priority */
}

static void memfd_flags(struct lym_buf *b, __u64 v)
{
	__u32 rest = v & ~HUGE_MASK;

	if (rest || !v)
		lym_names_flags(b, LYM_NAMES_memfd_create_flags, rest);
	huge(b, v, rest, "MFD_HUGE_SHIFT");
}

void lym_value_memfd_flags(struct lym_buf *b, __u32 v)
{
	lym_value_named(b, v, lym_text_hex, memfd_flags);
}

static void mpol_mode(struct lym_buf *b, __u64 v)
{
	lym_text_str(b, lym_names_find(LYM_NAMES_mpol_modes, v & ~0xe000u));
	if (!(v & 0xe000))
		return;
	lym_text_char(b, '|');
	lym_names_flags(b, LYM_NAMES_mpol_mode_flags, v & 0xe000);
}

void lym_value_mpol_mode(struct lym_buf *b, __u32 v)
{
	if (lym_names_find(LYM_NAMES_mpol_modes, v & ~0xe000u))
		lym_value_named(b, v, lym_text_hex, mpol_mode);
	else
		lym_names_flags(b, LYM_NAMES_mpol_mode_flags, v);
}

void lym_value_fan_init(struct lym_buf *b, __u32 v)
{
	lym_names_put(b, LYM_NAMES_fan_classes, v & 0xc);
	if (!(v & ~0xcu))
		return;
	lym_text_char(b, '|');
	lym_names_flags(b, LYM_NAMES_fan_init_flags, v & ~0xcu);
}

void lym_value_vector_len(struct lym_buf *b, enum lym_names t, __u64 v)
{
	__u64 flags = v & ~0xffffull;
	unsigned char names = b->names;

	if (names == LYM_NAMES_RAW || !flags) {
		lym_text_hex(b, v);
		return;
	}
	if (names) {
		lym_text_hex(b, v);
		lym_text_lit(b, " /* ");
	}
	b->names = 0;
	if (lym_names_known(t, flags))
		lym_names_flags(b, t, flags);
	else
		lym_text_hex(b, flags);
	lym_text_char(b, '|');
	lym_text_hex(b, v & 0xffff);
	b->names = names;
	if (names)
		lym_text_lit(b, " */");
}

static void tagged_addr(struct lym_buf *b, __u64 v)
{
	enum { ENABLE = 1, TCF = 6, TAG_SHIFT = 3, TAG = 0xffff << TAG_SHIFT };
	__u64 rest = v & ~(__u64)(ENABLE | TCF | TAG);

	lym_text_str(b, v & ENABLE ? "PR_TAGGED_ADDR_ENABLE|" : "!PR_TAGGED_ADDR_ENABLE|");
	lym_names_put(b, LYM_NAMES_pr_mte_tcf, v & TCF);
	if (v & TAG) {
		lym_text_char(b, '|');
		lym_text_hex(b, (v & TAG) >> TAG_SHIFT);
		lym_text_lit(b, "<<PR_MTE_TAG_SHIFT");
	}
	if (rest) {
		lym_text_char(b, '|');
		lym_text_hex(b, rest);
	}
}

void lym_value_tagged_addr(struct lym_buf *b, __u64 v)
{
	lym_value_named(b, v, lym_text_hex, tagged_addr);
}

/* The first bit that is set from bit i on; 8 * n: none is. */
static size_t next_bit(const unsigned char *p, size_t n, size_t i)
{
	while (i < 8 * n && !(p[i / 8] & 1 << i % 8))
		i++;
	return i;
}

/* [0x1, 0x2]: the words that they are in. */
static void words(struct lym_buf *b, const unsigned char *p, size_t n)
{
	__u64 v;
	size_t i;

	lym_text_char(b, '[');
	for (i = 0; i < n; i += sizeof(v)) {
		v = 0;
		memcpy(&v, p + i, n - i < sizeof(v) ? n - i : sizeof(v));
		if (i)
			lym_text_lit(b, ", ");
		lym_text_hex(b, v);
	}
	lym_text_char(b, ']');
}

void lym_value_bits(struct lym_buf *b, enum lym_names t, const void *p, size_t n, bool verbose)
{
	enum { SHOWN = 4 };
	unsigned int shown = 0;
	size_t i;

	if (b->names == LYM_NAMES_RAW) {
		words(b, p, n);
		return;
	}
	lym_text_char(b, '[');
	for (i = next_bit(p, n, 0); i < 8 * n; i = next_bit(p, n, i + 1)) {
		if (shown)
			lym_text_char(b, ' ');
		if (shown++ == SHOWN && !verbose) {
			lym_text_lit(b, "...");
			break;
		}
		lym_names_put(b, t, i);
	}
	lym_text_char(b, ']');
	if (b->names) {
		lym_text_lit(b, " /* ");
		words(b, p, n);
		lym_text_lit(b, " */");
	}
}

void lym_value_bits_json(struct lym_buf *b, enum lym_names t, const void *p, size_t n)
{
	size_t start = b->len, i;

	lym_text_char(b, '[');
	for (i = next_bit(p, n, 0); i < 8 * n; i = next_bit(p, n, i + 1)) {
		lym_text_str(b, b->len > start + 1 ? ",\"" : "\"");
		lym_names_put(b, t, i);
		lym_text_char(b, '"');
	}
	lym_text_char(b, ']');
}

void lym_value_char(struct lym_buf *b, unsigned char c, bool ws)
{
	static const char names[] = "abtnvfr";	/* from \a on */

	if (c == '\'' || c == '\\') {
		lym_text_char(b, '\\');
		lym_text_char(b, c);
	} else if (ws && c >= '\t' && c <= '\r') {
		lym_text_char(b, '\\');
		lym_text_char(b, names[c - '\a']);
	} else if (c >= ' ' && c < 0x7f) {
		lym_text_char(b, c);
	} else {
		lym_text_lit(b, "\\x");
		lym_text_hexpad(b, c, 2);
	}
}

#define TICKS 1193182		/* of the timer that makes sounds, a second */

static void hertz(struct lym_buf *b, __u32 freq, __u32 ms)
{
	if (b->names == LYM_NAMES_RAW)
		return;
	lym_text_lit(b, " /* ");
	if (freq) {
		lym_text_u64(b, freq);
		lym_text_lit(b, " Hz");
	} else {
		lym_text_lit(b, "off");
	}
	if (freq && ms) {
		lym_text_lit(b, ", ");
		lym_text_u64(b, ms);
		lym_text_lit(b, " ms");
	}
	lym_text_lit(b, " */");
}

void lym_value_sound(struct lym_buf *b, __u64 v)
{
	lym_text_u64(b, v);
	hertz(b, v ? TICKS / v : 0, 0);
}

void lym_value_tone(struct lym_buf *b, __u32 v)
{
	__u32 ms = v >> 16, count = v & 0xffff;

	if (ms) {
		lym_text_u64(b, ms);
		lym_text_lit(b, "<<16|");
	}
	lym_text_u64(b, count);
	hertz(b, ms && count ? TICKS / count : 0, ms);
}

void lym_value_vga_port(struct lym_buf *b, __u64 v)
{
	enum { FIRST = 0x3b4, LAST = 0x3df };

	lym_text_hex(b, v);
	if (v < FIRST || v > LAST || b->names == LYM_NAMES_RAW)
		return;
	lym_text_lit(b, " /* GPFIRST + ");
	lym_text_u64(b, v - FIRST);
	lym_text_lit(b, " */");
}

void lym_value_names_int(struct lym_buf *b, enum lym_names t, __s32 v)
{
	const char *s = lym_names_find(t, (__u32)v);

	if (s && !b->names) {
		lym_text_str(b, s);
		return;
	}
	lym_text_i64(b, v);
	if (b->names == LYM_NAMES_RAW)
		return;
	lym_text_lit(b, " /* ");
	lym_text_str(b, s ?: lym_names_unknown(t));
	lym_text_lit(b, " */");
}
