#!/bin/bash
# Runs Prometheus' checker for metrics and alert rules: tools/promtool.sh check rules docs/alerts.yml
# Where promtool is not installed, it is taken out of Debian's package into build/promtool, once: installing the package
# would start a Prometheus on a developer's machine. Needs no root, only a Debian with its archive's keys.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
fail() { printf 'promtool.sh: %s\n' "$*" >&2; exit 1; }

# The machine's package lists where there are some, else lists of our own.
download() {
    apt-get -q download prometheus && return
    local own=(-o "Dir::State::lists=$PWD/lists" -o "Dir::Cache=$PWD/cache" -o Debug::NoLocking=1)
    mkdir -p lists/partial cache/archives/partial
    apt-get -q "${own[@]}" update && apt-get -q "${own[@]}" download prometheus
}

fetch() {
    command -v apt-get > /dev/null || fail "this is no Debian: install promtool, which comes with Prometheus"
    local work
    mkdir -p build
    work=$(mktemp -d build/promtool.XXXXXX)
    # shellcheck disable=SC2064  # the directory as it is named now
    trap "rm -rf '$PWD/$work'" EXIT
    (cd "$work" && download && dpkg-deb -x prometheus_*.deb package) > "$work/log" 2>&1 ||
        { cat "$work/log" >&2; fail "Debian's package prometheus could not be fetched, see above"; }
    mkdir -p build/promtool
    mv -f "$work/package/usr/bin/promtool" build/promtool/promtool
    rm -rf "$work"
    trap - EXIT
}

promtool=$(command -v promtool || true)
if [ -z "$promtool" ]; then
    promtool=$PWD/build/promtool/promtool
    [ -x "$promtool" ] || fetch
fi
exec "$promtool" "$@"
