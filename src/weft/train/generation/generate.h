#pragma once
#include <string>

#include "weft/train/session/session.h"

namespace weft {

struct GenerateOptions {
  std::string prompt = "\n";
  int64_t tokens = 200;
  double temperature = 0.8;  ///< 0: always the likeliest token
  uint64_t seed = 1;
};

/// Collective. Text that the model goes on with after the prompt (not repeated). The same on every mesh up to
/// rounding of the logits.
std::string generate(Session& session, const GenerateOptions& options);

}  // namespace weft
