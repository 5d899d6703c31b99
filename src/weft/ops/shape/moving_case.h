#pragma once
#include <functional>

#include "weft/graph/op_registry.h"

namespace weft {

/// A case of an op that moves elements of any dtype: on these real operands, or on bits that say which of
/// their elements are large.
OpCase moving_case(CaseRandom& random, std::vector<TensorType> inputs,
                   std::function<ValueId(GraphBuilder&, std::span<const ValueId>)> build);

}  // namespace weft
