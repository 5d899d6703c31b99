#pragma once
// Messages along the edges of a core, whose sweeps raise a lower bound on its cost (TRW-S: Kolmogorov,
// "Convergent Tree-Reweighted Message Passing for Energy Minimization", PAMI 2006, section 4).
#include <vector>

#include "weft/plan/solve/core.h"

namespace weft {

class Messages {
 public:
  /// `core` must outlive it.
  explicit Messages(const Core& core);

  /// Costs of the nodes' options from here on, as prices change; messages stay, and so are a good start.
  /// prices[node][option] is added to the core's own.
  void set_prices(const std::vector<std::vector<double>>& prices);
  /// A forward and a backward sweep. Returns a bound that no choice's cost (with the prices) is below, up to
  /// the rounding of f64.
  double sweep();
  /// Likewise. `surplus[node][option]` becomes what a choice with that option costs, at least, above what the
  /// sweep before this one returned, if prices did not change between the two.
  double sweep(std::vector<std::vector<double>>& surplus);
  /// The option of each node that is cheapest by its own messages alone: where all edges agree with it, it
  /// is an optimum.
  Choice cheapest() const;
  /// One node after another, each cheapest given those before it and the messages from those after it.
  Choice round() const;

 private:
  struct EdgeMessages {
    std::vector<double> costs, turned;  ///< as the core's
    std::vector<double> to_a, to_b;
  };
  double sweep_noting(std::vector<std::vector<double>>* surplus);
  void pass(int32_t from, bool forward, double& bound);
  void sum_at(int32_t node, std::vector<double>& sum) const;
  const std::vector<double>& incoming(const Core::Arc& arc) const {
    const EdgeMessages& edge = edges_[static_cast<size_t>(arc.edge)];
    return arc.is_first ? edge.to_a : edge.to_b;
  }

  const Core& core_;
  double impossible_;
  std::vector<std::vector<double>> costs_;  ///< of the nodes, priced
  std::vector<EdgeMessages> edges_;
  std::vector<double> share_;  ///< of a node's cost that each of its edges in a direction takes
  std::vector<double> sum_, offered_;
};

}  // namespace weft
