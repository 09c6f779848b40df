# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What the live tests share: TAP, where things were built, running Lymer with a time limit, reading its JSON."""
import base64
import gc
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
gc.disable()     # events by the hundred thousand live to the end; looking for garbage among them takes ten times longer
BUILD = os.path.join(TOP, os.environ.get("LYMER_BUILD") or os.environ.get("O") or "build")
LYMER = os.path.join(BUILD, "lymer")


class Tap:
    """Test Anything Protocol; exit status 1 if anything failed."""

    def __init__(self):
        self.n = self.failed = 0

    def ok(self, good, name, *why):
        self.n += 1
        self.failed += not good
        print("%sok %d - %s" % ("" if good else "not ", self.n, name), flush=True)
        if not good:
            for w in why:
                self.note(w)
        return good

    def skip(self, name, why):
        self.n += 1
        print("ok %d - %s # SKIP %s" % (self.n, name, why), flush=True)

    def note(self, text):
        for line in str(text).splitlines():
            print("# " + line, flush=True)

    def done(self):
        print("1..%d" % self.n, flush=True)
        sys.exit(1 if self.failed else 0)


def skip_all(why):
    print("1..0 # SKIP " + why)
    sys.exit(0)


def need_lymer():
    if os.geteuid() != 0:
        skip_all("needs root")
    if not os.access(LYMER, os.X_OK):
        print("Bail out! no %s; run make first" % LYMER)
        sys.exit(1)


def program(path):
    """The program built from tests/PATH.c; built here if make does not know it."""
    exe = os.path.join(BUILD, "tests", path)
    src = os.path.join(TOP, "tests", path + ".c")
    lib = os.path.join(TOP, "tests", "lib")
    parts = [src] + [os.path.join(lib, h) for h in os.listdir(lib) if h.endswith(".h")]
    if not os.access(exe, os.X_OK) or os.path.getmtime(exe) < max(map(os.path.getmtime, parts)):
        os.makedirs(os.path.dirname(exe), exist_ok=True)
        if subprocess.run([os.environ.get("CC", "cc"), "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-g", "-Wall", src, "-o",
                           exe, "-lpthread"]).returncode:
            print("Bail out! cannot build " + src)
            sys.exit(1)
    return exe


class TempDir:
    """A private directory, gone at the end."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="lymer-test.")
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


class Result:
    status = None       # exit status, negative for a signal
    stderr = ""
    late = False        # it had to be killed


def events_of(path):
    """Lymer's JSON lines; a line that is no JSON is an error."""
    out = []
    with open(path, "rb") as f:
        for n, line in enumerate(f, 1):
            try:
                out.append(json.loads(line))
            except ValueError as e:
                raise ValueError("line %d of the output is no JSON (%s): %.200r" % (n, e, line))
    return out


def tid_of(ev):
    return int(ev["workload"]["process"]["thread"]["host_tid"])


def pid_of(ev):
    return int(ev["workload"]["process"]["host_pid"])


def item(ev, name):
    for d in ev.get("data", ()):
        if d["name"] == name:
            return d
    return None


def number(d):
    """The number of a data item, whatever its width."""
    for k in ("int32", "u_int32", "int64", "u_int64", "pointer"):
        if d is not None and k in d:
            return int(d[k])
    return None


def ret_of(ev):
    return number(item(ev, "returnValue"))


def bytes_of(d):
    return base64.b64decode(d["bytes"]) if d is not None and "bytes" in d else None


def lost_of(events):
    """{event name: count} of the lost records."""
    out = {}
    for e in events:
        if e["name"] == "lost":
            name = item(e, "event")["str"]
            out[name] = out.get(name, 0) + number(item(e, "count"))
    return out


def certain(lost):
    """Is it known that these were events? What the kernel skips is one at most; if so, it will be missed."""
    return item(lost, "cause")["str"] != "skipped_by_kernel"


def seq_gaps(events):
    """{cpu: how many sequence numbers are missing below the highest one}, of events that carry one."""
    seen = {}
    for e in events:
        if e["name"] != "lost" and "seq" in e:
            seen.setdefault(int(e["host"]["cpu"]), []).append(int(e["seq"]))
    return {cpu: max(s) - len(set(s)) for cpu, s in seen.items()}


def seq_doubles(events):
    seen, twice = set(), 0
    for e in events:
        if e["name"] != "lost" and "seq" in e:
            key = (int(e["host"]["cpu"]), int(e["seq"]))
            twice += key in seen
            seen.add(key)
    return twice


def run(args, timeout=30, **kw):
    """Run to the end; SIGKILL (of this one process) when the time is over."""
    r = Result()
    p = subprocess.Popen(args, stdout=kw.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE,
                         stdin=kw.pop("stdin", subprocess.DEVNULL), **kw)
    try:
        out, err = p.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        p.kill()
        out, err = p.communicate()
        r.late = True
    r.status, r.stdout, r.stderr = p.returncode, (out or b"").decode("latin1"), err.decode("latin1")
    return r


class Tracer:
    """Lymer tracing what runs already. Made once it traces: that is when it writes its process id."""

    def __init__(self, args, timeout=30, lymer=None):
        self.end = time.monotonic() + timeout
        self.errfile = tempfile.TemporaryFile()
        begun, w = os.pipe()
        self.p = subprocess.Popen((lymer or [LYMER]) + ["--pidfile", "/dev/fd/%d" % w] + args, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=self.errfile, pass_fds=[w])
        os.close(w)
        late = not select.select([begun], [], [], timeout)[0]
        said = b"" if late else os.read(begun, 64)
        os.close(begun)
        if said:
            return
        if late:
            self.p.kill()
        self.p.wait()
        raise RuntimeError("lymer %s: %s" % ("never came to trace" if late else "did not start", self.err.decode("latin1")))

    @property
    def err(self):
        self.errfile.seek(0)
        return self.errfile.read()

    def stop(self, sig=signal.SIGINT):
        """End it; its exit status."""
        if self.p.poll() is None and sig is not None:
            self.p.send_signal(sig)
        try:
            self.p.wait(timeout=max(1, self.end - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.p.kill()
            self.p.wait()
            raise RuntimeError("lymer did not end in time: " + self.err.decode("latin1"))
        return self.p.returncode
