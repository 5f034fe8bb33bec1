#!/bin/sh
# Gives the readers of symbols, dates, codes, charsets and whole notices inputs
# that nobody thought of: FUZZ_INPUTS in all, shared out so that the quick
# readers get most. An input that fails stays in testdata/fuzz of its package.
set -u
cd "$(dirname "$0")/.."
inputs=${FUZZ_INPUTS:-200000}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0 total=0

# package, target, share in thousandths
targets='
./internal/trade FuzzParseSymbols 200
./internal/trade FuzzResolveDate 150
./ingest FuzzCodes 150
./ingest FuzzText 150
./internal/prose FuzzPlainText 100
./internal/nomenclature FuzzFind 50
./internal/nomenclature FuzzStandards 50
./internal/trade FuzzTail 25
./internal/index FuzzDecodeRecord 25
./matcher FuzzReadLine 50
./matcher FuzzRead 50
'
printf '%-24s %-18s %12s %12s %9s  %s\n' package target inputs interesting inputs/s result
while read -r package target share; do
	[ -n "$package" ] || continue
	begin=$(date +%s)
	if go test "$package" -run '^$' -fuzz "^$target\$" -fuzzminimizetime 10x -fuzztime "$((inputs * share / 1000))x" >"$log" 2>&1; then result=ok; else result=FAILED failed=1; fi
	took=$(($(date +%s) - begin))
	last=$(grep 'execs:' "$log" | tail -n 1)
	done=$(printf '%s' "$last" | sed -n 's/.*execs: \([0-9]*\).*/\1/p')
	new=$(printf '%s' "$last" | sed -n 's/.*new interesting: \([0-9]*\).*/\1/p')
	total=$((total + ${done:-0}))
	printf '%-24s %-18s %12s %12s %9s  %s\n' "$package" "$target" "${done:-0}" "${new:-0}" "$((${done:-0} / (took > 0 ? took : 1)))" "$result"
	[ "$result" = ok ] || cat "$log"
done <<EOF
$targets
EOF
echo "$total inputs in all"
exit $failed
