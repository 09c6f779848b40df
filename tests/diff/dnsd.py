#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A name server on 127.0.0.1 port 53: 192.0.2.1 and 2001:db8::1 for every name but none.*, large.* by TCP only. Says ready."""
import selectors
import socket

RECORDS = {1: socket.inet_aton("192.0.2.1"), 28: socket.inet_pton(socket.AF_INET6, "2001:db8::1"),
           12: b"\4host\5lymer\4test\0"}


def answer(query, by_tcp):
    end = query.index(b"\0", 12) + 5
    kind = query[end - 3]
    cut = not by_tcp and query[12:].startswith(b"\5large")
    data = RECORDS.get(kind) if not cut and not query[12:].startswith(b"\4none") else None
    flags = (0x8580 | 0x200 * cut | 3 * (query[12:].startswith(b"\4none"))).to_bytes(2, "big")
    head = query[:2] + flags + bytes([0, 1, 0, 1 if data else 0, 0, 0, 0, 0])
    record = b"\xc0\x0c\0" + bytes([kind]) + b"\0\1\0\0\0\1" + len(data).to_bytes(2, "big") + data if data else b""
    return head + query[12:end] + record


udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 53))
tcp = socket.socket()
tcp.bind(("127.0.0.1", 53))
tcp.listen()
ready = selectors.DefaultSelector()
for s in (udp, tcp):
    ready.register(s, selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in ready.select():
        s = key.fileobj
        if s is udp:
            query, peer = udp.recvfrom(1500)
            udp.sendto(answer(query, False), peer)
        elif s is tcp:
            ready.register(tcp.accept()[0], selectors.EVENT_READ)
        else:
            head = s.recv(2, socket.MSG_WAITALL)
            if head:
                a = answer(s.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL), True)
                s.sendall(len(a).to_bytes(2, "big") + a)
            else:
                ready.unregister(s)
                s.close()
