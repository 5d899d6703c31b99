#include "weft/plan/solve/ascent.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weft {

namespace {

constexpr double kRounding = 1e-10;  ///< of f64 in sums of many thousands, relative to the largest of them
constexpr double kLeastGain = 1e-9;
constexpr int32_t kPatience = 30;  ///< steps without a better bound before they become shorter
constexpr double kShorter = 0.7;
constexpr int kSweeps = 100;    ///< at prices that stay, before options are judged
constexpr double kGuess = 1.1;  ///< what a solution may cost, as a multiple of the bound, while none is known

}  // namespace

Ascent::Ascent(const Core& core)
    : core_(core),
      messages_(core),
      prices_(core),
      best_prices_(core),
      best_(-std::numeric_limits<double>::infinity()) {}

void Ascent::step(int64_t upper) {
  const double allowance = prices_.allowance(core_);
  now_ = messages_.sweep() - allowance;
  if (!std::isfinite(best_) || now_ > best_ + kLeastGain * std::abs(best_)) {
    best_ = now_;
    best_prices_ = prices_;
    error_ = kRounding * (std::abs(now_) + allowance);
    since_better_ = 0;
  } else if (++since_better_ > kPatience) {
    since_better_ = 0;
    scale_ *= kShorter;
    prices_ = best_prices_;
    messages_.set_prices(prices_.of_option);
  }
  const double target =
      upper < kImpossible ? static_cast<double>(upper) : now_ + (kGuess - 1) * std::abs(now_) + 1;
  follow(usage_of(core_, messages_.cheapest()), target);
}

void Ascent::follow(const std::vector<int64_t>& used, double target) {
  double squares = 0;
  for (size_t t = 0; t < used.size(); ++t) {
    const auto over = static_cast<double>(used[t] - core_.capacity[t]);
    if (over > 0 || prices_.of_slot[t] > 0) squares += over * over;
  }
  if (squares == 0 || target <= now_) return;
  const double step = scale_ * (target - now_) / squares;
  for (size_t t = 0; t < used.size(); ++t) {
    double& price = prices_.of_slot[t];
    price = std::max(0.0, price + step * static_cast<double>(used[t] - core_.capacity[t]));
  }
  prices_.spread(core_);
  messages_.set_prices(prices_.of_option);
}

std::vector<std::vector<int32_t>> Ascent::promising(int64_t upper, const Choice& known) {
  Messages messages(core_);
  messages.set_prices(best_prices_.of_option);
  const double allowance = best_prices_.allowance(core_);
  double bound = 0;
  for (int i = 0; i < kSweeps; ++i) bound = messages.sweep();
  std::vector<std::vector<double>> surplus;
  messages.sweep(surplus);
  const double error = kRounding * (std::abs(bound) + allowance) + 1e-6;
  const double room = static_cast<double>(upper) - (bound - allowance) + error;
  std::vector<std::vector<int32_t>> kept(surplus.size());
  for (size_t i = 0; i < surplus.size(); ++i) {
    for (int32_t s = 0; s < std::ssize(surplus[i]); ++s) {
      if (surplus[i][static_cast<size_t>(s)] < room || known[i] == s) kept[i].push_back(s);
    }
  }
  return kept;
}

int64_t Ascent::bound() const {
  if (!std::isfinite(best_)) return 0;
  return std::max<int64_t>(0, static_cast<int64_t>(std::ceil(best_ - error_ - 1e-6)));
}

}  // namespace weft
