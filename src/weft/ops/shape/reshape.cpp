#include "weft/ops/shape/reshape.h"

#include <fmt/format.h>

#include <set>

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

/// Strides of the finest factors of both shapes, largest first, down to 1; empty where there are none.
std::vector<int64_t> common_strides(const Dims& a, const Dims& b) {
  std::set<int64_t, std::greater<>> distinct{elems_of(a), 1};
  for (const Dims& shape : {a, b}) {
    for (const int64_t stride : strides_of(shape)) distinct.insert(stride);
  }
  std::vector<int64_t> strides(distinct.begin(), distinct.end());
  for (size_t i = 1; i < strides.size(); ++i) {
    if (strides[i - 1] % strides[i] != 0) return {};
  }
  return strides;
}

/// Adds one axis a dimension, none shared, none splittable: sizes of one, and tensors without elements.
OperandMap lonely_axes(IndexMap& map, const Dims& shape) {
  OperandMap dims;
  for (const int64_t size : shape) {
    dims.push_back(along(static_cast<int>(map.axes.size())));
    map.axes.push_back({fmt::format("one{}", map.axes.size()), size, AxisKind::whole});
  }
  return dims;
}

/// A dimension that consists of the factor axes between its stride times its size and its stride. Its first
/// axis can only be split evenly where others follow it, and those not at all.
IndexDim factor_dim(IndexMap& map, const std::vector<int64_t>& strides, int64_t size, int64_t stride) {
  IndexDim dim;
  for (size_t i = 1; i < strides.size(); ++i) {
    if (strides[i] >= stride && strides[i - 1] <= stride * size) {
      dim.terms.push_back({static_cast<int>(i) - 1, strides[i] / stride});
    }
  }
  for (size_t t = 0; dim.terms.size() > 1 && t < dim.terms.size(); ++t) {
    AxisKind& kind = map.axes[static_cast<size_t>(dim.terms[t].axis)].kind;
    if (t > 0) kind = AxisKind::whole;
    if (t == 0 && kind == AxisKind::parallel) kind = AxisKind::even;
  }
  return dim;
}

OperandMap factor_dims(IndexMap& map, const std::vector<int64_t>& strides, const Dims& shape) {
  const Dims own = strides_of(shape);
  OperandMap dims;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 1) {
      dims.push_back(lonely_axes(map, {1})[0]);
    } else {
      dims.push_back(factor_dim(map, strides, shape[d], own[d]));
    }
  }
  return dims;
}

}  // namespace

std::vector<TensorType> Reshape::infer(std::span<const TensorType> inputs) const {
  expect_inputs("reshape", inputs.size(), 1);
  const TensorType& x = inputs[0];
  if (x.elems() != elems_of(shape)) {
    user_error("reshape: got {}, expected as many elements as {} has.", to_string(x), to_string(shape));
  }
  if (x.elems() > 0 && common_strides(x.shape, shape).empty()) {
    user_error("reshape: got {} to {}, expected adjacent dimensions to be split or merged only.",
               to_string(x), to_string(shape));
  }
  return {{x.dtype, shape}};
}

IndexMap Reshape::index_map(std::span<const TensorType> inputs,
                            std::span<const TensorType> /*outputs*/) const {
  const Dims& from = inputs[0].shape;
  IndexMap map;
  if (elems_of(from) == 0) {
    map.inputs = {lonely_axes(map, from)};
    map.outputs = {lonely_axes(map, shape)};
    return map;
  }
  const std::vector<int64_t> strides = common_strides(from, shape);
  for (size_t i = 1; i < strides.size(); ++i) {
    map.axes.push_back({fmt::format("r{}", i - 1), strides[i - 1] / strides[i]});
  }
  map.inputs = {factor_dims(map, strides, from)};
  map.outputs = {factor_dims(map, strides, shape)};
  return map;
}

OpPtr Reshape::localize(const LocalRegions& regions) const {
  return std::make_shared<Reshape>(regions.outputs[0].shape());
}

std::vector<std::optional<ValueId>> Reshape::gradient(const GradientContext& context) const {
  return {reshape(context.build, *context.output_gradients[0], context.build.type(context.inputs[0]).shape)};
}

namespace {

OpCase random_case(CaseRandom& random) {
  const Dims factors = random_dims(random, random.between(1, 5), 4);
  const auto merged = [&] {
    Dims shape{factors[0]};
    for (size_t i = 1; i < factors.size(); ++i) {
      if (random.coin()) {
        shape.back() *= factors[i];
      } else {
        shape.push_back(factors[i]);
      }
    }
    return shape;
  };
  const Dims from = merged();
  const Dims to = merged();
  return case_of({real(from)}, [to](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{build.add1(std::make_shared<Reshape>(to), {in[0]})};
  });
}

}  // namespace

ValueId reshape(GraphBuilder& build, ValueId x, const Dims& shape) {
  if (build.type(x).shape == shape) return x;
  return build.add1(std::make_shared<Reshape>(shape), {x});
}

void register_reshape(OpRegistry& registry) { registry.add<Reshape>(random_case); }

}  // namespace weft
