#!/usr/bin/env bash
# Reads from a cold page cache (as root): 50,000 small JPEG files by reader and depth beside plain loops, and extents of
# a 3 GB file with and without O_DIRECT. CIFAR names the unpacked folder of images; ROUNDS (default 3) how often.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
images=${CIFAR:-}
if [[ -z $images ]]; then
  images=$work/cifar
  mkdir -p "$images"
  tar -xJf ${WEFT_DATA:-/work/shared/data}/cifar10-jpeg.tar.xz -C "$images"
fi
ninja -C build bench_async_read >"$work/build.log" || { cat "$work/build.log" >&2; exit 1; }
find "$images/train" -type f | shuf --random-source=<(yes) >"$work/list"
build/bench/async_read small "$work/list" "${ROUNDS:-3}"
head -c 3G /dev/urandom >"$work/large"
build/bench/async_read large "$work/large" "${ROUNDS:-3}"
