#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# `make demo`: a log server receives messages from real clients, Lymer tells what it received and from whom; then the
# same with a server that forges its own memory. Ends by itself.
set -eu
cd "$(dirname "$0")/.."
O=${O:-build}
tmp=$(mktemp -d)
lymer=

cleanup() {
	[ -z "$lymer" ] || kill "$lymer" 2>/dev/null || :
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

say() { printf '\n'; printf '%s\n' "$@"; printf '\n'; }

# The clients: util-linux's logger over UDP and the unix socket, then Python's logging module or bash.
send_messages() {
	logger --rfc3164 -d -n 127.0.0.1 -P "$1" -t web 'user login ok'
	logger --rfc3164 -u "$tmp/log.sock" -t sudo '3 incorrect password attempts'
	if command -v python3 >/dev/null; then
		python3 -c 'import logging, logging.handlers as h, sys
log = logging.getLogger("py")
log.addHandler(h.SysLogHandler(("127.0.0.1", int(sys.argv[1]))))
log.warning("disk almost full")' "$1"
	else
		bash -c 'printf "<12>disk almost full" >"/dev/udp/127.0.0.1/$1"' - "$1"
	fi
}

# Trace one server until it has received three messages.
run() {
	rm -f "$tmp/log"
	printf '$ lymer -e recvfrom --output table -- %s -n 3\n\n' "$1"
	"$O/lymer" -e recvfrom --output table -- "$1" -n 3 -u "$tmp/log.sock" -o "$tmp/log" &
	lymer=$!
	i=0
	until grep -q '^ready' "$tmp/log" 2>/dev/null; do
		i=$((i + 1))
		if [ $i -gt 100 ] || ! kill -0 "$lymer" 2>/dev/null; then
			wait "$lymer" || :
			lymer=
			echo "demo: the server did not start" >&2
			exit 1
		fi
		sleep 0.1
	done
	send_messages "$(sed -n 's/^listening on udp //p' "$tmp/log")"
	wait "$lymer"
	lymer=
	printf '\nand the server says that it received:\n\n'
	sed -n '1,/^ready/d; s/^/    /; p' "$tmp/log"
}

say "1. A log server, told honestly. logger and another client send it three messages."
run "$O/examples/logserver"

say "2. The same server with a thread that rewrites buffer and address as soon as they are filled." \
	"   The events still say what the kernel delivered and from whom, and shout that memory says otherwise."
run "$O/examples/logserver-hostile"
