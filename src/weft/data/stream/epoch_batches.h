#pragma once
#include <cstdint>
#include <string>

#include "weft/data/stream/access_stream.h"

namespace weft {

/// How the samples of an epoch fall into batches.
struct EpochBatches {
  int64_t all = 0;      ///< a multiple of the group; 0: there are too few samples for a step
  int64_t full = 0;     ///< of these, those of groups whose rows all have a sample
  int64_t samples = 0;  ///< in them: what is dropped is not counted
};

/// Of `samples`, in batches of `batch` rows, of which `group` make up a step.
EpochBatches batches_of_epoch(int64_t samples, int64_t batch, int64_t group, LastBatch last);

/// The sentence about an epoch whose samples fill no step of so many rows, where the rest is dropped.
std::string too_few_for_a_step(int64_t samples, int64_t rows);

}  // namespace weft
