#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The race: a sibling thread on the other CPU rewrites buffer and address of every receive (see race.c).

LYMER_RACE_N receives per family and size (100,000; under prove 20,000); "sure" runs have a tenth, at most 5,000.
LYMER_RACE=udp:64:free runs one. What is checked of every receive, each against the receiver's own knowledge:
  - payload, source address and socket are the true ones, and marked K;
  - tamper is reported wherever a naive exit-reader, running before Lymer in the same exit, read something false
    (the sibling never restores anything, so Lymer must have met it too);
  - tamper is reported nowhere that the receiver did not find its memory rewritten after the call;
  - the user's side of tamper consists of true and of rewritten bytes only; in "sure" runs every call has tamper.
A run in which the naive reader was not fooled proves nothing and fails. Then recvmsg with a header that changes under
it, dup2() over the descriptor, and sendto and connect with a destination that changes: the truth is who got it."""
import base64
import json
import mmap
import os
import struct
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt
from compare import same_address, socket_errors

N = int(os.environ.get("LYMER_RACE_N", "20000" if os.environ.get("HARNESS_ACTIVE") else "100000"))
FAMILIES = "udp tcp udgram ustream netlink".split()
BUF_FORGED, ADDR_FORGED, NAIVE_BUF, NAIVE_ADDR, SECOND = 1, 2, 4, 8, 16
HEAD, TABLE = 32, 65536
SCRIBBLED, SCRIBBLED_ADDR = b"\xee", b"\xdd"


class Shared:
    """The file that race.c describes."""

    def __init__(self, path):
        fd = os.open(path, os.O_RDWR)
        self.m = mmap.mmap(fd, 0)
        os.close(fd)
        self.size, _, self.senders = struct.unpack("<QQQ", self.m[8:HEAD])
        self.table = self.m[HEAD:HEAD + TABLE]

    def seen(self, n):
        self.m[0:8] = struct.pack("<Q", n)

    def known(self):
        return self.m[HEAD + TABLE:]

    def naive(self):
        return struct.unpack("<Q", self.m[16:24])[0]

    def truth(self, i):
        at = i * 8 % 60000
        return struct.pack("<Q", i) + self.table[at:at + self.size - 8]


class Judge:
    """Looks at every event as it comes."""

    CALL, BUF, ADDR = "recvfrom", "buf", "src_addr"

    def __init__(self, shared, facts):
        self.sh, self.facts = shared, facts
        self.n = self.lost = 0
        self.wrong, self.bits, self.bad = {}, bytearray(), []
        self.good_socket = None
        self.senders = [facts[0]["args"]["sender%d" % i]["addr"] for i in range(shared.senders)]

    def blame(self, what, ev):
        self.wrong[what] = self.wrong.get(what, 0) + 1
        if len(self.bad) < 3:
            self.bad.append("%s: receive %d: %.900s" % (what, self.n, json.dumps(ev)))

    def event(self, ev):
        if ev["name"] != self.CALL:
            if ev["name"] == "lost" and lt.certain(ev):
                self.lost += lt.number(lt.item(ev, "count"))
            return
        i = self.n
        data = {d["name"]: d for d in ev["data"]}
        buf, src = data.get(self.BUF, {}), data.get(self.ADDR, {})
        truth = self.sh.truth(i)
        if lt.bytes_of(buf) != truth:
            self.blame("payload", ev)
        if buf.get("origin") != "K":
            self.blame("payload not K", ev)
        if not same_address(self.senders[i % len(self.senders)], src.get("sockaddr")):
            self.blame("address", ev)
        if len(self.senders) > 1 and src.get("origin") != "K":
            self.blame("address not K", ev)
        if ev.get("socket") != self.good_socket or not self.good_socket:
            if socket_errors(self.facts[0]["socket"], ev.get("socket")):
                self.blame("socket", ev)
            else:
                self.good_socket = ev["socket"]
        self.bits.append(self.tamper(ev, truth))
        self.n += 1

    def tamper(self, ev, truth):
        """Which bits Lymer says; also looks at the two sides."""
        said = 0
        for t in ev.get("tamper", ()):
            if t["name"] == "buf":
                said |= BUF_FORGED
                k, u = base64.b64decode(t["kernel"]), base64.b64decode(t["user"])
                if k != truth[:len(k)] or not u or u == truth[:len(u)]:
                    self.blame("tamper sides", ev)
                elif len(u) > len(truth) or any(a != b and a != 0xee for a, b in zip(u, truth)):
                    self.blame("tamper user side", ev)
            elif t["name"] == "src_addr":
                said |= ADDR_FORGED
                if t["kernel"] == t["user"]:
                    self.blame("tamper sides", ev)
            elif t["name"] != "addrlen":
                self.blame("tamper of %s" % t["name"], ev)
        return said


class MsgJudge(Judge):
    """recvmsg, whose header and iovec are switched too: what user memory holds then is anybody's guess, K is not."""

    CALL, BUF, ADDR = "recvmsg", "msg.buf", "msg.name"

    def tamper(self, ev, truth):
        return BUF_FORGED if ev.get("tamper") else 0


