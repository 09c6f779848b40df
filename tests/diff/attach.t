#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Calls in which threads sleep when Lymer comes, and when it goes: told with their arguments, which /proc knows, and with their results,
which strace knows; none twice, none lost."""
import glob
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt

SECONDS = 30
# In the order of the threads: the call, its result, how many of its arguments mean something.
CALLS = [("read", 1, 3), ("read", 1, 3), ("futex", 0, 4), ("poll", 1, 3), ("nanosleep", -516, 2)]
RESTART = 219
NUMBERS = {"read": 0, "poll": 7, "nanosleep": 35, "futex": 202}
NUMBERS32 = {"read": 3, "poll": 168, "nanosleep": 162, "futex": 240}


def call_of(pid, tid):
    """What /proc says: number, registers; [] where it runs."""
    with open("/proc/%s/task/%d/syscall" % (pid, tid)) as f:
        return [int(word, 0) for word in f.read().split() if word != "running"]


class Sleepers:
    """The program, once all its threads sleep: what /proc says of their calls, by thread, in the order of their birth."""

    def __init__(self, exe=None, numbers=NUMBERS):
        self.exe, self.numbers = exe or lt.program("diff/sleepers"), numbers

    def __enter__(self):
        self.p = subprocess.Popen([self.exe], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self.pid = str(self.p.pid)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            self.calls = {}
            for tid in sorted(map(int, os.listdir("/proc/%s/task" % self.pid))):
                self.calls[tid] = call_of(self.pid, tid)
            if [c[:1] for c in self.calls.values()] == [[self.numbers[name]] for name, _, _ in CALLS]:
                return self
            time.sleep(0.001)
        raise RuntimeError("they do not sleep: %s" % self.calls)

    def wake(self):
        self.p.stdin.write(b"\n")
        self.p.stdin.flush()
        self.p.wait(SECONDS)

    def __exit__(self, *_):
        self.p.kill()
        self.p.wait()


def arguments(event, names):
    """Without the upper halves, which of an int mean nothing."""
    return [lt.number(lt.item(event, name)) & (1 << 32) - 1 for name in names]


def low(registers, count):
    return [r & (1 << 32) - 1 for r in registers[1:count + 1]]


def json_of(tap, tmp, bits, *program):
    path = os.path.join(tmp, "json")
    with Sleepers(*program) as s:
        tracer = lt.Tracer(["--phases", "-e", "read,futex,poll,nanosleep", "--output", "json:" + path, "-p", s.pid], SECONDS)
        s.wake()
        tracer.stop(None)
    events = lt.events_of(path)
    for (tid, known), (name, ret, count) in zip(s.calls.items(), CALLS):
        mine = [e for e in events if lt.tid_of(e) == tid]
        first, rest = mine[0], [e for e in mine if e["name"] == name and "phase" not in e]
        names = [d["name"] for d in first["data"] if d["name"] != "returnValue"][:count]
        tap.ok(first["name"] == name and first.get("phase") == "enter" and arguments(first, names) == low(known, count),
               "%d bits, thread %s, in %s: told when Lymer comes, with the registers that /proc has" % (bits, tid - s.p.pid, name), first, known)
        back = rest[0] if rest else {"data": []}
        twice = [e for e in mine if e.get("phase") == "enter" and e["name"] == name and arguments(e, names) == low(known, count)]
        tap.ok(len(twice) == 1, "once", *twice)
        tap.ok(lt.ret_of(back) == ret and arguments(back, names) == low(known, count),
               "and when it returns, with its result", mine)


def built32(tap, tmp, name):
    """A program of ours for 32 bits; None if there is no compiler for that."""
    exe = os.path.join(tmp, name)
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".c")
    if subprocess.run(["gcc", "-m32", "-static", "-pthread", "-D_GNU_SOURCE", "-o", exe, source], capture_output=True).returncode:
        tap.skip("32-bit calls of " + name, "no compiler for 32 bits (gcc-multilib)")
        return None
    return exe


def json_of_32(tap, tmp):
    exe = built32(tap, tmp, "sleepers")
    if exe:
        json_of(tap, tmp, 32, exe, NUMBERS32)


# Results of the calls of parts32, but for the first one's, which is a descriptor; the last one does not return.
PARTS = [("accept", None), ("recvfrom", 1), ("msgrcv", 5), ("msgrcv", 5), ("semop", 0), ("select", None)]
SHARED = [82, 102, 117]     # select, socketcall, ipc


def parts_of_32(tap, tmp):
    """Calls that say only in memory what they are."""
    exe, path = built32(tap, tmp, "parts32"), os.path.join(tmp, "parts")
    if not exe:
        return
    p = subprocess.Popen([exe], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    calls = sorted((p.stdout.readline().split() for _ in PARTS), key=lambda words: int(words[0]))
    end = time.monotonic() + SECONDS
    while not all(call_of(str(p.pid), int(c[0]))[:1] in [[n] for n in SHARED] for c in calls) and time.monotonic() < end:
        time.sleep(0.001)
    tracer = lt.Tracer(["--phases", "-e", ",".join(name for name, _ in PARTS), "--output", "json:" + path, "-p", str(p.pid)], SECONDS)
    p.communicate("\n", SECONDS)
    tracer.stop(None)
    events = lt.events_of(path)
    for (tid, name, *args), (expected, ret) in zip(calls, PARTS):
        mine = [e for e in events if lt.tid_of(e) == int(tid)]
        first, known = mine[0] if mine else {"name": "nothing", "data": []}, [int(a, 16) for a in args]
        names = [d["name"] for d in first["data"] if d["name"] != "returnValue"][:len(known)]
        tap.ok(first["name"] == name == expected and first.get("phase") == "enter" and arguments(first, names) == known,
               "%s of a 32-bit program, that shares its number: told when Lymer comes" % name, mine, known)
        rest = [e for e in mine if e.get("phase") != "enter"]
        if name == "select":
            continue
        tap.ok(len(mine) == 2 and len(rest) == 1 and (lt.ret_of(rest[0]) == ret or ret is None and lt.ret_of(rest[0]) > 2),
               "and once more, when it returns", mine)


def joined(path):
    """{thread: the text of its first call, whole}, by a log in strace's form, and the lines that were broken off."""
    begun, first = {}, {}
    with open(path) as f:
        for line in f:
            tid, text = line.rstrip("\n").split(None, 1)
            if text.endswith(" <unfinished ...>"):
                begun.setdefault(tid, text[:-len(" <unfinished ...>")])
            else:
                m = re.match(r"<\.\.\. \w+ resumed>(.*)", text)
                first.setdefault(tid, re.sub(r" +=", " =", begun.get(tid, "") + m[1] if m else text))
    return first


