#include "weft/data/stream/epoch_batches.h"

#include <fmt/format.h>

namespace weft {

EpochBatches batches_of_epoch(int64_t samples, int64_t batch, int64_t group, LastBatch last) {
  EpochBatches epoch;
  epoch.full = samples / (batch * group) * group;
  epoch.all = epoch.full;
  epoch.samples = epoch.full * batch;
  if (last != LastBatch::drop && epoch.samples < samples) {
    epoch.all += group;
    epoch.samples = samples;
  }
  return epoch;
}

std::string too_few_for_a_step(int64_t samples, int64_t rows) {
  return fmt::format(
      "data.batch={}: an epoch has only {} samples, so that dropping the last partial batch leaves none; "
      "data.last_batch = \"pad\" keeps it",
      rows, samples);
}

}  // namespace weft
