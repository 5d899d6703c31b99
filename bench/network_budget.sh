#!/usr/bin/env bash
# What records between peers do to an all-reduce of 1 MiB, with and without data.network_budget: four hosts (network
# namespaces) with links of LINK=200mbit, BUDGET=12MiB a second and host. Each step loads 16 MB in all, of which three
# quarters come from peers. Needs root; see cluster.sh.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
source bench/cluster.sh
trap cluster_down EXIT
trap 'exit 130' INT TERM
ninja -C build bench_network_budget >/dev/null
empty=$(mktemp -d)
cluster_up 4 "${LINK:-200mbit}" 1gbit "$empty"
for ((round = 0; round < ${ROUNDS:-3}; ++round)); do
  cluster_mpi -n 4 -x OMP_NUM_THREADS=1 build/bench/network_budget "${BUDGET:-12MiB}" 2>/dev/null
done
rmdir "$empty"
