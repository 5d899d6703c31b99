#!/usr/bin/env bash
# The Python package beside PyTorch's DataLoader in the same plain loop over CIFAR-10's 50,000 JPEG files: decode, crop
# of the padded image, mirror, normalise, on two cores; from a cold page cache, then from a warm one. Interleaved,
# medians of ROUNDS=3. PYTHON: an interpreter with PyTorch 2.13, Pillow and the package (pip install ./python).
# CIFAR: the unpacked tree. Needs root, to drop the page cache.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
python=${PYTHON:?names an interpreter with torch, pillow and weft} rounds=${ROUNDS:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
images=${CIFAR:-}
if [[ -z $images ]]; then
  images=$work/cifar
  mkdir -p "$images"
  tar -xJf ../shared/data/cifar10-jpeg.tar.xz -C "$images"
fi
for ((round = 0; round < rounds; ++round)); do
  for job in "weft 1" "weft 2" "torch 1" "torch 2" "torch 4"; do
    # shellcheck disable=SC2086  # two words
    OMP_NUM_THREADS=1 PYTHONWARNINGS=ignore "$python" bench/python_loader.py ${job% *} "$images" ${job#* } >>"$work/log"
  done
done
"$python" - "$work/log" <<'PY'
import collections, statistics, sys
runs = collections.defaultdict(list)
for line in open(sys.argv[1]):
    which, workers, *rates = line.split()
    runs[which, workers].append([float(rate) for rate in rates])
median = {key: [statistics.median(column) for column in zip(*value)] for key, value in runs.items()}
for (which, workers), rates in median.items():
    kind = "threads" if which == "weft" else "worker processes"
    print(f"{which:6} {workers} {kind:17} cold {rates[0]:8.0f} images/s   warm {rates[1]:8.0f}")
best = {name: [max(rates[i] for (which, _), rates in median.items() if which == name) for i in (0, 1)]
        for name in ("weft", "torch")}
print(f"weft against torch, the best of each: cold {best['weft'][0] / best['torch'][0]:.1f}x, "
      f"warm {best['weft'][1] / best['torch'][1]:.1f}x")
PY
