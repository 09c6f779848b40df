# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Judge the JSON events on standard input: valid, and of the shapes that output.md promises."""
import base64
import json
import sys

INT64 = ("int64", "u_int64", "pointer", "size")


def unique(pairs):
    keys = [k for k, _ in pairs]
    assert len(keys) == len(set(keys)), "a key twice: %s" % keys
    return dict(pairs)


def check_item(item):
    assert isinstance(item["name"], str) and item["name"]
    for key in INT64:
        if key in item:
            assert isinstance(item[key], str) and str(int(item[key])) == item[key], key
    for key in ("int32", "u_int32"):
        assert isinstance(item.get(key, 0), int)
    assert item.get("origin", "K") in ("K", "U")
    assert ("size" in item) == ("truncated" in item)
    base64.b64decode(item.get("bytes", ""), validate=True)
    if "sockaddr" in item:
        assert item["sockaddr"]
    if "control" in item:
        assert all("level" in c and "type" in c for c in item["control"])


def check(event):
    keys = [k for k in event if k in ("timestamp", "id", "name", "workload", "data", "host", "seq")]
    order = ["timestamp", "id", "name", "workload", "data", "host", "seq"]
    assert keys == [k for k in order if k in event], keys
    assert isinstance(event["id"], int) and event["timestamp"].endswith("Z")
    for item in event["data"]:
        check_item(item)
    names = [i["name"] for i in event["data"]]
    if event["name"] == "lost":
        assert names == ["event", "count", "cause"], names
        return
    assert names[-1] == "returnValue", names
    process = event["workload"]["process"]
    assert process["unique_id"] < 1 << 32 and process["thread"]["unique_id"] < 1 << 32
    for side in event.get("tamper", []):
        assert set(side) == {"name", "kernel", "user"}, side


lines = 0
for line in sys.stdin.buffer:
    lines += 1
    try:
        assert line.endswith(b"\n")
        check(json.loads(line.decode("utf-8"), object_pairs_hook=unique))
    except (AssertionError, KeyError, ValueError) as e:
        print("# line %d: %r: %.300s" % (lines, e, line.decode("utf-8", "replace")))
        sys.exit(1)
print("# %d events" % lines)
sys.exit(0 if lines else 1)
