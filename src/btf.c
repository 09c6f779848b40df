// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The kernel's type information, walked once from end to end; an excerpt of it for libbpf. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/btf.h>
#include "btf.h"

#define VMLINUX "/sys/kernel/btf/vmlinux"
#define SLOTS 4096		/* of names: ours are some hundreds */
#define FOUND 2048

/* A name that we look for. */
struct name {
	const char *text;
	unsigned int len;	/* of text: what distinguishes flavours (___old) is left out */
	bool type;		/* a type of object has it, not only a member */
};

/* A type of the kernel with such a name. */
struct found {
	__u32 id;
	const struct name *name;
};

struct lym_btf {
	const char *data, *types, *strings;
	size_t size, types_len, strings_len;
	__u32 *at;			/* offset of type id in types */
	__u32 count;
	struct name slot[SLOTS];
	unsigned int names;
	unsigned char begins[1 << 13];	/* bits for what names begin with */
	struct found found[FOUND];
	unsigned int nfound;
};

static const struct btf_type *type(const struct lym_btf *b, __u32 id)
{
	return (const void *)(b->types + b->at[id]);
}

static const char *string(const struct lym_btf *b, __u32 off)
{
	return b->strings + (off < b->strings_len ? off : 0);
}

/* ---- names ---- */

/* Of the first bytes, up to six, of a name of len bytes or of one that ends with a 0 before. */
static unsigned int begin_bit(const char *s, unsigned int len)
{
	__u32 h = 0;

	for (unsigned int i = 0; i < 6 && i < len && s[i]; i++)
		h = (h ^ (unsigned char)s[i]) * 0x9e3779b1;
	return h >> 16;
}

/* The slot of the name of len bytes at s, or the empty one where it belongs. */
static struct name *slot(const struct lym_btf *b, const char *s, unsigned int len)
{
	__u32 h = 0x811c9dc5;
	unsigned int i;

