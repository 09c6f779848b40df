# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Hold a tracer's events against the EXPECT lines of a spec program: every one, in the order of its thread, no more."""
import calendar
import json
import re
import time

from lymertest import bytes_of, certain, item, number, pid_of, ret_of, seq_doubles, seq_gaps, tid_of

FAMILY = {1: "AF_UNIX", 2: "AF_INET", 10: "AF_INET6", 16: "AF_NETLINK", 17: "AF_PACKET", 40: "AF_VSOCK"}
TYPE = {1: "SOCK_STREAM", 2: "SOCK_DGRAM", 3: "SOCK_RAW", 5: "SOCK_SEQPACKET"}
CLOCK_SLACK = 2000000   # ns between the clocks of the program and of the tracer


def stamp(text):
    """RFC 3339 as ns since 1970."""
    m = re.fullmatch(r"(\d+-\d+-\d+T\d+:\d+:\d+)\.(\d{9})Z", text)
    return calendar.timegm(time.strptime(m[1], "%Y-%m-%dT%H:%M:%S")) * 10**9 + int(m[2])


def no_address(a):
    """None, or AF_UNIX without a name."""
    return a is None or (a.get("sa_family") == "AF_UNIX" and not a.get("sun_path"))


def same_address(want, have):
    if no_address(want) or no_address(have):
        return no_address(want) and no_address(have)
    if "hex" in want:   # an unknown family: its number and its bytes
        f = int.from_bytes(bytes.fromhex(want["hex"][:4]), "little")
        return have.get("sa_family") == "AF_%d" % f and have.get("sa_data") == want["hex"][4:]
    return all(str(have.get(k)) == str(v) for k, v in want.items())


def endpoints(a):
    """The ways in which a socket's address may be written."""
    if no_address(a):
        return [None, ""]
    f = a["sa_family"]
    if f == "AF_INET":
        return ["%s:%d" % (a["sin_addr"], a["sin_port"])]
    if f == "AF_INET6":
        scope = "%%%d" % a["sin6_scopeid"] if a["sin6_scopeid"] else ""
        return ["[%s%s]:%d" % (a["sin6_addr"], scope, a["sin6_port"])]
    if f == "AF_UNIX":
        return [a["sun_path"]]
    if f == "AF_NETLINK":   # one that is not connected has a peer of number 0, as getpeername says
        return ["netlink:%d" % a["nl_pid"]] + [None] * (not a["nl_pid"])
    return [None]


def plain(name):
    """A socket's name without the quotes and escapes that a terminal needs."""
    if not name or not ("\\" in name or '"' in name):
        return name
    if name.endswith('"') and '"' in name[:-1]:
        name = name[:-1].replace('"', "", 1)
    known = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
    return re.sub(r"\\(x([0-9a-f]{2})|.)", lambda m: chr(int(m[2], 16)) if m[2] else known.get(m[1], m[1]), name)


def socket_errors(want, have):
    if have is None:
        return ["no socket is given, it was %s" % want]
    err = []
    for key, table in (("family", FAMILY), ("type", TYPE), ("protocol", None), ("cookie", None), ("inode", None)):
        w = want[key]
        ok = [str(w)] + ([table[w]] if table and w in table else [])
        if key == "protocol":
            ok += {0: ["", "None"], 1: ["IPPROTO_ICMP"], 6: ["IPPROTO_TCP"], 17: ["IPPROTO_UDP"]}.get(w, [])
            if want["family"] == 16:
                ok += {0: ["NETLINK_ROUTE"], 2: ["NETLINK_USERSOCK"]}.get(w, [])
        if str(have.get(key)) not in ok:
            err.append("socket.%s is %r, not %s" % (key, have.get(key), " or ".join(ok)))
    for key in ("local", "remote"):
        if key not in want:
            continue
        ok = endpoints(want[key])
        nothing = {None, "", "0.0.0.0:0", "[::]:0"} if no_address(want[key]) else set()
        if plain(have.get(key)) not in ok and have.get(key) not in nothing:
            err.append("socket.%s is %r, not %s" % (key, have.get(key), ok))
    return err


def bytes_errors(name, want, have, snaplen):
    truth, full = bytes.fromhex(want["hex"]), want["full"]
    due = truth[:snaplen]
    got = bytes_of(have)
    if have is None:
        return ["no %s" % name]
    err = []
    if "prefix" in want and have.get("truncated") and int(have["size"]) == full and got and due.startswith(got):
        return []   # cut, but it says so
    if (got or b"") != due:
        at = next((i for i, (a, b) in enumerate(zip(due, got or b"")) if a != b), min(len(due), len(got or b"")))
        err.append("%s: %d bytes that differ from the %d due at %d: %s… instead of %s…" % (
            name, len(got or b""), len(due), at, (got or b"")[at:at + 16].hex(), due[at:at + 16].hex()))
    cut = full > len(due)
    if bool(have.get("truncated")) != cut:
        err.append("%s: truncated is %r with %d of %d bytes" % (name, have.get("truncated"), len(due), full))
    if cut and str(have.get("size")) != str(full):
        err.append("%s: size is %r, the full length %d" % (name, have.get("size"), full))
    if due and want["origin"] != "*" and have.get("origin") != want["origin"]:
        err.append("%s: origin %r, not %s%s" % (name, have.get("origin"), want["origin"],
                                                ", ambiguous" if have.get("ambiguous") else ""))
    return err


