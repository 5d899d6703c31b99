#pragma once
// Small moves within the limit: one node or two neighbours choose anew.
#include <vector>

#include "weft/plan/solve/core.h"
#include "weft/plan/solve/draws.h"
#include "weft/plan/solve/usage_tree.h"

namespace weft {

class Descent {
 public:
  /// `core` must outlive it.
  Descent(const Core& core, Choice choice);

  const Choice& choice() const { return choice_; }
  int64_t cost() const { return cost_; }
  bool is_feasible() const { return cost_ < impossible_ && over_.largest() <= 0; }

  /// Takes usage out of the fullest slot, at the least cost for what is freed, until no slot is overfull.
  /// False where no move frees any, or too many were needed.
  bool make_feasible(Draws& draws);
  /// Moves of one node, and of two neighbours, while one of them makes the cost less and none overfull.
  void descend(Draws& draws);
  void set(int32_t node, int32_t option);

 private:
  int64_t delta(int32_t node, int32_t option) const {
    const auto& costs = conditional_[static_cast<size_t>(node)];
    return costs[static_cast<size_t>(option)] -
           costs[static_cast<size_t>(choice_[static_cast<size_t>(node)])];
  }
  int64_t cost(int64_t given) const { return given < kImpossible ? given : impossible_; }
  bool fits_with(int32_t node, int32_t option);
  bool improve_one(int32_t node);
  bool improve_pair(int32_t node, const Core::Arc& arc);

  const Core& core_;
  Choice choice_;
  int64_t cost_ = 0;
  int64_t impossible_ = 1;                         ///< stands for kImpossible, so that sums of many have room
  std::vector<std::vector<int64_t>> conditional_;  ///< [node][option]: its cost while the others stay
  UsageTree over_;                                 ///< usage less capacity
};

}  // namespace weft
