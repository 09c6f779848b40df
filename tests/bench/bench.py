#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The benchmark: interleaved rounds of every workload under every variant, written to build/bench/PLAN.json and shown.

  bench.py full | quick | scale [PATTERN...]    only workloads (of scale: things that grow) whose names match
  bench.py report                               BENCH.md again, of what the last runs have left
"""
import json
import os
import signal
import subprocess
import sys
import time
from fnmatch import fnmatch
from glob import glob
import machine
import report
import scale
import tracers
import workloads
from report import RESULTS
from tracers import LYMER, TOP, Failed, Run, scratch
from workloads import WORK, WORKLOADS

# What a plan runs: rounds, milliseconds of CPU time that an own workload is timed, the same for the storm that asks for the
# lossless rate, and the workloads with their variants (None: as their row says).
QUICK = ["lymer/truthful/null/one", "lymer/plain/null/one", "lymer/user/null/one", "lymer/plain-user/null/one",
         "floor/submit", "strace"]
PLANS = {
    "full": {"rounds": 9, "ms": 60, "storm": 1000, "workloads": {w.name: None for w in WORKLOADS}},
    "quick": {"rounds": 3, "ms": 40, "storm": 700, "workloads": {
        "peek": QUICK, "unix-64": QUICK, "udp-64": QUICK, "tcp-64": QUICK,
        "bystander-getppid": ["lymer/truthful/null/one", "lymer/sockets", "floor/empty"],
        "bystander-udp": ["lymer/truthful/null/one", "lymer/sockets"],
        "nginx": ["lymer/truthful/file/one"]}},
}
STORMS = [("peek", "lymer/truthful/null/one"), ("peek", "lymer/plain/null/one"), ("peek", "lymer/truthful/file/one"),
          ("unix-64", "lymer/truthful/file/one"), ("udp-64", "lymer/truthful/file/one")]
STARTS = ["lymer/truthful/file/one", "lymer/truthful/file/family", "strace", "perf-trace", "bpftrace"]


def by_name(rows):
    return {r.name: r for r in rows}


VARIANTS = by_name(tracers.VARIANTS)
BY_NAME = by_name(WORKLOADS)


def say(text):
    print(text, file=sys.stderr, flush=True)


def matching(w, patterns):
    patterns = w.variants if patterns is None else patterns
    return [v for v in VARIANTS.values() if v.name == "untraced" or any(fnmatch(v.name, p) for p in patterns)]


def present(variants, skipped):
    """Those that can be run; why not goes to skipped."""
    for v in variants:
        if v.name not in skipped:
            skipped[v.name] = tracers.missing(v)
    return [v for v in variants if not skipped[v.name]]


def sizes_of(names):
    """Bytes of Lymer's plain record in each workload that receives: what the floor has to reserve."""
    sizes, path = {}, os.path.join(scratch(), "raw")
    v = tracers.Variant("raw", "LYMER -e EVENT --snaplen 0 --output raw:%s -- CMD" % path)
    for w in WORKLOADS:
        if w.name in names and any(p.startswith("floor") for p in w.variants) and w.kind == "own":
            with Run(v, [WORK, "-t", "1"] + w.args.split(), workloads.values(w, {})) as r:
                r.line(b"READY")
                n = r.account()["written"]
            sizes[w.name] = os.path.getsize(path) // n // 8 * 8 if n else 0
            os.unlink(path)
    return sizes


def one(w, v, sizes, ms, failed):
    try:
        return {"workload": w.name, "variant": v.name, **getattr(workloads, w.kind)(w, v, sizes, ms)}
    except (Failed, OSError, subprocess.SubprocessError) as e:
        failed.append("%s, %s: %s" % (w.name, v.name, e))
        say("  " + failed[-1])
    return None


def rounds(plan, names, sizes, skipped, failed):
    """All variants of a workload after one another, starting with another one each time."""
    runs = []
    for n in range(plan["rounds"]):
        say("round %d of %d" % (n + 1, plan["rounds"]))
        for name in names:
            w = BY_NAME[name]
            all_of_it = present(matching(w, plan["workloads"][name]), skipped)
            k = n % len(all_of_it)
            for v in all_of_it[k:] + all_of_it[:k]:
                r = one(w, v, sizes, plan["ms"], failed)
                if r:
                    runs.append({"round": n, **r})
    return runs


