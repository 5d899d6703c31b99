#include "weft/ops/loss/cross_entropy.h"

#include <fmt/format.h>

#include <array>

#include "weft/base/check.h"
#include "weft/expression/text.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/reduce/reduce.h"

namespace weft {

namespace {

/// Sums along the classes: of exp(logit - max), and of the logits whose class is the target, which is one at
/// most.
std::vector<ValueId> sums_of_rows(GraphBuilder& build, ValueId logits, ValueId max, ValueId targets) {
  const std::vector<ValueId> operands{logits, max, targets};
  const std::vector<int> rows = leading_axes_of(build, logits, 1);
  const DType dtype = statistics_of(build.type(logits).dtype);
  Pointwise op = trailing_pointwise(build, std::array{logits});
  op.operands = {op.operands[0], rows, rows};
  op.expression = parse_expression(
      fmt::format("exp(x0 - stop_gradient(x1)), select(index[{}] == n2, x0, 0.0)", rows.size()));
  op.results = {rows, rows};
  op.reductions = {"sum", "sum"};
  op.dtypes = {dtype, dtype};
  return pointwise(build, operands, std::move(op));
}

/// The sum over rows that count of max + log(sums[0]) - sums[1], times a factor.
ValueId loss_of_rows(GraphBuilder& build, ValueId max, const std::vector<ValueId>& sums, ValueId targets,
                     double scale) {
  ExpressionBuilder made;
  const Scalar cost =
      apply("stop_gradient", made.operand(0)) + apply("log", made.operand(1)) - made.operand(2);
  const Scalar ignored = made.operand(3, ScalarType::integer) < 0.0;
  const Expression expression = made.build(std::array{select(ignored, made.constant(0), cost) * scale});
  return reduce(build, "sum", {max, sums[0], sums[1], targets}, expression, leading_axes_of(build, max))[0];
}

}  // namespace

ValueId cross_entropy(GraphBuilder& build, ValueId logits, ValueId targets, int64_t global_rows) {
  if (global_rows < 1) user_error("cross_entropy: got {} rows, expected at least one.", global_rows);
  const TensorType& type = build.type(logits);
  expect_floating("cross_entropy", type);
  expect_rank_at_least("cross_entropy", type, 1);
  expect_same("cross_entropy", build.type(targets), {DType::i32, leading(type.shape, type.shape.size() - 1)});
  const int classes = static_cast<int>(type.shape.size()) - 1;
  const ValueId max = reduce(build, "max", {logits}, "x0", {classes})[0];
  const std::vector<ValueId> sums = sums_of_rows(build, logits, max, targets);
  return loss_of_rows(build, max, sums, targets, 1.0 / static_cast<double>(global_rows));
}

namespace {

OpCase cross_entropy_case(CaseRandom& random) {
  Dims logits = random_dims(random, random.between(1, 3), 5);
  logits.back() = random.between(1, 40);  // past one vector
  const Dims rows = leading(logits, logits.size() - 1);
  OpCase result =
      case_of({real(logits), indices(rows)}, [](GraphBuilder& build, std::span<const ValueId> in) {
        return std::vector{cross_entropy(build, in[0], in[1], 3)};
      });
  result.integer_bound[1] = logits.back();
  return result;
}

}  // namespace

void register_cross_entropy(OpRegistry& registry) {
  registry.add_cases(Pointwise::kName, cross_entropy_case);
}

}  // namespace weft
