#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Who is traced, and how a trace ends: nothing of CMD's tree missed from the first instruction, -p, every --scope term
and their combinations, exit statuses, signals passed on, the terminal's keys, outputs that end before Lymer does."""
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt

SECONDS = 30
FIRST, MAIN, CHILD = 100, 101, 1000     # ids of calls.c
UID = 64321                             # nobody's


def ids(path):
    """{id: how often}, and the pids seen, of calls.c's recvfroms in the output."""
    count, pids = {}, set()
    for e in lt.events_of(path):
        if e["name"] == "recvfrom" and lt.number(lt.item(e, "sockfd")) == -1:
            n = lt.number(lt.item(e, "len"))
            count[n] = count.get(n, 0) + 1
            pids.add(lt.pid_of(e))
    return count, pids


def lymer(tmp, *args, **kw):
    """lymer -e recvfrom … with its JSON in a file; (result, ids, pids)."""
    out = os.path.join(tmp, "events")
    if os.path.exists(out):
        os.unlink(out)
    r = lt.run([lt.LYMER, "-e", "recvfrom", "--output", "json:" + out] + list(args), SECONDS, **kw)
    return (r,) + (ids(out) if os.path.exists(out) else ({}, set()))


def whole_tree(tap, calls, tmp):
    k, m = 64, 100
    r, got, pids = lymer(tmp, "--", calls, "storm", str(k), str(m))
    due = {FIRST: 1 + k // 2, MAIN: 1, CHILD: m * k // 4, CHILD + 1: m * k // 4, CHILD + 2: m * k // 4,
           CHILD + 3: m * k // 2}
    tap.ok(got == due, "CMD's tree: every call of %d children, from the first before main()" % k,
           "due %s" % due, "got %s" % got, r.stderr)
    tap.ok(r.status == 7, "CMD's exit status", "%s, not 7" % r.status)
    script = "'%s' once 11 0; '%s' once 12 0 & wait; ( '%s' once 13 0 ) | cat; exit 3" % (calls, calls, calls)
    r, got, _ = lymer(tmp, "--", "/bin/sh", "-c", script)
    tap.ok(r.status == 3 and got == {FIRST: 3, 11: 1, 12: 1, 13: 1}, "a shell and what it starts",
           "status %s" % r.status, got)
    r, got, _ = lymer(tmp, "--", calls, "orphan", "50")
    tap.ok(r.status == 0 and got == {FIRST: 1, CHILD + 4: 50}, "a daemon that outlives CMD is traced to its end",
           "status %s" % r.status, got, r.stderr)
    r, got, _ = lymer(tmp, "--no-follow", "--", calls, "storm", "8", "10")
    tap.ok(r.status == 7 and got == {FIRST: 1, MAIN: 1}, "--no-follow: CMD itself only", "status %s" % r.status, got)


def namespaces(tap, calls, tmp):
    if subprocess.run(["unshare", "--pid", "--fork", "true"], stderr=subprocess.DEVNULL).returncode:
        tap.skip("a pid namespace", "unshare cannot make one")
        return
    out = os.path.join(tmp, "events")
    lt.run([lt.LYMER, "-e", "recvfrom", "--output", "json:" + out, "--", "unshare", "--pid", "--fork", calls, "once",
            "9", "0"], SECONDS)
    ps = [e["workload"]["process"] for e in lt.events_of(out) if lt.number(lt.item(e, "len")) == 9]
    tap.ok(len(ps) == 1 and ps[0]["pid"] == 1 and ps[0]["thread"]["tid"] == 1 and ps[0]["host_pid"] > 1 and
           ps[0]["thread"]["host_tid"] == ps[0]["host_pid"], "a pid namespace: its own ids and the host's", ps)
    out = os.path.join(tmp, "names")
    lt.run([lt.LYMER, "-Y", "-e", "kill", "--output", "strace:" + out, "--", "unshare", "--pid", "--fork", "sh", "-c", "kill -0 1; kill -0 2"])
    with open(out) as f:
        told = [x.split(None, 1)[1].split(")")[0] for x in f if "kill(" in x]
    tap.ok(told == ["kill(1<sh>, 0", "kill(2, 0"], "a number of another namespace is not given the name of whoever has it in ours", told)


def statuses(tap, calls, tmp):
    for status in (0, 1, 42, 255):
        r, got, _ = lymer(tmp, "--", calls, "once", "9", str(status))
        tap.ok(r.status == status and got == {FIRST: 1, 9: 1}, "exit status %d" % status, r.status, got)
    for sig in (signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM):
        r, got, _ = lymer(tmp, "--", calls, "kill", str(int(sig)))
        tap.ok(r.status in (128 + sig, -sig) and got == {FIRST: 1, MAIN: 1}, "killed by %s" % sig.name, r.status, got)
    r = lt.run([lt.LYMER, "--", "/nonexistent/program"], SECONDS)
    tap.ok(r.status == 127 and len(r.stderr.splitlines()) == 1, "CMD not found: 127, one line", r.status, r.stderr)
    r = lt.run([lt.LYMER, "--", "/etc/passwd"], SECONDS)
    tap.ok(r.status == 126 and len(r.stderr.splitlines()) == 1, "CMD not executable: 126, one line", r.status, r.stderr)


class Waiting:
    """A calls wait process that has said READY."""

    def __init__(self, calls, ident, *what):
        self.p = subprocess.Popen([calls, "wait", str(ident), "100"] + list(what), stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        if self.p.stdout.readline().strip() != b"READY":
            raise RuntimeError("calls wait did not come up")

    def go(self):
        self.p.communicate(b"x", timeout=SECONDS)


def scoped(tap, calls, tmp, title, make, args, due):
    """make() gives waiting processes, args(them) the scope; due: ids that must be seen 100 times each, no other."""
    out = os.path.join(tmp, "events")
    ps = []
    try:
        ps = make()
        tracer = lt.Tracer(["-e", "recvfrom", "--output", "json:" + out] + args(ps), SECONDS)
        for p in ps:
            p.go()
        status = tracer.stop()
        got, _ = ids(out)
        tap.ok(not status and got == {i: 100 for i in due}, title, "status %d" % status, "due %s" % due, "got %s" % got,
               tracer.err.decode())
    except (RuntimeError, subprocess.TimeoutExpired) as e:
        tap.ok(False, title, e)
    finally:
        for p in ps:
            if p.p.poll() is None:
                p.p.kill()
                p.p.communicate()


def cgroup_root():
    with open("/proc/mounts") as f:
        return next((m.split()[1] for m in f if m.split()[2] == "cgroup2"), None)


def scopes(tap, calls, tmp):
    def three():
        return [Waiting(calls, 1, "comm=lymer-one"), Waiting(calls, 2, "comm=lymer-two", "uid=%d" % UID),
                Waiting(calls, 3, "comm=lymer-three", "uid=%d" % (UID + 1))]

    def pids(ps, *which):
        return ",".join(str(ps[i].p.pid) for i in which)

    def case(title, args, due):
        scoped(tap, calls, tmp, title, three, args, due)
    case("-p PID", lambda ps: ["-p", pids(ps, 1)], [2])
    case("-p PID,PID", lambda ps: ["-p", pids(ps, 0, 2)], [1, 3])
    case("--scope pid=", lambda ps: ["--scope", "pid=" + pids(ps, 0)], [1])
    case("--scope pid= list", lambda ps: ["--scope", "pid=" + pids(ps, 0, 1)], [1, 2])
    case("--scope tree=", lambda ps: ["--scope", "tree=" + pids(ps, 2)], [3])
    case("--scope comm=", lambda ps: ["--scope", "comm=lymer-two"], [2])
    case("--scope comm= list", lambda ps: ["--scope", "comm=lymer-one,lymer-three"], [1, 3])
    case("--scope uid=", lambda ps: ["--scope", "uid=%d" % UID], [2])
    case("--scope uid= list", lambda ps: ["--scope", "uid=%d,%d" % (UID, UID + 1)], [2, 3])
    case("pid= and comm!=", lambda ps: ["--scope", "pid=" + pids(ps, 0, 1, 2), "--scope", "comm!=lymer-two"], [1, 3])
    case("comm= and pid!=", lambda ps: ["--scope", "comm=lymer-one,lymer-two", "--scope", "pid!=" + pids(ps, 0)], [2])
    case("pid= and uid!=", lambda ps: ["--scope", "pid=" + pids(ps, 0, 1, 2), "--scope",
                                       "uid!=%d,%d" % (UID, UID + 1)], [1])
    case("uid= and comm=", lambda ps: ["--scope", "uid=%d,%d" % (UID, UID + 1), "--scope",
                                       "comm=lymer-three,lymer-one"], [3])
    case("-p and comm!=", lambda ps: ["-p", pids(ps, 0, 2), "--scope", "comm!=lymer-one"], [3])
    case("terms that exclude each other", lambda ps: ["--scope", "pid=" + pids(ps, 0), "--scope", "uid=%d" % UID], [])
    root = cgroup_root()
    if not root:
        tap.skip("--scope cgroup=", "no cgroup v2 here")
        return
    group = os.path.join(root, "lymer-test.%d" % os.getpid())
    inner = os.path.join(group, "inner")
    try:
        os.mkdir(group)
        os.mkdir(inner)
    except OSError as e:
        tap.skip("--scope cgroup=", e)
        return

    def grouped():
        ps = three()
        for p, g in zip(ps, (group, inner)):
            with open(os.path.join(g, "cgroup.procs"), "w") as f:
                f.write(str(p.p.pid))
        return ps
    name = os.path.basename(group)
    for title, args, due in (
            ("--scope cgroup=PATH, and what is below it", ["--scope", "cgroup=" + group], [1, 2]),
            ("--scope cgroup= relative to the mount", ["--scope", "cgroup=/%s/inner" % name], [2]),
            ("cgroup= and cgroup!=", ["--scope", "cgroup=" + group, "--scope", "cgroup!=" + inner], [1]),
            ("cgroup= and uid=", ["--scope", "cgroup=" + group, "--scope", "uid=%d" % UID], [2])):
        scoped(tap, calls, tmp, title, grouped, lambda ps, a=args: a, due)
    os.rmdir(inner)
    os.rmdir(group)


def sleeping(calls, out, **kw):
    """Lymer with a CMD that sleeps; returns once CMD does."""
    p = subprocess.Popen([lt.LYMER, "-e", "recvfrom", "--output", "json:" + out, "--", calls, "sleep"],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kw)
    line = p.stdout.readline().split()
    return p, int(line[1])


def signals(tap, calls, tmp):
    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
        out = os.path.join(tmp, "events")
        p, _ = sleeping(calls, out)
        p.send_signal(sig)
        try:
            _, err = p.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            p.kill()
            _, err = p.communicate()
        got, _ = ids(out)
        tap.ok(p.returncode == 40 + sig and got == {FIRST: 1, MAIN: 1}, "%s is passed on to CMD" % sig.name,
               "status %s" % p.returncode, got, err)
    out = os.path.join(tmp, "events")
    p = Waiting(calls, 5)
    tracer = lt.Tracer(["-e", "recvfrom", "--output", "json:" + out, "-p", str(p.p.pid)], SECONDS)
    status = tracer.stop(signal.SIGTERM)
    alive = p.p.poll() is None
    p.go()
    tap.ok(status == 0 and alive and p.p.returncode == 0 and "0 events made" in tracer.err.decode(),
           "SIGTERM ends a trace of -p and leaves the process alone", status, tracer.err.decode())
    p = Waiting(calls, 6)
    tracer = lt.Tracer(["-e", "recvfrom", "--output", "json:" + out, "-p", str(p.p.pid)], SECONDS)
    p.go()
    status = tracer.stop(None)
    tap.ok(status == 0 and ids(out)[0] == {6: 100}, "a trace of -p ends with the last of its processes", status,
           ids(out))
    r = lt.run([lt.LYMER, "-e", "recvfrom", "-p", str(p.p.pid)], SECONDS)
    tap.ok(r.status == 1 and len(r.stderr.splitlines()) == 1, "a PID that is gone: 1, one line", r.status, r.stderr)


def terminal(tap, calls, tmp):
    """Ctrl-C on a terminal ends CMD as CMD wants, once, also if Lymer has left the terminal; the output is whole, the totals
    are printed."""
    typed(tap, calls, tmp)
    typed(tap, calls, tmp, "-D")


def typed(tap, calls, tmp, *options):
    out = os.path.join(tmp, "events")
    pid, fd = pty.fork()
    if not pid:
        os.execv(lt.LYMER, [lt.LYMER, *options, "-e", "recvfrom", "--output", "json:" + out, "--", calls, "sleep"])
    text, end, status = b"", time.monotonic() + SECONDS, None
    pressed = False
    while time.monotonic() < end and status is None:
        if select.select([fd], [], [], 0.1)[0]:
            try:
                text += os.read(fd, 4096)
            except OSError:     # the terminal is closed
                status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                continue
        if not pressed and b"SLEEP" in text:
            os.write(fd, b"\x03")
            pressed = True
    if status is None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    os.close(fd)
    got = ids(out)[0]
    tap.ok(status == 40 + signal.SIGINT and got == {FIRST: 1, MAIN: 1} and b"2 events made" in text,
           " ".join(("Ctrl-C: CMD ends as it wants, Lymer after it, with the totals",) + options), "status %s" % status, got, text)


def outputs(tap, calls, tmp):
    r, w = os.pipe()
    os.close(r)
    p = lt.run([lt.LYMER, "-e", "recvfrom", "--output", "json", "--", calls, "storm", "16", "50"], SECONDS, stdout=w)
    os.close(w)
    tap.ok(p.status == 1 and "cannot write" in p.stderr and not p.late,
           "a reader of stdout that went away: 1, said why", p.status, p.stderr)
    tap.ok(re.search(r"(\d+) events made", p.stderr), "and the totals are printed", p.stderr)
    closed = "exec '%s' -e recvfrom --output json -- '%s' once 9 0 >&-" % (lt.LYMER, calls)
    p = lt.run(["/bin/sh", "-c", closed], SECONDS)
    tap.ok(p.status == 1 and "cannot write" in p.stderr and not p.late, "a closed stdout: 1, said why", p.status,
           p.stderr)
    p = lt.run([lt.LYMER, "-e", "recvfrom", "--output", "json:/dev/full", "--", calls, "storm", "16", "50"], SECONDS)
    tap.ok(p.status == 1 and "No space left" in p.stderr and not p.late, "a full disk: 1, said why", p.status, p.stderr)
    total = re.search(r"(\d+) events made, (\d+) written, (\d+) lost", p.stderr)
    tap.ok(total and int(total[1]) > 0 and int(total[2]) == 0 and total[1] == total[3] and "sink_full" in p.stderr,
           "and what was not written is counted as lost", p.stderr)
    p = lt.run([lt.LYMER, "-e", "recvfrom", "--output", "json:%s/no/such/dir" % tmp, "--", calls, "once", "9", "0"],
               SECONDS)
    tap.ok(p.status == 1 and len(p.stderr.splitlines()) == 1, "an output that cannot be made: 1, one line", p.status,
           p.stderr)


def main():
    lt.need_lymer()
    tap = lt.Tap()
    calls = lt.program("account/calls")
    with lt.TempDir() as tmp:
        os.chmod(tmp, 0o755)
        for part in (whole_tree, namespaces, statuses, scopes, signals, terminal, outputs):
            if not sys.argv[1:] or part.__name__ in sys.argv[1:]:
                part(tap, calls, tmp)
    tap.done()


main()
