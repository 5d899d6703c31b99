#include "weft/expression/compose.h"

#include <array>

#include "weft/base/check.h"

namespace weft {

std::vector<Scalar> splice_nodes(ExpressionBuilder& build, const Expression& expression,
                                 const Replacement& replace) {
  std::vector<Scalar> made;
  for (const ScalarNode& node : expression.nodes) {
    if (node.kind == ScalarNode::Kind::operand) {
      made.push_back(replace(node));
      continue;
    }
    ScalarNode copy = node;
    for (int i = 0; i < node.arity(); ++i) {
      int& argument = copy.arguments[static_cast<size_t>(i)];
      argument = made[static_cast<size_t>(argument)].id;
    }
    made.push_back(build.add(std::move(copy)));
  }
  return made;
}

std::vector<Scalar> splice(ExpressionBuilder& build, const Expression& expression,
                           const Replacement& replace) {
  const std::vector<Scalar> nodes = splice_nodes(build, expression, replace);
  std::vector<Scalar> results;
  for (const int id : expression.results) results.push_back(nodes[static_cast<size_t>(id)]);
  return results;
}

std::vector<Scalar> splice(ExpressionBuilder& build, const Expression& expression) {
  return splice(build, expression,
                [&](const ScalarNode& operand) { return build.operand(operand.number, operand.type); });
}

Expression compose(const Expression& outer, int operand, const Expression& inner, size_t result,
                   std::span<const int> outer_operands, std::span<const int> inner_operands) {
  ExpressionBuilder build;
  const auto renumbered = [&](std::span<const int> numbers) {
    return [&build, numbers](const ScalarNode& node) {
      return build.operand(numbers[static_cast<size_t>(node.number)], node.type);
    };
  };
  const Scalar part = splice(build, inner, renumbered(inner_operands))[result];
  const auto keep = renumbered(outer_operands);
  return build.build(splice(build, outer, [&](const ScalarNode& node) {
    if (node.number != operand) return keep(node);
    if (node.type != build.node(part).type) {
      user_error("expression: got {} for operand {}, expected {}.", name_of(build.node(part).type), operand,
                 name_of(node.type));
    }
    return part;
  }));
}

Expression only_result(const Expression& expression, size_t result) {
  ExpressionBuilder build;
  return build.build(std::array{splice(build, expression)[result]});
}

Expression renumber(const Expression& expression, const std::function<int(int)>& number) {
  ExpressionBuilder build;
  return build.build(splice(build, expression, [&](const ScalarNode& node) {
    return build.operand(number(node.number), node.type);
  }));
}

}  // namespace weft
