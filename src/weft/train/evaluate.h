#pragma once
#include <optional>

#include "weft/train/session.h"

namespace weft {

struct Evaluation {
  double loss = 0;                 ///< mean over the rows
  std::optional<double> accuracy;  ///< images: share of rows whose greatest logit is the label's
  int64_t rows = 0;
};

/// Collective. Runs the first `batches` validation batches (0: all).
Evaluation evaluate(Session& session, int64_t batches);

}  // namespace weft
