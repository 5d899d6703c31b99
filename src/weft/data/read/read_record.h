#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "weft/data/source/source.h"

namespace weft {

/// One record (of these parts of the fields; none: whole), read here and now: for looking at a data set, not
/// for training. UserError naming the sample where it cannot be read.
std::vector<std::byte> read_record(const Source& source, int64_t sample, std::span<const Region> parts = {});

}  // namespace weft
