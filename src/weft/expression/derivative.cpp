#include "weft/expression/derivative.h"

#include <map>

#include "weft/base/check.h"
#include "weft/expression/compose.h"
#include "weft/expression/simplify.h"
#include "weft/expression/text.h"

namespace weft {

namespace {

constexpr int kResult = 3;  // operand "y" of a derivative row

struct DerivativeRow {
  Expression expression;
  bool compares_result = false;
};

bool compares_result(const Expression& row) {
  for (const ScalarNode& node : row.nodes) {
    if (node.kind != ScalarNode::Kind::call || node.function->signature != Signature::comparison) continue;
    const ScalarNode& first = row.node(node.arguments[0]);
    if (first.kind == ScalarNode::Kind::operand && first.number == kResult) return true;
  }
  return false;
}

/// Row `argument` of the function's derivatives; null where it is zero.
const DerivativeRow* derivative_row(const Function& row, size_t argument) {
  static const auto rows = [] {
    std::map<std::pair<std::string_view, size_t>, DerivativeRow> parsed;
    for (const Function& each : functions()) {
      const bool selects = each.signature == Signature::selection;
      const OperandName names[] = {
          {"a", 0, selects ? ScalarType::boolean : ScalarType::real}, {"b", 1}, {"c", 2}, {"y", kResult}};
      for (size_t i = 0; i < each.derivatives.size(); ++i) {
        if (each.derivatives[i].empty()) continue;
        Expression parsed_row = parse_expression(each.derivatives[i], names);
        const bool compares = compares_result(parsed_row);
        parsed.emplace(std::pair(each.name, i), DerivativeRow{std::move(parsed_row), compares});
      }
    }
    return parsed;
  }();
  const auto found = rows.find({row.name, argument});
  return found == rows.end() ? nullptr : &found->second;
}

class Reverse {
 public:
  explicit Reverse(const Expression& expression)
      : expression_(expression), adjoints_(expression.nodes.size()) {}

  Expression run(std::span<const int> wanted, std::span<const ResultOperands> results) {
    copy_forward(results);
    for (size_t r = 0; r < results.size(); ++r) {
      if (!results[r].gradient || expression_.result(r).type != ScalarType::real) continue;
      accumulate(expression_.results[r], build_.operand(*results[r].gradient));
    }
    for (size_t n = expression_.nodes.size(); n-- > 0;) propagate(n);
    std::vector<Scalar> gradients;
    for (const int operand : wanted) gradients.push_back(gradient_by(operand));
    return simplify(build_.build(gradients));
  }

 private:
  /// The expression itself, with results read instead of made again.
  void copy_forward(std::span<const ResultOperands> results) {
    std::map<int, int> read;
    for (size_t r = 0; r < results.size(); ++r) {
      const ScalarNode& node = expression_.result(r);
      const bool real_call = node.kind == ScalarNode::Kind::call && node.type == ScalarType::real;
      if (results[r].value && real_call) read.emplace(expression_.results[r], *results[r].value);
    }
    for (size_t n = 0; n < expression_.nodes.size(); ++n) {
      ScalarNode copy = expression_.nodes[n];
      for (int i = 0; i < copy.arity(); ++i) {
        int& argument = copy.arguments[static_cast<size_t>(i)];
        argument = forward_[static_cast<size_t>(argument)].id;
      }
      made_again_.push_back(build_.add(std::move(copy)));
      const auto found = read.find(static_cast<int>(n));
      forward_.push_back(found != read.end() ? build_.operand(found->second) : made_again_.back());
    }
  }

  void accumulate(int node, Scalar term) {
    std::optional<Scalar>& sum = adjoints_[static_cast<size_t>(node)];
    sum = sum ? *sum + term : term;
  }

  void propagate(size_t n) {
    const ScalarNode& node = expression_.nodes[n];
    if (!adjoints_[n] || node.kind != ScalarNode::Kind::call) return;
    for (int i = 0; i < node.arity(); ++i) {
      const auto at = static_cast<size_t>(i);
      if (expression_.node(node.arguments[at]).type != ScalarType::real) continue;
      const DerivativeRow* row = derivative_row(*node.function, at);
      if (row == nullptr) continue;
      if (i == 0 && is_stored_quotient_of_exp(n)) {
        const int exponent = expression_.node(node.arguments[0]).arguments[0];
        accumulate(exponent, *adjoints_[n] * forward_[n]);
        continue;
      }
      const std::vector<Scalar> made = splice(build_, row->expression, [&](const ScalarNode& operand) {
        if (operand.number == kResult) return result_of(n, *row);
        return forward_[static_cast<size_t>(node.arguments[static_cast<size_t>(operand.number)])];
      });
      accumulate(node.arguments[at], *adjoints_[n] * made[0]);
    }
  }

  /// exp(u) / s, whose derivative by u it is itself: read, not made again.
  bool is_stored_quotient_of_exp(size_t n) const {
    const ScalarNode& node = expression_.nodes[n];
    return node.is_call("div") && forward_[n].id != made_again_[n].id &&
           expression_.node(node.arguments[0]).is_call("exp");
  }

  /// A stored result may be rounded. Where it is one of the arguments it must still compare as equal to it,
  /// which only a zero is sure to.
  Scalar result_of(size_t n, const DerivativeRow& row) const {
    if (!row.compares_result) return forward_[n];
    const ScalarNode& second = expression_.node(expression_.nodes[n].arguments[1]);
    return second.is_constant() && second.value == 0 ? forward_[n] : made_again_[n];
  }

  Scalar gradient_by(int operand) {
    for (size_t n = 0; n < expression_.nodes.size(); ++n) {
      const ScalarNode& node = expression_.nodes[n];
      if (node.kind != ScalarNode::Kind::operand || node.number != operand) continue;
      WEFT_CHECK(node.type == ScalarType::real, "the gradient by operand {}, {}", operand,
                 name_of(node.type));
      if (adjoints_[n]) return *adjoints_[n];
    }
    return build_.constant(0);
  }

  const Expression& expression_;
  ExpressionBuilder build_;
  std::vector<Scalar> forward_;
  std::vector<Scalar> made_again_;  ///< of what forward_ reads, though it be a result
  std::vector<std::optional<Scalar>> adjoints_;
};

}  // namespace

Expression gradient_of(const Expression& expression, std::span<const int> wanted,
                       std::span<const ResultOperands> results) {
  return Reverse(expression).run(wanted, results);
}

std::vector<int> stopped_operands(const Expression& expression) {
  std::vector<bool> learnt(expression.nodes.size(), false);
  for (const int id : expression.results) learnt[static_cast<size_t>(id)] = true;
  std::vector<int> stopped;
  for (size_t n = expression.nodes.size(); n-- > 0;) {
    const ScalarNode& node = expression.nodes[n];
    if (node.kind == ScalarNode::Kind::operand && !learnt[n]) stopped.push_back(node.number);
    const bool stops = node.kind == ScalarNode::Kind::call && node.function->stops_gradient;
    for (int i = 0; learnt[n] && !stops && i < node.arity(); ++i) {
      learnt[static_cast<size_t>(node.arguments[static_cast<size_t>(i)])] = true;
    }
  }
  return stopped;
}

}  // namespace weft
