#!/usr/bin/env bash
# Milliseconds a token of `weft generate` for GPT-2 (124M, context 1024) on two threads, by an older build and this one in
# turn, and of a plain read of the weights beside them.
# usage: bench/generate.sh OLD_WEFT [NEW_WEFT]; ROUNDS=3. OLD_WEFT may be left out: then this build alone is measured.
# A token is the difference between a long and a short call, so that start and prompt drop out.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
old=${1:-}
new=${2:-${WEFT:-build/weft}}
rounds=${ROUNDS:-3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export OMP_NUM_THREADS=2
seq 40000 >"$folder/text.txt"
settings=(recipes/gpt2-124m.toml --set "data.path=$folder/text.txt" --set data.tokenizer=bytes --set data.validation=0.5
  --set run.threads=2 --set model.vocabulary=50257 --set data.context=1024 --set data.batch=1 --set optimizer.accumulate=1)
echo "a checkpoint of random weights: $folder" >&2
"$new" train "${settings[@]}" --set run.steps=1 --set run.epochs=0 --set optimizer.warmup=0 --set log.evaluate_batches=1 \
  --set log.sample_tokens=0 --set log.prompt=a --out "$folder/run" >"$folder/train.log" 2>&1 || { cat "$folder/train.log" >&2; exit 1; }

# seconds BINARY PRECISION TOKENS
seconds() {
  local began ended
  began=$(date +%s.%N)
  "$1" generate "${settings[@]}" --set "run.precision=$2" --out "$folder/run" --prompt a --tokens "$3" --temperature 0 >/dev/null 2>&1
  ended=$(date +%s.%N)
  echo "$began $ended" | awk '{ print $2 - $1 }'
}
# a_token BINARY PRECISION SHORT LONG
a_token() {
  echo "$(seconds "$1" "$2" "$4") $(seconds "$1" "$2" "$3") $3 $4" | awk '{ printf "%.2f", ($1 - $2) * 1000 / ($4 - $3) }'
}
for precision in f32 bf16; do
  for ((round = 0; round < rounds; ++round)); do
    line="$precision round $round: new $(a_token "$new" "$precision" 20 520) ms a token"
    [[ -z $old ]] || line+=", old $(a_token "$old" "$precision" 2 8)"
    echo "$line"
  done
done
