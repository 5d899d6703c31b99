#pragma once
#include <chrono>
#include <map>

#include "weft/train/observer.h"
#include "weft/train/training_step.h"

namespace weft {

/// Measures steps of a session, one after the other: time, bytes, what loading did.
class StepRecorder {
 public:
  explicit StepRecorder(const Session& session) : session_(session) {}
  void begin();
  /// After step `step`, counted from 1, with this outcome and learning rate.
  StepRecord finish(int64_t step, const StepOutcome& made, double learning_rate);

 private:
  void add_bytes(MetricsRow& row) const;

  const Session& session_;
  std::chrono::steady_clock::time_point began_;
  std::map<std::vector<int>, int64_t> sent_;  ///< what MPI was handed, by group
  LoadStats loaded_;                          ///< up to the last step
};

}  // namespace weft
