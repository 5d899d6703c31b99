#!/usr/bin/env bash
# nanoGPT's small CPU configuration: wall time and validation loss (the bar: at most 1.90 in at most 60 s on 2 cores).
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
start=$(date +%s.%N)
build/weft train recipes/shakespeare.toml --out "$work/run" "$@"
python3 -c "print(f'wall time {$(date +%s.%N) - $start:.1f} s')"
