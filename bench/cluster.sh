# A small cluster on one machine, for bench scripts to source: hosts as network namespaces with shaped links, and a
# file server whose folder each host mounts over its link (sshfs over plain TCP, nothing cached by the client).
#
#   cluster_up HOSTS HOST_RATE SERVER_RATE FOLDER   rates as tc takes them (1gbit); the server's also with milliseconds
#                                                   by which its answers are late, as a busy one's are (200mbit@5)
#   cluster_mpi OPTION... COMMAND...                mpirun with one slot a host; the folder is at $SHARED
#   cluster_each COMMAND...                         COMMAND on every host beside the others, RANK and WORLD_SIZE set
#   cluster_served                                  bytes that have left the file server so far
#   cluster_down                                    ends all of it; put it into a trap
#
# Needs root, and: apt-get install sshfs socat openssh-sftp-server iproute2

cluster_id=weft$$
cluster_dir=
cluster_hosts=0
SHARED=/tmp/$cluster_id-shared

cluster_fail() { echo "cluster: $*" >&2; exit 1; }
cluster_in() { local ns=$1; shift; nsenter --net=/run/netns/$cluster_id-$ns "$@"; }

# cluster_host NAME ADDRESS RATE: a namespace on the switch, its link shaped on both ends.
cluster_host() {
  local name=$1 address=$2 rate=$3 port=v${cluster_id#weft}$1
  ip netns add $cluster_id-$name
  cluster_in $name ip link set lo up
  ip link add name "$port" netns $cluster_id-switch type veth peer name eth0 netns $cluster_id-$name
  cluster_in switch ip link set "$port" master br0 up
  cluster_in $name ip addr add "$address/24" dev eth0
  cluster_in $name ip link set eth0 up
  cluster_in $name tc qdisc add dev eth0 root tbf rate "$rate" burst 128kb latency 30ms
  cluster_in switch tc qdisc add dev "$port" root tbf rate "$rate" burst 128kb latency 30ms
}

cluster_up() {
  local hosts=$1 host_rate=$2 server_rate=$3 folder=$4 i
  [[ $EUID == 0 ]] || cluster_fail "needs root, for network namespaces"
  local tool
  for tool in sshfs socat ip tc nsenter; do
    command -v $tool >/dev/null || cluster_fail "no $tool: apt-get install sshfs socat openssh-sftp-server iproute2"
  done
  cluster_dir=$(mktemp -d)
  cluster_hosts=$hosts
  ip netns add $cluster_id-switch
  cluster_in switch ip link add br0 type bridge
  cluster_in switch ip link set br0 up
  cluster_host fs 10.77.0.100 "${server_rate%@*}"
  local server=/usr/lib/openssh/sftp-server
  [[ $server_rate != *@* ]] || server="python3 $PWD/bench/late.py ${server_rate#*@} $server"
  cluster_in fs socat TCP-LISTEN:2222,fork,reuseaddr,nodelay EXEC:"$server" &
  mkdir -p "$SHARED"
  for ((i = 0; i < hosts; i++)); do
    cluster_host h$i 10.77.0.$((i + 1)) "$host_rate"
    mkdir -p "$cluster_dir/mnt$i"
    cluster_mount $i "$folder"
    echo "10.77.0.$((i + 1)) slots=1" >>"$cluster_dir/hosts"
  done
  cat >"$cluster_dir/agent" <<AGENT
#!/bin/bash
# mpirun's way into a host: drops the options, maps the address to the namespace, gives it its own mount of the folder.
while [[ \$1 == -* ]]; do shift; done
n=\$((\${1##*.} - 1)); shift
exec nsenter --net=/run/netns/$cluster_id-h\$n unshare --uts --mount -- bash -c "hostname h\$n; mount --bind $cluster_dir/mnt\$n $SHARED; \$*"
AGENT
  chmod +x "$cluster_dir/agent"
}

cluster_mount() {
  local tries
  for tries in 1 2 3 4 5; do
    cluster_in h$1 sshfs -o directport=2222,dir_cache=no,ro,max_conns=4 10.77.0.100:"$2" "$cluster_dir/mnt$1" && return
    sleep 0.3
  done
  cluster_fail "the file server cannot be mounted on host $1"
}

# The launcher is on host 0 too, with the same mount.
cluster_mpi() {
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 "$cluster_dir/agent" 10.77.0.1 \
    mpirun --mca plm_rsh_agent "$cluster_dir/agent" --hostfile "$cluster_dir/hosts" --mca pml ob1 --mca btl tcp,self \
    --mca btl_tcp_if_include eth0 --mca oob_tcp_if_include eth0 --mca mpi_yield_when_idle 1 --bind-to none "$@"
}

cluster_each() {
  local i pids=() failed=0
  for ((i = 0; i < cluster_hosts; i++)); do
    "$cluster_dir/agent" 10.77.0.$((i + 1)) env RANK=$i WORLD_SIZE=$cluster_hosts "$@" &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i" || failed=1; done
  return $failed
}

cluster_served() { cluster_in fs ip -s -j link show eth0 | sed 's/.*"tx":{"bytes":\([0-9]*\).*/\1/'; }

cluster_down() {
  local i
  [[ -n $cluster_dir ]] || return 0
  for ((i = 0; i < cluster_hosts; i++)); do
    fusermount -u -z "$cluster_dir/mnt$i" 2>/dev/null || umount -l "$cluster_dir/mnt$i" 2>/dev/null || true
  done
  pkill -f "directport=2222.*$cluster_dir" 2>/dev/null || true
  local ns pids
  for ns in $(ip netns list | awk -v id="$cluster_id-" 'index($1, id) == 1 { print $1 }'); do
    pids=$(ip netns pids "$ns")
    [[ -z $pids ]] || kill $pids 2>/dev/null || true
    ip netns del "$ns"
  done
  rmdir "$SHARED" 2>/dev/null || true
  rm -rf "$cluster_dir"
  cluster_dir=
}
