#pragma once
// The index map of an op: its iteration axes, and every operand's dimensions as affine functions of them.
// Regions, partial results, flops and least bytes are all derived from this one declaration.
#include <cstdint>
#include <string>
#include <vector>

#include "weft/tensor/region.h"

namespace weft {

/// How an axis may be divided between ranks.
enum class AxisKind : uint8_t {
  parallel,  ///< freely
  whole,     ///< not at all (the normalised axis of a layer norm)
  even,      ///< only into parts of one size (the major axis of a reshape)
};

struct Axis {
  std::string name;
  int64_t size = 0;
  AxisKind kind = AxisKind::parallel;
};

/// `stride` times the position on `axis`.
struct Term {
  int axis = 0;
  int64_t stride = 1;
};

/// index = offset + sum of terms. The first term is the major one: the axis that a split of this dimension
/// splits. Positions outside the operand stand for nothing (padding).
struct IndexDim {
  std::vector<Term> terms;
  int64_t offset = 0;
};

/// One IndexDim for each dimension of one operand.
using OperandMap = std::vector<IndexDim>;

struct IndexMap {
  std::vector<Axis> axes;
  std::vector<OperandMap> inputs;
  std::vector<OperandMap> outputs;

  /// An axis that some output does not have: splitting it leaves that output partial.
  bool reduces(int axis, size_t output) const;
  /// Product of the axis sizes, which may be more than an integer holds.
  double points() const;
};

/// A dimension that is one axis, unscaled.
IndexDim along(int axis);
/// Dimensions axes first, first+1, … one each.
OperandMap along_axes(int first, int count);

/// The box of an operand of shape `shape` that is touched while each axis runs over its range; clipped to the
/// operand.
Region touched_region(const OperandMap& operand, const std::vector<Range>& axis_ranges, const Dims& shape);

/// Range of the major axis of `dim` that can touch `wanted`, all its other axes running in full.
Range major_axis_range(const IndexMap& map, const IndexDim& dim, Range wanted);

}  // namespace weft
