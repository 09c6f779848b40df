#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Many threads at once, each with memory of its own on the kernel side, which must be there in time and be given back: the
number of events of each thread is known."""
import collections
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt

THREADS, ROUNDS = 2000, 2


def verdict(tap, title, stdout, events):
    made = {a: int(b) for a, b in re.findall(r"MADE (\w+) (\d+)", stdout)}
    written = collections.Counter(e["name"] for e in events if e["name"] != "lost")
    skipped = sum(lt.number(lt.item(e, "count")) for e in events if e["name"] == "lost" and not lt.certain(e))
    lost = lt.lost_of([e for e in events if e["name"] == "lost" and lt.certain(e)])
    missing = {n: made[n] - written[n] for n in made}
    tap.ok(made and not lost and min(missing.values()) >= 0 and sum(missing.values()) <= skipped,
           "%s: %s written" % (title, dict(written)), "missing %s, lost %s, skipped %d" % (missing, lost, skipped))
    calls = collections.Counter(lt.tid_of(e) for e in events if e["name"] == "recvfrom")
    tap.ok(not [t for t, n in calls.items() if n > 2], "%s: two calls of each thread" % title)
    tap.note("%s: missing %s, skipped at most %d" % (title, missing, skipped))


def main():
    lt.need_lymer()
    tap = lt.Tap()
    with lt.TempDir() as tmp:
        out = os.path.join(tmp, "events")
        p = subprocess.run([lt.LYMER, "-e", "recvfrom,sched_process_exit", "--output", "json:" + out, "--",
                            lt.program("account/many"), str(THREADS), str(ROUNDS)],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        tap.ok(not p.returncode, "the program runs", p.stderr.decode("latin1"))
        verdict(tap, "%d threads" % THREADS, p.stdout.decode(), lt.events_of(out))
    tap.done()


if __name__ == "__main__":
    main()
