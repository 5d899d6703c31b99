#pragma once
// Good choices of a core within the limit, by large and small moves.
#include <cstdint>
#include <optional>

#include "weft/plan/solve/descent.h"
#include "weft/plan/solve/forest_move.h"
#include "weft/plan/solve/prices.h"

namespace weft {

struct Found {
  Choice choice;
  int64_t cost = kImpossible;  ///< with no slot overfull
};

class Search {
 public:
  /// `core` must outlive it. Searches of one seed and stream go the same way.
  Search(const Core& core, uint64_t seed, uint64_t stream);

  /// Makes a choice feasible, and better by small moves; kept where it is the best.
  void improve(Choice choice);
  /// From the best: random forests move at prices that are some multiple of `prices`, with costs misread by
  /// chance at first; then as improve() does.
  void wander(const Prices& prices);
  void take(const Found& other) {
    if (other.cost < best_.cost) best_ = other;
  }
  const Found& best() const { return best_; }

 private:
  const Core& core_;
  Draws draws_;
  ForestMove forest_;
  Prices prices_;
  Found best_;
};

}  // namespace weft
