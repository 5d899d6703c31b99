#include "weft/ops/pointwise/fill.h"

#include <array>

#include "weft/ops/pointwise/pointwise.h"

namespace weft {

ValueId fill(GraphBuilder& build, const TensorType& type, double value) {
  ExpressionBuilder made;
  Pointwise op;
  op.expression =
      made.build(std::array{is_floating(type.dtype) ? made.constant(value) : made.integer(value)});
  op.space = type.shape;
  op.results.emplace_back();
  for (size_t d = 0; d < type.shape.size(); ++d) op.results[0].push_back(static_cast<int>(d));
  op.dtypes = {type.dtype};
  return pointwise(build, {}, std::move(op))[0];
}

}  // namespace weft