def storms(plan, failed):
    """Receives at full speed, three times; where events are lost, with ever fewer a second until none is."""
    out = []
    say("storms")
    for name, variant in STORMS:
        w, v, rate = BY_NAME[name], VARIANTS[variant], 0
        for n in range(14):
            r = one(w._replace(args="-t %d -r %d %s" % (plan["storm"], rate, w.args)), v, {}, 0, failed)
            if not r:
                break
            r["rate"] = r["calls"] / r["wall"] * 1e9
            r["paced"] = bool(rate)
            out.append(r)
            if n < 2:
                continue
            if not any(x["lost"] for x in out[-3 if n == 2 else -1:]):
                break
            rate = int(r["rate"] * 0.85)
    return out


def starts(plan, skipped, failed):
    """As people start a tracer, with every CPU, and with the last one alone."""
    say("starts")
    out, last = [], os.sched_getaffinity(0)
    for n in range(plan["rounds"]):
        for v in present([VARIANTS[s] for s in STARTS], skipped):
            for cpus in range(os.cpu_count()), last:
                os.sched_setaffinity(0, cpus)
                try:
                    out.append({"variant": v.name, "cpus": len(cpus), **workloads.start(BY_NAME["peek"], v, {})})
                except Failed as e:
                    failed.append(str(e))
    return out


def cpu_ns(argv):
    p = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise Failed("%s: status %d" % (" ".join(argv), status))
    return (usage.ru_utime + usage.ru_stime) * 1e9


def json_cost(plan, failed):
    """What JSON costs: records replayed into it, less the same records replayed into nothing; and to write it into a file."""
    say("json")
    raw, text = os.path.join(scratch(), "raw"), os.path.join(scratch(), "text")
    out = []
    for name in "unix-64", "udp-64":
        w = BY_NAME[name]
        v = tracers.Variant("raw", "LYMER -e EVENT --output raw:%s -- CMD" % raw)
        try:
            with Run(v, [WORK, "-t", "1500"] + w.args.split(), workloads.values(w, {})) as r:
                r.line(b"READY")
                n = r.account()["written"]
            cpu_ns([LYMER, "replay", raw, "--output", "json:" + text])
            for _ in range(plan["rounds"]):
                full = cpu_ns([LYMER, "replay", raw, "--output", "json:/dev/null"])
                none = cpu_ns([LYMER, "replay", raw, "--output", "none"])
                os.unlink(text)
                file = cpu_ns([LYMER, "replay", raw, "--output", "json:" + text])
                out.append({"workload": name, "events": n, "bytes": os.path.getsize(text) / n, "ns": (full - none) / n,
                            "read": none / n, "write": (file - full) / n})
        except Failed as e:
            failed.append(str(e))
        for path in raw, text:
            if os.path.exists(path):
                os.unlink(path)
    return out


def bench(name, patterns):
    plan, skipped, failed, began = PLANS[name], {}, [], time.time()
    names = [n for n in plan["workloads"] if not patterns or any(fnmatch(n, p) for p in patterns)]
    skipped.update((n, workloads.missing(BY_NAME[n])) for n in names)
    names = [n for n in names if not skipped[n]]
    found = {"plan": name, "command": "make " + {"full": "bench", "quick": "bench-quick"}[name], "machine": machine.describe()}
    found["order"] = list(VARIANTS)
    found["sizes"] = sizes_of(names)
    found["runs"] = rounds(plan, names, found["sizes"], skipped, failed)
    if not patterns:
        found["storms"] = storms(plan, failed)
        found["starts"] = starts(plan, skipped, failed)
        found["json"] = json_cost(plan, failed)
    found.update(rounds=plan["rounds"], skipped={k: v for k, v in skipped.items() if v}, failed=failed,
                 seconds=time.time() - began, after=machine.state())
    return found


def give_back(*paths):
    """What root has written is not root's."""
    owner = os.stat(TOP)
    for p in filter(os.path.exists, paths):
        os.chown(p, owner.st_uid, owner.st_gid)


def main(argv):
    if len(argv) < 2 or argv[1] not in (*PLANS, "scale", "report"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    if argv[1] != "report":
        if os.geteuid() or os.cpu_count() < 2:
            print("bench: needs root and two CPUs", file=sys.stderr)
            return 1
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        os.sched_setaffinity(0, {os.cpu_count() - 1})
        found = scale.scale(argv[2:], say) if argv[1] == "scale" else bench(argv[1], argv[2:])
        os.makedirs(RESULTS, exist_ok=True)
        with open(os.path.join(RESULTS, ("part" if argv[2:] else argv[1]) + ".json"), "w") as f:
            json.dump(found, f, indent=1)
        print(report.scale(found) if argv[1] == "scale" else report.bench(found))
    if argv[1] != "quick" and not argv[2:]:
        report.write()
    give_back(RESULTS, os.path.join(TOP, "BENCH.md"), *glob(RESULTS + "/*"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
