#include "weft/datasets/training_data.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

int64_t total_steps(const Recipe& recipe, const TrainingData& data) {
  if (recipe.run.steps > 0) return recipe.run.steps;
  const int64_t exact = recipe.run.epochs * data.epoch_batches / recipe.optimizer.accumulate;
  return std::max(recipe.run.epochs, exact);  // at least one an epoch, of data that fill no batch
}

}  // namespace weft
