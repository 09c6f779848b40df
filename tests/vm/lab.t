#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Lymer on many kernels: boots each under emulation, runs the tests there (see guest) and judges here what they left, with
the code of the tests that run on this machine. What is expected of each kernel is in kernels.py.

KERNELS="5.10 6.1" boots only these, TESTS="spec-udp race spec-tcp:tcp4*" runs only those; LYMER_VM_BUILD/ARCH is the build for each
architecture (make check-vm makes them); LYMER_KEEP=DIR keeps there what the guests left; LYMER_VM_GUESTS=1 runs one guest at a
time; LYMER_VM_SILENCE is how many seconds a guest may be silent; LYMER_VM_REPEAT=N has up to N tests of a kernel that fail repeated in a new
guest, which is said, for whom one run in twenty that fails by itself would stop."""
import bisect
import concurrent.futures
import fnmatch
import functools
import importlib.machinery
import importlib.util
import json
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]
import lab
import lymertest as lt
import results
from compare import Skips
from kernels import DRILLS, KERNELS, SKIPPING, TESTS, Absent, Lacks, Open

BUILD = os.environ.get("LYMER_VM_BUILD", os.path.join(lt.BUILD, "vm"))
SILENCE = int(os.environ.get("LYMER_VM_SILENCE", "300"))     # seconds; at least as long as anything in guest may take
AT_ONCE = int(os.environ.get("LYMER_VM_GUESTS", "2"))
REPEAT = int(os.environ.get("LYMER_VM_REPEAT", "0"))


def module(path):
    """A test of this machine, for its judgement."""
    loader = importlib.machinery.SourceFileLoader(re.sub(r"\W", "_", path), os.path.join(HERE, "..", path))
    m = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(m)
    return m


spec, race, flood, account, busy, many, user = map(module, (
    "spec/run.t", "race/race.t", "flood/flood.t", "account/account.t", "account/busy.t", "account/many.t",
    "user/run.t"))


class Points(lt.Tap):
    """Takes the place of TAP: keeps what is wrong instead of printing it."""

    def __init__(self):
        super().__init__()
        self.errors, self.notes = [], []

    def ok(self, good, name, *why):
        self.n += 1
        if not good:
            self.errors += [name] + [str(w) for w in why if str(w)]
        return good

    def note(self, text):
        self.notes.append(str(text))


class Later(Points):
    """Takes the place of TAP, too: keeps all, to be said later."""

    def __init__(self):
        super().__init__()
        self.said = []

    def ok(self, good, name, *why):
        self.said.append(("ok", good, name) + why)
        return super().ok(good, name, *why)

    def skip(self, name, why):
        self.said.append(("skip", name, why))

    def note(self, text):
        self.said.append(("note", text))

    def say(self, tap):
        for how, *what in self.said:
            getattr(tap, how)(*what)


def status_errors(d, fine=("0",)):
    s = lab.text(d, "status").strip()
    return [] if s in fine else ["exit status %s: %s" % (s or "unknown", lab.text(d, "stderr") or lab.text(d, "stdout"))]


def expects(text):
    return [json.loads(x[7:]) for x in text.splitlines() if x.startswith("EXPECT ")]


# Each takes a case's directory and returns (what is wrong, notes); None for what is wrong: the case does not work there.

def doctor(d):
    err = status_errors(d)
    here = {} if err else {h["hook"]: h["here"] for h in json.loads(lab.text(d, "stdout"))["hooks"]}
    missing = [h for h, is_ in here.items() if is_ == "missing"]
    if not err and here.get("tp_btf/sys_exit") != "yes":
        err.append("doctor does not say that it has tp_btf/sys_exit: %s" % here)
    return err, ["missing: " + " ".join(missing)] if missing else []


def hooks(d, lacks=()):
    """The matrix, and what of it is not as expected."""
    lines = lab.text(d, "stdout").splitlines()
    silent = {x.split()[0] for x in lines if x.split()[2:] != ["fires"]}
    err = ["%s: not as expected" % h for h in sorted(silent ^ set(lacks))]
    return status_errors(d) + err + ["no hook was tried"] * (not lines), lines


def home(d):
    """Where Lymer's own words are: with the case, or with the group that one Lymer has traced."""
    return os.path.normpath(os.path.join(d, "..", lab.text(d, "group").strip() or os.path.basename(d)))


