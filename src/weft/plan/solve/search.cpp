#include "weft/plan/solve/search.h"

#include <cmath>

namespace weft {

namespace {

constexpr int kForests = 4;
constexpr double kOctaves = 2;  ///< prices are scaled by up to 2^this, up or down
constexpr double kDecades =
    3;  ///< noise is up to so many powers of ten below a node's mean share of the cost

}  // namespace

Search::Search(const Core& core, uint64_t seed, uint64_t stream)
    : core_(core), draws_(seed, stream), forest_(core), prices_(core) {}

void Search::improve(Choice choice) {
  Descent descent(core_, std::move(choice));
  if (!descent.is_feasible() && !descent.make_feasible(draws_)) return;
  descent.descend(draws_);
  if (descent.is_feasible() && descent.cost() < best_.cost) best_ = {descent.choice(), descent.cost()};
}

void Search::wander(const Prices& prices) {
  if (best_.cost >= kImpossible) return;
  Choice choice = best_.choice;
  const double scale = std::exp2(kOctaves * (2 * draws_.uniform() - 1));
  prices_.of_slot = prices.of_slot;
  for (double& price : prices_.of_slot) price *= scale;
  prices_.spread(core_);
  const double share = static_cast<double>(best_.cost) / static_cast<double>(core_.nodes.size());
  const double noise = share * std::pow(10, -kDecades * draws_.uniform());
  forest_.move(choice, prices_, noise, draws_);
  for (int i = 0; i < kForests; ++i) forest_.move(choice, prices_, 0, draws_);
  improve(std::move(choice));
}

}  // namespace weft
