#!/usr/bin/env bash
# Four hosts (network namespaces with links of 1 Gbit/s) that train from one slow file server (sshfs): Weft's data path
# beside PyTorch's DataLoader, one after the other in each round, medians over the rounds.
#
#   bench/slow_fs.sh                   CIFAR=tree (default: unpacked from ../shared/data), ROUNDS=3
#   SERVER="50mbit 100mbit@5 1gbit"    rates of the server's link; @5: its answers are 5 ms late
#   WORKERS="1 2 4 8"                  of the DataLoader, a host
#   COMPUTE=30                         milliseconds that a step of 100 samples would compute (asleep: a GPU's time)
#   PYTHON=/tmp/weft-torch/bin/python  one with PyTorch 2.13 and Pillow; made by pip where it is not there
#
# The data are 3000 JPEG files of 160x160 pixels, 34 MB, one host's memory tier 16 MiB. Nothing is kept by the clients'
# kernels (sshfs drops a file's pages when it is opened again, and the bytes that leave the server are counted).
# Needs root, and: apt-get install sshfs socat openssh-sftp-server iproute2
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
source bench/cluster.sh

rounds=${ROUNDS:-3} servers=${SERVER:-50mbit 100mbit@5 1gbit} compute=${COMPUTE:-30} epochs=4
work=$(mktemp -d)
finish() {
  cluster_down
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

images=${CIFAR:-}
if [[ -z $images ]]; then
  images=$work/cifar
  mkdir -p "$images"
  tar -xJf ../shared/data/cifar10-jpeg.tar.xz -C "$images"
fi
python=${PYTHON:-/tmp/weft-torch/bin/python}
if [[ ! -x $python ]]; then
  python3 -m venv "$(dirname "$(dirname "$python")")"
  "$python" -m pip install -q torch==2.13.0 pillow numpy
fi
./weft-dev build
"$python" bench/slow_fs_images.py "$images" "$work/images" 3000 5
bytes=$(find "$work/images/train" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')

# Lines "NAME EPOCH SECONDS" and "NAME served BYTES" go to $log.
weft() {
  local name=$1 path=$2 memory=$3 before
  before=$(cluster_served)
  cluster_mpi -n 4 -x OMP_NUM_THREADS=1 build/weft data bench bench/slow_fs.toml --epochs $epochs --compute "$compute" \
    --no-naive --set data.path="$path" --set data.memory="$memory" 2>"$work/weft.err" |
    awk -v name="$name" '$1 == "epoch" { print name, $2, $3 }' >>"$log" || { cat "$work/weft.err" >&2; exit 1; }
  echo "$name served $(($(cluster_served) - before))" >>"$log"
}

torch() {
  local workers=$1 before
  before=$(cluster_served)
  MASTER_ADDR=10.77.0.1 MASTER_PORT=29500 GLOO_SOCKET_IFNAME=eth0 OMP_NUM_THREADS=1 PYTHONWARNINGS=ignore \
    cluster_each "$python" bench/slow_fs_torch.py "$SHARED" 25 "$workers" $epochs "$compute" 2>"$work/torch.err" |
    awk -v name="torch$workers" '{ for (i = 1; i <= NF; ++i) print name, i - 1, $i }' >>"$log" ||
    { cat "$work/torch.err" >&2; exit 1; }
  echo "torch$workers served $(($(cluster_served) - before))" >>"$log"
}

table() {
  "$python" - "$log" "$bytes" <<'PY'
import collections, statistics, sys
first, later, served = (collections.defaultdict(list) for _ in range(3))
for line in open(sys.argv[1]):
    name, what, value = line.split()
    (served if what == "served" else first if what == "0" else later)[name].append(float(value))
median = {name: (statistics.median(first[name]), statistics.median(later[name])) for name in first}
bound = median["bound"][1]
peers = [name for name in median if name.startswith("torch")]
best = [min(median[name][epoch] for name in peers) for epoch in (0, 1)]
names = {"bound": "no I/O: Weft, all in local memory", "weft": "Weft"}
print(f"{'':36} {'epoch 0':>8} {'later':>8} {'of bound':>9} {'served / data':>14}")
for name in ["bound", "weft", *peers]:
    label = names.get(name, f"DataLoader, {name[5:]} workers a host")
    sent = statistics.median(served[name]) / float(sys.argv[2])
    print(f"{label:36} {median[name][0]:7.2f}s {median[name][1]:7.2f}s {bound / median[name][1]:9.1%} {sent:14.2f}")
weft = median["weft"]
print(f"Weft against the DataLoader's best: epoch 0 {best[0] / weft[0]:.2f}x, later epochs {best[1] / weft[1]:.2f}x")
PY
}

for server in $servers; do
  log=$work/log.$server
  cluster_up 4 1gbit "$server" "$work/images"
  for ((round = 1; round <= rounds; ++round)); do
    printf 'server %s, round %d of %d\n' "$server" "$round" "$rounds" >&2
    weft bound "$work/images" 64MiB
    weft weft "$SHARED" 16MiB
    for workers in ${WORKERS:-1 2 4 8}; do torch $workers; done
  done
  cluster_down
  printf '\nServer at %s, 4 hosts at 1gbit; %d epochs of %.1f MB, a step of 100 samples computes %s ms\n' \
    "$server" $epochs "$(awk -v b="$bytes" 'BEGIN { print b / 1e6 }')" "$compute"
  table
done
