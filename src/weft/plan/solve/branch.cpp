#include "weft/plan/solve/branch.h"

#include <algorithm>
#include <numeric>

#include "weft/plan/solve/ascent.h"
#include "weft/plan/solve/eliminate.h"

namespace weft {

namespace {

constexpr int kBoundSteps = 24;
constexpr int64_t kMostSteps = 2'000'000;  ///< of an elimination below a branch

class Branching {
 public:
  Branching(const BranchLimits& limits, int64_t upper) : limits_(limits), upper_(upper) {}

  /// Looks for what is cheaper than upper_ among the choices of `reduced`, which has the nodes of the whole.
  void search(const Reduced& reduced) {
    if (branches_++ >= limits_.branches || (limits_.is_late && limits_.is_late())) is_stopped_ = true;
    if (is_stopped_) return;
    const Core core = core_of(reduced);
    if (const std::optional<Choice> best = eliminate(core, kMostSteps)) {
      offer(core, reduced, *best);
      return;
    }
    Ascent ascent(core);
    for (int step = 0; step < kBoundSteps; ++step) {
      ascent.step(upper_);
      if (ascent.bound() >= upper_) return;
    }
    const Choice suggestion = ascent.suggestion();
    if (is_feasible(core, suggestion)) offer(core, reduced, suggestion);
    const size_t at = widest(core);
    const Core::Node& node = core.nodes[at];
    std::vector<int32_t> order(node.costs.size());
    std::iota(order.begin(), order.end(), 0);
    std::swap(order[0], order[static_cast<size_t>(suggestion[at])]);
    for (const int32_t option : order) {
      Reduced restricted = reduced;
      restricted.network.keep_options(node.origin, std::span(&option, 1));
      if (const auto smaller = reduce_further(std::move(restricted))) search(*smaller);
      if (is_stopped_) return;
    }
  }

  Branched result() && { return {std::move(best_), !is_stopped_}; }

 private:
  /// The node that most others depend on: what lives long. Without it the rest falls apart.
  static size_t widest(const Core& core) {
    size_t best = 0;
    size_t most = 0;
    for (size_t i = 0; i < core.nodes.size(); ++i) {
      const Core::Node& node = core.nodes[i];
      size_t weight = 1;
      for (const Core::Arc& arc : node.arcs) weight += static_cast<size_t>(core.node(arc.other).options());
      for (const Life& life : node.lives) weight += static_cast<size_t>(life.end - life.begin);
      if (weight <= most) continue;
      most = weight;
      best = i;
    }
    return best;
  }
  void offer(const Core& core, const Reduced& reduced, const Choice& choice) {
    const int64_t cost = cost_of(core, choice);
    if (cost >= upper_) return;
    upper_ = cost;
    best_ = whole_choice(core, reduced, choice);
  }

  const BranchLimits& limits_;
  int64_t upper_;
  std::optional<Choice> best_;
  int64_t branches_ = 0;
  bool is_stopped_ = false;
};

}  // namespace

Branched branch(const Core& core, int64_t upper, const BranchLimits& limits) {
  Branching branching(limits, upper);
  branching.search(as_reduced(core));
  return std::move(branching).result();
}

}  // namespace weft
