#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The flood: two senders on two CPUs into one UDP port, in many ways (see flood.c). Every receive that a traced reader
logged must have its event, in the order of its thread, with the payload, the address and the socket of that very
datagram: 0 wrong pairs. Where Lymer cannot tell two receives apart it says U; those are counted and may not be all.

Most modes ask for socket_recv, too, and so have the recvmsg hooks from the start; those called "late" ask for recvfrom alone, and
get these hooks in the midst of it, once a receive could not be told from another.

LYMER_FLOOD_N receives in each of eighteen runs (20,000); LYMER_FLOOD=MODE does only that."""
import json
import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt
from compare import Skips, same_address, socket_errors

N = int(os.environ.get("LYMER_FLOOD_N", "20000"))
MODES = ["plain", "six", "overflow", "badsum", "badsum,overflow", "badsum,threads", "threads", "threads,overflow",
         "forked,overflow", "reuseport", "mmsg", "inherited", "trickle", "threads,trickle", "forked,trickle", "late,badsum",
         "late,threads,overflow", "late,badsum,threads"]
SNAPLEN = 256
TABLE, READERS, MAX_LEN = 4096, 4, 700
ASKED = 2
HEAD, READER, ENTRY = 72, 24, 16


class Log:
    """The file that flood.c describes."""

    def __init__(self, path):
        with open(path, "rb") as f:
            b = f.read()
        self.n, self.drops, self.csum_errors, self.bad_sent = struct.unpack_from("<4Q", b)
        self.sent = struct.unpack_from("<2Q", b, 56)
        self.readers = [struct.unpack_from("<3Q", b, HEAD + READER * i) for i in range(READERS)]
        at = HEAD + READER * READERS
        self.table, at = b[at:at + TABLE], at + TABLE
        self.b, self.at = b, at

    def of(self, r):
        """(who, seq, length, how) of each receive of reader r."""
        tid, count, _ = self.readers[r]
        start = self.at + r * self.n * ENTRY
        return list(struct.iter_unpack("<IIii", self.b[start:start + count * ENTRY]))

    def message(self, who, seq):
        n = 16 + (seq * 37 + who * 11) % (MAX_LEN - 16)
        at = [(seq * 8 + who * 16 + i) % (TABLE - 8) for i in range(8, min(n, SNAPLEN), 8)]
        return (struct.pack("<II", who, seq) + b"".join(self.table[a:a + 8] for a in at))[:min(n, SNAPLEN)]


class Judge:
    def __init__(self, log, facts, mode, skips):
        self.log, self.facts, self.mode, self.skips = log, facts, mode, skips
        self.k = self.u = self.ambiguous = self.bad_u = 0
        self.wrong, self.shown = {}, []
        self.sockets = {}

    def blame(self, what, ev):
        self.wrong[what] = self.wrong.get(what, 0) + 1
        if len(self.shown) < 2:
            self.shown.append("%s: %.900s" % (what, json.dumps(ev)))

    def socket(self, r, ev):
        which = self.log.readers[r][2]
        if ev.get("socket") != self.sockets.get(which, 0):
            if socket_errors(self.facts[which]["socket"], ev.get("socket")):
                self.blame("socket", ev)
            else:
                self.sockets[which] = ev["socket"]

    def receive(self, r, ev, who, seq, n, how):
        buf, src = lt.item(ev, "buf") or {}, lt.item(ev, "src_addr") or {}
        right = lt.bytes_of(buf) == self.log.message(who, seq)
        if buf.get("origin") == "K":
            self.k += 1
            if not right:
                self.blame("payload said to be K", ev)
        else:
            self.u += 1
            self.ambiguous += bool(buf.get("ambiguous"))
            self.bad_u += not right
        sender = "sender%d,%d" % (who, seq & 1 if "reuseport" in self.mode else 0)
        unknown = buf.get("ambiguous") and "sockaddr" not in src
        if unknown and how & ASKED:     # only the packet would have said it, and its hook has run, or the kernel has counted that it did not
            unknown = self.skips.left
            if unknown:
                self.skips.take("the address of %s" % ev["name"])
        if not unknown and not same_address(self.facts[0]["args"][sender]["addr"], src.get("sockaddr")):
            self.blame("address said to be %s" % src.get("origin"), ev)
        if lt.ret_of(ev) != n or bool(buf.get("truncated")) != (n > SNAPLEN) or \
                (n > SNAPLEN and int(buf.get("size", -1)) != n):
            self.blame("length", ev)
        if ev.get("tamper"):
            self.blame("tamper", ev)
        self.socket(r, ev)


    def pairs(self, name, evs, entries):
        """Each event of a thread with its receive, but for those that the kernel may have skipped."""
        evs = list(evs)
        for at, (who, seq, n, how) in enumerate(entries):
            if len(evs) < len(entries) - at and self.skips.left and \
                    not (evs and lt.bytes_of(lt.item(evs[0], "buf")) == self.log.message(who, seq)):
                self.skips.take("an event of %s" % name)
            elif evs:
                yield evs.pop(0), (who, seq, n, how)


def asked(mode):
    return ["recvfrom"] if "late" in mode else ["socket_recv", "recvmmsg" if "mmsg" in mode else "recvfrom"]


def judge_run(mode, log, facts, events, skips=Skips()):
    """skips: how much the kernel may have skipped, see compare.py."""
    j = Judge(log, facts, mode, skips)
    errors = []
    mine = {}
    for e in events:
        mine.setdefault((e["name"], lt.tid_of(e) if e["name"] != "lost" else 0), []).append(e)
    lost = lt.lost_of([e for e in events if e["name"] == "lost" and lt.certain(e)])
    if lost:
        errors.append("lost: %s for %s" % (lost, sorted({lt.item(e, "cause")["str"] for e in events if e["name"] == "lost"})))
    names = [n for n in asked(mode) if n != "recvmmsg"]
    traced = 1 if "forked" in mode else READERS
    for r in range(traced):
        tid, count, _ = log.readers[r]
        entries = log.of(r)
        for name in names if count else ():
            evs = mine.pop((name, tid), [])
            before = len(j.skips.taken)
            for ev, entry in j.pairs(name, evs, entries):
                j.receive(r, ev, *entry)
            if len(evs) + sum(x.startswith("an event") for x in j.skips.taken[before:]) != len(entries):
                errors.append("%s: thread %d made %d receives, %d events" % (name, tid, len(entries), len(evs)))
    stray = {k: len(v) for k, v in mine.items() if k[0] != "lost" and k[0] != "recvmmsg"}
    if stray:
        errors.append("events of threads that did not receive: %s" % stray)
    return j, errors


def run(prog, mode, tmp):
    out, path = os.path.join(tmp, "events"), os.path.join(tmp, "log")
    facts, errors, line = [], [], b""
    p = subprocess.Popen([prog, mode.replace("late,", ""), str(N), path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for line in p.stdout:
        if not line.startswith(b"EXPECT "):
            break
        facts.append(json.loads(line[7:]))
    if not line.startswith(b"READY"):
        p.communicate()
        return None, None, [line.decode() or "no READY"]
    try:
        tracer = lt.Tracer(["-p", str(p.pid), "-e", ",".join(asked(mode)), "--snaplen", str(SNAPLEN), "--buffer", "64M",
                            "--output", "json:" + out], 120)
        p.communicate(b"x", timeout=90)
        if tracer.stop():
            errors.append("lymer: " + tracer.err.decode("latin1"))
    except (subprocess.TimeoutExpired, RuntimeError) as e:
        p.kill()
        p.communicate()
        return None, None, [str(e)]
    if p.returncode:
        errors.append("flood ended with %d" % p.returncode)
    log = Log(path)
    j, more = judge_run(mode, log, facts, lt.events_of(out))
    return j, log, errors + more


def verdict(tap, mode, j, log, errors):
    n = j.k + j.u
    tap.ok(not errors and not j.wrong and n, "%s: 0 wrong pairs of payload and receive in %d events" % (mode, n),
           *errors, "wrong: %s" % j.wrong, *j.shown)
    tap.note("%s: K %d, U %d (ambiguous %d, wrong %d); sent %s, overflow drops %d, bad checksums sent %d, refused %d" %
             (mode, j.k, j.u, j.ambiguous, j.bad_u, log.sent, log.drops, log.bad_sent, log.csum_errors))
    # A single reader's datagrams can be told apart; with many readers, some of them can.
    single = mode.replace("late,", "").split(",")[0] in ("plain", "six", "overflow", "reuseport", "mmsg", "trickle")
    # with several readers U is honest, and how often it is needed depends on how they meet
    tap.ok(j.k >= n * (0.95 if single else 0.005), "%s: the kernel's own copy in %d of %d" % (mode, j.k, n))
    tap.ok(j.bad_u == 0, "%s: what user memory said was right, for nobody rewrote it" % mode, "wrong: %d" % j.bad_u)
    hard = []
    if "overflow" in mode and not log.drops:
        hard.append("no datagram was dropped by a full queue")
    if "badsum" in mode and not log.csum_errors:
        hard.append("no bad checksum was met")
    logs = [log.of(r) for r in range(READERS)]
    turns = sum(1 for entries in logs for a, b in zip(entries, entries[1:]) if a[0] != b[0])
    if turns < sum(map(len, logs)) / 1000:
        hard.append("the senders took turns only %d times" % turns)
    tap.ok(not hard, "%s: the flood was one (%d turns of the senders)" % (mode, turns), "this run proved nothing:",
           *hard)


def main():
    lt.need_lymer()
    if os.cpu_count() < 2:
        lt.skip_all("needs two CPUs")
    tap = lt.Tap()
    prog = lt.program("flood/flood")
    only, total, k, u = os.environ.get("LYMER_FLOOD"), 0, 0, 0
    with lt.TempDir() as tmp:
        for mode in [only] if only else MODES:
            j, log, errors = run(prog, mode, tmp)
            if j:
                verdict(tap, mode, j, log, errors)
                total, k, u = total + sum(r[1] for r in log.readers), k + j.k, u + j.u
            elif errors[0].startswith("SKIP"):
                tap.skip(mode, errors[0])
            else:
                tap.ok(False, mode, *errors)
    tap.note("all runs: %d receives; events with K %d, with U %d" % (total, k, u))
    tap.done()


if __name__ == "__main__":
    main()