def results(first, tids):
    """Without what stands behind the number: strace does not know any more what a call was that is restarted."""
    return [re.sub(r".*= (\? )?([^ ]*).*", r"\2", first.get(str(tid), "(nothing)")) for tid in tids]


def strace(s, options):
    """strace, once it has attached to all threads."""
    p = subprocess.Popen(["strace", "-f"] + options + ["-p", s.pid], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, text=True)
    said = ""
    while "attached" not in said and select.select([p.stderr], [], [], SECONDS)[0]:
        said += p.stderr.readline()
    return p


def interrupted(s):
    """Wait until strace has made the last thread, which sleeps for a time, begin its call anew."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and call_of(s.pid, list(s.calls)[4])[:1] != [RESTART]:
        time.sleep(0.01)


def lines(tap, tmp):
    ours, theirs = os.path.join(tmp, "lymer"), os.path.join(tmp, "strace")
    with Sleepers() as s:
        tracer = lt.Tracer(["-o", ours, "--output", "strace", "-p", s.pid], SECONDS)
        s.wake()
        tracer.stop(None)
    first = joined(ours)
    mine = results(first, s.calls)
    tap.ok(first[str(s.p.pid)] == 'read(0, "\\n", 1) = 1', "strace's form: the line of the first thread", first)
    tap.ok(mine == ["1", "1", "0", "1", "ERESTART_RESTARTBLOCK"], "the results of all", first)
    if not shutil.which("strace"):
        tap.skip("strace says the same", "no strace")
        return
    with Sleepers() as s:
        p = strace(s, ["-o", theirs])
        interrupted(s)
        s.wake()
        p.communicate(timeout=SECONDS)
    first = joined(theirs)
    seen = [bool(re.match("read|futex|poll|nanosleep|restart_syscall", first.get(str(tid), ""))) for tid in s.calls]
    theirs = results(first, s.calls)     # a thread that was not interrupted in time was first seen behind its call
    tap.ok(sum(seen) >= 3 and all(a == b for a, b, there in zip(mine, theirs, seen) if there), "strace says the same", mine, first)


def ends(folder):
    """How the last line of each thread's file ends, by its call."""
    out = []
    for path in sorted(glob.glob(os.path.join(folder, "*.*")), key=lambda p: int(p.rsplit(".", 1)[1])):
        with open(path) as f:
            text = f.read()
        out.append((re.split(r"\W", text)[0], text.endswith(" <detached ...>\n"), text.count("\n")))
    return out


def detached(tap, tmp):
    path = os.path.join(tmp, "end")
    with Sleepers() as s:
        tracer = lt.Tracer(["-o", path, "--output", "strace", "-p", s.pid], SECONDS)
        tracer.stop(signal.SIGINT)
    with open(path) as f:
        last = f.read().splitlines(True)
    tap.ok(len(last) == 5 and last[-1].endswith(" <detached ...>\n") and all(x.endswith(" <unfinished ...>\n") for x in last[:-1]),
           "when Lymer goes: the line that is open says so", *last)
    found = {}
    for name in ("lymer", "strace"):
        folder = os.path.join(tmp, "ff-" + name)
        os.mkdir(folder)
        if name == "strace" and not shutil.which("strace"):
            tap.skip("-ff: as strace", "no strace")
            return
        with Sleepers() as s:
            if name == "lymer":
                lt.Tracer(["-ff", "-o", folder + "/x", "--output", "strace", "-p", s.pid], SECONDS).stop(signal.SIGINT)
            else:
                p = strace(s, ["-ff", "-o", folder + "/x"])
                interrupted(s)
                p.send_signal(signal.SIGINT)
                p.communicate(timeout=SECONDS)
        found[name] = ends(folder)
    tap.ok([x[1:] for x in found["lymer"]] == [(True, 1)] * 5, "-ff: in every file", found)
    seen = [x[1] for x in found["strace"] if x[0]]      # nothing of those that it did not come to interrupt
    tap.ok(seen and all(seen), "which is what strace does", found)


def main():
    lt.need_lymer()
    tap = lt.Tap()
    with lt.TempDir() as tmp:
        json_of(tap, tmp, 64)
        json_of_32(tap, tmp)
        parts_of_32(tap, tmp)
        lines(tap, tmp)
        detached(tap, tmp)
    tap.done()


main()
