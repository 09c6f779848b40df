#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# `make demo` shows what it promises: true payloads and sources from an honest server, and from a hostile one the same,
# with the forgery shouted; in less than 20 seconds.
use strict;
use warnings;
use Test::More;

plan skip_all => 'needs root' if $>;
my $start = time;
my $text = qx(sh tools/demo.sh 2>&1);
is($?, 0, 'the demo ends well') or diag($text);
cmp_ok(time - $start, '<', 20, 'within 20 seconds');

my ($honest, $hostile) = split /^2\. /m, $text;
for (['honest', $honest], ['hostile', $hostile]) {
	my ($name, $part) = @$_;
	$part //= '';
	my @got = grep { /\brecvfrom\b.*buf=/ } split /\n/, $part;
	like($part, qr/recvfrom .*user login ok.*src_addr=127\.0\.0\.1:\d+/, "$name: logger over UDP, with its address");
	like($part, qr/recvfrom .*3 incorrect password attempts/, "$name: logger over the unix socket");
	like($part, qr/recvfrom .*disk almost full.*src_addr=127\.0\.0\.1:\d+/, "$name: the other client");
	like($part, qr/flags=MSG_DONTWAIT/, "$name: flags by name");
	unlike(join("\n", map { s/TAMPER.*//r } @got), qr/nothing happened|10\.0\.0\.1/, "$name: no forged value in an event");
}
unlike($honest, qr/TAMPER/, 'honest: no tamper');
like($hostile // '', qr/TAMPER.*buf/, 'hostile: the payload in memory is said to differ');
like($hostile // '', qr/TAMPER.*src_addr/, 'hostile: so is the address');
done_testing;
