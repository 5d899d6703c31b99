#pragma once
#include <optional>

#include "weft/machine/machine.h"

namespace weft {

/// How fast records will come, before any has: as a machine's rates price them.
struct ExpectedSpeeds {
  std::optional<double> peer_ms_per_byte;
  std::optional<double> source_ms_per_byte;
};

/// Of one of `ranks` ranks that read at the same time: its share of the shared file system, and the network
/// that they all are on. Empty where the machine leaves the rate empty: nothing is made up.
ExpectedSpeeds expected_speeds(const Machine& machine, int ranks);

}  // namespace weft
