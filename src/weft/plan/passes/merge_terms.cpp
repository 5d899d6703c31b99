#include "weft/plan/passes/merge_terms.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <numeric>
#include <set>

#include "weft/expression/compose.h"
#include "weft/expression/properties.h"
#include "weft/expression/simplify.h"
#include "weft/graph/readers.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/pointwise/pointwise_operands.h"
#include "weft/ops/pointwise/pointwise_positions.h"
#include "weft/ops/pointwise/tanh.h"
#include "weft/plan/passes/rebuild.h"

namespace weft {

namespace {

/// A result of a pointwise that is not reduced.
struct Term {
  const Node& node;
  const Pointwise& op;
  size_t result;
  Expression expression;  ///< of that result alone

  /// Which axis of the sum each of the op's is.
  std::vector<int> axes_in_sum() const {
    std::vector<int> axes(op.space.size());
    for (size_t d = 0; d < axes.size(); ++d)
      axes[static_cast<size_t>(op.results[result][d])] = static_cast<int>(d);
    return axes;
  }
};

class Merging {
 public:
  explicit Merging(const Graph& graph)
      : graph_(graph), rebuild_(graph), uses_(count_uses(graph)), merged_(graph.values().size(), false) {}

  PassResult run() {
    int64_t merged = 0;
    for (const Node& node : graph_.nodes()) merged += take_terms(node);
    for (const Node& node : graph_.nodes()) {
      const auto is_merged = [&](ValueId id) { return merged_[id.at()]; };
      if (std::any_of(node.inputs.begin(), node.inputs.end(), is_merged)) {
        emit_sum(node);
      } else if (std::any_of(node.outputs.begin(), node.outputs.end(), is_merged)) {
        emit_rest(node);
      } else {
        rebuild_.copy(node);
      }
    }
    return {std::move(rebuild_).finish(), merged};
  }

 private:
  /// Each term that is taken may make another worth taking, which reads the same.
  int64_t take_terms(const Node& sum) {
    if (!sum.op->traits().sum || sum.inputs.size() < 2) return 0;
    std::set<ValueId> read(sum.inputs.begin(), sum.inputs.end());
    int64_t taken = 0;
    for (bool more = true; more;) {
      more = false;
      for (const ValueId id : sum.inputs) {
        const std::optional<Term> term = merged_[id.at()] ? std::nullopt : term_of(id);
        if (!term || term->node.segment != sum.segment || !is_worth(*term, read)) continue;
        read.merge(whole_operands(*term));
        merged_[id.at()] = more = true;
        ++taken;
      }
    }
    return taken;
  }

  /// What reads positions stays: the sum's axes may be counted from elsewhere.
  std::optional<Term> term_of(ValueId id) const {
    const Value& value = graph_.value(id);
    if (value.kind != ValueKind::result || uses_[id.at()] != 1) return std::nullopt;
    const Node& node = graph_.node(value.producer);
    if (node.op->name() != Pointwise::kName) return std::nullopt;
    const auto& op = static_cast<const Pointwise&>(*node.op);
    const auto at =
        static_cast<size_t>(std::find(node.outputs.begin(), node.outputs.end(), id) - node.outputs.begin());
    const size_t result = outputs_of(op)[at].result;
    if (op.rule(result) != nullptr || reads_position(op.expression)) return std::nullopt;
    return Term{node, op, result, only_result(op.expression, result)};
  }

  /// At most one more whole operand is kept for the sum, in the place of the term. Where the term is one of
  /// several results, what it has in common with others is computed twice, and each axis must be left in an
  /// operand. Asks for no sizes, so that ranks agree.
  static bool is_worth(const Term& term, const std::set<ValueId>& read) {
    constexpr double kMostFlops = 8;  // hidden behind the write and read that are saved
    const std::set<ValueId> operands = whole_operands(term);
    const auto is_new = [&](ValueId id) { return !read.contains(id); };
    if (std::count_if(operands.begin(), operands.end(), is_new) > 1) return false;
    return term.node.outputs.size() == 1 ||
           (flops_of(term.expression) <= kMostFlops && has_axes_in_operands(term.op));
  }

  static std::set<ValueId> whole_operands(const Term& term) {
    std::set<ValueId> whole;
    for (const ScalarNode& leaf : term.expression.nodes) {
      if (leaf.kind != ScalarNode::Kind::operand) continue;
      const auto i = static_cast<size_t>(leaf.number);
      if (term.op.operands[i].size() == term.op.space.size()) whole.insert(term.node.inputs[i]);
    }
    return whole;
  }

  static bool has_axes_in_operands(const Pointwise& op) {
    for (int axis = 0; axis < std::ssize(op.space); ++axis) {
      const auto has_it = [axis](const std::vector<int>& dims) { return has_axis(dims, axis); };
      if (std::none_of(op.operands.begin(), op.operands.end(), has_it)) return false;
    }
    return true;
  }

