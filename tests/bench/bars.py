# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The bars that Lymer wants to pass, and what a run says of each: text, and met, not met or not known."""
from collections import namedtuple

# judge(run, summary) gives (what was measured, True | False | None).
Bar = namedtuple("Bar", "measure bar judge")
RECEIVES = ["peek", "unix-64", "unix-4096", "udp-64", "udp-4096", "tcp-64", "tcp-4096", "nginx", "redis"]
PLAIN, TRUTHFUL = "lymer/plain/null/one", "lymer/truthful/null/one"
EXIT_ONLY = "lymer/plain-user/null/one"
FILE, USER = "lymer/truthful/file/one", "lymer/user/null/one"


def each(parts):
    """Several measures under one bar: met if all are."""
    parts = [p for p in parts if p]
    if not parts:
        return "", None
    return ", ".join(text for text, _ in parts), all(ok for _, ok in parts)


def floors(s, variant, limit):
    def part(w):
        if (w, variant) not in s or (w, "floor/submit") not in s:
            return None
        floor = s[w, "floor/submit"]["added"]
        x = s[w, variant]["added"] / floor if floor > 0 else float("inf")
        return "%s %.1f×" % (w, x), x <= limit
    return each(map(part, ["peek", "unix-64", "udp-64"]))


def against_floor(limit):
    """Of the event whose address is the caller's memory, as the bar's own prototypes read it; what truth makes of it is told too."""
    def judge(run, s):
        text, ok = floors(s, EXIT_ONLY, limit)
        truth, _ = floors(s, PLAIN, limit)
        return "address as user memory has it: %s; the kernel's: %s" % (text, truth or "?") if text else "", ok
    return judge


def ratios(variant, limits):
    def judge(run, s):
        return each(("%s %.2f" % (w, s[w, variant]["ratio"]), s[w, variant]["ratio"] <= limit)
                    for w, limit in limits.items() if (w, variant) in s)
    return judge


def bystander(run, s):
    limits = {"exit": 25, "enter+exit": 45}
    parts = [(v, x) for (w, v), x in s.items() if w == "bystander-getppid" and v.startswith("lymer") and x["hooks"] in limits]
    text, ok = each(("%s (%s) %+.0f ns" % (v, x["hooks"], x["added"]), x["added"] <= limits[x["hooks"]]) for v, x in parts)
    for v, what in ("floor/hook", "sys_exit enabled without any program"), ("floor/empty", "an empty program there"):
        x = s.get(("bystander-getppid", v))
        text += "; %s %+.0f" % (what, x["added"]) if text and x else ""
    return text, ok


def noise_of(s, w, x):
    """By how much the quickest rounds differ, untraced or traced."""
    return max(s[w, "untraced"]["noise"], x["noise"])


def packets(run, s):
    def part(v):
        call, packet = s.get(("bystander-getppid", v)), s.get(("bystander-udp", v))
        if not call or not packet or not v.startswith("lymer"):
            return None
        noise = noise_of(s, "bystander-udp", packet)
        x = packet["added"] - 2 * call["added"]
        return "%s %+.0f ns (noise %.0f)" % (v, x, noise), x <= noise
    return each(map(part, dict.fromkeys(v for w, v in s if w == "bystander-udp")))


def no_hook(run, s):
    x = s.get(("bystander-getppid", "lymer/sockets"))
    if not x:
        return "", None
    noise = noise_of(s, "bystander-getppid", x)
    text = "hooks: %s, %+.0f ns (noise %.0f)" % (x["hooks"], x["added"], noise)
    return text, x["hooks"] == "none" and x["added"] <= noise


def lossless(variant, limit):
    def judge(run, s):
        rates = [r for r in run.get("storms", ()) if r["variant"] == variant and r["workload"] == "peek"]
        clean = [r["rate"] for r in rates if not r["lost"] and not r["notes"]]
        if not rates:
            return "", None
        if not clean:
            return "never lossless down to %.2f M/s" % (rates[-1]["rate"] / 1e6), False
        text = "%.2f M/s" % (max(clean) / 1e6)
        if ("peek", "floor/submit") in s:
            text += "; untraced the program makes %.2f, under the bare floor %.2f" % tuple(s["peek", v]["rate"] / 1e6 for v in ("untraced", "floor/submit"))
        return text, max(clean) >= limit
    return judge


def nginx(run, s):
    text, ok = ratios(FILE, {"nginx": 1.07})(run, s)
    empty = s.get(("nginx", "floor/empty"))
    if text and empty:
        text += "; an empty program on sys_exit alone %.2f" % empty["ratio"]
        if empty["ratio"] > s["nginx", FILE]["ratio"]:      # which is a part of it
            return text + ": the run does not tell", None
    return text, ok


def json_cost(run, s):
    return each(("%s %.0f ns" % (w, x), x <= 200) for w in dict.fromkeys(r["workload"] for r in run.get("json", ()))
                for x in [min(r["ns"] for r in run["json"] if r["workload"] == w)])


