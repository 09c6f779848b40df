#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What Lymer's JSON says of each type of argument: the calls of tests/spec/types.h, and what stands there next to each."""
import json
import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt
from compare import stamp

SECONDS = 60


def differs(want, have):
    """Where it is not what it must be, of objects as far as that is said; None: it is."""
    if isinstance(want, dict) and isinstance(have, dict):
        return next((d for d in (differs(w, have.get(k)) for k, w in want.items()) if d), None)
    if isinstance(want, list) and isinstance(have, list) and len(want) == len(have):
        return next((d for d in map(differs, want, have) if d), None)
    return None if want == have else "%s, not %s" % (json.dumps(have), json.dumps(want))


def item_differs(want, have):
    if have is None:
        return "there is no such argument"
    if isinstance(want, dict) and "=" in want:
        return differs(want["="], have)
    if isinstance(want, str):
        return differs(want, have.get("text", have.get("str", have.get("value"))))
    return differs(want, have.get("value"))


def number_differs(want, have):
    """The numbers of both, as wide as the item's is."""
    bits = 32 if "int32" in have or "u_int32" in have else 64
    n = lt.number(have)
    return None if n is None or (n - want) % (1 << bits) == 0 else "is %d, not %d" % (n, want)


def wrong(call, event):
    out = [(name, item_differs(want, lt.item(event, name))) for name, want in call["expected"].items()]
    return ["%s: %s" % x for x in out if x[1]]


def same_call(call, event):
    """By name, result, and the numbers of all arguments."""
    arguments = [d for d in event["data"] if d["name"] != "returnValue"]
    return event["name"] == call["name"] and lt.ret_of(event) == call["ret"] and \
        not any(number_differs(a, d) for a, d in zip(call["args"], arguments))


def main():
    lt.need_lymer()
    tap = lt.Tap()
    with lt.TempDir() as tmp:
        out = os.path.join(tmp, "json")
        r = lt.run([lt.LYMER, "-e", "all", "--output", "json:" + out, "--", lt.program("spec/types")], SECONDS)
        lines = r.stdout.splitlines()
        calls = [json.loads(x[5:]) for x in lines if x.startswith("CALL ")]
        tap.ok(r.status == 0 and len(calls) > 100, "the program runs", r.stderr)
        start = max([int(x.split()[1]) for x in lines if x.startswith("START ")] + [0])
        events = [e for e in lt.events_of(out) if stamp(e["timestamp"]) >= start and e["name"] != "lost"]
    tid, at = lt.tid_of(events[0]), 0
    events = [e for e in events if lt.tid_of(e) == tid]
    for call in calls:
        there = next((i for i in range(at, len(events)) if same_call(call, events[i])), None)
        title = "%s = %d: %s" % (call["name"], call["ret"], json.dumps(call["expected"])[:70])
        if call["ret"] == -38 and there is None:
            tap.skip(title, "this kernel has no such call")
        elif there is None:
            tap.ok(False, title, "not told so", *[json.dumps(e)[:600] for e in events[at:] if e["name"] == call["name"]][:1])
        else:
            at = there + 1
            why = wrong(call, events[there])
            tap.ok(not why, title, *why, *[json.dumps(events[there]["data"])] * bool(why))
    tap.done()


main()
