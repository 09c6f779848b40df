# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What is traced: the table of workloads, and one run of each kind under one variant. All on loopback, with directories
and ports of their own, pinned to the first CPU; the tracer and the load generators have the last one."""
import functools
import os
import re
import select
import shutil
import socket
import subprocess
import time
from collections import namedtuple
from tracers import BUILD, Failed, Run, cpu_of, end, scratch

WORK = os.path.join(BUILD, "tests/bench/work")
PEERS = ["strace", "perf-trace", "bpftrace"]
MICRO = ["lymer/*/null/one", "lymer/truthful/file/one", "lymer/truthful/null/family", "floor/[!h]*"] + PEERS
EVERY = MICRO + ["lymer/truthful/*", "lymer/user/*/one"]
LIGHT = ["lymer/truthful/null/one", "lymer/user/null/one", "floor/submit", "strace"]
BYSTANDER = ["lymer/truthful/null/*", "lymer/user/null/one", "lymer/sockets", "floor/hook", "floor/empty"] + PEERS
REAL = ["lymer/truthful/file/*", "lymer/user/file/one", "floor/empty", "strace", "perf-trace"]

ALL = ["lymer/all", "strace/all", "perf-trace/all", "bpftrace/all"]

# A row is a workload: how it is run (a function of this file), its arguments, what is timed, which variants it is run
# under besides the untraced, the programs it needs, the event and the system call that are traced, and the kernel's name
# for that call's buffer.
Workload = namedtuple("Workload", "name kind args unit variants needs event call buf",
                      defaults=("", "recvfrom", "recvfrom", "ubuf"))

WORKLOADS = [
    Workload("peek", "own", "peek", "recvfrom", MICRO + ["floor/hook"]),
    Workload("unix-64", "own", "unix", "send+recvfrom", EVERY),
    Workload("unix-4096", "own", "-b 4096 unix", "send+recvfrom", LIGHT),
    Workload("udp-64", "own", "udp", "send+recvfrom", MICRO),
    Workload("udp-4096", "own", "-b 4096 udp", "send+recvfrom", LIGHT),
    Workload("tcp-64", "own", "tcp", "send+recvfrom", MICRO),
    Workload("tcp-4096", "own", "-b 4096 tcp", "send+recvfrom", LIGHT),
    Workload("bystander-getppid", "bystander", "getppid", "getppid", BYSTANDER),
    Workload("bystander-udp", "bystander", "udp", "send+recvfrom", BYSTANDER),
    Workload("nginx", "server", "nginx", "request", REAL + ["bpftrace-tree"], "nginx wrk"),
    Workload("redis", "server", "redis", "request", REAL + ["bpftrace"], "redis-server redis-benchmark",
             "socket_recv", "read", "buf"),
    Workload("git-status", "own", "-t 150 run git -C TREE status", "run", REAL, "git"),
    Workload("fork-exec", "own", "run true", "process", REAL),
    Workload("git-status, every call", "own", "-t 1 run git -C TREE status", "run", ALL, "git"),
    Workload("find, every call", "own", "-t 1 run find TREE/0 -newer TREE", "run", ALL, "find"),
]


def values(w, sizes):
    """What the words of a tracer's command line stand for with this workload."""
    return {"EVENT": w.event, "CALL": w.call, "BUF": w.buf, "BYTES": str(sizes.get(w.name) or 8)}


def missing(w):
    """Why it cannot be run here; None if it can."""
    absent = [p for p in w.needs.split() if not shutil.which(p)]
    return "no %s; ./bootstrap bench installs it" % " and ".join(absent) if absent else None


def number(fields):
    return {k: int(v) for k, v in fields.items()}


def due(v):
    """Is an event of the variant due for every receive, and no other?"""
    return not v.name.endswith(("family", "floor/hook", "floor/empty", "floor/scope", "/all"))


def checked(found, one):
    """What the account says of the run, in words; nothing if it is in order. `one`: an event for every receive is due."""
    notes = []
    if found.get("lost"):
        notes.append("LOST %d" % found["lost"])
    if "written" in found and one:
        seen = found["written"] + found["lost"]
        if seen < found["made"]:
            notes.append("MISSED %d" % (found["made"] - seen))
        elif seen > found["made"]:
            notes.append("%d TOO MANY" % (seen - found["made"]))
    return notes


def own(w, v, sizes, ms):
    """A program that measures itself, and tells how many receives it made."""
    opts = [a.replace("TREE", make_tree()) if "TREE" in a else a for a in w.args.split()]
    with Run(v, [WORK, "-t", str(ms)] + opts, values(w, sizes)) as r:
        r.line(b"READY")
        r.go()
        d = number(r.line(b"DONE"))
        found = {"ns": d["quick"] / 1000, "made": d["made"], "calls": d["calls"], "wall": d["wall"]}
        if v.name != "untraced":
            found.update(tracer=r.settle(), rss=r.rss())
        found.update(r.account())
    found["notes"] = checked(found, due(v))
    return found


def bystander(w, v, sizes, ms):
    """A program that nobody traces, while another is traced that does nothing."""
    with Run(v, [WORK, "idle"], values(w, sizes)) as r:
        r.line(b"READY")
        p = subprocess.run([WORK, "-t", str(ms)] + w.args.split(), stdin=subprocess.DEVNULL, capture_output=True,
                           check=True)
        d = number(dict(x.split("=") for x in p.stdout.decode().split() if "=" in x))
        found = {"ns": d["quick"] / 1000, "made": 0, "calls": d["calls"], "wall": d["wall"]}
        if v.name != "untraced":
            found["hooks"] = r.hooks()
        found.update(r.account())
    found["notes"] = checked(found, True)
    return found


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def pid_in(path):
    """The server's own word; None as long as it has not given it."""
    try:
        with open(path + "/pid") as f:
            return int(f.read() or 0) or None
    except OSError:
        return None


