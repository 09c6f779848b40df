// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What schema/structs_ioctl.def cannot declare of a struct: members that depend on each other. */
#include "names.h"
#include "sockaddr.h"
#include "struct_code.h"
#include "structs.h"
#include "value.h"

void lym_struct_id(struct lym_members *m, size_t off)
{
	lym_text_char(m->b, '[');
	lym_value_id(m->b, lym_member_get(m, off, 4));
	lym_text_char(m->b, ']');
}

/* More follows, which is not told. */
void lym_struct_more(struct lym_members *m, size_t off)
{
	m->left_out = true;
}

void lym_struct_ifindex(struct lym_members *m, size_t off)
{
	lym_sockaddr_ifindex(m->b, lym_member_get(m, off, 4));
}

void lym_struct_sockaddr(struct lym_members *m, size_t off)
{
	lym_sockaddr_strace(m->b, m->p + off, 16);
}

void lym_struct_addrinfo_addr(struct lym_members *m, size_t off)
{
	size_t n = lym_member_get(m, off - 8, 4);

	if (off > m->n || n > m->n - off)
		return;
	lym_member_name(m, "ai_addr");
	if (!m->json) {
		lym_sockaddr_strace(m->b, m->p + off, n);
		return;
	}
	lym_text_char(m->b, '{');
	lym_sockaddr_json(m->b, m->p + off, n);
	lym_text_char(m->b, '}');
}

void lym_struct_ifr_hwaddr(struct lym_members *m, size_t off)
{
	lym_text_lit(m->b, "{sa_family=");
	lym_names_put(m->b, LYM_NAMES_arphrd, lym_member_get(m, off, 2));
	lym_text_lit(m->b, ", sa_data=");
	lym_value_mac(m->b, m->p + off + 2, lym_member_get(m, off, 2) == 1 ? 6 : 14);	/* of Ethernet */
	lym_text_char(m->b, '}');
}

/* A service: as many bytes of 63 as the last member says. */
void lym_struct_nfc_name(struct lym_members *m, size_t off)
{
	enum { ROOM = 63, LENGTH = 88, LENGTH32 = 84 };
	__u64 n = m->n > LENGTH ? lym_member_get(m, LENGTH, 8) : lym_member_get(m, LENGTH32, 4);

	if (n > ROOM)
		n = ROOM;
	if (off + n > m->n)
		n = 0;
	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, m->p + off, n);
	lym_text_char(m->b, '"');
}

/* The name of an algorithm, all that follows; where no NUL is the last byte is not shown. */
void lym_struct_alg_name(struct lym_members *m, size_t off)
{
	size_t room = m->n > off ? m->n - off : 0, n = strnlen((const char *)m->p + off, room);

	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, m->p + off, n == room && n ? n - 1 : n);
	lym_text_str(m->b, n == room && n ? "\"..." : "\"");
}

/* An address of IEEE 802.15.4, by its type at the beginning. */
void lym_struct_wpan_addr(struct lym_members *m, size_t off)
{
	enum { NONE, SHORT = 2 };
	__u32 type = lym_member_get(m, 0, 4);
	size_t start;

	if (type == NONE)
		return;
	start = lym_member_begin(m, type == SHORT ? "short_addr" : "hwaddr");
	if (type == SHORT)
		lym_value_explained(m->b, LYM_NAMES_wpan_addrs, lym_member_get(m, off, 2));
	else
		lym_value_mac(m->b, m->p + off, 8);
	lym_member_end(m, start);
}

/* "1" */
void lym_struct_byte_string(struct lym_members *m, size_t off)
{
	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, m->p + off, 1);
	lym_text_char(m->b, '"');
}

/* What is notified: nothing but where it is to go, if that is all zeros and nothing came; and where it was to go, if nothing came. */
void lym_struct_seccomp_notified(struct lym_members *m, size_t off)
{
	size_t i = 0;

	while (i < m->n && !m->p[i])
		i++;
	if (i == m->n && !m->succeeded && !m->json) {
		lym_text_ptr(m->b, m->addr);
		return;
	}
	if (m->json) {
		lym_struct_json(m->b, LYM_STRUCT_seccomp_notif, &(struct lym_extent){ m->p, m->n, m->n, .in32 = m->in32 });
		return;
	}
	lym_struct_strace(m->b, LYM_STRUCT_seccomp_notif, &(struct lym_extent){ m->p, m->n, m->n, .in32 = m->in32 }, true);
	if (!m->succeeded) {
		lym_text_lit(m->b, " => ");
		lym_text_ptr(m->b, m->addr);
	}
}

