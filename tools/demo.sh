#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# `make demo`: a log server receives messages from real clients, Lymer tells what it received and from whom; then the
# same with a server that forges its own memory. Ends by itself.
set -eu
cd "$(dirname "$0")/.."
O=${O:-build}
tmp=$(mktemp -d)
lymer=
color=never
[ ! -t 1 ] || color=always

cleanup() {
	[ -z "$lymer" ] || kill "$lymer" 2>/dev/null || :
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

say() { printf '\n'; printf '%s\n' "$@"; printf '\n'; }

# Wait up to ten seconds until the command in $@ succeeds, as long as the tracer lives.
await() {
	for i in 1 2 3 4 5 6 7 8 9 10; do
		for j in 1 2 3 4 5 6 7 8 9 10; do
			! "$@" || return 0
			kill -0 "$lymer" 2>/dev/null || return 1
			sleep 0.1
		done
	done
	return 1
}

ready() { grep -q '^ready' "$tmp/log" 2>/dev/null; }
received() { [ "$(sed '1,/^ready/d' "$tmp/log" | wc -l)" -ge "$1" ]; }
# Is it seen in the table that memory was forged? Only the hostile server does.
caught() { grep -q 'TAMPER buf' "$tmp/table" && grep -q 'TAMPER src_addr' "$tmp/table"; }

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

# Trace server $1 while the clients send, up to $2 rounds: a forger that gets no CPU in time has forged nothing yet.
run() {
	rm -f "$tmp/log" "$tmp/pipe"
	mkfifo "$tmp/pipe"
	tee "$tmp/table" <"$tmp/pipe" &
	tee=$!
	printf '$ lymer -e recvfrom --output table -- %s\n\n' "$1"
	"$O/lymer" -e recvfrom --output table --color $color -- "$1" -u "$tmp/log.sock" -o "$tmp/log" >"$tmp/pipe" &
	lymer=$!
	await ready || { echo "demo: the server did not start" >&2; exit 1; }
	port=$(sed -n 's/^listening on udp //p' "$tmp/log")
	round=0
	while [ $round -lt "$2" ] && ! caught; do
		round=$((round + 1))
		send_messages "$port"
		await received $((3 * round)) || { echo "demo: the server did not receive" >&2; exit 1; }
		sleep 0.3
	done
	kill "$lymer"	# which passes it on to the server, and ends with it
	wait "$lymer"
	lymer=
	wait $tee
	printf '\nand the server says that it received:\n\n'
	sed -n '1,/^ready/d; s/^/    /; p' "$tmp/log"
}

say "1. A log server, told honestly. logger and another client send it three messages."
run "$O/examples/logserver" 1

say "2. The same server with a thread that rewrites buffer and address as soon as they are filled." \
	"   The events still say what the kernel delivered and from whom, and shout that memory says otherwise."
run "$O/examples/logserver-hostile" 10
