#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Real programs watched by Lymer and by strace at once, and both logs compared; compare.py says what must agree.

Where Lymer records raw, `lymer replay` gives the strace form and JSON; this must tell the same calls and results, no tampering
and no loss. LYMER_DIFF=NAME[,NAME...] runs only these; LYMER_KEEP=DIR keeps the logs there."""
import os
import re
import shutil
import signal
import subprocess
import sys
import threading

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt
from compare import Log, compare
from compare_json import json_wrong

FAMILY = ("recvfrom,recvmsg,recvmmsg,sendto,sendmsg,sendmmsg,connect,bind,listen,accept,accept4,socket,socketpair,"
          "getsockname,getpeername,shutdown,setsockopt,getsockopt")
HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 30
PACKAGES = {"strace": "strace", "curl": "curl", "nginx": "nginx-light", "wrk": "wrk", "redis-server": "redis-server",
            "redis-cli": "redis-tools", "redis-benchmark": "redis-tools", "logger": "bsdutils", "getent": "libc-bin",
            "node": "nodejs"}

# name, how to trace, what Lymer writes, snaplen of both, programs, least number of lines, calls that must be among them
WORKLOADS = [
    ("curl", "command", "raw", 1024, "curl nginx", 200, "accept4 bind connect getpeername getsockname getsockopt listen "
     "recvfrom recvmsg sendmsg sendto setsockopt socket socketpair"),
    ("wrk", "command", "raw", 64, "wrk nginx", 2000, "accept4 connect getsockopt recvfrom setsockopt socket"),
    ("http", "command", "strace", 64, "curl", 150, "accept4 bind connect getsockname listen recvfrom sendto shutdown"),
    ("redis", "attach", "raw", 64, "redis-server redis-cli redis-benchmark", 200, "accept4 connect getpeername setsockopt"),
    ("logger", "command", "strace", 1024, "logger", 50, "accept4 connect recvfrom recvmsg sendmsg"),
    ("getent", "isolated", "strace", 1024, "getent", 15, "connect bind getsockname recvmsg sendto socket"),
    ("node", "command", "raw", 64, "node", 150, "accept4 bind connect getsockname listen recvmsg sendmsg setsockopt shutdown"),
    ("spec", "command", "strace", 64, "", 2000, FAMILY.replace(",", " ")),
]


def tracers(form, snaplen, base):
    return ([lt.LYMER, "-q", "-e", FAMILY, "-s", str(snaplen), "--output", "%s:%s.%s" % (form, base, form)],
            ["strace", "-f", "-q", "-s", str(snaplen), "-e", "trace=" + FAMILY, "-o", base + ".log"])


def command(work, lymer, strace):
    """Lymer traces strace, which traces the workload: both see it from its first instruction to its last."""
    p = subprocess.Popen(lymer + ["--"] + strace + ["--seccomp-bpf"] + work, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        said = p.communicate(timeout=SECONDS)[0].decode("latin1")
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, signal.SIGKILL)        # all that it started
        return ["did not end in %d s: %s" % (SECONDS, p.communicate()[0].decode("latin1"))]
    return ["exit status %d: %s" % (p.returncode, said)] if p.returncode else []


def isolated(work, lymer, strace):
    """The same in a network and mount namespace of their own, where there is the right to that; strace must be in it as
    well, else it does not know the netlink sockets."""
    own = ["unshare", "-nm"]
    if lt.run(own + ["true"]).status:
        return command(work, lymer, strace)
    return command(work + ["own"], own + lymer, strace)


def attached(strace, pids):
    """Wait until strace has said that it holds all of them."""
    said = ""
    while not all(re.search(r"\b%s attached" % p, said) for p in pids):
        line = strace.stderr.readline().decode("latin1")
        said += line
        if not line:
            raise RuntimeError("strace did not attach: " + said)


def attach(work, lymer, strace):
    """Both attach to the workload and its servers while these are idle."""
    tracer = s = None
    p = subprocess.Popen(work, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         start_new_session=True, env=dict(os.environ, READY="1"))

    def end():
        """Kill what still runs; the workload with all that it started."""
        if p.poll() is None:
            os.killpg(p.pid, signal.SIGKILL)
        for x in (s, tracer and tracer.p):
            if x and x.poll() is None:
                x.kill()

    timer = threading.Timer(SECONDS, end)
    timer.start()
    try:
        said = p.stdout.readline().decode("latin1")
        pids = said.split()[1:]
        if not said.startswith("READY"):
            return ["no READY from the workload: " + said]
        tracer = lt.Tracer(lymer[1:] + ["-p", ",".join(pids)], SECONDS)
        strace = [x for x in strace if x != "-q"] + [a for pid in pids for a in ("-p", pid)]
        s = subprocess.Popen(strace, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        attached(s, pids)
        said = p.communicate(b"\n", timeout=SECONDS)[0].decode("latin1")
        s.communicate(timeout=SECONDS)
        status = tracer.stop()
        return (["the workload ended with %d: %s" % (p.returncode, said)] if p.returncode else []) + \
            (["lymer ended with %d: %s" % (status, tracer.err.decode("latin1"))] if status else [])
    except (subprocess.TimeoutExpired, RuntimeError) as e:
        return [str(e)]
    finally:
        timer.cancel()
        end()
        for x in filter(None, (p, s, tracer and tracer.p)):
            x.wait()


def judge(base, form, strace_pid):
    """The comparison of the strace form, and what is wrong besides."""
    if form == "strace":
        return compare(base + ".log", base + ".strace", strace_pid), []
    for form in ("strace", "json"):
        r = lt.run([lt.LYMER, "replay", "--output", "%s:%s.%s" % (form, base, form), base + ".raw"], SECONDS)
        if r.status:
            raise ValueError("replay: " + r.stderr)
    return (compare(base + ".log", base + ".strace", strace_pid),
            json_wrong(lt.events_of(base + ".json"), Log(base + ".log"), strace_pid))


def one(tap, keep, name, how, form, snaplen, least, names):
    with lt.TempDir() as tmp:
        base = os.path.join(keep or tmp, name)
        work = [sys.executable, os.path.join(HERE, "workload.py"), name, tmp]
        why = globals()[how](work, *tracers(form, snaplen, base))
        try:
            with open(os.path.join(tmp, "parent")) as f:
                report, wrong = judge(base, form, int(f.read()))
        except (OSError, ValueError) as e:
            return tap.ok(False, name, *why, str(e))
    absent = [n for n in names.split() if not report.names[n]]
    if absent or report.lines < least:
        why.append("too little happened: %d lines, none of %s" % (report.lines, absent))
    why += wrong[:8] + ["... and %d more" % (len(wrong) - 8)] * (len(wrong) > 8)
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
    for name, how, form, snaplen, programs, least, names in WORKLOADS:
        missing = [p for p in ["strace"] + programs.split() if not shutil.which(p)]
        if only and name not in only:
            continue
        if missing:
            tap.skip(name, "needs " + ", ".join("%s (package %s)" % (p, PACKAGES[p]) for p in missing))
        else:
            one(tap, keep, name, how, form, snaplen, least, names)
    tap.done()


main()
