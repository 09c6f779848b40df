#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Records made by hand, replayed in every form, are byte for byte what the files beside this one say. Runs at the top of
# the tree; LYMER_BUILD names the build directory. LYM_GOLDEN_UPDATE=1 writes the expected files instead.
build=${LYMER_BUILD:-${O:-build}}
lymer=${LYMER:-$build/lymer}
here=tests/golden
names="calls families messages truth hostile kernel"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export TZ=UTC LC_ALL=C
n=0

result() { # STATUS DESCRIPTION
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

"$build/tests/golden/make-records" "$tmp"
result $? "records are made"

for name in $names; do
	for form in table json strace; do
		"$lymer" replay --output $form "$tmp/$name.raw" >"$tmp/$name.$form" 2>"$tmp/err"
		status=$?
		if [ "$LYM_GOLDEN_UPDATE" ]; then
			cp "$tmp/$name.$form" $here/$name.$form
		fi
		if [ $status = 0 ] && [ ! -s "$tmp/err" ] && cmp -s $here/$name.$form "$tmp/$name.$form"; then
			result 0 "$name as $form"
		else
			result 1 "$name as $form"
			{ cat "$tmp/err"; diff $here/$name.$form "$tmp/$name.$form"; } 2>&1 | cut -c1-300 | sed 's/^/# /'
		fi
	done
done

"$lymer" replay --output raw "$tmp/calls.raw" >"$tmp/again.raw" && cmp "$tmp/calls.raw" "$tmp/again.raw" >&2
result $? "raw to raw is the same file"
"$lymer" replay <"$tmp/calls.raw" - | cmp - $here/calls.table >&2
result $? "the table is the default, - is standard input"
"$lymer" replay --output json:"$tmp/file.json" "$tmp/calls.raw" && cmp "$tmp/file.json" $here/calls.json >&2
result $? "to a file"
"$lymer" replay --color=always "$tmp/truth.raw" | grep -q "$(printf '\033\\[1;31m')TAMPER buf"
result $? "colour where it is wanted"
"$lymer" replay --color=always "$tmp/hostile.raw" | sed "$(printf 's/\033\\[[0-9;]*m//g')" | cmp - $here/hostile.table >&2
result $? "colours are all that colour adds"
"$lymer" replay --output none "$tmp/calls.raw" | cmp - /dev/null >&2
result $? "none prints nothing"

usage() { # DESCRIPTION STATUS ARGUMENT...
	what=$1
	want=$2
	shift 2
	"$lymer" replay "$@" >"$tmp/out" 2>"$tmp/err"
	[ $? = "$want" ] && [ ! -s "$tmp/out" ] && [ "$(wc -l <"$tmp/err")" = 1 ] && grep -q '^lymer: ' "$tmp/err"
	result $? "$what"
}
usage "no such file" 1 "$tmp/nosuch.raw"
usage "no raw file" 1 $here/calls.json
usage "no such form" 2 --output xml "$tmp/calls.raw"
usage "no such option" 2 --xyzzy "$tmp/calls.raw"
usage "no file" 2
usage "no such colour" 2 --color=blue "$tmp/calls.raw"
usage "no such directory" 1 -o "$tmp/none/x" "$tmp/calls.raw"
head -c 1000 "$tmp/calls.raw" >"$tmp/cut.raw"
usage "cut short" 1 --output none "$tmp/cut.raw"
if [ -w /dev/full ]; then
	usage "a full disk" 1 --output json:/dev/full "$tmp/calls.raw"
fi

if command -v python3 >/dev/null; then
	cat "$tmp"/*.json | python3 $here/check-json.py
	result $? "every JSON line is what pipelines rely on"
else
	n=$((n + 1))
	echo "ok $n - # SKIP no python3 to judge the JSON"
fi
if LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" $here/*.table $here/*.json $here/*.strace; then
	result 1 "no control byte in any form"
else
	result 0 "no control byte in any form"
fi
echo "1..$n"
