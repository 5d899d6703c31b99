#include "weft/ops/fill.h"

#include <fmt/format.h>

#include "weft/graph/op_registry.h"
#include "weft/kernels/elementwise.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

struct Fill final : Op {
  TensorType type;
  double value;
  Fill(TensorType t, double v) : type(std::move(t)), value(v) {}

  std::string_view name() const override { return "fill"; }
  std::string attributes() const override { return fmt::format("type={} value={}", to_string(type), value); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("fill", inputs.size(), 0);
    return {type};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return trailing_map(type.shape, inputs, outputs);
  }
  /// Zeros are the sum of no terms.
  Traits traits() const override { return {.linear = value == 0}; }
  OpPtr localize(const LocalRegions& regions) const override {
    return std::make_shared<Fill>(TensorType{type.dtype, regions.outputs[0].shape()}, value);
  }
};

Kernel bind(const BindRequest& request) {
  const double value = static_cast<const Fill&>(request.op).value;
  return {[value](const KernelContext& context) { kernels::fill(context.outputs[0], value); }};
}

OpCase random_case(CaseRandom& random) {
  const TensorType type = real(random_dims(random, random.between(0, 3)));
  return case_of({}, [type](GraphBuilder& build, std::span<const ValueId>) {
    return std::vector{fill(build, type, 0.75)};
  });
}

}  // namespace

ValueId fill(GraphBuilder& build, const TensorType& type, double value) {
  return build.add1(std::make_shared<Fill>(type, value), {});
}

void register_fill(OpRegistry& registry) { registry.add({"fill", bind, random_case}); }

}  // namespace weft
