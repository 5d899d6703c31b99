#pragma once
#include <string>
#include <vector>

#include "weft/train/observer.h"

namespace weft {

/// What a run is about to do, at most ten lines: model, data, steps, update, ranks, memory, time, folder.
std::vector<std::string> start_lines(const RunView& run);

}  // namespace weft
