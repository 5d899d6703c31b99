#include "weft/ops/gradient/gradients.h"

#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/pointwise/fill.h"

namespace weft {

std::vector<std::optional<ValueId>> gradients(GraphBuilder& build, ValueId loss,
                                              std::span<const ValueId> targets) {
  const GradientArithmetic arithmetic{
      [](GraphBuilder& b, const TensorType& type) { return fill(b, type, 1); },
      [](GraphBuilder& b, std::span<const ValueId> terms) { return add_n(b, terms); }};
  return differentiate(build, loss, targets, arithmetic);
}

}  // namespace weft
