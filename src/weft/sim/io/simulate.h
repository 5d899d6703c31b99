#pragma once
#include <functional>
#include <vector>

#include "weft/sim/io/io_run.h"

namespace weft {

struct IoComparison {
  IoScenario scenario;
  double total_mb = 0;         ///< of the data set
  double bound_s = 0;          ///< the lower bound's time
  std::vector<IoResult> runs;  ///< in the order of scenario.policies
};

/// Simulates each policy of a scenario. Equal scenarios give equal results, to the last bit. One pass over
/// the stream serves all policies: time O(accesses * policies), memory O(samples * epochs) for NoPFS's counts
/// and O(samples) for others. `on_progress` (may be null) is told the share of the steps that is done,
/// 0 while policies prepare.
IoComparison simulate_io(const IoScenario& scenario, const std::function<void(double)>& on_progress);

/// A table for people.
std::string to_text(const IoComparison& comparison);
std::string to_json(const IoComparison& comparison);

}  // namespace weft
