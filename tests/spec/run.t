#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Runs every case of every spec program under Lymer and compares what it printed with what Lymer reported.

LYMER_SPEC=PROGRAM[/CASE] runs only that; LYMER_KEEP=DIR keeps the outputs there; LYMER_SPEC_EVENTS=LIST asks only for
these events of each case, LYMER_SPEC_EVENTS=all for all that there are."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt
from compare import compare

PROGRAMS = "udp tcp unix other fd fault send via life attach".split()
SECONDS = 30


def args_of(events, options, snaplen, out):
    return ["-e", events, "--snaplen", str(snaplen), "--output", "json:" + out] + options.split()


def command(prog, case, args):
    r = lt.run([lt.LYMER] + args + ["--", prog, case], SECONDS)
    if r.late:
        return None, ["did not end in %d s" % SECONDS, r.stderr]
    return r.stdout.splitlines(), [] if r.status in (0, 77) else ["exit status %d" % r.status, r.stderr]


def attach(prog, case, args):
    """The program says READY and its pid, Lymer attaches, the program gets the go."""
    p = subprocess.Popen([prog, case], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        first = p.stdout.readline().decode().split()
        if first[:1] != ["READY"]:
            return None, ["no READY from the program: %r" % first]
        tracer = lt.Tracer(["-p", ",".join(first[1:])] + args, SECONDS)
        try:
            out = p.communicate(b"x", timeout=SECONDS)[0].decode("latin1")
        finally:
            status = tracer.stop()
    except (subprocess.TimeoutExpired, RuntimeError) as e:
        p.kill()
        p.communicate()
        return None, [str(e)]
    err = ["the program ended with %d" % p.returncode] if p.returncode not in (0, 77) else []
    if status:
        err += ["lymer ended with %d: %s" % (status, tracer.err.decode("latin1"))]
    return out.splitlines(), err


def forgeries(events):
    """Copies of true events, each with one lie that the comparison must find."""
    def change(what, i, fn):
        copy = json.loads(json.dumps(events))
        fn(copy, copy[i])
        return what, copy

    def data(ev, name):
        return lt.item(ev, name)
    i = next(n for n, e in enumerate(events) if e["name"] == "recvfrom")
    yield change("a payload", i, lambda _, e: data(e, "buf").update(bytes="QUJD"))
    yield change("no payload", i, lambda _, e: data(e, "buf").pop("bytes"))
    yield change("an origin", i, lambda _, e: data(e, "buf").update(origin="U"))
    yield change("an address", i, lambda _, e: data(e, "src_addr")["sockaddr"].update(sin_port=1))
    yield change("no address", i, lambda _, e: data(e, "src_addr").pop("sockaddr"))
    yield change("a return value", i, lambda _, e: data(e, "returnValue").update(int64="1"))
    yield change("a flag", i, lambda _, e: data(e, "flags").update(int32=2))
    yield change("truncation", i, lambda _, e: data(e, "buf").update(truncated=True, size="99"))
    yield change("a cookie", i, lambda _, e: e["socket"].update(cookie="1"))
    yield change("a peer", i, lambda _, e: e["socket"].update(remote="127.0.0.1:9"))
    yield change("tampering", i, lambda _, e: e.update(tamper=[{"name": "buf"}]))
    yield change("a time", i, lambda _, e: e.update(timestamp="2001-01-01T00:00:00.000000000Z"))
    yield change("a missing event", i, lambda all_, e: all_.remove(e))
    yield change("an event too many", i, lambda all_, e: all_.append(e))
    yield change("the order", 0, lambda all_, e: all_.reverse())
    yield change("a sequence number", i, lambda _, e: e.update(seq="99999"))
    yield change("a loss", i, lambda _, e: e.update(name="lost", data=[{"name": "event", "str": "recvfrom"},
                                                                     {"name": "count", "u_int64": "1"},
                                                                     {"name": "cause", "str": "ring_full"}]))


def self_check(tap, tmp):
    """The comparison itself: it must find every lie."""
    prog, out = lt.program("spec/udp"), os.path.join(tmp, "self.json")
    names = "recvfrom,recvmsg,socket_recv"
    lines, err = command(prog, "udp4", args_of(names, "", 60000, out))
    if err or not os.path.exists(out):
        return tap.ok(False, "the comparison finds every lie", "lymer does not run", *err)
    events = lt.events_of(out)
    missed = [what for what, forged in forgeries(events) if not compare(lines, forged, names, 60000)]
    honest = compare(lines, events, names, 60000)
    tap.ok(not honest and not missed, "the comparison finds every lie", *honest, "missed: %s" % missed)


def judge(lines, out, events, snaplen, asked=None, skips=None):
    """What is wrong with Lymer's output in the file out, as text; asked: what was asked for, if more than these events; skips: see compare()."""
    try:
        told = lt.events_of(out)
        if asked == "all":
            told = [e for e in told if e["name"] in events.split(",") + ["lost"]]
        return compare(lines, told, events, snaplen, asked != "all", skips)
    except (OSError, ValueError, KeyError, TypeError) as e:
        return ["the output cannot be read: %s %s" % (type(e).__name__, e)]


def one(tap, name, prog, line, tmp, only=None):
    case, events, options, mode, snaplen = line.split("|")
    asked = events
    only = only or os.environ.get("LYMER_SPEC_EVENTS")
    if only and only != "all":
        asked = events = ",".join(e for e in events.split(",") if e in only.split(","))
    elif only:
        asked = "all"
    if not events:
        return
    out = os.path.join(tmp, "%s.%s.json" % (name, case))
    args = args_of(asked, options, int(snaplen), out)
    lines, err = (attach if mode == "attach" else command)(prog, case, args)
    title = "%s %s" % (name, case) + (", %s alone" % only if only else "")
    skip = [x[5:] for x in lines or () if x.startswith("SKIP ")]
    if skip:
        return tap.skip(title, skip[0])
    if lines is not None:
        err += judge(lines, out, events, int(snaplen), asked)
        if os.environ.get("LYMER_KEEP"):
            with open(out + ".expect", "w") as f:
                f.write("\n".join(lines) + "\n")
    if err:
        err = err[:12] + ["… and %d more" % (len(err) - 12)] * (len(err) > 12) + \
            ["again: build/lymer %s -- %s %s" % (" ".join(args), prog, case)]
    tap.ok(not err, title, *[e[:1500] for e in err])


def main():
    lt.need_lymer()
    tap = lt.Tap()
    only, _, only_case = os.environ.get("LYMER_SPEC", "").partition("/")
    with lt.TempDir() as tmp:
        tmp = os.environ.get("LYMER_KEEP") or tmp
        if not only:
            self_check(tap, tmp)
        for name in PROGRAMS:
            if only and only != name:
                continue
            prog = lt.program("spec/" + name)
            lines = subprocess.run([prog, "--list"], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
            for line in lines:
                if not only_case or line.split("|")[0] == only_case:
                    one(tap, name, prog, line, tmp)
            for line in lines if name in ("udp", "tcp", "unix") and not only else ():
                if name == "udp" or line.startswith("mmsg"):
                    one(tap, name, prog, line, tmp, "socket_recv")     # the events below the calls, without these
    tap.done()


if __name__ == "__main__":
    main()
