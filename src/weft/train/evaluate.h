#pragma once
#include <optional>

#include "weft/train/session.h"

namespace weft {

struct Evaluation {
  double loss = 0;                 ///< mean over the targets
  std::optional<double> accuracy;  ///< class ids: share of rows whose greatest logit is the label's
  int64_t rows = 0;                ///< targets that counted
};

/// Collective. Runs the first `batches` validation batches (0: all).
Evaluation evaluate(Session& session, int64_t batches);
/// The same by any Program with the segment "evaluate", for which `recipe` and `data` stand.
Evaluation evaluate(Executor& executor, const Recipe& recipe, const TrainingData& data, int64_t batches);

}  // namespace weft
