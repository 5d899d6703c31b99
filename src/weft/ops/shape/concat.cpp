#include "weft/ops/shape/concat.h"

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/shape/moving_case.h"
#include "weft/ops/shape/slice.h"

namespace weft {

std::vector<TensorType> Concat::infer(std::span<const TensorType> inputs) const {
  if (inputs.empty()) user_error("concat: got no operand, expected at least one.");
  TensorType joined = inputs[0];
  expect_axis("concat", joined, axis);
  const auto along = static_cast<size_t>(axis);
  Dims sizes;
  for (const TensorType& type : inputs) {
    TensorType like = type;
    if (like.shape.size() == joined.shape.size()) like.shape[along] = joined.shape[along];
    if (like != joined) {
      user_error("concat: got {} and {} along axis {}, expected operands that differ along it only.",
                 to_string(inputs[0]), to_string(type), axis);
    }
    sizes.push_back(type.shape[along]);
  }
  joined.shape[along] = sum_of_sizes("concat", sizes);
  return {joined};
}

/// Positions of other operands are outside of an operand, and stand for nothing. So a part of the result
/// needs of each operand what of it lies there, and is these, one behind the other: no rank's op differs.
IndexMap Concat::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  const Dims& shape = outputs[0].shape;
  IndexMap map{axes_of(shape), {}, {all_axes(shape)}};
  int64_t begin = 0;
  for (const TensorType& type : inputs) {
    map.inputs.push_back(all_axes(shape));
    map.inputs.back()[static_cast<size_t>(axis)].offset = -begin;
    begin += type.shape[static_cast<size_t>(axis)];
  }
  return map;
}

std::vector<Region> Concat::boxes(std::span<const TensorType> inputs) const {
  std::vector<Region> boxes;
  int64_t begin = 0;
  for (const TensorType& type : inputs) {
    boxes.push_back(Region::all(type.shape));
    Range& range = boxes.back().ranges[static_cast<size_t>(axis)];
    range = {begin, begin + range.end};
    begin = range.end;
  }
  return boxes;
}

std::vector<std::optional<ValueId>> Concat::gradient(const GradientContext& context) const {
  std::vector<TensorType> types;
  for (const ValueId id : context.inputs) types.push_back(context.build.type(id));
  const std::vector<Region> where = boxes(types);
  std::vector<std::optional<ValueId>> gradients(types.size());
  for (size_t i = 0; i < types.size(); ++i) {
    if (context.needed[i]) gradients[i] = slice(context.build, *context.output_gradients[0], where[i]);
  }
  return gradients;
}

namespace {

OpCase random_case(CaseRandom& random) {
  Dims shape = random_dims(random, random.between(1, 4), 5);
  const auto axis = static_cast<size_t>(random.between(0, std::ssize(shape) - 1));
  std::vector<TensorType> inputs;
  for (int64_t left = random.between(1, 4); left > 0; --left) {
    shape[axis] = random.between(1, 5);
    inputs.push_back(real(shape));
  }
  return moving_case(random, std::move(inputs), [axis](GraphBuilder& build, std::span<const ValueId> in) {
    return build.add1(std::make_shared<Concat>(static_cast<int>(axis)), {in.begin(), in.end()});
  });
}

}  // namespace

ValueId concat(GraphBuilder& build, std::span<const ValueId> parts, int axis) {
  if (parts.size() == 1) return parts[0];
  return build.add1(std::make_shared<Concat>(axis), {parts.begin(), parts.end()});
}

void register_concat(OpRegistry& registry) { registry.add<Concat>(random_case); }

}  // namespace weft
