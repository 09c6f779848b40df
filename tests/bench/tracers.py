# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Who traces: the table of variants, and one of them at work: its start, its CPU time, its memory, its account."""
import atexit
import functools
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections import namedtuple

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get("O") or "build")
LYMER = os.path.join(BUILD, "lymer")
FLOOR = os.path.join(BUILD, "tests/bench/floor")
LIMIT = 60          # seconds after which a run is ended and called a failure

# A row is a tracer. In its command CMD stands for the program to be traced, EVENT for what Lymer calls the event, CALL for
# the system call and BUF for the kernel's name of its buffer, OUT for the file to write to, BYTES for the size of Lymer's
# plain record. Its account: `line` is what each event has in OUT (None: the tracer's own total on stderr counts), `lost`
# finds the numbers of lost events in stderr and OUT. `needs` is an option that Lymer must know.
Variant = namedtuple("Variant", "name command line lost needs", defaults=(None, None, None))

TOTAL = rb"\w+: \d+ events made, (\d+) written, (\d+) lost"


def lymer_rows():
    sinks = {"none": "none", "file": "json:OUT", "null": "json:/dev/null"}
    truths = {"truthful": "", "plain": "--snaplen 0", "user": "--origin user", "plain-user": "--origin user --snaplen 0"}
    for truth, option in truths.items():
        for sink, form in sinks.items():
            for events in ("one", "family"):
                yield Variant("lymer/%s/%s/%s" % (truth, sink, events), "LYMER -e %s %s --output %s -- CMD" % (
                    "EVENT" if events == "one" else "%net", option, form), needs=option.split()[0] if option else None)


# bpftrace finds its tracepoints under /sys/kernel/debug only, and filters by process, or by tree if that is kept by hand.
BPFTRACE = r"""unshare -m sh -c 'mount -t debugfs none /sys/kernel/debug 2>/dev/null; exec "$@"' -
bpftrace -o OUT -e '%s
tracepoint:syscalls:sys_enter_CALL /%s/ { @buf[tid] = args->BUF; }
tracepoint:syscalls:sys_exit_CALL /%s/ {
    printf("CALL %%s %%d %%d %%d %%r\n", comm, pid, tid, args->ret, buf(@buf[tid], 64)); }' -c 'CMD'"""
TREE = """BEGIN { @tree[cpid] = 1; }
tracepoint:sched:sched_process_fork /@tree[args->parent_pid]/ { @tree[args->child_pid] = 1; }"""

BPFTRACE_ALL = r"""unshare -m sh -c 'mount -t debugfs none /sys/kernel/debug 2>/dev/null; exec "$@"' -
bpftrace -o OUT -e '%s
tracepoint:raw_syscalls:sys_exit /@tree[pid]/ {
    printf("call %%s %%d %%d %%d %%d\n", comm, pid, tid, args->id, args->ret); }' -c 'CMD'""" % TREE

VARIANTS = [
    Variant("untraced", "CMD"),
    *lymer_rows(),
    # for bystanders: messages only, without payload
    Variant("lymer/sockets", "LYMER -e socket_recv,socket_send --snaplen 0 --output json:/dev/null -- CMD"),
    Variant("floor/hook", "FLOOR 0 BYTES CMD"),
    Variant("floor/empty", "FLOOR 1 BYTES CMD"),
    Variant("floor/scope", "FLOOR 2 BYTES CMD"),
    Variant("floor/submit", "FLOOR 3 BYTES CMD"),
    Variant("floor/fill", "FLOOR 4 BYTES CMD"),
    Variant("strace", "strace --seccomp-bpf -f -e trace=CALL -o OUT -- CMD", rb"CALL\("),
    Variant("perf-trace", "perf trace -e CALL -o OUT -- CMD", rb"CALL\(", rb"LOST (\d+) events"),
    Variant("bpftrace", BPFTRACE % ("", "pid == cpid", "pid == cpid"), rb"CALL ", rb"Lost (\d+) events"),
    Variant("bpftrace-tree", BPFTRACE % (TREE, "@tree[pid]", "@tree[pid]"), rb"CALL ", rb"Lost (\d+) events"),
    # every call
    Variant("lymer/all", "LYMER -e all --output json:/dev/null -- CMD"),
    Variant("strace/all", "strace -f -o OUT -- CMD", rb"\) += "),
    Variant("perf-trace/all", "perf trace -o OUT -- CMD", rb"\) += ", rb"LOST (\d+) events"),
    Variant("bpftrace/all", BPFTRACE_ALL, rb"call ", rb"Lost (\d+) events"),
]


@functools.lru_cache(maxsize=None)
def scratch():
    """A directory of our own, on a disk, gone at the end."""
    path = tempfile.mkdtemp(prefix="lymer-bench.", dir="/var/tmp")
    atexit.register(shutil.rmtree, path, True)
    return path


def words(variant, cmd, values):
    """The variant's command line, to be executed without a shell."""
    out = []
    for w in shlex.split(variant.command):
        if w == "CMD" and out[-1:] != ["-c"]:
            out += cmd
            continue
        w = w.replace("CMD", " ".join(cmd))
        for name, value in {"LYMER": LYMER, "FLOOR": FLOOR, **values}.items():
            w = w.replace(name, value)
        out.append(w)
    return out


