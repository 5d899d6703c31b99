#include "weft/ops/staged/rows_form.h"

#include <algorithm>
#include <numeric>

#include "weft/expression/simplify.h"
#include "weft/ops/pointwise/pointwise_positions.h"

namespace weft {

namespace {

/// A sum of values of one type, element by element.
Pointwise sum_of(std::span<const TensorType> inputs) {
  Pointwise op;
  ExpressionBuilder made;
  std::vector<int> all(inputs[0].shape.size());
  std::iota(all.begin(), all.end(), 0);
  Scalar sum = made.operand(0);
  for (size_t i = 1; i < inputs.size(); ++i) sum = sum + made.operand(static_cast<int>(i));
  op.expression = simplify(made.build(std::array{sum}));
  op.operands.assign(inputs.size(), all);
  op.results = {all};
  op.reductions = {std::string(kNoReduction)};
  op.dtypes = {inputs[0].dtype};
  op.space = inputs[0].shape;
  op.region = Region::all(op.space);
  return op;
}

class Joining {
 public:
  Joining(const Pointwise& op, std::span<const int> rows)
      : op_(op), rows_(rows), number_(op.space.size(), 0) {
    int next = 1;
    for (size_t axis = 0; axis < number_.size(); ++axis) {
      if (!is_row(static_cast<int>(axis))) number_[axis] = next++;
    }
  }

  std::optional<Pointwise> run() const {
    if (rows_.empty()) return std::nullopt;
    Pointwise joined = op_;
    for (std::vector<int>& axes : joined.operands) {
      if (!renumber(axes)) return std::nullopt;
    }
    for (std::vector<int>& axes : joined.results) {
      if (!renumber(axes) || axes.empty() || axes[0] != 0) return std::nullopt;
    }
    for (ScalarNode& node : joined.expression.nodes) {
      if (!renumber_positions(node)) return std::nullopt;
    }
    // Nothing asks where the rows lie in the whole space, so that they are counted from 0.
    const int64_t rows = points_along(op_.region.shape(), rows_);
    joined.space = {rows};
    joined.region.ranges = {{0, rows}};
    for (size_t axis = 0; axis < op_.space.size(); ++axis) {
      if (is_row(static_cast<int>(axis))) continue;
      joined.space.push_back(op_.space[axis]);
      joined.region.ranges.push_back(op_.region.ranges[axis]);
    }
    return joined;
  }

 private:
  bool is_row(int axis) const { return std::find(rows_.begin(), rows_.end(), axis) != rows_.end(); }
  bool is_row_of_any(const std::vector<int>& axes) const {
    return std::any_of(axes.begin(), axes.end(), [this](int axis) { return is_row(axis); });
  }
  int number(int axis) const { return number_[static_cast<size_t>(axis)]; }

  /// False where the rows are neither first nor absent.
  bool renumber(std::vector<int>& axes) const {
    std::vector<int> now;
    auto rest = axes.begin();
    if (axes.size() >= rows_.size() && std::equal(rows_.begin(), rows_.end(), axes.begin())) {
      now.push_back(0);
      rest += std::ssize(rows_);
    }
    for (; rest != axes.end(); ++rest) {
      if (is_row(*rest)) return false;
      now.push_back(number(*rest));
    }
    axes = std::move(now);
    return true;
  }

  bool renumber_positions(ScalarNode& node) const {
    if (node.kind == ScalarNode::Kind::index) {
      if (is_row(node.number)) return false;
      node.number = number(node.number);
    }
    if (is_row_of_any(node.axes)) return false;
    for (int& axis : node.axes) axis = number(axis);
    return true;
  }

  const Pointwise& op_;
  std::span<const int> rows_;
  std::vector<int> number_;  ///< what each axis is called afterwards
};

}  // namespace

std::optional<Pointwise> as_pointwise(const Op& op, std::span<const TensorType> inputs) {
  if (op.name() == Pointwise::kName) return static_cast<const Pointwise&>(op);
  if (op.traits().sum && !inputs.empty() && is_floating(inputs[0].dtype)) return sum_of(inputs);
  return std::nullopt;
}

std::optional<Pointwise> over_rows(const Pointwise& op, std::span<const int> rows) {
  return Joining(op, rows).run();
}

}  // namespace weft
