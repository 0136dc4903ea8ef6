#!/bin/bash
# Checks the model of the write protocol with spin (docs/model/README.md).
usage() {
    cat <<'EOF'
tools/check_model.sh            bounded scopes, exhaustively: no property may fall
tools/check_model.sh --wide     wider scopes: many minutes and some GB
tools/check_model.sh --broken [SECONDS]
                                each rule taken out: a counterexample must be found, within so many seconds (120) each
tools/check_model.sh --within SECONDS
                                the same for as many rules as can be begun in so many seconds, from a random one on
tools/check_model.sh --show FLAGS
                                the counterexample of a variant of docs/model/variants.txt, step by step
EOF
}

set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
models=$PWD/docs/model
command -v spin > /dev/null || { echo 'spin is missing: apt-get install spin' >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
memory=${FLORIN_MODEL_MB:-6000}
for_all=1000000  # seconds: as long as it takes

scope_of() {  # what takes part: requests of one key, resolvers, an operator, commits whose answer is lost
    case $1 in
        resolver) echo REQUESTS=1 RESOLVERS=1 OPERATORS=0 LOST_COMMITS=0 ;;
        forgets)  echo REQUESTS=1 RESOLVERS=1 OPERATORS=0 LOST_COMMITS=0 FORGETS_ERRORS ;;
        repeats)  echo REQUESTS=2 RESOLVERS=0 OPERATORS=0 LOST_COMMITS=0 ;;
        doubts)   echo REQUESTS=2 RESOLVERS=0 OPERATORS=0 LOST_COMMITS=1 ;;
        human)    echo REQUESTS=2 RESOLVERS=0 OPERATORS=1 LOST_COMMITS=0 ;;
        operated) echo REQUESTS=1 RESOLVERS=1 OPERATORS=1 LOST_COMMITS=0 ;;
        overlap)  echo OPERATIONS=3 ;;
        both)     echo REQUESTS=2 RESOLVERS=1 OPERATORS=0 LOST_COMMITS=0 ;;
        racing)   echo REQUESTS=1 RESOLVERS=2 OPERATORS=0 LOST_COMMITS=0 ;;
        twice)    echo REQUESTS=1 RESOLVERS=1 OPERATORS=0 LOST_COMMITS=0 DUPLICATES MESSAGES=3 ;;
        three)    echo REQUESTS=3 RESOLVERS=0 OPERATORS=0 LOST_COMMITS=0 ;;
        overlaps) echo OPERATIONS=4 ;;
    esac
}

# make_checker MODEL FLAG...: the checker of one scope, in $work.
make_checker() {
    local model=$1; shift
    cp "$models/$model.pml" "$work"  # beside which the checker writes
    (cd "$work" && rm -f pan.* && spin -a "${@/#/-D}" "$model.pml" > spin.log) || { cat "$work/spin.log"; return 1; }
    local order=()  # what is sought lies at the other end of these
    [[ "$*" != *LOST_COMMITS=1* ]] || order=(-DREVERSE -DT_REVERSE)
    "${CC:-clang-19}" -O1 -w "${order[@]}" -DSAFETY -DCOLLAPSE -DVECTORSZ=512 "-DMEMLIM=$memory" -o "$work/pan" "$work/pan.c"
}

# run_checker SECONDS: ends with 0 when everything was looked at and nothing fell, 1 on a counterexample, 2 otherwise.
run_checker() {
    (cd "$work" && rm -f ./*.trail && timeout "$1" ./pan -m500000 > pan.log 2>&1) || true
    ! grep -q 'assertion violated' "$work/pan.log" || return 1
    ! grep -q 'Search not completed\|max search depth too small' "$work/pan.log" || return 2
    grep -q 'errors: 0' "$work/pan.log" || return 2
}

# fallen MODEL FLAG...: the name that stands beside the assertion which the counterexample violates. Its text tells which
# it is; a line of an inline does not.
fallen() {
    local model=$1 text; shift
    text=$(cd "$work" && spin -t "${@/#/-D}" "$model.pml" | awk '
        /text of failed assertion/ && !seen++ {sub(/.*assertion: /, ""); gsub(/[ ()]/, ""); print}')
    "${CC:-clang-19}" -E -C -x c "${@/#/-D}" "$work/$model.pml" | awk -v text="$text" '{
        line = $0; gsub(/[ ()]/, "", line)
        if (!/^#/ && text != "" && index(line, text) && !seen++) {gsub(/.*\/\* | \*\/.*/, ""); print}}'
}

