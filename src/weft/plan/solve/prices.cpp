#include "weft/plan/solve/prices.h"

#include <algorithm>

namespace weft {

Prices::Prices(const Core& core) : of_slot(core.capacity.size()) {
  for (const Core::Node& node : core.nodes) of_option.emplace_back(node.costs.size());
}

void Prices::spread(const Core& core) {
  std::vector<double> sums(of_slot.size() + 1);
  for (size_t t = 0; t < of_slot.size(); ++t) sums[t + 1] = sums[t] + of_slot[t];
  for (size_t i = 0; i < core.nodes.size(); ++i) {
    std::vector<double>& prices = of_option[i];
    std::ranges::fill(prices, 0);
    for (const Life& life : core.nodes[i].lives) {
      const double price = sums[static_cast<size_t>(life.end)] - sums[static_cast<size_t>(life.begin)];
      if (price <= 0) continue;
      for (size_t s = 0; s < prices.size(); ++s) prices[s] += price * static_cast<double>(life.usage[s]);
    }
  }
}

double Prices::allowance(const Core& core) const {
  double sum = 0;
  for (size_t t = 0; t < of_slot.size(); ++t) sum += of_slot[t] * static_cast<double>(core.capacity[t]);
  return sum;
}

}  // namespace weft
