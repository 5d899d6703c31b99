#include "weft/datasets/training_data.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

int64_t total_steps(const Recipe& recipe, const TrainingData& data) {
  if (recipe.run.steps > 0) return recipe.run.steps;
  const int64_t exact = recipe.run.epochs * data.epoch_batches / recipe.optimizer.accumulate;
  return std::max(recipe.run.epochs, exact);  // at least one an epoch, of data that fill no batch
}

int64_t batches_of_samples(const Recipe& recipe, int64_t samples) {
  const int64_t rows = recipe.data.batch;
  const bool drops = recipe.data.loading.last_batch == LastBatch::drop;
  const int64_t steps = drops ? samples / rows : (samples + rows - 1) / rows;
  return steps * recipe.optimizer.accumulate;
}

}  // namespace weft
