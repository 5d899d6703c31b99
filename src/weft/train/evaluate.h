#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weft/train/session/session.h"

namespace weft {

/// One metric of the validation data.
struct MetricValue {
  std::string name;
  double value = 0;
  std::string text;  ///< for people
};

struct Evaluation {
  double loss = 0;                   ///< mean over the targets
  int64_t targets = 0;               ///< how many counted
  std::vector<MetricValue> metrics;  ///< the recipe's, in order

  /// Nothing where it is not among them.
  std::optional<double> metric(std::string_view name) const;
  /// "loss 0.1234  accuracy 91.20%".
  std::string text() const;
  /// "validation loss 0.1234 over 500 targets" and `when`, then "validation accuracy 91.20%", a line each
  /// metric.
  std::string lines(std::string_view when = "") const;
};

/// Asked before each batch, on all ranks alike: whether the evaluation goes on; `done` of `total` batches
/// are.
using GoesOn = std::function<bool(int64_t done, int64_t total)>;

/// Collective. Runs the first `batches` validation batches (0: all).
Evaluation evaluate(Session& session, int64_t batches);
/// The same; nothing where it does not go on.
std::optional<Evaluation> evaluate(Session& session, int64_t batches, const GoesOn& goes_on);
/// The same by any Program with the segment "evaluate", for which `feed`, `recipe` and `data` stand.
std::optional<Evaluation> evaluate(Executor& executor, BatchFeed& feed, const Recipe& recipe,
                                   const TrainingData& data, int64_t batches, const GoesOn& goes_on = {});

}  // namespace weft
