#include "weft/ops/pointwise/gelu.h"

#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

ValueId gelu(GraphBuilder& build, ValueId x, GeluKind kind) {
  expect_floating("gelu", build.type(x));
  return pointwise(build, {x}, [kind](std::span<const Scalar> operands) {
    const Scalar v = operands[0];
    // sqrt(2 / pi) (v + 0.044715 v³), and v / sqrt(2).
    const Scalar inside = kind == GeluKind::tanh
                              ? apply("tanh", v * (0.7978845608028654 + 0.035677408136300125 * (v * v)))
                              : apply("erf", v * 0.7071067811865476);
    return 0.5 * v * (1.0 + inside);
  });
}

}  // namespace weft