/* -EINVAL */
void lym_struct_errno_negative(struct lym_members *m, size_t off)
{
	lym_value_error(m->b, (__s32)lym_member_get(m, off, 4), true);
}

/* SG_SCSI_RESET_NO_ESCALATE|SG_SCSI_RESET_BUS */
void lym_struct_sg_reset(struct lym_members *m, size_t off)
{
	enum { NO_ESCALATE = 0x100 };
	__u32 v = lym_member_get(m, off, 4);

	lym_text_char(m->b, '[');
	if (v & NO_ESCALATE) {
		lym_names_put(m->b, LYM_NAMES_sg_scsi_reset, NO_ESCALATE);
		lym_text_char(m->b, '|');
	}
	lym_names_put(m->b, LYM_NAMES_sg_scsi_reset, v & ~(__u32)NO_ESCALATE);
	lym_text_char(m->b, ']');
}

/* __NR_read, where the call is one of this architecture. */
void lym_struct_seccomp_nr(struct lym_members *m, size_t off)
{
#ifdef __aarch64__
	enum { NATIVE = 0xc00000b7, I386 = 0x40000003 };
#else
	enum { NATIVE = 0xc000003e, I386 = 0x40000003 };
#endif
	__u32 nr = lym_member_get(m, off, 4), arch = lym_member_get(m, off + 4, 4);
	const char *name = arch == NATIVE ? lym_names_syscall(nr, false) : arch == I386 ? lym_names_find(LYM_NAMES_i386_calls, nr) : NULL;
	bool own = arch == (m->in32 ? I386 : NATIVE), comment = m->b->names || !own;

	if (!name || comment)
		lym_text_u64(m->b, nr);
	if (!name || m->b->names == LYM_NAMES_RAW)
		return;
	lym_text_str(m->b, comment ? " /* " : "");
	lym_text_str(m->b, own ? "__NR_" : "");
	lym_text_str(m->b, name);
	lym_text_str(m->b, comment ? " */" : "");
}

/* The value of a parameter of a clock, by which one it is. */
void lym_struct_rtc_param_value(struct lym_members *m, size_t off)
{
	enum { FEATURES, CORRECTION, BACKUP_SWITCH_MODE };
	__u64 param = lym_member_get(m, 0, 8), v = lym_member_get(m, off, 8);
	size_t start;

	if (param == CORRECTION) {
		lym_member_int(m, "svalue", v, true);
		return;
	}
	start = lym_member_begin(m, "uvalue");
	if (param == FEATURES)
		lym_names_flags(m->b, LYM_NAMES_rtc_features, v);
	else if (param == BACKUP_SWITCH_MODE)
		lym_names_put(m->b, LYM_NAMES_rtc_bsm, v);
	else
		lym_text_hex(m->b, v);
	lym_member_end(m, start);
}

/* As many bytes as the member before says, as far as they are here. */
void lym_struct_rand_pool_buf(struct lym_members *m, size_t off)
{
	__s32 want = lym_member_get(m, off - 4, 4);
	size_t here = m->n > off ? m->n - off : 0, n = want < 0 ? 0 : (size_t)want < here ? (size_t)want : here;

	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, m->p + off, n);
	lym_text_str(m->b, want > 0 && (size_t)want > n ? "\"..." : "\"");
}

/* ---- loop devices: what is encrypted and how, if it is or all is asked for ---- */

#define KEY_SIZE 32

static void loop_crypt(struct lym_members *m, __u32 type, __u32 size)
{
	size_t start;

	if (!type && !m->verbose)
		return;
	start = lym_member_begin(m, "lo_encrypt_type");
	lym_names_put(m->b, LYM_NAMES_loop_crypt_types, type);
	lym_member_end(m, start);
	lym_member_uint(m, "lo_encrypt_key_size", size, false);
}

static void loop_key(struct lym_members *m, __u32 type, __u32 size, size_t off)
{
	size_t start;

	if (!type && !m->verbose)
		return;
	start = lym_member_begin(m, "lo_encrypt_key");
	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, m->p + off, size < KEY_SIZE ? size : KEY_SIZE);
	lym_text_char(m->b, '"');
	lym_member_end(m, start);
}

#define LOOP_TYPE 36		/* lo_encrypt_type and lo_encrypt_key_size of struct loop_info */
#define LOOP32_TYPE 20		/* of a 32-bit program's */
#define LOOP64_TYPE 44		/* and of struct loop_info64 */

