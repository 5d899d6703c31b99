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

  /// Grows a forest over as many nodes as form one and moves it. Cost with prices never grows.
  /// `noise`, where it is not 0, is the largest amount by which costs of options are misread.
  void move(Choice& choice, const Prices& prices, double noise, Draws& draws);

 private:
  struct Member {
    int32_t node = 0;
    int32_t parent = -1;  ///< its node
    const Core::Arc* up = nullptr;
  };
  void grow(Draws& draws);
  int32_t root_of(int32_t node);
  void order_members();
  void gather(const Member& member, const Choice& choice, const Prices& prices, double noise, Draws& draws);
  void send_up(const Member& member);
  double cost(int64_t given) const { return given < kImpossible ? static_cast<double>(given) : kWall; }

  /// An impossible cost: larger than all others together, and small enough to be added up.
  static constexpr double kWall = 1e18;

  const Core& core_;
  std::vector<int32_t> order_;
  std::vector<int32_t> component_;  ///< union-find; -1: in no forest
  std::vector<bool> is_placed_;
  std::vector<Member> members_;  ///< parents before children
  std::vector<std::vector<double>> sums_;
  std::vector<std::vector<int32_t>> answers_;  ///< [node]: its best option, by its parent's
};

}  // namespace weft
