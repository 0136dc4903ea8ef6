#!/bin/bash
# clang-tidy (.clang-tidy) over the pure modules, where it is quick and its findings count most. Needs a configured build
# directory, build/debug by default: tools/check_tidy.sh [BUILD]
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/debug}
files=$(git ls-files 'src/base/*.cpp' 'src/payments/*.cpp' 'src/ledger/*.cpp' 'src/routing/*.cpp' | grep -v _test.cpp)
xargs -n 4 -P "$(nproc)" clang-tidy-19 --quiet -p "$build" <<< "$files" 2> >(grep -v 'warnings generated' >&2)
echo "check_tidy: $(wc -w <<< "$files") files are clean"
