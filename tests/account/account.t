#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The account: a ring far too small, calls counted by those who made them. Events written + lost = made, exactly, by
event name; the totals on stderr say the same; the gaps in seq are the losses, by CPU. And a ring large enough: no
loss."""
import json
import os
import re
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt

N = int(os.environ.get("LYMER_ACCOUNT_N", "60000"))
EVENTS = "recvfrom,getsockname,shutdown"


def storm(threads, buffer, out):
    """(made, stderr, errors), events in the file out: run until marks of all CPUs are through: no loss lies behind the last
    event then."""
    events, w = os.pipe()
    p = subprocess.Popen([lt.LYMER, "-e", EVENTS, "--buffer", buffer, "--snaplen", "64", "--output", "json:/dev/fd/%d" % w,
                          "--", lt.program("account/storm"), str(threads), str(N)], pass_fds=[w],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.close(w)
    timer = threading.Timer(60, p.kill)
    timer.start()
    cpus = set()
    with open(events, "rb") as lines, open(out, "wb") as copy:
        for line in lines:
            copy.write(line)
            if b'"name":"shutdown"' in line:
                cpus.add(json.loads(line)["host"]["cpu"])
                if len(cpus) == os.cpu_count() and not p.stdin.closed:
                    p.stdin.close()
    stdout, stderr = p.stdout.read().decode(), p.stderr.read().decode("latin1")
    p.wait()
    timer.cancel()
    return made_of(stdout), stderr, ["exit status %d" % p.returncode] if p.returncode else []


def made_of(stdout):
    """{event: calls} that the storm says it made."""
    return {a: int(b) for a, b in re.findall(r"MADE (\w+) (\d+)", stdout)}


def check(tap, title, threads, buffer, tmp, must_lose):
    out = os.path.join(tmp, title.replace(" ", "-"))
    made, stderr, errors = storm(threads, buffer, out)
    if errors or len(made) != 3:
        tap.ok(False, title, *errors, "made %s" % made, stderr)
        return
    verdict(tap, title, made, stderr, lt.events_of(out), must_lose)


def verdict(tap, title, made, stderr, events, must_lose):
    lost, written = lt.lost_of(events), {}
    for e in events:
        written[e["name"]] = written.get(e["name"], 0) + 1
    lost_records = written.pop("lost", 0)
    skipped = lost.pop("*", 0)
    wrong = ["%s: made %d, written %d, lost %d" % (name, made[name], written.get(name, 0), lost.get(name, 0))
             for name in made
             if not 0 <= made[name] - written.get(name, 0) - lost.get(name, 0) <= skipped]
    unknown = (set(written) | set(lost)) - set(made)
    all_made, all_written, all_lost = sum(made.values()), sum(written.values()), sum(lost.values())
    if not 0 <= all_made - all_written - all_lost <= skipped:  # what the kernel skips is an event at most
        wrong.append("in all: made %d, written %d, lost %d, skipped %d" % (all_made, all_written, all_lost, skipped))
    tap.ok(not wrong and not unknown, "%s: %d calls made = %d written + %d lost" % (title, all_made, all_written,
                                                                                  all_lost + skipped),
           *wrong, "unknown: %s" % unknown, stderr)
    by_cpu = {}
    for e in events:
        if e["name"] == "lost" and lt.item(e, "event")["str"] != "*":
            cpu = int(e["host"]["cpu"])
            by_cpu[cpu] = by_cpu.get(cpu, 0) + lt.number(lt.item(e, "count"))
    gaps = lt.seq_gaps(events)
    tap.ok({c: g for c, g in gaps.items() if g} == by_cpu and not lt.seq_doubles(events),
           "%s: gaps in seq are the losses of each CPU" % title, "gaps %s" % gaps, "lost %s" % by_cpu,
           "doubled %d" % lt.seq_doubles(events))
    total = re.search(r"(\d+) events made, (\d+) written, (\d+) lost", stderr)
    tap.ok(total and [int(x) for x in total.groups()] ==
           [all_written + all_lost + skipped, all_written, all_lost + skipped],
           "%s: the totals on stderr say the same" % title, stderr, "made %d, written %d, lost %d" %
           (all_made, all_written, all_lost + skipped))
    named = {n: int(c) for n, c in re.findall(r"(\w+): (\d+) lost \(ring_full\)", stderr)}
    tap.ok(named == {k: v for k, v in lost.items() if v}, "%s: and by event" % title, stderr, lost)
    if must_lose:
        tap.ok(all_lost > 0 and lost_records > 0, "%s: the ring ran over (%d lost in %d records)" %
               (title, all_lost, lost_records), "nothing was lost: this run proved nothing")
    else:
        tap.ok(not all_lost and not lost_records, "%s: nothing lost" % title, lost)
    tap.note("%s: made %s, written %s, lost %s, skipped by the kernel %d" % (title, made, written, lost, skipped))


def main():
    lt.need_lymer()
    tap = lt.Tap()
    with lt.TempDir() as tmp:
        check(tap, "4K ring, 4 threads", 4, "4K", tmp, True)
        check(tap, "4K ring, 1 thread", 1, "4K", tmp, True)
        check(tap, "64K ring, 2 threads", 2, "64K", tmp, True)
        check(tap, "256M ring, 2 threads", 2, "256M", tmp, False)
    tap.done()


if __name__ == "__main__":
    main()
