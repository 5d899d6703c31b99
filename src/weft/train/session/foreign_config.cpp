#include "weft/train/session/foreign_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"

namespace weft {

namespace {

constexpr int kMostNested = 64;

/// "summary_*" and "*_token_id" name all that begin or end so.
bool matches(std::string_view name, std::string_view pattern) {
  if (pattern.starts_with('*')) return name.ends_with(pattern.substr(1));
  if (pattern.ends_with('*')) return name.starts_with(pattern.substr(0, pattern.size() - 1));
  return name == pattern;
}

}  // namespace

nlohmann::json parse_foreign_config(std::string_view text, const std::string& path) {
  const auto watch = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    if (depth > kMostNested) user_error("{}: is nested deeper than a configuration", path);
    return true;
  };
  nlohmann::json config = nlohmann::json::parse(text, watch, /*allow_exceptions=*/false);
  if (!config.is_object()) user_error("{}: is no JSON object", path);
  return config;
}

void compare_foreign_config(const nlohmann::json& config, const std::string& path, const ForeignWeights& form,
                            const std::function<void(const std::string&)>& complain) {
  for (const ForeignField& field : form.fields) {
    const bool is_there = config.contains(field.name);
    if (!is_there && field.absent.empty()) {
      complain(fmt::format("{}: has no {}", path, field.name));
      continue;
    }
    const nlohmann::json value = is_there ? config.at(field.name) : nlohmann::json::parse(field.absent);
    const auto is_same = [&](const std::string& text) { return nlohmann::json::parse(text) == value; };
    if (std::ranges::any_of(field.same, is_same)) continue;
    const bool can_be_set = !field.key.empty() && (value.is_number_integer() || value.is_boolean());
    const std::string cure =
        can_be_set ? fmt::format(" (--set {}={} makes it so)", field.key, value.dump()) : "";
    complain(fmt::format("{}: {} is {}{}, and the recipe's model has {}{}", path, field.name, value.dump(),
                         is_there ? "" : ", as where it is left out", field.same.front(), cure));
  }
  for (const auto& [name, value] : config.items()) {
    const auto is_this = [&, &key = name](const ForeignField& field) { return field.name == key; };
    const auto fits = [&, &key = name](const std::string& pattern) { return matches(key, pattern); };
    if (std::ranges::any_of(form.fields, is_this) || std::ranges::any_of(form.irrelevant_fields, fits))
      continue;
    complain(fmt::format("{}: {} = {} is a field that Weft does not know", path, name, value.dump()));
  }
}

}  // namespace weft
