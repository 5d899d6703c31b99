#include "weft/ops/layer_norm.h"

#include "weft/ops/operand_types.h"
#include "weft/ops/reduce.h"

namespace weft {

ValueId layer_norm(GraphBuilder& build, ValueId x, ValueId gamma, ValueId beta, double epsilon) {
  const TensorType type = build.type(x);
  expect_floating("layer_norm", type);
  expect_rank_at_least("layer_norm", type, 1);
  for (const ValueId id : {gamma, beta}) {
    expect_statistics("layer_norm", build.type(id), type.dtype, {type.shape.back()});
  }
  const std::vector<int> rows = leading_axes_of(build, x, 1);
  const int last = static_cast<int>(rows.size());
  const auto columns = static_cast<double>(type.shape.back());
  const std::vector<ValueId> moments = reduce(build, "moments", {x}, "x0", {last});
  // A node of its own, so that the gradient reads it instead of a power of the variance at every element.
  const ValueId rstd = pointwise(build, {moments[1]}, [&](std::span<const Scalar> squares) {
    return apply("rsqrt", squares[0] / columns + epsilon);
  });
  return pointwise_beside(build, x, {{moments[0], rows}, {rstd, rows}, {gamma, {last}}, {beta, {last}}},
                          "(x0 - x1) * x2 * x3 + x4");
}

}  // namespace weft
