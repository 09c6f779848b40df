// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Which hooks a plan needs: what is not asked for is not paid for, least of all by those who are not traced. */
#include <string.h>
#include "hooks.h"
#include "schema.h"
#include "tap.h"

static bool needs(const struct lym_plan *p, const char *prog)
{
	for (unsigned int i = 0; i < lym_hooks_count; i++)
		if (!strcmp(lym_hooks[i].prog, prog))
			return lym_hooks[i].needed(p);
	ok(false, "there is a program %s", prog);
	return false;
}

static struct lym_plan plan(const char *event, unsigned int snaplen)
{
	struct lym_plan p = {.snaplen = snaplen};

	p.want[lym_schema_find(event)->ev] = true;
	return p;
}

int main(void)
{
	struct lym_plan p = plan("recvfrom", 64), user = p, timed = p, quiet = plan("socket_recv", 0);

	ok(needs(&p, "exited") && needs(&p, "copied") && needs(&p, "received"), "recvfrom: exit, copy, length");
	ok(!needs(&p, "entered"), "recvfrom: no call pays at its entry");
	ok(!needs(&p, "sent") && !needs(&p, "connect4") && !needs(&p, "submitted"), "recvfrom: nothing for sends");
	timed.duration = true;
	ok(needs(&timed, "entered"), "a duration begins at the entry");
	user.user = true;
	ok(needs(&user, "exited"), "--origin user: the exit");
	for (unsigned int i = 0; i < lym_hooks_count; i++)
		if (strcmp(lym_hooks[i].prog, "exited") && strcmp(lym_hooks[i].prog, "measure_pages") && lym_hooks[i].needed(&user))
			ok(false, "--origin user needs no %s", lym_hooks[i].hook);
	quiet.want[lym_schema_find("socket_send")->ev] = true;
	ok(!needs(&quiet, "exited") && !needs(&quiet, "entered"), "socket_* without payload: no system call pays");
	ok(needs(&quiet, "received") && needs(&quiet, "sent"), "socket_*: the socket layer");
	p = plan("sendto", 64);
	ok(needs(&p, "entered") && !needs(&p, "copied"), "sendto: what is sent is read at the entry");
	for (unsigned int i = 0; i < LYM_EV_MAX; i++)
		p.want[i] = !lym_schema_function(lym_schema_event(i));
	for (unsigned int i = 0; i < lym_hooks_count; i++)
		if (!strncmp(lym_hooks[i].prog, "user_", 5) && lym_hooks[i].needed(&p))
			ok(false, "all calls need no %s", lym_hooks[i].hook);
	ok(!lym_hooks_functions(&p), "all calls: nothing for functions");
	p = plan("getaddrinfo", 64);
	ok(needs(&p, "user_called") && needs(&p, "user_returned") && needs(&p, "user_loaded"), "getaddrinfo: the function, and linkers");
	ok(!needs(&p, "user_sent") && !needs(&p, "exited") && !needs(&p, "received"), "getaddrinfo: no call and no socket pays");
	p = plan("ssl_read", 64);
	ok(needs(&p, "user_received") && needs(&p, "user_freed") && !needs(&p, "exited") && !needs(&p, "received"),
	   "ssl_read: its sockets, and no call pays");
	return done();
}
