#include "weft/plan/passes/pack_weights.h"

#include "weft/ops/linear/packed_matmul.h"
#include "weft/plan/passes/rebuild.h"
#include "weft/plan/passes/settled.h"

namespace weft {

namespace {

class Packing {
 public:
  Packing(const Graph& graph, const Device& device)
      : graph_(graph), device_(device), rebuild_(graph), settled_(graph) {}

  PassResult run() {
    int64_t packed = 0;
    for (const Node& node : graph_.nodes()) {
      if (rewritten(node)) {
        ++packed;
      } else {
        rebuild_.copy(node);
      }
    }
    return {std::move(rebuild_).finish(), packed};
  }

 private:
  bool rewritten(const Node& node) {
    const std::vector<TensorType> types = graph_.input_types(node);
    const std::vector<TensorType> outputs = graph_.output_types(node);
    const std::optional<PackedForm> form = device_.packed_form({*node.op, types, outputs});
    if (!form || !settled_(node.inputs[form->operand], node.segment)) return false;
    GraphBuilder& build = rebuild_.build();
    const BuilderScope like = build.like(node);
    std::vector<ValueId> inputs;
    for (const ValueId id : node.inputs) inputs.push_back(rebuild_.mapped(id));
    inputs[form->operand] = build.add1(form->pack, {inputs[form->operand]});
    rebuild_.replace(node.outputs[0], build.add1(form->op, std::move(inputs)));
    return true;
  }

  const Graph& graph_;
  const Device& device_;
  Rebuild rebuild_;
  SettledValues settled_;
};

PassResult run(const Graph& graph, const PlanContext& context) {
  return Packing(graph, context.device).run();
}

void product(GraphBuilder& build) {
  const ValueId x = build.input("x", {DType::f32, {32, 64}}, {"batch", "c"});
  build.output("y", linear(build, x, build.state("w", {DType::f32, {48, 64}}, {}, kParameter), true));
}

/// A device whose products read their second operand in one layout, whatever its size.
void pack_every_product(PlanOptions& /*options*/, Device& device) {
  device.add_packing<Matmul>([](const Matmul& op, const BindRequest& request) -> std::optional<PackedForm> {
    const TensorType& weight = request.inputs[1];
    auto pack = std::make_shared<PackWeight>();
    pack->n = weight.shape[0];
    pack->k = weight.shape[1];
    pack->transposed = true;
    pack->layout = {"rows16", weight.bytes()};
    auto packed = std::make_shared<PackedMatmul>();
    packed->dims = op.dims;
    packed->b = weight;
    packed->layout = pack->layout;
    return PackedForm{1, std::move(pack), std::move(packed)};
  });
}

}  // namespace

Pass pack_weights() {
  return {
      {.name = "pack_weights",
       .summary = "Where the device offers a packed form of an operand that stays the same through a step, "
                  "the op reads that form, which a new node makes from the operand.",
       .needs = "The graph is one rank's.",
       .promises = "What is packed can be hoisted: without `hoist` it would be packed once a use.",
       .place = "After partition, because the device chooses layouts by local shapes; before hoist, because "
                "that moves the packing.",
       .counts = "ops that read a packed operand",
       .example = {.before = product,
                   .after = R"(segment accumulate: each microbatch, 1 slot
input @x: f32[32, 64] (batch, c)
state @w: f32[48, 64] (parameter)
%0 = pack_weight(@w) k=64 n=48 transposed=true from=f32 to=f32 key=rows16 bytes=12288: u8[12288]  # accumulate
%1 = packed_matmul(@x, %0) batch=0 m=1 n=1 k=1 transpose_a=false transpose_b=true b=[f32, [48, 64]] out=f32 key=rows16 bytes=12288: f32[32, 48]  # accumulate
output y = %1  # accumulate
)",
                   .with = "a device that packs the second operand of every product",
                   .set_up = pack_every_product}},
      run};
}

}  // namespace weft
