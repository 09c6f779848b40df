#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A server logging program for logger(1): logd.py UDP-PORT TCP-PORT SOCKET. Says ready; takes messages until one ends with END."""
import selectors
import socket
import sys

udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", int(sys.argv[1])))
unix = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
unix.bind(sys.argv[3])
for option in (socket.SO_PASSCRED, 29):         # the sender's ids, and SO_TIMESTAMP
    unix.setsockopt(socket.SOL_SOCKET, option, 1)
tcp = socket.socket()
tcp.bind(("127.0.0.1", int(sys.argv[2])))
tcp.listen()

ready = selectors.DefaultSelector()
for s in (udp, unix, tcp):
    ready.register(s, selectors.EVENT_READ)
print("ready", flush=True)
data = b""
while not data.rstrip(b"\0\n").endswith(b"END"):
    for key, _ in ready.select():
        s = key.fileobj
        if s is tcp:
            ready.register(s.accept()[0], selectors.EVENT_READ)
        elif s is unix:
            data = s.recvmsg(4096, 256)[0]
        elif s is udp:
            data = s.recvfrom(1024)[0]
        elif not s.recv(4096, socket.MSG_DONTWAIT):
            ready.unregister(s)
            s.close()
