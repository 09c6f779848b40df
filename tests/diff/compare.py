#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Hold strace's log against Lymer's `--output strace` of the same run: per thread, in order, the same calls, arguments, results.

  compare.py STRACE.LOG LYMER.LOG      prints figures and differences; exit status 1 if they differ too much

Both watched the same processes at the same time, so that pids, pointers, ports and times are compared as they are.
What is not comparable, and all that is not compared:
- strace's own calls, which Lymer sees too;
- spaces before the = of the result;
and where not all lines are asked for (compare(whole=True)), or Lymer's come out of a raw file:
- strace's lines about signals and exits;
- a call from which the thread never returned, because it was killed;
- what follows the header of a netlink message, beyond its family: strace decodes more of it;
- bytes that only strace shows, of a message in several buffers or behind a netlink header: -s is for a message in Lymer, for
  each string in strace."""
import collections
import re
import sys

BAR = 0.99      # share of lines that must be identical; threads, calls and results must be so without exception

LINE = re.compile(r"(\d+) +(.*)", re.S)
RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)", re.S)
CALL = re.compile(r"(\w+)\((.*)\)\s+= (.*)", re.S)      # greedy: a payload may hold ") = " too
STRING = r'"(?:[^"\\]|\\.)*"'
IOV = re.compile(r"\{iov_base=(%s)(\.*), iov_len=\d+\}" % STRING)
UNFINISHED = " <unfinished ...>"

Call = collections.namedtuple("Call", "name args result")


class Log:
    """What one tracer wrote; whole: also signals and ends, and calls that did not return, as calls without result."""

    def __init__(self, path, whole=False):
        self.whole = whole
        self.threads = {}       # tid: [Call]
        self.cut = {}           # tid: name of the call from which it did not return
        self.lost = []          # what the tracer says that it lost
        self.strange = []       # lines that are none of it
        begun = {}
        with open(path, encoding="latin1", newline="\n") as f:
            for line in f:
                self._line(line.rstrip("\n"), begun)
        for tid, text in begun.items():
            self.cut[tid] = text.split("(")[0]

    def _line(self, line, begun):
        if line.startswith("+++ lost"):
            self.lost.append(line)
            return
        m = LINE.match(line)
        if not m:
            self.strange.append(line)
            return
        tid, text = int(m[1]), m[2]
        m = re.match(r"(---|\+\+\+|\[) (\w+)(.*)", text)
        if m:
            if self.whole:
                self.threads.setdefault(tid, []).append(Call(m[1], m[3], m[2]))
            return
        m = RESUMED.match(text)
        if m:
            text = begun.pop(tid, m[1] + "(") + m[2]
        if text.endswith(UNFINISHED):
            begun[tid] = text[:-len(UNFINISHED)]
            return
        m = CALL.match(text)
        if not m:
            self.strange.append(line)
        elif m[3].strip() == "?" and not self.whole:
            self.cut[tid] = m[1]
        else:
            self.threads.setdefault(tid, []).append(Call(*m.groups()))


def key(call):
    """What must agree always: the call and its result, without what strace adds in brackets."""
    return call.name, re.sub(r" \(.*", "", call.result)


def text(call):
    return "%s(%s) = %s" % call


def octets(string):
    """The bytes of a C string literal."""
    return string[1:-1].encode("latin1").decode("unicode_escape").encode("latin1")


HEADER = re.compile(r"\{nlmsg_len=[^{}]*\}")
FAMILY = re.compile(r", \{\w*family=(\w+)")


def netlink(args):
    """The arguments without the first netlink payload, and what stands in it: the headers, and what follows each."""
    m = re.search(r"\[*\{nlmsg_len=", args)
    if not m:
        return args, [], []
    depth, end = 0, len(args)
    for t in re.compile(STRING + r"|[][{}]").finditer(args, m.start()):
        depth += (t[0] in "[{") - (t[0] in "]}")
        if not depth:
            end = t.end()
            break
    inside = args[m.start():end]
    return args[:m.start()] + args[end:], HEADER.findall(inside), HEADER.split(inside)[1:]


def same_but_netlink(s, l):
    """The same but for what follows the headers of netlink messages: there the family, or as many bytes as Lymer kept."""
    (s, s_heads, s_rest), (l, l_heads, l_rest) = netlink(s), netlink(l)
    if s != l or not l_heads or l_heads != s_heads[:len(l_heads)] or \
       (len(l_heads) < len(s_heads) and not l_rest[-1].endswith(", ...]")):
        return False
    for a, b in zip(s_rest, l_rest):
        family, string = FAMILY.match(a), re.match(", (%s)(\\.*)" % STRING, a)
        if family and FAMILY.match(b):
            good = family[1] == FAMILY.match(b)[1]
        elif string and re.match(', "', b):
            kept = re.match(", (%s)(\\.*)" % STRING, b)
            good = octets(string[1]).startswith(octets(kept[1])) and (kept[2] or string[1] == kept[1])
        else:
            good = a.rstrip("[], .") == b.rstrip("[], .")
        if not good:
            return False
    return True


def same_but_iov(s, l):
    """The same where the strings of a message's several buffers agree as far as Lymer kept the message."""
    a, b = IOV.findall(s), IOV.findall(l)
    if len(a) < 2 or len(a) != len(b) or IOV.sub("", s) != IOV.sub("", l):
        return False
    return all(x == y or (y[1] and octets(x[0]).startswith(octets(y[0]))) for x, y in zip(a, b))


