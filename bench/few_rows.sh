#!/usr/bin/env bash
# Products of few rows with GPT-2's weights beside a plain reading of these weights, in turn; the bar is 1.2 of the
# reading's time at one row. Arguments: "packed" for the form that pack_weights would give. ROUNDS=15 ROWS=1 THREADS=2.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
ninja -C build bench_few_rows >"$log" || { cat "$log" >&2; exit 1; }
echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), load $(cut -d' ' -f1 /proc/loadavg)"
OMP_NUM_THREADS=${THREADS:-2} build/bench/few_rows "${ROUNDS:-15}" "${ROWS:-1}" "$@"
