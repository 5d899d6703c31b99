#pragma once
#include <optional>

#include "weft/tasks/metric.h"

namespace weft {

/// What tells the best checkpoint: of what is measured on the validation data, what checkpoint.best names.
struct BestMeasure {
  const Metric* metric = nullptr;  ///< null: the loss
  Better better() const { return metric == nullptr ? Better::less : metric->better(); }
};

/// Nothing where the recipe asks for no best one. UserError that lists what is measured where it names none
/// of that.
std::optional<BestMeasure> best_measure(const Recipe& recipe, const DataFacts& facts);

}  // namespace weft
