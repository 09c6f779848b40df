#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The benchmark itself: its arithmetic on figures that are given, its eye for what was lost or never traced, and that the
accounts of tiny runs add up. Times are not judged."""
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]
import bars
import bench
import lymertest as lt
import report
import workloads
from tracers import Failed, Variant

tap = lt.Tap()


def run(workload, variant, n, ns, **more):
    return {"workload": workload, "variant": variant, "round": n, "ns": ns, "made": 10, "calls": 10, "wall": 1,
            "notes": [], **more}


def is_(got, want, name):
    tap.ok(got == want, name, "got  %r" % (got,), "want %r" % (want,))


# --- arithmetic

is_(report.quartiles([4, 1, 3, 2, 5]), (2, 3, 4), "quartiles")
is_(report.quartiles([1, 2]), (1.25, 1.5, 1.75), "quartiles between values")
is_([report.span(x) for x in (415.4, 28131, 3.5e7, None)], ["415 ns", "28.1 µs", "35.0 ms", ""], "times that can be read")
is_(report.table(["a", "n", ""], [["x", "1", ""], ["long", "+22", "**y**"]]),
    "| a    |   n |       |\n|------|----:|-------|\n| x    |   1 |       |\n| long | +22 | **y** |", "a table")

# The machine slows down by half in the third round: the quickest rounds are compared, and each with itself.
bare, plain, floor = [100, 110, 150], [210, 220, 315], [150, 160, 205]
found = {"runs": [run("peek", v, n, ns, **more) for v, all_of_it, more in (
    ("untraced", bare, {}), ("lymer/plain-user/null/one", plain, {"written": 10, "lost": 0, "tracer": 2000, "rss": 8}),
    ("floor/submit", floor, {"written": 10, "lost": 0})) for n, ns in enumerate(all_of_it)]}
s = report.summary(found)
got = s["peek", "lymer/plain-user/null/one"]
is_((got["ns"], got["ratio"], got["added"], got["noise"]), (210, 2.1, 110, 5), "the quickest round, and how near the next is")
is_((got["low"], got["median"], got["high"]), (2.05, 2.1, 2.1), "the spread of the ratios within the round")
is_((got["made"], got["written"], got["lost"], got["tracer"]), (30, 30, 0, 200), "accounts added up, tracer's time by event")
is_(bars.BARS[0].judge(found, s), ("address as user memory has it: peek 2.2×; the kernel's: ?", False), "a bar that is not met")
is_(bars.against_floor(2.2)(found, s), ("address as user memory has it: peek 2.2×; the kernel's: ?", True), "a bar that is met")
is_(bars.BARS[1].judge(found, s), ("", None), "a bar of which nothing is known")
is_(bars.nginx(found, {("nginx", bars.FILE): {"ratio": 1.04}, ("nginx", "floor/empty"): {"ratio": 1.09}}),
    ("nginx 1.04; an empty program on sys_exit alone 1.09: the run does not tell", None), "less than a part of it is believed of nobody")
storms = [{"workload": "peek", "variant": "v", "paced": False, "rate": r, "made": 10, "written": 10, "lost": n, "tracer": ns}
          for r, n, ns in ((5, 0, 50), (7, 1, 40), (6, 0, 90))]
is_([(x["rate"], x["made"], x["lost"], x["cost"], x["median"]) for x in report.stormed({"storms": storms})], [(7, 30, 1, 4, 5)],
    "storms: the quickest, and what all have lost")

# --- the eye

is_(workloads.checked({"made": 10, "written": 10, "lost": 0}, True), [], "an account in order")
is_(workloads.checked({"made": 10, "written": 6, "lost": 3}, True), ["LOST 3", "MISSED 1"], "lost and missed")
is_(workloads.checked({"made": 10, "written": 11, "lost": 0}, True), ["1 TOO MANY"], "more than there can be")
is_(report.notes([run("w", "v", 0, 1, notes=["LOST 3", "MISSED 1"]), run("w", "v", 1, 1, notes=["LOST 4"]), run("w", "v", 2, 1)]),
    "**LOST 7** (23.3 %) in 2 of 3 rounds, **MISSED 1** (3.3 %) in 1 of 3 rounds", "remarks added up")

# --- BENCH.md

with open(os.path.join(HERE, "..", "..", "BENCH.md")) as f:
    page = f.read()
rows = [[c.strip() for c in line.split("|")[1:3]] for line in page.partition("\n## Bars\n")[2].partition("\n## ")[0].splitlines()
        if line.startswith("|")][2:]
tap.ok(page.startswith(report.MARK), "BENCH.md is written by the benchmark")
is_(rows, [[b.measure, b.bar] for b in bars.BARS], "and holds every bar as it is declared")

# --- tiny runs

if os.geteuid() or os.cpu_count() < 2:
    tap.skip("tiny runs", "needs root and two CPUs")
    tap.done()
peek = bench.BY_NAME["peek"]
for name in "untraced", "floor/submit", "lymer/truthful/null/one", "lymer/truthful/file/one", "strace":
    if name == "strace" and not shutil.which("strace"):
        tap.skip(name, "no strace")
        continue
    r = workloads.own(peek, bench.VARIANTS[name], {}, 1)
    tap.ok(r["made"] >= r["calls"] > 0 and not r["notes"] and (name == "untraced" or r["written"] == r["made"]),
           "%s: events written are receives made" % name, r)
r = workloads.own(peek, Variant("blind", "CMD", rb"recvfrom"), {}, 1)
tap.ok(r["notes"] == ["MISSED %d" % r["made"]], "a tracer that traces nothing is noticed", r)
try:
    workloads.own(peek, Variant("broken", "false"), {}, 1)
    tap.ok(False, "a tracer that fails gives no figure")
except Failed as e:
    tap.ok("broken" in str(e), "a tracer that fails gives no figure", e)
tap.done()
