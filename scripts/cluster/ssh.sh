#!/bin/bash
# A run on hosts that ssh reaches without a password, with weft at the same path on each:
#   scripts/cluster/ssh.sh hosts recipe.toml /shared/runs/a --set run.steps=5000
# `hosts` has a line a host: its name, and how many ranks it takes, as in `node1 slots=4`. Start it again with the same words
# and the run goes on.
set -euo pipefail
(($# >= 3)) || { echo "usage: $0 HOSTFILE RECIPE RUN [OPTIONS OF weft train]" >&2; exit 2; }
hosts=$1 recipe=$2 run=$3
shift 3

ranks=$(awk '!/^[ \t]*(#|$)/ { n = 1; for (i = 2; i <= NF; ++i) if ($i ~ /^slots=/) n = substr($i, 7); sum += n } END { print sum + 0 }' "$hosts")
((ranks > 0)) || { echo "$hosts names no host, expected lines as in: node1 slots=4" >&2; exit 2; }
exec "${WEFT:-weft}" launch -n "$ranks" --hostfile "$hosts" --restarts "${RESTARTS:-5}" \
  train "$recipe" --out "$run" --set checkpoint.resume=true "$@"
