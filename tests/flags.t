#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The constants of schema/flags*.def against this system's headers, as far as these know them: same name, same number.
use strict;
use warnings;
use File::Temp 'tempdir';
use Test::More;

my $cc = $ENV{CC} // 'cc';
my $dir = tempdir(CLEANUP => 1);

# The kernel's headers that can be included together; what is missing on this system is left out.
my @headers = qw(
	asm/types.h asm/posix_types.h asm/socket.h linux/socket.h linux/in.h linux/in6.h linux/netlink.h linux/rtnetlink.h
	linux/if_ether.h linux/if_packet.h linux/tcp.h linux/udp.h linux/fcntl.h linux/stat.h linux/fs.h
	linux/mount.h linux/openat2.h linux/falloc.h linux/xattr.h linux/eventpoll.h linux/eventfd.h linux/signalfd.h
	linux/timerfd.h linux/inotify.h linux/fanotify.h linux/memfd.h linux/close_range.h linux/magic.h linux/quota.h
	linux/dqblk_xfs.h linux/aio_abi.h linux/fiemap.h linux/mman.h linux/mempolicy.h linux/userfaultfd.h
	linux/membarrier.h linux/sched.h linux/wait.h linux/resource.h linux/personality.h linux/ioprio.h
	linux/capability.h linux/securebits.h linux/seccomp.h linux/kcmp.h linux/futex.h linux/pidfd.h linux/ptrace.h
	linux/elf.h linux/landlock.h linux/prctl.h linux/reboot.h linux/kexec.h linux/module.h linux/random.h
	linux/keyctl.h asm/signal.h asm/siginfo.h asm/errno.h linux/audit.h linux/timex.h linux/time.h asm/poll.h
	linux/io_uring.h linux/ipc.h linux/shm.h linux/sem.h linux/msg.h linux/mqueue.h linux/net.h linux/bpf.h
	linux/bpf_common.h linux/filter.h linux/perf_event.h linux/hw_breakpoint.h asm/termbits.h asm/ioctls.h
	linux/tty.h asm/prctl.h linux/kvm.h linux/loop.h linux/blkpg.h linux/blkzoned.h linux/cdrom.h linux/fd.h
	linux/hdreg.h linux/kd.h linux/nsfs.h linux/rtc.h linux/sockios.h
	linux/vt.h linux/watchdog.h linux/fscrypt.h linux/fsverity.h linux/btrfs.h linux/uvcvideo.h linux/vhost.h
	linux/gpio.h linux/ptp_clock.h linux/input-event-codes.h linux/v4l2-controls.h linux/keyboard.h linux/tee.h
	linux/dm-ioctl.h linux/bsg.h mtd/mtd-abi.h linux/qrtr.h linux/if_xdp.h linux/nfc.h);
open my $h, '>', "$dir/h.c" or die;
print $h "#if __has_include(<$_>)\n#include <$_>\n#endif\n" for @headers;
close $h;

# NAME rows as this architecture has them; what two rows join ("A or B", "A|B") is no name.
my %want;
for my $file (grep { !/i386/ } glob 'schema/flags_*.def') {	# calls are no constants
	for (`$cc -E -P -x c $file`) {
		push @{$want{$1}}, $2 if /^NAME\((\w+), (-?\w+)\)/;
	}
}
cmp_ok(scalar(keys %want), '>', 5000, scalar(keys %want) . ' names');

# What the headers know is a macro or an enumerator; the compiler says of what else looks like one that it is none.
my %known = map { $_ => 1 } map { /\w+/g } `$cc -E -P $dir/h.c`;
$known{$_} = 1 for map { /^#define (\w+) /g } `$cc -E -dM $dir/h.c`;
my @names = grep { $known{$_} } sort keys %want;
while (1) {
	open my $c, '>', "$dir/t.c" or die;
	print $c "#include \"h.c\"\nint printf(const char *, ...);\nstatic const struct { const char *n; unsigned long long v; } t[] = {\n\n";
	print $c "{ \"$_\", $_ },\n" for @names;
	print $c "};\nint main(void) { for (int i = 0; i < sizeof(t) / sizeof(*t); i++) printf(\"%s %llu\\n\", t[i].n, t[i].v); }\n";
	close $c;
	my @err = grep { /t\.c:\d+:\d+: error/ } `$cc -w -fmax-errors=0 -O0 -I$dir -o $dir/t $dir/t.c 2>&1`;
	last unless @err;
	my %bad = map { /t\.c:(\d+):/ ? ($1 - 5 => 1) : () } @err;
	my $before = @names;
	@names = map { $bad{$_} ? () : $names[$_] } 0 .. $#names;
	last if @names == $before;
}
my (@wrong, $n);
for (`$dir/t`) {
	my ($name, $v) = split;
	$n++;
	for my $w (@{$want{$name}}) {
		my $u = $w =~ /^0x/ ? do { no warnings 'portable'; hex $w } : $w < 0 ? 18446744073709551616 + $w : $w;
		# an int of the header's may have its sign extended
		push @wrong, "$name is $v, not $w" unless $u == $v || ($u & 0xffffffff) == ($v & 0xffffffff);
	}
}
cmp_ok($n, '>', 3000, "$n of them are in the headers of this system");
ok(!@wrong, 'with the same numbers') or diag(join "\n", @wrong);
done_testing;
