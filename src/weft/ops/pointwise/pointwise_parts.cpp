// How the outputs of parts of a pointwise become those of the whole, where no MPI operation does it.
#include <algorithm>
#include <array>
#include <numeric>

#include "weft/expression/compose.h"
#include "weft/expression/text.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

namespace {

std::vector<int> axes_from(size_t first, size_t count) {
  std::vector<int> axes(count);
  std::iota(axes.begin(), axes.end(), static_cast<int>(first));
  return axes;
}

class Joining {
 public:
  /// `stacked` are the components of the rule.
  Joining(GraphBuilder& build, const Reduction& rule, std::vector<ValueId> stacked,
          std::span<const int64_t> points)
      : build_(build), rule_(rule), stacked_(std::move(stacked)), points_(points) {}

  std::vector<ValueId> run() {
    std::vector<ValueId> whole;
    for (size_t c = 0; c < rule_.components; ++c) whole.push_back(join(c, whole));
    return whole;
  }

 private:
  /// Component c; those before it are joined already.
  ValueId join(size_t c, const std::vector<ValueId>& whole) {
    Pointwise op;
    const TensorType& stacked = build_.type(stacked_[c]);
    op.space = stacked.shape;
    const size_t axes = op.space.size();
    // Component 0 is made of its own parts alone.
    std::vector<ValueId> operands(stacked_.begin(), stacked_.begin() + static_cast<std::ptrdiff_t>(c + 1));
    op.operands.assign(operands.size(), axes_from(0, axes));
    if (!whole.empty()) {
      operands.push_back(whole[0]);
      op.operands.push_back(axes_from(1, axes - 1));
    }
    op.expression = formula(c);
    op.results = {axes_from(1, axes - 1)};
    op.reductions = {std::string(rule_.component[c].rule_of_parts)};
    op.dtypes = {stacked.dtype};
    return pointwise(build_, operands, std::move(op))[0];
  }

  Expression formula(size_t c) const {
    const int joined = static_cast<int>(c) + 1;
    const int own = joined + 1, all = joined + 2;
    const auto type = [&](size_t k) { return scalar_type_of(build_.type(stacked_[k]).dtype); };
    std::vector<OperandName> names = {{"y0", 0, type(0)}, {"n", own}, {"m", all}};
    if (c > 0) names.insert(names.end(), {{"y1", 1, type(1)}, {"z0", joined, type(0)}});
    const Expression parsed = parse_expression(rule_.component[c].of_part, names);
    ExpressionBuilder made;
    return made.build(splice(made, parsed, [&](const ScalarNode& operand) {
      if (operand.number == own) return points(made);
      if (operand.number == all) {
        return made.constant(
            static_cast<double>(std::accumulate(points_.begin(), points_.end(), int64_t{0})));
      }
      return made.operand(operand.number, operand.type);
    }));
  }

  /// The points of the part that the first axis stands at: a step for each run of parts of one size.
  Scalar points(ExpressionBuilder& made) const {
    Scalar value = made.constant(static_cast<double>(points_.back()));
    for (size_t p = points_.size() - 1; p-- > 0;) {
      if (points_[p] == points_[p + 1]) continue;
      const Scalar before = made.index(0) < made.integer(static_cast<double>(p + 1));
      value = select(before, made.constant(static_cast<double>(points_[p])), value);
    }
    return value;
  }

  GraphBuilder& build_;
  const Reduction& rule_;
  std::vector<ValueId> stacked_;
  std::span<const int64_t> points_;
};

}  // namespace

std::vector<std::optional<ValueId>> Pointwise::join_parts(GraphBuilder& build,
                                                          const GatheredParts& parts) const {
  std::vector<std::optional<ValueId>> whole(parts.stacked.size());
  const std::vector<PointwiseOutput> outputs = outputs_of(*this);
  for (size_t o = 0; o < outputs.size(); ++o) {
    const Reduction* rule = this->rule(outputs[o].result);
    if (outputs[o].component != 0 || !parts.stacked[o]) continue;
    std::vector<ValueId> stacked;
    for (size_t c = 0; c < rule->components; ++c) stacked.push_back(parts.stacked[o + c].value());
    const std::vector<ValueId> joined = Joining(build, *rule, std::move(stacked), parts.points[o]).run();
    std::copy(joined.begin(), joined.end(), whole.begin() + static_cast<std::ptrdiff_t>(o));
  }
  return whole;
}

}  // namespace weft
