#include "weft/recipe/conversion.h"

namespace weft {

namespace {

constexpr std::array kPrecisions{DType::f32, DType::bf16, DType::f64};

}  // namespace

std::string one_of(std::span<const std::string_view> names) {
  std::string text = "one of";
  for (const std::string_view name : names) text += fmt::format(" {},", toml_quoted(name));
  text.pop_back();
  return text;
}

std::string any_of(std::span<const std::string_view> names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 < names.size() ? ", " : " or ";
    text += toml_quoted(names[i]);
  }
  return text;
}

std::string Conversion<DType>::expected() {
  std::array<std::string_view, kPrecisions.size()> names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = name_of(kPrecisions[i]);
  return one_of(names);
}

std::optional<DType> Conversion<DType>::from(const RecipeValue& value) {
  const std::string* text = value.as<std::string>();
  for (const DType dtype : kPrecisions) {
    if (text != nullptr && *text == name_of(dtype)) return dtype;
  }
  return std::nullopt;
}

}  // namespace weft
