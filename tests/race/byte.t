#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""One byte of a message that memory has otherwise, wherever it is, is reported, and no message that memory has right. No race is needed: the
last of a receive's buffers is one byte of the first, so the kernel itself writes over what it has delivered there."""
import base64
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import lymertest as lt

SIZES = 1, 7, 8, 9, 31, 63, 64, 65, 127, 128, 200, 255, 256, 257, 320, 511, 513, 4096
RECEIVER = """
import socket, sys
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
memory = memoryview(bytearray(8192))
for n, k, honest in eval(sys.argv[1]):
    text = bytes((i * 7 + n) % 256 for i in range(n))
    a.send(text + bytes([text[k] if honest else text[k] ^ 0x10]))
    b.recvmsg_into([memory[:n], memory[k:k + 1]])
"""


def cases():
    for n in SIZES:
        for k in range(n) if n <= 257 else sorted({0, 1, 63, 64, 255, 256, n // 2, n - 9, n - 8, n - 2, n - 1}):
            yield n, k, False
        yield n, n - 1, True


def wrong(ev, n, k, honest):
    """What the event should not say."""
    text = bytes((i * 7 + n) % 256 for i in range(n))
    last = bytes([text[k] if honest else text[k] ^ 0x10])
    buf = lt.item(ev, "msg.buf")
    if lt.bytes_of(buf) != text + last or buf["origin"] != "K":
        return "payload %r" % buf
    told = [[base64.b64decode(t[side]) for side in ("kernel", "user")] for t in ev.get("tamper", ()) if t["name"] == "msg.buf"]
    due = [] if honest else [[text + last, text[:k] + last + text[k + 1:] + last]]
    return None if told == due else "tamper %r" % ev.get("tamper")


def main():
    lt.need_lymer()
    tap, every = lt.Tap(), list(cases())
    with lt.TempDir() as tmp:
        out = os.path.join(tmp, "events")
        r = lt.run([lt.LYMER, "-e", "recvmsg", "--snaplen", "8192", "--buffer", "64M", "--output", "json:" + out, "--",
                    sys.executable, "-c", RECEIVER, repr(every)], 120)
        tap.ok(r.status == 0, "the receiver ends well under Lymer", r.status, r.stderr)
        events = lt.events_of(out)
    tap.ok(len(events) == len(every), "%d messages, as many events" % len(every), len(events))
    for n in SIZES:
        err = ["%s: %s" % (c, w) for c, ev in zip(every, events) if c[0] == n for w in [wrong(ev, *c)] if w]
        tap.ok(not err, "a byte of %d" % n, *err[:3])
    tap.done()


if __name__ == "__main__":
    main()
