#include "weft/expression/factor.h"

#include <algorithm>
#include <array>

#include "weft/expression/compose.h"
#include "weft/expression/simplify.h"

namespace weft {

namespace {

class Factoring {
 public:
  Factoring(const Expression& expression, const std::function<bool(const ScalarNode&)>& varies)
      : expression_(expression), nodes_(splice_nodes(build_, expression, [this](const ScalarNode& operand) {
          return build_.operand(operand.number, operand.type);
        })) {
    for (const ScalarNode& node : expression.nodes) {
      bool any = node.kind != ScalarNode::Kind::call && !node.is_constant() && varies(node);
      for (int i = 0; i < node.arity(); ++i) any = any || varies_[at(node.arguments[static_cast<size_t>(i)])];
      varies_.push_back(any);
    }
  }

  Factors run(size_t result) {
    const int id = expression_.results[result];
    const Split parts = split(id);
    const Expression whole = build_.build(std::array{nodes_[at(id)]});
    if (!parts.varying || !parts.fixed) return {whole, {}};
    const Expression fixed = simplify(build_.build(std::array{*parts.fixed}));
    const auto is_leaf = [](const ScalarNode& node) { return node.kind != ScalarNode::Kind::constant; };
    if (std::none_of(fixed.nodes.begin(), fixed.nodes.end(), is_leaf)) return {whole, {}};
    return {simplify(build_.build(std::array{*parts.varying})), fixed};
  }

 private:
  struct Split {
    std::optional<Scalar> varying;
    std::optional<Scalar> fixed;
  };

  static size_t at(int id) { return static_cast<size_t>(id); }

  static std::optional<Scalar> times(std::optional<Scalar> a, std::optional<Scalar> b) {
    return a && b ? *a * *b : a ? a : b;
  }

  Split split(int id) {
    const ScalarNode& node = expression_.node(id);
    if (!varies_[at(id)]) return {{}, nodes_[at(id)]};
    if (node.is_call("mul")) {
      const Split a = split(node.arguments[0]), b = split(node.arguments[1]);
      return {times(a.varying, b.varying), times(a.fixed, b.fixed)};
    }
    if (node.is_call("neg")) {
      const Split a = split(node.arguments[0]);
      return {a.varying, times(a.fixed, build_.constant(-1))};
    }
    if (node.is_call("div") && !varies_[at(node.arguments[1])]) {
      const Split a = split(node.arguments[0]);
      return {a.varying, a.fixed.value_or(build_.constant(1)) / nodes_[at(node.arguments[1])]};
    }
    return {nodes_[at(id)], {}};
  }

  const Expression& expression_;
  ExpressionBuilder build_;
  std::vector<Scalar> nodes_;
  std::vector<bool> varies_;
};

}  // namespace

Factors factor(const Expression& expression, size_t result,
               const std::function<bool(const ScalarNode& leaf)>& varies) {
  return Factoring(expression, varies).run(result);
}

}  // namespace weft
