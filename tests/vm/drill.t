#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The lab itself: a guest that panics and one that hangs are failures, are noticed soon, and their consoles are shown; a test that fails is
repeated only for who asks, and that is said."""
import concurrent.futures
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]
import lab
import lymertest as lt
from kernels import KERNELS

KERNEL = "6.12"


def run(tests, repeat):
    return lt.run([os.path.join(HERE, "lab.t")], 600, env={**os.environ, "KERNELS": KERNEL, "TESTS": tests, "LYMER_VM_REPEAT": repeat,
                                                           "LYMER_VM_SILENCE": "40", "LYMER_KEEP": ""})


def drill(tap, test, run, *shown):
    r = run.result()
    tap.ok(r.status == 1 and "not ok 2 - %s %s" % (KERNEL, test) in r.stdout and all(re.search(s, r.stdout) for s in shown),
           "a guest that %ss is a failure, and its console is shown" % test, "status %s" % r.status, r.stdout, r.stderr)


def main():
    tap = lt.Tap()
    series, arch, _ = KERNELS[KERNEL]
    try:
        lab.kernel(arch, series)
    except lab.NotServed as e:
        lt.skip_all(e)
    pool = concurrent.futures.ThreadPoolExecutor(2)
    panic, hang = pool.submit(run, "boot panic", "1"), pool.submit(run, "boot hang", "1")
    fickle = [pool.submit(run, "boot doctor fickle", repeat) for repeat in "01"]
    drill(tap, "panic", panic, "(?m)^# 6.12: (the guest died|what it sent is cut off)", "(?m)^# .*Kernel panic - not syncing: sysrq triggered")
    drill(tap, "hang", hang, "(?m)^# 6.12: the guest hangs: not a word from it for 40 s", "(?m)^# lab: hangs now")
    for r, status, said in zip(fickle, (1, 0), ("(?m)^not ok 3 - %s fickle", "(?m)^ok 3 - %s fickle(.*\n)*# %s fickle FAILED AT FIRST")):
        r = r.result()
        tap.ok(r.status == status and re.search(said.replace("%s", re.escape(KERNEL)), r.stdout),
               "a test that fails once is a failure" if status else "but for who has it repeated, which is said",
               "status %s" % r.status, r.stdout, r.stderr)
    tap.done()


if __name__ == "__main__":
    main()
