#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Functions of libraries, of real ones and of one that knows what it does: what Lymer tells is what both ends say they did."""
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt

SECONDS = 40
SOURCE = os.path.join(lt.TOP, "tests/user/fake.c")

LOOKUPS = """
import json, socket
for ask in [("127.0.0.1", 80, 0, 0), ("localhost", "http", socket.AF_INET, socket.SOCK_STREAM), ("::1", 53, 0, socket.SOCK_DGRAM),
            (None, 7, 0, socket.SOCK_STREAM), ("nosuch.invalid", None, 0, 0), ("localhost", "nosuch", 0, 0),
            ("localhost", 1, 99, 0), ("127.0.0.1.", 1, 0, 0, 0, socket.AI_NUMERICHOST)]:
    try:
        found, err = [(a[0], a[1], a[2], a[4][0], a[4][1]) for a in socket.getaddrinfo(*ask)], 0
    except socket.gaierror as e:
        found, err = [], e.errno
    print(json.dumps([ask, found, err]), flush=True)
"""
MANY = """
import os, socket, threading
def ask(n):
    for i in range(25):
        name = "127.0.%d.%d" % (n, i)
        os.write(1, b"%s %d %s\\n" % (name.encode(), threading.get_native_id(), socket.getaddrinfo(name, 80)[0][4][0].encode()))
t = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
[x.start() for x in t]
[x.join() for x in t]
"""
# a server that prints what it received and sent, by connection, in hex
SERVER = """
import json, os, socket, ssl, sys, threading
one = threading.Lock()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
def serve(c):
    peer = "%s:%d" % c.getpeername()
    c = context.wrap_socket(c, server_side=True)
    got = c.recv(4)
    while b"\\r\\n\\r\\n" not in got and b"\\n\\n" not in got:
        got += c.recv(4096)
    sent = b"HTTP/1.0 200 OK\\r\\n\\r\\n" + b"answer to " + got.split(b"\\n")[0] + b"x" * 20000
    c.sendall(sent)
    with one:
        print(json.dumps([peer, os.getpid(), c.fileno(), got.hex(), sent.hex()]), flush=True)
    try:
        c.unwrap() if len(sys.argv) > 2 else c.close()
    except OSError:
        c.close()
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], os.getpid(), flush=True)
while True:
    c = s.accept()[0]
    threading.Thread(target=serve, args=(c,)).start()
"""


def trace(events, cmd, options=(), **kw):
    """(its result, the events, what Lymer said)"""
    with lt.TempDir() as tmp:
        out = os.path.join(tmp, "out")
        r = lt.run([lt.LYMER, "-e", events, "--output", "json:" + out, *options, "--"] + cmd, SECONDS, **kw)
        return r, lt.events_of(out) if os.path.exists(out) else []


def text(ev, name):
    d = lt.item(ev, name) or {}
    return d.get("str", d.get("text"))


def account(r):
    m = re.search(r"(\d+) events made, (\d+) written, (\d+) lost", r.stderr)
    return tuple(map(int, m.groups())) if m else None


# ---- getaddrinfo ----

def found(ev):
    """As Python has it."""
    return [[getattr(socket, a["ai_family"]), getattr(socket, a.get("ai_socktype", ""), 0),
             getattr(socket, a.get("ai_protocol", ""), 0), a["ai_addr"].get("sin_addr") or a["ai_addr"]["sin6_addr"],
             a["ai_addr"].get("sin_port", a["ai_addr"].get("sin6_port"))] for a in (lt.item(ev, "res") or {}).get("value", ())]


def test_lookups(tap):
    r, events = trace("getaddrinfo", [sys.executable, "-c", LOOKUPS], ["--duration"])
    said = [json.loads(x) for x in r.stdout.splitlines()]
    tap.ok(len(said) == 8 and len(events) == len(said), "one event for each look-up", said, r.stderr, events)
    bad = []
    for (ask, addresses, err), ev in zip(said, events):
        names = {getattr(socket, k): k for k in dir(socket) if k.startswith("EAI_")}
        told = (text(ev, "node"), text(ev, "service"), lt.ret_of(ev), found(ev), lt.number(lt.item(ev, "count")),
                (lt.item(ev, "returnValue")).get("text"))
        want = (ask[0], None if ask[1] is None else str(ask[1]), err, addresses, len(addresses), names.get(err))
        if told != want:
            bad.append((want, told))
        hints = lt.item(ev, "hints")["value"]
        family = "AF_UNSPEC" if not ask[2] else "AF_INET" if ask[2] == socket.AF_INET else str(hints["ai_family"])
        if hints["ai_family"] != family or (ask[3] and hints["ai_socktype"] != socket.SocketKind(ask[3]).name):
            bad.append(hints)
        if len(ask) > 5 and "AI_NUMERICHOST" not in hints["ai_flags"]:
            bad.append(hints)
    tap.ok(not bad, "names, hints, addresses and errors are those that Python says", *bad)
    tap.ok(len({lt.ret_of(e) for e in events}) > 2, "there were errors of several kinds", [lt.ret_of(e) for e in events])
    tap.ok(all(int(e["duration_ns"]) > 0 for e in events), "with --duration how long each took")
    tap.ok(all("libc.so" in text(e, "library") for e in events), "the library is libc", [text(e, "library") for e in events])
    tap.ok(account(r) == (8, 8, 0), "and the account agrees", r.stderr)


