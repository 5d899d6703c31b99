#include "weft/tasks/loss/label_smoothing.h"

#include <fmt/format.h>

#include <array>

#include "weft/expression/text.h"
#include "weft/ops/loss/cross_entropy.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/elementwise.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/reduce/reduce.h"

namespace weft {

/// With logits x of which t is the target's, cross entropy is log sum exp x - t; smoothing adds a share of t
/// - mean x.
ValueId LabelSmoothingLoss::of(GraphBuilder& build, ValueId predictions, ValueId targets,
                               int64_t count) const {
  const TensorType& type = build.type(predictions);
  const auto classes = static_cast<double>(type.shape.back());
  const std::vector<int> rows = leading_axes_of(build, predictions, 1);
  Pointwise op = trailing_pointwise(build, std::array{predictions});
  op.operands.push_back(rows);
  op.expression =
      parse_expression(fmt::format("select(n1 < 0, 0.0, select(index[{}] == n1, x0, 0.0) - x0 / {:.1f}) * {}",
                                   rows.size(), classes, real(smoothing / static_cast<double>(count))));
  op.results = {{}};
  op.reductions = {"sum"};
  op.dtypes = {statistics_of(type.dtype)};
  const ValueId spread = pointwise(build, std::array{predictions, targets}, std::move(op))[0];
  return add(build, cross_entropy(build, predictions, targets, count), spread);
}

void register_label_smoothing(KindsOf<Loss>& kinds) { kinds.add<LabelSmoothingLoss>(); }

}  // namespace weft
