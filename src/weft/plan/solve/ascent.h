#pragma once
// A lower bound on a core's cost: the limit is priced in each slot, messages bound the cost with prices, and
// the prices follow what is overfull (projected subgradients; Polyak's step; Held, Wolfe and Crowder 1974).
#include "weft/plan/solve/core.h"
#include "weft/plan/solve/messages.h"
#include "weft/plan/solve/prices.h"

namespace weft {

class Ascent {
 public:
  /// `core` must outlive it.
  explicit Ascent(const Core& core);

  /// One sweep of messages, and a step of the prices. `upper`: what a solution is known to cost, or
  /// kImpossible.
  void step(int64_t upper);
  /// No choice that keeps the limit costs less: the best so far, rounded up from below what f64 may err by.
  int64_t bound() const;
  /// Those that gave the best bound.
  const Prices& best_prices() const { return best_prices_; }
  /// The options of each node without which no choice cheaper than `upper` is lost, as places that ascend;
  /// those of `known` are kept. Sweeps at the best prices.
  std::vector<std::vector<int32_t>> promising(int64_t upper, const Choice& known);
  /// A choice that the messages of now suggest; it need not keep the limit.
  Choice suggestion() const { return messages_.round(); }
  /// Steps have become too short to matter.
  bool is_over() const { return scale_ < kLeastScale; }

 private:
  static constexpr double kLeastScale = 1e-7;
  void follow(const std::vector<int64_t>& used, double target);

  const Core& core_;
  Messages messages_;
  Prices prices_;
  Prices best_prices_;
  double now_ = 0;
  double best_;
  double error_ = 0;  ///< what rounding may have added to the best
  double scale_ = 1;  ///< of steps
  int32_t since_better_ = 0;
};

}  // namespace weft
