#include "weft/expression/match.h"

namespace weft {

namespace {

class Matcher {
 public:
  Matcher(const Expression& pattern, std::span<const ScalarNode> subject, const MayBind& may_bind)
      : pattern_(pattern), subject_(subject), may_bind_(may_bind) {}

  bool matches(int p, int s, Bindings& bindings) const {
    const ScalarNode& wanted = pattern_.node(p);
    const ScalarNode& got = subject_[static_cast<size_t>(s)];
    if (wanted.type != got.type) return false;
    switch (wanted.kind) {
      case ScalarNode::Kind::operand:
        if (wanted.number >= kConstantOperands && !got.is_constant()) return false;
        if (may_bind_ && !may_bind_(wanted.number, s)) return false;
        return bindings.emplace(wanted.number, s).first->second == s;
      case ScalarNode::Kind::constant:
        return got.is_constant() && got.value == wanted.value;
      case ScalarNode::Kind::index:
        return got.kind == wanted.kind && bindings.emplace(kIndexBinding, s).first->second == s;
      case ScalarNode::Kind::random:
        return got.kind == wanted.kind && bindings.emplace(kRandomBinding, s).first->second == s;
      case ScalarNode::Kind::call:
        break;
    }
    if (got.kind != wanted.kind || got.function != wanted.function) return false;
    if (arguments_match(wanted, got, {0, 1, 2}, bindings)) return true;
    return wanted.function->commutative && arguments_match(wanted, got, {1, 0, 2}, bindings);
  }

 private:
  bool arguments_match(const ScalarNode& wanted, const ScalarNode& got, std::array<size_t, 3> order,
                       Bindings& bindings) const {
    Bindings tried = bindings;
    for (int i = 0; i < wanted.arity(); ++i) {
      const auto at = static_cast<size_t>(i);
      if (!matches(wanted.arguments[at], got.arguments[order[at]], tried)) return false;
    }
    bindings = std::move(tried);
    return true;
  }

  const Expression& pattern_;
  std::span<const ScalarNode> subject_;
  const MayBind& may_bind_;
};

}  // namespace

bool match(const Expression& pattern, std::span<const ScalarNode> subject, int at, Bindings& bindings) {
  return Matcher(pattern, subject, {}).matches(pattern.results[0], at, bindings);
}

bool match(const Expression& pattern, const Expression& subject, Bindings& bindings,
           const MayBind& may_bind) {
  if (pattern.results.size() != subject.results.size()) return false;
  const Matcher matcher(pattern, subject.nodes, may_bind);
  for (size_t r = 0; r < pattern.results.size(); ++r) {
    if (!matcher.matches(pattern.results[r], subject.results[r], bindings)) return false;
  }
  return true;
}

}  // namespace weft
