#pragma once
#include <cstdint>

#include "weft/train/recipe.h"

namespace weft {

/// The learning rate of step `step` in [0, total_steps).
///
/// The first `warmup` steps rise linearly, lr·(step + 1)/(warmup + 1), so that no step is wasted at 0. After
/// them: *constant* stays; *cosine* goes along half a cosine from lr, at step `warmup`, to min_learning_rate,
/// which it reaches at `total_steps` and keeps beyond; *step* multiplies by gamma once for every milestone
/// m <= step. A run no longer than its warmup is all warmup.
double learning_rate_at(const OptimizerSection& optimizer, int64_t step, int64_t total_steps);

}  // namespace weft
