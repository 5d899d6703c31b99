#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "weft/expression/text.h"

namespace weft {

namespace {

constexpr int kPrimary = 100;  // binds closer than any operator
/// Parts deeper than this are named, so that text is never nested deeper than a parser allows.
constexpr int kDeepest = 50;

class Printer {
 public:
  explicit Printer(const Expression& expression)
      : expression_(expression), names_(expression.nodes.size()), depth_(expression.nodes.size(), 0) {
    std::vector<int> uses(expression.nodes.size(), 0);
    for (const ScalarNode& node : expression.nodes) {
      for (int i = 0; i < node.arity(); ++i)
        ++uses[static_cast<size_t>(node.arguments[static_cast<size_t>(i)])];
    }
    for (const int id : expression.results) ++uses[static_cast<size_t>(id)];
    int names = 0;
    for (size_t n = 0; n < expression.nodes.size(); ++n) {
      const ScalarNode& node = expression.nodes[n];
      for (int i = 0; i < node.arity(); ++i) {
        depth_[n] =
            std::max(depth_[n], depth_[static_cast<size_t>(node.arguments[static_cast<size_t>(i)])] + 1);
      }
      if (node.kind != ScalarNode::Kind::call || (uses[n] < 2 && depth_[n] < kDeepest)) continue;
      const std::string text = definition(static_cast<int>(n)).first;
      names_[n] = fmt::format("t{}", names++);
      lead_ += fmt::format("{} = {}; ", names_[n], text);
      depth_[n] = 0;
    }
  }

  std::string run() const {
    std::string text = lead_;
    for (size_t r = 0; r < expression_.results.size(); ++r) {
      text += (r == 0 ? "" : ", ") + part(expression_.results[r], 0);
    }
    return text;
  }

 private:
  using Text = std::pair<std::string, int>;  // and how close it binds

  std::string part(int id, int least) const {
    const std::string& name = names_[static_cast<size_t>(id)];
    if (!name.empty()) return name;
    const auto [text, precedence] = definition(id);
    return precedence < least ? "(" + text + ")" : text;
  }

  Text definition(int id) const {
    const ScalarNode& node = expression_.node(id);
    switch (node.kind) {
      case ScalarNode::Kind::operand:
        return {fmt::format("{}{}", letter_of(node.type), node.number), kPrimary};
      case ScalarNode::Kind::constant:
        return {constant_text(node), kPrimary};
      case ScalarNode::Kind::index:
        return {fmt::format("index[{}]", node.number), kPrimary};
      case ScalarNode::Kind::random: {
        std::string text = fmt::format("random[{}, {}", node.seed, node.stream);
        for (const int axis : node.axes) text += fmt::format(", {}", axis);
        return {text + "](" + part(node.arguments[0], 0) + ")", kPrimary};
      }
      case ScalarNode::Kind::call:
        return call_text(node);
    }
    return {};
  }

  static std::string constant_text(const ScalarNode& node) {
    if (node.type == ScalarType::boolean) return node.value != 0 ? "true" : "false";
    if (std::isnan(node.value)) return "nan";
    std::string text = fmt::format("{}", node.value);
    if (node.type == ScalarType::integer) return fmt::format("{:.0f}", node.value);
    if (text.find_first_of(".en") == std::string::npos) text += ".0";
    return text;
  }

  Text call_text(const ScalarNode& node) const {
    const Function& row = *node.function;
    if (row.symbol.empty()) {
      std::string text = std::string(row.name) + "(";
      for (int i = 0; i < row.arity; ++i) {
        text += (i == 0 ? "" : ", ") + part(node.arguments[static_cast<size_t>(i)], 0);
      }
      return {text + ")", kPrimary};
    }
    if (row.arity == 1) {
      // A sign before a number would be taken for the number's own.
      const bool number = expression_.node(node.arguments[0]).is_constant();
      const std::string inner = part(node.arguments[0], row.precedence + 1);
      return {std::string(row.symbol) + (number ? "(" + inner + ")" : inner), row.precedence};
    }
    // Operators are read from the left; comparisons do not follow each other.
    const bool comparison = row.signature == Signature::comparison;
    const std::string left = part(node.arguments[0], row.precedence + (comparison ? 1 : 0));
    const std::string right = part(node.arguments[1], row.precedence + 1);
    return {fmt::format("{} {} {}", left, row.symbol, right), row.precedence};
  }

  const Expression& expression_;
  std::vector<std::string> names_;
  std::vector<int> depth_;
  std::string lead_;
};

}  // namespace

std::string to_string(const Expression& expression) { return Printer(expression).run(); }

}  // namespace weft
