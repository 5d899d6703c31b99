#include "weft/expression/properties.h"

#include <algorithm>

namespace weft {

namespace {

/// How a value depends on the operands.
enum class Degree : uint8_t {
  zero,  ///< it is zero: linear and constant
  constant,
  linear,
  other,
};

bool is_fixed(Degree degree) { return degree == Degree::zero || degree == Degree::constant; }
bool is_homogeneous(Degree degree) { return degree == Degree::zero || degree == Degree::linear; }

Degree degree_of_call(const Function& row, const std::array<Degree, 3>& of) {
  const auto count = static_cast<std::ptrdiff_t>(row.arity);
  if (std::all_of(of.begin(), of.begin() + count, is_fixed)) return Degree::constant;
  bool linear = false;
  switch (row.linearity) {
    case Linearity::none:
      break;
    case Linearity::sum:
      linear = std::all_of(of.begin(), of.begin() + count, is_homogeneous);
      break;
    case Linearity::product:
      linear = (is_homogeneous(of[0]) && is_fixed(of[1])) || (is_fixed(of[0]) && is_homogeneous(of[1]));
      break;
    case Linearity::quotient:
      linear = is_homogeneous(of[0]) && is_fixed(of[1]);
      break;
    case Linearity::selection:
      linear = is_fixed(of[0]) && is_homogeneous(of[1]) && is_homogeneous(of[2]);
      break;
  }
  return linear ? Degree::linear : Degree::other;
}

}  // namespace

double flops_of(const Expression& expression) {
  double flops = 0;
  for (const ScalarNode& node : expression.nodes) {
    if (node.kind == ScalarNode::Kind::call) flops += node.function->flops;
    if (node.kind == ScalarNode::Kind::random)
      flops += 1;  // of integers; a block of Philox serves eight points
  }
  return flops;
}

bool is_linear(const Expression& expression) {
  std::vector<Degree> degrees;
  for (const ScalarNode& node : expression.nodes) {
    switch (node.kind) {
      case ScalarNode::Kind::operand:
        // Of an integer or a boolean there are no parts that add up.
        degrees.push_back(node.type == ScalarType::real ? Degree::linear : Degree::other);
        break;
      case ScalarNode::Kind::constant:
        degrees.push_back(node.value == 0 ? Degree::zero : Degree::constant);
        break;
      case ScalarNode::Kind::index:
        degrees.push_back(Degree::constant);
        break;
      case ScalarNode::Kind::random:
        degrees.push_back(Degree::other);  // by its step
        break;
      case ScalarNode::Kind::call: {
        std::array<Degree, 3> of = {Degree::zero, Degree::zero, Degree::zero};
        for (int i = 0; i < node.arity(); ++i) {
          const auto at = static_cast<size_t>(i);
          of[at] = degrees[static_cast<size_t>(node.arguments[at])];
        }
        degrees.push_back(degree_of_call(*node.function, of));
        break;
      }
    }
  }
  return std::all_of(expression.results.begin(), expression.results.end(),
                     [&](int id) { return is_homogeneous(degrees[static_cast<size_t>(id)]); });
}

bool reads_position(const Expression& expression) {
  return std::any_of(expression.nodes.begin(), expression.nodes.end(), [](const ScalarNode& node) {
    return node.kind == ScalarNode::Kind::index || node.kind == ScalarNode::Kind::random;
  });
}

bool only_copies(const Expression& expression) {
  return std::all_of(expression.results.begin(), expression.results.end(),
                     [&](int id) { return expression.node(id).kind == ScalarNode::Kind::operand; });
}

}  // namespace weft