def judge(s, l, rules):
    """'' if identical, else the name of the rule by which they are the same, or None."""
    if s == l:
        return ""
    if rules and s.name == l.name and s.result == l.result and re.match("send|recv", s.name):
        for rule, test in (("netlink", same_but_netlink), ("buffers", same_but_iov)):
            if test(s.args, l.args):
                return rule
    return None


class Report:
    def __init__(self):
        self.lines = self.same = 0
        self.names = collections.Counter()
        self.rules = collections.Counter()      # of the identical ones: those that are so by a rule
        self.wrong = []         # texts: what may not be at all
        self.missing = collections.Counter()
        self.extra = collections.Counter()
        self.differ = []        # (tid, number of the call in its thread, strace's, Lymer's)

    def good(self, bar=BAR):
        return not (self.wrong or self.missing or self.extra) and self.same >= bar * self.lines

    def figures(self):
        rules = "".join(", %d but for %s" % (n, rule) for rule, n in sorted(self.rules.items()))
        return "%d lines, %d identical (%.2f %%%s), %d missing, %d too many" % (
            self.lines, self.same, 100 * self.same / (self.lines or 1), rules, sum(self.missing.values()),
            sum(self.extra.values()))

    def details(self, limit=20):
        """Lines for the reader: first what is fatal, then differing lines, side by side."""
        out = list(self.wrong)
        for what, calls in (("Lymer has not", self.missing), ("only Lymer has", self.extra)):
            out += ["%s: %d times %s(...) = %s of thread %d" % (what, n, name, result, tid)
                    for (tid, name, result), n in calls.most_common(limit)]
        for tid, n, s, l in self.differ[:limit]:
            out += ["thread %d, call %d:" % (tid, n)] + beside(text(s), text(l))
        if len(self.differ) > limit:
            out.append("... and %d more lines that differ" % (len(self.differ) - limit))
        return out


def beside(s, l, width=400):
    """Both lines, and under them a mark where they part."""
    at = next((i for i, (a, b) in enumerate(zip(s, l)) if a != b), min(len(s), len(l)))
    skip = max(0, at - width // 2)
    return ["%s %s%s" % (who, "..." if skip else "", t[skip:skip + width]) for who, t in (("  strace", s), ("  lymer ", l))] + \
        [" " * (9 + 3 * bool(skip) + at - skip) + "^"]


def thread(report, tid, ss, ls, rules):
    sk, lk = [key(c) for c in ss], [key(c) for c in ls]
    report.lines += len(ss)
    report.names.update(c.name for c in ss)
    if sk == lk:
        for i, (s, l) in enumerate(zip(ss, ls), 1):
            rule = judge(s, l, rules)
            report.same += rule is not None
            if rule is None:
                report.differ.append((tid, i, s, l))
            elif rule:
                report.rules[rule] += 1
        return
    cs, cl = collections.Counter(sk), collections.Counter(lk)
    report.missing.update({(tid,) + k: n for k, n in (cs - cl).items()})
    report.extra.update({(tid,) + k: n for k, n in (cl - cs).items()})
    report.same += sum((collections.Counter(ss) & collections.Counter(ls)).values())
    at = next((i for i, (a, b) in enumerate(zip(sk, lk)) if a != b), min(len(sk), len(lk)))
    report.wrong += ["thread %d (%d calls by strace, %d by Lymer): other calls or another order from call %d on" % (
        tid, len(ss), len(ls), at + 1)]
    for who, calls in (("strace", ss), ("lymer ", ls)):
        report.wrong += ["  %s %s" % (who, text(c)[:200]) for c in calls[at:at + 3]] or ["  %s (nothing)" % who]


def compare(strace_path, lymer_path, strace_pid=None, whole=False):
    """whole: all lines; then Lymer has not seen the tracer, by its name, and of the start of the first program only the end."""
    s, l, report = Log(strace_path, whole), Log(lymer_path, whole), Report()
    if whole:
        first = next(iter(s.threads))
        for log in (s, l):
            log.threads[first] = log.threads.get(first, [])[1:]
    l.threads.pop(strace_pid, None)
    report.wrong += l.lost + ["no line of a call: %.200s" % x for x in s.strange + l.strange]
    for tid in sorted(s.threads.keys() | l.threads.keys() | s.cut.keys()):
        ss, ls = s.threads.get(tid, []), l.threads.get(tid, [])
        # Killed in a call, a thread may still pass the place where Lymer looks, on its way to its end.
        if tid in s.cut and len(ls) == len(ss) + 1 and ls[-1].name == s.cut[tid] and ls[-1].result.startswith("? ERESTART"):
            ls = ls[:-1]
        thread(report, tid, ss, ls, not whole)
    return report


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    report = compare(*sys.argv[1:])
    print(report.figures())
    print("\n".join(report.details()))
    sys.exit(not report.good())


if __name__ == "__main__":
    main()
