# Sourced by ./test: named steps with their time, the Python environment, and the sum of all results.

results=build/results
rm -rf "$results"
mkdir -p "$results"
results=$PWD/$results
step_names=() step_seconds=() step_states=()

# step NAME COMMAND...: runs it whatever came before, remembers how it ended and how long it took.
step() {
    local name=$1 began=$EPOCHREALTIME state=ok; shift
    say "$name"
    # A process of its own, so that a failing build ends its step and not the run.
    ( "$@" ) || state=FAILED
    step_names+=("$name")
    step_states+=("$state")
    step_seconds+=("$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.1f", b - a}')")
    [ "$state" = ok ] || say "$name FAILED"
}

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
    local i failed_steps=0 failed passed
    printf '\n%-28s %10s  %s\n' step seconds ''
    for i in "${!step_names[@]}"; do
        printf '%-28s %10s  %s\n' "${step_names[i]}" "${step_seconds[i]}" "${step_states[i]}"
        [ "${step_states[i]}" = ok ] || failed_steps=$((failed_steps + 1))
    done
    # A skipped test shows nothing, so it counts as failed.
    failed=$(($(sum_of failures) + $(sum_of errors) + $(sum_of skipped) + $(sum_of disabled)))
    passed=$(($(sum_of tests) - failed))
    [ "$failed" -gt 0 ] || failed=$failed_steps  # a check, a build, or a test program that crashed
    printf '%-28s %10s\n\n' total "$SECONDS"
    echo "$passed passed, $failed failed"
    [ "$failed_steps" = 0 ] && [ "$failed" = 0 ]
}
