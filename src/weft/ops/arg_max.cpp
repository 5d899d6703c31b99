#include "weft/ops/arg_max.h"

#include <fmt/format.h>

#include <array>

#include "weft/expression/text.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/reduce.h"

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

}  // namespace weft