class DestJudge(Judge):
    """sendto and connect: the destination is the one that the kernel used."""

    def event(self, ev):
        if ev["name"] == "lost" and lt.certain(ev):
            self.lost += lt.number(lt.item(ev, "count"))
        if ev["name"] not in ("sendto", "connect"):
            return
        d = lt.item(ev, "addr" if ev["name"] == "connect" else "dest_addr") or {}
        if self.n == 0:
            self.pair = [f["socket"]["local"] for f in self.facts]
        which = [same_address(a, d.get("sockaddr")) for a in self.pair]
        self.bits.append(SECOND if which[1] else 0)
        if which not in ([True, False], [False, True]):
            self.blame("address of neither", ev)
        if d.get("origin") != "K":
            self.blame("address not K", ev)
        self.n += 1


class DupJudge(Judge):
    """Two sockets behind one descriptor: the payload says which one it was."""

    def event(self, ev):
        if ev["name"] == "lost" and lt.certain(ev):
            self.lost += lt.number(lt.item(ev, "count"))
        if ev["name"] != "recvfrom":
            return
        second = lt.bytes_of(lt.item(ev, "buf"))[:1] == b"2"
        self.bits.append(SECOND if second else 0)
        if socket_errors(self.facts[second]["socket"], ev.get("socket")):
            self.blame("socket", ev)
        self.n += 1


def drain(path, judge, failure):
    """Read the events out of the pipe as Lymer writes them, and let the receiver know how far we are."""
    try:
        with open(path, "rb", buffering=1 << 20) as f:
            for line in f:
                judge.event(json.loads(line))
                if not judge.n & 31:
                    judge.sh.seen(judge.n)
    except (ValueError, KeyError, TypeError) as e:
        failure.append("the output cannot be read: %s %s: %.200r" % (type(e).__name__, e, line))
    finally:
        judge.sh.seen(1 << 40)


def judge_of(mode, shm, facts):
    kind = {"dup": DupJudge, "msg": MsgJudge, "dest": DestJudge, "conn": DestJudge}.get(mode, Judge)
    return kind(Shared(shm), facts)


def account(judge, n):
    """What is missing."""
    return ["%d events of %d receives, %d lost" % (judge.n, n, judge.lost)] if judge.lost or judge.n != n else []


