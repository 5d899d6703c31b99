#include "weft/plan/solve/overfull.h"

#include <algorithm>

#include "weft/plan/solve/usage_tree.h"

namespace weft {

namespace {

constexpr int64_t kMostPairSteps = 20'000'000;  ///< lives that are added for pairs: some seconds

std::vector<int64_t> negative(const Capacity& capacity) {
  std::vector<int64_t> values;
  for (const int64_t room : capacity) values.push_back(-room);
  return values;
}

class Forbidding {
 public:
  Forbidding(Network& network, const Capacity& capacity) : network_(network), over_(negative(capacity)) {}

  /// False where no option is left.
  bool forbid_options(int32_t id) {
    std::vector<int32_t> kept;
    for (int32_t s = 0; s < network_.options(id); ++s) {
      use(id, s, 1);
      if (over_.largest() <= 0) kept.push_back(s);
      use(id, s, -1);
    }
    if (std::ssize(kept) == network_.options(id)) return true;
    if (kept.empty()) return false;
    network_.keep_options(id, kept);
    changed_.push_back(id);
    return true;
  }

  void forbid_pairs(Network::Edge& edge) {
    if (network_.node(edge.a).lives.empty() || network_.node(edge.b).lives.empty()) return;
    const int64_t room = std::min(least_room(edge.a), least_room(edge.b));
    bool changed = false;
    for (int32_t s = 0; s < network_.options(edge.a); ++s) {
      if (most_used(edge.a, s) + largest_use(edge.b) <= room) continue;
      use(edge.a, s, 1);
      for (int32_t u = 0; u < network_.options(edge.b) && steps_ < kMostPairSteps; ++u) {
        int64_t& cost = edge.costs[static_cast<size_t>(s) * static_cast<size_t>(network_.options(edge.b)) +
                                   static_cast<size_t>(u)];
        if (cost >= kImpossible || most_used(edge.a, s) + most_used(edge.b, u) <= room) continue;
        use(edge.b, u, 1);
        if (over_.largest() > 0) {
          cost = kImpossible;
          changed = true;
        }
        use(edge.b, u, -1);
      }
      use(edge.a, s, -1);
    }
    if (changed) changed_.insert(changed_.end(), {edge.a, edge.b});
  }

  std::vector<int32_t> changed() && { return std::move(changed_); }

 private:
  void use(int32_t id, int32_t option, int sign) {
    for (const Life& life : network_.node(id).lives) {
      over_.add(life.begin, life.end, sign * life.usage[static_cast<size_t>(option)]);
    }
    steps_ += std::ssize(network_.node(id).lives);
  }
  /// What is free in the fullest slot of the node's lives.
  int64_t least_room(int32_t id) const {
    int64_t room = kNoLimit;
    for (const Life& life : network_.node(id).lives)
      room = std::min(room, -over_.largest(life.begin, life.end));
    return room;
  }
  /// All lives together, as if they were at one time.
  int64_t most_used(int32_t id, int32_t option) const {
    int64_t sum = 0;
    for (const Life& life : network_.node(id).lives) sum += life.usage[static_cast<size_t>(option)];
    return sum;
  }
  int64_t largest_use(int32_t id) const {
    int64_t most = 0;
    for (int32_t s = 0; s < network_.options(id); ++s) most = std::max(most, most_used(id, s));
    return most;
  }

  Network& network_;
  UsageTree over_;
  std::vector<int32_t> changed_;
  int64_t steps_ = 0;
};

}  // namespace

std::optional<std::vector<int32_t>> forbid_overfull(Network& network, const Capacity& capacity) {
  if (capacity.empty()) return std::vector<int32_t>();
  Forbidding forbidding(network, capacity);
  for (int32_t id = 0; id < static_cast<int32_t>(network.size()); ++id) {
    if (!network.node(id).lives.empty() && !forbidding.forbid_options(id)) return std::nullopt;
  }
  for (int32_t id = 0; id < static_cast<int32_t>(network.edges().size()); ++id) {
    if (network.edge(id).is_there) forbidding.forbid_pairs(network.edge(id));
  }
  return std::move(forbidding).changed();
}

}  // namespace weft
