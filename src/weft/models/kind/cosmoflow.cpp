#include "weft/models/kind/cosmoflow.h"

#include <fmt/format.h>

#include <cmath>

#include "weft/base/check.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/relu.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/pointwise/tanh.h"
#include "weft/ops/window/convolution.h"
#include "weft/ops/window/max_pool.h"

namespace weft {

namespace {

constexpr int64_t kKernel = 3;
constexpr double kOutGain = 0.02;  // small outputs at first: tanh learns slowly where it is flat
constexpr double kReach = 1.2;     // parameters lie in [-1, 1], where tanh alone is flat

/// A weight [outputs, …] for each of the dimensions of x [N, …]: where ranks split x, each has the part of
/// the weight that meets its own, and owes a part of the sum.
ValueId dense(GraphBuilder& build, ParameterSet& parameters, ValueId x, int64_t outputs,
              const std::string& name, double gain = 2) {
  Dims shape = build.type(x).shape;
  shape[0] = outputs;
  const int64_t inputs = elems_of(shape) / outputs;
  const ValueId weight =
      parameters.weight(name + ".weight", shape, std::sqrt(gain / static_cast<double>(inputs)));
  const MatmulDims dims{.k = static_cast<int>(shape.size()) - 1, .transpose_b = true};
  return add(build, matmul(build, x, weight, dims), parameters.constant(name + ".bias", {outputs}, 0));
}

ValueId stage(GraphBuilder& build, ParameterSet& parameters, ValueId x, int64_t channels,
              const std::string& name) {
  const int64_t inputs = build.type(x).shape.back();
  const double deviation = std::sqrt(2.0 / static_cast<double>(inputs * kKernel * kKernel * kKernel));
  const ValueId weight =
      parameters.weight(name + ".weight", {channels, inputs, kKernel, kKernel, kKernel}, deviation);
  const WindowOptions same{.stride = {1, 1, 1}, .pad_low = {1, 1, 1}, .pad_high = {1, 1, 1}, .dilation = {}};
  const ValueId bias = parameters.constant(name + ".bias", {channels}, 0);
  const ValueId y = relu(build, add(build, convolution(build, x, weight, same), bias));
  const WindowOptions halve{.stride = {2, 2, 2}, .pad_low = {0, 0, 0}, .pad_high = {0, 0, 0}, .dilation = {}};
  return max_pool(build, y, {2, 2, 2}, halve);
}

}  // namespace

ValueId Cosmoflow::predict(const ModelContext& context, ValueId volumes) const {
  const SampleTensor& target = context.facts.target;
  if (target.has_ids() || target.shape.size() != 1) {
    user_error("model.kind: a cosmoflow learns a list of numbers, and data.target has {}",
               target.has_ids() ? std::string("class ids") : "the shape " + to_string(target.shape));
  }
  GraphBuilder& build = context.build;
  const Dims shape = build.type(volumes).shape;
  expect_axes(context.facts, kName, 3, "volumes with channels");
  for (size_t d = 1; d < 4; ++d) {
    if (stages < 63 && shape[d] >> stages > 0) continue;
    user_error("model.stages={}: each halves the volume, and one of its sides is {}", stages, shape[d]);
  }
  ValueId x = volumes;
  for (int64_t i = 0; i < stages; ++i) {
    const BuilderScope labelled = build.labelled(fmt::format("stage{}", i + 1));
    x = stage(build, context.parameters, x, width << i, fmt::format("stage{}.conv", i + 1));
  }
  const BuilderScope labelled = build.labelled("head");
  uint64_t stream = 0;
  for (const int64_t hidden : {128, 64}) {
    x = relu(build, dense(build, context.parameters, x, hidden, fmt::format("head.dense{}", ++stream)));
    x = dropped(context, x, stream);
  }
  const ValueId out = dense(build, context.parameters, x, target.shape[0], "head.out", kOutGain);
  return scale(build, tanh(build, out), kReach);
}

void register_cosmoflow(KindsOf<Model>& kinds) { kinds.add<Cosmoflow>(); }

}  // namespace weft
