#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Threads for which the kernel side has no memory, because who would bring more is stopped: what they do is lost, and every event of it
counted, whether the call makes it or a hook below."""
import collections
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt

THREADS = 3000


def main():
    lt.need_lymer()
    tap, starved = lt.Tap(), lt.program("account/starved")
    with lt.TempDir() as tmp:
        out = os.path.join(tmp, "events")
        p = subprocess.run([starved, "-", lt.LYMER, "-e", "sendto,recvfrom,socket_send,socket_recv", "--output", "json:" + out, "--",
                            "sh", "-c", "exec %s %d $PPID" % (starved, THREADS)],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        said = p.stderr.decode("latin1")
        tap.ok(not p.returncode, "the program runs", said)
        made = {a: int(b) for a, b in re.findall(r"MADE (\w+) (\d+)", p.stdout.decode())}
        events = lt.events_of(out)
        written = collections.Counter(e["name"] for e in events if e["name"] != "lost")
        lost = collections.Counter(lt.lost_of(events))
        tap.ok("lost (no_memory)" in said and all(lost[n] for n in made), "every event was lost at times, for want of memory", said)
        tap.ok(made and {n: written[n] + lost[n] for n in made} == made, "written and lost are what was made", made, written, lost)
    tap.done()


if __name__ == "__main__":
    main()
