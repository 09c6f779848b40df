# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The kernels of the lab, and what is expected of Lymer on each: one table. A test without a word must pass."""

SPECS = "udp tcp unix other fd fault send via life attach".split()
TESTS = ["boot", "doctor", "hooks"] + ["spec-" + s for s in SPECS] + ["race", "flood", "whole", "account"]
LYMER = [t for t in TESTS if t not in ("boot", "hooks")]     # those in which Lymer runs


class Refused:
    """Lymer says in one line that it cannot work there, which this pattern finds, and traces nothing."""

    def __init__(self, says):
        self.says = says


class Open:
    """Known to fail: cases (patterns) of a test that need not pass yet, and why. The others must."""

    def __init__(self, why, *cases):
        self.why, self.cases = why, cases or ("*",)


def each(tests, expectation):
    return {t: expectation for t in tests}


# name: (series that Debian calls it by, Debian's architecture, {test: expectation})
KERNELS = {
    "5.10": ("5.10", "amd64", each(LYMER, Refused("."))),
    "6.1": ("6.1", "amd64", each(LYMER, Refused("."))),
    "6.12": ("6.12", "amd64", {}),
    "6.18": ("6.18", "amd64", {}),
    "7": ("7", "amd64", {}),
    "arm64-6.12": ("6.12", "arm64", {}),
}
