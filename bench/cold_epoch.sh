#!/usr/bin/env bash
# CIFAR-10's 50,000 JPEG files from a cold page cache (as root): a plain loop on two threads that reads and decodes and does
# no more, beside Weft's first epoch with crop, mirror and normalising. Interleaved rounds, medians.
# usage: [ROUNDS=5] [CIFAR=unpacked folder] bench/cold_epoch.sh            needs: ./weft-dev build
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
rounds=${ROUNDS:-5}
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
images=${CIFAR:-}
if [[ -z $images ]]; then
  images=$work/cifar && mkdir -p "$images"
  tar -xJf ../shared/data/cifar10-jpeg.tar.xz -C "$images"
fi
ninja -C build bench_plain_loop >"$work/build.log" || { cat "$work/build.log" >&2; exit 1; }
forget() { sync && echo 3 >/proc/sys/vm/drop_caches; }
for _ in $(seq "$rounds"); do
  forget
  build/bench/plain_loop "$images/train" 2 | awk '{print $1}' >>"$work/plain"
  for workers in 1 2; do
    forget
    build/weft data bench recipes/resnet20-cifar10.toml --set data.path="$images" --set data.workers=$workers \
      --set 'data.mean=[0.49, 0.48, 0.45]' --set 'data.deviation=[0.25, 0.24, 0.26]' --epochs 1 --no-naive |
      awk '/^epoch 0/ {print $5}' >>"$work/weft.$workers"
  done
done
median() { sort -n "$1" | awk '{v[NR] = $1} END {print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2}'; }
plain=$(median "$work/plain")
echo "plain loop, read and decode   $plain images/s"
for workers in 1 2; do
  ours=$(median "$work/weft.$workers")
  awk -v o="$ours" -v p="$plain" -v w=$workers \
    'BEGIN {printf "Weft, %d worker thread%s       %d images/s  %.2f of it\n", w, (w > 1 ? "s" : " "), o, o / p}'
done
