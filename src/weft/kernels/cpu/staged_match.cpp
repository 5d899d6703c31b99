#include "weft/kernels/cpu/staged_match.h"

#include <algorithm>

#include "weft/expression/match.h"
#include "weft/expression/simplify.h"
#include "weft/expression/text.h"

namespace weft::kernels {

namespace {

constexpr std::string_view kConstants = "ek";

bool is_constant(char letter) { return kConstants.find(letter) != std::string_view::npos; }

int number_of(char letter) { return is_constant(letter) ? kConstantOperands + letter : letter; }

Expression parse_pattern(std::string_view text) {
  static constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
  std::vector<OperandName> names;
  for (size_t i = 0; i < kLetters.size(); ++i)
    names.push_back({kLetters.substr(i, 1), number_of(kLetters[i])});
  return simplify(parse_expression(text, names));
}

/// A letter means one thing wherever it stands.
template <class T>
bool bind(std::map<char, T>& letters, char letter, T what) {
  return letters.emplace(letter, what).first->second == what;
}

class Matcher {
 public:
  explicit Matcher(const Staged& op) : op_(op), next_(op.operands) {}

  bool matches(const StagedStep& step, const StepPattern& pattern) {
    if (step.op.results.size() != pattern.size()) return false;
    Bindings bindings = known_in(step);
    for (size_t r = 0; r < pattern.size(); ++r) {
      const bool reduced = pattern[r].rule != kNoReduction;
      if (step.op.reductions[r] != pattern[r].rule) return false;
      if (reduced && step.op.results[r] != std::vector{0}) return false;
      if (!match(pattern[r].expression, step.op.expression.nodes, step.op.expression.results[r], bindings))
        return false;
    }
    if (!take(step, bindings)) return false;
    for (const ResultPattern& result : pattern) {
      for (const char letter : result.gives) {
        if (!bind(found.values, letter, next_++)) return false;
      }
    }
    return true;
  }

  SequenceBindings found;

 private:
  /// What letters mean already, so that the order of a sum or product is not guessed.
  Bindings known_in(const StagedStep& step) const {
    Bindings bindings;
    const std::vector<ScalarNode>& nodes = step.op.expression.nodes;
    for (const auto& [letter, value] : found.values) {
      for (size_t id = 0; id < nodes.size(); ++id) {
        if (nodes[id].kind != ScalarNode::Kind::operand) continue;
        if (step.inputs[static_cast<size_t>(nodes[id].number)] != value) continue;
        bindings.emplace(number_of(letter), static_cast<int>(id));
      }
    }
    return bindings;
  }

  bool take(const StagedStep& step, const Bindings& bindings) {
    for (const auto& [number, id] : bindings) {
      const ScalarNode& node = step.op.expression.node(id);
      if (number >= kConstantOperands) {
        if (!bind(found.constants, static_cast<char>(number - kConstantOperands), node.value)) return false;
        continue;
      }
      if (node.kind != ScalarNode::Kind::operand) return false;
      const int value = step.inputs[static_cast<size_t>(node.number)];
      if (!bind(found.values, static_cast<char>(number), value)) return false;
    }
    return true;
  }

  const Staged& op_;
  int next_;
};

}  // namespace

ResultPattern::ResultPattern(std::string_view r, std::string_view text, std::string_view letters)
    : rule(r), expression(parse_pattern(text)), gives(letters) {}

std::optional<SequenceBindings> match_steps(const Staged& op, std::span<const StepPattern> patterns) {
  if (op.steps.size() != patterns.size()) return std::nullopt;
  Matcher matcher(op);
  for (size_t s = 0; s < patterns.size(); ++s) {
    if (!matcher.matches(op.steps[s], patterns[s])) return std::nullopt;
  }
  return std::move(matcher.found);
}

}  // namespace weft::kernels
