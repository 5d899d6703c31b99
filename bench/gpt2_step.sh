#!/usr/bin/env bash
# GPT-2 124M, batch 4x64, 2 threads: a full training step of Weft beside PyTorch's best, in interleaved rounds.
# WEFT_TORCH_PYTHON names a python that has torch 2.13; else a venv is made (pip install torch==2.13.0).
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
unset OPENBLAS_CORETYPE
python=${WEFT_TORCH_PYTHON:-.venv-bench/bin/python}
if [[ ! -x $python ]]; then
  python3 -m venv .venv-bench
  .venv-bench/bin/pip install --quiet torch==2.13.0 numpy
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rounds=${ROUNDS:-2}
# Nothing is taken from the page cache or the allocator of another: every run is a process of its own.
tuned=(env MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_MMAP_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=1000000000)

weft() {  # precision
  rm -rf "$work/run"
  build/weft train recipes/gpt2-124m.toml --out "$work/run" --set run.precision="$1" --set run.steps=8 \
    --set optimizer.warmup=1 --set log.evaluate_batches=1 --set log.sample_tokens=0 \
    --set data.path=/usr/share/common-licenses >/dev/null 2>&1
  python3 - "$work/run/metrics.jsonl" <<'PY'
import json, sys
print("\n".join(str(json.loads(line)["step_ms"]) for line in list(open(sys.argv[1]))[2:]))
PY
}

for precision in f32 bf16; do
  flags=()
  [[ $precision == bf16 ]] && flags=(--bf16)
  for ((round = 0; round < rounds; ++round)); do
    weft "$precision" >>"$work/weft.$precision"
    "$python" bench/gpt2_torch.py "${flags[@]}" >>"$work/torch eager.$precision"
    "${tuned[@]}" "$python" bench/gpt2_torch.py "${flags[@]}" >>"$work/torch eager, tuned malloc.$precision"
    "${tuned[@]}" "$python" bench/gpt2_torch.py --compile "${flags[@]}" >>"$work/torch compiled, tuned malloc.$precision" \
      2>/dev/null || true
  done
done
python3 - "$work" <<'PY'
import pathlib, statistics, sys
print(f"{'precision':10} {'program':32} {'median ms':>10} {'min':>8} {'max':>8}  steps")
for precision in ("f32", "bf16"):
    medians = {}
    for path in sorted(pathlib.Path(sys.argv[1]).glob(f"*.{precision}")):
        values = [float(line) for line in path.read_text().split()]
        if not values:
            continue
        name = path.name[: -len(precision) - 1]
        medians[name] = statistics.median(values)
        print(f"{precision:10} {name:32} {medians[name]:10.1f} {min(values):8.1f} {max(values):8.1f}  {len(values)}")
    best = min(value for name, value in medians.items() if name != "weft")
    print(f"{precision:10} PyTorch's best / Weft = {best / medians['weft']:.2f}")
PY
