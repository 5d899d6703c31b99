#include "weft/ops/loss/mse.h"

#include <array>

#include "weft/ops/operand_types.h"
#include "weft/ops/reduce/reduce.h"

namespace weft {

ValueId mse(GraphBuilder& build, ValueId x, ValueId target, double scale) {
  expect_floating("mse", build.type(x));
  expect_same("mse", build.type(x), build.type(target));
  ExpressionBuilder made;
  const Scalar wanted = made.operand(1);
  // Chosen before it is squared, so that no NaN meets the gradient.
  const Scalar error = select(apply("eq", wanted, wanted), made.operand(0) - wanted, made.constant(0));
  return reduce(build, "sum", {x, target}, made.build(std::array{error * error * scale}),
                leading_axes_of(build, x))[0];
}

}  // namespace weft
