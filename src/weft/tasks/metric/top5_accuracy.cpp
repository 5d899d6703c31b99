#include "weft/tasks/metric/top5_accuracy.h"

#include <fmt/format.h>

#include <array>

#include "weft/expression/text.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/reduce/count.h"
#include "weft/ops/reduce/reduce.h"

namespace weft {

namespace {

/// The sum along the last axis of an expression of predictions [rows..., classes] and values [rows...].
ValueId along_classes(GraphBuilder& build, const std::vector<ValueId>& operands, const std::string& text,
                      DType dtype) {
  const std::vector<int> rows = leading_axes_of(build, operands[0], 1);
  Pointwise op = trailing_pointwise(build, std::array{operands[0]});
  op.operands.resize(operands.size(), rows);
  op.expression = parse_expression(text);
  op.results = {rows};
  op.reductions = {"sum"};
  op.dtypes = {dtype};
  return pointwise(build, operands, std::move(op))[0];
}

}  // namespace

std::vector<Metric::Sum> Top5Accuracy::sums(GraphBuilder& build, ValueId predictions, ValueId targets) const {
  const int axis = static_cast<int>(build.type(predictions).shape.size()) - 1;
  const std::string position = fmt::format("index[{}]", axis);
  const ValueId own =
      along_classes(build, {predictions, targets}, fmt::format("select({} == n1, x0, 0.0)", position),
                    build.type(predictions).dtype);
  const ValueId better = along_classes(
      build, {predictions, own, targets},
      fmt::format("select(x0 > x1, 1, select(x0 == x1, select({} < n2, 1, 0), 0))", position), DType::i32);
  // A prediction that is not a number is better than none.
  return {{"among_five",
           count(build, {better, targets, own}, "select(n1 >= 0, select(x2 == x2, n0, 5), 5) < 5")}};
}

std::string Top5Accuracy::text(double value) const { return fmt::format("{:.2f}%", 100 * value); }

void register_top5_accuracy(KindsOf<Metric>& kinds) { kinds.add<Top5Accuracy>(); }

}  // namespace weft
