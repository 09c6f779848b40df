# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What the runs say: the quickest rounds and how all of them spread, tables, BENCH.md. Makes no run."""
import json
import os
import statistics
import bars
from tracers import BUILD, TOP
from workloads import WORKLOADS

UNITS = {w.name: w.unit for w in WORKLOADS}
RESULTS = os.path.join(BUILD, "bench")
MARK = "<!-- Written by tests/bench; change that, then `make bench`. -->"


def quartiles(values):
    """Lower quartile, median, upper quartile, with interpolation."""
    values = sorted(values)

    def at(q):
        x = q * (len(values) - 1)
        low = int(x)
        high = min(low + 1, len(values) - 1)
        return values[low] + (values[high] - values[low]) * (x - low)
    return at(0.25), at(0.5), at(0.75)


def median(values):
    values = [v for v in values if v is not None]
    return statistics.median(values) if values else None


def summary(found):
    """{(workload, variant): what its rounds come to}: the quickest of each, and how the rounds spread, each against the untraced of the same
    round. Noise: by so much the quickest quarter of the rounds differ."""
    runs, bare = {}, {}
    for r in found["runs"]:
        runs.setdefault((r["workload"], r["variant"]), []).append(r)
        if r["variant"] == "untraced":
            bare[r["workload"], r["round"]] = r["ns"]
    out = {}
    for (w, v), rs in runs.items():
        with_bare = [r for r in rs if (w, r["round"]) in bare]
        if not with_bare:
            continue
        ns, quickest = [r["ns"] for r in rs], min(t for (name, _), t in bare.items() if name == w)
        s = {"ns": min(ns), "rounds": len(rs), "ratio": min(ns) / quickest, "added": min(ns) - quickest,
             "noise": quartiles(ns)[0] - min(ns)}
        s["low"], s["median"], s["high"] = quartiles([r["ns"] / bare[w, r["round"]] for r in with_bare])
        for k in "made", "written", "lost":
            s[k] = sum(r[k] for r in rs) if all(k in r for r in rs) else None
        s["tracer"] = median([r["tracer"] / r["written"] for r in rs if "tracer" in r and r.get("written")])
        s["json"] = median([r["bytes"] / r["written"] for r in rs if "bytes" in r and r.get("written")])
        s["rss"] = max((r.get("rss", 0) for r in rs), default=0)
        s["rate"] = max(r["calls"] / r["wall"] * 1e9 for r in rs)
        s["hooks"] = rs[0].get("hooks")
        s["notes"] = notes(rs)
        out[w, v] = s
    spread(out, bare)
    return out


def spread(out, bare):
    """How much the untraced itself varies."""
    for (w, v), s in out.items():
        if v == "untraced":
            low, mid, high = quartiles([ns for (name, _), ns in bare.items() if name == w])
            s["low"], s["median"], s["high"] = (x / s["ns"] for x in (low, mid, high))


def notes(runs):
    """Their remarks, the numbers added up."""
    total, made = {}, sum(r["made"] for r in runs)
    for r in runs:
        for note in r["notes"]:
            count, word = sorted(note.split(" ", 1), key=lambda x: not x.isdigit())
            n, rounds = total.get(word, (0, 0))
            total[word] = n + int(count), rounds + 1
    return ", ".join("**%s %d** (%.1f %%) in %d of %d rounds" % (word, n, 100 * n / made if made else 100, k, len(runs))
                     for word, (n, k) in total.items())


def span(ns):
    """A time that can be read."""
    if ns is None:
        return ""
    for unit, size in ("ms", 1e6), ("µs", 1e4):
        if abs(ns) >= size:
            return "%.1f %s" % (ns / {"ms": 1e6, "µs": 1e3}[unit], unit)
    return "%.0f ns" % ns


def more(ns):
    return ("+" if ns >= 0 else "") + span(ns)


def megabytes(kb):
    return "%.1f" % (kb / 1024) if kb else ""


def count(n):
    return "" if n is None else "{:,}".format(n)


