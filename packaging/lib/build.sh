# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Building, for the scripts that people start. Sourced.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

die() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit "${2:-1}"
}

# Compile jobs that fit both the cores and the memory: one takes up to 1.2 GB.
build_jobs() {
    local cores memory
    cores=$(nproc)
    memory=$(awk '/^MemAvailable:/ { print int($2 / 1200000) }' /proc/meminfo)
    ((memory >= 1)) || memory=1
    echo $((cores < memory ? cores : memory))
}

# The value of a variable in the CMake cache of build directory $1; empty when there is none.
cached() {
    [[ ! -r $1/CMakeCache.txt ]] || sed -n "s/^$2:[A-Z]*=//p" "$1/CMakeCache.txt"
}

# Configures preset $1 with the -D options that follow. Says nothing unless it fails.
configure() {
    local preset=$1 said
    shift
    said=$(cd "$root" && cmake --preset "$preset" "$@" 2>&1) || {
        printf '%s\n' "$said" >&2
        die "the build could not be configured (build/$preset)"
    }
}

# Builds the given targets of preset $1; all without any. Progress goes to standard error.
build() {
    local preset=$1
    shift
    local targets=()
    [[ $# -eq 0 ]] || targets=(--target "$@")
    cmake --build "$root/build/$preset" --parallel "$(build_jobs)" "${targets[@]}" >&2 || die "the build failed (build/$preset)"
}
