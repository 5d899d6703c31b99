#!/usr/bin/env bash
# What looking at every element of a batch (ids in range, numbers finite) costs beside the step: four recipes, ROUNDS=3.
# The images are CIFAR-10's (CIFAR names the unpacked folder); without them that case is skipped.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ninja -C build weft bench_batch_rules >"$work/log" || { cat "$work/log" >&2; exit 1; }
images=${CIFAR:-}
if [[ -z $images && -f ../shared/data/cifar10-jpeg.tar.xz ]]; then
  images=$work/cifar
  mkdir -p "$images"
  tar -xJf ../shared/data/cifar10-jpeg.tar.xz -C "$images"
fi
build/weft data make volumes --out "$work/volumes.h5" --count 32 --shape 64x64x64x4 >/dev/null 2>&1
text=data.path=/usr/share/common-licenses
echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), load $(cut -d' ' -f1 /proc/loadavg)"
for ((round = 0; round < ${ROUNDS:-3}; ++round)); do
  {
    build/bench/batch_rules recipes/gpt2-124m.toml "$text"
    build/bench/batch_rules recipes/shakespeare.toml "$text"
    [[ -z $images ]] || build/bench/batch_rules recipes/resnet20-cifar10.toml data.path="$images"
    build/bench/batch_rules recipes/cosmoflow.toml data.path="$work/volumes.h5"
  } 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
done
