#!/bin/bash
# clang-tidy (.clang-tidy) over the pure modules, where it is quick and its findings count most. Needs a configured build
# directory, build/asan by default: tools/check_tidy.sh [BUILD]
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/asan}
# Not fail_point.cpp: it is of test builds only, and the analyzer finds fault with Asio's own headers behind its coroutines.
files=$(git ls-files 'src/base/*.cpp' 'src/payments/*.cpp' 'src/ledger/*.cpp' 'src/routing/*.cpp' |
    grep -v '_test\.cpp$\|/fail_point\.cpp$')
xargs -n 4 -P "$(nproc)" clang-tidy-19 --quiet -p "$build" <<< "$files" 2> >(grep -v 'warnings generated' >&2)
echo "check_tidy: $(wc -w <<< "$files") files are clean"
