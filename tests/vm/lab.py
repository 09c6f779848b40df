# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Boots a kernel of the lab under QEMU with Lymer and the test programs in it, and brings home what they left."""
import os
import subprocess
import sys
import tarfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# Emulation everywhere (a /dev/kvm that opens may still not run a stock kernel), and one thread for all CPUs: with several,
# QEMU now and then panics the guest in freshly patched text. What the tests leave comes through memory that both share
# (port.c): a kernel needs no driver for it, and an emulated serial port took three quarters of all the time. Emulated
# pointer authentication, and what guards against speculation, would only cost.
MACHINE = {
    "amd64": ("qemu-system-x86_64", ["-M", "q35", "-cpu", "max,erms=off,fsrm=off"], "ttyS0"),
    "arm64": ("qemu-system-aarch64", ["-M", "virt", "-cpu", "max,pauth=off"], "ttyAMA0"),
}
CPUS, MEMORY, PORT = 2, "2G", "1G"
BOOT = 300      # seconds


class NotServed(Exception):
    """The mirror does not have it: its message says what."""


def fetch(*what):
    """(path in the cache, what was said while fetching)."""
    r = subprocess.run([os.path.join(HERE, "fetch")] + list(what), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said = r.stderr.decode(errors="replace").strip().splitlines()
    if r.returncode:
        raise NotServed(said[-1] if said else "fetch failed")
    return r.stdout.decode().strip()


def kernel(arch, series):
    """(path, package and version) of a kernel."""
    path = fetch("kernel", arch, series)
    with open(path + ".from") as f:
        return path, f.read().strip()


def command(arch, image, initrd, console, port, words):
    qemu, machine, tty = MACHINE[arch]
    return [qemu, "-nodefaults", "-no-user-config", "-accel", "tcg,thread=single", "-smp", str(CPUS), "-m", MEMORY,
            "-kernel", image, "-initrd", initrd, "-no-reboot", "-display", "none", "-monitor", "none", "-serial", console] + machine + \
        (["-object", "memory-backend-file,id=port,share=on,size=%s,mem-path=%s" % (PORT, port),
          "-device", "ivshmem-plain,memdev=port"] if port else []) + \
        ["-append", "console=%s quiet panic=-1 lsm=lockdown,yama,bpf mitigations=off -- @run %s" % (tty, " ".join(words))]


class Guest:
    """What a guest left: one directory per test below path, seconds of each; console and died if it did not end well. It may take its
    time, for the machine may be slow or busy, but is not silent for longer than `silence` seconds: then it hangs."""

    def __init__(self, arch, image, initrd, tests, path, silence):
        console, port = os.path.join(path, "console"), os.path.join(path, "port")
        begun, self.died = time.monotonic(), None
        with open(os.path.join(path, "qemu"), "w+") as said:
            qemu = subprocess.Popen(command(arch, image, initrd, "file:" + console, port, tests), stdin=subprocess.DEVNULL,
                                    stdout=said, stderr=subprocess.STDOUT)
            try:
                self.watch(qemu, console, silence)
            finally:
                qemu.kill()     # harmless if it has ended
                qemu.wait()
            said.seek(0)
            if qemu.returncode and not self.died:
                self.died = "qemu ended with %d: %s" % (qemu.returncode, said.read())
        self.seconds = time.monotonic() - begun
        self.path = os.path.join(path, "out")
        self.unpack(port)
        if not self.died and not os.path.isdir(os.path.join(self.path, "end")):
            self.died = "the guest died before its end"
        self.console = text(console).replace("\r", "").splitlines()

    def watch(self, qemu, console, silence):
        """Until it ends, or its console has not grown for so long; to boot may take longer."""
        size, since = -1, 0
        while since < (silence if "lab: " in text(console) else max(silence, BOOT)):
            try:
                qemu.wait(silence / 8)
                return
            except subprocess.TimeoutExpired:
                now = os.path.getsize(console)
                since = since + silence / 8 if now == size else 0
                size = now
        self.died = "the guest hangs: not a word from it for %d s" % silence

    def unpack(self, port):
        """Tars one after the other; the last may be cut off, and then what it holds is short of what it says."""
        os.mkdir(self.path)
        try:
            with open(port, "rb+") as f:
                f.truncate(8 + int.from_bytes(f.read(8), sys.byteorder))
                with tarfile.open(fileobj=f, mode="r|", ignore_zeros=True) as tar:
                    for member in tar:
                        if member.isdir() or member.isfile():
                            tar.extract(member, self.path)
            os.unlink(port)
        except (OSError, tarfile.TarError) as e:
            self.died = self.died or "what it sent is cut off: %s" % e

    def ran(self, test):
        return os.path.exists(os.path.join(self.path, test, "uptime"))

    def cases(self, test):
        return subdirs(os.path.join(self.path, test))


def subdirs(top):
    """(name, directory) of each case of a test, in the order of their names."""
    return [(c, os.path.join(top, c)) for c in sorted(os.listdir(top))
            if os.path.isdir(os.path.join(top, c)) and not c.startswith(".")]


def text(*path):
    """A file's content; none: nothing."""
    try:
        with open(os.path.join(*path), "rb") as f:
            return f.read().decode("latin1")
    except FileNotFoundError:
        return ""