figure() { awk -v what="$1" '$0 ~ what {print $1; exit}' "$work/pan.log"; }

check_scopes() {  # check_scopes SECONDS SCOPE...
    local seconds=$1 scope model bad=0 began; shift
    printf '%-10s %12s %14s %9s %8s\n' scope states transitions memory seconds
    for scope in "$@"; do
        model=write_protocol; [[ $scope != overlap* ]] || model=overlap
        began=$EPOCHREALTIME
        # shellcheck disable=SC2046  # words
        make_checker $model $(scope_of "$scope")
        local ended=ok; run_checker "$seconds" || ended='NOT OK'
        printf '%-10s %12s %14s %6s MB %8.1f  %s\n' "$scope" "$(figure 'states, stored')" "$(figure 'transitions')" \
            "$(awk '/total actual memory/ {print int($1)}' "$work/pan.log")" \
            "$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN {print b - a}')" "$ended"
        [ "$ended" = ok ] || { bad=1; grep 'assertion violated\|not completed\|too small\|memory' "$work/pan.log" || true; }
    done
    return $bad
}

variants() {  # variants FIRST: the list, beginning there
    sed '/^#/d' "$models/variants.txt" | awk -v first="$1" 'NR >= first {print; next} {rest = rest $0 "\n"} END {printf "%s", rest}'
}

check_broken() {  # check_broken SECONDS-EACH SECONDS-ALL FIRST
    local bad=0 found=0 skipped=0 rule flags model scope property began ended name
    while IFS='|' read -r rule flags model scope property; do
        if [ "$SECONDS" -ge "$2" ] && [ "$found" -gt 0 ]; then skipped=$((skipped + 1)); continue; fi
        read -r -a words <<< "$flags $(scope_of "${scope// /}")"
        began=$EPOCHREALTIME
        make_checker "${model// /}" "${words[@]}"
        ended=0; run_checker "$1" || ended=$?
        case $ended in
            1) ended="$(wc -l < "$(echo "$work"/*.trail)") steps"; found=$((found + 1))
               name=$(fallen "${model// /}" "${words[@]}")
               [[ $name == *"${property# }"* ]] || { ended="ANOTHER FELL: ${name:-?}"; bad=1; } ;;
            0) ended='NO COUNTEREXAMPLE'; bad=1 ;;
            *) ended='not found in time'; skipped=$((skipped + 1)); [ "$2" -lt "$for_all" ] || bad=1 ;;
        esac
        printf '%-3s %-32s %6.1f s  %-18s %s\n' "$rule" "$flags" \
            "$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN {print b - a}')" "$ended" "$property"
    done < <(variants "$3")
    echo "$found rules taken out were missed, $skipped were left for another time"
    return $bad
}

show() {
    local line rule flags model scope property
    line=$(grep -F "$1" "$models/variants.txt" | head -1) || { echo "docs/model/variants.txt has no $1" >&2; exit 2; }
    IFS='|' read -r rule flags model scope property <<< "$line"
    read -r -a words <<< "$flags $(scope_of "${scope// /}")"
    make_checker "${model// /}" "${words[@]}"
    ! run_checker 600 || { echo 'no counterexample' >&2; exit 1; }
    (cd "$work" && spin -t -p -g "${words[@]/#/-D}" "${model// /}.pml")
}

case ${1:-} in
    '') check_scopes 600 overlap resolver forgets repeats ;;
    --wide) check_scopes 14400 overlaps operated doubts human twice racing both three ;;
    --broken) check_broken "${2:-120}" "$for_all" 1 ;;
    --within)
        first=$((RANDOM % $(variants 1 | wc -l) + 1))
        echo "beginning with variant $first"
        check_broken 60 "${2:?seconds}" "$first"
        ;;
    --show) show "${2:?which variant?}" ;;
    *) usage; [ "$1" = --help ] ;;
esac
