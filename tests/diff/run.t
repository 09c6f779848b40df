#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Real programs watched by Lymer and by strace at once, and both logs compared; compare.py says what must agree.

LYMER_DIFF=NAME[,NAME...] runs only these; LYMER_KEEP=DIR keeps the logs there."""
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt
from compare import compare

FAMILY = ("recvfrom,recvmsg,recvmmsg,sendto,sendmsg,sendmmsg,connect,bind,listen,accept,accept4,socket,socketpair,"
          "getsockname,getpeername,shutdown,setsockopt,getsockopt")
HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 60
PACKAGES = {"strace": "strace", "curl": "curl", "nginx": "nginx-light", "wrk": "wrk", "redis-server": "redis-server",
            "redis-cli": "redis-tools", "redis-benchmark": "redis-tools", "logger": "bsdutils", "getent": "libc-bin",
            "node": "nodejs"}

# name, how to trace, snaplen of both, programs, least number of lines, calls that must be among them
WORKLOADS = [
    ("curl", "command", 1024, "curl nginx", 200, "accept4 bind connect getpeername getsockname getsockopt listen recvfrom "
     "recvmsg sendmsg sendto setsockopt socket socketpair"),
    ("wrk", "command", 64, "wrk nginx", 2000, "accept4 connect getsockopt recvfrom setsockopt socket"),
    ("http", "command", 64, "curl", 150, "accept4 bind connect getsockname listen recvfrom sendto shutdown"),
    ("redis", "attach", 64, "redis-server redis-cli redis-benchmark", 200, "accept4 connect getpeername setsockopt"),
    ("logger", "command", 1024, "logger", 50, "accept4 connect recvfrom recvmsg sendmsg"),
    ("getent", "command", 1024, "getent", 20, "connect bind getsockname recvmsg sendto socket"),
    ("node", "command", 64, "node", 150, "accept4 bind connect getsockname listen recvmsg sendmsg setsockopt shutdown"),
]


def tracers(snaplen, s_log, l_log):
    return ([lt.LYMER, "-q", "-e", FAMILY, "-s", str(snaplen), "--output", "strace:" + l_log],
            ["strace", "-f", "-q", "-s", str(snaplen), "-e", "trace=" + FAMILY, "-o", s_log])


def command(work, lymer, strace):
    """Lymer traces strace, which traces the workload: both see it from its first instruction to its last."""
    r = lt.run(lymer + ["--"] + strace + ["--seccomp-bpf"] + work, SECONDS)
    if r.late:
        return ["did not end in %d s" % SECONDS, r.stderr]
    return ["exit status %s" % r.status, r.stderr] if r.status else []


def attached(strace, pids, end):
    """Wait until strace has said that it holds all of them."""
    said = ""
    while not all(re.search(r"\b%s attached" % p, said) for p in pids):
        line = strace.stderr.readline().decode("latin1")
        said += line
        if not line or time.monotonic() > end:
            raise RuntimeError("strace did not attach: " + said)


def attach(work, lymer, strace):
    """Both attach to the workload and its servers while these are idle."""
    end, tracer, s = time.monotonic() + SECONDS, None, None
    p = subprocess.Popen(work, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         env=dict(os.environ, READY="1"))
    try:
        said = p.stdout.readline().decode("latin1")
        pids = said.split()[1:]
        if not said.startswith("READY"):
            return ["no READY from the workload: " + said]
        tracer = lt.Tracer(lymer[1:] + ["-p", ",".join(pids)], SECONDS)
        strace = [x for x in strace if x != "-q"] + [a for pid in pids for a in ("-p", pid)]
        s = subprocess.Popen(strace, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        attached(s, pids, end)
        said = p.communicate(b"\n", timeout=SECONDS)[0].decode("latin1")
        s.communicate(timeout=SECONDS)
        status = tracer.stop()
        return (["the workload ended with %d: %s" % (p.returncode, said)] if p.returncode else []) + \
            (["lymer ended with %d: %s" % (status, tracer.err.decode("latin1"))] if status else [])
    except (subprocess.TimeoutExpired, RuntimeError) as e:
        return [str(e)]
    finally:
        for x in (p, s, tracer and tracer.p):
            if x and x.poll() is None:
                x.kill()
                x.wait()


def one(tap, keep, name, how, snaplen, least, names):
    with lt.TempDir() as tmp:
        logs = [os.path.join(keep or tmp, name + ext) for ext in (".strace", ".lymer")]
        work = [sys.executable, os.path.join(HERE, "workload.py"), name, tmp]
        why = globals()[how](work, *tracers(snaplen, *logs))
        try:
            with open(os.path.join(tmp, "parent")) as f:
                report = compare(*logs, strace_pid=int(f.read()))
        except (OSError, ValueError) as e:
            return tap.ok(False, name, *why, str(e))
    absent = [n for n in names.split() if not report.names[n]]
    if absent or report.lines < least:
        why.append("too little happened: %d lines, none of %s" % (report.lines, absent))
    tap.ok(report.good() and not why, "%s: %s" % (name, report.figures()), *why)
    for line in report.details():
        tap.note(line)
    tap.note(", ".join("%s %d" % x for x in sorted(report.names.items())))
    return None


def main():
    lt.need_lymer()
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    tap, keep = lt.Tap(), os.environ.get("LYMER_KEEP")
    only = [x for x in os.environ.get("LYMER_DIFF", "").split(",") if x]
    for name, how, snaplen, programs, least, names in WORKLOADS:
        missing = [p for p in ["strace"] + programs.split() if not shutil.which(p)]
        if only and name not in only:
            continue
        if missing:
            tap.skip(name, "needs " + ", ".join("%s (package %s)" % (p, PACKAGES[p]) for p in missing))
        else:
            one(tap, keep, name, how, snaplen, least, names)
    tap.done()


main()
