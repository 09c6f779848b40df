#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# README.md does not lie: each of its ```sh blocks that follows a line <!-- expect: REGEX --> is run, must end with 0
# within half a minute, and must print what REGEX says. What it sends to the background is over when its output is closed.
use strict;
use warnings;
use Cwd;
use File::Temp 'tempdir';
use Test::More;

plan skip_all => 'needs root' if $>;
my $top = getcwd;
my $bin = $ENV{LYMER} // 'build/lymer';
$bin = "$top/$bin" unless $bin =~ m{^/};
(my $dir = $bin) =~ s{/[^/]*$}{};
$ENV{PATH} = "$dir:$dir/examples:$ENV{PATH}:/usr/sbin:/sbin";

sub slurp { open my $f, '<', $_[0] or die "$_[0]: $!\n"; local $/; <$f> }

my $text = slurp('README.md');
my $n = 0;
while ($text =~ /^<!-- expect: (.*?) -->\n+```sh\n(.*?)^```/msg) {
	my ($expect, $script) = ($1, $2);
	my $tmp = tempdir(CLEANUP => 1);
	my ($name) = $script =~ /^(?:#\s*)?(.*)/;

	$n++;
	open my $s, '>', "$tmp/example.sh" or die $!;
	print $s "cd $tmp\n$script";
	close $s;
	my $out = '';
	my $pid = open(my $run, '-|', "bash -e $tmp/example.sh 2>&1 </dev/null") // die $!;
	local $SIG{ALRM} = sub { kill TERM => $pid, map { slurp($_) } glob "$tmp/*.pid" };
	alarm 30;
	$out .= $_ while <$run>;
	close $run;
	alarm 0;
	ok($? == 0 && $out =~ /$expect/m, "example $n: $name")
		or diag("exit status ", $? >> 8, ", expected /$expect/, got:\n$out");
}
cmp_ok($n, '>=', 10, 'README.md has ten examples');
done_testing;
