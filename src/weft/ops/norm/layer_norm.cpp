#include "weft/ops/norm/layer_norm.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/reduce/reduce.h"

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

namespace {

OpCase layer_norm_case(CaseRandom& random) {
  Dims x = random_dims(random, random.between(1, 3));
  x.back() = random.between(2, 40);  // past one vector
  return case_of({real(x), real({x.back()}), real({x.back()})},
                 [](GraphBuilder& build, std::span<const ValueId> in) {
                   // A large epsilon keeps the derivatives of nearly constant rows within reach of
                   // differences.
                   return std::vector{layer_norm(build, in[0], in[1], in[2], 0.1)};
                 });
}

}  // namespace

void register_layer_norm(OpRegistry& registry) { registry.add_cases(Pointwise::kName, layer_norm_case); }

}  // namespace weft
