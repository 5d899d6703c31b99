#include "weft/plan/passes/pack_weights.h"

#include "weft/ops/packed_matmul.h"
#include "weft/plan/passes/rebuild.h"
#include "weft/plan/passes/settled.h"

namespace weft {

namespace {

class Packing {
 public:
  Packing(const Graph& graph, const PlanContext& context)
      : graph_(graph), context_(context), rebuild_(graph), settled_(settled_values(graph)) {}

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
    const std::optional<PackedForm> form = context_.device.packed_form({*node.op, types, outputs});
    if (!form || !settled_[node.inputs[form->operand].at()]) return false;
    std::vector<ValueId> inputs;
    for (const ValueId id : node.inputs) inputs.push_back(rebuild_.mapped(id));
    inputs[form->operand] = rebuild_.add_like(node, form->pack, {inputs[form->operand]})[0];
    rebuild_.replace(node.outputs[0], rebuild_.add_like(node, form->op, std::move(inputs))[0]);
    return true;
  }

  const Graph& graph_;
  const PlanContext& context_;
  Rebuild rebuild_;
  std::vector<bool> settled_;
};

/// A device whose products read their second operand in one layout, whatever its size.
void pack_every_product(PlanOptions& /*options*/, Device& device) {
  device.add_packing<Matmul>(
      [](const Matmul& product, const BindRequest& request) -> std::optional<PackedForm> {
        const TensorType& weight = request.inputs[1];
        auto pack = std::make_shared<PackWeight>();
        pack->n = weight.shape[0];
        pack->k = weight.shape[1];
        pack->transposed = true;
        pack->layout = {"rows of 16", weight.bytes()};
        auto packed = std::make_shared<PackedMatmul>();
        packed->dims = product.dims;
        packed->b = weight;
        packed->layout = pack->layout;
        return PackedForm{1, std::move(pack), std::move(packed)};
      });
}

PassResult run(const Graph& graph, const PlanContext& context) { return Packing(graph, context).run(); }

}  // namespace

Pass pack_weights() {
  return {{.name = "pack_weights",
           .summary = "Where the device offers a packed form of an operand that stays the same through a "
                      "step, the op reads "
                      "that form, which a new node makes from the operand.",
           .needs = "The graph is one rank's.",
           .promises = "What is packed can be hoisted: without `hoist` it would be packed once a use.",
           .place = "After partition, because the device chooses layouts by local shapes; before hoist, "
                    "which moves the "
                    "packing.",
           .counts = "ops that read a packed operand",
           .example = {.before = R"(input @x: f32[32, 64] (n, c)
parameter @w: f32[48, 64]
%2 = matmul(@x, @w) batch=0 m=1 n=1 k=1 transpose_a=false transpose_b=true out=f32: f32[32, 48]  # accumulate
output y = %2  # accumulate
)",
                       .after = R"(input @x: f32[32, 64] (n, c)
parameter @w: f32[48, 64]
%2 = pack_weight(@w) k=64 n=48 transposed=true from=f32 to=f32 key=rows of 16 bytes=12288: u8[12288]  # accumulate
%3 = packed_matmul(@x, %2) batch=0 m=1 n=1 k=1 transpose_a=false transpose_b=true b=[f32, [48, 64]] out=f32 key=rows of 16 bytes=12288: f32[32, 48]  # accumulate
output y = %3  # accumulate
)",
                       .with = "a device that packs the second operand of every product",
                       .set_up = pack_every_product}},
          run};
}

}  // namespace weft
