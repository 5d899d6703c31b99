#pragma once
#include <cstdint>
#include <vector>

#include "weft/data/stream/access_stream.h"

namespace weft {

/// How often a sample is read within some epochs, and by whom.
struct Usage {
  int32_t best_rank = -1;  ///< reads it most often; of several, the first to read it
  int32_t tied_rank = -1;  ///< reads it as often, the next to read it; -1: nobody, or it is not known
  uint16_t best_uses = 0;  ///< by that rank
  uint16_t uses = 0;       ///< by all
};

/// Of every sample, over the epochs [first, first + count).
std::vector<Usage> usage_of(const AccessStream& stream, int64_t first, int64_t count);

/// The ranks that read a sample in these epochs, most uses first. For samplers without repeats.
std::vector<int> readers_of(const AccessStream& stream, int64_t sample, int64_t first, int64_t count);

}  // namespace weft
