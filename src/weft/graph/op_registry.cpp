#include "weft/graph/op_registry.h"

#include "weft/base/check.h"

namespace weft {

void OpRegistry::add(OpPtr prototype) {
  std::string name(prototype->name());
  WEFT_CHECK(prototypes_.emplace(name, std::move(prototype)).second, "two ops named {}", name);
}

void OpRegistry::add_cases(std::string_view op, DrawCase cases) {
  cases_[std::string(op)].push_back(std::move(cases));
}

std::vector<std::string> OpRegistry::ops_with_cases() const {
  std::vector<std::string> names;
  for (const auto& [name, cases] : cases_) {
    WEFT_CHECK(prototypes_.contains(name), "cases of {}, which is no op", name);
    names.push_back(name);
  }
  return names;
}

OpCase OpRegistry::draw_case(std::string_view op, CaseRandom& random) const {
  const auto found = cases_.find(op);
  WEFT_CHECK(found != cases_.end(), "no cases of the op {}", op);
  const std::vector<DrawCase>& cases = found->second;
  // An op with one source of cases draws nothing for the choice.
  if (cases.size() == 1) return cases.front()(random);
  return cases[static_cast<size_t>(random.between(0, std::ssize(cases) - 1))](random);
}

}  // namespace weft