@functools.lru_cache(None)
def shared_out(group):
    """What one Lymer said of several programs becomes a file of events of each: by the ids of its threads, which only grow, and of which the
    group's marks say from where on they are whose. (What is wrong with all together, what the kernel may have skipped.)"""
    wrong = status_errors(group)
    if wrong:
        return wrong, Skips()
    out, marks = os.path.dirname(os.path.dirname(group)), []
    for line in lab.text(group, "marks").splitlines():
        number, case = line.split()
        marks.append((int(number), case))
    marks.sort()
    first, whose = [m[0] for m in marks], {case: [] for _, case in marks}
    with open(os.path.join(group, "events"), "rb") as f:
        lines = f.readlines()
    events = lt.events_of(os.path.join(group, "events"))
    for line, e in zip(lines, events):
        owner = bisect.bisect_right(first, lt.tid_of(e)) if e["name"] != "lost" else 0
        if owner:
            whose[marks[owner - 1][1]].append(line)
        elif e["name"] != "lost":
            wrong.append("nobody's: %.300s" % line)
    for case, part in whose.items():
        with open(os.path.join(out, case, "events"), "wb") as f:
            f.writelines(part)
    lost = [json.dumps(e["data"]) for e in events if e["name"] == "lost" and lt.certain(e)]
    gaps, doubles = {c: g for c, g in lt.seq_gaps(events).items() if g}, lt.seq_doubles(events)
    return wrong + ["lost: " + x for x in lost] + \
        ["seq: missing %s (by cpu), doubled %d" % (gaps, doubles)] * bool(gaps or doubles), Skips(events)


def own_part(d):
    """A case that shares a Lymer with others gets its file of events: what is wrong with all, what may be missing."""
    return shared_out(home(d)) if home(d) != d else ([], None)


RECEIVES = ("recvfrom", "recvmsg", "recvmmsg", "socket_recv")


def belied(d, events):
    """Where doctor's word there on a field of a receive of UDP (K, U) is not the trace's."""
    told = lab.text(os.path.dirname(d), "told")
    if not told or not os.path.basename(os.path.dirname(d)).startswith("spec-udp"):
        return []
    rows = {e["name"]: [r for r in e["fields"] if r["of"] in (None, "UDP")] for e in json.loads(told)["events"] if e["name"] in RECEIVES}
    err, looked = [], 0
    for e in [e for e in events if e["name"] in RECEIVES]:
        for item in [i for i in e["data"] if "origin" in i]:
            field = re.sub(r"\[\d+\]", "[]", item["name"])
            said = [r["origin"] for r in rows[e["name"]] if r["name"] == field]
            looked += len(said)
            if said in (["K"], ["U"]) and item["origin"] != said[0]:
                err.append("doctor says of %s %s: %s, the trace %s" % (e["name"], field, said[0], item["origin"]))
    return err + ["nothing could be held against doctor's word"] * (not looked)


def one_spec(d, skipping):
    _, asked, _, _, snaplen = lab.text(d, "case").strip().split("|")
    lines = lab.text(d, "stdout").splitlines()
    skip = [x[5:] for x in lines if x.startswith("SKIP ")]
    if skip:
        return None, skip
    err, skips = own_part(d)
    err = err + status_errors(d, ("0", "77"))
    if err:
        return err, []
    shared = skips is not None
    events = lt.events_of(os.path.join(d, "events"))
    skips = (skips or Skips(events)) if skipping else Skips()
    before = len(skips.taken)
    err = spec.compare(lines, [e for e in events if not shared or e["name"] in asked.split(",")], asked, int(snaplen), not shared, skips)
    return err + belied(d, events), ["%s: skipped by the kernel, and counted: %s" % (os.path.basename(d), x) for x in skips.taken[before:]]


def one_race(d):
    words, facts = lab.text(d, "command").split("/lab/race/race ")[1].split(), expects(lab.text(d, "stdout"))
    skip = [x for x in lab.text(d, "stdout").splitlines() if x.startswith("SKIP")]
    if skip:
        return None, skip
    err = own_part(d)[0] + status_errors(d)
    if err or not facts:
        return err or ["the program said nothing"], []
    points, failure = Points(), []
    judge = race.judge_of("sure", os.path.join(d, "shared"), facts)
    race.drain(os.path.join(d, "events"), judge, failure)
    race.verdict(points, " ".join(words[:2]), judge, failure + race.account(judge, int(words[2])), "sure")
    return points.errors, points.notes


def one_flood(d, skipping):
    mode, text = os.path.basename(d), lab.text(d, "stdout")
    if text.startswith("SKIP"):
        return None, [text]
    err, skips = own_part(d)
    err = err + status_errors(d)
    if err:
        return err, []
    points, log = Points(), flood.Log(os.path.join(d, "log"))
    skips = skips if skipping else Skips()
    before = len(skips.taken)
    j, errors = flood.judge_run(mode, log, expects(text), lt.events_of(os.path.join(d, "events")), skips)
    flood.verdict(points, mode, j, log, errors)
    return points.errors, points.notes + ["%s: skipped by the kernel, and counted: %s" % (mode, x) for x in skips.taken[before:]]


