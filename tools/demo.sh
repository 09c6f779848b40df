#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# `make demo`: a log server receives messages from real clients, Lymer tells what it received and from whom; then the
# same with a server that forges its own memory. Ends by itself.
set -eu
cd "$(dirname "$0")/.."
O=${O:-build}
tmp=$(mktemp -d)
color=never
[ ! -t 1 ] || color=always

cleanup() {
	[ ! -s "$tmp/pid" ] || kill "$(cat "$tmp/pid")" 2>/dev/null || :
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

say() { printf '\n'; printf '%s\n' "$@"; printf '\n'; }

received() { sed '1,/^ready/d' "$tmp/log"; }
# Is it seen in the table that memory was forged? Only the hostile server does.
caught() { grep -q 'TAMPER buf' "$tmp/table" && grep -q 'TAMPER src_addr' "$tmp/table"; }

# The clients: util-linux's logger over UDP and the unix socket, then Python's logging module or bash.
send_messages() {
	logger --rfc3164 -d -n 127.0.0.1 -P "$1" -t web 'user login ok' &&
	logger --rfc3164 -u "$tmp/log.sock" -t sudo '3 incorrect password attempts' &&
	if command -v python3 >/dev/null; then
		python3 -c 'import logging, logging.handlers as h, sys
log = logging.getLogger("py")
log.addHandler(h.SysLogHandler(("127.0.0.1", int(sys.argv[1]))))
log.warning("disk almost full")' "$1"
	else
		bash -c 'printf "<12>disk almost full" >"/dev/udp/127.0.0.1/$1"' - "$1"
	fi
}

# The server goes to the background once its sockets are bound, as daemons do, and Lymer with it. It ends with the third
# message, and Lymer with it.
trace() {
	"$O/lymer" -D -e recvfrom --output table --color $color -- \
		"$1" -b "$tmp/pid" -n 3 -u "$tmp/log.sock" -o "$tmp/log"
	send_messages "$(sed -n 's/^listening on udp //p' "$tmp/log")" || kill "$(cat "$tmp/pid")"
}

# Show that of server $1 until $2 is true: a forger that gets no CPU in time has forged nothing yet.
show() {
	for round in 1 2 3 4 5; do
		printf '$ lymer -D -e recvfrom --output table -- %s\n\n' "$1"
		: >"$tmp/log"
		trace "$1" 2>&1 | tee "$tmp/table"
		rm -f "$tmp/pid"
		[ "$(received | wc -l)" = 3 ] || { echo "demo: the server did not receive three messages" >&2; exit 1; }
		! "$2" || break
	done
	printf '\nand the server says that it received:\n\n'
	received | sed 's/^/    /'
}

say "1. A log server, told honestly. logger and another client send it three messages."
show "$O/examples/logserver" true

say "2. The same server with a thread that rewrites buffer and address as soon as they are filled." \
	"   The events still say what the kernel delivered and from whom, and shout that memory says otherwise."
show "$O/examples/logserver-hostile" caught
