# Sourced by ./test: named steps with their time, the Python environment, and the sum of all results.

results=build/results
rm -rf "$results"
mkdir -p "$results"
results=$PWD/$results
steps=$results/steps.tsv
touch "$steps"

# step NAME COMMAND...: runs it whatever came before, remembers how it ended and how long it took.
step() {
    local name=$1 began=$EPOCHREALTIME state=ok; shift
    say "$name"
    # A process of its own, so that a failing build ends its step and not the run.
    ( "$@" ) || state=FAILED
    printf '%s\t%.1f\t%s\n' "$name" "$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN {print b - a}')" "$state" >> "$steps"
    [ "$state" = ok ] || say "$name FAILED"
}

beside_names=() beside_processes=()
trap 'for process in "${beside_processes[@]}"; do kill -- "-$process" 2> /dev/null; done' EXIT

# beside COMMAND...: steps that go on while those that follow do; what they say is shown by joined.
beside() {
    say "$1: beside what follows"
    set -m  # a process group of its own, which goes when this process goes
    ( "$@" ) > "$results/$1.log" 2>&1 < /dev/null &
    set +m
    beside_names+=("$1") beside_processes+=($!)
}

# joined NAME: waits for what goes on beside under this name.
joined() {
    local i
    for i in "${!beside_names[@]}"; do
        [ "${beside_names[i]}" = "$1" ] || continue
        wait "${beside_processes[i]}" || true
        cat "$results/$1.log"
        unset "beside_names[i]" "beside_processes[i]"
    done
}

# For what only computes, beside tests that mostly wait.
at_lowest_priority() { renice -n 19 $BASHPID > /dev/null; }

# The environment is made anew when the requirements change.
prepare_python() {
    local wanted=.venv/florin-requirements.txt
    ! cmp -s tests/requirements.txt "$wanted" || return 0
    say "making .venv for the black-box tests"
    rm -rf .venv
    /usr/bin/python3 -m venv .venv || fail "python3 -m venv failed, see above"
    .venv/bin/pip install -q --disable-pip-version-check --no-cache-dir -r tests/requirements.txt ||
        fail "pip could not install tests/requirements.txt, see above"
    cp tests/requirements.txt "$wanted"
}

# The sum of one attribute over all <testsuite> elements: GoogleTest and pytest both write them.
sum_of() {
    { grep -rho --include='*.xml' "<testsuite [^>]*" "$results" | grep -o " $1=\"[0-9]*\"" || true; } | tr -dc '0-9\n' |
        awk '{sum += $1} END {print sum + 0}'
}

report() {
    local failed_steps failed passed name seconds state
    printf '\n%-28s %10s  %s\n' step seconds ''
    while IFS=$'\t' read -r name seconds state; do printf '%-28s %10s  %s\n' "$name" "$seconds" "$state"; done < "$steps"
    failed_steps=$(grep -c 'FAILED$' "$steps" || true)
    # A skipped test shows nothing, so it counts as failed.
    failed=$(($(sum_of failures) + $(sum_of errors) + $(sum_of skipped) + $(sum_of disabled)))
    passed=$(($(sum_of tests) - failed))
    [ "$failed" -gt 0 ] || failed=$failed_steps  # a check, a build, or a test program that crashed
    printf '%-28s %10s\n\n' total "$SECONDS"
    echo "$passed passed, $failed failed"
    [ "$failed_steps" = 0 ] && [ "$failed" = 0 ]
}
