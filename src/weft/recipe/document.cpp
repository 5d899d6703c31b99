#include "weft/recipe/document.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "weft/base/check.h"
#include "weft/base/utf8.h"
#include "weft/toml/parse_toml.h"

namespace weft {
namespace {

constexpr size_t kWhereBytes = 80;

std::string key_part(std::string_view part) {
  const bool bare = !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return bare ? std::string(part) : toml_quoted(cut_short(part, kWhereBytes));
}

RecipeValue value_of(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return {flag->get()};
  if (const auto* integer = node.as_integer()) return {integer->get()};
  if (const auto* number = node.as_floating_point()) return {number->get()};
  if (const auto* text = node.as_string()) return {text->get()};
  if (const auto* table = node.as_table()) {
    RecipeValue::Table entries;
    for (const auto& [key, value] : *table) {
      entries.push_back({key_part(std::string_view(key)), value_of(value)});
    }
    return {std::move(entries)};
  }
  const auto* array = node.as_array();
  if (array == nullptr) return {ForeignValue{"a date or time"}};
  RecipeValue::List list;
  for (const toml::node& item : *array) list.push_back(value_of(item));
  return {std::move(list)};
}

/// An assignment with its position, by which the sorted tables of the library are put back in order.
struct Placed {
  toml::source_position position;
  RecipeAssignment assignment;
};

std::string where_of(std::string_view source_name, const toml::node& node) {
  return fmt::format("{}:{}", source_name, node.source().begin.line);
}

std::string trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

/// Nothing where the text is not exactly one TOML value ("1\nb = 2" would be two).
std::optional<RecipeValue> toml_value(const std::string& text) {
  const std::optional<toml::table> table = parse_toml_if_sound("value = " + text);
  if (!table || table->size() != 1) return std::nullopt;
  return value_of(*table->get("value"));
}

}  // namespace

RecipeDocument read_toml(std::string_view text, std::string_view source_name) {
  const toml::table table = parse_toml(text, source_name);
  RecipeDocument document;
  std::vector<Placed> placed;
  const auto place = [&](std::string key, const toml::node& node) {
    placed.push_back({node.source().begin,
                      {std::move(key), value_of(node), where_of(source_name, node), /*raw=*/"", false}});
  };
  for (const auto& [name, node] : table) {
    const std::string section = key_part(std::string_view(name));
    const toml::table* keys = node.as_table();
    if (keys == nullptr) {
      place(section, node);
      continue;
    }
    document.sections.push_back({section, where_of(source_name, node)});
    for (const auto& [key, value] : *keys) place(section + "." + key_part(std::string_view(key)), value);
  }
  std::stable_sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
    return std::tie(a.position.line, a.position.column) < std::tie(b.position.line, b.position.column);
  });
  for (Placed& item : placed) document.assignments.push_back(std::move(item.assignment));
  return document;
}

RecipeAssignment read_override(const std::string& text) {
  const std::string where = "--set " + cut_short(text, kWhereBytes);
  const size_t equals = text.find('=');
  const std::string key = trimmed(text.substr(0, equals));
  if (equals == std::string::npos || key.empty()) {
    user_error("{}: expected section.key=value", where);
  }
  const std::string raw = trimmed(text.substr(equals + 1));
  std::optional<RecipeValue> value = toml_value(raw);
  if (!value && !is_utf8(raw)) user_error("{}: the value of {} is not UTF-8 text", where, key);
  if (!value) value = RecipeValue{raw};
  return {key, std::move(*value), where, raw, /*is_override=*/true};
}

}  // namespace weft
