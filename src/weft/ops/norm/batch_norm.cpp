#include "weft/ops/norm/batch_norm.h"

#include <algorithm>
#include <initializer_list>

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/reduce/reduce.h"

namespace weft {

namespace {

/// Results of all operands, each [C].
std::vector<ValueId> of_channels(GraphBuilder& build, const std::vector<ValueId>& operands,
                                 const ExpressionBuilder& made, const std::vector<Scalar>& results) {
  Pointwise op = trailing_pointwise(build, operands);
  op.expression = made.build(results);
  op.results.assign(results.size(), {0});
  op.dtypes.assign(results.size(), build.type(operands[0]).dtype);
  return pointwise(build, operands, std::move(op));
}

Scalar slope_of(Scalar variance, Scalar gamma, double epsilon) {
  return apply("rsqrt", variance + epsilon) * gamma;
}

ValueId normalize(GraphBuilder& build, ValueId x, ValueId mean, ValueId slope, ValueId beta) {
  const int channels = static_cast<int>(build.type(x).shape.size()) - 1;
  return pointwise_beside(build, x, {{mean, {channels}}, {slope, {channels}}, {beta, {channels}}},
                          "(x0 - x1) * x2 + x3");
}

void check_types(GraphBuilder& build, ValueId x, std::initializer_list<ValueId> states) {
  const TensorType& type = build.type(x);
  expect_floating("batch_norm", type);
  expect_rank_at_least("batch_norm", type, 2);
  for (const ValueId id : states)
    expect_statistics("batch_norm", build.type(id), type.dtype, {type.shape.back()});
}

/// Elements a channel of the whole tensor.
double points_of(const TensorType& type) {
  return static_cast<double>(elems_of(leading(type.shape, type.shape.size() - 1)));
}

}  // namespace

BatchNormalized batch_normalize(GraphBuilder& build, ValueId x, ValueId gamma, ValueId beta, double epsilon) {
  check_types(build, x, {gamma, beta});
  const double points = points_of(build.type(x));
  const std::vector<ValueId> sums = reduce(build, "sum", {x}, "x0, x0 * x0", leading_axes_of(build, x, 1));
  ExpressionBuilder made;
  const Scalar mean = made.operand(0) / points;
  const Scalar variance = apply("max", made.operand(1) / points - mean * mean, made.constant(0));
  const std::vector<ValueId> found = of_channels(
      build, {sums[0], sums[1], gamma}, made, {mean, variance, slope_of(variance, made.operand(2), epsilon)});
  return {normalize(build, x, found[0], found[2], beta), found[0], found[1]};
}

ValueId batch_norm(GraphBuilder& build, ValueId x, const BatchNormStates& states, double epsilon,
                   double momentum) {
  check_types(build, x, {states.running_mean, states.running_variance});
  const BatchNormalized batch = batch_normalize(build, x, states.gamma, states.beta, epsilon);
  const double points = points_of(build.type(x));
  ExpressionBuilder made;
  const auto moved = [&](int old, int now, double factor) {
    return made.operand(old) * (1 - momentum) + made.operand(now) * (momentum * factor);
  };
  const std::vector<ValueId> running =
      of_channels(build, {states.running_mean, states.running_variance, batch.mean, batch.variance}, made,
                  {moved(0, 2, 1), moved(1, 3, points / std::max(1.0, points - 1))});
  build.update(states.running_mean, running[0]);
  build.update(states.running_variance, running[1]);
  return batch.y;
}

ValueId batch_norm_inference(GraphBuilder& build, ValueId x, const BatchNormStates& states, double epsilon) {
  check_types(build, x, {states.gamma, states.beta, states.running_mean, states.running_variance});
  ExpressionBuilder made;
  const ValueId slope = of_channels(build, {states.running_variance, states.gamma}, made,
                                    {slope_of(made.operand(0), made.operand(1), epsilon)})[0];
  return normalize(build, x, states.running_mean, slope, states.beta);
}

namespace {

OpCase batch_case(CaseRandom& random) {
  Dims x = random_dims(random, random.between(2, 4), 5);
  x.front() = random.between(2, 5);
  return case_of({real(x), real({x.back()}), real({x.back()})},
                 [](GraphBuilder& build, std::span<const ValueId> in) {
                   return std::vector{batch_normalize(build, in[0], in[1], in[2], 0.1).y};
                 });
}

}  // namespace

void register_batch_norm(OpRegistry& registry) { registry.add_cases(Pointwise::kName, batch_case); }

}  // namespace weft
