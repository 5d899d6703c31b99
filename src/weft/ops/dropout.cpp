#include "weft/ops/dropout.h"

#include <fmt/format.h>

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/kernels/dropout.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

struct Dropout final : Op {
  double rate;
  uint64_t seed;
  uint64_t stream;
  Dims global;    ///< shape of the whole tensor
  Region region;  ///< the part of it that the operand is
  Dropout(double r, uint64_t s, uint64_t t, Dims g, Region p)
      : rate(r), seed(s), stream(t), global(std::move(g)), region(std::move(p)) {}

  std::string_view name() const override { return "dropout"; }
  std::string attributes() const override {
    return fmt::format("rate={} seed={} stream={} global={} region={}", rate, seed, stream, to_string(global),
                       to_string(region));
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("dropout", inputs.size(), 2);
    expect_floating("dropout", inputs[0]);
    expect_shape("dropout", inputs[0], region.shape());
    expect_same("dropout", inputs[1], {DType::i64, {}});
    return {inputs[0]};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return trailing_map(inputs[0].shape, inputs, outputs);
  }
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 2}; }
  OpPtr localize(const LocalRegions& regions) const override {
    Region part = regions.outputs[0];
    for (size_t d = 0; d < part.ranges.size(); ++d) {
      part.ranges[d].begin += region.ranges[d].begin;
      part.ranges[d].end += region.ranges[d].begin;
    }
    return std::make_shared<Dropout>(rate, seed, stream, global, part);
  }
  /// Linear in x, so the same op with the same mask.
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override {
    return {context.build.add1(std::make_shared<Dropout>(*this),
                               {*context.output_gradients[0], context.inputs[1]}),
            std::nullopt};
  }
};

Kernel bind(const BindRequest& request) {
  const auto& op = static_cast<const Dropout&>(request.op);
  const auto run = [rate = op.rate, seed = op.seed, stream = op.stream, global = op.global,
                    region = op.region](const KernelContext& context) {
    const RandomStream random{seed, stream, static_cast<uint64_t>(*context.inputs[1].as<int64_t>())};
    kernels::dropout(context.inputs[0], region, global, random, rate, context.outputs[0]);
  };
  return {run};
}

OpCase random_case(CaseRandom& random) {
  OpCase result = case_of({real(random_dims(random, random.between(0, 3))), {DType::i64, {}}},
                          [](GraphBuilder& build, std::span<const ValueId> in) {
                            return std::vector{dropout(build, in[0], in[1], 0.3, 5, 2)};
                          });
  result.integer_bound[1] = 100;
  return result;
}

}  // namespace

ValueId dropout(GraphBuilder& build, ValueId x, ValueId step, double rate, uint64_t seed, uint64_t stream) {
  if (!(rate >= 0 && rate < 1)) user_error("dropout: got the rate {}, expected one in [0, 1).", rate);
  if (rate == 0) return x;
  const Dims shape = build.type(x).shape;
  return build.add1(std::make_shared<Dropout>(rate, seed, stream, shape, Region::all(shape)), {x, step});
}

void register_dropout(OpRegistry& registry) { registry.add({"dropout", bind, random_case}); }

}  // namespace weft
