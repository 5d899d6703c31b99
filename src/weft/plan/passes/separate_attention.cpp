#include "weft/plan/passes/separate_attention.h"

#include "weft/ops/linear/attention.h"
#include "weft/ops/shape/concat.h"
#include "weft/ops/shape/reshape.h"
#include "weft/ops/shape/slice.h"
#include "weft/plan/passes/rebuild.h"

namespace weft {

namespace {

constexpr int kPartAxis = 2;  // of [batch, time, 3, heads, width]

/// The form of a node that reads q, k and v as parts of one operand; null for any other.
template <class O>
const AttentionForm* packed_form(const Node& node) {
  if (node.op->name() != O::kName) return nullptr;
  const AttentionForm& form = static_cast<const O&>(*node.op).form;
  return form.packed ? &form : nullptr;
}

bool divides_sequences(const PlanOptions& options) {
  const int axis = options.mesh.find("sequence");
  return axis >= 0 && options.mesh.axis(axis).size > 1;
}

class Separator {
 public:
  explicit Separator(const Graph& graph) : graph_(graph), rebuild_(graph) {}

  PassResult run() && {
    int64_t separated = 0;
    for (const Node& node : graph_.nodes()) {
      if (const AttentionForm* form = packed_form<Attention>(node)) {
        forward(node, *form);
      } else if (const AttentionForm* gradient = packed_form<AttentionBackward>(node)) {
        backward(node, *gradient);
      } else {
        rebuild_.copy(node);
        continue;
      }
      ++separated;
    }
    return {std::move(rebuild_).finish(), separated};
  }

 private:
  /// q, k and v of the node, then its other operands.
  std::vector<ValueId> operands_of(const Node& node) {
    GraphBuilder& build = rebuild_.build();
    const ValueId qkv = rebuild_.mapped(node.inputs[0]);
    Dims shape = build.type(qkv).shape;
    shape.erase(shape.begin() + kPartAxis);
    std::vector<ValueId> operands;
    for (int64_t part = 0; part < 3; ++part) {
      operands.push_back(reshape(build, slice(build, qkv, kPartAxis, part, part + 1), shape));
    }
    for (size_t i = 1; i < node.inputs.size(); ++i) operands.push_back(rebuild_.mapped(node.inputs[i]));
    return operands;
  }

  template <class O>
  std::vector<ValueId> add(const Node& node, AttentionForm form) {
    form.packed = false;
    return rebuild_.build().add(std::make_shared<O>(form), operands_of(node));
  }

  void forward(const Node& node, const AttentionForm& form) {
    const BuilderScope like = rebuild_.build().like(node);
    const std::vector<ValueId> made = add<Attention>(node, form);
    for (size_t i = 0; i < made.size(); ++i) rebuild_.replace(node.outputs[i], made[i]);
  }

  void backward(const Node& node, const AttentionForm& form) {
    GraphBuilder& build = rebuild_.build();
    const BuilderScope like = build.like(node);
    std::vector<ValueId> parts = add<AttentionBackward>(node, form);
    Dims shape = graph_.value(node.inputs[0]).type.shape;
    shape[kPartAxis] = 1;
    for (ValueId& part : parts) part = reshape(build, part, shape);
    rebuild_.replace(node.outputs[0], concat(build, parts, kPartAxis));
  }

  const Graph& graph_;
  Rebuild rebuild_;
};

PassResult run(const Graph& graph, const PlanContext& context) {
  if (!divides_sequences(context.options)) return {graph, 0};
  return Separator(graph).run();
}

void packed(GraphBuilder& build) {
  const ValueId qkv =
      build.input("qkv", {DType::f32, {2, 8, 3, 2, 4}}, {"batch", "sequence", "part", "head", "c"});
  build.output("y", attention(build, qkv, true, 0.5));
}

void over_a_sequence(PlanOptions& options, Device& /*device*/) { options.mesh = Mesh({{"sequence", 2}}); }

}  // namespace

Pass separate_attention() {
  return {
      {.name = "separate_attention",
       .summary = "Where a mesh axis divides sequences, an attention that reads queries, keys and values as "
                  "parts of one operand gets each as an operand of its own: only then can its queries be "
                  "divided. Elsewhere the one operand is read in place, which moves fewer bytes.",
       .needs = "Nothing.",
       .promises = "Every result is computed by the same products.",
       .place = "Before assign, because that chooses what is divided.",
       .counts = "attentions, forward and backward",
       .example = {.before = packed,
                   .after = R"(segment accumulate: each microbatch, 1 slot
input @qkv: f32[2, 8, 3, 2, 4] (batch, sequence, part, head, c)
%0 = slice(@qkv) box=[[0, 2], [0, 8], [0, 1], [0, 2], [0, 4]]: f32[2, 8, 1, 2, 4]  # accumulate
%1 = reshape(%0) shape=[2, 8, 2, 4]: f32[2, 8, 2, 4]  # accumulate
%2 = slice(@qkv) box=[[0, 2], [0, 8], [1, 2], [0, 2], [0, 4]]: f32[2, 8, 1, 2, 4]  # accumulate
%3 = reshape(%2) shape=[2, 8, 2, 4]: f32[2, 8, 2, 4]  # accumulate
%4 = slice(@qkv) box=[[0, 2], [0, 8], [2, 3], [0, 2], [0, 4]]: f32[2, 8, 1, 2, 4]  # accumulate
%5 = reshape(%4) shape=[2, 8, 2, 4]: f32[2, 8, 2, 4]  # accumulate
%6, %7 = attention(%1, %3, %5) causal=true scale=0.5 packed=false has_lengths=false dropout=0 seed=0 stream=0 first_batch=0 first_head=0 first_query=0 heads=0 queries=0: f32[2, 8, 2, 4], f32[2, 2, 8]  # accumulate
output y = %6  # accumulate
)",
                   .with = "a mesh of two ranks along \"sequence\"",
                   .set_up = over_a_sequence}},
      run};
}

}  // namespace weft
