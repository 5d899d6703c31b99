#pragma once
// The training loop.
#include <filesystem>
#include <string>

#include "weft/train/evaluate.h"
#include "weft/train/session/session.h"

namespace weft {

struct TrainOptions {
  std::filesystem::path out;    ///< the run's folder
  std::filesystem::path trace;  ///< where to write a timeline of the last steps; empty: none
  int64_t last_batches = 0;     ///< of the validation data, that the last evaluation has; 0: all
};

enum class TrainEnd : uint8_t { finished, interrupted };

struct TrainResult {
  TrainEnd end = TrainEnd::finished;
  int signal = 0;                        ///< that interrupted it, where one did
  bool is_late = false;                  ///< its deadline did
  bool requeue = false;                  ///< the job is to be started again
  int64_t steps = 0;                     ///< done, from the start of the run
  double loss = 0;                       ///< of the last step
  double step_ms = 0;                    ///< that it took
  std::optional<Evaluation> validation;  ///< the newest
  int64_t validated_after = 0;           ///< the step that it followed
  std::filesystem::path report;

  /// What was measured on the validation data, in lines as weft eval has them; "" where nothing was.
  std::string measured() const;
  /// Of the process: 0, or 128 and the signal's number, as shells have it.
  int exit_code() const;
};

/// Collective. Trains to the recipe's end, or until interrupted (then a checkpoint is kept). UserError when
/// the loss is no longer finite, naming the first op that made it so; the last good checkpoint stays.
TrainResult train(Session& session, const TrainOptions& options);

}  // namespace weft
