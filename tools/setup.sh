# Sourced by ./run and ./test, which set `program`: Debian packages, configuring and building. Needs bash and apt only.

if [ -t 1 ]; then bold=$'\033[1m' plain=$'\033[0m'; else bold='' plain=''; fi
say() { printf '%s==>%s %s\n' "$bold" "$plain" "$*"; }           # a heading of progress
fail() { printf '%s: %s\n' "$program" "$*" >&2; exit 1; }        # one clear line, and out

packages_of() { sed 's/#.*//' "$@" | grep -v '^[[:space:]]*$'; }

missing_packages() {  # missing_packages LIST...: what of the lists is not installed
    local wanted installed
    wanted=$(packages_of "$@" | sort -u)
    # shellcheck disable=SC2086  # names, one word each
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2> /dev/null | sed -n 's/^installed //p' | sort -u)
    comm -23 <(printf '%s\n' "$wanted") <(printf '%s\n' "$installed")
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@"
}

# The package would create and start a server of its own on port 5432. Whoever has it already keeps it.
keep_default_cluster_away() {
    local settings=/etc/postgresql-common/createcluster.conf
    [ ! -e "$settings" ] || return 0
    as_root mkdir -p "$(dirname "$settings")"
    echo 'create_main_cluster = false' | as_root tee "$settings" > /dev/null
}

# install_packages LIST...: installs what is missing, and asks the package servers only then.
install_packages() {
    command -v dpkg-query > /dev/null || fail "this is not Debian: install what $* name, then build with" \
        "'cmake --preset release && cmake --build --preset release'"
    local missing
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "${missing// /}" ] || return 0
    if [ "$(id -u)" != 0 ] && ! command -v sudo > /dev/null; then
        fail "packages are missing and there is neither root nor sudo to install them. As root: apt-get install $missing"
    fi
    say "installing $(wc -w <<< "$missing") Debian packages (once, about a minute): $missing"
    keep_default_cluster_away
    apt_get update || fail "apt-get update failed, see above: is the network there?"
    # shellcheck disable=SC2086
    apt_get install -y --no-install-recommends $missing || fail "apt-get could not install the packages, see above"
}

# need_space MEBIBYTES DIRECTORY
need_space() {
    local free
    free=$(df -Pm "$2" | awk 'NR == 2 {print $4}')
    [ "$free" -ge "$1" ] || fail "only $free MiB are free on the disk of $2, and $1 MiB are needed"
}

# Compiled files are kept beside the build, unless this user has a compiler cache already. Paths are taken as relative, so
# that a fresh clone elsewhere finds them too.
choose_compiler_cache() {
    export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
    [ -n "${CCACHE_DIR:-}" ] || [ -d "$HOME/.cache/ccache" ] || export CCACHE_DIR=$PWD/build/.ccache
}

# build PRESET [TARGET...]: configures where needed and builds, with ninja's progress.
build() {
    local preset=$1; shift
    choose_compiler_cache
    mkdir -p build
    if [ ! -f "build/$preset/build.ninja" ]; then
        need_space 2048 .
        say "configuring build/$preset"
        cmake --preset "$preset" > "build/$preset.log" 2>&1 || { cat "build/$preset.log" >&2; fail "cmake failed, see above"; }
        say "building build/$preset (the first time some minutes)"
    fi
    NINJA_STATUS='[%f/%t, %es] ' cmake --build --preset "$preset" ${1:+--target "$@"} || fail "the build failed, see above"
}