def missing(variant):
    """Why it cannot be run here; None if it can."""
    argv = shlex.split(variant.command)
    program = {"LYMER": LYMER, "FLOOR": FLOOR, "CMD": "true", "unshare": "bpftrace"}.get(argv[0], argv[0])
    if not shutil.which(program):
        return "no %s; ./bootstrap bench installs it" % os.path.basename(program)
    if variant.needs and variant.needs not in subprocess.run([LYMER, "--help"], capture_output=True, text=True).stdout:
        return "this lymer has no %s" % variant.needs
    return None


def cpu_of(pid):
    """Nanoseconds of CPU time of a process, all threads."""
    ns = 0
    try:
        for t in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/schedstat" % (pid, t)) as f:
                ns += int(f.read().split()[0])
    except OSError:
        pass        # a thread that has just ended
    return ns


class Failed(Exception):
    """A run that says nothing."""


class Run:
    """A tracer with the program that it traces: stdin and stdout are the program's."""

    def __init__(self, variant, cmd, values, out=None):
        self.variant, self.values = variant, values
        self.out = out or os.path.join(scratch(), "out")
        self.err = tempfile.TemporaryFile()
        argv = words(variant, cmd, {"OUT": self.out, **values})
        argv[0] = shutil.which(argv[0]) or argv[0]
        self.began = time.monotonic_ns()
        self.p = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.err)
        self.timer = threading.Timer(LIMIT, end, (self.p.pid, signal.SIGKILL))
        self.timer.start()
        self.used = 0
        self.usage = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
        self.err.close()
        self.p.stdout.close()

    def line(self, start):
        """The program's next line that begins so, as a dict of its key=value words; others are passed over."""
        for text in iter(self.p.stdout.readline, b""):
            if text.startswith(start):
                return dict(w.split("=") for w in text.decode().split() if "=" in w)
        raise Failed("%s: no %s from the program; %s" % (self.variant.name, start.decode(), self.stderr()[-300:]))

    def go(self):
        self.used = cpu_of(self.p.pid)
        self.p.stdin.write(b"\n")
        self.p.stdin.flush()

    def settle(self):
        """Nanoseconds of CPU that the tracer has used since go(), waiting for it to be done."""
        now, quiet = cpu_of(self.p.pid), 0
        for _ in range(200):
            if quiet == 2:
                break
            time.sleep(0.01)
            before, now = now, cpu_of(self.p.pid)
            quiet = quiet + 1 if now - before < 300000 else 0
        return now - self.used

    def rss(self):
        """KiB resident, but for the rings that it shares with the kernel."""
        kb, ring = 0, False
        with open("/proc/%d/smaps" % self.p.pid) as f:
            for text in f:
                if re.match(r"[0-9a-f]+-", text):
                    ring = "bpf-map" in text or "[perf_event]" in text
                elif text.startswith("Rss:") and not ring:
                    kb += int(text.split()[1])
        return kb

    def hooks(self):
        """Which of sys_enter and sys_exit it has hooked, as its BPF links tell."""
        found = set()
        for fd in os.listdir("/proc/%d/fdinfo" % self.p.pid):
            with open("/proc/%d/fdinfo/%s" % (self.p.pid, fd)) as f:
                found |= set(re.findall(r"tp_name:\s+sys_(enter|exit)\b", f.read()))
        return "+".join(sorted(found)) or "none"

    def stderr(self):
        self.err.seek(0)
        return self.err.read().decode("latin1")

    def alive(self):
        return os.waitid(os.P_PID, self.p.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def end(self):
        """Let the program go and wait for the tracer; its resource usage, the program's included."""
        if not self.usage:
            try:
                self.p.stdin.close()
            except BrokenPipeError:
                pass
            _, status, self.usage = os.wait4(self.p.pid, 0)
            self.p.returncode = os.waitstatus_to_exitcode(status)
            self.timer.cancel()
        return self.usage

    def check(self):
        self.end()
        if self.p.returncode:
            raise Failed("%s: exit status %d: %s" % (self.variant.name, self.p.returncode, self.stderr()[-300:]))

    def account(self):
        """{written, lost, bytes}; nothing of who keeps no account."""
        self.check()
        found = {}
        try:
            with open(self.out, "rb") as f:
                text = f.read()
            os.unlink(self.out)
            found["bytes"] = len(text)
        except OSError:
            text = b""
        err = self.stderr().encode("latin1")
        fill = {k.encode(): v.encode() for k, v in self.values.items()}
        if self.variant.line:
            found["written"] = len(re.findall(self.variant.line.replace(b"CALL", fill[b"CALL"]), text))
            found["lost"] = sum(map(int, re.findall(self.variant.lost, err + text))) if self.variant.lost else 0
        else:
            total = re.search(TOTAL, err)
            if total:
                found["written"], found["lost"] = map(int, total.groups())
                if text:        # its word is not enough where there is a file
                    found["written"] = text.count(b"\n") - text.count(b'"name":"lost"')
        return found


def end(pid, sig=signal.SIGTERM):
    """End a process of ours, by its pid."""
    try:
        os.kill(pid, sig)
    except ProcessLookupError:
        pass
