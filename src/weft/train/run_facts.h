#pragma once
#include <vector>

#include "weft/report/run_record.h"
#include "weft/train/observer.h"

namespace weft {

/// What a run is about to do, for people: model, data, a sample, steps, update, ranks, memory, predicted
/// time.
std::vector<RunFact> run_facts(const RunView& run);

}  // namespace weft
