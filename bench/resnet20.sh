#!/usr/bin/env bash
# ResNet-20 on CIFAR-10 from JPEG files: accuracy after 5 epochs and wall time. CIFAR names the unpacked folder.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
images=${CIFAR:-}
if [[ -z $images ]]; then
  images=$work/cifar
  mkdir -p "$images"
  tar -xJf ../shared/data/cifar10-jpeg.tar.xz -C "$images"
fi
start=$(date +%s)
build/weft train recipes/resnet20-cifar10.toml --out "$work/run" --set data.path="$images" "$@"
echo "wall time $(($(date +%s) - start)) s"
