#pragma once
#include "weft/tasks/task.h"

namespace weft {

/// Each token of a sequence is to be told from those before it.
struct LanguageModelling final : KindOf<LanguageModelling, Task> {
  static constexpr std::string_view kName = "language_modelling";
  static constexpr std::string_view kMeaning = "each token is told from those before it; cross entropy.";
  bool suits(const DataFacts& facts) const override {
    return facts.input.has_ids() && facts.target.has_ids() && facts.target.shape == facts.input.shape;
  }
  std::string_view usual_loss() const override { return "cross_entropy"; }
  bool generates() const override { return true; }
};

}  // namespace weft
