#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Structs as Lymer prints them, in the words of strace: a program makes calls with them and says what strace must have said."""
import os
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.path.join(os.environ.get("O", "build"), "tests/unit/structs")


def said(log, call, text):
    """Is text in a line of that call? One that was interrupted goes on behind "resumed>"."""
    return any(text in line for line in log if f" {call}(" in line or f"<... {call} resumed>" in line)


def main():
    strace = shutil.which("strace")
    if not strace:
        print("1..0 # SKIP no strace")
        return 0
    number = failed = 0
    with tempfile.TemporaryDirectory() as tmp:
        for how in ("short", "verbose"):
            path = os.path.join(tmp, how)
            command = [strace, "-f", "-s", "64", "-o", path] + (["-v"] if how == "verbose" else [])
            out = subprocess.run(command + [PROGRAM, how], capture_output=True, text=True, check=True).stdout
            with open(path, encoding="utf-8") as file:
                log = file.read().splitlines()
            for line in out.splitlines():
                call, text = line.split(" ", 1)
                good = said(log, call, text)
                number += 1
                failed += not good
                print("ok" if good else "not ok", number, "-", how, call)
                if not good:
                    print("# Lymer:", text)
                    print("\n".join("# strace: " + seen for seen in log if call in seen))
    print(f"1..{number}")
    return failed > 0


sys.exit(main())
