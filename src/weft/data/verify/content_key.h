#pragma once
#include <cstdint>

#include "weft/data/source/source.h"

namespace weft {

/// Names what a data set holds: of some samples, spread over all, the labels and the ends of what files have
/// of them. Equal for equal contents; of others it differs where these samples do. What cannot be read is
/// left out: that it is bad, loading says.
uint64_t content_key(const Source& source);

}  // namespace weft
