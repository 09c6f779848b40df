#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What the lab's runs say, kernel by kernel, kept in the build: tables, RESULTS.md. Run by itself it writes that page again, of what
the last runs have left."""
import glob
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]
import lymertest as lt
from kernels import KERNELS, TESTS

PLACE = os.path.join(os.environ.get("LYMER_VM_BUILD", os.path.join(lt.BUILD, "vm")), "results")
PAGE = os.path.join(HERE, "RESULTS.md")

HEAD = """<!-- Written by tests/vm/results.py; change that, then `make check-vm`. -->

<!-- SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only -->
# Lymer on many kernels

This page is written by `make check-vm`, of each test's last run on a kernel, under QEMU's emulation. A number is how many cases passed; *open* are
those known not to pass yet, each with its reason in [kernels.py](kernels.py); *skipped* those that this kernel has no use for, and under
another tier (@) lengths that are tried without; *not run* that no case could pass there. Seconds are the
guest's own clock and say nothing of Lymer's speed elsewhere; spec tests of one tier run together, and the first of them has their seconds.
"""


def save(name, version, seconds, tests, fields):
    """Keep a run: {test: {"ok", "n", "how", "seconds"}}; fields: what doctor says of recvfrom's, None if it says nothing."""
    os.makedirs(PLACE, exist_ok=True)
    path, kept = os.path.join(PLACE, name + ".json"), load().get(name, {})
    kept = kept if kept.get("version") == version else {}
    kept = {"version": version, "tests": {**kept.get("tests", {}), **tests}, "fields": fields or kept.get("fields"),
            "wall": seconds if set(TESTS) <= set(tests) else kept.get("wall")}
    with open(path, "w") as f:
        json.dump(kept, f, indent=1)


def load():
    out = {}
    for path in glob.glob(os.path.join(PLACE, "*.json")):
        with open(path) as f:
            out[os.path.basename(path)[:-5]] = json.load(f)
    return {k: out[k] for k in KERNELS if k in out}


def table(head, rows):
    rows = [head, ["---"] * len(head)] + rows
    return ["| %s |" % " | ".join(str(c) for c in r) for r in rows]


def cell(t):
    if not t:
        return "–"
    return (t["how"] if t["ok"] else "**failed**") + (" %.0f s" % t["seconds"] if t["seconds"] >= 0.5 else "")


def tests_table(runs):
    rows = [[t] + [cell(r["tests"].get(t)) for r in runs.values()] for t in TESTS]
    if any(r["wall"] for r in runs.values()):
        rows.append(["all, by this machine's clock"] + ["%.0f s" % r["wall"] if r["wall"] else "–" for r in runs.values()])
    return table(["test"] + list(runs), rows)


def fields_table(runs):
    """Which hook each field of recvfrom is from."""
    runs = {k: r for k, r in runs.items() if r["fields"]}
    of = {k: {(f["name"] or "not told", f["of"]): "%s: %s" % (f["origin"], f["hook"]) if f["hook"] else f["lost"] for f in r["fields"]}
          for k, r in runs.items()}
    every = list(dict.fromkeys(key for fields in of.values() for key in fields))
    rows = [["%s%s" % (name, ", " + what if what else "")] + [of[k].get((name, what), "–") for k in runs] for name, what in every]
    return table(["field"] + list(runs), rows) if runs else []


def page():
    runs = load()
    lines = [HEAD] + table(["kernel", "package"], [[k, r["version"]] for k, r in runs.items()]) + [""] + tests_table(runs)
    fields = fields_table(runs)
    if fields:
        lines += ["", "## Which hook each field of recvfrom is from", "",
                  "As `lymer doctor` says there: K is the kernel's own memory, U the program's.", ""] + fields
    with open(PAGE, "w") as f:
        f.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    page()
