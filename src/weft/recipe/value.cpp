#include "weft/recipe/value.h"

#include <fmt/format.h>

#include <type_traits>

namespace weft {
namespace {

constexpr size_t kQuotedBytes = 60;

/// TOML tells floats from integers by their spelling: 1 must be written 1.0.
std::string float_text(double number) {
  std::string text = fmt::format("{}", number);
  if (text.find_first_of(".eni") == std::string::npos) text += ".0";
  return text;
}

std::string list_text(const RecipeValue::List& list) {
  std::string text = "[";
  for (const RecipeValue& item : list) {
    if (text.size() > 1) text += ", ";
    text += toml_text(item);
  }
  return text + "]";
}

std::string table_text(const RecipeValue::Table& table) {
  std::string text = "{";
  for (const RecipeEntry& entry : table) {
    text += fmt::format("{}{} = {}", text.size() > 1 ? ", " : "", entry.key, toml_text(entry.value));
  }
  return text + "}";
}

}  // namespace

std::string cut_short(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0u) == 0x80u) --bytes;
  return std::string(text.substr(0, bytes)) + "...";
}

std::string toml_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      quoted += '\\';
      quoted += character;
    } else if (character == '\n') {
      quoted += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted += fmt::format("\\u{:04X}", byte);
    } else {
      quoted += character;
    }
  }
  return quoted + "\"";
}

std::string describe(const RecipeValue& value) {
  if (const auto* text = value.as<std::string>())
    return fmt::format("the string {}", toml_quoted(cut_short(*text, kQuotedBytes)));
  if (value.as<RecipeValue::List>() != nullptr)
    return fmt::format("the list {}", cut_short(toml_text(value), kQuotedBytes));
  if (value.as<RecipeValue::Table>() != nullptr) return "a table";
  if (const auto* foreign = value.as<ForeignValue>()) return foreign->name;
  return toml_text(value);
}

std::string toml_text(const RecipeValue& value) {
  return std::visit(
      [](const auto& held) -> std::string {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, bool>) return held ? "true" : "false";
        if constexpr (std::is_same_v<Held, int64_t>) return fmt::format("{}", held);
        if constexpr (std::is_same_v<Held, double>) return float_text(held);
        if constexpr (std::is_same_v<Held, std::string>) return toml_quoted(held);
        if constexpr (std::is_same_v<Held, RecipeValue::List>) return list_text(held);
        if constexpr (std::is_same_v<Held, RecipeValue::Table>) return table_text(held);
        if constexpr (std::is_same_v<Held, ForeignValue>) return held.name;
      },
      value.held);
}

}  // namespace weft
