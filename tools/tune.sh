#!/bin/bash
usage() {
    cat <<'EOT'
tools/tune.sh          build/tuned: the release build, optimised by what runs often (profile-guided) and across files (link-time)
tools/tune.sh --help   this text

Builds programs that count what runs (build/counting), has them take payments for a minute (bench/train), and builds once more by
what they saw. Takes two builds, 20 to 25 minutes on two cores, and llvm-19, which ./test installs. Try it with
FLORIN_BUILD=build/tuned bench/compare.
EOT
}

set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
program='tools/tune.sh'
. tools/setup.sh

case ${1:-} in
    '') ;;
    --help | -h) usage; exit 0 ;;
    *) fail "unknown argument $1, see tools/tune.sh --help" ;;
esac
command -v llvm-profdata-19 > /dev/null || fail "llvm-19 is missing: ./test installs it, or apt-get install llvm-19"
build counting
FLORIN_BUILD=$PWD/build/counting bench/train build/counted.profdata
build tuned
say "build/tuned/bin has the programs"
