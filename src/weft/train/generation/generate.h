#pragma once
#include <functional>
#include <string>

#include "weft/train/generation/sampling.h"
#include "weft/train/session/session.h"

namespace weft {

struct GenerateOptions {
  std::string prompt;
  int64_t tokens = 200;
  Sampling sampling;
  uint64_t seed = 1;
  int64_t sample = 0;  ///< of those that one seed gives: which
  /// Collective: called before each token but the first with their number so far; false ends the text there.
  std::function<bool(int64_t)> goes_on;
};

/// Collective. Text that the model goes on with after the prompt (not repeated). The same on every mesh up to
/// rounding of the logits.
std::string generate(Session& session, const GenerateOptions& options);

}  // namespace weft