  /// The sum as an expression of what its terms read.
  void emit_sum(const Node& sum) {
    Pointwise op;
    ExpressionBuilder made;
    std::vector<ValueId> operands;
    std::map<std::pair<ValueId, std::vector<int>>, int> numbers;
    const auto read = [&](ValueId id, const std::vector<int>& axes) {
      const auto [at, is_new] = numbers.try_emplace({id, axes}, static_cast<int>(operands.size()));
      if (is_new) {
        operands.push_back(rebuild_.mapped(id));
        op.operands.push_back(axes);
      }
      return at->second;
    };
    op.space = graph_.type(sum.outputs[0]).shape;
    std::vector<int> all(op.space.size());
    std::iota(all.begin(), all.end(), 0);
    std::optional<Scalar> total;
    for (const ValueId id : sum.inputs) {
      const Scalar value =
          merged_[id.at()] ? splice_term(made, *term_of(id), read) : made.operand(read(id, all));
      total = total ? *total + value : value;
    }
    op.expression = made.build(std::array{*total});
    op.results = {all};
    op.dtypes = {graph_.type(sum.outputs[0]).dtype};
    const BuilderScope like = rebuild_.build().like(sum);
    rebuild_.replace(sum.outputs[0], pointwise(rebuild_.build(), operands, std::move(op))[0]);
  }

  template <class Read>
  static Scalar splice_term(ExpressionBuilder& made, const Term& term, const Read& read) {
    const std::vector<int> in_sum = term.axes_in_sum();
    return splice(made, term.expression, [&](const ScalarNode& operand) {
      const auto i = static_cast<size_t>(operand.number);
      std::vector<int> axes = term.op.operands[i];
      for (int& axis : axes) axis = in_sum[static_cast<size_t>(axis)];
      return made.operand(read(term.node.inputs[i], axes), operand.type);
    })[0];
  }

  /// The node without the results that were merged.
  void emit_rest(const Node& node) {
    const auto& op = static_cast<const Pointwise&>(*node.op);
    auto rest = std::make_shared<Pointwise>(op);
    rest->results.clear();
    rest->reductions.clear();
    rest->dtypes.clear();
    ExpressionBuilder made;
    const std::vector<Scalar> values = splice(made, op.expression);
    std::vector<Scalar> kept;
    std::vector<ValueId> outputs;
    const std::vector<PointwiseOutput> all = outputs_of(op);
    for (size_t o = 0; o < all.size(); ++o) {
      if (merged_[node.outputs[o].at()]) continue;
      const size_t r = all[o].result;
      if (all[o].component == 0) {
        kept.push_back(values[r]);
        rest->results.push_back(op.results[r]);
        rest->reductions.push_back(op.reductions[r]);
      }
      rest->dtypes.push_back(op.dtypes[o]);
      outputs.push_back(node.outputs[o]);
    }
    if (kept.empty()) return;
    rest->expression = simplify(made.build(kept));
    std::vector<ValueId> operands;
    for (const size_t i : drop_unread_operands(*rest)) operands.push_back(rebuild_.mapped(node.inputs[i]));
    const BuilderScope like = rebuild_.build().like(node);
    const std::vector<ValueId> now = rebuild_.build().add(std::move(rest), std::move(operands));
    for (size_t o = 0; o < outputs.size(); ++o) rebuild_.replace(outputs[o], now[o]);
  }

  const Graph& graph_;
  Rebuild rebuild_;
  std::vector<int> uses_;
  std::vector<bool> merged_;  ///< by value: computed in the sum that reads it
};

PassResult run(const Graph& graph, const PlanContext& /*context*/) { return Merging(graph).run(); }

void product_and_rest(GraphBuilder& build) {
  const ValueId x = build.input("x", {DType::f32, {8, 4}}, {"batch", "c"});
  const ValueId y = build.input("y", {DType::f32, {8, 4}}, {"batch", "c"});
  const std::vector<ValueId> terms{multiply(build, x, y), tanh(build, x)};
  build.output("sum", add_n(build, terms));
}

}  // namespace

Pass merge_terms() {
  return {
      {.name = "merge_terms",
       .summary = "A term of a sum that nothing else reads, and that is computed element by element, is "
                  "computed where it is added. So the parts of a gradient, through what was normalised and "
                  "through its statistics, are one walk over memory.",
       .needs = "The graph is one rank's.",
       .promises = "Sums keep their terms; what is no longer written is not rounded to bf16. Terms that read "
                   "positions stay where they are.",
       .place = "After fold_sums, because a term that an op adds to needs no computation of its own; before "
                "join_rows, which joins what is left.",
       .counts = "terms computed where they are added",
       .example = {.before = product_and_rest, .after = R"(segment accumulate: each microbatch, 1 slot
input @x: f32[8, 4] (batch, c)
input @y: f32[8, 4] (batch, c)
%0 = pointwise(@x, @y) expression=tanh(x0) + x0 * x1 operands=[[0, 1], [0, 1]] results=[[0, 1]] reductions=[none] dtypes=[f32] space=[8, 4] region=[[0, 8], [0, 4]]: f32[8, 4]  # accumulate
output sum = %0  # accumulate
)"}},
      run};
}

}  // namespace weft