/* off is where the type is: both structs have one. */
void lym_struct_loop_crypt(struct lym_members *m, size_t off)
{
	loop_crypt(m, lym_member_get(m, off, 4), lym_member_get(m, off + 4, 4));
}

void lym_struct_loop_key(struct lym_members *m, size_t off)
{
	loop_key(m, lym_member_get(m, LOOP_TYPE, 4), lym_member_get(m, LOOP_TYPE + 4, 4), off);
}

void lym_struct_loop_key32(struct lym_members *m, size_t off)
{
	loop_key(m, lym_member_get(m, LOOP32_TYPE, 4), lym_member_get(m, LOOP32_TYPE + 4, 4), off);
}

void lym_struct_loop_key64(struct lym_members *m, size_t off)
{
	loop_key(m, lym_member_get(m, LOOP64_TYPE, 4), lym_member_get(m, LOOP64_TYPE + 4, 4), off);
}

void lym_struct_loop_crypt_name(struct lym_members *m, size_t off)
{
	size_t start, n;

	if (!lym_member_get(m, LOOP64_TYPE, 4) && !m->verbose)
		return;
	n = strnlen((const char *)m->p + off, 64);
	start = lym_member_begin(m, "lo_crypt_name");
	lym_text_char(m->b, '"');
	lym_text_cstr(m->b, m->p + off, n == 64 ? n - 1 : n);
	lym_text_str(m->b, n == 64 ? "\"..." : "\"");
	lym_member_end(m, start);
}

/* The partition that a request is about, or where it should be. */
void lym_struct_blkpg_data(struct lym_members *m, size_t off)
{
	enum lym_struct partition = lym_struct_own(m, LYM_STRUCT_blkpg_partition);
	size_t size = lym_struct_size(partition);

	if (!m->inner || m->inner_len < size) {
		lym_member_ptr(m, "data", lym_member_word(m, off));
		return;
	}
	lym_member_name(m, "data");
	if (m->json)
		lym_struct_json(m->b, partition, &(struct lym_extent){ m->inner, size, size });
	else
		lym_struct_strace(m->b, partition, &(struct lym_extent){ m->inner, size, size }, m->verbose);
}

/* Features that are asked for, and those that there are, if they are others. */
void lym_struct_uffdio_features(struct lym_members *m, size_t off)
{
	__u64 v = lym_member_get(m, off, 8), now;
	size_t start = lym_member_begin(m, "features");

	lym_names_flags(m->b, LYM_NAMES_uffd_api_features, v);
	lym_member_end(m, start);
	lym_member_turn(m);
	now = lym_member_get(m, off, 8);
	lym_member_turn(m);
	if (m->json || !m->succeeded || now == v)
		return;
	lym_text_lit(m->b, " => features=");
	lym_names_flags(m->b, LYM_NAMES_uffd_api_features, now);
}

/* ---- the list of interfaces ---- */

static size_t ifreq(const struct lym_members *m)
{
	return m->in32 ? lym_struct_size32(LYM_STRUCT_ifreq_addr) : lym_struct_size(LYM_STRUCT_ifreq_addr);
}

static void interfaces(struct lym_members *m, __s32 len)
{
	lym_text_i64(m->b, len);
	if (m->json || len <= 0 || len % ifreq(m))
		return;
	lym_text_lit(m->b, " /* ");
	lym_text_u64(m->b, len / ifreq(m));
	lym_text_lit(m->b, " * sizeof(struct ifreq) */");
}

/* How much room there is and was needed; and what came. */
void lym_struct_ifconf(struct lym_members *m, size_t off)
{
	__s32 len = lym_member_get(m, off, 4), now;
	__u64 buf = lym_member_word(m, off + (m->in32 ? 4 : 8));

	lym_member_turn(m);
	now = lym_member_get(m, off, 4);
	lym_member_turn(m);
	lym_member_name(m, "ifc_len");
	interfaces(m, buf && !m->json ? len : now);
	if (buf && now != len && !m->json) {
		lym_text_lit(m->b, " => ");
		interfaces(m, now);
	}
	if (!m->succeeded || !buf) {
		lym_member_ptr(m, "ifc_buf", buf);
		return;
	}
	lym_member_name(m, "ifc_buf");
	lym_structs_inner(m, LYM_STRUCT_ifreq_addr, now < 0 ? 0 : now / ifreq(m), buf);
}
