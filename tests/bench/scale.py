# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""How cost grows: one thing at a time, all else as it is."""
import subprocess
import time
from collections import namedtuple
from fnmatch import fnmatch
import machine
import workloads
from tracers import VARIANTS, Failed
from workloads import WORK, WORKLOADS

ROUNDS = 5
MS = 60
BARE = VARIANTS[0]
VALUES = {v.name: v for v in VARIANTS}
TRUTHFUL, PLAIN = "lymer/truthful/null/one", "lymer/plain/null/one"

# What grows: the workload, its arguments and Lymer's options with N for the number, the numbers; crowd: N idle processes beside.
Grow = namedtuple("Grow", "what workload args options points variants crowd", defaults=([TRUTHFUL, PLAIN], False))

GROWS = [
    Grow("traced threads", "peek", "-j N peek", "", [1, 2, 4, 16, 64]),
    Grow("scope terms", "peek", "peek", "N", [0, 1, 2, 4, 7]),
    Grow("other processes", "peek", "peek", "", [0, 500, 2000, 8000], crowd=True),
    Grow("bytes of payload", "udp-64", "-b N udp", "", [16, 64, 512, 4096, 16384, 60000]),
    Grow("bytes kept of 60000 (snaplen)", "unix-64", "-b 60000 unix", "--snaplen N",
         [0, 64, 512, 4096, 16384, 60000], [TRUTHFUL]),
    Grow("receives a second", "peek", "-t 500 -r N peek", "", [10000, 100000, 500000, 1000000, 1500000, 2000000]),
]


def options(g, n):
    """Terms of the scope must hold, or nothing is traced."""
    if g.what == "scope terms":
        return " ".join("--scope uid!=%d" % (60000 + i) for i in range(n))
    return g.options.replace("N", str(n))


def point(g, n, failed):
    by_name = {w.name: w for w in WORKLOADS}
    w = by_name[g.workload]._replace(args=g.args.replace("N", str(n)))
    variants = [BARE] + [VALUES[v]._replace(command=VALUES[v].command.replace("--output", options(g, n) + " --output"))
                         for v in g.variants]
    runs = []
    for r in range(ROUNDS):
        k = r % len(variants)
        for v in variants[k:] + variants[:k]:
            try:
                runs.append({"round": r, "workload": w.name, "variant": v.name, **workloads.own(w, v, {}, MS)})
            except Failed as e:
                failed.append(str(e))
    return runs


class Crowd:
    """So many processes that do nothing."""

    def __init__(self, n):
        self.p = n and subprocess.Popen([WORK, "-j", str(n), "crowd"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        if self.p:
            self.p.stdin.write(b"\n")
            self.p.stdin.flush()
            while b"DONE" not in self.p.stdout.readline():
                pass

    def __exit__(self, *_):
        if self.p:
            self.p.communicate()


def scale(patterns, say):
    failed, grown, began, before = [], [], time.time(), machine.describe()
    for g in GROWS:
        if patterns and not any(fnmatch(g.what, p) for p in patterns):
            continue
        points = []
        for n in g.points:
            say("%s: %d" % (g.what, n))
            with Crowd(n if g.crowd else 0):
                points.append({"at": n, "runs": point(g, n, failed)})
        grown.append({"what": g.what, "workload": g.workload, "variants": g.variants, "points": points})
    return {"command": "make bench-scale", "machine": before, "grown": grown, "rounds": ROUNDS, "failed": failed,
            "seconds": time.time() - began, "after": machine.state()}
