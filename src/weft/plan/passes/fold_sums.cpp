#include "weft/plan/passes/fold_sums.h"

#include <map>

#include "weft/plan/passes/rebuild.h"

namespace weft {

namespace {

class Folding {
 public:
  explicit Folding(const Graph& graph) : graph_(graph), rebuild_(graph), uses_(graph.values().size(), 0) {
    for (const Node& node : graph.nodes()) {
      for (const ValueId id : node.inputs) ++uses_[id.at()];
    }
    for (const GraphOutput& output : graph.outputs()) ++uses_[output.value.at()];
    for (const StateUpdate& update : graph.updates()) ++uses_[update.next.at()];
  }

  PassResult run() {
    std::vector<bool> folded(graph_.nodes().size(), false);
    std::map<size_t, size_t> term_of;  // sum -> which of its terms is folded
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      const std::optional<size_t> term = foldable_term(graph_.nodes()[n]);
      if (!term) continue;
      term_of[n] = *term;
      folded[graph_.value(graph_.nodes()[n].inputs[*term]).producer.at()] = true;
    }
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      if (const auto found = term_of.find(n); found != term_of.end()) {
        fold(graph_.nodes()[n], found->second);
      } else if (!folded[n]) {
        rebuild_.copy(graph_.nodes()[n]);
      }
    }
    return {std::move(rebuild_).finish(), static_cast<int64_t>(term_of.size())};
  }

 private:
  std::optional<size_t> foldable_term(const Node& sum) const {
    if (!sum.op->traits().sum || sum.inputs.size() < 2) return std::nullopt;
    for (size_t i = 0; i < sum.inputs.size(); ++i) {
      const Value& term = graph_.value(sum.inputs[i]);
      if (term.kind != ValueKind::result || uses_[sum.inputs[i].at()] != 1) continue;
      const Node& producer = graph_.node(term.producer);
      if (producer.outputs.size() != 1 || producer.phase != sum.phase) continue;
      if (producer.op->accumulating_form() != nullptr) return i;
    }
    return std::nullopt;
  }

  void fold(const Node& sum, size_t term) {
    const Node& producer = graph_.node(graph_.value(sum.inputs[term]).producer);
    std::vector<ValueId> others;
    for (size_t i = 0; i < sum.inputs.size(); ++i) {
      if (i != term) others.push_back(rebuild_.mapped(sum.inputs[i]));
    }
    Node like = sum;
    like.label = producer.label;
    const ValueId base = others.size() == 1 ? others[0] : rebuild_.add_like(like, sum.op, others)[0];
    std::vector<ValueId> inputs;
    for (const ValueId id : producer.inputs) inputs.push_back(rebuild_.mapped(id));
    inputs.push_back(base);
    rebuild_.replace(sum.outputs[0],
                     rebuild_.add_like(like, producer.op->accumulating_form(), std::move(inputs))[0]);
  }

  const Graph& graph_;
  Rebuild rebuild_;
  std::vector<int> uses_;
};

PassResult run(const Graph& graph, const PlanContext& /*context*/) { return Folding(graph).run(); }

}  // namespace

Pass fold_sums() {
  return {{.name = "fold_sums",
           .summary = "A sum with a term that nothing else reads, and whose op offers to add to what is "
                      "there, becomes that "
                      "op adding to the other terms. So the gradient of a tied embedding touches a few rows "
                      "of the head's "
                      "and is never made dense.",
           .needs = "The graph is one rank's.",
           .promises = "Sums keep their terms; the order in which these are added may change.",
           .place = "After partition, because an op that adds to what is there cannot be divided; after "
                    "rematerialize, which "
                    "decides what is read again.",
           .counts = "sums folded into the op of a term",
           .example = {.before = R"(input @ids: i32[3] (n)
input @rows: f32[3, 8] (n, c)
input @dense: f32[64, 8] (v, c)
%3 = embedding_backward(@rows, @ids) table=[f32, [64, 8]] vocab_begin=0 accumulates=false: f32[64, 8]  # accumulate
%4 = add_n(@dense, %3): f32[64, 8]  # accumulate
output gradient = %4  # accumulate
)",
                       .after = R"(input @ids: i32[3] (n)
input @rows: f32[3, 8] (n, c)
input @dense: f32[64, 8] (v, c)
%3 = embedding_backward(@rows, @ids, @dense) table=[f32, [64, 8]] vocab_begin=0 accumulates=true: f32[64, 8]  # accumulate
output gradient = %3  # accumulate
)"}},
          run};
}

}  // namespace weft