	for (i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 0x01000193;
	for (i = (h ^ h >> 16) % SLOTS; b->slot[i].text; i = (i + 1) % SLOTS)
		if (b->slot[i].len == len && !memcmp(b->slot[i].text, s, len))
			break;
	return (struct name *)&b->slot[i];
}

static const struct name *known(const struct lym_btf *b, const char *s)
{
	unsigned int bit = begin_bit(s, -1);
	const struct name *n;

	if (!*s || !(b->begins[bit / 8] & 1 << bit % 8))
		return NULL;
	n = slot(b, s, strlen(s));
	return n->text ? n : NULL;
}

static int learn(struct lym_btf *b, const char *s, bool is_type)
{
	const char *flavour = *s == '_' ? NULL : strstr(s, "___");	/* there are functions that begin so */
	unsigned int len = flavour ? (size_t)(flavour - s) : strlen(s), bit;
	struct name *n;

	if (!len)
		return 0;
	n = slot(b, s, len);
	if (!n->text && ++b->names > SLOTS / 2)
		return -E2BIG;
	n->text = s;
	n->len = len;
	n->type |= is_type;
	bit = begin_bit(s, len);
	b->begins[bit / 8] |= 1 << bit % 8;
	return 0;
}

/* The names of object's types, their members, their enumerators. */
static int learn_object(struct lym_btf *b, const struct btf *object)
{
	int err = 0;

	for (__u32 id = 1; id < btf__type_cnt(object) && !err; id++) {
		const struct btf_type *t = btf__type_by_id(object, id);
		bool composite = btf_is_composite(t);

		if (!composite && !btf_is_any_enum(t) && !btf_is_typedef(t))
			continue;
		err = learn(b, btf__name_by_offset(object, t->name_off), true);
		for (int i = 0; i < (btf_is_typedef(t) ? 0 : btf_vlen(t)) && !err; i++)
			err = learn(b, btf__name_by_offset(object, composite ? btf_members(t)[i].name_off : btf_is_enum(t) ?
					btf_enum(t)[i].name_off : btf_enum64(t)[i].name_off), false);
	}
	return err;
}

/* ---- the kernel's types ---- */

/* How long a type's description is; 0: of no kind that we know. */
static size_t length(const struct btf_type *t)
{
	size_t n = btf_vlen(t);

	switch (btf_kind(t)) {
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return sizeof(*t);
	case BTF_KIND_INT:
		return sizeof(*t) + sizeof(__u32);
	case BTF_KIND_ARRAY:
		return sizeof(*t) + sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return sizeof(*t) + n * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return sizeof(*t) + n * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return sizeof(*t) + n * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return sizeof(*t) + n * sizeof(struct btf_param);
	case BTF_KIND_VAR:
		return sizeof(*t) + sizeof(struct btf_var);
	case BTF_KIND_DATASEC:
		return sizeof(*t) + n * sizeof(struct btf_var_secinfo);
	case BTF_KIND_DECL_TAG:
		return sizeof(*t) + sizeof(struct btf_decl_tag);
	}
	return 0;
}

/* Is it of a kind that we may have to find by name? */
static bool named(const struct btf_type *t)
{
	return 1u << btf_kind(t) & (1u << BTF_KIND_STRUCT | 1u << BTF_KIND_UNION | 1u << BTF_KIND_ENUM | 1u << BTF_KIND_ENUM64 |
				    1u << BTF_KIND_TYPEDEF | 1u << BTF_KIND_FUNC | 1u << BTF_KIND_VAR);
}

static int walk(struct lym_btf *b)
{
	__u32 id = 1;

	for (size_t at = 0, len; at < b->types_len; at += len, id++) {
		const struct btf_type *t = (const void *)(b->types + at);
		const struct name *n;

		len = b->types_len - at < sizeof(*t) ? 0 : length(t);
		if (!len || len > b->types_len - at)
			return -EBADMSG;
		b->at[id] = at;
		if (!named(t))
			continue;
		n = known(b, string(b, t->name_off));
		if (!n)
			continue;
		if (b->nfound == FOUND)
			return -E2BIG;
		b->found[b->nfound++] = (struct found){ id, n };
	}
	b->count = id;
	return 0;
}

/* Newer kernels let the file be mapped; it is read a page at a time otherwise. */
static int load(struct lym_btf *b)
{
	int fd = open(VMLINUX, O_RDONLY | O_CLOEXEC), err = 0;
	struct stat st;
	ssize_t n = 0;

	if (fd < 0)
		return -ENOENT;
	if (fstat(fd, &st) || st.st_size < (off_t)sizeof(struct btf_header)) {
		close(fd);
		return -ENOENT;
	}
	b->size = st.st_size;
	b->data = mmap(NULL, b->size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (b->data == MAP_FAILED) {
		b->data = mmap(NULL, b->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		for (size_t at = 0; b->data != MAP_FAILED && at < b->size && !err; at += n) {
			n = read(fd, (char *)b->data + at, b->size - at);
			err = n > 0 ? 0 : -EIO;
		}
	}
	close(fd);
	return b->data == MAP_FAILED ? -ENOMEM : err;
}

static int sections(struct lym_btf *b)
{
	const struct btf_header *h = (const void *)b->data;
	size_t room = b->size;

	if (h->magic != BTF_MAGIC || h->hdr_len > room)
		return -EBADMSG;
	room -= h->hdr_len;
	if (h->type_off > room || h->type_len > room - h->type_off || h->str_off > room || h->str_len > room - h->str_off)
		return -EBADMSG;
	b->types = b->data + h->hdr_len + h->type_off;
	b->types_len = h->type_len;
	b->strings = b->data + h->hdr_len + h->str_off;
	b->strings_len = h->str_len;
	/* every type takes at least a struct btf_type; what is never touched costs nothing */
	b->at = calloc(b->types_len / sizeof(struct btf_type) + 2, sizeof(*b->at));
	if (!b->at)
		return -ENOMEM;
	return b->strings_len && !b->strings[b->strings_len - 1] ? 0 : -EBADMSG;
}

int lym_btf_open(struct lym_btf **ret, const struct btf *object, const char *const *names, unsigned int n)
{
	struct lym_btf *b = calloc(1, sizeof(*b));
	int err;

	if (!b)
		return -ENOMEM;
	b->data = MAP_FAILED;
	err = load(b);
	if (!err)
		err = sections(b);
	if (!err)
		err = learn_object(b, object);
	for (unsigned int i = 0; i < n && !err; i++)
		err = learn(b, names[i], false);
	if (!err)
		err = walk(b);
	if (err)
		lym_btf_close(b);
	else
		*ret = b;
	return err;
}

void lym_btf_close(struct lym_btf *b)
{
	if (!b)
		return;
	if (b->data != MAP_FAILED)
		munmap((void *)b->data, b->size);
	free(b->at);
	free(b);
}

__u32 lym_btf_id(const struct lym_btf *b, const char *name, unsigned int kind)
{
	const struct name *n = known(b, name);

	for (unsigned int i = 0; n && i < b->nfound; i++)
		if (b->found[i].name == n && btf_kind(type(b, b->found[i].id)) == kind)
			return b->found[i].id;
	return 0;
}

bool lym_btf_has(const struct lym_btf *b, const char *name, const char *member)
{
	__u32 id = lym_btf_id(b, name, BTF_KIND_STRUCT);

	for (int i = 0; id && i < btf_vlen(type(b, id)); i++)
		if (!strcmp(string(b, btf_members(type(b, id))[i].name_off), member))
			return true;
	return false;
}

/* ---- the excerpt ---- */

struct excerpt {
	const struct lym_btf *from;
	struct btf *to;
	__u32 *id;		/* by the kernel's id: the number here; 0: not there yet */
};

static __s64 copy(struct excerpt *x, __u32 id);

/* What stands behind typedefs and the like. */
static __u32 bare(const struct lym_btf *b, __u32 id)
{
	while (id < b->count && id) {
		const struct btf_type *t = type(b, id);

		if (!btf_is_mod(t) && !btf_is_typedef(t))
			break;
		id = t->type;
	}
	return id;
}

static __s64 copy_array(struct excerpt *x, const struct btf_type *t)
{
	__s64 elem = copy(x, bare(x->from, btf_array(t)->type));

	return elem < 0 ? elem : btf__add_array(x->to, elem, elem, btf_array(t)->nelems);
}

static __s64 copy_enum(struct excerpt *x, const struct btf_type *t)
{
	const struct lym_btf *b = x->from;
	bool wide = btf_is_enum64(t);
	__s64 id = wide ? btf__add_enum64(x->to, string(b, t->name_off), t->size, btf_kflag(t)) :
		   btf__add_enum(x->to, string(b, t->name_off), t->size), err = id;

	for (int i = 0; i < btf_vlen(t) && err >= 0; i++) {
		const char *name = string(b, wide ? btf_enum64(t)[i].name_off : btf_enum(t)[i].name_off);

		if (known(b, name))
			err = wide ? btf__add_enum64_value(x->to, name, btf_enum64_value(&btf_enum64(t)[i])) :
			      btf__add_enum_value(x->to, name, btf_enum(t)[i].val);
	}
	return err < 0 ? err : id;
}

/* With the members that we know by name, and those without a name, in which such may be. */
static __s64 copy_composite(struct excerpt *x, const struct btf_type *t)
{
	const struct lym_btf *b = x->from;
	const struct btf_member *m = btf_members(t);
	__s64 id, err = 0;
	int i;

	for (i = 0; i < btf_vlen(t) && err >= 0; i++)		/* their types first: descriptions do not nest */
		if (!m[i].name_off || known(b, string(b, m[i].name_off)))
			err = copy(x, bare(b, m[i].type));
	if (err < 0)
		return err;
	id = btf_is_union(t) ? btf__add_union(x->to, string(b, t->name_off), t->size) :
	     btf__add_struct(x->to, string(b, t->name_off), t->size);
	for (i = 0, err = id; i < btf_vlen(t) && err >= 0; i++)
		if (!m[i].name_off || known(b, string(b, m[i].name_off)))
			err = btf__add_field(x->to, string(b, m[i].name_off), x->id[bare(b, m[i].type)],
					     btf_member_bit_offset(t, i), btf_member_bitfield_size(t, i));
	return err < 0 ? err : id;
}

/* Copy type id and what it is made of; the number it has in the excerpt, or -errno. What a pointer points at is left out:
 * whoever follows it names that type himself. */
static __s64 copy(struct excerpt *x, __u32 id)
{
	const struct btf_type *t;
	__s64 n;

	if (!id)
		return 0;
	if (id >= x->from->count)
		return -EBADMSG;
	if (x->id[id])
		return x->id[id];
	t = type(x->from, id);
	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		n = copy_composite(x, t);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		n = copy_enum(x, t);
		break;
	case BTF_KIND_ARRAY:
		n = copy_array(x, t);
		break;
	case BTF_KIND_TYPEDEF:
		n = copy(x, bare(x->from, id));
		if (n >= 0)
			n = btf__add_typedef(x->to, string(x->from, t->name_off), n);
		break;
	case BTF_KIND_PTR:
		n = btf__add_ptr(x->to, 0);
		break;
	case BTF_KIND_INT:
		n = btf__add_int(x->to, string(x->from, t->name_off), t->size, btf_int_encoding(t));
		break;
	case BTF_KIND_FLOAT:
		n = btf__add_float(x->to, string(x->from, t->name_off), t->size);
		break;
	default:	/* nothing that has members */
		n = 0;
	}
	if (n > 0)
		x->id[id] = n;
	return n;
}

static int store(const struct btf *btf, int fd)
{
	__u32 size;
	const char *data = btf__raw_data(btf, &size);
	ssize_t n = 0;

	for (__u32 at = 0; data && at < size; at += n) {
		n = write(fd, data + at, size - at);
		if (n < 0)
			return -errno;
	}
	return data ? 0 : -ENOMEM;
}

int lym_btf_excerpt(const struct lym_btf *b, int fd)
{
	struct excerpt x = { .from = b, .to = btf__new_empty(), .id = calloc(b->count, sizeof(*x.id)) };
	__s64 err = x.to && x.id ? 0 : -ENOMEM;

	for (unsigned int i = 0; i < b->nfound && err >= 0; i++)
		if (b->found[i].name->type && btf_kind(type(b, b->found[i].id)) != BTF_KIND_FUNC &&
		    btf_kind(type(b, b->found[i].id)) != BTF_KIND_VAR)
			err = copy(&x, b->found[i].id);
	err = err < 0 ? err : store(x.to, fd);
	btf__free(x.to);
	free(x.id);
	return err;
}
