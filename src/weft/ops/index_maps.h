#pragma once
// Index maps that many ops share.
#include <span>

#include "weft/graph/index_map.h"
#include "weft/tensor/view.h"

namespace weft {

/// Axes d0, d1, … of the dimensions of `shape`; the last `whole` of them cannot be split.
std::vector<Axis> axes_of(const Dims& shape, size_t whole = 0);

/// The axes are those of `shape`; every operand has the trailing ones, as many as it has dimensions. Serves
/// elementwise ops, those that broadcast over leading dimensions, and sums over them (all, for a scalar).
IndexMap trailing_map(const Dims& shape, std::span<const TensorType> inputs,
                      std::span<const TensorType> outputs);

/// Of an op that is made after partitioning and never split, each result as many dimensions as its operand:
/// its axes are those of its results, all whole.
IndexMap whole_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs);

/// All axes of `shape`, as an operand's map.
OperandMap all_axes(const Dims& shape);

}  // namespace weft
