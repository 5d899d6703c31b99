#!/usr/bin/env bash
# pointwise beside the hand-written kernels of the same functions: f32 and bf16, in L1, in L2 and in memory, in turn; the
# bar is a geometric mean of old/new of 1.0 and none below 0.93. BODIES=interpreted leaves the hand-written bodies out.
# ROUNDS=31 THREADS=1.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
ninja -C build bench_pointwise >"$log" || { cat "$log" >&2; exit 1; }
echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), load $(cut -d' ' -f1 /proc/loadavg)"
OMP_NUM_THREADS=${THREADS:-1} build/bench/pointwise "${ROUNDS:-31}" ${BODIES:-}
