#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The judge on trial: compare.py must pass what is the same, and fail every single mutation of it."""
import os
import sys
import tempfile

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt
from compare import Log, compare
from compare_json import json_wrong

STRACE = r'''
41    socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 3
41    recvfrom(3,  <unfinished ...>
42    sendto(5, "a) = 7", 6, MSG_NOSIGNAL, {sa_family=AF_INET, sin_port=htons(40001), sin_addr=inet_addr("127.0.0.1")}, 16) = 6
42    recvfrom(5, 0x7ffc0010, 64, MSG_DONTWAIT, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)
41    --- SIGCHLD {si_signo=SIGCHLD} ---
41    <... recvfrom resumed>"a) = 7", 2048, 0, {sa_family=AF_INET, sin_port=htons(40002), sin_addr=inet_addr("127.0.0.1")}, [128 => 16]) = 6
41    sendmsg(4, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="abcd", iov_len=4}, {iov_base="efgh", iov_len=4}], msg_iovlen=2, msg_controllen=0, msg_flags=0}, 0) = 8
41    recvmsg(6, {msg_name={sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, msg_namelen=12, msg_iov=[{iov_base=[{nlmsg_len=20, nlmsg_type=NLMSG_DONE, nlmsg_flags=NLM_F_MULTI, nlmsg_seq=258, nlmsg_pid=41}, 0], iov_len=4096}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 20
42    sendto(9, [[{nlmsg_len=20, nlmsg_type=RTM_GETADDR, nlmsg_seq=7}, {ifa_family=AF_INET, ...}], [{nlmsg_len=30, nlmsg_type=0x1234}, "\x61\x62\x63"]], 50, 0, NULL, 0) = 50
42    accept4(7, NULL, NULL, SOCK_CLOEXEC <unfinished ...>
42    <... accept4 resumed>) = ?
41    accept(8, NULL, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)
42    +++ killed by SIGTERM +++
41    getsockname(3,  <unfinished ...>
41    +++ exited with 0 +++
'''[1:]

LYMER = r'''
41    socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP)    = 3
42    sendto(5, "a) = 7", 6, MSG_NOSIGNAL, {sa_family=AF_INET, sin_port=htons(40001), sin_addr=inet_addr("127.0.0.1")}, 16) = 6
42    recvfrom(5, 0x7ffc0010, 64, MSG_DONTWAIT, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)
41    recvfrom(3, "a) = 7", 2048, 0, {sa_family=AF_INET, sin_port=htons(40002), sin_addr=inet_addr("127.0.0.1")}, [128 => 16]) = 6
41    sendmsg(4, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="abcd", iov_len=4}, {iov_base="e"..., iov_len=4}], msg_iovlen=2, msg_controllen=0, msg_flags=0}, 0) = 8
41    recvmsg(6, {msg_name={sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, msg_namelen=12, msg_iov=[{iov_base=[{nlmsg_len=20, nlmsg_type=NLMSG_DONE, nlmsg_flags=NLM_F_MULTI, nlmsg_seq=258, nlmsg_pid=41}, 0], iov_len=4096}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 20
41    accept(8, NULL, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)
42    sendto(9, [[{nlmsg_len=20, nlmsg_type=RTM_GETADDR, nlmsg_seq=7}, {family=AF_INET, data="\x01"}], [{nlmsg_len=30, nlmsg_type=0x1234}, "\x61\x62"...]], 50, 0, NULL, 0) = 50
42    accept4(7, NULL, NULL, SOCK_CLOEXEC) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)
'''[1:]

# What is changed in Lymer's log, from what, to what: none may pass.
MUTATIONS = [
    ("an address", "40002", "40003"),
    ("a length", "[128 => 16]", "[16]"),
    ("a payload", '3, "a) = 7"', '3, "b) = 7"'),
    ("a flag", "MSG_NOSIGNAL", "0"),
    ("a pointer", "0x7ffc0010", "0x7ffc0018"),
    ("a descriptor", "sendto(5", "sendto(6"),
    ("a number", ", 2048, 0", ", 2047, 0"),
    ("a result", "= 3\n", "= 4\n"),
    ("an errno", "EAGAIN (Resource temporarily unavailable)", "EINTR (Interrupted system call)"),
    ("a name", "42    sendto(", "42    sendmsg("),
    ("a thread", "42    sendto(", "43    sendto("),
    ("a buffer of several", '"e"...', '"f"...'),
    ("a buffer of several, cut short", '"e"...', '"e"'),
    ("a netlink header", "nlmsg_seq=258", "nlmsg_seq=259"),
    ("a netlink type", "RTM_GETADDR", "RTM_GETLINK"),
    ("a netlink number", "nlmsg_pid=41}, 0]", "nlmsg_pid=41}, 1]"),
    ("a netlink family", "{family=AF_INET", "{family=AF_INET6"),
    ("a netlink payload", r"\x61", r"\x62"),
    ("a netlink payload, cut short", r'"\x61\x62"...', r'"\x61\x62"'),
    ("a netlink message", ', [{nlmsg_len=30, nlmsg_type=0x1234}, "\\x61\\x62"...]', ""),
    ("a netlink flag", r"nl_pid=0, nl_groups=00000000", "nl_pid=1, nl_groups=00000000"),
    ("behind a netlink payload", "iov_len=4096", "iov_len=4097"),
    ("an argument behind a netlink payload", ", 50, 0,", ", 51, 0,"),
    ("a restart", "41    accept(", "41    accept4("),
    ("a loss", "41    accept(", "+++ lost 1 recvfrom (ring_full) +++\n41    accept("),
    ("garbage", "41    accept(", "41    garbage\n41    accept("),
    ("nothing written", LYMER, ""),
]


