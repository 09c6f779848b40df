# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Hold Lymer's JSON against strace's log of the same run: the same calls and results, nothing lost, no tampering."""
import json

import lymertest as lt
from compare import key


def key_of(event):
    """compare.py's key of a JSON event."""
    d = lt.item(event, "returnValue")
    if lt.number(d) >= 0:
        return event["name"], str(lt.number(d))
    return event["name"], ("? " if d.get("text", "").startswith("ERESTART") else "-1 ") + d.get("text", "(no name)")


def json_wrong(events, strace, strace_pid=None):
    """What is wrong with Lymer's events, as texts; strace is a compare.Log."""
    lost, gaps, threads = lt.lost_of(events), lt.seq_gaps(events), {}
    why = ["json: lost: %s" % lost] if lost else []
    if any(gaps.values()) or lt.seq_doubles(events):
        why.append("json: seq: missing %s (by cpu), doubled %d" % (gaps, lt.seq_doubles(events)))
    for e in events:
        if "tamper" in e:
            why.append("json: tamper in a clean run: %s of thread %d: %s" % (e["name"], lt.tid_of(e), json.dumps(e["tamper"])))
        if e["name"] != "lost" and lt.tid_of(e) != strace_pid:
            threads.setdefault(lt.tid_of(e), []).append(key_of(e))
    for tid in sorted(strace.threads.keys() | threads.keys()):
        due, have = [key(c) for c in strace.threads.get(tid, [])], threads.get(tid, [])
        killed = have[-1:] and have[-1][0] == strace.cut.get(tid) and have[-1][1].startswith("? ERESTART")
        if due != (have[:-1] if killed and len(have) > len(due) else have):
            why.append("json: thread %d has other calls or results than strace saw" % tid)
    return why
