#!/usr/bin/env bash
# What generating a token takes beside products (attention over a cache, writing to it, taking keys and rows) beside a
# plain reading of what each must read, in turn. ROUNDS=15 THREADS=2.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
ninja -C build bench_token_ops >"$log" || { cat "$log" >&2; exit 1; }
echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), load $(cut -d' ' -f1 /proc/loadavg)"
OMP_NUM_THREADS=${THREADS:-2} build/bench/token_ops "${ROUNDS:-15}"