def test_threads(tap):
    r, events = trace("getaddrinfo", [sys.executable, "-c", MANY])
    said = sorted((a, int(tid), b) for a, tid, b in map(str.split, r.stdout.splitlines()))
    told = sorted((text(e, "node"), lt.tid_of(e), found(e)[0][3]) for e in events)
    tap.ok(len(said) == 200 and said == told, "eight threads at once: each look-up by its own", len(said), len(told))


def test_bystander(tap):
    code = "import socket, sys; sys.stdin.readline(); socket.getaddrinfo('127.9.9.9', 1); print('done')"
    other = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with lt.TempDir() as tmp:
        go, out = os.path.join(tmp, "go"), os.path.join(tmp, "out")
        os.mkfifo(go)
        script = "import socket; socket.getaddrinfo('127.0.0.5', 1); open(%r).read(); socket.getaddrinfo('127.0.0.6', 1)" % go
        p = subprocess.Popen([lt.LYMER, "-q", "-e", "getaddrinfo", "--output", "json:" + out, "--", sys.executable, "-c", script])
        with open(go, "w"):		# it is there when the traced one has opened it
            done = other.communicate(b"\n", timeout=SECONDS)[0]
        p.wait(timeout=SECONDS)
        nodes = [text(e, "node") for e in lt.events_of(out)]
    tap.ok(done == b"done\n" and nodes == ["127.0.0.5", "127.0.0.6"], "who is not in scope is not seen", done, nodes)


def test_forms(tap):
    cmd = [sys.executable, "-c", "import socket\ntry: socket.getaddrinfo('127.0.0.1', 'nosuch')\nexcept OSError: pass"]
    r = lt.run([lt.LYMER, "-q", "-e", "getaddrinfo", "--output", "strace", "--no-follow", "--"] + cmd, SECONDS)
    tap.ok(re.search(r'getaddrinfo\("127.0.0.1", "nosuch", \{ai_flags=0, ai_family=AF_UNSPEC\}, \w+, 0, "/.*libc.so.6"\) += -8 EAI_SERVICE\n',
                     r.stdout), "strace's form", r.stdout)
    r = lt.run([lt.LYMER, "-q", "-e", "getaddrinfo", "--output", "table", "--"] + cmd, SECONDS)
    tap.ok(re.search(r" -8 +getaddrinfo +node=~127.0.0.1 service=~nosuch .*EAI_SERVICE\n", r.stdout), "the table", r.stdout)
    r = lt.run([lt.LYMER, "-q", "-e", "getaddrinfo", "-c", "--"] + cmd, SECONDS)
    tap.ok(re.search(r" 1 +1 getaddrinfo\n", r.stdout), "the summary counts it, and that it failed", r.stdout)
    for choice in ("all", "!connect", "/.", "%net"):
        r, events = trace(choice, cmd, ["-q"])
        names = {e["name"] for e in events}
        tap.ok(r.status == 0 and len(names) > (0 if choice == "%net" else 5) - 1 and not names & {"getaddrinfo", "ssl_read", "ssl_write"},
               "-e %s asks for no function" % choice, names)
    r, events = trace("all,%user", cmd, ["-q"])
    names = {e["name"] for e in events}
    tap.ok({"getaddrinfo", "openat"} <= names, "-e all,%user for all calls and all functions", names)


# ---- a library that knows what it does ----

