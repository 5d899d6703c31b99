#include "weft/ops/shape/transpose.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> Transpose::infer(std::span<const TensorType> inputs) const {
  expect_inputs("transpose", inputs.size(), 1);
  const TensorType& x = inputs[0];
  if (x.dtype == DType::bit) user_error("transpose: got {}, expected elements of whole bytes.", to_string(x));
  std::vector<int> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  bool permutes = sorted.size() == x.shape.size();
  for (size_t d = 0; d < sorted.size(); ++d) permutes = permutes && sorted[d] == static_cast<int>(d);
  if (!permutes) {
    user_error("transpose: got the order [{}] for {}, expected each dimension once.", fmt::join(order, ", "),
               to_string(x));
  }
  TensorType out{x.dtype, {}};
  for (const int d : order) out.shape.push_back(x.shape[static_cast<size_t>(d)]);
  return {out};
}

IndexMap Transpose::index_map(std::span<const TensorType> inputs,
                              std::span<const TensorType> /*outputs*/) const {
  const Dims& x = inputs[0].shape;
  IndexMap map{axes_of(x), {all_axes(x)}, {{}}};
  for (const int d : order) map.outputs[0].push_back(along(d));
  return map;
}

std::vector<std::optional<ValueId>> Transpose::gradient(const GradientContext& context) const {
  std::vector<int> inverse(order.size());
  for (size_t i = 0; i < order.size(); ++i) inverse[static_cast<size_t>(order[i])] = static_cast<int>(i);
  return {transpose(context.build, *context.output_gradients[0], inverse)};
}

namespace {

OpCase random_case(CaseRandom& random) {
  const Dims shape = random_dims(random, random.between(1, 4), 5);
  std::vector<int> order(shape.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  for (size_t i = order.size(); i-- > 1;) {
    std::swap(order[i], order[static_cast<size_t>(random.between(0, static_cast<int64_t>(i)))]);
  }
  return case_of({real(shape)}, [order](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{transpose(build, in[0], order)};
  });
}

}  // namespace

ValueId transpose(GraphBuilder& build, ValueId x, const std::vector<int>& order) {
  return build.add1(std::make_shared<Transpose>(order), {x});
}

void register_transpose(OpRegistry& registry) { registry.add<Transpose>(random_case); }

}  // namespace weft