def report(tmp, strace, lymer):
    paths = []
    for name, t in (("s", strace), ("l", lymer)):
        paths.append(os.path.join(tmp, name))
        with open(paths[-1], "w") as f:
            f.write(t)
    return compare(*paths)


def event(name, tid, ret, cpu, seq, text=None):
    """What JSON says of a call."""
    return {"name": name, "workload": {"process": {"thread": {"host_tid": tid}}}, "host": {"cpu": cpu}, "seq": str(seq),
            "data": [dict({"name": "returnValue", "int64": str(ret)}, **{"text": text} if text else {})]}


EVENTS = [event("socket", 41, 3, 0, 1), event("sendto", 42, 6, 1, 1), event("recvfrom", 42, -11, 1, 2, "EAGAIN"),
          event("recvfrom", 41, 6, 0, 2), event("sendmsg", 41, 8, 0, 3), event("recvmsg", 41, 20, 0, 4),
          event("sendto", 42, 50, 1, 3), event("accept", 41, -512, 0, 5, "ERESTARTSYS"),
          event("accept4", 42, -512, 1, 4, "ERESTARTSYS")]


def on_json(tap, tmp):
    report(tmp, STRACE, LYMER)
    log = Log(os.path.join(tmp, "s"))
    why = json_wrong(EVENTS, log)
    tap.ok(not why, "json: the same is the same", *why)
    for i, e in enumerate(EVENTS[:-1]):
        last = event(e["name"], lt.tid_of(e), lt.ret_of(e), 2, 1)
        for what, there in (("missing", []), ("tampered with", [dict(e, tamper=[{}])]), ("another call", [dict(e, name="bind")]),
                            ("twice", [e, last]), ("another result", [dict(e, data=event("", 0, 77, 0, 0)["data"])])):
            tap.ok(json_wrong(EVENTS[:i] + there + EVENTS[i + 1:], log), "seen: event %d %s" % (i + 1, what))
    tap.ok(json_wrong(EVENTS[:6] + EVENTS[7:6:-1] + EVENTS[8:] + [dict(EVENTS[6], seq="9")], log), "seen: a gap in seq")
    lost = {"name": "lost", "data": [{"name": "event", "str": "bind"}, {"name": "count", "u_int64": "1"}]}
    tap.ok(json_wrong(EVENTS + [lost], log), "seen: a loss")


def main():
    tap = lt.Tap()
    lines = LYMER.splitlines(True)
    with lt.TempDir() as tmp:
        def fails(name, lymer, strace=STRACE):
            r = report(tmp, strace, lymer)
            tap.ok(not r.good() and r.details(), "seen: " + name, r.figures())

        r = report(tmp, STRACE, LYMER)
        tap.ok(r.good() and r.lines == r.same == 8, "the same is the same", r.figures(), *r.details())
        for name, old, new in MUTATIONS:
            assert old in LYMER, old
            fails(name + " changed" * (name not in ("a loss", "garbage", "nothing written")), LYMER.replace(old, new, 1))
        for i, line in enumerate(lines[:-1], 1):
            fails("line %d missing" % i, "".join(lines[:i - 1] + lines[i:]))
            fails("line %d twice" % i, "".join(lines[:i] + lines[i - 1:]))
        fails("two calls of a thread swapped", "".join(lines[:1] + [lines[2], lines[1]] + lines[3:]))
        whole = "41    execve() = 0\n" + STRACE.replace("41    getsockname(3,  <unfinished ...>\n", "")
        for name, old, new in (("nothing", "", ""), ("a signal", "SIGCHLD}", "SIGCONT}"), ("an end", "+++ killed", "+++ exited"),
                               ("an unfinished call", "= ?", "= 0")):
            for path, t in (("s", whole), ("l", whole.replace(old, new, 1) if old else whole)):
                with open(os.path.join(tmp, path), "w") as f:
                    f.write(t)
            r = compare(os.path.join(tmp, "s"), os.path.join(tmp, "l"), whole=True)
            tap.ok((r.same == r.lines == 12) == (not old), "whole: %s changed" % name, r.figures(), *r.details())
        # One line in a hundred may differ, two may not; calls and results not even once.
        many = "".join("50    shutdown(%d, SHUT_WR) = 0\n" % n for n in range(200))
        tap.ok(report(tmp, many, many.replace("(7, SHUT_WR", "(7, SHUT_RD")).good(), "1 differing line of 200 passes")
        for n in "123":
            many = many.replace("(%s, SHUT_WR" % n, "(%s, SHUT_RD" % n)
        fails("3 differing lines of 200", many, many.replace("SHUT_RD", "SHUT_WR"))
        fails("one result of 200", many.replace("= 0", "= 1", 1), many)
        on_json(tap, tmp)
    tap.done()


main()
