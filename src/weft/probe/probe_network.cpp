#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "weft/base/plural.h"
#include "weft/probe/probe_parts.h"

namespace weft {

namespace {

/// Ranks of one ring: each sends to the next and receives from the one before, all at once, and all rings of
/// the job at once.
class Ring {
 public:
  /// The ring in which this rank is: of `order`, ranks [0, size), [size, 2 size) and so on. Those that are
  /// left over are in none.
  Ring(const Communicator& world, const std::vector<int>& order, int size) : world_(world) {
    const auto self = std::find(order.begin(), order.end(), world.rank()) - order.begin();
    const auto first = self / size * size;
    if (first + size > std::ssize(order)) return;
    const auto at = [&](int64_t place) { return order[static_cast<size_t>(first + place % size)]; };
    next_ = at(self - first + 1);
    previous_ = at(self - first + size - 1);
  }

  /// Of one message. Collective over the world: a rank without a neighbour only waits.
  double seconds(int64_t bytes, int messages) {
    out_.resize(static_cast<size_t>(bytes), std::byte{1});
    in_.resize(static_cast<size_t>(bytes));
    return slowest_seconds(world_,
                           [&] {
                             for (int i = 0; i < messages && next_ >= 0; ++i) turn(bytes);
                           }) /
           messages;
  }

 private:
  void turn(int64_t bytes) {
    const Message send{next_, out_.data(), bytes};
    const Message receive{previous_, in_.data(), bytes};
    world_.exchange({&send, 1}, {&receive, 1}, 0).wait();
  }

  const Communicator& world_;
  int next_ = -1;
  int previous_ = -1;
  std::vector<std::byte> out_;
  std::vector<std::byte> in_;
};

/// 2, 4, 8, … and all.
std::vector<int> group_sizes(int ranks) {
  std::vector<int> sizes;
  for (int size = 2; size < ranks; size *= 2) sizes.push_back(size);
  sizes.push_back(ranks);
  return sizes;
}

/// One level, among the ranks of `order`, which are neighbours in it.
void add_level(const Communicator& world, NetworkLevel level, const std::vector<int>& order, Probe& probe,
               std::vector<Measurement>& list) {
  Machine& machine = probe.machine;
  const size_t at = machine.network.size();
  const std::string name = level.name;
  machine.network.push_back(std::move(level));
  const std::vector<int> sizes = group_sizes(static_cast<int>(order.size()));
  machine.network[at].groups.resize(sizes.size());
  for (size_t i = 0; i < sizes.size(); ++i) {
    machine.network[at].groups[i].ranks = sizes[i];
    const auto ring = std::make_shared<Ring>(world, order, sizes[i]);
    const std::string key = fmt::format("network.{}.{}", name, sizes[i]);
    const std::string title = fmt::format("{} in groups of {}", name, plural(sizes[i], "rank"));
    const std::string cannot = fmt::format("network of {}", plural(sizes[i], "rank"));
    list.push_back({key + ".latency_us", title + ", a message", "us",
                    [ring] { return ring->seconds(8, 200) * 1e6; },
                    [&machine, at, i](double median) {
                      machine.network[at].groups[i].latency_us = median;
                      machine.network[at].latency_us = median;  // the largest group is the last
                    },
                    cannot});
    constexpr int64_t kLarge = int64_t{1} << 22;
    list.push_back({key + ".mb_s", title + ", each way", "MB/s",
                    [ring] { return static_cast<double>(kLarge) * 1e-6 / ring->seconds(kLarge, 8); },
                    [&machine, at, i](double median) {
                      machine.network[at].groups[i].mb_s = median;
                      machine.network[at].mb_s = median;
                    },
                    cannot});
  }
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

void add_network(const Communicator& world, const std::string& host, Probe& probe,
                 std::vector<Measurement>& list) {
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
    add_level(world, {.name = "node", .ranks = *per_host}, order, probe, list);
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
  add_level(world, {.name = "network"}, order, probe, list);
}

}  // namespace weft
