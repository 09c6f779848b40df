#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The house is as drawn: modules include what ARCHITECTURE.md's arrows say and nothing else, arrows point down, files
# keep their size, and every file names its licence.
use strict;
use warnings;
use Test::More;

sub slurp { open my $f, '<', $_[0] or die "$_[0]: $!\n"; local $/; <$f> }

# "a -> b c" inside ```arrows blocks: %may{a}{b}; @order is the order of drawing.
my (%may, @order, %line);
my $doc = slurp('ARCHITECTURE.md');
while ($doc =~ /^```arrows\n(.*?)^```/msg) {
	for (split /\n/, $1) {
		next if /^\s*(#|$)/;
		my ($from, $to) = /^([\w\/]+)(?:\s*->\s*([\w\s\/]+))?$/ or BAIL_OUT("not an arrow: $_");
		push @order, $from;
		$line{$from} = $#order;
		$may{$from} //= {};
		$may{$from}{$_} = 1 for split ' ', $to // '';
	}
}
ok(@order > 10, 'ARCHITECTURE.md draws the modules');

# What the code includes. A module is a .c with its .h; those of bpf/ are drawn with their folder. What schema/ holds
# and the skeleton are everybody's ground.
my %does;
for my $path (glob('src/*.[ch] bpf/*.[ch]')) {
	my ($dir, $name) = $path =~ m{^(\w+)/(\w+)};
	my $from = $dir eq 'bpf' ? "bpf/$name" : $name;
	$does{$from} //= {};
	for (slurp($path) =~ /^#include "(\w+)\.[ch]"/mg) {
		my $to = -e "$dir/$_.h" || -e "$dir/$_.c" ? ($dir eq 'bpf' ? "bpf/$_" : $_) : next;
		$does{$from}{$to} = $path if $to ne $from;
	}
}

my @bad;
sub none_bad { ok(!@bad, $_[0]) or diag(join "\n", @bad) }

for my $from (sort keys %does) {
	push @bad, "$from is not drawn" unless $may{$from};
	for (sort keys %{$does{$from}}) {
		push @bad, "$does{$from}{$_} includes $_: no arrow $from -> $_" unless $may{$from}{$_};
	}
}
none_bad('the code follows no arrow that is not drawn');

@bad = ();
for my $from (@order) {
	push @bad, "$from is drawn but there is no such file" unless $does{$from};
	for (sort keys %{$may{$from}}) {
		push @bad, "$from -> $_ is drawn but no #include follows it" unless $does{$from}{$_};
		push @bad, "$from -> $_ points up" unless ($line{$_} // -1) > $line{$from};
	}
}
none_bad('no arrow is drawn in vain, and all point down');

@bad = ();
for my $path (grep { -f } qw(Makefile bootstrap .ci/run), <*.md>, glob('{src,bpf,schema,tools,examples,tests,tests/*}/*.{c,h,def,sh,py,t}')) {
	my $text = slurp($path);
	push @bad, "$path has no SPDX line" unless substr($text, 0, 400) =~ /SPDX-License-Identifier: BSD-2-Clause OR GPL-2\.0-only/;
	my $lines = ($text =~ tr/\n//);
	push @bad, "$path has $lines lines" if $path =~ m{^(src|bpf)/} && $lines > 640;
}
none_bad('every file names its licence and is of readable size');

done_testing;
