#!/usr/bin/env bash
# Generating a token with GPT-2 124M over a cache beside a plain reading of its weights and cache, in turn.
# Arguments: f32 or bf16, then "ops" for the time by op. ROUNDS=15 THREADS=2.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
ninja -C build bench_token_step >"$log" || { cat "$log" >&2; exit 1; }
echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), load $(cut -d' ' -f1 /proc/loadavg)"
OMP_NUM_THREADS=${THREADS:-2} build/bench/token_step "${ROUNDS:-15}" "$@"
