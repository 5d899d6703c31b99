// Any bytes are a recipe or a UserError, and what was read prints and reads back equal.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weft/base/check.h"
#include "weft/train/session/load_recipe.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  // The text ends at the first zero byte; each piece after it is an override.
  std::string_view rest(reinterpret_cast<const char*>(bytes), count);
  const std::string text(rest.substr(0, rest.find('\0')));
  std::vector<std::string> overrides;
  for (size_t zero = rest.find('\0'); zero != std::string_view::npos; zero = rest.find('\0')) {
    rest.remove_prefix(zero + 1);
    overrides.emplace_back(rest.substr(0, rest.find('\0')));
  }
  try {
    const weft::Recipe recipe = weft::parse_recipe(text, "fuzz.toml", overrides);
    WEFT_CHECK(weft::parse_recipe(weft::to_toml(recipe), "printed.toml") == recipe,
               "printing lost something");
  } catch (const weft::UserError&) {
    return 0;
  }
  return 0;
}
