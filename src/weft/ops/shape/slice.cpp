#include "weft/ops/shape/slice.h"

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/shape/moving_case.h"
#include "weft/ops/shape/pad.h"

namespace weft {

std::vector<TensorType> Slice::infer(std::span<const TensorType> inputs) const {
  expect_inputs("slice", inputs.size(), 1);
  const TensorType& x = inputs[0];
  bool lies_within = box.ranges.size() == x.shape.size();
  for (size_t d = 0; lies_within && d < x.shape.size(); ++d) {
    const Range& range = box.ranges[d];
    lies_within = range.begin >= 0 && range.begin <= range.end && range.end <= x.shape[d];
  }
  if (!lies_within) {
    user_error("slice: got {} of {}, expected a box within it.", to_string(box), to_string(x));
  }
  return {{x.dtype, box.shape()}};
}

IndexMap Slice::index_map(std::span<const TensorType> /*inputs*/, std::span<const TensorType> outputs) const {
  const Dims& shape = outputs[0].shape;
  IndexMap map{axes_of(shape), {all_axes(shape)}, {all_axes(shape)}};
  for (size_t d = 0; d < shape.size(); ++d) map.inputs[0][d].offset = box.ranges[d].begin;
  return map;
}

OpPtr Slice::localize(const LocalRegions& regions) const {
  Region local;
  for (size_t d = 0; d < box.ranges.size(); ++d) {
    const Range& owned = regions.outputs[0].ranges[d];
    const int64_t begin = box.ranges[d].begin + owned.begin - regions.inputs[0].ranges[d].begin;
    // A part without elements needs nothing, wherever its empty ranges lie.
    local.ranges.push_back(owned.size() == 0 ? Range{0, 0} : Range{begin, begin + owned.size()});
  }
  return std::make_shared<Slice>(std::move(local));
}

std::vector<std::optional<ValueId>> Slice::gradient(const GradientContext& context) const {
  const Dims& shape = context.build.type(context.inputs[0]).shape;
  Dims low;
  Dims high;
  for (size_t d = 0; d < shape.size(); ++d) {
    low.push_back(box.ranges[d].begin);
    high.push_back(shape[d] - box.ranges[d].end);
  }
  return {pad(context.build, *context.output_gradients[0], low, high)};
}

namespace {

OpCase random_case(CaseRandom& random) {
  const Dims shape = random_dims(random, random.between(1, 4));
  Region box;
  for (const int64_t size : shape) {
    const int64_t begin = random.between(0, size - 1);
    box.ranges.push_back({begin, random.between(begin + 1, size)});
  }
  return moving_case(random, {real(shape)}, [box](GraphBuilder& build, std::span<const ValueId> in) {
    return build.add1(std::make_shared<Slice>(box), {in[0]});
  });
}

}  // namespace

ValueId slice(GraphBuilder& build, ValueId x, const Region& box) {
  if (box == Region::all(build.type(x).shape)) return x;
  return build.add1(std::make_shared<Slice>(box), {x});
}

ValueId slice(GraphBuilder& build, ValueId x, int axis, int64_t begin, int64_t end) {
  const TensorType& type = build.type(x);
  expect_axis("slice", type, axis);
  Region box = Region::all(type.shape);
  box.ranges[static_cast<size_t>(axis)] = {begin, end};
  return slice(build, x, box);
}

void register_slice(OpRegistry& registry) { registry.add<Slice>(random_case); }

}  // namespace weft
