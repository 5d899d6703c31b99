#include "weft/plan/passes/fold_sums.h"

#include <array>
#include <map>

#include "weft/graph/readers.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/shape/embedding.h"
#include "weft/plan/passes/rebuild.h"

namespace weft {

namespace {

class Folding {
 public:
  explicit Folding(const Graph& graph) : graph_(graph), rebuild_(graph), uses_(count_uses(graph)) {}

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
      if (producer.outputs.size() != 1 || producer.segment != sum.segment) continue;
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
    GraphBuilder& build = rebuild_.build();
    const BuilderScope like = build.like(sum);
    const BuilderScope labelled = build.labelled(producer.label);
    const ValueId base = others.size() == 1 ? others[0] : build.add1(sum.op, others);
    std::vector<ValueId> inputs;
    for (const ValueId id : producer.inputs) inputs.push_back(rebuild_.mapped(id));
    inputs.push_back(base);
    rebuild_.replace(sum.outputs[0], build.add1(producer.op->accumulating_form(), std::move(inputs)));
  }

  const Graph& graph_;
  Rebuild rebuild_;
  std::vector<int> uses_;
};

PassResult run(const Graph& graph, const PlanContext& /*context*/) { return Folding(graph).run(); }

void tied_embedding(GraphBuilder& build) {
  const ValueId ids = build.input("ids", {DType::i32, {3}}, {"n"});
  const ValueId rows = build.input("rows", {DType::f32, {3, 8}}, {"n", "c"});
  const ValueId dense = build.input("dense", {DType::f32, {64, 8}}, {"v", "c"});
  const OpPtr scattered = std::make_shared<EmbeddingBackward>(TensorType{DType::f32, {64, 8}}, 0);
  const std::array<ValueId, 2> terms{dense, build.add1(scattered, {rows, ids})};
  build.output("gradient", add_n(build, terms));
}

}  // namespace

Pass fold_sums() {
  return {
      {.name = "fold_sums",
       .summary = "A sum with a term that nothing else reads, and whose op offers to add to what is there, "
                  "becomes that op adding to the other terms. So the gradient of a tied embedding touches a "
                  "few rows of the head's and is never made dense.",
       .needs = "The graph is one rank's.",
       .promises = "Sums keep their terms; the order in which these are added may change.",
       .place = "After partition, because an op that adds to what is there cannot be divided; after "
                "rematerialize, because that decides what else reads a term.",
       .counts = "sums folded into the op of a term",
       .example = {.before = tied_embedding, .after = R"(segment accumulate: each microbatch, 1 slot
input @ids: i32[3] (n)
input @rows: f32[3, 8] (n, c)
input @dense: f32[64, 8] (v, c)
%0 = embedding_backward(@rows, @ids, @dense) table=[f32, [64, 8]] vocab_begin=0 accumulates=true: f32[64, 8]  # accumulate
output gradient = %0  # accumulate
)"}},
      run};
}

}  // namespace weft
