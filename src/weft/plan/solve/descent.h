#pragma once
// Small moves within the limit: one node or two neighbours choose anew.
#include <functional>
#include <vector>

#include "weft/plan/solve/core.h"
#include "weft/plan/solve/draws.h"
#include "weft/plan/solve/usage_tree.h"

namespace weft {

/// Whether the time is over; empty: never.
using IsLate = std::function<bool()>;

class Descent {
 public:
  /// `core` must outlive it.
  Descent(const Core& core, Choice choice);

  const Choice& choice() const { return choice_; }
  int64_t cost() const { return cost_; }
  /// What was done so far, in sums: the same on every machine, as a time is not.
  int64_t steps() const { return steps_; }
  bool is_feasible() const { return cost_ < impossible_ && over_.largest() <= 0; }

  void set(int32_t node, int32_t option);
  /// From here on all changes can be taken back.
  void keep() { changes_.clear(); }
  /// The choice is again what it was at the last keep().
  void take_back();

  /// Takes usage out of the fullest slot, at the least cost for what is freed, until no slot is overfull.
  /// False where no move frees any, too many were needed, or it is late.
  bool make_feasible(Draws& draws, const IsLate& is_late);
  /// Moves of one node, and of two neighbours, while one of them makes the cost less and none overfull.
  void descend(Draws& draws, const IsLate& is_late);
  /// Likewise, where only the nodes that changed since the last keep(), and their neighbours, begin.
  void descend_from_changes(Draws& draws, const IsLate& is_late);

 private:
  struct Change {
    int32_t node;
    int32_t before;
  };
  int64_t delta(int32_t node, int32_t option) const {
    const auto& costs = conditional_[static_cast<size_t>(node)];
    return costs[static_cast<size_t>(option)] -
           costs[static_cast<size_t>(choice_[static_cast<size_t>(node)])];
  }
  int64_t cost(int64_t given) const { return given < kImpossible ? given : impossible_; }
  /// What a life uses more where its node chooses `option`.
  int64_t more(int32_t node, const Life& life, int32_t option) const {
    return life.usage[static_cast<size_t>(option)] -
           life.usage[static_cast<size_t>(choice_[static_cast<size_t>(node)])];
  }
  void put(int32_t node, int32_t option);
  bool fits_with(int32_t node, int32_t option);
  bool frees_any(int32_t node, int32_t option) const;
  bool improve_one(int32_t node);
  bool improve_pair(int32_t node, const Core::Arc& arc);
  void descend_from(std::vector<int32_t> waiting, const IsLate& is_late);

  const Core& core_;
  Choice choice_;
  std::vector<Change> changes_;
  int64_t cost_ = 0;
  int64_t steps_ = 0;
  int64_t impossible_ = 1;                         ///< stands for kImpossible, so that sums of many have room
  std::vector<std::vector<int64_t>> conditional_;  ///< [node][option]: its cost while the others stay
  UsageTree over_;                                 ///< usage less capacity
};

}  // namespace weft
