#!/usr/bin/env bash
# What an asynchronous checkpoint costs: 100 steps of GPT-2 124M without one and with one after step 50, in
# interleaved rounds (ROUNDS, 3), 1.5 GB each. Times are those between the ends of steps 2 and 99, which hold the copy in
# memory and all that writing takes from training. bench/checkpoint.sh [BINARY] [FOLDER on the disk to write to]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
weft=$(readlink -f "${1:-build/weft}")
work=$(mktemp -d -p "${2:-${TMPDIR:-/tmp}}")
trap 'rm -rf "$work"' EXIT

run() {  # name, steps between checkpoints
  rm -rf "$work/run"
  "$weft" train recipes/gpt2-124m.toml --out "$work/run" --set run.steps=100 --set "checkpoint.every=$2" \
    --set log.evaluate_batches=1 --set log.sample_tokens=0 --set data.path=/usr/share/common-licenses >/dev/null 2>&1
  cp "$work/run/metrics.jsonl" "$work/$1.$3"
}

rounds=${ROUNDS:-3}
for ((round = 0; round < rounds; ++round)); do
  run without 0 "$round"
  run with 50 "$round"
done
python3 - "$work" "$rounds" <<'PY'
import json, pathlib, statistics, sys
ratios = []
for number in range(int(sys.argv[2])):
    seconds = {}
    for name in ("without", "with"):
        text = pathlib.Path(sys.argv[1], f"{name}.{number}").read_text()
        ends = [json.loads(line)["time"] for line in text.splitlines()]
        steps = [b - a for a, b in zip(ends[1:98], ends[2:99])]
        middle = statistics.median(steps)
        seconds[name] = sum(steps)
        late = sum(step > 1.15 * middle for step in steps)
        print(f"{name:8} {sum(steps):8.2f} s for {len(steps)} steps, median {middle * 1e3:7.1f} ms, "
              f"longest {max(steps) / middle:5.2f}x, {late} above 1.15x")
    ratios.append(seconds["with"] / seconds["without"])
print(f"with / without: median {statistics.median(ratios):.4f}, of {', '.join(f'{r:.4f}' for r in sorted(ratios))}")
PY