CMSG = {(1, 1): ("SOL_SOCKET", "SCM_RIGHTS"), (0, 8): ("SOL_IP", "IP_PKTINFO"), (0, 2): ("SOL_IP", "IP_TTL"),
        (0, 11): ("SOL_IP", "IP_RECVERR"), (41, 25): ("SOL_IPV6", "IPV6_RECVERR"), (17, 104): ("SOL_UDP", "UDP_GRO")}


def cmsgs(have):
    """Pairs (level, type) of a decoded msg.control."""
    return [(c["level"].replace("IPPROTO_", "SOL_"), c["type"]) for c in have["control"]]


def arg_errors(name, want, have, snaplen):
    if "hex" in want and "full" in want:
        return bytes_errors(name, want, have, snaplen)
    if "nobytes" in want:
        return ["%s shows %r where nothing was delivered" % (name, bytes_of(have))] if bytes_of(have) else []
    if "addr" in want:
        a = have.get("sockaddr") if have else None
        if not same_address(want["addr"], a):
            return ["%s is %s, not %s" % (name, a, want["addr"])]
        if not no_address(want["addr"]) and want["origin"] != "*" and have.get("origin") != want["origin"]:
            return ["%s: origin %r, not %s" % (name, have.get("origin"), want["origin"])]
        return []
    if "maybe_addr" in want:
        a = have.get("sockaddr") if have else None
        return [] if a is None or same_address(want["maybe_addr"], a) else \
            ["%s is %s, not %s" % (name, a, want["maybe_addr"])]
    if "addr_any" in want:
        a = have.get("sockaddr") if have else None
        return [] if any(same_address(w, a) for w in want["addr_any"]) else \
            ["%s is %s, none of %s" % (name, a, want["addr_any"])]
    if "any" in want:
        return []
    if have is None:
        return ["no %s, due %s" % (name, want)]
    if "str" in want:
        return [] if have.get("str") == want["str"] else ["%s is %r, not %s" % (name, have.get("str"), want["str"])]
    if "fds" in want:
        return [] if have.get("text") == "[%d, %d]" % tuple(want["fds"]) else \
            ["%s reads %r, not %s" % (name, have.get("text"), want["fds"])]
    if "cmsg" in want:
        got = cmsgs(have)
        due = [CMSG[tuple(w)] for w in want["cmsg"]]
        return [] if due == got else ["%s holds %s, not %s" % (name, got, due)]
    err = []
    if "int" in want and number(have) != want["int"]:
        err.append("%s is %r, not %d" % (name, number(have), want["int"]))
    if "text" in want:
        w, h = set(want["text"].split("|")), set(str(have.get("text", "")).split("|"))
        if w != h and not (h and h < w and want["text"] == "IPPROTO_TCP|SOL_TCP"):
            err.append("%s reads %r, not %s" % (name, have.get("text"), want["text"]))
    if "hex" in want and (bytes_of(have) or b"").hex() != want["hex"]:
        err.append("%s holds %r, not %s" % (name, bytes_of(have), want["hex"]))
    if "value" in want and not re.search(r"\b%d\b" % want["value"], str(have.get("text", have.get("int32", "")))):
        err.append("%s reads %r, not %d" % (name, have.get("text"), want["value"]))
    return err


