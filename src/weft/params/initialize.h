#pragma once
#include <cstdint>
#include <string>

#include "weft/graph/graph.h"

namespace weft {

/// Fills `view`, the box `region` of a state of `global_shape`, with its start: each element is a pure
/// function of (seed, name, global index), so that any mesh starts from the same parameters.
void initialize(const View& view, const Region& region, const Dims& global_shape,
                const Initializer& initializer, const std::string& name, uint64_t seed);

}  // namespace weft
