#pragma once
#include "weft/tasks/task.h"

namespace weft {

/// Each sample has a class.
struct Classification final : KindOf<Classification, Task> {
  static constexpr std::string_view kName = "classification";
  static constexpr std::string_view kMeaning = "each sample has one class; cross entropy, and accuracy.";
  bool suits(const DataFacts& facts) const override {
    return facts.target.has_ids() && facts.target.shape.empty();
  }
  std::string_view usual_loss() const override { return "cross_entropy"; }
  std::vector<std::string_view> usual_metrics() const override { return {"accuracy"}; }
};

}  // namespace weft
