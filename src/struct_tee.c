// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What schema/structs_tee.def cannot declare of a struct: arguments behind a pointer, with parameters behind them. */
#include "names.h"
#include "struct_code.h"
#include "structs.h"
#include "value.h"

static void member_name(struct lym_members *m, const char *name, enum lym_names t, __u64 v)
{
	size_t start = lym_member_begin(m, name);

	lym_names_put(m->b, t, v);
	lym_member_end(m, start);
}

void lym_struct_tee_param(struct lym_members *m, size_t off)
{
	enum { NONE, MEMORY = 5, MEMORY_LAST = 7, META = 0x100 };
	__u64 attr = lym_member_get(m, off, 8), a = lym_member_get(m, off + 8, 8), v = lym_member_get(m, off + 16, 8);
	__u64 c = lym_member_get(m, off + 24, 8);
	size_t start;

	lym_text_char(m->b, '{');
	start = lym_member_begin(m, "attr");
	lym_names_put(m->b, LYM_NAMES_tee_attrs, attr & ~(__u64)META);
	if (attr & META)
		lym_text_lit(m->b, "|TEE_IOCTL_PARAM_ATTR_META");
	lym_member_end(m, start);
	if (attr >= MEMORY && attr <= MEMORY_LAST) {
		lym_member_hex(m, "shm_offs", a);
		lym_member_hex(m, "size", v);
		lym_member_uint(m, "shm_id", c, true);
	} else if (attr != NONE) {
		lym_member_hex(m, "a", a);
		lym_member_hex(m, "b", v);
		lym_member_hex(m, "c", c);
	}
	lym_text_char(m->b, '}');
}

/* What the environment can do; its own kind has names. */
void lym_struct_tee_caps(struct lym_members *m, size_t off)
{
	enum { OPTEE = 1 };

	if (lym_member_get(m, 0, 4) != OPTEE)
		lym_member_hex(m, "impl_caps", lym_member_get(m, off, 4));
}

/* 00112233-4455-6677-8899-aabbccddeeff */
static void uuid(struct lym_members *m, size_t off)
{
	size_t start = lym_member_begin(m, "uuid"), i;

	for (i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			lym_text_char(m->b, '-');
		lym_text_hexpad(m->b, lym_member_get(m, off + i, 1), 2);
	}
	lym_member_end(m, start);
}

enum which { OPEN, INVOKE, RECV, SEND };

/* Whom the client is: a group, or what else is there. */
static void client(struct lym_members *m)
{
	enum { PUBLIC, USER, GROUP, APPLICATION = 4, USER_APPLICATION, GROUP_APPLICATION, CLIENT = 16, LOGIN = 32 };
	__u32 login = lym_member_get(m, LOGIN, 4), i;

	member_name(m, "clnt_login", LYM_NAMES_tee_login, login);
	if (login == PUBLIC || login == USER || login == APPLICATION || login == USER_APPLICATION)
		return;
	lym_member_name(m, "clnt_uuid");
	if (login == GROUP || login == GROUP_APPLICATION) {
		lym_value_id(m->b, lym_member_get(m, CLIENT, 4));
		return;
	}
	lym_text_char(m->b, '[');
	for (i = 0; i < 16; i++) {
		if (i)
			lym_text_lit(m->b, ", ");
		if (m->json)
			lym_text_u64(m->b, lym_member_get(m, CLIENT + i, 1));
		else
			lym_text_hex(m->b, lym_member_get(m, CLIENT + i, 1));
	}
	lym_text_char(m->b, ']');
}

/* What is asked, and what comes of it: where the members lie differs from one to the next. */
static void request(struct lym_members *m, enum which w, size_t count)
{
	switch (w) {
	case OPEN:
		uuid(m, 0);
		client(m);
		lym_member_uint(m, "cancel_id", lym_member_get(m, 36, 4), false);
		break;
	case INVOKE:
		lym_member_uint(m, "func", lym_member_get(m, 0, 4), false);
		lym_member_hex(m, "session", lym_member_get(m, 4, 4));
		lym_member_uint(m, "cancel_id", lym_member_get(m, 8, 4), false);
		break;
	case RECV:
		lym_member_uint(m, "func", lym_member_get(m, 0, 4), false);
		break;
	case SEND:
		break;
	}
	lym_member_uint(m, "num_params", lym_member_get(m, count, 4), false);
}

static void response(struct lym_members *m, enum which w, size_t count)
{
	size_t ret = w == OPEN ? 44 : w == INVOKE ? 12 : 0;

	if (w == OPEN)
		lym_member_hex(m, "session", lym_member_get(m, 40, 4));
	if (w == RECV)
		lym_member_uint(m, "num_params", lym_member_get(m, count, 4), false);
	else
		lym_member_uint(m, "ret", lym_member_get(m, ret, 4), false);
	if (w == OPEN || w == INVOKE)
		member_name(m, "ret_origin", LYM_NAMES_tee_origins, lym_member_get(m, ret + 4, 4));
}

/* The arguments that buf_ptr at offset off points at, if they are as the kernel wants them. */
static void buffer(struct lym_members *m, size_t off, enum which w)
{
	enum { LENGTH = 8, MOST = 1024, PARAM = 32 };
	static const unsigned char sizes[] = { 56, 24, 8, 8 };
	__u64 len = lym_member_get(m, LENGTH, 8), ptr = lym_member_get(m, off, 8);
	struct lym_members in = { .b = m->b, .p = m->inner, .n = m->inner_len, .json = m->json, .verbose = m->verbose, .addr = ptr,
				  .limit = m->limit };
	__u32 n = m->inner ? lym_member_get(&in, sizes[w] - 4, 4) : 0;

	if (!m->inner || len > MOST || len < sizes[w] || m->inner_len < sizes[w] || sizes[w] + (__u64)PARAM * n != len) {
		lym_member_ptr(m, "buf_ptr", ptr);
		return;
	}
	lym_member_name(m, "buf_ptr");
	lym_text_char(m->b, '{');
	request(&in, w, sizes[w] - 4);
	if (!m->json || !m->succeeded)
		lym_structs_rest(&in, "params", LYM_STRUCT_tee_param, sizes[w], n);
	if (m->succeeded) {
		if (!m->json) {
			lym_text_lit(m->b, "} => {");
			in.any = false;
		}
		response(&in, w, sizes[w] - 4);
		lym_structs_rest(&in, "params", LYM_STRUCT_tee_param, sizes[w], n);
	}
	lym_text_char(m->b, '}');
}

void lym_struct_tee_open(struct lym_members *m, size_t off)
{
	buffer(m, off, OPEN);
}

void lym_struct_tee_invoke(struct lym_members *m, size_t off)
{
	buffer(m, off, INVOKE);
}

void lym_struct_tee_recv(struct lym_members *m, size_t off)
{
	buffer(m, off, RECV);
}

void lym_struct_tee_send(struct lym_members *m, size_t off)
{
	buffer(m, off, SEND);
}
