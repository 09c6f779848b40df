/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The excerpt of this kernel's type information against the whole, as libbpf reads it. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include "btf.h"
#include "config.h"
#include "tap.h"
#include "lymer.skel.h"

static const struct btf *object, *excerpt, *whole;

/* Is it a name of object's, of a type's member or enumerator? */
static bool known(const char *name)
{
	static char all[1 << 16];
	static size_t len;

	for (__u32 id = 1; !len && id < btf__type_cnt(object); id++) {
		const struct btf_type *t = btf__type_by_id(object, id);

		for (int i = 0; (btf_is_composite(t) || btf_is_enum(t)) && i < btf_vlen(t); i++) {
			__u32 off = btf_is_enum(t) ? btf_enum(t)[i].name_off : btf_members(t)[i].name_off;

			snprintf(all + strlen(all), sizeof(all) - strlen(all), " %s ", btf__name_by_offset(object, off));
		}
	}
	len = strlen(all);
	if (len + 2 > sizeof(all) - 80)
		abort();
	snprintf(all + len + 1, 80, " %s ", name);
	return strstr(all, all + len + 1);
}

/* The offset in bits, and the size, of the member of that name, also if it is in one without a name; -1: none. */
static long member(const struct btf *btf, const struct btf_type *t, const char *name, __s64 *size)
{
	const struct btf_member *m = btf_members(t);
	long off;

	for (int i = 0; i < btf_vlen(t); i++) {
		const char *n = btf__name_by_offset(btf, m[i].name_off);
		const struct btf_type *in = btf__type_by_id(btf, btf__resolve_type(btf, m[i].type));

		*size = btf_member_bitfield_size(t, i) ? : btf__resolve_size(btf, m[i].type) << 8;
		if (!strcmp(n, name))
			return btf_member_bit_offset(t, i);
		off = !*n && btf_is_composite(in) ? member(btf, in, name, size) : -1;
		if (off >= 0)
			return btf_member_bit_offset(t, i) + off;
	}
	return -1;
}

/* Each member of a type of object's: alike in both? */
static unsigned int members(const struct btf_type *t, const struct btf_type *a, const struct btf_type *b, unsigned int *n)
{
	unsigned int bad = 0;

	for (int i = 0; i < btf_vlen(t); i++) {
		const char *name = btf__name_by_offset(object, btf_members(t)[i].name_off);
		__s64 in_a = 0, in_b = 0;
		long at;

		if (!*name)
			continue;
		++*n;
		at = member(excerpt, a, name, &in_a);
		if (at == member(whole, b, name, &in_b) && (at < 0 || in_a == in_b))
			continue;
		bad++;
		printf("# member %s of %s\n", name, btf__name_by_offset(object, t->name_off));
	}
	return bad;
}

static void compare(void)
{
	unsigned int types = 0, n = 0, bad = 0, enums = 0;

	for (__u32 id = 1; id < btf__type_cnt(object); id++) {
		const struct btf_type *t = btf__type_by_id(object, id), *a, *b;
		const char *name = btf__name_by_offset(object, t->name_off);
		int in_a, in_b;

		if (!*name || (!btf_is_composite(t) && !btf_is_enum(t)))
			continue;
		in_a = btf__find_by_name_kind(excerpt, name, btf_kind(t));
		in_b = btf__find_by_name_kind(whole, name, btf_kind(t));
		bad += (in_a > 0) != (in_b > 0);
		if (in_a <= 0 || in_b <= 0)
			continue;
		types++;
		a = btf__type_by_id(excerpt, in_a);
		b = btf__type_by_id(whole, in_b);
		bad += a->size != b->size;
		if (btf_is_composite(t)) {
			bad += members(t, a, b, &n);
			continue;
		}
		for (int i = 0, k = 0; i < btf_vlen(b); i++) {	/* in the same order, without those that nobody asks for */
			const char *e = btf__name_by_offset(whole, btf_enum(b)[i].name_off);

			if (!known(e))
				continue;
			bad += k >= btf_vlen(a) || strcmp(e, btf__name_by_offset(excerpt, btf_enum(a)[k].name_off)) ||
			       btf_enum(a)[k].val != btf_enum(b)[i].val;
			k++;
			enums++;
		}
	}
	ok(types > 30 && n > 100 && enums > 0, "%u types of ours are the kernel's, with %u members, %u enumerators", types, n, enums);
	ok(!bad, "they are in the excerpt as they are in the whole (%u are not)", bad);
	ok(btf__type_cnt(excerpt) * 50 < btf__type_cnt(whole), "%u types of %u", btf__type_cnt(excerpt), btf__type_cnt(whole));
}

static void numbers(const struct lym_btf *b)
{
	static const struct {
		const char *name;
		int kind;
	} t[] = {
		{ "task_struct", BTF_KIND_STRUCT }, { "sk_buff", BTF_KIND_STRUCT }, { "btf_trace_sys_exit", BTF_KIND_TYPEDEF },
		{ "bpf_iter_task", BTF_KIND_FUNC },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++)
		ok(lym_btf_id(b, t[i].name, t[i].kind) == (__u32)btf__find_by_name_kind(whole, t[i].name, t[i].kind), "%s", t[i].name);
	ok(!lym_btf_id(b, "sk_buff", BTF_KIND_FUNC) && !lym_btf_id(b, "no_such_type", BTF_KIND_STRUCT), "and none where none is");
	ok(lym_btf_has(b, "task_struct", "pid") && !lym_btf_has(b, "sk_buff", "pid") && !lym_btf_has(b, "no_such_type", "pid"), "who has a member");
}

int main(void)
{
	static const char *const names[] = { "btf_trace_sys_exit", "bpf_iter_task", "no_such_type" };
	struct lymer_bpf *skel = lymer_bpf__open();
	struct lym_btf *b = NULL;
	char path[40];
	int fd = memfd_create("excerpt", MFD_CLOEXEC);

	whole = btf__load_vmlinux_btf();
	if (libbpf_get_error(whole)) {
		puts("1..0 # SKIP this kernel has no type information");
		return 0;
	}
	object = bpf_object__btf(skel->obj);
	ok(!lym_btf_open(&b, object, names, 3), "read");
	ok(!lym_btf_excerpt(b, fd), "written");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	excerpt = btf__parse(path, NULL);
	ok(!libbpf_get_error(excerpt), "libbpf understands the excerpt");
	compare();
	numbers(b);
	lym_btf_close(b);
	lym_btf_close(NULL);
	btf__free((struct btf *)excerpt);
	btf__free((struct btf *)whole);
	lymer_bpf__destroy(skel);
	close(fd);
	return done();
}
