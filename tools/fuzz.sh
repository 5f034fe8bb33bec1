#!/bin/sh
# Feeds made-up inputs to every fuzz target of the repository and prints one
# table. What fails stays in the target's testdata/fuzz, to be committed with
# the mend. Fast targets share what the readers of whole notices leave.
#
#   FUZZ_INPUTS    inputs in all (20000)
#   FUZZ_NOTICES   inputs for each reader of whole notices (a fiftieth of all)
#   FUZZ_PARALLEL  workers of a target (1)
#   FUZZ_ONLY      regular expression of targets, such as 'Notice|Symbols'
set -u
cd "$(dirname "$0")/.." || exit 1

all="${FUZZ_INPUTS:-20000}"
notices="${FUZZ_NOTICES:-$((all / 50))}"
parallel="${FUZZ_PARALLEL:-1}"
only="${FUZZ_ONLY:-.}"
slow=' FuzzNotice FuzzReadLine FuzzTextDates FuzzEping FuzzEpingBulk FuzzFederalRegister FuzzSafetyGate FuzzFeed FuzzPage FuzzSheetXML '

log="$(mktemp)"
table="$(mktemp)"
trap 'rm -f "$log" "$table"' EXIT
trap 'exit 130' INT TERM

targets="$(grep -rE --include='*_test.go' '^func Fuzz[A-Za-z0-9]+\(f \*testing\.F\)' . |
	sed -E 's|^(.*)/[^/]*:func (Fuzz[A-Za-z0-9]+).*|\1 \2|' | sort | grep -E "/[^ ]* .*($only)")"
[ -n "$targets" ] || { echo "no target is called $only" >&2; exit 1; }

is_slow() { case "$slow" in *" $1 "*) return 0 ;; esac; return 1; }

slows=0 fasts=0
while read -r _ name; do
	if is_slow "$name"; then slows=$((slows + 1)); else fasts=$((fasts + 1)); fi
done <<EOT
$targets
EOT
[ "$fasts" -gt 0 ] || notices=$((all / slows))
rest=$((all - slows * notices))
[ "$fasts" -eq 0 ] || [ "$rest" -ge "$fasts" ] || { echo "FUZZ_INPUTS=$all leaves nothing beside $slows times FUZZ_NOTICES=$notices" >&2; exit 1; }
[ "$notices" -gt 0 ] || { echo "FUZZ_INPUTS=$all is too little for $slows readers of notices" >&2; exit 1; }

row='%-42s %12s %8s %9s %10s  %s\n'
printf "$row" target inputs new seconds inputs/s result >"$table"
total=0 time=0 failed=0
while read -r dir name; do
	if is_slow "$name"; then share="$notices"; else share=$((rest / fasts)); fi
	echo "$dir $name: $share inputs" >&2
	begun="$(date +%s)"
	result=ok
	go test "$dir" -run '^$' -fuzz "^$name\$" -fuzztime "${share}x" -fuzzminimizetime 50x -parallel "$parallel" -timeout 0 >"$log" 2>&1 </dev/null || result=FAILED
	seconds=$(($(date +%s) - begun))
	execs="$(sed -nE 's/.*execs: ([0-9]+) .*/\1/p' "$log" | tail -n 1)"
	[ -n "$execs" ] || execs="$(sed -nE 's|.*baseline coverage: ([0-9]+)/.*|\1|p' "$log" | tail -n 1)" # the corpus took all
	new="$(sed -nE 's/.*new interesting: ([0-9]+) .*/\1/p' "$log" | tail -n 1)"
	if [ "$result" = FAILED ]; then
		failed=$((failed + 1))
		cat "$log" >&2
	fi
	printf "$row" "${dir#./} $name" "${execs:-0}" "${new:-0}" "$seconds" "$((${execs:-0} / (seconds > 0 ? seconds : 1)))" "$result" >>"$table"
	total=$((total + ${execs:-0})) time=$((time + seconds))
done <<EOT
$targets
EOT
[ "$failed" -eq 0 ] && result=ok || result="$failed FAILED"
printf "$row" total "$total" '' "$time" "$((total / (time > 0 ? time : 1)))" "$result" >>"$table"
cat "$table"
[ "$failed" -eq 0 ]