def whole(d):
    """All that happened was traced; what is judged is the one program that made expectations."""
    lines, out = lab.text(d, "stdout").splitlines(), os.path.join(d, "events")
    tids = {str(e["tid"]) for e in expects("\n".join(lines))}
    every = [e for e in lt.events_of(out) if e["name"] != "lost"]
    mine = [e for e in every if str(lt.tid_of(e)) in tids]
    err = status_errors(d) + spec.compare(lines, mine, "recvfrom,recvmsg,recvmmsg,socket_recv", 60000, False)
    return err + ["the program expected nothing"] * (not tids), ["%d events, %d of the program" % (len(every), len(mine))]


def one_account(d):
    points = Points()
    err = status_errors(d)
    if not err:
        account.verdict(points, "4K ring", account.made_of(lab.text(d, "stdout")), lab.text(d, "stderr"),
                        lt.events_of(os.path.join(d, "events")), True)
    return err + points.errors, points.notes


def one_busy(d):
    points = Points()
    err = status_errors(d)
    if not err:
        busy.verdict(points, os.path.basename(d), lab.text(d, "stdout"), lt.events_of(os.path.join(d, "events")))
    return err + points.errors, points.notes


def one_many(d):
    points = Points()
    err = status_errors(d)
    if not err:
        many.verdict(points, "many", lab.text(d, "stdout"), lt.events_of(os.path.join(d, "events")))
    return err + points.errors, points.notes


def one_left(d):
    """A tracer was there, and nothing of it is."""
    before, during, after = ([int(n) for n in lab.text(d, f).split()] for f in ("before", "during", "after"))
    err = status_errors(d)
    if not before or len(before) != len(during) or during[0] < before[0] + 10 or during[1] + during[3] < before[1] + before[3] + 10:
        err.append("no tracer was there: %s, then %s; %s" % (before, during, lab.text(d, "stderr")))
    return err + ["programs, links, maps, kprobes, pinned: %s before, %s after" % (before, after)] * (after != before), []


def one_user(d):
    lines, events = lab.text(d, "stdout").splitlines(), lt.events_of(os.path.join(d, "events"))
    if os.path.basename(d) != "lookup":
        return status_errors(d) + [str(w) for w in user.compare(lines, events)], []
    told = [(user.text(e, "node"), lt.ret_of(e), user.found(e)[0][3]) for e in events]
    return status_errors(d) + ["%s, not one look-up" % told] * (told != [("127.0.0.9", 0, "127.0.0.9")]), []


JUDGES = {"fickle": lambda d: (status_errors(d), []), "left": one_left, "doctor": doctor, "hooks": hooks, "race": one_race, "flood": one_flood, "whole": whole, "account": one_account,
          "busy": one_busy, "many": one_many, "user": one_user}


def judge(guest, test, expected, skipping):
    """(what is wrong, {case: why} known to fail, how many cases, skipped ones, notes)"""
    err, known, notes, skipped = [], {}, [], 0
    cases = guest.cases(test)
    for name, d in cases:
        try:
            if isinstance(expected, Lacks):
                wrong, said = hooks(d, expected.hooks)
            else:
                one = JUDGES.get(test, one_spec)
                wrong, said = one(d, skipping) if one in (one_spec, one_flood) else one(d)
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, ZeroDivisionError) as e:
            wrong, said = ["cannot be judged: %s %s; %s" % (type(e).__name__, e, lab.text(d, "stderr"))], []
        if wrong is None:
            skipped += 1
            notes += ["%s skipped: %s" % (name, s) for s in said]
            continue
        notes += said
        open_ = isinstance(expected, Open) and any(fnmatch.fnmatch(name, p) for p in expected.cases)
        if open_ and not wrong:
            notes.append("%s is said to be open (%s) but passes: take it out of kernels.py" % (name, expected.why))
        elif open_:
            known[name] = expected.why
        elif wrong:
            err += ["%s: %s" % (name, w[:1000]) for w in wrong[:6]] + ["  it was: " + lab.text(home(d), "command").split("\n")[0][:600]]
    return err + ["no case ran"] * (not cases), known, len(cases), skipped, notes


def fields_of(guest):
    """What doctor says of recvfrom's fields; None: it says nothing."""
    try:
        told = json.loads(lab.text(guest.path, "doctor", "doctor", "stdout"))
        return next(e["fields"] for e in told["events"] if e["name"] == "recvfrom")
    except (ValueError, KeyError, StopIteration):
        return None


