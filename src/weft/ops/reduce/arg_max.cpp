#include "weft/ops/reduce/arg_max.h"

#include <fmt/format.h>

#include <array>

#include "weft/expression/text.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/reduce/count.h"
#include "weft/ops/reduce/reduce.h"

namespace weft {

ValueId arg_max(GraphBuilder& build, ValueId x) {
  expect_floating("arg_max", build.type(x));
  expect_rank_at_least("arg_max", build.type(x), 1);
  const std::vector<int> rows = leading_axes_of(build, x, 1);
  const int last = static_cast<int>(rows.size());
  const ValueId max = reduce(build, "max", {x}, "x0", {last})[0];
  Pointwise op = trailing_pointwise(build, std::array{x});
  op.operands.push_back(rows);
  op.expression = parse_expression(fmt::format("select(x0 == x1, index[{}], {})", last, INT32_MAX));
  op.results = {rows};
  op.reductions = {"min"};
  op.dtypes = {DType::i32};
  return pointwise(build, std::vector{x, max}, std::move(op))[0];
}

namespace {

/// Hits among rows of few distinct numbers, so that several are the greatest.
OpCase metric_case(CaseRandom& random) {
  Dims scores = random_dims(random, random.between(1, 3), 5);
  scores.back() = random.between(1, 40);
  const Dims rows = leading(scores, scores.size() - 1);
  OpCase result =
      case_of({indices(scores), indices(rows)}, [](GraphBuilder& build, std::span<const ValueId> in) {
        const ValueId best = arg_max(build, pointwise(build, {in[0]}, "real(n0)", DType::f32));
        return std::vector{best, count(build, {best, in[1]}, "n0 == n1")};
      });
  result.integer_bound = {4, 3};
  return result;
}

}  // namespace

void register_arg_max(OpRegistry& registry) { registry.add_cases(Pointwise::kName, metric_case); }

}  // namespace weft
