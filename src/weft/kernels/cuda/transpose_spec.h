#pragma once
#include "weft/kernels/pointwise.h"
#include "weft/ops/shape/transpose.h"

namespace weft::cuda {

/// A transpose as a pointwise computation: the element itself, at every point of the result.
kernels::PointwiseSpec transpose_spec(const Transpose& op, const TensorType& x);

}  // namespace weft::cuda