def judged(tap, name, guest, test, expected):
    """One test of one guest: what is kept of it."""
    title, part = "%s %s" % (name, test), test.split(":")[0]
    if isinstance(expected, Absent):
        tap.skip(title, expected.why)
        return {"ok": True, "how": "not run", "seconds": 0}
    if not guest.ran(part):
        tap.ok(False, title, "did not run to its end")
        return {"ok": False, "how": "", "seconds": 0}
    seconds = float(lab.text(guest.path, part, "uptime").split()[0])
    if test == "boot":
        tap.ok(not guest.died, "%s (%s)" % (title, lab.text(guest.path, test, "stdout").replace("\n", ", ").strip(", ")))
        return {"ok": not guest.died, "how": "1", "seconds": seconds}
    err, known, n, skipped, notes = judge(guest, part, expected, fnmatch.fnmatch(part, SKIPPING.get(name, "")))
    how = ", %d skipped" % skipped if skipped else ""
    how += ", %d known to fail" % len(known) if known else ""
    tap.ok(not err, "%s: %d cases%s" % (title, n, how), *err[:40])
    for x in notes + ["%s known to fail: %s" % k for k in known.items()]:
        tap.note("%s: %s" % (title, x))
    how = str(n - len(known) - skipped)
    how += ", %d open" % len(known) if known else ""
    return {"ok": not err, "how": how + (", %d skipped" % skipped if skipped else ""), "seconds": seconds}


def once_more(tap, first, name, test, again):
    """A test that has failed, alone in a new guest: if it passes there, that is what counts; what it was at first is said."""
    second = Later()
    try:
        guest, _ = again(test)
        r = judged(second, name, guest, test, KERNELS[name][2].get(test.split(":")[0]))
    except lab.NotServed as e:
        r = {"ok": False}
        second.errors.append(str(e))
    (second if r["ok"] else first).say(tap)
    tap.note("%s %s %s:" % (name, test, "FAILED AT FIRST, and passed when it was repeated" if r["ok"] else "failed when it was repeated, too"))
    tap.note("\n".join((first if r["ok"] else second).errors))
    return {**r, "how": r["how"] + ", repeated"} if r["ok"] else None


def report(tap, name, version, guest, tests, expected, again):
    begun, kept, left = 0, {}, 0 if guest.died else REPEAT
    for test in tests:
        later = Later()
        r = judged(later, name, guest, test, expected.get(test.split(":")[0]))
        begun, r["seconds"] = max(begun, r["seconds"]), max(0, r["seconds"] - begun)
        if r["ok"] or not left:
            later.say(tap)
        else:
            left -= 1
            r.update(once_more(tap, later, name, test, again) or {}, seconds=r["seconds"])
        if ":" not in test:
            kept[test] = r
    if guest.died:
        tap.note("%s: %s; the end of its console:" % (name, guest.died))
        tap.note("\n".join(guest.console[-100:]))
    tap.note("%s: %.0f s" % (name, guest.seconds))
    if not set(tests) & set(DRILLS):
        results.save(name, version, guest.seconds, {t: r for t, r in kept.items() if t in TESTS}, fields_of(guest))


def boot(name, tests, tmp, place=None):
    """The guest, what it was; or an exception."""
    series, arch, expected = KERNELS[name]
    image, version = lab.kernel(arch, series)
    path = os.path.join(tmp, place or name)
    os.makedirs(path)
    tests = [t for t in tests if not isinstance(expected.get(t.split(":")[0]), Absent)]
    return lab.Guest(arch, image, os.path.join(BUILD, arch, "lab.cpio"), tests, path, SILENCE), version


def main():
    """Without a choice all of it, and the page is written."""
    chosen = os.environ.get("KERNELS", "").split(), os.environ.get("TESTS", "").split()
    names, tests = chosen[0] or list(KERNELS), chosen[1] or TESTS
    tap, booted, begun = lt.Tap(), 0, time.monotonic()
    unknown = [n for n in names if n not in KERNELS] + [t for t in tests if t.split(":")[0] not in TESTS + DRILLS]
    if unknown:
        print("Bail out! no such kernel or test: %s; there are %s; %s" % (" ".join(unknown), " ".join(KERNELS), " ".join(TESTS)))
        sys.exit(1)
    with lt.TempDir() as tmp, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        tmp = os.environ.get("LYMER_KEEP") or tmp
        for name, guest in [(n, pool.submit(boot, n, tests, tmp)) for n in names]:
            try:
                guest, version = guest.result()
            except lab.NotServed as e:
                tap.skip(name, e)
                continue
            booted += 1
            tap.note("%s is %s" % (name, version))
            report(tap, name, version, guest, tests, KERNELS[name][2], lambda test: pool.submit(
                boot, name, ["boot", test], tmp, "%s.%s" % (name, test.replace("*", ""))).result())
    title = "%d of %d kernels, %.0f s in all" % (booted, len(names), time.monotonic() - begun)
    if booted:
        tap.ok(True, title)
    else:
        tap.skip(title, "NOT ONE KERNEL COULD BE HAD, NOTHING WAS TESTED")
    tap.note("\n".join(results.tests_table({k: r for k, r in results.load().items() if k in names})) if booted else "")
    if not any(chosen):
        results.page()
    tap.done()


if __name__ == "__main__":
    main()
