#!/usr/bin/env bash
# What ops run today beside the hand-written kernels that ran them before they were expressions (bench/retired), forward
# and backward, f32 and bf16, in turn; the bar is a geometric mean of old/new of 1.0 and none below 0.93. Arguments: only
# ops whose names begin so. ROUNDS=31 (0: the plans) THREADS=1.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
ninja -C build bench_retired_kernels >"$log" || { cat "$log" >&2; exit 1; }
echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), load $(cut -d' ' -f1 /proc/loadavg)"
OMP_NUM_THREADS=${THREADS:-1} build/bench/retired_kernels "${ROUNDS:-31}" "$@"
