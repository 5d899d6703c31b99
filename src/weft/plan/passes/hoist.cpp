#include "weft/plan/passes/hoist.h"

#include <fmt/ranges.h>

#include <map>

#include "weft/ops/linear/packed_matmul.h"
#include "weft/plan/passes/rebuild.h"
#include "weft/plan/passes/settled.h"

namespace weft {

namespace {

class Hoisting {
 public:
  explicit Hoisting(const Graph& graph) : graph_(graph), rebuild_(graph), settled_(graph) {}

  PassResult run() {
    int64_t moved = 0;
    for (const Node& node : graph_.nodes()) {
      if (runs_too_often(node)) {
        move(node);
        ++moved;
        continue;
      }
      for (const ValueId id : node.inputs) keep_for_readers(id);
      rebuild_.copy(node);
    }
    for (const StateUpdate& update : graph_.updates()) keep_for_readers(update.next);
    for (const GraphOutput& output : graph_.outputs()) keep_for_readers(output.value);
    return {std::move(rebuild_).finish(), moved};
  }

 private:
  /// A result of `refresh`, in the new graph.
  struct Made {
    std::string text;  ///< what computes it of which states: equal texts, equal values
    ValueId value;
    std::string label;  ///< a state that it depends on
  };

  bool runs_too_often(const Node& node) const {
    return settled_(node.outputs[0], node.segment) &&
           graph_.segment(node.segment).cadence.kind != Cadence::Kind::step;
  }

  Made operand(ValueId id) const {
    if (const auto found = made_.find(id); found != made_.end()) return found->second;
    return {graph_.value(id).name, rebuild_.mapped(id), graph_.value(id).name};
  }

  void move(const Node& node) {
    std::vector<std::string> texts;
    std::vector<ValueId> inputs;
    for (const ValueId id : node.inputs) {
      texts.push_back(operand(id).text);
      inputs.push_back(operand(id).value);
    }
    const std::string label = operand(node.inputs[0]).label;
    const std::string text =
        fmt::format("{}({}) {}", node.op->name(), fmt::join(texts, ", "), attribute_text(*node.op));
    std::vector<ValueId>& outputs = computed_[text];
    if (outputs.empty()) {
      GraphBuilder& build = rebuild_.build();
      const BuilderScope refresh = build.in(build.first_segment({"refresh", Cadence::each_step()}));
      const BuilderScope labelled = build.labelled(label);
      outputs = build.add(node.op, std::move(inputs));
    }
    for (size_t o = 0; o < outputs.size(); ++o) {
      const std::string which = o == 0 ? text : fmt::format("result {} of {}", o, text);
      made_.emplace(node.outputs[o], Made{which, outputs[o], label});
    }
  }

  /// From now on readers of a moved value read a derived state, since values do not cross segments. Every
  /// Program that makes this value so, and no other, has a state of this name: they may share it.
  void keep_for_readers(ValueId id) {
    const auto found = made_.find(id);
    if (found == made_.end()) return;
    const Made& made = found->second;
    const auto [state, first] = kept_.try_emplace(made.text);
    if (first) {
      GraphBuilder& build = rebuild_.build();
      const BuilderScope refresh = build.in(build.first_segment({"refresh", Cadence::each_step()}));
      state->second = build.state("derived " + made.text, build.type(made.value), {}, kDerived);
      build.update(state->second, made.value);
    }
    rebuild_.replace(id, state->second);
  }

  const Graph& graph_;
  Rebuild rebuild_;
  SettledValues settled_;
  std::map<std::string, std::vector<ValueId>> computed_;  ///< results by text
  std::map<ValueId, Made> made_;                          ///< by value of the old graph
  std::map<std::string, ValueId> kept_;                   ///< derived states by text
};

PassResult run(const Graph& graph, const PlanContext& /*context*/) { return Hoisting(graph).run(); }

void packed_product(GraphBuilder& build) {
  const ValueId x = build.input("x", {DType::f32, {32, 64}}, {"batch", "c"});
  const ValueId w = build.state("w", {DType::f32, {48, 64}}, {}, kParameter);
  auto pack = std::make_shared<PackWeight>();
  pack->k = 64;
  pack->n = 48;
  pack->transposed = true;
  pack->layout = {"rows16", 12288};
  auto product = std::make_shared<PackedMatmul>();
  product->dims.transpose_b = true;
  product->b = {DType::f32, {48, 64}};
  product->layout = pack->layout;
  build.output("y", build.add1(product, {x, build.add1(pack, {w})}));
}

}  // namespace

Pass hoist() {
  return {
      {.name = "hoist",
       .summary =
           "What depends on states alone, and whose op says that it is worth it (the trait hoistable), moves "
           "to the segment refresh, which it makes where there is none: it runs once a step instead of once "
           "a microbatch or call. Its result becomes a derived state. Equal nodes, of whatever segments, "
           "become one.",
       .needs = "A segment refresh, if there is one, runs before every other segment of a step.",
       .promises = "What is moved reads only states that stay the same from one refresh to the next reader.",
       .place = "After pack_weights, because packing is what is most worth moving; before schedule, because "
                "it moves nodes between segments.",
       .counts = "nodes that run once a step now",
       .example = {.before = packed_product, .after = R"(segment refresh: each step, 1 slot
segment accumulate: each microbatch, 1 slot
input @x: f32[32, 64] (batch, c)
state @w: f32[48, 64] (parameter)
state @derived pack_weight(w) k=64 n=48 transposed=true from=f32 to=f32 key=rows16 bytes=12288: u8[12288] (derived)
%0 = pack_weight(@w) k=64 n=48 transposed=true from=f32 to=f32 key=rows16 bytes=12288: u8[12288]  # refresh w
%1 = packed_matmul(@x, @derived pack_weight(w) k=64 n=48 transposed=true from=f32 to=f32 key=rows16 bytes=12288) batch=0 m=1 n=1 k=1 transpose_a=false transpose_b=true b=[f32, [48, 64]] out=f32 key=rows16 bytes=12288: f32[32, 48]  # accumulate
@derived pack_weight(w) k=64 n=48 transposed=true from=f32 to=f32 key=rows16 bytes=12288 <- %0  # refresh
output y = %1  # accumulate
)"}},
      run};
}

}  // namespace weft
