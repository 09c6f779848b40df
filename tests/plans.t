#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The verifier sees other programs with each plan, for what is not asked for is closed off: each must load, in every object."""
import itertools
import os
import subprocess
import sys

LYMER = os.environ.get("LYMER", "build/lymer")
EVENTS = "recvfrom sendmmsg recvfrom,wait4 %net %net,socket_recv,socket_send %user all".split()
OPTIONS = [], ["--phases"], ["--snaplen", "60000"], ["--origin", "user"]
OBJECTS = {}, {"LYMER_OLD": "1"}, {"LYMER_OLD": "bare"}


def main():
    if os.geteuid():
        print("1..0 # SKIP tracing needs root")
        return 0
    failed = 0
    plans = list(itertools.product(OBJECTS, EVENTS, OPTIONS))
    for number, (which, events, options) in enumerate(plans, 1):
        run = subprocess.run([LYMER, "-q", "-e", events, *options, "--output", "json:/dev/null", "--", "true"],
                             env={**os.environ, **which}, capture_output=True, text=True)
        good = run.returncode == 0 and "refused" not in run.stderr
        failed += not good
        print("ok" if good else "not ok", number, "-", " ".join(["%s=%s" % x for x in which.items()] + ["-e", events] + options))
        if not good:
            print("#", run.stderr)
    print("1..%d" % len(plans))
    return failed > 0


sys.exit(main())
