#include "weft/ops/shape/pad.h"

#include <algorithm>
#include <array>

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/shape/moving_case.h"
#include "weft/ops/shape/slice.h"

namespace weft {

std::vector<TensorType> Pad::infer(std::span<const TensorType> inputs) const {
  expect_inputs("pad", inputs.size(), 1);
  const TensorType& x = inputs[0];
  const auto negative = [](int64_t count) { return count < 0; };
  if (low.size() != x.shape.size() || high.size() != x.shape.size() ||
      std::any_of(low.begin(), low.end(), negative) || std::any_of(high.begin(), high.end(), negative)) {
    user_error("pad: got {} zeros before and {} behind {}, expected two numbers from 0 for each dimension.",
               to_string(low), to_string(high), to_string(x));
  }
  TensorType padded{x.dtype, {}};
  for (size_t d = 0; d < x.shape.size(); ++d) {
    padded.shape.push_back(sum_of_sizes("pad", std::array{low[d], x.shape[d], high[d]}));
  }
  return {padded};
}

/// Where the result is zero its positions are outside of x, and stand for nothing.
IndexMap Pad::index_map(std::span<const TensorType> /*inputs*/, std::span<const TensorType> outputs) const {
  const Dims& shape = outputs[0].shape;
  IndexMap map{axes_of(shape), {all_axes(shape)}, {all_axes(shape)}};
  for (size_t d = 0; d < shape.size(); ++d) map.inputs[0][d].offset = -low[d];
  return map;
}

OpPtr Pad::localize(const LocalRegions& regions) const {
  Dims before;
  Dims behind;
  for (size_t d = 0; d < low.size(); ++d) {
    const Range& owned = regions.outputs[0].ranges[d];
    const Range& x = regions.inputs[0].ranges[d];
    const int64_t zeros = owned.size() - x.size();
    // A part without an element of x is zeros only, wherever the empty range lies.
    before.push_back(std::clamp<int64_t>(x.begin + low[d] - owned.begin, 0, zeros));
    behind.push_back(zeros - before.back());
  }
  return std::make_shared<Pad>(std::move(before), std::move(behind));
}

Region Pad::inner(const Dims& shape) const {
  Region region;
  for (size_t d = 0; d < shape.size(); ++d) region.ranges.push_back({low[d], low[d] + shape[d]});
  return region;
}

std::vector<std::optional<ValueId>> Pad::gradient(const GradientContext& context) const {
  const Region taken = inner(context.build.type(context.inputs[0]).shape);
  return {slice(context.build, *context.output_gradients[0], taken)};
}

namespace {

OpCase random_case(CaseRandom& random) {
  const Dims shape = random_dims(random, random.between(1, 4), 5);
  Dims low;
  Dims high;
  for (size_t d = 0; d < shape.size(); ++d) {
    low.push_back(random.between(0, 3));
    high.push_back(random.between(0, 3));
  }
  return moving_case(random, {real(shape)}, [low, high](GraphBuilder& build, std::span<const ValueId> in) {
    return build.add1(std::make_shared<Pad>(low, high), {in[0]});
  });
}

}  // namespace

ValueId pad(GraphBuilder& build, ValueId x, const Dims& low, const Dims& high) {
  const Dims none(build.type(x).shape.size(), 0);
  if (low == none && high == none) return x;
  return build.add1(std::make_shared<Pad>(low, high), {x});
}

void register_pad(OpRegistry& registry) { registry.add<Pad>(random_case); }

}  // namespace weft
