#pragma once
// A large move: all nodes of a random forest of the core choose anew together, at the least cost with prices
// that is possible while the others stay.
#include <vector>

#include "weft/plan/solve/core.h"
#include "weft/plan/solve/draws.h"
#include "weft/plan/solve/prices.h"

namespace weft {

class ForestMove {
 public:
  /// `core` must outlive it.
  explicit ForestMove(const Core& core);

  /// Chooses `size` nodes around a random one, within which forests grow from here on.
  void choose_region(size_t size, Draws& draws);
  const std::vector<int32_t>& region() const { return region_; }

  /// What was done so far, in sums.
  int64_t steps() const { return steps_; }

  struct Terms {
    double scale = 1;  ///< of the prices
    double noise = 0;  ///< the largest amount by which costs of options are misread
  };
  /// Grows a forest over as many nodes of the region as form one and moves it. Without noise, the cost with
  /// scaled prices never grows.
  void move(Choice& choice, const Prices& prices, const Terms& terms, Draws& draws);

 private:
  struct Member {
    int32_t node = 0;
    int32_t parent = -1;  ///< its node
    const Core::Arc* up = nullptr;
  };
  void grow(Draws& draws);
  int32_t root_of(int32_t node);
  void order_members();
  void gather(const Member& member, const Choice& choice, const Prices& prices, const Terms& terms,
              Draws& draws);
  void send_up(const Member& member);
  double cost(int64_t given) const { return given < kImpossible ? static_cast<double>(given) : kWall; }

  /// An impossible cost: larger than all others together, and small enough to be added up.
  static constexpr double kWall = 1e18;

  const Core& core_;
  std::vector<int32_t> region_;     ///< all, until one is chosen
  std::vector<int32_t> component_;  ///< union-find; -1: in no forest
  std::vector<bool> is_placed_;
  int64_t steps_ = 0;
  std::vector<Member> members_;  ///< parents before children
  std::vector<std::vector<double>> sums_;
  std::vector<std::vector<int32_t>> answers_;  ///< [node]: its best option, by its parent's
};

}  // namespace weft
