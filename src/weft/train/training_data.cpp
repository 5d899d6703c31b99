#include "weft/train/training_data.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/train/kinds_of_data.h"

namespace weft {

TrainingData open_training_data(const Recipe& recipe, const Communicator& world) {
  switch (recipe.data.kind) {
    case DataSection::Kind::text:
      return open_text_data(recipe, world);
    case DataSection::Kind::images:
      return open_image_data(recipe, world);
    case DataSection::Kind::arrays:
      return open_array_data(recipe, world);
  }
  internal_error(__FILE__, __LINE__, "unknown kind of data");
}

int64_t total_steps(const Recipe& recipe, const TrainingData& data) {
  if (recipe.run.steps > 0) return recipe.run.steps;
  const int64_t exact = recipe.run.epochs * data.epoch_batches / recipe.optimizer.accumulate;
  return std::max(recipe.run.epochs, exact);  // at least one an epoch, of data that fill no batch
}

}  // namespace weft
