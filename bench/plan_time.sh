#!/usr/bin/env bash
# How long planning takes as a model gets deeper, and how that grows: the quickstart's recipe with more layers, without
# and with --stages. User time, least of ROUNDS (3).
# usage: bench/plan_time.sh [WEFT ...]      build/weft, and others to compare with, one after the other
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
(($# > 0)) || set -- build/weft
for stages in "" --stages; do
  for layers in ${LAYERS:-200 400 1000}; do
    for weft in "$@"; do
      least=""
      for ((round = 0; round < ${ROUNDS:-3}; ++round)); do
        TIMEFORMAT=%U
        # shellcheck disable=SC2086  # no word where it is empty
        took=$({ time "$weft" plan recipes/quickstart.toml --set model.layers="$layers" $stages >/dev/null 2>&1; } 2>&1)
        least=$(printf '%s\n' $least "$took" | sort -n | head -1)
      done
      printf '%s plan %s: %s layers %s s\n' "$weft" "$stages" "$layers" "$least"
    done
  done
done
