#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Real programs run twice, once under `strace -ff` and once under Lymer in strace's form with all events: the lines of all their
threads must be the same, in any order, but for what differs from run to run (addresses, ids, times, random bytes). lines.t compares more
closely, but there strace has read what a call points at before Lymer does, so that it is in memory.

LYMER_CALLS=NAME[,NAME...] runs only these."""
import collections
import glob
import os
import re
import shutil
import subprocess
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt

EACH, ALL = 0.97, 0.99      # share of strace's lines that Lymer must have told, of each program and of all
SECONDS = 120
SOURCE = "#include <stdio.h>\nint main(void) { return puts(\"hello\") < 0; }\n"

# name, what is made ready before each run, the program
PROGRAMS = [
    ("ls", "", "ls -lR /usr/include/linux"),
    ("cp", "rm -rf copy", "cp -a /usr/include/linux copy"),
    ("bash", "", "bash -c 'for i in 1 2 3; do /bin/echo $i | cat; done; false; trap : USR1; kill -USR1 $$; kill -SEGV $$'"),
    ("python3", "", "/usr/bin/python3 -c 'import json, subprocess; subprocess.run([\"date\"])'"),
    ("perl", "", "perl -e 'print scalar(localtime), qx(date)'"),
    ("gcc", "rm -f hello.o", "gcc -O2 -c -o hello.o hello.c"),
    ("git", "rm -rf clone", "git clone -q repo clone"),
    ("sqlite3", "rm -f db", "sqlite3 db 'create table a(b); insert into a values(1); select count(*) from a'"),
    ("apt-cache", "", "apt-cache policy bash"),
]

# What no two runs have in common.
VARIES = [(re.compile(was), now) for was, now in [
    (r"0x[0-9a-f]{6,}", "ADDR"),
    (r"(getrandom\().*?(, \d+, )", r"\1RANDOM\2"),
    (r"^sysinfo\(.*", "sysinfo"),
    (r"(si_[us]time=)\d+( /\* .*? \*/)?", r"\1N"),
    (r"(f_(bfree|bavail|files|ffree|blocks)=)\d+", r"\1N"),
    (r"tv_(sec|nsec|usec)=\d+", r"tv_\1=N"),
    (r"(tms_\w+=|times\(.*= )\d+", r"\1N"),
    (r"(/tmp/cc)\w{6}|(tmp_\w+_|/\.git/\w*tmp_)\w{6}", "TEMP"),
    (r"(read\(\d+, \").*(\", 4\) *= 4)$", r"\1RANDOM\2"),      # of /dev/urandom, by perl
    (r" +=", " ="),
]]


def plain(line, ids):
    for pattern, text in VARIES:
        line = pattern.sub(text, line)
    return re.sub(r"\b\d+\b", lambda m: "ID" if m.group() in ids else m.group(), line)


def strace_lines(base):
    files = glob.glob(base + ".[0-9]*")
    ids = {name.rsplit(".", 1)[1] for name in files}
    for name in files:
        with open(name, errors="surrogateescape") as f:
            yield from (plain(line.rstrip("\n"), ids) for line in f)


def lymer_lines(base):
    with open(base, errors="surrogateescape") as f:
        lines = [line.rstrip("\n").split(None, 1) for line in f]
    ids = {line[0] for line in lines}
    for line in lines:
        yield plain(line[1], ids)


def run(command, work):
    return subprocess.run(command, cwd=work, shell=True, capture_output=True, timeout=SECONDS, text=True, errors="replace")


def ready(work):
    with open(os.path.join(work, "hello.c"), "w") as f:
        f.write(SOURCE)
    run("git init -q repo && cd repo && for i in 1 2 3 4 5; do echo $i > file$i; done && git add . && "
        "git -c user.email=a@b -c user.name=x commit -qm first", work)


def program(tap, work, name, before, command):
    logs = os.path.join(work, name)
    # once without anybody watching: caches and the like are as they will be
    run(before or "true", work)
    run(command, work)
    run(before or "true", work)
    run("strace -ff -s 32 -o %s.strace %s" % (logs, command), work)
    run(before or "true", work)
    said = run("%s -e all -s 32 --output strace:%s.lymer -- %s" % (lt.LYMER, logs, command), work).stderr
    theirs = collections.Counter(strace_lines(logs + ".strace"))
    ours = collections.Counter(lymer_lines(logs + ".lymer"))
    missing, extra = theirs - ours, ours - theirs
    n, same = sum(theirs.values()), sum(theirs.values()) - sum(missing.values())
    good = n > 50 and same >= EACH * n and sum(ours.values()) <= n * (2 - EACH)
    tap.ok(good, "%s: %d of %d lines the same (%.2f %%), %d more" % (name, same, n, 100 * same / max(n, 1), sum(extra.values())),
           *["- " + line[:200] for line in list(missing)[:20]], *["+ " + line[:200] for line in list(extra)[:20]])
    lost = re.search(r"(\d+) lost$", said, re.M)
    tap.ok(lost and lost.group(1) == "0", name + ": nothing lost", said)
    return n, same


def main():
    lt.need_lymer()
    if not shutil.which("strace"):
        lt.skip_all("no strace")
    tap, total, same = lt.Tap(), 0, 0
    only = os.environ.get("LYMER_CALLS", "").split(",")
    with lt.TempDir() as work:
        ready(work)
        for name, before, command in PROGRAMS:
            if only != [""] and name not in only:
                continue
            if not shutil.which(command.split()[0]):
                tap.skip(name, "no " + command.split()[0])
                continue
            n, k = program(tap, work, name, before, command)
            total += n
            same += k
    tap.ok(same >= ALL * total, "all together: %d of %d lines the same (%.2f %%)" % (same, total, 100 * same / max(total, 1)))
    tap.done()


if __name__ == "__main__":
    main()
