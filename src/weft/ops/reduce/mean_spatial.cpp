#include "weft/ops/reduce/mean_spatial.h"

#include <array>

#include "weft/ops/operand_types.h"
#include "weft/ops/reduce/reduce.h"
#include "weft/ops/window/window.h"

namespace weft {

ValueId mean_spatial(GraphBuilder& build, ValueId x) {
  const TensorType type = build.type(x);
  expect_floating("mean_spatial", type);
  expect_rank_at_least("mean_spatial", type, 3);
  const auto positions = static_cast<double>(elems_of(spatial_of(type.shape)));
  ExpressionBuilder made;
  Pointwise op = trailing_pointwise(build, std::array{x});
  op.expression = made.build(std::array{made.operand(0) * (1 / positions)});
  op.results = {{0, static_cast<int>(type.shape.size()) - 1}};
  op.reductions = {"sum"};
  op.dtypes = {type.dtype};
  return pointwise(build, std::array{x}, std::move(op))[0];
}

}  // namespace weft
