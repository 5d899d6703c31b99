#include "weft/datasets/training_data.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

int64_t total_steps(const Recipe& recipe, const TrainingData& data) {
  if (recipe.run.steps > 0) return recipe.run.steps;
  const int64_t exact = recipe.run.epochs * data.epoch_batches / recipe.optimizer.accumulate;
  const int64_t steps =
      std::max(recipe.run.epochs, exact);  // at least one an epoch, of data that fill no batch
  if (recipe.optimizer.warmup > steps) {
    user_error("optimizer.warmup = {} is longer than the {} steps that run.epochs = {} make of these data",
               recipe.optimizer.warmup, steps, recipe.run.epochs);
  }
  return steps;
}

}  // namespace weft
