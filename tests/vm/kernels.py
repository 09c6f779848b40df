# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The kernels of the lab, and what is expected of Lymer on each: one table. A test without a word must pass."""

SPECS = "udp tcp unix other fd fault send via life attach".split()
TESTS = ["boot", "doctor", "hooks"] + ["spec-" + s for s in SPECS] + ["race", "flood", "whole", "account", "busy", "many", "left", "user"] + \
    ["spec-udp@kprobe", "spec-life@kprobe", "spec-send@kprobe", "spec-life@lsm", "spec-send@lsm", "spec-udp@tracepoint"]
DRILLS = ["panic", "hang", "fickle"]      # of the lab itself, see drill.t


class Open:
    """Known to fail: these cases (patterns) of a test need not pass yet, and why. The others must."""

    def __init__(self, why, cases):
        self.why, self.cases = why, cases.split()


class Absent:
    """Not run there: no case of it could pass, and why."""

    def __init__(self, why):
        self.why = why


class Lacks:
    """The hooks (of hooks.def) that do not fire there; all others must."""

    def __init__(self, *hooks):
        self.hooks = set(hooks)


NO_CGROUP = "no hooks of cgroups: this kernel keeps task storage from their programs"
UDP = "badsum churn connected control cork crowd errors fragments iovecs many-iovecs mmsg* noaddr peek* " \
      "shortbuf snaplen-* turns tx-stamp udp4 udp4-1400 udp4-5000 udp6 udp6-5000 zero"
WITHOUT_CGROUP = {test: Open(NO_CGROUP, cases) for test, cases in {
    "spec-udp@tracepoint": UDP,
    "spec-life@lsm": "accept accept-others names",
}.items()}

FORCED = "only the end of a function says there what a socket has received or sent, and another tier was forced"
NOT_SENT = "dup2-sendto many-iovecs mmsg netlink pages snaplen-* tcp* udp* unix-dgram"
OLD = {
    "spec-attach": Open("the end of a function that was called before it was hooked is not seen", "sleeping"),
    "busy": Open("a kernel before 6.2 that preempts itself: no hooks of functions", "full"),
    "left": Open("Lymer has fewer than ten programs there", "tracepoint-KILL"),
    "spec-udp@kprobe": Absent(FORCED),
    "spec-udp@tracepoint": Absent(FORCED),
    "spec-send@kprobe": Open(FORCED, NOT_SENT),
    "spec-send@lsm": Open(FORCED, NOT_SENT),
}

RINGS = "rings of 2 MB at most, which the emulated reader lets run over: what is lost is counted"
BARE = {
    "spec-udp": Open("the kernel joins no datagrams for UDP_GRO on the loopback, so the program gives up", "gro"),
    "spec-via": Open("a request's tracepoint does not tell the request, so the payload of what io_uring sends is not known", "uring uring-async uring-rw uring-sqpoll"),
    "many": Open("the pool grows more slowly than so many threads are made, for the kernel waits after each array: what is lost is counted", "threads"),
    "busy": Open(RINGS, "lazy full"),
    "left": None,       # all of it passes there
    "user": Absent("Lymer has no programs at functions of files there"),
}

# name: (what Debian's version begins with, Debian's architecture, {test: expectation})
KERNELS = {
    "5.10": ("5.10", "amd64", {**WITHOUT_CGROUP, **OLD, **BARE, "hooks": Lacks("kprobe_multi", "lsm_cgroup", "sock_recv_length",
                                                          "storage_64", "storage_2K", "storage_4K", "storage_12K")}),
    "6.1": ("6.1", "amd64", {**WITHOUT_CGROUP, **OLD, "hooks": Lacks("kprobe_multi", "sock_recv_length")}),
    "6.12": ("6.12", "amd64", WITHOUT_CGROUP),
    "6.18": ("6.18", "amd64", {}),
    "7": ("7", "amd64", {"hooks": Lacks("storage_12K"),
                         "spec-udp@tracepoint": Open("7 KiB of a datagram at most are kept with its socket: storage has 8 there", "fragments")}),
    "arm64-6.12": ("6.12", "arm64", {**WITHOUT_CGROUP, "hooks": Lacks("kprobe_multi")}),
}

# Where tracing programs are preempted, and the kernel so skips some, in which tests (a pattern): what is missing there must be counted, elsewhere
# nothing may be missing. Before 7 it is those at functions, and only flood's threads come to that.
SKIPPING = {"7": "*", "6.12": "flood", "6.18": "flood", "arm64-6.12": "flood"}
