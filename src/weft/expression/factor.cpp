#include "weft/expression/factor.h"

#include <array>
#include <optional>

#include "weft/expression/compose.h"
#include "weft/expression/simplify.h"

namespace weft {

namespace {

/// The product of what varies in a node, and of what does not; either may be missing.
struct Split {
  std::optional<Scalar> varying;
  std::optional<Scalar> fixed;
};

std::optional<Scalar> times(std::optional<Scalar> a, std::optional<Scalar> b) {
  return a && b ? *a * *b : a ? a : b;
}

class Factoring {
 public:
  Factoring(const Expression& expression, const std::function<bool(const ScalarNode&)>& varies) {
    const std::vector<Scalar> copies = splice_nodes(build_, expression, [this](const ScalarNode& operand) {
      return build_.operand(operand.number, operand.type);
    });
    for (const ScalarNode& node : expression.nodes) {
      bool any = node.kind != ScalarNode::Kind::call && !node.is_constant() && varies(node);
      for (int i = 0; i < node.arity(); ++i) any = any || splits_[argument(node, i)].varying;
      const Scalar copy = copies[splits_.size()];
      splits_.push_back(any ? split(node, copy) : Split{{}, copy});
    }
  }

  Split of(int id) const { return splits_[static_cast<size_t>(id)]; }
  Expression canonical(Scalar scalar) const { return simplify(build_.build(std::array{scalar})); }
  Scalar one() { return build_.constant(1); }

 private:
  static size_t argument(const ScalarNode& node, int i) {
    return static_cast<size_t>(node.arguments[static_cast<size_t>(i)]);
  }

  /// Of a node that varies.
  Split split(const ScalarNode& node, Scalar copy) {
    if (node.is_call("mul")) {
      const Split a = splits_[argument(node, 0)], b = splits_[argument(node, 1)];
      return {times(a.varying, b.varying), times(a.fixed, b.fixed)};
    }
    if (node.is_call("neg")) {
      const Split a = splits_[argument(node, 0)];
      return {a.varying, times(a.fixed, build_.constant(-1))};
    }
    if (node.is_call("div") && !splits_[argument(node, 1)].varying) {
      const Split a = splits_[argument(node, 0)], b = splits_[argument(node, 1)];
      return {a.varying, a.fixed.value_or(one()) / *b.fixed};
    }
    return {copy, {}};
  }

  ExpressionBuilder build_;
  std::vector<Split> splits_;  ///< by node of the expression
};

}  // namespace

Factors factor(const Expression& expression, size_t result,
               const std::function<bool(const ScalarNode& leaf)>& varies) {
  Factoring factoring(expression, varies);
  const Split parts = factoring.of(expression.results[result]);
  if (!parts.varying || !parts.fixed) return unfactored(expression, result);
  return {factoring.canonical(*parts.varying), factoring.canonical(*parts.fixed)};
}

Factors unfactored(const Expression& expression, size_t result) {
  ExpressionBuilder build;
  const Scalar one = build.constant(1);
  return {simplify(only_result(expression, result)), build.build(std::array{one})};
}

bool is_one(const Expression& fixed) { return fixed.result(0).is_constant() && fixed.result(0).value == 1; }

}  // namespace weft
