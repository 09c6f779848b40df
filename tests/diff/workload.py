#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Real programs at work, to be traced: workload.py NAME DIR [own]. On loopback only; writes in DIR only; ends what it starts.
own: the network and mount namespaces are for us alone.

With READY=1 in the environment it starts the servers, says "READY PID..." and goes on when a line comes in."""
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 20    # for each program
NGINX = """daemon off; worker_processes 1; user root root; pid nginx.pid; error_log stderr notice;
events { worker_connections 256; }
http {
	access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u;
	scgi_temp_path s; client_max_body_size 8m;
	server {
		listen 127.0.0.1:%d; %s listen unix:%s/nginx.socket; root html;
		location /up/ { proxy_pass http://127.0.0.1:%d/; }
		location /void/ { proxy_pass http://127.0.0.1:%d/; }
	}
}
"""


class Server:
    """A program that listens once it has printed a line with these words, until the end of the with block."""

    def __init__(self, args, words, port=None, end=signal.SIGTERM):
        self.args, self.words, self.port, self.end = args, words.encode(), port, end

    def __enter__(self):
        self.p = subprocess.Popen(self.args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = []
        for line in self.p.stdout:
            said.append(line.decode("latin1"))
            if self.words in line:
                threading.Thread(target=self.p.stdout.read, daemon=True).start()    # it may go on talking
                return self
        sys.exit("%s does not listen: %s" % (self.args[0], "".join(said)))

    def __exit__(self, *_):
        if self.end:
            self.p.send_signal(self.end)
        try:
            self.p.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.p.kill()
            sys.exit("%s does not end" % self.args[0])


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run(*args, status=0, text=None):
    p = subprocess.run(args, stdout=subprocess.DEVNULL, timeout=SECONDS, input=text)
    if p.returncode != status:
        sys.exit("%s: status %d" % (" ".join(args), p.returncode))


def ready(*servers):
    if os.environ.get("READY"):
        print("READY", os.getpid(), *[s.p.pid for s in servers], flush=True)
        sys.stdin.readline()


def pages():
    os.makedirs("html", exist_ok=True)
    for name, size in (("index.html", 612), ("large", 3 << 20)):
        with open("html/" + name, "w") as f:
            f.write(("<html>%s) = %d\n" % (name, size)).ljust(size, "x"))


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(("::1", 0))
        return True
    except OSError:
        return False


def nginx():
    pages()
    port = free_port()
    with open("nginx.conf", "w") as f:
        f.write(NGINX % (port, "listen [::1]:%d;" % port if has_ipv6() else "", os.getcwd(), port, free_port()))
    return Server(["nginx", "-p", os.getcwd() + "/", "-c", "nginx.conf", "-e", "stderr"], "start worker", port,
                  signal.SIGQUIT)


def curl():
    with nginx() as server:
        url = "http://127.0.0.1:%d/" % server.port
        run("curl", "-sS", url, url + "large", url + "none")
        run("curl", "-sSI", url)
        run("curl", "-sSf", "--data-binary", "@html/large", url, status=22)     # 405
        run("curl", "-sS", "http://localhost:%d/" % server.port)
        run("curl", "-sS", "--unix-socket", "nginx.socket", "http://nginx/large")
        run("curl", "-sS", "--interface", "127.0.0.2", "--http1.0", "--tcp-nodelay", url + "up/large")
        run("curl", "-sS", "-Z", url, url + "up/", url + "large", "--keepalive-time", "5")
        run("curl", "-sSf", url + "void/", status=22)                           # 502
        run("curl", "-s", "http://127.0.0.1:%d/" % free_port(), status=7)
        if has_ipv6():
            run("curl", "-sS", "http://[::1]:%d/large" % server.port)


def wrk():
    with nginx() as server:
        for page in ("", "up/"):
            run("wrk", "-t2", "-c8", "-d1s", "http://127.0.0.1:%d/%s" % (server.port, page))


def http():
    pages()
    port = free_port()
    with Server([sys.executable, "-u", "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", "html"],
                "Serving HTTP"):
        url = "http://127.0.0.1:%d/" % port
        run("curl", "-sS", url, url + "large", url + "none")
        run("curl", "-sSI", url + "large")
        run("curl", "-sSf", "-d", "a=b", url, status=22)                        # 501
        run("curl", "-sS", "-Z", *[url + "large"] * 6)


def redis():
    port = free_port()
    with Server(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                 "--dir", os.getcwd(), "--unixsocket", "redis.socket"], "Ready to accept") as server:
        ready(server)
        cli = ["redis-cli", "-p", str(port)]
        for command in ("PING", "SET key value", "GET key", "CLIENT LIST", "INFO", "NONE"):
            run(*cli, *command.split())
        run("redis-cli", "-s", "redis.socket", "LPUSH", "list", "a) = 1", "x" * 3000)
        run(*cli, "--pipe", text=b"SET a b\r\n" * 1000)
        run("redis-cli", "-p", str(free_port()), "PING", status=1)
        run("redis-benchmark", "-p", str(port), "-q", "-c", "20", "-n", "400", "-t", "ping,set,lrange")


def logger():
    udp, tcp = free_port(socket.SOCK_DGRAM), free_port()
    with Server([sys.executable, os.path.join(HERE, "logd.py"), str(udp), str(tcp), "log.socket"], "ready", end=None):
        far, near = ["logger", "-n", "127.0.0.1"], ["logger", "-u", "log.socket", "--socket-errors=on"]
        run(*near, "user login ok")
        run(*near, "-p", "auth.err", "-i", "-t", "sudo", "3 incorrect password attempts")
        run(*near, "--rfc5424", "--msgid", "x", "--sd-id", "zoo@1", "--sd-param", 'tiger="hungry"', "structured")
        run(*near, text=b"one\ntwo\n\xff\xfethree \"quoted\"\\\n")
        run(*far, "-d", "-P", str(udp), "over UDP")
        run(*far, "-d", "-P", str(udp), "--rfc3164", "-S", "4096", "long " * 600)
        run("logger", "-n", "localhost", "-d", "-P", str(udp), "by name")
        run(*far, "-T", "-P", str(tcp), "--octet-count", "over TCP")
        run(*far, "-d", "-P", str(free_port(socket.SOCK_DGRAM)), text=b"refused\nrefused\nrefused\n")
        run("logger", "-u", "none.socket", "--socket-errors=on", "nobody", status=1)
        run(*near, "END")


def getent():
    run("getent", "passwd", "root")
    run("getent", "hosts", "127.0.0.1")
    if "own" in sys.argv:
        names()
    run("getent", "ahosts", "localhost")


def names():
    """In a network and mount namespace of our own: a name server of ours."""
    with socket.socket() as s:      # lo is down in a new network: take its flags (SIOCGIFFLAGS), set them with IFF_UP
        flags = struct.unpack("16xH", fcntl.ioctl(s, 0x8913, struct.pack("16s16x", b"lo"))[:18])[0]
        fcntl.ioctl(s, 0x8914, struct.pack("16sH14x", b"lo", flags | 1))
    with open("resolv.conf", "w") as f:
        f.write("nameserver 127.0.0.1\noptions timeout:2 attempts:1\n")
    run("mount", "--bind", "resolv.conf", "/etc/resolv.conf")
    with Server([sys.executable, os.path.join(HERE, "dnsd.py")], "ready"):
        run("getent", "hosts", "host.lymer.test")
        run("getent", "ahosts", "host.lymer.test")
        run("getent", "ahosts", "large.lymer.test")             # truncated over UDP: asked again over TCP
        run("getent", "hosts", "192.0.2.1")
        run("getent", "ahosts", "none.lymer.test", status=2)


def spec():
    """The programs of tests/spec, which do what real programs rarely do."""
    sys.path.append(os.path.join(HERE, "..", "lib"))
    from lymertest import program
    for name in "udp tcp unix send life fd fault other".split():
        prog = program("spec/" + name)
        for line in subprocess.run([prog, "--list"], stdout=subprocess.PIPE, check=True).stdout.decode().split("\n"):
            case = line.split("|")[0]
            if case and subprocess.run([prog, case], stdout=subprocess.DEVNULL, timeout=SECONDS).returncode not in (0, 77):
                sys.exit("%s %s: failed" % (name, case))


def node():
    run("node", os.path.join(HERE, "web.js"), os.getcwd())


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    os.chdir(sys.argv[2])
    with open("parent", "w") as f:      # strace, if it started us
        f.write(str(os.getppid()))
    globals()[sys.argv[1]]()
