#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# README.md does not lie: each of its ```sh blocks that follows a line <!-- expect: REGEX --> is run, must end with 0
# within half a minute, and must print what REGEX says.
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

open my $f, '<', 'README.md' or die "README.md: $!\n";
my $text = do { local $/; <$f> };
my $n = 0;
while ($text =~ /^<!-- expect: (.*?) -->\n+```sh\n(.*?)^```/msg) {
	my ($expect, $script) = ($1, $2);
	my $tmp = tempdir(CLEANUP => 1);
	my ($name) = $script =~ /^(?:#\s*)?(.*)/;

	$n++;
	open my $s, '>', "$tmp/example.sh" or die $!;
	print $s "cd $tmp\n$script";
	close $s;
	my $out = qx(timeout -k 5 30 bash -e $tmp/example.sh 2>&1 </dev/null);
	ok($? == 0 && $out =~ /$expect/m, "example $n: $name")
		or diag("exit status ", $? >> 8, ", expected /$expect/, got:\n$out");
}
cmp_ok($n, '>=', 10, 'README.md has ten examples');
done_testing;
