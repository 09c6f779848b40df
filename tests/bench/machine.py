# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The machine on which it was measured: what it is, what is installed, what else went on. No names of hosts or paths."""
import json
import os
import re
import shutil
import subprocess
import time
from tracers import LYMER, TOP

TOOLS = [("lymer", [LYMER, "version"]), ("strace", ["strace", "-V"]), ("perf", ["perf", "--version"]),
         ("bpftrace", ["bpftrace", "--version"]), ("nginx", ["nginx", "-v"]), ("wrk", ["wrk", "-v"]),
         ("redis", ["redis-server", "--version"]), ("git", ["git", "--version"]), ("clang", ["clang", "--version"])]


def output(argv):
    p = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return p.stdout


def version(argv):
    """The first thing in its output that looks like one."""
    if not shutil.which(argv[0]):
        return None
    found = re.search(r"\d+\.\d[\w.]*", output(argv))
    return found.group() if found else "?"


def first(path, pattern):
    with open(path) as f:
        found = re.search(pattern, f.read())
    return found.group(1) if found else "?"


def mitigations():
    """Those that make calls and branches in the kernel dear."""
    out = []
    for name in "spectre_v2", "retbleed", "spec_rstack_overflow", "meltdown":
        try:
            with open("/sys/devices/system/cpu/vulnerabilities/" + name) as f:
                out.append("%s: %s" % (name, f.read().strip().split(";")[0]))
        except OSError:
            pass
    return out


def programs():
    """How many tracing programs are loaded."""
    if not shutil.which("bpftool"):
        return 0
    try:
        return sum(p["type"] in ("tracing", "raw_tracepoint", "tracepoint", "perf_event", "kprobe")
                   for p in json.loads(output(["bpftool", "-j", "prog", "show"])))
    except ValueError:
        return 0


def state():
    """What may disturb: tracing programs of others, processor time that the hypervisor took, other work."""
    for _ in range(20):         # the kernel takes its time to free those of a tracer that has ended
        others = programs()
        if not others:
            break
        time.sleep(0.25)
    with open("/proc/stat") as f:
        ticks = [int(x) for x in f.readline().split()[1:9]]
    return {"programs": others, "steal": ticks[7], "ticks": sum(ticks), "load": os.getloadavg()[0]}


def describe():
    commit = output(["git", "-C", TOP, "describe", "--always", "--dirty"]).strip() if shutil.which("git") else "?"
    return {
        "cpu": first("/proc/cpuinfo", r"model name\s*: (.*)"), "cpus": os.cpu_count(),
        "memory": int(first("/proc/meminfo", r"MemTotal:\s+(\d+)")) >> 20,
        "virtual": "hypervisor" in first("/proc/cpuinfo", r"flags\s*: (.*)").split(),
        "kernel": os.uname().release, "arch": os.uname().machine, "mitigations": mitigations(),
        "tools": {name: version(argv) for name, argv in TOOLS},
        "commit": commit if re.fullmatch(r"[\w.-]+", commit) else "?",
        "date": time.strftime("%Y-%m-%d"), "before": state(),
    }
