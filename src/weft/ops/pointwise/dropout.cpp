#include "weft/ops/pointwise/dropout.h"

#include <cmath>
#include <numeric>

#include "weft/base/check.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

ValueId dropout(GraphBuilder& build, ValueId x, ValueId step, double rate, uint64_t seed, uint64_t stream) {
  if (!(rate >= 0 && rate < 1)) user_error("dropout: got the rate {}, expected one in [0, 1).", rate);
  if (rate == 0) return x;
  expect_floating("dropout", build.type(x));
  expect_same("dropout", build.type(step), {DType::i64, {}});
  std::vector<int> axes(build.type(x).shape.size());
  std::iota(axes.begin(), axes.end(), 0);
  return pointwise(build, {x, step}, [&](std::span<const Scalar> operands) {
    const Scalar bits = operands[0].build->random(seed, stream, operands[1], axes);
    return select(bits >= std::ceil(rate * 65536), operands[0] * (1 / (1 - rate)), 0);
  });
}

}  // namespace weft