def answers(port, path, r):
    """Wait until the server listens and its worker is there: the pid of whom to watch."""
    for _ in range(1000):
        with socket.socket() as s:
            if not s.connect_ex(("127.0.0.1", port)) and pid_in(path):
                workers = children(pid_in(path))
                if workers or not path.endswith("nginx"):     # whose work is done by a child
                    return (workers or [pid_in(path)])[0]
        if not r.alive():
            break
        time.sleep(0.01)
    raise Failed("%s: no server came up: %s" % (r.variant.name, r.stderr()[-300:]))


def children(pid):
    out = []
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % p) as f:
                if int(f.read().rpartition(")")[2].split()[1]) == pid:
                    out.append(int(p))
        except OSError:
            pass
    return out


NGINX = """daemon off; user root; worker_processes 1; pid %(dir)s/pid; error_log /dev/null;
events { worker_connections 256; }
http { access_log off; keepalive_requests 1000000000; server { listen 127.0.0.1:%(port)d; root %(dir)s; }
%(temp)s }
"""


def nginx(port, path):
    """Command line, load."""
    temp = "".join("%s_temp_path %s/t; " % (x, path) for x in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    with open(path + "/conf", "w") as f:
        f.write(NGINX % {"dir": path, "port": port, "temp": temp})
    with open(path + "/index.html", "w") as f:
        f.write("a page of one kilobyte\n".ljust(1024, "."))
    return (["nginx", "-e", "/dev/null", "-p", path, "-c", path + "/conf"],
            ["wrk", "-t1", "-c16", "-d1s", "http://127.0.0.1:%d/" % port])


def redis(port, path):
    return (["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", path, "--pidfile",
             path + "/pid", "--logfile", "/dev/null"],
            ["redis-benchmark", "-p", str(port), "-n", "5000", "-c", "16", "-t", "set,get"])


# How a server's load says how many requests it made.
REQUESTS = re.compile(rb"(\d+) requests (?:in|completed in)")


def server(w, v, sizes, ms):
    """A server under load: its CPU time per request, the tracer's per event."""
    path = os.path.join(scratch(), w.args)
    shutil.rmtree(path, ignore_errors=True)
    os.mkdir(path)
    port = free_port()
    cmd, load = globals()[w.args](port, path)
    with Run(v, [shutil.which("taskset"), "-c", "0"] + cmd, values(w, sizes)) as r:
        try:
            found = under_load(r, answers(port, path, r), load)
        finally:
            if pid_in(path):
                end(pid_in(path))
        found.update(r.account())
    found["notes"] = checked(found, False)
    if "written" in found and (due(v) or v.name.endswith("family")) and found["written"] + found["lost"] < found["made"]:
        found["notes"].append("MISSED %d" % (found["made"] - found["written"] - found["lost"]))
    return found


def under_load(r, pid, load):
    r.used = cpu_of(r.p.pid)
    before, began = cpu_of(pid), time.monotonic_ns()
    text = subprocess.run(load, stdin=subprocess.DEVNULL, capture_output=True, timeout=40).stdout
    requests = sum(map(int, REQUESTS.findall(text)))
    if not requests:
        raise Failed("%s: no requests: %r" % (r.variant.name, text[-300:]))
    found = {"ns": (cpu_of(pid) - before) / requests, "made": requests, "calls": requests,
             "wall": time.monotonic_ns() - began}
    if r.variant.name != "untraced":
        found.update(tracer=r.settle(), rss=r.rss())
    return found


def start(w, v, sizes):
    """Milliseconds from the tracer's start to the program's first call, and until that can be read."""
    fifo = os.path.join(scratch(), "fifo")
    if not os.path.exists(fifo):
        os.mkfifo(fifo)
    rd = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    text, told = b"", None
    try:
        with Run(v, [WORK, "once"], values(w, sizes), out=fifo) as r:
            r.p.stdin.write(b"\n")
            r.p.stdin.flush()
            poll = select.poll()
            poll.register(rd, select.POLLIN)
            while told is None and poll.poll(500):
                text += os.read(rd, 65536)
                if re.search(rb'recvfrom(\(|"| )', text):
                    told = time.monotonic_ns()
                elif not r.alive():
                    break
            at = int(r.line(b"DONE")["at"])
            r.check()
            return {"called": (at - r.began) / 1e6, "told": told and (told - r.began) / 1e6}
    finally:
        os.close(rd)


@functools.lru_cache(maxsize=None)
def make_tree(files=20000):
    """A repository with so many files, made once."""
    tree = os.path.join(scratch(), "tree")
    for i in range(files):
        if i % 100 == 0:
            os.makedirs("%s/%d/%d" % (tree, i // 2000, i // 100))
        with open("%s/%d/%d/%d.c" % (tree, i // 2000, i // 100, i), "w") as f:
            f.write("int v%d;\n" % i)
    git = ["git", "-C", tree, "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0"]
    for cmd in ["init", "-q"], ["add", "."], ["commit", "-qm", "files"]:
        subprocess.run(git + cmd, check=True)
    return tree
