#pragma once
#include "weft/tasks/task.h"

namespace weft {

/// Each sample has numbers.
struct Regression final : KindOf<Regression, Task> {
  static constexpr std::string_view kName = "regression";
  static constexpr std::string_view kMeaning = "each sample has numbers; mean squared error.";
  bool suits(const DataFacts& facts) const override { return !facts.target.has_ids(); }
  std::string_view usual_loss() const override { return "mse"; }
};

}  // namespace weft
