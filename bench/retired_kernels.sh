#!/usr/bin/env bash
# What ops run today beside the hand-written kernels that ran them before they were expressions (bench/retired), forward
# and backward, f32 and bf16, in turn; the bar is a geometric mean of old/new of 1.0 and none below 0.93. Medians over
# PROCESSES=5 of the medians over ROUNDS=9 in each, because memory and code lie elsewhere in each. Arguments: only ops
# whose names begin so. ROUNDS=0: the instructions. THREADS=1.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
ninja -C build bench_retired_kernels >"$log" || { cat "$log" >&2; exit 1; }
echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), load $(cut -d' ' -f1 /proc/loadavg)"
export OMP_NUM_THREADS=${THREADS:-1}
if [ "${ROUNDS:-9}" = 0 ]; then exec build/bench/retired_kernels 0 "$@"; fi
for _ in $(seq "${PROCESSES:-5}"); do build/bench/retired_kernels "${ROUNDS:-9}" "$@"; done >"$log"
awk '
  function median(row, column,    n, i, j, v, list) {
    n = count[row]
    for (i = 1; i <= n; ++i) {
      v = value[row, column, i]
      for (j = i - 1; j > 0 && list[j] > v; --j) list[j + 1] = list[j]
      list[j + 1] = v
    }
    return list[int(n / 2) + 1]
  }
  /old us/ { title = $0; next }
  /^geometric/ { next }
  {
    row = substr($0, 1, 55)
    if (!(row in count)) rows[++all] = row
    ++count[row]
    for (c = 0; c < 3; ++c) value[row, c, count[row]] = $(NF - 2 + c) + 0
  }
  END {
    print title
    least = 1e9
    for (r = 1; r <= all; ++r) {
      ratio = median(rows[r], 2)
      printf "%s %10.2f %10.2f %8.3f\n", rows[r], median(rows[r], 0), median(rows[r], 1), ratio
      logs += log(ratio)
      if (ratio < least) least = ratio
    }
    printf "geometric mean %.3f, least %.3f, %d rows\n", exp(logs / all), least, all
  }' "$log"
