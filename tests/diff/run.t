#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Real programs watched by Lymer and by strace at once, and both logs compared; compare.py says what must agree.

Lymer records raw; `lymer replay` then gives the strace form, which is compared, and JSON, which must tell the same calls and
results, no tampering and no loss. LYMER_DIFF=NAME[,NAME...] runs only these; LYMER_KEEP=DIR keeps the logs there."""
import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt
from compare import Log, compare, key

FAMILY = ("recvfrom,recvmsg,recvmmsg,sendto,sendmsg,sendmmsg,connect,bind,listen,accept,accept4,socket,socketpair,"
          "getsockname,getpeername,shutdown,setsockopt,getsockopt")
HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 30
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
    ("spec", "command", 64, "", 2000, FAMILY.replace(",", " ")),
]


def tracers(snaplen, s_log, l_raw):
    return ([lt.LYMER, "-q", "-e", FAMILY, "-s", str(snaplen), "--output", "raw:" + l_raw],
            ["strace", "-f", "-q", "-s", str(snaplen), "-e", "trace=" + FAMILY, "-o", s_log])


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


RESTART = {512: "? ERESTARTSYS", 513: "? ERESTARTNOINTR", 514: "? ERESTARTNOHAND", 516: "? ERESTART_RESTARTBLOCK"}


def key_of(event):
    """compare.py's key of a JSON event."""
    ret = lt.ret_of(event)
    return event["name"], str(ret) if ret >= 0 else RESTART.get(-ret) or "-1 " + errno.errorcode.get(-ret, str(-ret))


def json_wrong(path, strace, strace_pid):
    """What is wrong with Lymer's JSON of the run."""
    events = lt.events_of(path)
    lost, gaps, threads = lt.lost_of(events), lt.seq_gaps(events), {}
    why = ["json: lost: %s" % lost] if lost else []
    if any(gaps.values()) or lt.seq_doubles(events):
        why.append("json: seq: missing %s (by cpu), doubled %d" % (gaps, lt.seq_doubles(events)))
    for e in events:
        if "tamper" in e:
            why.append("json: tamper in a clean run: %s of thread %d: %s" % (e["name"], lt.tid_of(e), json.dumps(e["tamper"])))
        if e["name"] != "lost" and lt.tid_of(e) != strace_pid:
            threads.setdefault(lt.tid_of(e), []).append(key_of(e))
    for tid in sorted(strace.threads.keys() | threads.keys()):
        due, have = [key(c) for c in strace.threads.get(tid, [])], threads.get(tid, [])
        if have != due and not (tid in strace.cut and have[:-1] == due):
            why.append("json: thread %d has other calls or results than strace saw" % tid)
    return why


def judge(logs, snaplen, strace_pid):
    """The comparison of the strace form, and what is wrong besides."""
    s, raw, text, jsn = logs
    for form in ("strace:" + text, "json:" + jsn):
        r = lt.run([lt.LYMER, "replay", "--output", form, raw], SECONDS)
        if r.status:
            raise ValueError("replay: " + r.stderr)
    return compare(s, text, strace_pid), json_wrong(jsn, Log(s), strace_pid)


def one(tap, keep, name, how, snaplen, least, names):
    with lt.TempDir() as tmp:
        logs = [os.path.join(keep or tmp, name + ext) for ext in (".strace", ".raw", ".lymer", ".json")]
        work = [sys.executable, os.path.join(HERE, "workload.py"), name, tmp]
        why = globals()[how](work, *tracers(snaplen, *logs[:2]))
        try:
            with open(os.path.join(tmp, "parent")) as f:
                report, wrong = judge(logs, snaplen, int(f.read()))
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
