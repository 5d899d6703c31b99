#!/usr/bin/env bash
# Volumes split in space: how fast ranks take their parts of HDF5 volumes, each rank bound to one core, and how many
# bytes each reads. The file is in the page cache and nothing is kept: this is reading, unpacking and converting.
# usage: [ROUNDS=3] [COUNT=40] [SHAPE=128x128x128x4] bench/volumes.sh      needs: ./weft-dev build
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${ROUNDS:-3} count=${COUNT:-40} shape=${SHAPE:-128x128x128x4}
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_NUM_THREADS=1
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_btl_vader_single_copy_mechanism=none

build/weft data make volumes --out "$folder/plain.h5" --count "$count" --shape "$shape" >/dev/null
chunk=$(awk -F x '{print $1 / 4 "x" $2 / 4 "x" $3 / 4 "x" $4}' <<<"$shape")
build/weft data make volumes --out "$folder/packed.h5" --count "$((count / 4))" --shape "$shape" --chunks "$chunk" \
  --deflate 1 >/dev/null

# measure RANKS FILE LOG [KEY=VALUE…]: seconds of the later epochs, one a line; bytes of rank 0 go to $folder/bytes
measure() {
  local ranks=$1 file=$2 log=$3
  shift 3
  local -a set=()
  for key in "$@"; do set+=(--set "$key"); done
  cat "$folder/$file" >/dev/null
  # shellcheck disable=SC2016 # the rank is known where the command runs
  mpirun --oversubscribe --bind-to none -n "$ranks" bash -c 'exec taskset -c $((OMPI_COMM_WORLD_LOCAL_RANK % 2)) "$@"' _ \
    build/weft data bench recipes/cosmoflow.toml --set data.path="$folder/$file" --set data.log="$log" \
    --set 'data.mirror=[]' --set data.memory=0MiB --set data.lookahead=4 --set data.validation=0.1 --set run.threads=1 \
    --set parallel.oversubscribe=true --no-naive --epochs 6 "${set[@]}" >"$folder/out"
  grep -A1 '^epoch [2-5]' "$folder/out" | awk '/^epoch/ {print $3}'
  awk '/^epoch 5/ {getline; print $(NF - 1), $NF}' "$folder/out" >"$folder/bytes"
}

median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

for case in "plain.h5 false" "plain.h5 true" "packed.h5 false"; do
  read -r file log <<<"$case"
  rm -f "$folder"/times.*
  for _ in $(seq "$rounds"); do
    measure 1 "$file" "$log" >>"$folder/times.1" && cp "$folder/bytes" "$folder/bytes.1"
    measure 2 "$file" "$log" parallel.depth=2 >>"$folder/times.2" && cp "$folder/bytes" "$folder/bytes.2"
    measure 4 "$file" "$log" parallel.depth=2 parallel.height=2 >>"$folder/times.4" && cp "$folder/bytes" "$folder/bytes.4"
  done
  echo "$file, log = $log"
  one=$(median <"$folder/times.1")
  for ranks in 1 2 4; do
    time=$(median <"$folder/times.$ranks")
    awk -v r="$ranks" -v t="$time" -v one="$one" -v b="$(cat "$folder/bytes.$ranks")" \
      'BEGIN {printf "  %d rank%s  epoch %.3f s  %.2f of one rank'"'"'s rate  rank 0 read %s an epoch\n", r, (r > 1 ? "s" : " "), t, one / t, b}'
  done
done
