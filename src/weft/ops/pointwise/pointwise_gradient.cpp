// The gradient of pointwise: one pointwise of several results, those summed that an operand was repeated for.
#include <algorithm>

#include "weft/base/check.h"
#include "weft/expression/compose.h"
#include "weft/expression/derivative.h"
#include "weft/expression/simplify.h"
#include "weft/expression/text.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/pointwise/pointwise_gradient_nodes.h"
#include "weft/ops/pointwise/pointwise_known.h"
#include "weft/ops/pointwise/pointwise_positions.h"

namespace weft {

namespace {

/// One input's gradient.
struct Part {
  size_t input = 0;
  std::vector<int> axes;
  bool summed = false;
  std::optional<ValueId> value;
};

class Gradient {
 public:
  Gradient(const Pointwise& op, const GradientContext& context)
      : op_(op), context_(context), build_(context.build), readable_(op, context) {}

  std::vector<std::optional<ValueId>> run() {
    plan();
    if (parts_.empty()) return std::vector<std::optional<ValueId>>(context_.inputs.size());
    std::vector<int> wanted;
    for (const Part& part : parts_) wanted.push_back(static_cast<int>(part.input));
    expression_ = simplify(with_rules(gradient_of(op_.expression, wanted, result_operands())));
    expression_ = with_known_quotients(op_, context_, readable_, expression_);
    take_copies();
    compute();
    std::vector<std::optional<ValueId>> gradients(context_.inputs.size());
    for (const Part& part : parts_) gradients[part.input] = part.value;
    return gradients;
  }

 private:
  void plan() {
    const std::vector<int> stopped = stopped_operands(op_.expression);
    const auto is_stopped = [&](size_t i) {
      return std::find(stopped.begin(), stopped.end(), static_cast<int>(i)) != stopped.end();
    };
    for (size_t i = 0; i < context_.inputs.size(); ++i) {
      if (is_stopped(i)) continue;
      if (!context_.needed[i] || !is_floating(build_.type(context_.inputs[i]).dtype)) continue;
      parts_.push_back({i, op_.operands[i], op_.operands[i].size() < op_.space.size(), {}});
    }
  }

  /// A reduced result's gradient at a point is a formula, for which an operand stands that there is not.
  int placeholder(size_t r) const { return kFirstPlaceholder + static_cast<int>(r); }

  std::vector<ResultOperands> result_operands() const {
    std::vector<ResultOperands> results(op_.results.size());
    for (size_t o = 0; o < readable_.outputs().size(); ++o) {
      const auto [r, component] = readable_.outputs()[o];
      const Reduction* rule = op_.rule(r);
      if (rule == nullptr) results[r].value = readable_.output(o);
      if (!context_.output_gradients[o]) continue;
      if (rule == nullptr) {
        results[r].gradient = readable_.output_gradient(o);
      } else if (!rule->component[component].derivative.empty()) {
        results[r].gradient = placeholder(r);
      }
    }
    return results;
  }

  Expression with_rules(const Expression& gradient) {
    ExpressionBuilder made;
    return made.build(splice(made, gradient, [&](const ScalarNode& operand) {
      if (operand.number < kFirstPlaceholder) return made.operand(operand.number, operand.type);
      return of_value(made, static_cast<size_t>(operand.number - kFirstPlaceholder));
    }));
  }

  /// The gradient of the value of result r at a point.
  Scalar of_value(ExpressionBuilder& made, size_t r) {
    std::optional<Scalar> sum;
    for (size_t o = 0; o < readable_.outputs().size(); ++o) {
      if (readable_.outputs()[o].result != r || !context_.output_gradients[o]) continue;
      const Reduction& rule = *op_.rule(r);
      const std::string_view formula = rule.component[readable_.outputs()[o].component].derivative;
      if (formula.empty()) continue;
      const Scalar term = derivative(made, formula, rule, r, o);
      sum = sum ? *sum + term : term;
    }
    return *sum;
  }

