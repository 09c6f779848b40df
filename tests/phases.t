#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A call that blocks is seen while it does: it is let go only when Lymer has told it, and then told with its result."""
import json
import os
import socket
import subprocess
import sys

LYMER = os.environ.get("LYMER", "build/lymer")
WAITS = "import socket; socket.socket(fileno=0).recv(100)"
FORKS = "import socket, os; p = os.fork(); socket.socket(fileno=0).recv(100) if p == 0 else os.waitpid(p, 0)"
number = failed = 0


def check(good, name, seen=""):
    global number, failed
    number += 1
    failed += not good
    print("ok" if good else "not ok", number, "-", name)
    if not good:
        print("#", seen)


def start(options, program):
    """Lymer with a program that waits on the other end of a socket: (tracer, our end)."""
    ours, theirs = socket.socketpair()
    tracer = subprocess.Popen([LYMER, "-q"] + options + ["--", sys.executable, "-c", program], stdin=theirs, stdout=subprocess.PIPE)
    theirs.close()
    return tracer, ours


def wait_for(tracer, *all_of):
    """What Lymer has written when those are in it, one as often as it is named; they do not come unless Lymer tells them."""
    seen = b""
    while any(seen.count(what) < all_of.count(what) for what in all_of):
        piece = os.read(tracer.stdout.fileno(), 65536)
        if not piece:
            break
        seen += piece
    return seen


def test_json():
    tracer, ours = start(["--phases", "-e", "recvfrom", "--output", "json"], WAITS)
    event = json.loads(wait_for(tracer, b"\n"))
    arguments = {field["name"]: field for field in event["data"]}
    check(event["phase"] == "enter" and "ret" not in arguments, "JSON: the call is told when it blocks", event)
    check("bytes" not in arguments["buf"], "without what it has not received", event)
    ours.send(b"now")
    events = [json.loads(line) for line in tracer.stdout.read().splitlines()]
    check(len(events) == 1 and "phase" not in events[0] and b"bm93" in json.dumps(events[0]).encode(), "and when it returns", events)
    tracer.wait()


def test_strace():
    tracer, ours = start(["-e", "recvfrom", "--no-follow", "--output", "strace"], WAITS)
    line = wait_for(tracer, b"recvfrom(")
    check(line == b"recvfrom(0, ", "strace's form: the line begins when the call blocks", line)
    ours.send(b"now")
    rest = tracer.stdout.read().splitlines()
    check(rest == [b'"now", 100, 0, NULL, NULL)  = 3', b"+++ exited with 0 +++"], "and goes on when it returns", rest)
    tracer.wait()


def test_two():
    tracer, ours = start(["-e", "recvfrom,wait4", "--output", "strace"], FORKS)
    seen = wait_for(tracer, b"recvfrom(", b"wait4(")
    ours.send(b"now")
    text = seen + tracer.stdout.read()
    first = seen.split(b" <unfinished ...>\n")
    check(len(first) == 2, "two calls that block: the first line is broken off", text)
    names = (b"recvfrom", b"wait4")
    check(sum(b"<... %s resumed>" % name in text for name in names) >= 1 and b'"now", 100, 0, NULL, NULL)' in text,
          "and resumed", text)
    tracer.wait()


def test_killed():
    tracer, ours = start(["-e", "recvfrom", "--output", "strace"],
                         "import os, socket, signal, threading\n"
                         "s = socket.socket(fileno=0)\n"
                         "def end():\n"
                         "    s.recv(1)\n"
                         "    os.kill(os.getpid(), signal.SIGKILL)\n"
                         "threading.Thread(target=end).start()\n"
                         "a, b = socket.socketpair()\n"
                         "a.recv(1)\n")
    seen = wait_for(tracer, b"recvfrom(", b"recvfrom(")
    ours.send(b"x")
    text = seen + tracer.stdout.read()
    check(b"resumed> <unfinished ...>)" in text and text.count(b"+++ killed by SIGKILL +++") == 2, "killed in a call", text)
    tracer.wait()


def main():
    if os.geteuid():
        print("1..0 # SKIP tracing needs root")
        return 0
    for test in (test_json, test_strace, test_two, test_killed):
        test()
    print(f"1..{number}")
    return failed > 0


sys.exit(main())
