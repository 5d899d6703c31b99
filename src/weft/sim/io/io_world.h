#pragma once
#include <memory>
#include <vector>

#include "weft/data/stream/access_stream.h"
#include "weft/sim/io/scenario.h"

namespace weft {

/// What all policies of one simulation look at: who reads which sample when, and how large each is.
struct IoWorld {
  explicit IoWorld(IoScenario scenario);

  IoScenario scenario;
  std::shared_ptr<const AccessStream> stream;
  std::vector<float> sizes;  ///< of each sample, MB
  double total_mb = 0;

  float mb(int64_t sample) const { return sizes[static_cast<size_t>(sample)]; }
  int ranks() const { return scenario.ranks; }
  int tiers() const { return static_cast<int>(scenario.tiers.size()); }
};

}  // namespace weft
