// The gradient of pointwise: one pointwise of several results, then sums over the axes that operands were
// repeated along.
#include <algorithm>

#include "weft/base/check.h"
#include "weft/expression/compose.h"
#include "weft/expression/derivative.h"
#include "weft/expression/properties.h"
#include "weft/ops/column_sum.h"
#include "weft/ops/pointwise.h"

namespace weft {

namespace {

/// What each operand number of the gradient's expression is: the inputs, the outputs, the outputs' gradients.
class Numbering {
 public:
  explicit Numbering(const GradientContext& context) : context_(context) {}
  int output(size_t r) const { return static_cast<int>(context_.inputs.size() + r); }
  int output_gradient(size_t r) const { return output(context_.outputs.size() + r); }

  ValueId value(size_t number) const {
    if (number < context_.inputs.size()) return context_.inputs[number];
    const size_t r = number - context_.inputs.size();
    if (r < context_.outputs.size()) return context_.outputs[r];
    return *context_.output_gradients[r - context_.outputs.size()];
  }
  const std::vector<int>& axes(const Pointwise& op, size_t number) const {
    if (number < op.operands.size()) return op.operands[number];
    return op.results[(number - op.operands.size()) % op.results.size()];
  }

 private:
  const GradientContext& context_;
};

/// One input's gradient before it is summed.
struct Part {
  size_t input = 0;
  std::vector<int> axes;  ///< those to sum over first, then the operand's own
  DType dtype = DType::f32;
  std::optional<ValueId> value;
};

class Gradient {
 public:
  Gradient(const Pointwise& op, const GradientContext& context)
      : op_(op), context_(context), build_(context.build), numbering_(context) {}

  std::vector<std::optional<ValueId>> run() {
    plan();
    if (parts_.empty()) return std::vector<std::optional<ValueId>>(context_.inputs.size());
    std::vector<int> wanted;
    for (const Part& part : parts_) wanted.push_back(static_cast<int>(part.input));
    std::vector<ResultOperands> results(op_.results.size());
    for (size_t r = 0; r < results.size(); ++r) {
      if (context_.output_gradients[r]) results[r].gradient = numbering_.output_gradient(r);
      results[r].value = numbering_.output(r);
    }
    expression_ = gradient_of(op_.expression, wanted, results);
    take_copies();
    compute();
    std::vector<std::optional<ValueId>> gradients(context_.inputs.size());
    for (const Part& part : parts_) gradients[part.input] = summed(part);
    return gradients;
  }

 private:
  void plan() {
    DType beside = DType::f32;
    for (const auto& gradient : context_.output_gradients) {
      if (gradient) beside = build_.type(*gradient).dtype;
    }
    for (size_t i = 0; i < context_.inputs.size(); ++i) {
      const DType dtype = build_.type(context_.inputs[i]).dtype;
      if (!context_.needed[i] || !is_floating(dtype)) continue;
      Part part{i, {}, dtype, {}};
      for (size_t axis = 0; axis < op_.space.size(); ++axis) {
        const auto& dims = op_.operands[i];
        if (std::find(dims.begin(), dims.end(), static_cast<int>(axis)) == dims.end()) {
          part.axes.push_back(static_cast<int>(axis));
        }
      }
      // What is summed is kept as the activations are; the sum is made in the dtype of statistics.
      if (!part.axes.empty()) part.dtype = beside;
      part.axes.insert(part.axes.end(), op_.operands[i].begin(), op_.operands[i].end());
      parts_.push_back(std::move(part));
    }
  }

  /// Gradients that are a value as it is.
  void take_copies() {
    for (size_t p = 0; p < parts_.size(); ++p) {
      const ScalarNode& node = expression_.result(p);
      if (node.kind != ScalarNode::Kind::operand) continue;
      const auto number = static_cast<size_t>(node.number);
      const ValueId value = numbering_.value(number);
      if (numbering_.axes(op_, number) != parts_[p].axes || build_.type(value).dtype != parts_[p].dtype)
        continue;
      parts_[p].value = value;
    }
  }

  /// The others, in one node.
  void compute() {
    Pointwise made;
    made.space = op_.space;
    std::vector<size_t> computed;
    Expression rest{expression_.nodes, {}};
    for (size_t p = 0; p < parts_.size(); ++p) {
      if (parts_[p].value) continue;
      computed.push_back(p);
      rest.results.push_back(expression_.results[p]);
      made.results.push_back(parts_[p].axes);
      made.dtypes.push_back(parts_[p].dtype);
    }
    if (computed.empty()) return;
    rest = without_unused(rest);
    std::vector<int> numbers(static_cast<size_t>(operand_count(rest)), -1);
    std::vector<ValueId> operands;
    for (const ScalarNode& node : rest.nodes) {
      if (node.kind != ScalarNode::Kind::operand) continue;
      const auto number = static_cast<size_t>(node.number);
      numbers[number] = static_cast<int>(operands.size());
      operands.push_back(numbering_.value(number));
      made.operands.push_back(numbering_.axes(op_, number));
    }
    made.expression = renumber(rest, numbers);
    const std::vector<ValueId> values = pointwise(build_, operands, std::move(made));
    for (size_t c = 0; c < computed.size(); ++c) parts_[computed[c]].value = values[c];
  }

  static Expression without_unused(const Expression& expression) {
    std::vector<int> same(static_cast<size_t>(operand_count(expression)));
    for (size_t i = 0; i < same.size(); ++i) same[i] = static_cast<int>(i);
    return renumber(expression, same);
  }

  ValueId summed(const Part& part) {
    const std::vector<int>& kept = op_.operands[part.input];
    const DType dtype = build_.type(context_.inputs[part.input]).dtype;
    if (kept.size() == part.axes.size()) return *part.value;
    const ValueId sum = column_sum(build_, *part.value, static_cast<int>(kept.size()));
    if (build_.type(sum).dtype == dtype) return sum;
    return pointwise(build_, {sum}, "x0", dtype);
  }

  const Pointwise& op_;
  const GradientContext& context_;
  GraphBuilder& build_;
  Numbering numbering_;
  std::vector<Part> parts_;
  Expression expression_;
};

}  // namespace

std::vector<std::optional<ValueId>> Pointwise::gradient(const GradientContext& context) const {
  return Gradient(*this, context).run();
}

}  // namespace weft
