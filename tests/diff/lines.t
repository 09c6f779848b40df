#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Line by line: real programs under strace, and Lymer watching them with all events, too, so that ids, addresses, random bytes and
times are the same in both logs. Of each program EACH of strace's lines must be Lymer's to the letter, of all together ALL, and every thread must
have made the same calls with the same results, got the same signals and ended the same way.

lines.t [all]        all programs; else those that CI runs
LYMER_LINES=NAME[,NAME...] only these; LYMER_KEEP=DIR keeps the logs there."""
import os
import re
import shlex
import shutil
import subprocess
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt
from compare import compare

EACH, ALL = 0.97, 0.99
HERE = os.path.dirname(os.path.abspath(__file__))
WORK = "%s %s" % (sys.executable, os.path.join(HERE, "workload.py"))
SECONDS = 180
SOURCE = """#include <stdio.h>
int main(void) { return puts("hello") < 0; }
"""

# in CI?, name, the programs that must be there, the command, run in a directory of its own; THREADS32 and the like are paths
PROGRAMS = [
    (0, "ls", "ls", "ls -lR /usr/include/linux"),
    (0, "cp", "cp", "cp -a /usr/include/asm-generic copy"),
    (0, "tar", "tar gzip", "tar czf x.tar.gz -C /usr/include linux/netfilter"),
    (1, "sort", "sort", "sort -u --parallel=2 -S 64k /etc/services /etc/mime.types /etc/passwd"),
    (0, "find", "find", "find /usr/include -name x* -newer /etc/passwd"),
    (1, "bash", "bash", "bash -c 'for i in 1 2 3; do /bin/echo $i | cat; done; (exit 3); f=$(mktemp -p .); cat <<<x >$f; trap : USR1; "
                        "kill -USR1 $$; sleep 0.1 & wait; ls none; kill -SEGV $$'"),
    (0, "python3", "/usr/bin/python3", "/usr/bin/python3 -c 'import json, subprocess, threading; subprocess.run([\"date\"])'"),
    (0, "perl", "perl", "perl -MPOSIX -e 'print scalar(localtime), qx(date)'"),
    (0, "gcc", "gcc", "gcc -O2 -o hello hello.c"),
    (1, "git-clone", "git", "git clone -q repo clone"),
    (0, "git-log", "git", "git -C repo log --stat"),
    (0, "git-gc", "git", "git -C repo gc -q"),
    (0, "sqlite3", "sqlite3", "sqlite3 db 'create table a(b); insert into a values(1); select count(*) from a'"),
    (0, "sqlite3-wal", "sqlite3", "sqlite3 wal 'pragma journal_mode=wal; create table a(b); insert into a values(zeroblob(99999)); vacuum'"),
    (1, "curl-nginx", "curl nginx", WORK + " curl ."),
    (0, "wrk-nginx", "wrk nginx", WORK + " wrk ."),
    (0, "redis", "redis-server redis-cli redis-benchmark", WORK + " redis ."),
    (1, "node", "node", WORK + " node ."),
    (0, "getent", "getent", WORK + " getent ."),
    (0, "logger", "logger", WORK + " logger ."),
    (0, "apt-cache", "apt-cache", "apt-cache policy bash"),
    (1, "threads", "", "THREADS64"),
    (1, "32 bit", "", "THREADS32"),
]


def ready(work):
    """What the programs work on, and where Lymer's own are."""
    with open(os.path.join(work, "hello.c"), "w") as f:
        f.write(SOURCE)
    subprocess.run("git init -q repo && cd repo && for i in 1 2 3 4 5; do echo $i > file$i && git add . && "
                   "git -c user.email=a@b -c user.name=x commit -qm $i; done", cwd=work, shell=True)
    threads32 = os.path.join(work, "threads32")
    source = os.path.join(HERE, "threads.c")
    made = subprocess.run(["gcc", "-m32", "-static", "-D_GNU_SOURCE", "-o", threads32, source], capture_output=True).returncode
    return {"THREADS64": lt.program("diff/threads"), "THREADS32": None if made else threads32}


def one(tap, keep, work, name, command):
    base = os.path.join(keep or work, name.replace(" ", "-"))
    p = subprocess.Popen([lt.LYMER, "-e", "all", "-s", "32", "--scope", "comm!=strace", "--output", "strace:%s.lymer" % base, "--",
                          "strace", "-f", "-s", "32", "-o", base + ".strace", "env"] + command,
                         cwd=work, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                         start_new_session=True, text=True, errors="replace")
    try:
        said = p.communicate(timeout=SECONDS)[1]
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, 9)
        tap.ok(False, name, "did not end in %d s" % SECONDS, p.communicate()[1])
        return None
    report = compare(base + ".strace", base + ".lymer", whole=True)
    lost = re.search(r"(\d+) lost$", said, re.M)
    good = report.lines > 50 and report.good(EACH) and lost and lost[1] == "0"
    tap.ok(good, "%s: %s" % (name, report.figures()), said)
    for line in report.details():
        tap.note(line)
    return report


def main():
    lt.need_lymer()
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if not shutil.which("strace"):
        lt.skip_all("no strace")
    tap, keep, rows = lt.Tap(), os.environ.get("LYMER_KEEP"), []
    only = [x for x in os.environ.get("LYMER_LINES", "").split(",") if x]
    with lt.TempDir() as work:
        paths = ready(work)
        for ci, name, needs, command in PROGRAMS:
            if name not in only if only else not ci and "all" not in sys.argv:
                continue
            missing = [p for p in needs.split() if not shutil.which(p)]
            command = [paths.get(word, word) for word in shlex.split(command)]
            if missing or None in command:
                tap.skip(name, "needs " + (" ".join(missing) or "a compiler for 32 bits"))
                continue
            report = one(tap, keep, work, name, command)
            if report:
                rows.append((name, report.lines, report.same))
    lines, same = sum(r[1] for r in rows), sum(r[2] for r in rows)
    tap.ok(same >= ALL * lines, "all together: %d of %d lines the same (%.3f %%)" % (same, lines, 100 * same / max(lines, 1)))
    tap.note("%-12s %8s %9s %8s" % ("program", "lines", "identical", "%"))
    for name, n, k in rows + [("all", lines, same)]:
        tap.note("%-12s %8d %9d %8.3f" % (name, n, k, 100 * k / max(n, 1)))
    tap.done()


main()
