#!/usr/bin/env bash
# Planning GPT-2 124M for 64 ranks, none of them started (the bar: under 2 s).
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
for mesh in "" "--set parallel.tensor=4" "--set parallel.tensor=4 --set parallel.shard_optimizer=true"; do
  # shellcheck disable=SC2086  # the overrides are words
  build/weft plan recipes/gpt2-124m.toml --ranks 64 --set data.batch=64 $mesh | grep "planned in"
done
