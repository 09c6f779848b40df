#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A call that blocks is seen while it does: it is let go only when Lymer has told it, and then told with its result."""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

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


ENDS = ("import os, socket, threading\n"
        "s = socket.socket(fileno=0)\n"
        "a, b = socket.socketpair()\n"
        "def wait():\n"
        "    b.send(b'.')\n"
        "    s.recv(7)\n"
        "threading.Thread(target=wait).start()\n"
        "a.recv(1)\n"
        "while open('/proc/%d/task/%d/syscall' % (os.getpid(), max(map(int, os.listdir('/proc/self/task'))))).read().startswith('running'):\n"
        "    pass\n"
        "try:\n"
        "    a.recv(2, socket.MSG_DONTWAIT)\n"
        "finally:\n"
        "    os._exit(3)\n")


def told_of(status):
    """The lines of ENDS that have such calls: one succeeds, one fails, one never returns."""
    tracer, ours = start(["-e", "recvfrom", "-e", "status=" + status, "--output", "strace"], ENDS)
    text = tracer.stdout.read().decode()
    tracer.wait()
    return [re.sub(" +=", " =", re.sub(r"^\d+ +", "", line)) for line in text.splitlines() if "+++" not in line]


def test_status():
    succeeds = 'recvfrom(3, ".", 1, 0, NULL, NULL) = 1'
    fails = "recvfrom(3, 0x, 2, MSG_DONTWAIT, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)"
    never = "recvfrom(0,  <unfinished ...>) = ?"
    for status, expected in (("unfinished", [never]), ("successful", [succeeds]), ("failed,unfinished", [fails, never]),
                             ("!unfinished", [succeeds, fails]), ("none", [])):
        seen = [re.sub("0x[0-9a-f]+", "0x", line) for line in told_of(status)]
        check(seen == expected, "-e status=%s" % status, seen)


def test_detached():
    for status, expected in (("detached", [b"recvfrom(0,  <detached ...>"]), ("unfinished", [])):
        ours, theirs = socket.socketpair()
        program = subprocess.Popen([sys.executable, "-c", WAITS], stdin=theirs)
        while not open("/proc/%d/syscall" % program.pid).read().startswith("45 "):
            pass
        with tempfile.TemporaryDirectory() as folder:
            ready = os.path.join(folder, "pid")
            tracer = subprocess.Popen([LYMER, "-q", "-e", "recvfrom", "-e", "status=" + status, "--output", "strace", "--pidfile", ready,
                                       "-p", str(program.pid)], stdout=subprocess.PIPE)
            while tracer.poll() is None and not os.path.exists(ready):
                time.sleep(0.01)
            tracer.send_signal(signal.SIGINT)
            text = re.sub(rb"(?m)^\d+ +", b"", tracer.communicate()[0])
        check(text.splitlines() == expected, "-e status=%s, when Lymer goes" % status, text)
        ours.send(b"x")
        program.wait()


def main():
    if os.geteuid():
        print("1..0 # SKIP tracing needs root")
        return 0
    for test in (test_json, test_strace, test_two, test_killed, test_status, test_detached):
        test()
    print(f"1..{number}")
    return failed > 0


sys.exit(main())