def matches(want, ev, snaplen):
    buf = lt.item(ev, "buf")
    data = lt.bytes_of(buf)
    wanted = None if want["buf"] is None else bytes.fromhex(want["buf"])[:snaplen]
    unread = want["unread"] and snaplen > 0
    cut = want["unread"] or len(want["buf"] or "") // 2 > snaplen
    wanted = b"" if want["unread"] and not unread else wanted
    return (ev["name"], text(ev, "function"), lt.tid_of(ev), lt.number(lt.item(ev, "fd")), lt.number(lt.item(ev, "error")), lt.ret_of(ev),
            lt.number(lt.item(ev, "len")), data, buf.get("origin", "U"), buf.get("truncated", False),
            buf.get("unreadable", False), "socket" in ev) == \
        (want["name"], want["function"], want["tid"], want["fd"], want["error"], want["ret"],
         want["len"], wanted, "U", cut, unread, want["fd"] >= 0)


def build(tmp, name, *options):
    exe = os.path.join(tmp, name)
    cc = subprocess.run([os.environ.get("CC", "cc"), "-O2", "-w", "-D_GNU_SOURCE", *options, "-o", exe, SOURCE, "-lpthread"],
                        stderr=subprocess.PIPE)
    return exe if cc.returncode == 0 else None


def compare(said, events, snaplen=64):
    """What of the calls that fake says it made is told wrongly; each thread's in its order."""
    by, told = {}, {}
    for want in map(json.loads, said):
        by.setdefault(want["tid"], []).append(want)
    for e in events:
        told.setdefault(lt.tid_of(e), []).append(e)
    bad = ["%d said, %d told" % (len(said), len(events))] * (not said or len(said) != len(events))
    return bad + [(w, e["data"]) for t in by for w, e in zip(by[t], told.get(t, ())) if not matches(w, e, snaplen)]


def right(tap, what, r, events, snaplen=64):
    bad = compare(r.stdout.splitlines(), events, snaplen)
    return tap.ok(not bad, what, *bad, r.stderr * bool(bad))


def test_fake(tap, tmp):
    fake = lt.program("user/fake")
    for snaplen in (64, 3, 0, 60000):
        r, events = trace("ssl_read,ssl_write", [fake, "calls"], ["-s", str(snaplen)])
        right(tap, "calls of all kinds, --snaplen %d" % snaplen, r, events, snaplen)
        tap.ok(all(text(e, "library") == os.path.realpath(fake) for e in events), "in the program itself", events)
    named = [lt.item(e, "returnValue").get("text") for e in events if lt.ret_of(e) < 0]
    tap.ok(named == [None, "GNUTLS_E_AGAIN"], "a result is no errno, of GnuTLS it has a name", named)
    unreadable = [e for e in events if lt.item(e, "buf").get("unreadable")]
    tap.ok(len(unreadable) == 1, "what cannot be read is said to be so", len(unreadable))
    r, events = trace("ssl_read", [fake, "threads"])
    right(tap, "four threads: each call by its own, in order", r, events)
    tap.ok(len(events) == 1000, "a thousand of them", len(events))
    r, events = trace("ssl_read", [fake, "deep"])
    tap.ok(len(events) - len(lt.lost_of(events)) == 4 and account(r) == (10, 4, 6), "calls in calls: what is not kept is counted", r.stderr)
    r, events = trace("ssl_read", [fake, "storm", "20000"], ["--buffer", "4K"])
    made, written, lost = account(r) or (0, 0, 0)
    tap.ok(made == 20000 == written + lost and lost == lt.lost_of(events).get("ssl_read") and lost > 0,
           "a storm in a small ring: made is written and lost", r.stderr)