def table(head, rows):
    """A Markdown table that can be read as it is; numbers to the right."""
    rows = [[str(c) for c in r] for r in rows]
    wide = [max(len(r[i]) for r in [head] + rows) for i in range(len(head))]
    right = [any(r[i] for r in rows) and all(not r[i] or r[i][0] in "+-0123456789" for r in rows) for i in range(len(head))]

    def line(r):
        return "| " + " | ".join(c.rjust(w) if to else c.ljust(w) for c, w, to in zip(r, wide, right)) + " |"
    rule = "|" + "|".join("-" * (w + 1) + (":" if to else "-") for w, to in zip(wide, right)) + "|"
    return "\n".join([line(head), rule] + [line(r) for r in rows])


def workload_tables(found, s):
    for w in dict.fromkeys(r["workload"] for r in found["runs"]):
        rows = []
        for v in found["order"]:
            x = s.get((w, v))
            if not x:
                continue
            bare = v == "untraced"
            rows.append([v, span(x["ns"]), "%.2f" % x["ratio"], "%.2f" % x["median"], "%.2f–%.2f" % (x["low"], x["high"]),
                         "" if bare else more(x["added"]),
                         count(x["made"]), count(x["written"]), count(x["lost"]),
                         "" if x["tracer"] is None else "%.0f" % x["tracer"], megabytes(x["rss"]), x["hooks"] or "", x["notes"]])
        yield "### %s: CPU time of one %s" % (w, UNITS.get(w, "unit")), table(["variant", "time", "ratio", "median", "quartiles", "added", "made", "written", "lost",
                                   "tracer ns/event", "MB", "hooks", "remarks"], rows)


def ladder(s):
    """Where the time goes, step by step from nothing to a truthful event."""
    steps = [("untraced", "the call itself"), ("floor/hook", "sys_exit enabled, without any program"),
             ("floor/empty", "an empty program there"),
             ("floor/scope", "… that asks whether the task is traced"),
             ("floor/submit", "… and reserves and submits a record as large as Lymer's plain one"),
             ("floor/fill", "… and writes its bytes"), ("lymer/plain/null/one", "Lymer, plain"),
             ("lymer/user/null/one", "Lymer, with payload as user memory has it"),
             ("lymer/truthful/null/one", "Lymer, truthful")]
    names = [w for w in ("peek", "unix-64", "udp-64", "tcp-64") if (w, "floor/fill") in s]
    if not names:
        return ""
    rows = [[what] + ["" if (w, v) not in s else span(s[w, v]["ns"]) if v == "untraced" else "%+.0f" % s[w, v]["added"]
                      for w in names] for v, what in steps]
    return table(["ns added over untraced"] + names, rows)


def stormed(found):
    """The storms of a workload and variant as one: the quickest run's figures, what all of them made and lost."""
    out = []
    for key in dict.fromkeys((r["workload"], r["variant"], r["paced"]) for r in found.get("storms", ())):
        rs = [r for r in found["storms"] if (r["workload"], r["variant"], r["paced"]) == key]
        costs = [r["tracer"] / max(1, r["written"]) for r in rs]
        out.append({**dict(zip(("workload", "variant", "paced"), key)), "rate": max(r["rate"] for r in rs), "cost": min(costs),
                    "median": median(costs), **{k: sum(r[k] for r in rs) for k in ("made", "lost")}})
    return out


def storm_table(found):
    return table(["workload", "variant", "", "receives/s", "made", "lost", "tracer ns/event", "median"],
                 [[r["workload"], r["variant"], "paced" if r["paced"] else "full speed", count(round(r["rate"])),
                   count(r["made"]), count(r["lost"]), "%.0f" % r["cost"], "%.0f" % r["median"]] for r in stormed(found)])


def start_table(found, s):
    rows = []
    for v, cpus in dict.fromkeys((r["variant"], r["cpus"]) for r in found["starts"]):
        rs = [r for r in found["starts"] if (r["variant"], r["cpus"]) == (v, cpus)]
        told = [r["told"] for r in rs]
        rss = max(x["rss"] for (_, name), x in s.items() if name == v) if any(name == v for _, name in s) else 0
        rows.append([v, cpus, "%.0f" % min(r["called"] for r in rs), "at the end" if None in told else "%.0f" % min(told),
                     "" if None in told else "%.0f" % median(told), megabytes(rss)])
    return table(["variant", "CPUs", "ms to the first call", "ms until it is written", "median", "MB resident, but for rings"], rows)


