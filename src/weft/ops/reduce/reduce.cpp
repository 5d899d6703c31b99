#include "weft/ops/reduce/reduce.h"

#include <algorithm>
#include <numeric>

#include "weft/base/check.h"
#include "weft/expression/text.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<ValueId> reduce(GraphBuilder& build, std::string_view rule, const std::vector<ValueId>& operands,
                            const Expression& expression, const std::vector<int>& axes) {
  Pointwise op = trailing_pointwise(build, operands);
  for (const int axis : axes) {
    if (axis < 0 || axis >= std::ssize(op.space)) {
      user_error("reduce: got the axis {} of a value of shape {}", axis, to_string(op.space));
    }
  }
  std::vector<int> kept(op.space.size());
  std::iota(kept.begin(), kept.end(), 0);
  std::erase_if(kept, [&](int axis) { return std::find(axes.begin(), axes.end(), axis) != axes.end(); });
  op.expression = expression;
  op.results.assign(expression.results.size(), kept);
  op.reductions.assign(expression.results.size(), std::string(rule));
  // Bits are counted.
  const DType own = build.type(operands[0]).dtype;
  const DType dtype = own == DType::bit ? DType::i32 : own;
  for (const auto& [r, c] : outputs_of(op)) {
    const Reduction* row = op.rule(r);
    op.dtypes.push_back(row != nullptr && row->component[c].is_position ? DType::i32
                        : is_floating(dtype)                            ? statistics_of(dtype)
                                                                        : dtype);
  }
  return pointwise(build, operands, std::move(op));
}

std::vector<ValueId> reduce(GraphBuilder& build, std::string_view rule, const std::vector<ValueId>& operands,
                            std::string_view text, const std::vector<int>& axes) {
  return reduce(build, rule, operands, parse_expression(text), axes);
}

ValueId pointwise_beside(GraphBuilder& build, ValueId x, const std::vector<AlongAxes>& beside,
                         std::string_view text) {
  std::vector<ValueId> operands{x};
  Pointwise op = trailing_pointwise(build, operands);
  for (const AlongAxes& other : beside) {
    operands.push_back(other.value);
    op.operands.push_back(other.axes);
  }
  op.expression = parse_expression(text);
  op.results = {op.operands[0]};
  op.dtypes = {build.type(x).dtype};
  return pointwise(build, operands, std::move(op))[0];
}

std::vector<int> leading_axes_of(GraphBuilder& build, ValueId x, int kept) {
  expect_rank_at_least("reduce", build.type(x), static_cast<size_t>(kept));
  std::vector<int> axes(build.type(x).shape.size() - static_cast<size_t>(kept));
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

}  // namespace weft
