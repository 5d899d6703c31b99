#pragma once
#include <cstddef>
#include <vector>

#include "weft/data/source/source.h"

namespace weft {

/// One whole record, read here and now: for looking at a data set, not for training. UserError naming the
/// sample where it cannot be read.
std::vector<std::byte> read_record(const Source& source, int64_t sample);

}  // namespace weft
