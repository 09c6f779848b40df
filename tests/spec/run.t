#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Runs every case of every spec program under Lymer and compares what it printed with what Lymer reported.

LYMER_SPEC=PROGRAM[/CASE] runs only that; LYMER_KEEP=DIR keeps the outputs there."""
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


def one(tap, name, prog, line, tmp):
    case, events, options, mode, snaplen = line.split("|")
    out = os.path.join(tmp, "%s.%s.json" % (name, case))
    args = args_of(events, options, int(snaplen), out)
    lines, err = (attach if mode == "attach" else command)(prog, case, args)
    title = "%s %s" % (name, case)
    skip = [x[5:] for x in lines or () if x.startswith("SKIP ")]
    if skip:
        return tap.skip(title, skip[0])
    if lines is not None:
        try:
            err += compare(lines, lt.events_of(out), events, int(snaplen))
        except (OSError, ValueError, KeyError, TypeError) as e:
            err += ["the output cannot be read: %s %s" % (type(e).__name__, e)]
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
        for name in PROGRAMS:
            if only and only != name:
                continue
            prog = lt.program("spec/" + name)
            for line in subprocess.run([prog, "--list"], stdout=subprocess.PIPE, check=True).stdout.decode().split("\n"):
                if line and (not only_case or line.split("|")[0] == only_case):
                    one(tap, name, prog, line, tmp)
    tap.done()


main()
