#include "weft/datasets/training_data.h"

#include <algorithm>

#include "weft/data/stream/epoch_batches.h"

namespace weft {

int64_t total_steps(const Recipe& recipe, const TrainingData& data) {
  if (recipe.run.steps > 0) return recipe.run.steps;
  const int64_t exact = recipe.run.epochs * data.epoch_batches / recipe.optimizer.accumulate;
  return std::max(recipe.run.epochs, exact);  // at least one an epoch, of data that fill no batch
}

int64_t batches_of_samples(const Recipe& recipe, int64_t samples, LastBatch last) {
  return batches_of_epoch(samples, recipe.microbatch_rows(), recipe.optimizer.accumulate, last).all;
}

}  // namespace weft
