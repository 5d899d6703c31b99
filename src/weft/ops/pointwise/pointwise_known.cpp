#include "weft/ops/pointwise/pointwise_known.h"

#include <algorithm>
#include <array>

#include "weft/expression/compose.h"
#include "weft/expression/simplify.h"

namespace weft {

namespace {

constexpr double kCostly = 5;  ///< flops: more than a product is worth

/// y = f / s: f of the operands that the gradient may read, and what of them y and s are.
struct Quotient {
  Expression f;
  ValueId y;
  std::vector<int> axes;
  int divisor;
};

/// The number of a value that has those axes.
std::optional<int> number_of(const Readable& readable, ValueId value, const std::vector<int>& axes) {
  for (int number = 0; number < readable.count(); ++number) {
    if (readable.value(number) == value && readable.axes(number) == axes) return number;
  }
  return std::nullopt;
}

std::optional<Quotient> quotient_of(const Node& node, const Pointwise& op, const Readable& readable,
                                    int divisor) {
  const auto& made = static_cast<const Pointwise&>(*node.op);
  if (made.space != op.space || made.region != op.region || made.results.size() != 1 ||
      made.rule(0) != nullptr) {
    return std::nullopt;
  }
  const ScalarNode& result = made.expression.result(0);
  if (!result.is_call("div")) return std::nullopt;
  const ScalarNode& numerator = made.expression.node(result.arguments[0]);
  const ScalarNode& by = made.expression.node(result.arguments[1]);
  if (numerator.kind != ScalarNode::Kind::call || numerator.function->flops < kCostly) return std::nullopt;
  std::vector<std::optional<int>> numbers;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    numbers.push_back(number_of(readable, node.inputs[i], made.operands[i]));
    if (!numbers.back()) return std::nullopt;
  }
  if (by.kind != ScalarNode::Kind::operand || numbers[static_cast<size_t>(by.number)] != divisor)
    return std::nullopt;
  ExpressionBuilder build;
  const std::vector<Scalar> nodes = splice_nodes(build, made.expression, [&](const ScalarNode& operand) {
    return build.operand(*numbers[static_cast<size_t>(operand.number)], operand.type);
  });
  const Scalar f = nodes[static_cast<size_t>(result.arguments[0])];
  return Quotient{simplify(build.build(std::array{f})), node.outputs[0], made.results[0], divisor};
}

Expression with_product(const Expression& gradient, const Quotient& known, Readable& readable) {
  ExpressionBuilder build;
  const Scalar f = splice(build, known.f)[0];
  std::optional<Scalar> product;
  std::vector<Scalar> now;
  for (ScalarNode node : gradient.nodes) {
    for (int i = 0; i < node.arity(); ++i) {
      int& argument = node.arguments[static_cast<size_t>(i)];
      argument = now[static_cast<size_t>(argument)].id;
    }
    now.push_back(build.add(std::move(node)));
    if (now.back().id != f.id) continue;
    if (!product) product = build.operand(readable.add(known.y, known.axes)) * build.operand(known.divisor);
    now.back() = *product;
  }
  std::vector<Scalar> results;
  for (const int id : gradient.results) results.push_back(now[static_cast<size_t>(id)]);
  return product ? simplify(build.build(results)) : gradient;
}

}  // namespace

Expression with_known_quotients(const Pointwise& op, const GradientContext& context, Readable& readable,
                                const Expression& gradient) {
  for (size_t o = 0; o < readable.outputs().size(); ++o) {
    const auto [r, component] = readable.outputs()[o];
    if (op.rule(r) == nullptr || !op.rule(r)->component[component].positive) continue;
    for (const Node& node : context.build.graph().nodes()) {
      const bool reads =
          std::find(node.inputs.begin(), node.inputs.end(), context.outputs[o]) != node.inputs.end();
      if (!reads || node.segment != context.build.segment() || node.op->name() != Pointwise::kName) continue;
      if (const auto known = quotient_of(node, op, readable, readable.output(o)))
        return with_product(gradient, *known, readable);
    }
  }
  return gradient;
}

}  // namespace weft
