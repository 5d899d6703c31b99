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
  Search(const Core& core, uint64_t seed, uint64_t stream, IsLate is_late);

  /// Makes a choice feasible, and better by small moves; kept where it is the best.
  void improve(Choice choice);
  /// From the best: random forests of a random region move at prices that are some multiple of `prices`, with
  /// costs misread by chance at first; then small moves follow. Kept where it is no worse, or a little: after
  /// some walks it goes back to the best.
  void wander(const Prices& prices);
  void take(const Found& other);
  const Found& best() const { return best_; }
  /// What was done so far, in sums.
  int64_t steps() const { return steps_ + forest_.steps() + (at_ ? at_->steps() : 0); }

 private:
  void place_at(const Choice& choice);

  const Core& core_;
  IsLate is_late_;
  Draws draws_;
  ForestMove forest_;
  std::optional<Descent> at_;
  Found best_;
  int64_t steps_ = 0;     ///< of descents that are no more
  int64_t walks_ = 0;     ///< since it was at the best
  double tolerance_ = 0;  ///< by which a walk may end above the best, relative to it
};

}  // namespace weft
