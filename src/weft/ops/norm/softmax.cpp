#include "weft/ops/norm/softmax.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/reduce/reduce.h"

namespace weft {

ValueId softmax(GraphBuilder& build, ValueId x) {
  expect_floating("softmax", build.type(x));
  expect_rank_at_least("softmax", build.type(x), 1);
  std::vector<int> rows = leading_axes_of(build, x, 1);
  const int last = static_cast<int>(rows.size());
  const std::vector<ValueId> pair = reduce(build, "max_exp_sum", {x}, "x0", {last});
  return pointwise_beside(build, x, {{pair[0], rows}, {pair[1], rows}}, "exp(x0 - x1) / x2");
}

namespace {

OpCase softmax_case(CaseRandom& random) {
  Dims x = random_dims(random, random.between(1, 3));
  x.back() = random.between(2, 40);  // past one vector
  return case_of({real(x)}, [](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{softmax(build, in[0])};
  });
}

}  // namespace

void register_softmax(OpRegistry& registry) { registry.add_cases(Pointwise::kName, softmax_case); }

}  // namespace weft
