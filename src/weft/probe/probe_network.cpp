#include <fmt/format.h>

#include <numeric>

#include "weft/probe/probe_parts.h"

namespace weft {

namespace {

/// Each rank of `order` sends to the next and receives from the one before, all at once.
class Ring {
 public:
  Ring(const Communicator& world, const std::vector<int>& order) : world_(world) {
    const auto self = std::find(order.begin(), order.end(), world.rank());
    if (order.size() < 2) return;
    const auto at = static_cast<size_t>(self - order.begin());
    next_ = order[(at + 1) % order.size()];
    previous_ = order[(at + order.size() - 1) % order.size()];
  }

  /// Of one message. Collective over the world: a rank without a neighbour only waits.
  double seconds(int64_t bytes, int messages) {
    out_.resize(static_cast<size_t>(bytes), std::byte{1});
    in_.resize(static_cast<size_t>(bytes));
    return median_seconds(world_,
                          [&] {
                            for (int i = 0; i < messages && next_ >= 0; ++i) turn();
                          }) /
           messages;
  }

 private:
  void turn() {
    const Message send{next_, out_.data(), std::ssize(out_)};
    const Message receive{previous_, in_.data(), std::ssize(in_)};
    world_.exchange({&send, 1}, {&receive, 1}, 0).wait();
  }

  const Communicator& world_;
  int next_ = -1;
  int previous_ = -1;
  std::vector<std::byte> out_;
  std::vector<std::byte> in_;
};

void measure(Ring ring, NetworkLevel& level) {
  constexpr int64_t kSmall = 8;
  constexpr int64_t kLarge = int64_t{1} << 22;
  const double latency_s = ring.seconds(kSmall, 200);
  const double large_s = ring.seconds(kLarge, 8);
  level.latency_us = latency_s * 1e6;
  // A large message that were no slower than a small one would have no finite rate.
  level.mb_s = static_cast<double>(kLarge) * 1e-6 / std::max(large_s - latency_s, large_s * 0.01);
}

}  // namespace

std::optional<int> ranks_per_host(std::span<const std::string> host_of_rank) {
  const auto ranks = std::ssize(host_of_rank);
  const auto same = std::count(host_of_rank.begin(), host_of_rank.end(), host_of_rank[0]);
  if (ranks % same != 0) return std::nullopt;
  std::vector<std::string> seen;
  for (int64_t first = 0; first < ranks; first += same) {
    const auto block = host_of_rank.subspan(static_cast<size_t>(first), static_cast<size_t>(same));
    const std::string& host = block.front();
    if (std::find(seen.begin(), seen.end(), host) != seen.end()) return std::nullopt;
    if (std::count(block.begin(), block.end(), host) != same) return std::nullopt;
    seen.push_back(host);
  }
  return static_cast<int>(same);
}

void probe_network(const Communicator& world, const std::string& host, Probe& probe) {
  if (world.size() == 1) {
    probe.not_measured.emplace_back("network: this is one rank, start several with mpirun");
    return;
  }
  const std::vector<std::string> hosts = world.all_gather_text(host);
  const auto mine = static_cast<size_t>(world.rank());
  const std::optional<int> per_host = ranks_per_host(hosts);
  const bool one_host = per_host == world.size();
  if (!per_host) {
    probe.not_measured.emplace_back("network of a node: hosts do not have equally many neighbouring ranks");
  } else if (*per_host == 1) {
    probe.not_measured.emplace_back("network of a node: each rank has a host of its own");
  } else {
    std::vector<int> order;
    for (int rank = 0; rank < world.size(); ++rank) {
      if (hosts[static_cast<size_t>(rank)] == hosts[mine]) order.push_back(rank);
    }
    probe.machine.network.push_back({.name = "node", .ranks = *per_host});
    measure(Ring(world, order), probe.machine.network.back());
  }
  if (one_host) {
    probe.not_measured.emplace_back("network between nodes: all ranks are on one host");
    return;
  }
  // By place on the host first: neighbours in the ring are on different hosts.
  std::vector<int> order(static_cast<size_t>(world.size()));
  std::iota(order.begin(), order.end(), 0);
  const auto place = [&](int rank) {
    return std::count(hosts.begin(), hosts.begin() + rank, hosts[static_cast<size_t>(rank)]);
  };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return place(a) < place(b); });
  probe.machine.network.push_back({.name = "network"});
  measure(Ring(world, order), probe.machine.network.back());
}

}  // namespace weft
