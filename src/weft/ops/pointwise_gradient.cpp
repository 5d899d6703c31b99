// The gradient of pointwise: one pointwise of several results, those summed that an operand was repeated for.
#include <algorithm>
#include <array>

#include "weft/base/check.h"
#include "weft/expression/compose.h"
#include "weft/expression/derivative.h"
#include "weft/expression/properties.h"
#include "weft/expression/simplify.h"
#include "weft/expression/text.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise.h"
#include "weft/ops/pointwise_positions.h"

namespace weft {

namespace {

bool has(const std::vector<int>& dims, int axis) {
  return std::find(dims.begin(), dims.end(), axis) != dims.end();
}

/// What the gradient's expression may read, by operand number, and which axes each has: inputs, outputs,
/// gradients of the outputs, then what is made on the way.
class Readable {
 public:
  Readable(const Pointwise& op, const GradientContext& context)
      : outputs_(outputs_of(op)), first_output_(static_cast<int>(context.inputs.size())) {
    for (size_t i = 0; i < context.inputs.size(); ++i) add(context.inputs[i], op.operands[i]);
    for (size_t o = 0; o < outputs_.size(); ++o) add(context.outputs[o], op.results[outputs_[o].result]);
    for (size_t o = 0; o < outputs_.size(); ++o) {
      add(context.output_gradients[o].value_or(context.outputs[o]), op.results[outputs_[o].result]);
    }
  }
  int add(ValueId value, const std::vector<int>& axes) {
    values_.emplace_back(value, axes);
    return static_cast<int>(values_.size()) - 1;
  }
  /// One that has the axis: check_dimensions() of the op sees to it that an operand or an output does.
  int with_axis(int axis) const {
    const auto found = std::find_if(values_.begin(), values_.end(),
                                    [axis](const auto& value) { return has(value.second, axis); });
    WEFT_CHECK(found != values_.end(), "nothing has axis {}", axis);
    return static_cast<int>(found - values_.begin());
  }
  const std::vector<PointwiseOutput>& outputs() const { return outputs_; }
  int output(size_t o) const { return first_output_ + static_cast<int>(o); }
  int output_gradient(size_t o) const { return output(outputs_.size() + o); }
  ValueId value(int number) const { return values_[static_cast<size_t>(number)].first; }
  const std::vector<int>& axes(int number) const { return values_[static_cast<size_t>(number)].second; }

 private:
  std::vector<PointwiseOutput> outputs_;
  int first_output_;
  std::vector<std::pair<ValueId, std::vector<int>>> values_;
};

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
    take_copies();
    compute();
    std::vector<std::optional<ValueId>> gradients(context_.inputs.size());
    for (const Part& part : parts_) gradients[part.input] = part.value;
    return gradients;
  }

 private:
  void plan() {
    const std::vector<int> stopped = stopped_operands(op_.expression);
    for (size_t i = 0; i < context_.inputs.size(); ++i) {
      if (has(stopped, static_cast<int>(i))) continue;
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
    const std::vector<Scalar> nodes = splice(made, gradient, [&](const ScalarNode& operand) {
      if (operand.number < kFirstPlaceholder) return made.operand(operand.number, operand.type);
      return of_value(made, static_cast<size_t>(operand.number - kFirstPlaceholder));
    });
    std::vector<Scalar> results;
    for (const int id : gradient.results) results.push_back(nodes[static_cast<size_t>(id)]);
    return made.build(results);
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
    const Expression parsed = parse_expression(formula, names);
    const std::vector<Scalar> nodes = splice(made, parsed, [&](const ScalarNode& operand) {
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
    });
    return nodes[static_cast<size_t>(parsed.results[0])];
  }

  Scalar value_of(ExpressionBuilder& made, size_t r) const {
    const std::vector<Scalar> nodes = splice(made, op_.expression, [&](const ScalarNode& operand) {
      return made.operand(operand.number, operand.type);
    });
    return nodes[static_cast<size_t>(op_.expression.results[r])];
  }

  /// The operand that says where the rule's `located` is greatest: found again, because a value that is
  /// computed elsewhere may be rounded otherwise and then equals no point's.
  int locate(const Reduction& rule, size_t r) {
    ExpressionBuilder made;
    const OperandName names[] = {{"a", 0}};
    const Expression parsed = parse_expression(rule.located, names);
    const std::vector<Scalar> nodes =
        splice(made, parsed, [&](const ScalarNode&) { return value_of(made, r); });
    Pointwise find;
    find.expression = made.build(std::array{nodes[static_cast<size_t>(parsed.results[0])]});
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

  /// The others: in one node those that can be summed in one walk, where each keeps axes of the next. Sums
  /// over rows beside sums over columns would want states of all of both.
  void compute() {
    std::vector<std::vector<size_t>> nodes;
    for (size_t p = 0; p < parts_.size(); ++p) {
      if (parts_[p].value) continue;
      const auto nested = [&](size_t other) { return nest(parts_[p].axes, parts_[other].axes); };
      const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const std::vector<size_t>& together) {
        return std::all_of(together.begin(), together.end(), nested);
      });
      (found == nodes.end() ? nodes.emplace_back() : *found).push_back(p);
    }
    for (const std::vector<size_t>& together : nodes) compute(together);
  }

