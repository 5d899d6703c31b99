#include "weft/plan/solve/search.h"

#include <algorithm>
#include <cmath>

namespace weft {

namespace {

constexpr int kForests = 3;
constexpr double kLeastRegion = 8;
constexpr double kLargestRegion = 2048;
constexpr double kLeastScale = 0.5;  ///< of the prices
constexpr double kOctaves = 3;       ///< above it
constexpr int64_t kWalks = 256;      ///< until it goes back to the best
constexpr double kTolerance = 1e-3;  ///< at most; and down to a hundredth of it
constexpr double kDecades =
    3;  ///< noise is up to so many powers of ten below a node's mean share of the cost

}  // namespace

Search::Search(const Core& core, uint64_t seed, uint64_t stream, IsLate is_late)
    : core_(core), is_late_(std::move(is_late)), draws_(seed, stream), forest_(core) {}

void Search::take(const Found& other) {
  if (other.cost >= best_.cost) return;
  best_ = other;
  place_at(best_.choice);
}

void Search::place_at(const Choice& choice) {
  if (at_) {
    at_->keep();
    for (size_t i = 0; i < choice.size(); ++i) at_->set(static_cast<int32_t>(i), choice[i]);
  } else {
    at_.emplace(core_, choice);
  }
  walks_ = 0;
  tolerance_ = kTolerance * std::pow(10, -2 * draws_.uniform());
}

void Search::improve(Choice choice) {
  Descent descent(core_, std::move(choice));
  if (!descent.is_feasible() && !descent.make_feasible(draws_, is_late_)) return;
  descent.descend(draws_, is_late_);
  steps_ += descent.steps();
  if (descent.is_feasible()) take({descent.choice(), descent.cost()});
}

void Search::wander(const Prices& prices) {
  if (!at_) return;
  if (++walks_ > kWalks) place_at(best_.choice);
  const auto nodes = static_cast<double>(core_.nodes.size());
  const double least = std::min(kLeastRegion, nodes);
  const double most = std::min(kLargestRegion, nodes);
  forest_.choose_region(static_cast<size_t>(least * std::pow(most / least, draws_.uniform())), draws_);
  ForestMove::Terms terms;
  terms.scale = kLeastScale * std::exp2(kOctaves * draws_.uniform());
  terms.noise = static_cast<double>(best_.cost) / nodes * std::pow(10, -kDecades * draws_.uniform());
  Choice choice = at_->choice();
  const int64_t before = at_->cost();
  forest_.move(choice, prices, terms, draws_);
  terms.noise = 0;
  for (int i = 0; i < kForests; ++i) forest_.move(choice, prices, terms, draws_);
  at_->keep();
  for (const int32_t node : forest_.region()) at_->set(node, choice[static_cast<size_t>(node)]);
  const bool fits = at_->is_feasible() || at_->make_feasible(draws_, is_late_);
  if (fits) at_->descend_from_changes(draws_, is_late_);
  const double allowed = static_cast<double>(best_.cost) * (1 + tolerance_ * draws_.uniform());
  if (!fits || !at_->is_feasible() || at_->cost() > std::max(before, static_cast<int64_t>(allowed))) {
    at_->take_back();
  } else if (at_->cost() < best_.cost) {
    best_ = {at_->choice(), at_->cost()};
    walks_ = 0;
  }
}

}  // namespace weft
