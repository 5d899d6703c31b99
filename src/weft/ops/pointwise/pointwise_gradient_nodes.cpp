#include "weft/ops/pointwise/pointwise_gradient_nodes.h"

#include <algorithm>
#include <numeric>

#include "weft/expression/compose.h"
#include "weft/expression/factor.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise_operands.h"
#include "weft/ops/pointwise/pointwise_positions.h"

namespace weft {

namespace {

bool nested_in(const std::vector<int>& few, const std::vector<int>& many) {
  return std::all_of(few.begin(), few.end(), [&](int axis) { return has_axis(many, axis); });
}

/// A result of a node to be.
struct Wanted {
  std::vector<int> axes;
  DType dtype;
  Scalar value;
  bool operator==(const Wanted& other) const {
    return axes == other.axes && dtype == other.dtype && value.id == other.value.id;
  }
};

class GradientNodes {
 public:
  GradientNodes(GraphBuilder& build, const Dims& space, Readable& readable, const Expression& expression,
                std::span<const GradientPart> parts)
      : build_(build), readable_(readable), space_(space), parts_(parts), values_(parts.size()) {
    std::vector<Factors> found;
    for (const GradientPart& part : parts) found.push_back(factors_of(expression, part));
    for (size_t p = 0; p < parts.size(); ++p) {
      int sharing = 0;
      for (size_t other = 0; other < parts.size(); ++other) {
        sharing += parts[p].axes == parts[other].axes && found[p].varying == found[other].varying ? 1 : 0;
      }
      const bool stays = is_one(found[p].fixed) || sharing > 1;
      factors_.push_back(stays ? found[p] : unfactored(expression, static_cast<size_t>(parts[p].result)));
    }
  }

  /// In one node those that can be summed in one walk, where each keeps axes of the next. Sums over rows
  /// beside sums over columns would want states of all of both.
  std::vector<ValueId> run() {
    std::vector<std::vector<size_t>> nodes;
    for (size_t p = 0; p < parts_.size(); ++p) {
      const std::vector<int>& axes = parts_[p].axes;
      const auto nested = [&](size_t other) {
        return nested_in(axes, parts_[other].axes) || nested_in(parts_[other].axes, axes);
      };
      const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const std::vector<size_t>& together) {
        return std::all_of(together.begin(), together.end(), nested);
      });
      (found == nodes.end() ? nodes.emplace_back() : *found).push_back(p);
    }
    for (const std::vector<size_t>& together : nodes) compute(together);
    for (size_t p = 0; p < parts_.size(); ++p) finish(p);
    return std::move(values_);
  }

 private:
  bool is_summed(const GradientPart& part) const { return part.axes.size() < space_.size(); }

  /// What the part is summed of, and what the sum is multiplied by. Positions stay in the sum, because they
  /// count along axes of the whole space.
  Factors factors_of(const Expression& expression, const GradientPart& part) const {
    const auto result = static_cast<size_t>(part.result);
    if (!is_summed(part)) return unfactored(expression, result);
    return factor(expression, result, [&](const ScalarNode& leaf) {
      return leaf.kind != ScalarNode::Kind::operand || !nested_in(readable_.axes(leaf.number), part.axes);
    });
  }

  void compute(const std::vector<size_t>& together) {
    ExpressionBuilder made;
    std::vector<Wanted> results;
    std::vector<size_t> result_of;
    for (const size_t p : together) {
      const GradientPart& part = parts_[p];
      const Wanted wanted{part.axes, is_summed(part) ? statistics_of(part.dtype) : part.dtype,
                          splice(made, factors_[p].varying)[0]};
      const auto found = std::find(results.begin(), results.end(), wanted);
      result_of.push_back(static_cast<size_t>(found - results.begin()));
      if (found == results.end()) results.push_back(wanted);
    }
    std::vector<int> all(space_.size());
    std::iota(all.begin(), all.end(), 0);
    const std::vector<ValueId> made_values = node(made, results, all);
    for (size_t c = 0; c < together.size(); ++c) values_[together[c]] = made_values[result_of[c]];
  }

  /// What a sum is multiplied by, and the dtype.
  void finish(size_t p) {
    const GradientPart& part = parts_[p];
    const Expression& fixed = factors_[p].fixed;
    if (is_one(fixed) && build_.type(values_[p]).dtype == part.dtype) return;
    ExpressionBuilder made;
    const Scalar sum = made.operand(readable_.add(values_[p], part.axes));
    values_[p] = node(made, {{part.axes, part.dtype, sum * splice(made, fixed)[0]}}, part.axes)[0];
  }

  /// A node over these axes of the op.
  std::vector<ValueId> node(const ExpressionBuilder& made, const std::vector<Wanted>& results,
                            const std::vector<int>& axes) {
    Pointwise op;
    op.space = sizes_along(space_, axes);
    const auto here = [&](const std::vector<int>& of_op) {
      std::vector<int> dims;
      for (const int axis : of_op) {
        dims.push_back(static_cast<int>(std::find(axes.begin(), axes.end(), axis) - axes.begin()));
      }
      return dims;
    };
    std::vector<Scalar> values;
    for (const Wanted& result : results) {
      values.push_back(result.value);
      op.results.push_back(here(result.axes));
      op.reductions.emplace_back(result.axes.size() < axes.size() ? "sum" : kNoReduction);
      op.dtypes.push_back(result.dtype);
    }
    op.expression = made.build(values);
    // All that can be read here; what has other axes is not.
    for (int number = 0; number < readable_.count(); ++number) {
      op.operands.push_back(nested_in(readable_.axes(number), axes) ? here(readable_.axes(number))
                                                                    : std::vector<int>());
    }
    std::vector<ValueId> operands;
    for (const size_t number : drop_unread_operands(op)) {
      operands.push_back(readable_.value(static_cast<int>(number)));
    }
    return pointwise(build_, operands, std::move(op));
  }

  GraphBuilder& build_;
  Readable& readable_;
  const Dims& space_;
  std::span<const GradientPart> parts_;
  std::vector<Factors> factors_;
  std::vector<ValueId> values_;
};

}  // namespace

std::vector<ValueId> gradient_nodes(GraphBuilder& build, const Dims& space, Readable& readable,
                                    const Expression& expression, std::span<const GradientPart> parts) {
  return GradientNodes(build, space, readable, expression, parts).run();
}

}  // namespace weft
