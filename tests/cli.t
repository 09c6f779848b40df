#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The command line: exit statuses, one-line errors, clean ends, JSON that stays valid whatever the traced program does.
use strict;
use warnings;
use File::Temp 'tempdir';
use JSON::PP;
use Test::More;

my $lymer = $ENV{LYMER} // 'build/lymer';
my $tmp = tempdir(CLEANUP => 1);

# Run a shell command; @$ is status, stdout, stderr. A command that hangs is ended after 20 s.
sub run {
	my $cmd = shift;
	my $status = system("timeout -k 2 20 sh -c '" . ($cmd =~ s/'/'\\''/gr) . "' >$tmp/out 2>$tmp/err </dev/null");
	return ($status & 127 ? 128 + ($status & 127) : $status >> 8, slurp("$tmp/out"), slurp("$tmp/err"));
}

sub slurp { open my $f, '<', $_[0] or return ''; local $/; <$f> // '' }

# $cmd must fail with that status, one line on stderr that matches, and nothing on stdout.
sub fails {
	my ($cmd, $want, $match, $name) = @_;
	my ($status, $out, $err) = run("$lymer $cmd");
	ok($status == $want && $out eq '' && $err =~ /^lymer: [^\n]*\n\z/ && $err =~ $match, $name // $cmd)
		or diag("'$cmd': status $status (want $want), stdout '$out', stderr '$err'");
}

# A command that takes longer than this is a failure of the test: nothing here waits for time to pass.
$SIG{ALRM} = sub { BAIL_OUT('a command did not end in time') };

# Start a shell command; @$ is its pid and its stderr, which ends when the last process that holds it does.
sub start {
	my $pid = open my $err, '-|', "exec 2>&1 >$tmp/out </dev/null; exec @_" or die;
	alarm 20;
	return ($pid, $err);
}

sub status { waitpid $_[0], 0; $? & 127 ? 128 + ($? & 127) : $? >> 8 }
sub rest { my ($f) = @_; local $/; my $text = <$f>; close $f; alarm 0; $text }

# Wait until somebody writes to the fifo; what he wrote.
sub told { alarm 20; my $text = slurp($_[0]); alarm 0; $text }

subtest 'usage: exit 2, and what would be right' => sub {
	fails('-e recvfrm -- true', 2, qr/recvfrm.*recvfrom/, 'unknown event: the nearest name');
	fails('-e zzzzzzzzzz -- true', 2, qr/zzzzzzzzzz.*lymer list events/, 'unknown event, none near');
	fails('-e "" -- true', 2, qr/./, 'empty event list');
	fails('man recvfrmo', 2, qr/recvfrom/, 'man: unknown event');
	fails('man', 2, qr/which event/, 'man without an event');
	fails('list birds', 2, qr/birds.*events/, 'list: unknown kind');
	fails('list', 2, qr/events/, 'list without a kind');
	fails('-e recvfrom --output jsn -- true', 2, qr/jsn/, 'unknown output');
	fails('-e recvfrom --hooks fentri -- true', 2, qr/fentri.*kprobe/, 'unknown tier of hooks');
	fails('doctor --hooks', 2, qr/--hooks TIER/, 'doctor: which tier?');
	fails('-e recvfrom --output "" -- true', 2, qr/./, 'empty output');
	fails("-e recvfrom --scope $_ -- true", 2, qr/./, "bad scope $_")
		for 'nonsense=1', 'pid=abc', 'pid=', 'uid', 'comm=', 'pid=1,,2', 'cgroup=', "'pid>5'";
	fails('-e recvfrom --scope nonsense=1 -- true', 2, qr/nonsense/, 'a bad scope is named');
	fails("-e recvfrom $_ -- true", 2, qr/./, "bad number: $_")
		for '--snaplen abc', '--snaplen -1', '--snaplen 99999999', '-s 12x', '--buffer x', '--buffer 0', '--buffer 1G';
	fails("-e recvfrom -p $_", 2, qr/./, "bad pid $_") for qw(abc -5 1x 99999999999999999999), "''";
	fails('--no-such-option -- true', 2, qr/no-such-option/, 'unknown option');
	fails('--color sometimes -- true', 2, qr/sometimes/, 'bad --color');
	fails("-e signal=$_ -- true", 2, qr/invalid signal/, "-e signal=$_") for 'SIG', -1, 256, '1-1', '9,chdir';
	fails("-c -U $_ -- true", 2, qr/-U: '$_'.*time-percent/, "columns of the summary: $_") for 'birds', 'calls,calls', 'calls,none', 'calls,';
	fails('bogus', 2, qr/bogus/, 'unknown command');
	fails('-e recvfrom --', 2, qr/--/, 'nothing to run');
	fails('-e %birds -- true', 2, qr/birds/, 'unknown set');
	fails('-e', 2, qr/./, 'an option without its value');
	fails('replay', 2, qr/./, 'replay without a file');
	fails("-e recvfrm -o $tmp/never -- true", 2, qr/recvfrom/);
	ok(!-e "$tmp/never", 'a usage error creates no file');
};

subtest 'failures: exit 1' => sub {
	fails("replay $tmp/nosuch", 1, qr/nosuch.*No such file/, 'replay: no such file');
	system("echo not a record >$tmp/bad");
	fails("replay $tmp/bad", 1, qr/bad/, 'replay: not a raw file');
	for ('list events', 'list events --json', 'man recvfrom', '--help', 'version') {
		my ($status, undef, $err) = run("$lymer $_ >/dev/full");
		ok($status == 1 && $err =~ /No space left/, "$_: a full disk is an error") or diag("$status '$err'");
		($status, undef, $err) = run("$lymer $_ >&-");
		ok($status == 1 && $err =~ /^lymer: .*\n\z/, "$_: so is a closed stdout") or diag("$status '$err'");
	}
};

subtest 'help and lists' => sub {
	my ($status, $out, $err) = run("$lymer --help");
	ok($status == 0 && $err eq '' && $out =~ /-e.*--scope.*--output/s, '--help') or diag("$status $out $err");
	($status, $out, $err) = run("$lymer version");
	ok($status == 0 && $out =~ /\d+\.\d+\.\d+/, 'version');
	($status, $out) = run("$lymer list events --json");
	my $events = eval { decode_json($out) } // [];
	my %id = map { $_->{name} => $_->{id} } @$events;
	is($id{recvfrom}, 46, 'list events --json: recvfrom is 46');
	is(scalar keys %id, scalar @$events, 'no name twice');
	my ($wrong) = grep { my ($s, $o) = run("$lymer man $_->{name}"); $s || $o !~ /Intro.*Hooks.*Issues.*JSON/s } @$events;
	is($wrong, undef, 'every event has its page');
	($status, $out) = run("$lymer list $_ --json"), is_deeply(decode_json($out), [], "list $_: none yet") for qw(policies detectors);
	($status, $out) = run("$lymer list sinks");
	like($out, qr/^$_\b/m, "sink $_") for qw(table json strace raw none);
};

SKIP: {
	skip 'needs root', 1 if $>;

	subtest 'not root' => sub {
		plan skip_all => 'no setpriv' if system('setpriv --version >/dev/null 2>&1');
		system("install -m 755 $lymer $tmp/lymer && chmod 755 $tmp");
		my ($status, $out, $err) = run("setpriv --reuid=65534 --regid=65534 --clear-groups $tmp/lymer -e recvfrom -- true");
		ok($status == 1 && $err =~ /^lymer: .*root.*\n\z/ && $out eq '', 'says so in one line, exit 1') or diag("$status '$err'");
		($status) = run("setpriv --bounding-set=-sys_resource $tmp/lymer -e recvfrom --output none -- true");
		is($status, 0, 'the lack of CAP_SYS_RESOURCE is no error');
	};

	subtest 'tiers of hooks: had, or refused in one line; doctor knows' => sub {
		my ($status, $out, $err) = run("$lymer doctor --json");
		my $told = eval { decode_json($out) };
		is($status, 0, 'doctor --json') or diag("'$err'");
		my %refusal = map { $_->{name} => $_->{refusal} } @{$told->{tiers}};
		is(join(' ', sort keys %refusal), 'fentry kprobe lsm tracepoint', 'it tells of all');
		ok((grep { $_->{name} eq 'recvfrom' && grep { $_->{name} eq 'buf' && $_->{of} eq 'UDP' } @{$_->{fields}} } @{$told->{events}}),
			'and where the payload of recvfrom comes from');
		for my $tier (sort keys %refusal) {
			($status, $out, $err) = run("$lymer -q -e recvfrom --hooks $tier --output none -- true");
			ok(defined $refusal{$tier} ? $status == 1 && $err =~ /\Alymer: --hooks $tier: [^\n]*doctor[^\n]*\n\z/ : $status == 0 && $err eq '',
				"$tier, as doctor says") or diag("status $status, '$err'; doctor: " . ($refusal{$tier} // 'there'));
		}
	};

	subtest 'a kernel without types, and one that refuses BPF' => sub {
		my $cmd = "$lymer -e recvfrom -o $tmp/half -- touch $tmp/ran";
		# in a mount namespace of our own, with nothing in all places where types are looked for
		my $bare = join ' && ', map { "mount -t tmpfs none $_" } grep { -d } '/sys/kernel/btf', '/boot', '/lib/modules', '/usr/lib/debug';
		SKIP: {
			skip 'no mount namespaces here', 2 if system("unshare -m sh -c '$bare' 2>/dev/null");
			my ($status, $out, $err) = run("unshare -m sh -c '$bare && exec $cmd'");
			ok($status == 1 && $out eq '' && $err =~ m{\Alymer: [^\n]*/sys/kernel/btf/vmlinux[^\n]*CONFIG_DEBUG_INFO_BTF\n\z},
				'no BTF: one line, exit 1') or diag("$status '$err'");
			($status, undef, $err) = run("unshare -m sh -c '$bare && exec $lymer doctor'");
			ok($status == 1 && $err =~ /\Alymer: [^\n]*CONFIG_DEBUG_INFO_BTF\n\z/, 'doctor says the same') or diag("$status '$err'");
		}
		for ('-bpf,-sys_admin', '-perfmon,-sys_admin', '-net_admin,-sys_admin') {
			my ($status, $out, $err) = run("setpriv --bounding-set=$_ $cmd");
			ok($status == 1 && $out eq '' && $err =~ /\Alymer: [^\n]*CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN[^\n]*\n\z/,
				"capabilities $_: one line, exit 1") or diag("$status '$err'");
		}
		ok(!-e "$tmp/ran" && !-e "$tmp/half", 'CMD has not run, no file is made');
	};

	subtest 'CMD' => sub {
		fails('-e recvfrom -- /no/such/program', 127, qr{/no/such/program}, 'not found');
		fails('-e recvfrom -- no-such-program-anywhere', 127, qr/no-such-program-anywhere/, 'not found in PATH');
		system("echo >$tmp/plain; chmod 644 $tmp/plain");
		fails("-e recvfrom -- $tmp/plain", 126, qr/plain.*Permission denied/, 'not executable');
		fails("-e recvfrom -- $tmp", 126, qr/Permission denied|directory/, 'a directory');
		for (0, 1, 7, 255) {
			my ($status) = run("$lymer -e recvfrom --output none -- sh -c 'exit $_'");
			is($status, $_, "its exit status $_");
		}
		my ($status) = run("$lymer -e recvfrom --output none -- sh -c 'kill -TERM \$\$'");
		is($status, 143, 'killed by a signal');
		my (undef, $out) = run("$lymer -e recvfrom --output none -- echo hello");
		is($out, "hello\n", 'its output is untouched');
	};

	subtest 'processes that are there and that are not' => sub {
		my $pid = fork // die;
		exec 'true' unless $pid;
		waitpid $pid, 0;
		fails("-e recvfrom -p $pid", 1, qr/\b$pid\b/, 'PID gone');

		system("mkfifo $tmp/begun");
		for my $sig (qw(INT TERM)) {
			my $sleeper = fork // die;
			exec qw(sleep 60) unless $sleeper;
			my ($tracer, $err) = start("$lymer --pidfile $tmp/begun -e recvfrom -p $sleeper");
			is(told("$tmp/begun"), "$tracer\n", '--pidfile says that it traces, and who');
			kill $sig, $tracer;
			is(status($tracer), 0, "SIG$sig ends it cleanly");
			like(rest($err), qr/\A[^\n]*0 events made[^\n]*\n\z/, 'with totals on stderr');
			ok(kill(0, $sleeper), 'and leaves the traced process alone');
			kill KILL => $sleeper;
			waitpid $sleeper, 0;
		}
		ok(-p "$tmp/begun", '--pidfile removes nothing but a file');
	};

	# Receives N times, of nothing.
	open my $r, '>', "$tmp/recv.pl";
	print $r 'use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0); recv(S, $b, 1, MSG_DONTWAIT) for 1 .. shift', "\n";
	close $r;
	my $events = sub { scalar(() = slurp($_[0]) =~ /"name":"recvfrom"/g) };

	subtest '-D: processes that are there' => sub {
		my $pid = open my $target, '|-', "read x; exec perl $tmp/recv.pl 100" or die;
		my ($lymer_d, $err) = start("$lymer -D --pidfile $tmp/pid -e recvfrom -o $tmp/bg -p $pid");
		is(status($lymer_d), 0, 'returns once it traces');
		chomp(my $tracer = slurp("$tmp/pid"));
		my ($stat) = slurp("/proc/$tracer/stat") =~ /.*\) (.*)/;
		is((split ' ', $stat)[3], $tracer, 'in a session of its own');
		is(readlink "/proc/$tracer/fd/$_", '/dev/null', "descriptor $_ is nobody's") for 0, 1;
		print $target "\n";
		close $target;
		like(rest($err), qr/^lymer: 100 events made, 100 written/, 'ends with the process, with totals');
		is($events->("$tmp/bg"), 100, 'nothing was missed after the return');
		ok(!-e "$tmp/pid", 'and the pidfile is gone');

		$pid = open $target, '|-', 'cat' or die;
		($lymer_d, $err) = start("$lymer -q -D --pidfile $tmp/pid -e recvfrom -o $tmp/bg -p $pid");
		is(status($lymer_d), 0, 'again');
		kill TERM => slurp("$tmp/pid") + 0;
		is(rest($err), '', 'SIGTERM ends it, -q silences it');
		close $target;
	};

	subtest '-D: CMD' => sub {
		my ($status, undef, $err) = run("$lymer -D -e recvfrom -o $tmp/bg -- sh -c 'perl $tmp/recv.pl 5; exit 7'");
		ok($status == 7 && $err =~ /\Alymer: 5 events made, 5 written[^\n]*\n\z/ && $events->("$tmp/bg") == 5,
			'nothing left behind: as without -D') or diag("$status '$err'");

		system("mkfifo $tmp/go");
		my ($lymer_d, $e) = start("$lymer -D --pidfile $tmp/pid -e recvfrom -o $tmp/bg -- " .
			"sh -c 'perl $tmp/recv.pl 5; (read x <$tmp/go; perl $tmp/recv.pl 3) & exit 3'");
		is(status($lymer_d), 3, 'returns with CMD, and with its status');
		is($events->("$tmp/bg"), 5, 'what CMD did is written by then');
		ok(kill(0, slurp("$tmp/pid") + 0), 'what it left behind is traced');
		open my $go, '>', "$tmp/go";
		close $go;
		like(rest($e), qr/^lymer: 8 events made, 8 written/, 'to its end');
		is($events->("$tmp/bg"), 8, 'all of it');

		system("mkfifo $tmp/up");
		($lymer_d, $e) = start("$lymer -D -e recvfrom -o $tmp/bg -- perl -e '" .
			'$SIG{TERM} = sub { exit 9 }; open F, ">", shift; close F; sleep 60\' ' . "$tmp/up");
		told("$tmp/up");
		kill TERM => $lymer_d;
		is(status($lymer_d), 9, 'signals are passed on');
		rest($e);
	};

	subtest '-D: failures are those of the foreground' => sub {
		my $pid = fork // die;
		exec 'true' unless $pid;
		waitpid $pid, 0;
		fails("-D -e recvfrom -p $pid", 1, qr/\b$pid\b/, 'PID gone');
		fails('-D -e recvfrom -- /no/such/program', 127, qr{/no/such/program}, 'CMD not found');
		fails("-D -e recvfrom -o /no/such/dir/x -- touch $tmp/ran", 1, qr/No such file/, 'a file that cannot be created');
		fails("-D -e recvfrom --pidfile /no/such/dir/x -- touch $tmp/ran", 1, qr/No such file/, 'nor its pidfile');
		ok(!-e "$tmp/ran", 'CMD has not run then');
		my ($status, undef, $err) = run("$lymer -D -e recvfrom --output json:/dev/full -- perl $tmp/recv.pl 5");
		ok($status == 1 && $err =~ /No space left/, 'a full disk while CMD runs') or diag("$status '$err'");
	};

	# A program that puts all that is nasty into comm, path and payload, and receives through recvfrom.
	open my $f, '>', "$tmp/nasty.pl";
	print $f <<'PERL';
use Socket;
syscall(157, 15, my $comm = qq(a"\\\x1b[31m\xff\n\x00));	# prctl(PR_SET_NAME)
my $dir = shift;
socket(my $r, AF_UNIX, SOCK_DGRAM, 0) or die;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die;
unlink(my $name = qq($dir/p"\\\x1b]0;x\x07\xc3\x28\n));
bind($r, sockaddr_un("$dir/r")) or die $!;
bind($s, sockaddr_un($name)) or die $!;
for my $text (join('', map { chr } 0 .. 255), '', "\xed\xa0\x80\xf8\xff", '</script>"\\') {
	send($s, $text, 0, sockaddr_un("$dir/r")) // die $!;
	recv($r, my $got, 4096, 0) // die $!;
}
unlink "$dir/r", $name;
PERL
	close $f;
	my $nasty = "perl $tmp/nasty.pl $tmp";

	subtest 'hostile bytes' => sub {
		my ($status, $out, $err) = run("$lymer -e recvfrom,sendto,bind --output json:$tmp/json --snaplen 256 -- $nasty");
		is($status, 0, 'traced') or diag($err);
		my (@events, @bad);
		for (split /\n/, slurp("$tmp/json")) {
			my $e = eval { decode_json($_) };
			$e ? push(@events, $e) : push(@bad, "$@ in $_");
		}
		is_deeply(\@bad, [], 'every line is JSON and UTF-8');
		is(scalar(grep { $_->{name} eq 'recvfrom' } @events), 4, 'four receives');
		my ($first) = grep { $_->{name} eq 'recvfrom' } @events;
		my ($buf) = grep { $_->{name} eq 'buf' } @{$first->{data} // []};
		require MIME::Base64;
		is(MIME::Base64::decode_base64($buf->{bytes} // ''), join('', map { chr } 0 .. 255), 'all 256 bytes, intact');
		for (qw(table strace)) {
			($status, $out) = run("$lymer -e recvfrom,sendto,bind --output $_ --snaplen 256 -- $nasty");
			ok($out !~ /[\x00-\x08\x0b-\x1f\x7f]/, "$_: no control character reaches the terminal");
			is(scalar(grep { /recvfrom/ } split /\n/, $out), 4, "$_: no line is forged");
		}
	};

	subtest 'columns of the summary' => sub {
		my ($status, $out, $err) = run("$lymer -q -e getppid,getpid -c -U calls,min_time,max-time,p99,name,errors -S count -- perl -e 'getppid for 1 .. 3'");
		my @lines = split /\n/, $out;
		like(shift @lines, qr/^ *calls +shortest +longest +99 % syscall +errors$/, 'as they were asked for, in their order');
		my ($n, $shortest, $longest, $p99, $name) = split ' ', $lines[1];
		ok($n == 3 && $name eq 'getppid' && $shortest <= $p99 && $p99 <= $longest && $longest > 0, 'and what they say') or diag($out);
		($status, $out) = run("$lymer -q -e getppid -c -U calls -- perl -e 'getppid'");
		like($out, qr/^ *calls syscall\n.*\n +1 getppid\n.*\n +1 total\n/, 'the name in any case');
	};

	subtest 'called strace' => sub {
		require Cwd;
		symlink(Cwd::abs_path($lymer), "$tmp/strace") or die;
		my $strace = "$tmp/strace -e trace=execve";
		my ($status, $out, $err) = run("$strace /bin/true -e trace=none");
		ok($status == 0 && $out eq '' && $err =~ m{^execve\("/bin/true", \["/bin/true", "-e", "trace=none"\], .* = 0\n\+\+\+ exited with 0 \+\+\+\n\z},
			'what is traced needs no --, lines go to stderr, without totals') or diag("$status '$err'");
		($status, $out, $err) = run("$strace sh -c '/bin/true; :'");
		is(() = $err =~ /execve/g, 1, 'children are not followed') or diag($err);
		($status, $out, $err) = run("$strace -f --output=$tmp/log sh -c '/bin/true; :'");
		like(slurp("$tmp/log"), qr/^(\d+) +execve(.|\n)*^(?!\1)\d+ +execve/m, '-f: they are; --output names a file');
		is($err, '', 'nothing else is said');
		($status, $out, $err) = run("$strace -f sh -c '/bin/true; :'");
		is(() = $err =~ /^\[pid +\d+\] execve/mg, 2, 'on stderr with [pid]') or diag($err);
		($status, $out, $err) = run("$tmp/strace");
		ok($status == 2 && $err =~ /PROG/, 'nothing to trace: an error, not the whole system');
	};

	subtest 'a large file' => sub {
		my ($status, $out, $err) = run("$lymer -e getppid --output json:$tmp/large -- perl -e 'getppid for 1 .. 20000'");
		my ($made, $lost) = $err =~ /(\d+) events made, \d+ written, (\d+) lost/;
		my ($size, $blocks) = (stat "$tmp/large")[7, 12];
		open my $f, '<', "$tmp/large" or die;
		my @bad = grep { !/^\{.*\}\n\z/ } <$f>;
		ok($size > 6 << 20 && $made >= 20000 && !@bad && $. >= $made - $lost, "$size bytes, all of them lines");
		cmp_ok($blocks * 512, '<', $size + (1 << 20), 'and no more of the disk, once it is closed');
	};

	subtest 'outputs that fail' => sub {
		my ($status, $out, $err) = run("$lymer -e recvfrom --output json:/dev/full -- $nasty");
		ok($status == 1 && $err =~ /No space left/, 'full disk: an error and exit 1') or diag("$status '$err'");
		like($err, qr/\d+ event/, 'and totals');
		($status, $out, $err) = run("$lymer -e recvfrom --output json -- $nasty >&-");
		ok($status == 1 && $err =~ /lymer: /, 'closed stdout') or diag("$status '$err'");
		($status, $out, $err) = run("$lymer -e recvfrom --output json:/no/such/dir/x -- $nasty");
		ok($status == 1 && $err =~ /^lymer: .*No such file.*\n\z/, 'a file that cannot be created') or diag("$status '$err'");
		system("mkfifo $tmp/left");
		($status, $out, $err) = run("$lymer -e recvfrom,sendto --output json -- sh -c '$nasty; read x <$tmp/left; $nasty' | " .
			"{ head -n 1; exec <&-; : >$tmp/left; }");
		ok($status == 0 && eval { decode_json($out) }, 'a reader that leaves early') or diag("$status '$err' '$out'");
	};
}

done_testing;