  static bool nest(const std::vector<int>& a, const std::vector<int>& b) {
    const auto within = [](const std::vector<int>& few, const std::vector<int>& many) {
      return std::all_of(few.begin(), few.end(), [&](int axis) { return has(many, axis); });
    };
    return within(a, b) || within(b, a);
  }

  void compute(const std::vector<size_t>& together) {
    Pointwise made;
    made.space = op_.space;
    Expression rest{expression_.nodes, {}};
    for (const size_t p : together) {
      const DType dtype = build_.type(context_.inputs[parts_[p].input]).dtype;
      rest.results.push_back(expression_.results[p]);
      made.results.push_back(parts_[p].axes);
      made.reductions.emplace_back(parts_[p].summed ? "sum" : kNoReduction);
      made.dtypes.push_back(parts_[p].summed ? statistics_of(dtype) : dtype);
    }
    const std::vector<ValueId> operands = take_operands(made, rest);
    const std::vector<ValueId> values = pointwise(build_, operands, std::move(made));
    for (size_t c = 0; c < together.size(); ++c) {
      Part& part = parts_[together[c]];
      const DType dtype = build_.type(context_.inputs[part.input]).dtype;
      const bool converted = build_.type(values[c]).dtype != dtype;
      part.value = converted ? pointwise(build_, {values[c]}, "x0", dtype) : values[c];
    }
  }

  /// Those that the expression reads, renumbered, and whatever has the axes that no other says the extent of.
  std::vector<ValueId> take_operands(Pointwise& made, const Expression& rest) const {
    std::vector<ValueId> operands;
    const auto take = [&](int number) {
      operands.push_back(readable_.value(number));
      made.operands.push_back(readable_.axes(number));
    };
    const Expression used = renumber(rest, same_numbers(rest));
    std::vector<int> numbers(static_cast<size_t>(operand_count(used)), -1);
    for (const ScalarNode& node : used.nodes) {
      if (node.kind != ScalarNode::Kind::operand) continue;
      numbers[static_cast<size_t>(node.number)] = static_cast<int>(operands.size());
      take(node.number);
    }
    made.expression = renumber(used, numbers);
    for (int axis = 0; axis < static_cast<int>(made.space.size()); ++axis) {
      const auto has_it = [axis](const std::vector<int>& dims) { return has(dims, axis); };
      if (std::any_of(made.operands.begin(), made.operands.end(), has_it) ||
          std::any_of(made.results.begin(), made.results.end(), has_it)) {
        continue;
      }
      take(readable_.with_axis(axis));
    }
    return operands;
  }

  /// Leaves the operands as they are; renumbering drops the nodes that no result needs.
  static std::vector<int> same_numbers(const Expression& expression) {
    std::vector<int> same(static_cast<size_t>(operand_count(expression)));
    for (size_t i = 0; i < same.size(); ++i) same[i] = static_cast<int>(i);
    return same;
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
