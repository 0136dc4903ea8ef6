#!/bin/bash
# Runs the fuzz targets of fuzz/ (libFuzzer, AddressSanitizer, UndefinedBehaviorSanitizer).
usage() {
    cat <<'USAGE'
tools/fuzz.sh [SECONDS [TARGET...]]   each target for SECONDS (60), two at a time; all targets unless some are named
tools/fuzz.sh --coverage [TARGET...]  what the kept and found inputs reach: regions, lines and branches by file
tools/fuzz.sh --keep [TARGET...]      minimises kept and found inputs into fuzz/corpus/
tools/fuzz.sh --replay FILE TARGET    one input once, such as a finding

A night: tools/fuzz.sh 3600. SEED=n repeats a run, JOBS=n sets how many run at a time. Starts from fuzz/corpus/TARGET; what
is found goes to build/fuzz/found/TARGET. An input that breaks a property is build/fuzz/broken/TARGET-…; mend the cause,
write it as a unit test beside the code, then run --keep.
USAGE
}

set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
program=fuzz
. tools/setup.sh

fuzz=${FLORIN_FUZZ_BUILD:-build/fuzz}  # where the programs are and the findings go
jobs=${JOBS:-$(nproc)}
seed=${SEED:-$((RANDOM * 32768 + RANDOM + 1))}

all_targets() { for file in fuzz/*.cpp; do basename "$file" .cpp; done; }

prepare() {  # prepare PRESET
    [ -n "${FLORIN_FUZZ_BUILD:-}" ] || build "$1" > /dev/null
}

options_of() {  # options_of TARGET: what every run has in common
    mkdir -p "$fuzz/found/$1" "$fuzz/broken" "$fuzz/logs"
    echo "-dict=fuzz/dictionaries/$1.dict" -timeout=20 -rss_limit_mb=2048 -max_len=4096 "-artifact_prefix=$fuzz/broken/$1-"
}

run_target() {  # run_target TARGET SECONDS
    local options
    options=$(options_of "$1")
    # shellcheck disable=SC2086  # several options
    "$fuzz/bin/fuzz_$1" $options "-max_total_time=$2" "-seed=$seed" -print_final_stats=1 \
        "$fuzz/found/$1" "fuzz/corpus/$1" > "$fuzz/logs/$1.log" 2>&1 || echo "$1" >> "$fuzz/failed"
}

number_in() { sed -n "s/$1/\1/p" "$2" | tail -n 1; }  # number_in PATTERN LOG

show() {  # show TARGET: a row of the table
    local log=$fuzz/logs/$1.log state=ok
    ! grep -qx "$1" "$fuzz/failed" || state=BROKEN
    printf '%-16s %12s %9s %8s of %-7s %8s  %s\n' "$1" "$(number_in '.*number_of_executed_units: *\([0-9]*\).*' "$log")" \
        "$(number_in '.*average_exec_per_sec: *\([0-9]*\).*' "$log")" "$(number_in '.* cov: \([0-9]*\) .*' "$log")" \
        "$(number_in '.*(\([0-9]*\) inline 8-bit counters).*' "$log")" \
        "$(number_in '.* corp: \([0-9]*\)\/.*' "$log")" "$state"
    [ "$state" = ok ] || sed -nE '/property broken|Assertion|ERROR|runtime error|Test unit written|No such file/s/^/    /p' "$log"
}

run() {  # run SECONDS TARGET...
    local seconds=$1; shift
    prepare fuzz
    mkdir -p "$fuzz"
    : > "$fuzz/failed"
    say "fuzzing $# targets for $seconds s each, $jobs at a time, SEED=$seed"
    for target; do
        run_target "$target" "$seconds" &
        while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || true; done
    done
    wait
    printf '%-16s %12s %9s %19s %8s\n' target executions 'per s' edges inputs
    for target; do show "$target"; done
    [ ! -s "$fuzz/failed" ] || fail "a property is broken, see above; the input is in $fuzz/broken, the log in $fuzz/logs"
}

# The smallest set of inputs that reaches the same edges.
keep() {
    prepare fuzz
    for target; do
        local smaller
        smaller=$(mktemp -d)
        "$fuzz/bin/fuzz_$target" -set_cover_merge=1 -use_counters=0 -max_len=4096 -rss_limit_mb=2048 "$smaller" \
            "fuzz/corpus/$target" "$fuzz/found/$target" > "$fuzz/logs/$target.merge" 2>&1 || fail "see $fuzz/logs/$target.merge"
        rm -rf "fuzz/corpus/$target"
        mv "$smaller" "fuzz/corpus/$target"
        chmod 755 "fuzz/corpus/$target"
        say "$target: $(find "fuzz/corpus/$target" -type f | wc -l) inputs, $(du -sb "fuzz/corpus/$target" | cut -f1) bytes"
    done
}

coverage() {
    local found=$fuzz/found objects=()
    FLORIN_FUZZ_BUILD='' prepare fuzz-coverage
    for target; do
        mkdir -p "$found/$target"
        LLVM_PROFILE_FILE=build/fuzz-coverage/$target.profraw "build/fuzz-coverage/bin/fuzz_$target" -runs=0 \
            "fuzz/corpus/$target" "$found/$target" > /dev/null 2>&1
        objects+=(-object "build/fuzz-coverage/bin/fuzz_$target")
    done
    llvm-profdata-19 merge -sparse build/fuzz-coverage/*.profraw -o build/fuzz-coverage/all.profdata
    llvm-cov-19 report "${objects[@]}" -instr-profile=build/fuzz-coverage/all.profdata -ignore-filename-regex='^/usr|fuzz/'
}

main() {
    local action=run
    case ${1:-} in
        --help | -h) usage; exit 0 ;;
        --coverage) action=coverage; shift ;;
        --keep) action=keep; shift ;;
        --replay) shift; prepare fuzz; exec "$fuzz/bin/fuzz_$2" "$1" ;;
    esac
    local seconds=60 targets
    if [ "$action" = run ]; then
        [[ ${1:-60} =~ ^[1-9][0-9]*$ ]] || fail "SECONDS must be a number, see tools/fuzz.sh --help"
        seconds=${1:-60}
        [ $# = 0 ] || shift
    fi
    mapfile -t targets < <([ $# -gt 0 ] && printf '%s\n' "$@" || all_targets)
    for target in "${targets[@]}"; do
        [ -f "fuzz/$target.cpp" ] || fail "there is no target $target; there are: $(all_targets | tr '\n' ' ')"
        mkdir -p "fuzz/corpus/$target"
    done
    case $action in
        run) run "$seconds" "${targets[@]}" ;;
        *) "$action" "${targets[@]}" ;;
    esac
}
main "$@"; exit