def event_errors(want, have, snaplen):
    err = []
    for name, w in want["args"].items():
        err += arg_errors(name, w, item(have, name), snaplen)
    if "socket" in want:
        err += socket_errors(want["socket"], have.get("socket"))
    if "errno" in want and ret_of(have) == want["ret"] and item(have, "returnValue").get("text") != want["errno"]:
        err.append("the errno reads %r, not %s" % (item(have, "returnValue").get("text"), want["errno"]))
    if have.get("tamper"):
        err.append("tamper in a clean run: %.300s" % json.dumps(have["tamper"]))
    if "min_ns" in want:
        # a kernel whose clock is behind, because its machine was stopped for a while, sleeps shorter: the program has looked, too
        took = want["to"] - want["from"]
        if not min(want["min_ns"], took // 2) <= int(have.get("duration_ns", 0)) <= took + CLOCK_SLACK:
            err.append("duration_ns %r, it took %d at most, and %d was due" % (have.get("duration_ns"), took, want["min_ns"]))
    if "pid" in want and pid_of(have) != want["pid"]:
        err.append("pid %d, not %d" % (pid_of(have), want["pid"]))
    if not within(want, have):
        err.append("time stamp outside the call: %d not in %d..%d" % (stamp(have["timestamp"]), want["from"], want["to"]))
    return err


def fits(want, have):
    return have["name"] == want["name"] and ret_of(have) in (want["ret"], want.get("or_ret", want["ret"]))


def show(w):
    return "%s = %s" % (w["name"], w["ret"] if "ret" in w else ret_of(w))


def within(want, have):
    """Was that event in the time of that call?"""
    t = stamp(have["timestamp"])
    return want["from"] - CLOCK_SLACK <= t and ("late" in want or t <= want["to"] + CLOCK_SLACK)


def bereft(want, have):
    """What is still due of an event if the kernel has skipped the program that brings payload, address and socket from its memory."""
    args = {k: {**w, "origin": "*"} if "origin" in w else w for k, w in want["args"].items()}
    for k, w in want["args"].items():
        if "addr" in w and not (item(have, k) or {}).get("sockaddr"):
            args[k] = {"any": True}
    return {**{k: v for k, v in want.items() if k != "socket" or have.get("socket")}, "args": args}


def thread_errors(tid, wants, haves, snaplen, skips):
    err, i = [], 0
    for w in wants:
        if skips.left and not (i < len(haves) and fits(w, haves[i]) and within(w, haves[i])):
            skips.take("tid %d: no event of %s" % (tid, show(w)))
        elif i < len(haves) and fits(w, haves[i]):
            wrong = event_errors(w, haves[i], snaplen)
            if wrong and skips.left and not event_errors(bereft(w, haves[i]), haves[i], snaplen):
                skips.take("tid %d: %s: %s" % (tid, show(w), "; ".join(wrong)))
                wrong = []
            err += ["%s (tid %d, event %d): %s" % (show(w), tid, i + 1, e) for e in wrong]
            i += 1
        elif "optional" not in w:
            got = show(haves[i]) if i < len(haves) else "nothing"
            return err + ["tid %d, event %d: due %s, reported %s" % (tid, i + 1, show(w), got)]
    return err + ["tid %d: unexpected %s" % (tid, show(h)) for h in haves[i:]]


class Skips:
    """How many events the kernel may have skipped, by its own count, and which of them were missed."""

    def __init__(self, events=()):
        self.left = sum(number(item(e, "count")) for e in events if e["name"] == "lost" and not certain(e))
        self.taken = []

    def take(self, what):
        self.left -= 1
        self.taken.append(what)


def compare(lines, events, names, snaplen, gapless=True, skips=None):
    """Everything that is wrong, as text; lines are what the program printed, names the events that were asked for. skips: so many may be missing."""
    wants = [json.loads(x[7:]) for x in lines if x.startswith("EXPECT ")]
    announced = [w for w in wants if "or_lost" in w]
    wants = [w for w in wants if w["name"] in names.split(",")]
    start = max([int(x.split()[1]) for x in lines if x.startswith("START ")] + [0])
    err = []
    if not wants and not [e for e in events if stamp(e["timestamp"]) >= start]:
        return []
    lost = [e for e in events if e["name"] == "lost"]
    for e in lost:      # a loss that the program has announced stands for the event
        if not certain(e):
            continue
        cause = item(e, "cause")["str"]
        due = [w for w in announced if w["or_lost"] == cause]
        if not due or number(item(e, "count")) != len(due):
            err.append("lost: %s" % json.dumps(e["data"]))
        wants = [w for w in wants if w not in due]
    gaps = {c: g for c, g in seq_gaps(events).items() if g}
    if (gapless and gaps) or seq_doubles(events):
        err.append("seq: missing %s (by cpu), doubled %d" % (gaps, seq_doubles(events)))
    events = [e for e in events if e["name"] != "lost" and stamp(e["timestamp"]) >= start]
    free = [w for w in wants if "any_tid" in w]
    by_tid, want_by_tid = {}, {}
    for w in wants:
        if "any_tid" not in w:
            want_by_tid.setdefault(w["tid"], []).append(w)
    for e in events:
        if free and fits(free[0], e) and (item(e, "via") or {}).get("str") == "io_uring":
            w = free.pop(0)
            err += ["%s: %s" % (show(w), x) for x in event_errors(w, e, snaplen)]
        else:
            by_tid.setdefault(tid_of(e), []).append(e)
    err += ["never reported: %s" % show(w) for w in free]
    for tid in want_by_tid.keys() | by_tid.keys():
        err += thread_errors(tid, want_by_tid.get(tid, []), by_tid.get(tid, []), snaplen, skips or Skips())
    return err
