#include "weft/tasks/metric/perplexity.h"

#include <cmath>

#include "weft/ops/loss/cross_entropy.h"

namespace weft {

std::vector<Metric::Sum> Perplexity::sums(GraphBuilder& build, ValueId predictions, ValueId targets) const {
  return {{"cross_entropy", cross_entropy(build, predictions, targets, 1)}};
}

double Perplexity::value(const Totals& totals) const {
  return std::exp(totals.at("cross_entropy") / totals.targets);
}

void register_perplexity(KindsOf<Metric>& kinds) { kinds.add<Perplexity>(); }

}  // namespace weft