  Scalar derivative(ExpressionBuilder& made, std::string_view formula, const Reduction& rule, size_t r,
                    size_t o) {
    enum Name { kValue, kPosition, kFirst, kSecond, kGradient, kPoints, kLocated };
    const bool second_is_position = rule.component[1].is_position;
    const OperandName names[] = {{"a", kValue},
                                 {"p", kPosition, ScalarType::integer},
                                 {"y0", kFirst},
                                 {"y1", kSecond, second_is_position ? ScalarType::integer : ScalarType::real},
                                 {"g", kGradient},
                                 {"n", kPoints},
                                 {"q", kLocated, ScalarType::integer}};
    const size_t first = o - readable_.outputs()[o].component;
    const auto part = [&](const ScalarNode& operand) {
      switch (static_cast<Name>(operand.number)) {
        case kValue:
          return value_of(made, r);
        case kPosition:
          return position_along(made, op_.space, op_.reduced_axes(r));
        case kFirst:
          return made.operand(readable_.output(first), operand.type);
        case kSecond:
          return made.operand(readable_.output(first + 1), operand.type);
        case kGradient:
          return made.operand(readable_.output_gradient(o), operand.type);
        case kPoints:
          return made.constant(static_cast<double>(points_along(op_.space, op_.reduced_axes(r))));
        case kLocated:
          return made.operand(locate(rule, r), operand.type);
      }
      internal_error(__FILE__, __LINE__, "unknown name in {}", formula);
    };
    return splice(made, parse_expression(formula, names), part)[0];
  }

  Scalar value_of(ExpressionBuilder& made, size_t r) const { return splice(made, op_.expression)[r]; }

  /// The operand that says where the rule's `located` is greatest: found again, because a value that is
  /// computed elsewhere may be rounded otherwise and then equals no point's.
  int locate(const Reduction& rule, size_t r) {
    ExpressionBuilder made;
    const OperandName names[] = {{"a", 0}};
    Pointwise find;
    find.expression = made.build(splice(made, parse_expression(rule.located, names),
                                        [&](const ScalarNode&) { return value_of(made, r); }));
    find.operands = op_.operands;
    find.results = {op_.results[r]};
    find.reductions = {"argmax"};
    find.dtypes = {statistics_of(build_.type(context_.outputs[0]).dtype), DType::i32};
    find.space = op_.space;
    return readable_.add(pointwise(build_, context_.inputs, std::move(find))[1], op_.results[r]);
  }

  /// Gradients that are a value as it is.
  void take_copies() {
    for (size_t p = 0; p < parts_.size(); ++p) {
      const ScalarNode& node = expression_.result(p);
      if (node.kind != ScalarNode::Kind::operand || parts_[p].summed) continue;
      const ValueId value = readable_.value(node.number);
      const DType dtype = build_.type(context_.inputs[parts_[p].input]).dtype;
      if (readable_.axes(node.number) != parts_[p].axes || build_.type(value).dtype != dtype) continue;
      parts_[p].value = value;
    }
  }

  void compute() {
    std::vector<GradientPart> wanted;
    for (size_t p = 0; p < parts_.size(); ++p) {
      const Part& part = parts_[p];
      if (part.value) continue;
      wanted.push_back({part.axes, build_.type(context_.inputs[part.input]).dtype, static_cast<int>(p)});
    }
    const std::vector<ValueId> values = gradient_nodes(build_, op_.space, readable_, expression_, wanted);
    for (size_t w = 0; w < wanted.size(); ++w)
      parts_[static_cast<size_t>(wanted[w].result)].value = values[w];
  }

  static constexpr int kFirstPlaceholder = 1 << 20;

  const Pointwise& op_;
  const GradientContext& context_;
  GraphBuilder& build_;
  Readable readable_;
  std::vector<Part> parts_;
  Expression expression_;
};

}  // namespace

std::vector<std::optional<ValueId>> Pointwise::gradient(const GradientContext& context) const {
  return Gradient(*this, context).run();
}

}  // namespace weft
