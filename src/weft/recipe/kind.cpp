#include "weft/recipe/kind.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

bool Kind::has(std::string_view key) const {
  return std::ranges::any_of(keys(), [&](const KeyInfo& info) { return info.name == key; });
}

RecipeValue Kind::get(std::string_view key) const {
  for (KeyInfo& info : keys()) {
    if (info.name == key) return std::move(info.initial);
  }
  internal_error(__FILE__, __LINE__, "{} has no key {}", name(), key);
}

bool equal(const Kind* a, const Kind* b) {
  if (a == nullptr || b == nullptr || a == b) return a == b;
  return a->name() == b->name() &&
         std::ranges::equal(a->keys(), b->keys(), [](const KeyInfo& x, const KeyInfo& y) {
           return x.name == y.name && toml_text(x.initial) == toml_text(y.initial);
         });
}

}  // namespace weft