def run(prog, family, size, n, mode, tmp):
    """(judge or None, errors, skip)"""
    shm, fifo = os.path.join(tmp, "shared"), os.path.join(tmp, "events")
    if os.path.exists(fifo):
        os.unlink(fifo)
    os.mkfifo(fifo)
    p = subprocess.Popen([prog, family, str(size), str(n), mode, shm], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    facts, failure = [], []
    for line in p.stdout:
        if line.startswith(b"EXPECT "):
            facts.append(json.loads(line[7:]))
        else:
            break
    if not line.startswith(b"READY"):
        p.communicate()
        return None, [], line.decode() if line.startswith(b"SKIP") else "no READY: %r" % line
    judge = judge_of(mode, shm, facts)
    reader = threading.Thread(target=drain, args=(fifo, judge, failure), daemon=True)
    reader.start()
    tracer = None
    try:
        tracer = lt.Tracer(["-p", str(p.pid), "-e", "recvfrom,recvmsg,sendto,connect", "--snaplen", "4096",
                            "--output", "json:" + fifo], 180)
        p.communicate(b"x", timeout=150)
    except (subprocess.TimeoutExpired, RuntimeError) as e:
        failure.append(str(e))
        p.kill()
        p.communicate()
    status = tracer.stop() if tracer else 0
    if not tracer:      # nobody opened the pipe: let the reader go
        os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
    reader.join(60)
    if p.returncode:
        failure.append("race ended with %s" % p.returncode)
    if status:
        failure.append("lymer ended with %s: %s" % (status, tracer.err.decode("latin1")))
    return judge, failure + account(judge, n), None


def verdict(tap, title, judge, failure, mode):
    known = judge.sh.known()
    said = judge.bits
    pairs = list(zip(said, known))
    buf = sum(1 for s in said if s & BUF_FORGED)
    addr = sum(1 for s in said if s & ADDR_FORGED)
    naive = sum(1 for k in known if k & (NAIVE_BUF | NAIVE_ADDR))
    missed = sum(1 for s, k in pairs if k & NAIVE_BUF and not s & BUF_FORGED or k & NAIVE_ADDR and not s & ADDR_FORGED)
    invented = sum(1 for s, k in pairs if s & BUF_FORGED and not k & BUF_FORGED or
                   s & ADDR_FORGED and not k & ADDR_FORGED)
    n = judge.n
    tap.ok(not failure and not judge.wrong, "%s: payload, address and socket of %d receives" % (title, n),
           *failure, "wrong: %s" % judge.wrong, *judge.bad)
    tap.note("%s: naive reader wrong in %d (%.1f %%); tamper of buf %d, of src_addr %d" %
             (title, naive, 100.0 * naive / max(n, 1), buf, addr))
    tap.ok(not missed and not invented and len(said) == len(known),
           "%s: every rewriting reported, none invented" % title,
           "unreported %d, invented %d, events %d of %d" % (missed, invented, len(said), len(known)))
    if mode == "sure":
        due = sum(1 for k in known if k & ADDR_FORGED)
        tap.ok(buf == n and addr == due and n, "%s: tamper in each of %d calls" % (title, n),
               "buf %d of %d, src_addr %d of %d" % (buf, n, addr, due))
    if judge.sh.naive():
        tap.ok(naive > n / 100, "%s: the naive reader was fooled" % title, "%d times: this run proved nothing" % naive)
    else:
        tap.ok(buf > n / 100, "%s: an exit-reader would have been fooled (no naive reader on this machine)" % title,
               "%d times: this run proved nothing" % buf)


def which_verdict(tap, title, judge, failure):
    """Runs in which each call may have been about either of two sockets."""
    known = judge.sh.known()
    second = sum(1 for b in known if b & SECOND)
    naive = sum(1 for b in known if b & NAIVE_ADDR)
    wrong = sum(1 for a, b in zip(judge.bits, known) if a != b & SECOND)
    tap.ok(not failure and not judge.wrong and not wrong and len(judge.bits) == len(known),
           "%s: the right one of two sockets in each of %d calls" % (title, judge.n), *failure,
           "the other one: %d" % wrong, "wrong: %s" % judge.wrong, *judge.bad)
    tap.ok(judge.n / 100 < second < judge.n * 99 / 100,
           "%s: both had their turns (%d of the second)" % (title, second), "this run proved nothing")
    if judge.sh.naive():
        tap.ok(naive > judge.n / 1000, "%s: the naive reader was fooled (%d times)" % (title, naive),
               "this run proved nothing")


def msg_verdict(tap, title, judge, failure):
    seen = sum(1 for b in judge.bits if b)
    tap.ok(not failure and not judge.wrong, "%s: payload, address and socket of %d receives" % (title, judge.n),
           *failure, "wrong: %s" % judge.wrong, *judge.bad)
    tap.ok(seen > judge.n / 1000, "%s: user memory differed (%d times)" % (title, seen), "this run proved nothing")


def runs():
    for family in FAMILIES:
        for size in (64, 4096):
            yield family, size, N, "free", verdict
            yield family, size, min(N // 10, 5000), "sure", verdict
    for family in "udp tcp netlink".split():
        yield family, 64, N // 2, "msg", msg_verdict
    yield "udp", 64, N, "dup", which_verdict
    for family in "udp udp6 udgram".split():
        yield family, 64, N, "dest", which_verdict
    for family in "udp udp6".split():
        yield family, 64, N, "conn", which_verdict


def main():
    lt.need_lymer()
    if os.cpu_count() < 2:
        lt.skip_all("needs two CPUs")
    tap = lt.Tap()
    prog = lt.program("race/race")
    only = os.environ.get("LYMER_RACE")
    with lt.TempDir() as tmp:
        for family, size, n, mode, judge_it in runs():
            title = "%s:%d:%s" % (family, size, mode)
            if only and only != title:
                continue
            judge, failure, skip = run(prog, family, size, n, mode, tmp)
            if not judge and skip and "SKIP" in skip:
                tap.skip(title, skip)
            elif not judge:
                tap.ok(False, title, skip, *failure)
            elif judge_it is verdict:
                verdict(tap, title, judge, failure, mode)
            else:
                judge_it(tap, title, judge, failure)
    tap.done()


if __name__ == "__main__":
    main()
