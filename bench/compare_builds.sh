#!/usr/bin/env bash
# Two builds of Weft side by side: how much faster the steps of four recipes are with NEW than with OLD.
#   bench/compare_builds.sh OLD [NEW]        OLD and NEW are weft binaries; NEW is build/weft by default
# ROUNDS (20) rounds of one process each, in alternating order; a round's figure is the median of its steps after warm-up.
# Printed: the geometric mean of the ratios old/new and the lower bound of its 95% interval (Student's t over the
# rounds), and their median with the lower bound of its own (by order, whatever the distribution: a round that something
# else on the machine stalled moves the mean). CASES chooses among: gpt2 shakespeare resnet20 cosmoflow. The images are CIFAR-10's (CIFAR names the unpacked
# folder); without them that case is skipped.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
(($# >= 1)) || { sed -n '2,4p' "$0" >&2; exit 2; }
old=$(readlink -f "$1")
new=$(readlink -f "${2:-build/weft}")
rounds=${ROUNDS:-20}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

images=${CIFAR:-}
if [[ -z $images && -f ../shared/data/cifar10-jpeg.tar.xz ]]; then
  images=$work/cifar
  mkdir -p "$images"
  tar -xJf ../shared/data/cifar10-jpeg.tar.xz -C "$images"
fi
"$new" data make volumes --out "$work/volumes.h5" --count 32 --shape 64x64x64x4 >/dev/null 2>&1

# step_ms BINARY CASE: the median step of one process, without the first ones.
step_ms() {
  local -a arguments text=(--set data.path=/usr/share/common-licenses --set log.sample_tokens=0)
  case $2 in
    gpt2) arguments=(recipes/gpt2-124m.toml --set run.steps=8 "${text[@]}") ;;
    shakespeare) arguments=(recipes/shakespeare.toml --set run.steps=120 "${text[@]}") ;;
    resnet20) arguments=(recipes/resnet20-cifar10.toml --set run.epochs=0 --set run.steps=12 --set data.path="$images") ;;
    cosmoflow) arguments=(recipes/cosmoflow.toml --set run.epochs=0 --set run.steps=30 --set data.path="$work/volumes.h5") ;;
  esac
  rm -rf "$work/run"
  "$1" train "${arguments[@]}" --out "$work/run" --set optimizer.warmup=1 --set log.every=1 \
    --set log.evaluate_batches=1 --set checkpoint.every=1000000 >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
  }
  python3 - "$work/run/metrics.jsonl" <<'PY'
import json, statistics, sys
steps = [row["step_ms"] for row in map(json.loads, open(sys.argv[1])) if "step_ms" in row]
print(statistics.median(steps[max(2, len(steps) // 4):]))
PY
}

for case in ${CASES:-gpt2 shakespeare resnet20 cosmoflow}; do
  if [[ $case == resnet20 && -z $images ]]; then
    echo "resnet20: skipped, CIFAR names no folder of images"
    continue
  fi
  for ((round = 0; round < rounds; ++round)); do
    if ((round % 2)); then
      a=$(step_ms "$new" "$case")
      b=$(step_ms "$old" "$case")
      echo "$b $a" >>"$work/$case"
    else
      a=$(step_ms "$old" "$case")
      b=$(step_ms "$new" "$case")
      echo "$a $b" >>"$work/$case"
    fi
  done
  python3 - "$case" "$work/$case" <<'PY'
import math, statistics, sys
rows = [tuple(map(float, line.split())) for line in open(sys.argv[2])]
logs = [math.log(old / new) for old, new in rows]
# Student's t, two-sided 95%, by degrees of freedom; beyond 30 the normal's 1.96 is near enough.
t = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 9: 2.26, 14: 2.14, 19: 2.09, 24: 2.06, 29: 2.05}
n = len(logs)
factor = t[max(k for k in t if k <= n - 1)] if n > 1 else float("nan")
half = factor * statistics.stdev(logs) / math.sqrt(n) if n > 1 else float("nan")
mean = statistics.mean(logs)


def bound_of_median(logs):
    """The largest of the ordered ratios that the median is below with a probability of at most 2.5%."""
    below, rank = 0.0, 0
    while (below := below + math.comb(n, rank) / 2**n) <= 0.025:
        rank += 1
    return f"{math.exp(sorted(logs)[rank - 1]):.3f}" if rank > 0 else "unknown"


print(f"{sys.argv[1]:12} old {statistics.median(r[0] for r in rows):8.2f} ms  new {statistics.median(r[1] for r in rows):8.2f} ms"
      f"  old/new {math.exp(mean):.3f}  95% from {math.exp(mean - half):.3f}"
      f"  median {math.exp(statistics.median(logs)):.3f}  95% from {bound_of_median(logs)}  ({n} rounds)")
PY
done
