#include "weft/plan/passes/rematerialize.h"

#include <array>
#include <limits>

#include "weft/graph/readers.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/shape/transpose.h"
#include "weft/plan/passes/eliminate_dead.h"
#include "weft/plan/passes/rebuild.h"

namespace weft {

namespace {

constexpr size_t kNever = std::numeric_limits<size_t>::max();

class Recomputing {
 public:
  Recomputing(const Graph& graph, const RecomputePolicy& policy)
      : graph_(graph), rebuild_(graph), late_from_(graph.values().size(), kNever) {
    const std::vector<std::vector<size_t>> readers = readers_of(graph);
    choose(policy);
    for (size_t v = 0; v < chosen_.size(); ++v) {
      if (chosen_[v]) late_from_[v] = after_longest_pause(graph.values()[v].producer.at(), readers[v]);
    }
  }

  PassResult run(const PlanContext& context) {
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      const Node& node = graph_.nodes()[n];
      for (const ValueId id : node.inputs) {
        if (late_from_[id.at()] <= n) make_again(id);
      }
      rebuild_.copy(node);
    }
    if (made_again_ == 0) return {graph_, 0};
    // Where all readers are late, nothing reads the first result any more.
    return {eliminate_dead().run(std::move(rebuild_).finish(), context).graph, made_again_};
  }

 private:
  void choose(const RecomputePolicy& policy) {
    chosen_.assign(graph_.values().size(), false);
    for (const Node& node : graph_.nodes()) {
      const Traits traits = node.op->traits();
      if (node.op->communication() != nullptr || traits.hidden_state) continue;
      // A view that is kept would keep what it views.
      const bool with_viewed = traits.view && chosen_[node.inputs[0].at()];
      for (const ValueId id : node.outputs) chosen_[id.at()] = with_viewed || policy(graph_, id);
    }
    for (const GraphOutput& output : graph_.outputs()) chosen_[output.value.at()] = false;
    for (const StateUpdate& update : graph_.updates()) chosen_[update.next.at()] = false;
  }

  /// The first reader after the longest stretch of nodes that do not read the value; kNever where the readers
  /// follow the producer and each other without a pause.
  static size_t after_longest_pause(size_t producer, const std::vector<size_t>& readers) {
    size_t longest = 1;
    size_t after = kNever;
    size_t before = producer;
    for (const size_t reader : readers) {
      if (reader - before > longest) {
        longest = reader - before;
        after = reader;
      }
      before = reader;
    }
    return after;
  }

  /// The producer once more, and before it the producers of its operands where these are chosen too. All
  /// later readers read what it makes.
  void make_again(ValueId id) {
    if (!chosen_[id.at()]) return;
    const Node& producer = graph_.node(graph_.value(id).producer);
    for (const ValueId input : producer.inputs) make_again(input);
    std::vector<ValueId> inputs;
    for (const ValueId input : producer.inputs) inputs.push_back(rebuild_.mapped(input));
    const BuilderScope like = rebuild_.build().like(producer);
    const std::vector<ValueId> outputs = rebuild_.build().add(producer.op, std::move(inputs));
    for (size_t o = 0; o < outputs.size(); ++o) {
      if (!chosen_[producer.outputs[o].at()]) continue;
      rebuild_.replace(producer.outputs[o], outputs[o]);
      chosen_[producer.outputs[o].at()] = false;  // made
    }
    ++made_again_;
  }

  const Graph& graph_;
  Rebuild rebuild_;
  std::vector<bool> chosen_;
  std::vector<size_t> late_from_;
  int64_t made_again_ = 0;
};

PassResult run(const Graph& graph, const PlanContext& context) {
  const RecomputePolicy& policy = context.options.recompute;
  return policy ? Recomputing(graph, policy).run(context) : PassResult{graph, 0};
}

void read_late(GraphBuilder& build) {
  const ValueId x = build.input("x", {DType::f32, {4, 4}}, {"batch", "c"});
  const ValueId early = add_n(build, std::array{x, x});
  const ValueId turned = transpose(build, transpose(build, early, {1, 0}), {1, 0});
  build.output("y", add_n(build, std::array{turned, early}));
}

void sums_again(PlanOptions& options, Device& /*device*/) {
  options.recompute = [](const Graph& graph, ValueId value) {
    return graph.node(graph.value(value).producer).op->name() == AddN::kName;
  };
}

}  // namespace

Pass rematerialize() {
  return {
      {.name = "rematerialize",
       .summary =
           "The results that the policy PlanOptions::recompute chooses are made again where they are used "
           "late: after the longest stretch of nodes that do not read them, which is the rest of the forward "
           "pass and the backward pass of what follows. Operands that are chosen too are made again first, "
           "so that a chain starts at what is kept (Chen et al., \"Training Deep Nets with Sublinear Memory "
           "Cost\", 2016). Views go with what they view. Communication, ops with hidden state, outputs and "
           "states' next values are never made again.",
       .needs = "The graph is one rank's; its nodes stand in the order in which they will run, optimizer "
                "nodes aside.",
       .promises = "Every result has the bits that it had: what draws random numbers draws the same again.",
       .place = "After partition, because only there one sees what would be communicated again; after "
                "eliminate_repeated, because that would merge the copies; before pack_weights, because "
                "products that are made again read packed weights too.",
       .counts = "nodes that run again",
       .example = {.before = read_late,
                   .after = R"(segment accumulate: each microbatch, 1 slot
input @x: f32[4, 4] (batch, c)
%0 = add_n(@x, @x): f32[4, 4]  # accumulate
%1 = transpose(%0) order=[1, 0]: f32[4, 4]  # accumulate
%2 = transpose(%1) order=[1, 0]: f32[4, 4]  # accumulate
%3 = add_n(@x, @x): f32[4, 4]  # accumulate
%4 = add_n(%2, %3): f32[4, 4]  # accumulate
output y = %4  # accumulate
)",
                   .with = "a policy that chooses the results of add_n",
                   .set_up = sums_again}},
      run};
}

}  // namespace weft
