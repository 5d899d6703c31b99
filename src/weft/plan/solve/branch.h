#pragma once
// The exact optimum of a small core with a limit: one node's options are tried in turn, each restriction is
// reduced and bounded, and left where it cannot be better than what is known.
#include <functional>
#include <optional>

#include "weft/plan/solve/core.h"

namespace weft {

struct BranchLimits {
  int64_t branches = 2000;
  std::function<bool()> is_late;  ///< empty: never
};

struct Branched {
  /// Cheaper than what was known, if that was found.
  std::optional<Choice> choice;
  /// Whether all was tried: then what is known now is optimal.
  bool is_complete = false;
};

/// `upper`: only choices that cost less are looked for.
Branched branch(const Core& core, int64_t upper, const BranchLimits& limits);

}  // namespace weft
