#include "weft/expression/simplify.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "weft/base/check.h"
#include "weft/expression/match.h"
#include "weft/expression/text.h"

namespace weft {

namespace {

constexpr OperandName kNames[] = {{"a", 0},
                                  {"b", 1},
                                  {"c", 2},
                                  {"i", 3, ScalarType::integer},
                                  {"p", 4, ScalarType::boolean},
                                  {"k", kConstantOperands},
                                  {"l", kConstantOperands + 1}};

struct ParsedLaw {
  std::string_view name;
  Expression before;
  Expression after;
};

const std::vector<ParsedLaw>& parsed_laws() {
  static const std::vector<ParsedLaw> parsed = [] {
    std::vector<ParsedLaw> all;
    for (const Law& law : laws()) {
      all.push_back({law.name, parse_expression(law.before, kNames), parse_expression(law.after, kNames)});
    }
    return all;
  }();
  return parsed;
}

/// Makes nodes of a builder in canonical form.
class Simplifier {
 public:
  explicit Simplifier(ExpressionBuilder& build) : build_(build) {}

  /// `node` with arguments of the builder, which are in canonical form.
  Scalar canonical(ScalarNode node) {
    if (node.kind != ScalarNode::Kind::call) return build_.add(std::move(node));
    WEFT_CHECK(++applied_ < kMostSteps, "the laws of expressions go on for ever at {}", node.function->name);
    if (const std::optional<Scalar> folded = fold(node)) return *folded;
    order(node);
    const Scalar made = build_.add(std::move(node));
    for (const ParsedLaw& law : parsed_laws()) {
      Bindings bindings;
      if (match(law.before, build_.nodes(), made.id, bindings)) return instance(law.after, bindings);
    }
    return made;
  }

 private:
  static constexpr int64_t kMostSteps = int64_t{1} << 24;

  std::optional<Scalar> fold(const ScalarNode& node) {
    double values[3] = {};
    for (int i = 0; i < node.arity(); ++i) {
      const ScalarNode& argument =
          build_.nodes()[static_cast<size_t>(node.arguments[static_cast<size_t>(i)])];
      if (!argument.is_constant()) return std::nullopt;
      values[i] = argument.value;
    }
    ScalarNode constant;
    constant.type = node.type;
    constant.value = node.function->evaluate(values);
    // What no integer holds is left to those that compute it.
    if (node.type == ScalarType::integer && !(std::abs(constant.value) < kIntegerBound)) return std::nullopt;
    return build_.add(std::move(constant));
  }

  /// Operands first by number, then positions, random bits and functions, constants last.
  bool before(int a, int b) const {
    const auto key = [&](int id) {
      const ScalarNode& node = build_.nodes()[static_cast<size_t>(id)];
      const int rank = node.is_constant() ? 9 : static_cast<int>(node.kind);
      return std::tuple(rank, node.number, build_.fingerprint({&build_, id}));
    };
    return key(a) < key(b);
  }

  void order(ScalarNode& node) const {
    if (node.function->commutative && before(node.arguments[1], node.arguments[0])) {
      std::swap(node.arguments[0], node.arguments[1]);
    }
  }

  Scalar instance(const Expression& after, const Bindings& bindings) {
    std::vector<Scalar> made;
    for (const ScalarNode& node : after.nodes) {
      if (node.kind == ScalarNode::Kind::operand) {
        made.push_back({&build_, bindings.at(node.number)});
        continue;
      }
      ScalarNode copy = node;
      for (int i = 0; i < node.arity(); ++i) {
        int& argument = copy.arguments[static_cast<size_t>(i)];
        argument = made[static_cast<size_t>(argument)].id;
      }
      made.push_back(canonical(std::move(copy)));
    }
    return made[static_cast<size_t>(after.results[0])];
  }

  ExpressionBuilder& build_;
  int64_t applied_ = 0;
};

/// The expression of what `make` gives for each node, whose arguments are then what it gave for these.
template <class Make>
Expression remade(const Expression& expression, ExpressionBuilder& build, const Make& make) {
  std::vector<Scalar> made;
  for (const ScalarNode& node : expression.nodes) {
    ScalarNode copy = node;
    for (int i = 0; i < node.arity(); ++i) {
      int& argument = copy.arguments[static_cast<size_t>(i)];
      argument = made[static_cast<size_t>(argument)].id;
    }
    made.push_back(make(std::move(copy)));
  }
  std::vector<Scalar> results;
  for (const int id : expression.results) results.push_back(made[static_cast<size_t>(id)]);
  return build.build(results);
}

}  // namespace

Expression simplify(const Expression& expression) {
  ExpressionBuilder build;
  Simplifier simplifier(build);
  return remade(expression, build, [&](ScalarNode node) { return simplifier.canonical(std::move(node)); });
}

Expression values_only(const Expression& expression) {
  ExpressionBuilder build;
  return simplify(remade(expression, build, [&](ScalarNode node) {
    const bool same = node.kind == ScalarNode::Kind::call && node.function->stops_gradient;
    return same ? Scalar{&build, node.arguments[0]} : build.add(std::move(node));
  }));
}

}  // namespace weft
