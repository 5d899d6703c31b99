#pragma once
// Whether a run that ended is started again: a function of how its attempts went.
#include <cstdint>
#include <string>
#include <vector>

#include "weft/recipe/recipe.h"

namespace weft {

/// One start of the ranks, and how it ended.
struct Attempt {
  int ranks = 1;
  int code = 0;         ///< of the launcher: 128 + the signal where one ended a rank
  int64_t from = 0;     ///< step of the checkpoint that it began with; 0: none
  int64_t reached = 0;  ///< last step that it made
};

struct RestartLimits {
  int restarts = 0;
  int least_ranks = 0;  ///< 0: always as many as at first
};

struct Decision {
  bool restart = false;
  int ranks = 0;
  std::string why;  ///< how the last attempt ended, and where it is not started again, why not
};

/// Of a run that a signal asked to end: it kept a checkpoint, and nothing failed.
bool is_asked_to_end(int code);

/// The largest number of ranks below `ranks` and not below `least` that a mesh with these other axes may
/// have; 0: none.
int fewer_ranks(const ParallelSection& parallel, int ranks, int least);

/// The same decision where no more than `slots` ranks can start: fewer, or none where the limits forbid it.
Decision with_slots(Decision decision, int slots, const RestartLimits& limits,
                    const ParallelSection& parallel);

/// What follows after the last of `attempts`, which is not empty and whose code is not 0.
Decision after_attempt(const std::vector<Attempt>& attempts, const RestartLimits& limits,
                       const ParallelSection& parallel);

}  // namespace weft
