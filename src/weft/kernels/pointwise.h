#pragma once
// Pointwise kernels: an expression at every point of a box of an iteration space, and reductions of it.
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "weft/expression/simplify.h"
#include "weft/graph/kernel.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/tensor/view.h"

namespace weft::kernels {

inline constexpr size_t kMostAxes = kMostPointwiseAxes;

struct PointwiseSpec {
  Expression expression;
  Region region;  ///< the box, in the whole space: what operands and results hold
  Dims space;     ///< sizes of the whole space
  /// Which axis each dimension of each operand is: at most one dimension an axis. An operand is repeated
  /// along the axes that it has not.
  std::vector<std::vector<int>> operand_axes;
  std::vector<std::vector<int>> result_axes;  ///< likewise
  /// By result: how it is reduced along the axes that it has not; null where it has all.
  std::vector<const Reduction*> rules;
};

/// A result's number as an integer of that dtype: the nearest that it has, so that the least and greatest
/// stand for the infinities of an empty maximum and minimum; 0 for NaN.
inline int64_t integer_of(double value, DType dtype) {
  if (std::isnan(value)) return 0;
  const auto [least, most] = dtype == DType::u8    ? std::pair<int64_t, int64_t>{0, 255}
                             : dtype == DType::i32 ? std::pair<int64_t, int64_t>{INT32_MIN, INT32_MAX}
                                                   : std::pair{INT64_MIN, INT64_MAX};
  if (value <= static_cast<double>(least)) return least;
  return value >= static_cast<double>(most) ? most : static_cast<int64_t>(value);
}

inline PointwiseSpec spec_of(const Pointwise& op) {
  PointwiseSpec spec{values_only(op.expression), op.region, op.space, op.operands, op.results, {}};
  for (size_t r = 0; r < op.results.size(); ++r) spec.rules.push_back(op.rule(r));
  return spec;
}

/// How many outputs a result has: the components of its rule.
inline size_t components_of(const Reduction* rule) { return rule == nullptr ? 1 : rule->components; }

/// An operand or result seen from the axes: elements from one position to the next, 0 along axes that it has
/// not.
inline std::vector<Dims> strides_along_axes(const PointwiseSpec& spec,
                                            std::span<const std::vector<int>> axes) {
  std::vector<Dims> strides;
  for (const std::vector<int>& dims : axes) {
    Dims along(spec.space.size(), 0);
    int64_t step = 1;
    for (size_t d = dims.size(); d-- > 0;) {
      const auto axis = static_cast<size_t>(dims[d]);
      along[axis] = step;
      step *= spec.region.ranges[axis].size();
    }
    strides.push_back(std::move(along));
  }
  return strides;
}

/// Whether an expression for which a hand-written body exists is run by that.
enum class PointwiseBodies : uint8_t { hand_written, interpreted_only };

/// Prepared for one node. Reals are computed in f64 where an operand or result is f64, else in f32; integers
/// are exact below 2^31; sums go on in f64 after at most 4096 terms. A result may lie over an operand of
/// its axes and size of elements.
Kernel pointwise_kernel(const PointwiseSpec& spec, std::span<const TensorType> operands,
                        std::span<const TensorType> outputs,
                        PointwiseBodies bodies = PointwiseBodies::hand_written);

}  // namespace weft::kernels
