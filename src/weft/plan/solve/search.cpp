#include "weft/plan/solve/search.h"

#include <algorithm>
#include <cmath>

namespace weft {

namespace {

constexpr int kForests = 3;
constexpr double kLeastRegion = 8;
constexpr double kOctaves = 2;  ///< prices are scaled by up to 2^this, up or down
constexpr double kDecades = 3;  ///< noise is up to so many powers of ten below a node's mean share of the cost

}  // namespace

Search::Search(const Core& core, uint64_t seed, uint64_t stream, IsLate is_late)
    : core_(core), is_late_(std::move(is_late)), draws_(seed, stream), forest_(core) {}

void Search::take(const Found& other) {
  if (other.cost >= best_.cost) return;
  best_ = other;
  at_.emplace(core_, best_.choice);
}

void Search::improve(Choice choice) {
  Descent descent(core_, std::move(choice));
  if (!descent.is_feasible() && !descent.make_feasible(draws_)) return;
  descent.descend(draws_, is_late_);
  if (descent.is_feasible()) take({descent.choice(), descent.cost()});
}

void Search::wander(const Prices& prices) {
  if (!at_) return;
  const auto nodes = static_cast<double>(core_.nodes.size());
  const double least = std::min(kLeastRegion, nodes);
  forest_.choose_region(static_cast<size_t>(least * std::pow(nodes / least, draws_.uniform())), draws_);
  ForestMove::Terms terms;
  terms.scale = std::exp2(kOctaves * (2 * draws_.uniform() - 1));
  terms.noise = static_cast<double>(best_.cost) / nodes * std::pow(10, -kDecades * draws_.uniform());
  Choice choice = best_.choice;
  forest_.move(choice, prices, terms, draws_);
  terms.noise = 0;
  for (int i = 0; i < kForests; ++i) forest_.move(choice, prices, terms, draws_);
  at_->keep();
  for (const int32_t node : forest_.region()) at_->set(node, choice[static_cast<size_t>(node)]);
  const bool fits = at_->is_feasible() || at_->make_feasible(draws_);
  if (fits) at_->descend_from_changes(draws_, is_late_);
  if (fits && at_->is_feasible() && at_->cost() <= best_.cost) {
    best_ = {at_->choice(), at_->cost()};
  } else {
    at_->take_back();
  }
}

}  // namespace weft