def json_table(found):
    rows = []
    for w in dict.fromkeys(r["workload"] for r in found["json"]):
        rs = [r for r in found["json"] if r["workload"] == w]
        low, mid, high = quartiles([r["ns"] for r in rs])
        rows.append([w, count(rs[0]["events"]), "%.0f" % rs[0]["bytes"], "%.0f" % min(r["ns"] for r in rs), "%.0f" % mid,
                     "%.0f–%.0f" % (low, high), "%.0f" % min(r["read"] for r in rs), "%.0f" % min(r["write"] for r in rs)])
    return table(["records of", "events", "bytes/event", "JSON ns/event", "median", "quartiles", "reading ns/event", "writing it to a file ns/event"],
                 rows)


def bar_table(found, s):
    rows = [[b.measure, b.bar, got, {True: "met", False: "**not met**", None: "not known"}[ok]]
            for b, (got, ok) in bars.judge(found, s)]
    return table(["measure", "bar", "measured", ""], rows)


def machine_lines(found):
    m, after = found["machine"], found["after"]
    tools = ", ".join("%s %s" % kv for kv in m["tools"].items() if kv[1])
    steal = (after["steal"] - m["before"]["steal"]) / max(1, after["ticks"] - m["before"]["ticks"]) * 100
    out = ["- %s, %d CPUs%s, %d GB; Linux %s %s" % (
        m["cpu"], m["cpus"], " of a virtual machine" if m["virtual"] else "", m["memory"], m["kernel"], m["arch"]),
           "- mitigations: " + "; ".join(m["mitigations"]), "- " + tools,
           "- %s, commit %s, %s: `%s`, %d rounds, %d s" % (m["date"], m["commit"], "as root", found["command"], found["rounds"],
                                                           found["seconds"]),
           "- taken by the hypervisor meanwhile: %.1f %% of the processors' time" % steal]
    if m["before"]["programs"] or after["programs"]:
        out.append("- **disturbed**: %d tracing programs of others were loaded before, %d after" % (
            m["before"]["programs"], after["programs"]))
    out += ["- not run: %s: %s" % kv for kv in found.get("skipped", {}).items()]
    out += ["- **failed**: " + " ".join(f.split()) for f in found["failed"]]
    return "\n".join(out)


def sections(found):
    s = summary(found)
    yield "## The run", machine_lines(found)
    if "storms" in found:
        yield "## Bars", bar_table(found, s)
    if ladder(s):
        yield "## What the distance to the floor is made of", ladder(s)
    if "storms" in found:
        yield "## Storms", storm_table(found)
        yield "## Start and memory", start_table(found, s)
        yield "## JSON", json_table(found)
    yield "## Workloads", ""
    yield from workload_tables(found, s)


def bench(found):
    return "\n".join("\n%s\n\n%s" % x if x[1] else "\n" + x[0] for x in sections(found))


def scale(found):
    out = [machine_lines(found)]
    for d in found["grown"]:
        w, rows = d["workload"], []
        for p in d["points"]:
            s = summary(p)
            row = [p["at"], span(s[w, "untraced"]["ns"])]
            for x in (s.get((w, v)) for v in d["variants"]):
                row += [""] * 5 if not x else ["%.2f" % x["ratio"], more(x["added"]), count(round(x["rate"])),
                                               count(x["lost"]), "%.0f" % (x["tracer"] or 0)]
            rows.append(row)
        head = [d["what"], "untraced"]
        for v in d["variants"]:
            head += [v.split("/")[1], "added", "calls/s", "lost", "tracer ns/event"]
        out.append("### %s\n\n%s" % (d["what"], table(head, rows)))
    return "\n\n".join(out)


def write():
    """BENCH.md at the top of the tree, of the runs whose results lie in the build."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "intro.md")) as f:
        text = [MARK, f.read().rstrip()]
    for name, title, make in ("full", "", bench), ("scale", "## What grows", scale):
        try:
            with open(os.path.join(RESULTS, name + ".json")) as f:
                found = json.load(f)
        except OSError:
            continue
        text.append(title + "\n\n" + make(found) if title else make(found).strip("\n"))
    with open(os.path.join(TOP, "BENCH.md"), "w") as f:
        f.write("\n\n".join(text) + "\n")
