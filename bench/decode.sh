#!/usr/bin/env bash
# Decoding with transforms on two threads, images in memory: CIFAR-10's 50,000 JPEG files of 32x32 against a plain
# libjpeg-turbo loop (the bar: at most 15% below it), and 500x375 files cut and scaled to 224x224; both against
# PyTorch's DataLoader where PYTHON names an interpreter with torch, torchvision and pillow. CIFAR names the
# unpacked folder. ROUNDS=5.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
rounds=${ROUNDS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
images=${CIFAR:-}
if [[ -z $images ]]; then
  images=$work/cifar
  mkdir -p "$images"
  tar -xJf ../shared/data/cifar10-jpeg.tar.xz -C "$images"
fi
ninja -C build bench_decode >"$work/build.log" || { cat "$work/build.log" >&2; exit 1; }
echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"

echo "CIFAR-10, 32x32, padded crop"
build/bench/decode "$images/train" padded 2 "$rounds"
if [[ -z ${PYTHON:-} ]]; then
  echo "PYTHON is not set: nothing is measured against PyTorch, and no larger images are made"
  exit 0
fi
"$PYTHON" bench/decode_torch.py "$images/train" padded 2 2
echo "500x375, cut and scaled to 224x224"
"$PYTHON" bench/decode_torch.py --make "$work/large" 1000
build/bench/decode "$work/large" resized 2 "$rounds"
"$PYTHON" bench/decode_torch.py "$work/large" resized 2 2
