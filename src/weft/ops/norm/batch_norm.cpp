#include "weft/ops/norm/batch_norm.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>

#include "weft/expression/text.h"
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

/// Of each channel: the sum of x, and of its square.
std::vector<ValueId> sums_of(GraphBuilder& build, ValueId x, std::optional<ValueId> rows) {
  if (!rows) return reduce(build, "sum", {x}, "x0, x0 * x0", leading_axes_of(build, x, 1));
  const TensorType& type = build.type(x);
  Pointwise op = trailing_pointwise(build, std::array{x});
  op.operands.push_back({0});
  op.expression = parse_expression("there = 0.0 < x1; select(there, x0, 0.0), select(there, x0 * x0, 0.0)");
  op.results.assign(2, {static_cast<int>(type.shape.size()) - 1});
  op.reductions.assign(2, "sum");
  op.dtypes.assign(2, statistics_of(type.dtype));
  return pointwise(build, std::array{x, *rows}, std::move(op));
}

/// How many elements a channel are of rows that are there: a scalar.
ValueId points_there(GraphBuilder& build, ValueId x, ValueId rows) {
  const TensorType& type = build.type(x);
  const auto points = points_of(type) / static_cast<double>(type.shape[0]);
  return reduce(build, "sum", {rows}, fmt::format("select(0.0 < x0, {:.1f}, 0.0)", points), {0})[0];
}

/// The batch's points as operands and expressions of formulas of channels.
struct Points {
  std::vector<ValueId> operands;  ///< none where the number is known
  double known = 0;
  Scalar in(ExpressionBuilder& made, int operand) const {
    return operands.empty() ? made.constant(known) : made.operand(operand);
  }
};

Points points_in(GraphBuilder& build, ValueId x, std::optional<ValueId> rows) {
  if (!rows) return {{}, points_of(build.type(x))};
  return {{points_there(build, x, *rows)}, 0};
}

/// No f32 is above it that is finite, but for the last ones; of NaN no comparison holds.
constexpr double kFinite = 3e38;

struct Statistics {
  BatchNormalized normalized;
  Points points;
};

Statistics normalized_by_batch(GraphBuilder& build, ValueId x, ValueId gamma, ValueId beta,
                               std::optional<ValueId> rows, double epsilon) {
  check_types(build, x, {gamma, beta});
  const std::vector<ValueId> sums = sums_of(build, x, rows);
  Points points = points_in(build, x, rows);
  std::vector<ValueId> operands{sums[0], sums[1], gamma};
  operands.insert(operands.end(), points.operands.begin(), points.operands.end());
  ExpressionBuilder made;
  const Scalar count = apply("max", points.in(made, 3), made.constant(1));
  const Scalar mean = made.operand(0) / count;
  const Scalar variance = apply("max", made.operand(1) / count - mean * mean, made.constant(0));
  const std::vector<ValueId> found =
      of_channels(build, operands, made, {mean, variance, slope_of(variance, made.operand(2), epsilon)});
  return {{normalize(build, x, found[0], found[2], beta), found[0], found[1]}, std::move(points)};
}

}  // namespace

BatchNormalized batch_normalize(GraphBuilder& build, ValueId x, ValueId gamma, ValueId beta, double epsilon,
                                std::optional<ValueId> rows) {
  return normalized_by_batch(build, x, gamma, beta, rows, epsilon).normalized;
}

ValueId batch_norm(GraphBuilder& build, ValueId x, const BatchNormStates& states, double epsilon,
                   double momentum, std::optional<ValueId> rows) {
  check_types(build, x, {states.running_mean, states.running_variance});
  const auto [batch, points] = normalized_by_batch(build, x, states.gamma, states.beta, rows, epsilon);
  std::vector<ValueId> operands{states.running_mean, states.running_variance, batch.mean, batch.variance};
  operands.insert(operands.end(), points.operands.begin(), points.operands.end());
  ExpressionBuilder made;
  const Scalar count = points.in(made, 4);
  const Scalar unbiased = count / apply("max", made.constant(1), count - 1);
  const Scalar mean = made.operand(2);
  const Scalar variance = made.operand(3);
  const Scalar is_finite = apply("abs", mean) + variance < kFinite;
  const auto moved = [&](int running, Scalar now, Scalar share) {
    const Scalar old = made.operand(running);
    return select(made.constant(0) < count, select(is_finite, old * (1 - momentum) + now * share, old), old);
  };
  const std::vector<ValueId> running =
      of_channels(build, operands, made,
                  {moved(0, mean, made.constant(momentum)), moved(1, variance, unbiased * momentum)});
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

/// Some rows are there, and some are not.
OpCase gaps_case(CaseRandom& random) {
  Dims x = random_dims(random, random.between(2, 4), 5);
  x.front() = random.between(2, 6);
  OpCase result = case_of({real(x), real({x.back()}), real({x.back()}), real({x.front()})},
                          [](GraphBuilder& build, std::span<const ValueId> in) {
                            return std::vector{batch_normalize(build, in[0], in[1], in[2], 0.1, in[3]).y};
                          });
  result.differentiable = {true, true, true, false};
  return result;
}

}  // namespace

void register_batch_norm(OpRegistry& registry) {
  registry.add_cases(Pointwise::kName, batch_case);
  registry.add_cases(Pointwise::kName, gaps_case);
}

}  // namespace weft
