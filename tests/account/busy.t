#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Two busy threads on each CPU, which may preempt each other in the midst of Lymer's programs: no event has anything of another
one in it, none comes twice, and what is missing is no more than Lymer says."""
import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt

N = int(os.environ.get("LYMER_BUSY_N", "2000"))
EVENTS = ("sendto", "recvfrom", "socket_send", "socket_recv")
OPTIONS = ["-e", ",".join(EVENTS), "--snaplen", "256"]
HEAD = struct.Struct("=4I")


def wrong(e, threads):
    """What is wrong with one event, and what it is about: (thread, kind, number)."""
    tid, buf = lt.tid_of(e), lt.bytes_of(lt.item(e, "buf"))
    if buf is None and e["name"] == "sendto":
        return None, None       # nobody saw it begin, and it counts as missing
    if buf is None or len(buf) < HEAD.size:
        return "no payload", None
    whose, kind, i, n = HEAD.unpack_from(buf)
    if whose != tid or tid not in threads or kind > 2:
        return "another thread's payload", None
    if len(buf) != n or lt.ret_of(e) != n:
        return "another length", (tid, kind, i)
    if any(b != (tid * 31 + i * 7 + j) & 255 for j, b in enumerate(buf) if j >= HEAD.size):
        return "bytes of another message", (tid, kind, i)
    if e.get("socket") and "recv" in e["name"] and e["socket"]["inode"] != threads[tid][kind]:
        return "another socket", (tid, kind, i)      # none at all: its hook was skipped
    return None, (tid, kind, i)


def verdict(tap, title, stdout, events):
    lines = [x.split() for x in stdout.splitlines()]
    threads = {int(x[1]): x[2:] for x in lines if x[:1] == ["THREAD"]}
    made = {x[1]: int(x[2]) for x in lines if x[:1] == ["MADE"]}
    bad, seen, last, users, bare = {}, set(), {}, 0, 0
    for e in events:
        if e["name"] not in EVENTS:
            continue
        what, key = wrong(e, threads)
        if not what and not key:
            continue
        if not what and (e["name"], key) in seen:
            what = "twice"
        if not what and last.get((e["name"],) + key[:2], -1) >= key[2]:
            what = "out of order"
        if key:
            seen.add((e["name"], key))
            last[(e["name"],) + key[:2]] = key[2]
        if "recv" in e["name"]:
            users += lt.item(e, "buf").get("origin") != "K"
            bare += not e.get("socket")
        if what:
            bad.setdefault(e["name"] + ": " + what, []).append(e)
    tap.ok(threads and made and not bad, "%s: nothing mixed up in %d events of %d threads" % (title, len(seen), len(threads)),
           *["%d %s: %.300s" % (len(v), k, v[0]) for k, v in sorted(bad.items())])
    skipped = sum(lt.number(lt.item(e, "count")) for e in events if e["name"] == "lost" and not lt.certain(e))
    lost = lt.lost_of([e for e in events if e["name"] == "lost" and lt.certain(e)])
    missing = {n: made.get(n, 0) - len([1 for s in seen if s[0] == n]) for n in EVENTS}
    tap.ok(not lost and sum(missing.values()) <= skipped and bare <= skipped, "%s: what is missing is counted" % title,
           "missing %s, without a socket %d, skipped %d, lost %s" % (missing, bare, skipped, lost))
    tap.ok(not any(lt.seq_gaps(events).values()) and not lt.seq_doubles(events), "%s: numbers without a gap" % title,
           lt.seq_gaps(events), lt.seq_doubles(events))
    tap.note("%s: made %s, missing %s, skipped at most %d, payload from user memory %d" %
             (title, made, missing, skipped, users))


def main():
    lt.need_lymer()
    tap = lt.Tap()
    with lt.TempDir() as tmp:
        out = os.path.join(tmp, "events")
        p = subprocess.run([lt.LYMER] + OPTIONS + ["--output", "json:" + out, "--", lt.program("account/busy"), str(N)],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        tap.ok(not p.returncode, "the program runs", p.stderr.decode("latin1"))
        verdict(tap, "busy", p.stdout.decode(), lt.events_of(out))
    tap.done()


if __name__ == "__main__":
    main()