def start(run, s):
    from report import median
    one, rs = ([r for r in run.get("starts", ()) if r["variant"] == FILE and (r.get("cpus") == 1) == alone] for alone in (True, False))
    rss = max([x["rss"] for (_, v), x in s.items() if v.startswith("lymer")], default=0) / 1024
    if not rs:
        return "", None
    if any(r["told"] is None for r in rs + one):
        return "never told", False
    told = min(r["told"] for r in rs)
    text = "first call after %.0f ms, written after %.0f (median %.0f); %.1f MB" % (
        min(r["called"] for r in rs), told, median([r["told"] for r in rs]), rss)
    if one:
        text += "; on a CPU alone %.0f ms (median %.0f)" % (min(r["told"] for r in one), median([r["told"] for r in one]))
    return text, told <= 50 and rss <= 10


def ours(s, w):
    return s.get((w, FILE)) or s.get((w, TRUTHFUL))


def less_than(peer, factor):
    def judge(run, s):
        def part(w):
            if not ours(s, w) or (w, peer) not in s:
                return None
            x = s[w, peer]["added"] / max(ours(s, w)["added"], 1)
            return "%s %.1f×" % (w, x), x >= factor
        return each(map(part, RECEIVES + ["git-status", "fork-exec"]))
    return judge


def bpftrace(run, s):
    def theirs(w):
        return s.get((w, "bpftrace")) or s.get((w, "bpftrace-tree"))
    both = [w for w in RECEIVES if ours(s, w) and theirs(w)]
    if not both:
        return "", None
    share = {w: theirs(w)["lost"] / max(1, theirs(w)["made"]) for w in both}
    worst = max(both, key=share.get)
    dearer = [w for w in both if ours(s, w)["added"] >= theirs(w)["added"]]
    return "added %s; at %s it lost %.0f %%, Lymer %d" % (
        ", ".join("%s %+.0f to %+.0f" % (w, ours(s, w)["added"], theirs(w)["added"]) for w in both), worst, 100 * share[worst],
        ours(s, worst)["lost"]), not dearer and not ours(s, worst)["lost"]


def best_peer(run, s):
    from report import stormed
    return each(("%s %d of %d lost, %.2f µs an event" % (r["workload"], r["lost"], r["made"], r["cost"] / 1e3),
                 not r["lost"] and r["cost"] <= 500) for r in stormed(run) if r["variant"] == FILE and not r["paced"])


def every_call(run, s):
    def part(w, v):
        x, mine = s.get((w, v)), s.get((w, "lymer/all"))
        if not x or not mine:
            return None
        k = x["added"] / max(mine["added"], 1)
        return "%s %s %.1f×" % (w.split(",")[0], v.split("/")[0], k), k > 1 and not mine["lost"]
    return each(part(w, v) for w in dict.fromkeys(w for w, _ in s if "every call" in w)
                for v in ("strace/all", "perf-trace/all", "bpftrace/all"))


BARS = [
    Bar("plain recvfrom event, time added, as a multiple of what the bare floor adds", "≤ 2.0×", against_floor(2.0)),
    Bar("recvfrom with payload as user memory has it, × untraced", "unix ≤ 1.50, UDP ≤ 1.30",
        ratios(USER, {"unix-64": 1.50, "udp-64": 1.30})),
    Bar("truthful recvfrom with payload, × untraced", "unix ≤ 1.60, UDP ≤ 1.50, TCP ≤ 1.30",
        ratios(TRUTHFUL, {"unix-64": 1.60, "udp-64": 1.50, "tcp-64": 1.30})),
    Bar("untraced bystander, per system call", "≤ +25 ns (exit hooked), ≤ +45 (enter and exit)", bystander),
    Bar("untraced bystander, per UDP packet, beyond its two calls", "≤ noise", packets),
    Bar("bystander while only socket_recv, socket_send are asked for, without payload",
        "no system call hook, ≤ noise", no_hook),
    Bar("nginx worker, CPU per request, JSON to a file", "≤ 1.07×", nginx),
    Bar("lossless rate, truthful JSON to /dev/null, recvfrom while made", "≥ 1.5 M/s", lossless(TRUTHFUL, 1.5e6)),
    Bar("the same, plain", "≥ 2 M/s", lossless(PLAIN, 2e6)),
    Bar("JSON", "≤ 200 ns an event", json_cost),
    Bar("start to first event; resident memory but for rings", "≤ 50 ms; ≤ 10 MB", start),
    Bar("time added by strace --seccomp-bpf, as a multiple of Lymer's", "≥ 10×", less_than("strace", 10)),
    Bar("time added by perf trace, as a multiple of Lymer's", "≥ 10×", less_than("perf-trace", 10)),
    Bar("every call as JSON: time added by others, as a multiple of Lymer's, who loses nothing", "> 1×", every_call),
    Bar("bpftrace: Lymer is cheaper, and loses nothing where bpftrace loses most", "cheaper; 0", bpftrace),
    Bar("JSON to a file under storm, default buffer (best peer known: 11–68 % lost, 1.4–6.8 µs)",
        "0 lost; ≤ 0.5 µs an event", best_peer),
]


def judge(run, s):
    for b in BARS:
        yield b, b.judge(run, s)
