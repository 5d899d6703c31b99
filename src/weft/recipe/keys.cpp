#include "weft/recipe/keys.h"

namespace weft {

void KeyLister::add(const KeyFacts& facts, std::string expected, bool is_text, RecipeValue value) {
  if (!facts.interval.text.empty()) expected += " " + facts.interval.text;
  keys.push_back({std::string(facts.name), std::string(facts.meaning), std::move(expected), facts.is_required,
                  is_text, std::move(value), facts.is_free});
}

}  // namespace weft
