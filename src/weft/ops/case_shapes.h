#pragma once
// Random operand types for the test cases of ops: small, odd, sometimes of size one.
#include "weft/graph/op_registry.h"

namespace weft {

/// `rank` sizes in [1, most].
Dims random_dims(CaseRandom& random, int64_t rank, int64_t most = 7);

/// An f64 operand (tests make other dtypes of it).
TensorType real(Dims shape);
/// An i32 operand.
TensorType indices(Dims shape);

/// A case of one node: floating operands differentiable, integers drawn below 0.
OpCase case_of(std::vector<TensorType> inputs,
               std::function<std::vector<ValueId>(GraphBuilder&, std::span<const ValueId>)> build);

}  // namespace weft