def test_files(tap, tmp):
    for what, options in (("a program that lets others use its functions", ["-rdynamic"]), ("a static program", ["-static"]),
                          ("a static program at any address", ["-static-pie"])):
        exe = build(tmp, "kind", *options)
        if not exe:
            tap.skip(what, "cannot be built here")
            continue
        r, events = trace("%user", [exe, "calls"])
        right(tap, what, r, events)
        r, events = trace("getaddrinfo", [exe, "lookup"])
        tap.ok([e["name"] for e in events] == ["getaddrinfo"] and found(events[0])[0][3:] == ["127.0.0.9", 9], "its look-up", r.stderr, events)
    exe = build(tmp, "stripped", "-static", "-s")
    if exe:
        r, events = trace("getaddrinfo,ssl_read", [exe, "lookup"])
        for function, event in (("getaddrinfo", "getaddrinfo"), ("SSL_read", "ssl_read")):
            note = "lymer: no symbol %s in %s, which is linked statically: its %s is not seen\n" % (function, exe, event)
            tap.ok(not events and r.status == 0 and note in r.stderr, "a stripped static program: %s is said not to be seen" % event,
                   r.stderr, events)
        r, events = trace("getaddrinfo", ["sh", "-c", exe + " lookup; true"])
        tap.ok(exe in r.stderr and not events, "also of one that another one starts", r.stderr)
    exe = build(tmp, "narrow", "-m32")
    if exe:
        r, events = trace("getaddrinfo", [exe, "lookup"])
        tap.ok(not events and exe + " is not a 64-bit program of this machine: its getaddrinfo is not seen" in r.stderr,
               "one of 32 bits is said not to be seen", r.stderr)
    else:
        tap.skip("one of 32 bits is said not to be seen", "cannot be built here")
    broken = os.path.join(tmp, "broken")
    with open(lt.program("user/fake"), "rb") as f:
        data = f.read()
    with open(broken, "wb") as f:
        f.write(data[:len(data) // 2])		# without its sections
    os.chmod(broken, 0o755)
    r, events = trace("%user", [broken, "deep"])
    tap.ok(not events and "cannot hook" not in r.stderr and account(r) == (0, 0, 0), "half a file harms nobody", r.stderr)


def test_late(tap, tmp):
    library = build(tmp, "libmine.so", "-DLIBRARY", "-shared", "-fPIC")
    fake = lt.program("user/fake")
    for attached in (False, True):
        out = os.path.join(tmp, "late")
        errors = open(out + ".err", "w+b")
        cmd = [fake, "late", library]
        if attached:
            p = subprocess.Popen(cmd, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            tracer = lt.Tracer(["-e", "ssl_read", "--output", "json:" + out, "-p", str(p.pid)], SECONDS)
            errors = tracer.errfile
        else:
            p = subprocess.Popen([lt.LYMER, "-e", "ssl_read", "--output", "json:" + out, "--"] + cmd, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=errors)
        p.stdin.write(b"1")
        p.stdin.flush()
        note = wait_for(errors, b"libmine.so was found when it was in use: what was called before is not seen")
        said = p.communicate(b"2", timeout=SECONDS)[0].decode().splitlines()
        if attached:
            tracer.stop(None)
        events = lt.events_of(out)
        tap.ok(note and len(said) == len(events) == 1 and matches(json.loads(said[0]), events[0], 64) and text(events[0], "library") == library,
               "a library that a%s program loads itself" % (" running" if attached else ""), said, events)


def wait_for(f, what):
    """Until the file has that; Lymer writes it at once, or the test's time is over."""
    signal.alarm(SECONDS)
    while True:
        if what in os.pread(f.fileno(), 65536, 0):
            signal.alarm(0)
            return True
        os.sched_yield()


# ---- OpenSSL and GnuTLS ----

def certificate(tmp):
    pem = os.path.join(tmp, "both.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", pem + ".key",
                    "-out", pem + ".crt", "-days", "2", "-subj", "/CN=localhost"], check=True, stderr=subprocess.DEVNULL)
    with open(pem, "w") as f:
        for part in (".key", ".crt"):
            with open(pem + part) as g:
                f.write(g.read())
    return pem


class Server:
    def __init__(self, pem, *options):
        self.p = subprocess.Popen([sys.executable, "-c", SERVER, pem, *options], stdout=subprocess.PIPE)
        self.port, self.pid = map(int, self.p.stdout.readline().split())

    def said(self):
        """[peer, pid, fd, received, sent] of the next connection."""
        peer, pid, fd, got, sent = json.loads(self.p.stdout.readline())
        return peer, pid, fd, bytes.fromhex(got), bytes.fromhex(sent)

    def end(self):
        self.p.kill()
        self.p.communicate()


def flow(events, name, pid, **where):
    """All bytes of one direction of a process, and the descriptors and sockets that they are told of."""
    mine = [e for e in events if e["name"] == name and lt.pid_of(e) == pid and
            all(e.get("socket", {}).get(k) == v for k, v in where.items())]
    return b"".join(lt.bytes_of(lt.item(e, "buf")) or b"" for e in mine), {lt.number(lt.item(e, "fd")) for e in mine}, \
        {(e["socket"]["local"], e["socket"]["remote"]) for e in mine if "socket" in e}, {text(e, "function") for e in mine}


def test_client(tap, pem, name, cmd, library, functions):
    """A client under Lymer, the server not: what the client got and sent is what the server says."""
    server = Server(pem, *(["unwrap"] if name != "curl" else []))
    try:
        cmd = [x.replace("PORT", str(server.port)) for x in cmd]
        r, events = trace("ssl_read,ssl_write", cmd, ["-s", "60000"])
        peer, _, _, got, sent = server.said()
    finally:
        server.end()
    pids = {lt.pid_of(e) for e in events}
    pid = pids.pop() if pids else 0
    read, write = flow(events, "ssl_read", pid), flow(events, "ssl_write", pid)
    tap.ok(not pids and write[0] == got, "%s: what it sent is what the server received" % name, write[0][:200], got[:200], r.stderr)
    tap.ok(read[0] == sent, "what it received is what the server sent", len(read[0]), len(sent))
    tap.ok(read[2] == write[2] == {(peer, "127.0.0.1:%d" % server.port)}, "on that connection", read[2], write[2], peer)
    tap.ok(len(read[1]) == 1 and read[1] == write[1], "by its descriptor", read[1], write[1])
    tap.ok(read[3] | write[3] <= functions and all(library in text(e, "library") for e in events), "by %s" % library, read[3], write[3])
    tap.ok({lt.item(e, "buf")["origin"] for e in events if lt.number(lt.item(e, "len"))} == {"U"}, "and all of it is U")
    return events


def test_server(tap, pem):
    """A server that runs already, under Lymer; its clients are not: several connections at once, told apart."""
    server = Server(pem)
    out = pem + ".json"
    try:
        tracer = lt.Tracer(["-e", "%user", "-s", "60000", "--output", "json:" + out, "-p", str(server.pid)], SECONDS)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        clients = [context.wrap_socket(socket.create_connection(("127.0.0.1", server.port))) for _ in range(4)]
        for n, c in enumerate(clients):
            c.sendall(b"GET /%d\r\n\r\n" % n)
        said = [server.said() for c in clients]
        answers = {}
        for c in clients:
            name, got = "%s:%d" % c.getsockname(), b""
            while True:
                try:
                    piece = c.recv(65536)
                except ssl.SSLError:	# it does not say goodbye
                    piece = b""
                if not piece:
                    break
                got += piece
            answers[name] = got
            c.close()
        status = tracer.stop()
    finally:
        server.end()
    events = lt.events_of(out)
    bad = []
    for peer, pid, fd, got, sent in said:
        read, write = (flow(events, e, pid, remote=peer) for e in ("ssl_read", "ssl_write"))
        if read[0] != got or write[0] != sent or answers[peer] != sent or read[1] != {fd} or write[1] != {fd}:
            bad.append((peer, fd, read[0][:40], len(write[0]), len(sent), read[1], write[1]))
    tap.ok(status == 0 and len({s[0] for s in said}) == 4 and not bad, "a server that runs already: four connections, told apart", *bad)
    tap.ok({lt.pid_of(e) for e in events} == {server.pid}, "its clients, which use the same library, are not seen")
    tap.ok(any(lt.number(lt.item(e, "fd")) >= 0 and lt.number(lt.item(e, "error")) == 0 for e in events), "without an error")


def test_tls(tap, tmp):
    if not shutil.which("openssl"):
        return tap.skip("TLS", "no openssl")
    pem = certificate(tmp)
    test_server(tap, pem)
    url = "https://127.0.0.1:PORT/page?n=1"
    if shutil.which("curl"):
        test_client(tap, pem, "curl", ["curl", "-sk", "--http1.0", "-o", "/dev/null", url], "libssl.so", {"SSL_read", "SSL_write"})
    events = test_client(tap, pem, "openssl", ["sh", "-c", "printf 'GET /s\\r\\n\\r\\n' | openssl s_client -quiet -connect 127.0.0.1:PORT"],
                         "libssl.so", {"SSL_read", "SSL_write"})
    failed = [e for e in events if lt.ret_of(e) <= 0]
    tap.ok(failed and all(lt.number(lt.item(e, "len")) == 0 and lt.bytes_of(lt.item(e, "buf")) is None for e in failed),
           "SSL_read that brings nothing has no data", failed)
    if shutil.which("wget") and "gnutls" in subprocess.run(["ldd", shutil.which("wget")], stdout=subprocess.PIPE, text=True).stdout:
        test_client(tap, pem, "wget", ["wget", "-q", "-t", "1", "--no-check-certificate", "-O", "/dev/null", url], "libgnutls.so",
                    {"gnutls_record_recv", "gnutls_record_send"})
    else:
        tap.skip("GnuTLS", "no wget that uses it")


def main():
    lt.need_lymer()
    tap = lt.Tap()
    r = lt.run([lt.LYMER, "doctor"], SECONDS)
    if re.search(r"uprobe/called +missing", r.stdout):
        lt.skip_all("this kernel has no uprobe_multi")
    with lt.TempDir() as tmp:
        test_lookups(tap)
        test_threads(tap)
        test_bystander(tap)
        test_forms(tap)
        test_fake(tap, tmp)
        test_files(tap, tmp)
        test_late(tap, tmp)
        test_tls(tap, tmp)
    tap.done()


if __name__ == "__main__":
    main()
