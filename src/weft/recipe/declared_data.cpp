#include "weft/recipe/declared_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "weft/base/nearest_key.h"

namespace weft {

namespace {

constexpr int64_t kMost = 1'000'000'000;  ///< of a count, and of the numbers of a sample

/// Why the value is no count, or nothing.
std::string why_no_count(const std::string& key, const RecipeValue& value) {
  const int64_t* number = value.as<int64_t>();
  if (number != nullptr && *number >= 1 && *number <= kMost) return {};
  return fmt::format("{} is {}, expected an integer from 1 to 10^9", key, describe(value));
}

std::string why_no_shape(const std::string& key, const RecipeValue& value) {
  const auto* list = value.as<RecipeValue::List>();
  if (list == nullptr || list->empty()) {
    return fmt::format("{} is {}, expected a list of sizes such as [224, 224, 3]", key, describe(value));
  }
  double numbers = 1;
  for (const RecipeValue& item : *list) {
    if (std::string why = why_no_count("a size in " + key, item); !why.empty()) return why;
    numbers *= static_cast<double>(*item.as<int64_t>());
  }
  if (numbers <= static_cast<double>(kMost)) return {};
  return fmt::format("{} has {:.3g} numbers, expected at most 10^9", key, numbers);
}

/// Reads a table entry by entry; `why` says what is wrong with the first that is.
struct Reader {
  DeclaredData declared;
  std::string why;

  /// Null where the key is none of a count.
  int64_t* count_of(const std::string& key) {
    if (key == "classes") return &declared.classes;
    if (key == "vocabulary") return &declared.vocabulary;
    return key == "samples" ? &declared.samples : nullptr;
  }

  void read(const RecipeEntry& entry) {
    const std::vector<std::string> names{"sample", "classes", "target", "vocabulary", "samples"};
    if (entry.key == "sample" || entry.key == "target") {
      why = why_no_shape(entry.key, entry.value);
      if (!why.empty()) return;
      std::vector<int64_t>& shape = entry.key == "sample" ? declared.sample : declared.target;
      shape = *Conversion<std::vector<int64_t>>::from(entry.value);
    } else if (int64_t* count = count_of(entry.key)) {
      why = why_no_count(entry.key, entry.value);
      if (!why.empty()) return;
      *count = *entry.value.as<int64_t>();
    } else {
      const auto nearest = nearest_key(entry.key, names);
      why = nearest ? fmt::format("it has no {}; did you mean {}?", entry.key, *nearest)
                    : fmt::format("it has no {}, only {}", entry.key, fmt::join(names, ", "));
    }
  }
};

Reader read(const RecipeValue::Table& table) {
  Reader reader;
  for (const RecipeEntry& entry : table) {
    reader.read(entry);
    if (!reader.why.empty()) break;
  }
  return reader;
}

RecipeValue list_of(const std::vector<int64_t>& shape) { return Conversion<std::vector<int64_t>>::to(shape); }

}  // namespace

std::optional<DeclaredData> Conversion<DeclaredData>::from(const RecipeValue& value) {
  const auto* table = value.as<RecipeValue::Table>();
  if (table == nullptr) return std::nullopt;
  Reader reader = read(*table);
  return reader.why.empty() ? std::optional(std::move(reader.declared)) : std::nullopt;
}

std::string Conversion<DeclaredData>::why_not(const RecipeValue& value) {
  const auto* table = value.as<RecipeValue::Table>();
  return table == nullptr ? "" : read(*table).why;
}

RecipeValue Conversion<DeclaredData>::to(const DeclaredData& declared) {
  RecipeValue::Table table;
  if (!declared.sample.empty()) table.push_back({"sample", list_of(declared.sample)});
  if (declared.classes > 0) table.push_back({"classes", {declared.classes}});
  if (!declared.target.empty()) table.push_back({"target", list_of(declared.target)});
  if (declared.vocabulary > 0) table.push_back({"vocabulary", {declared.vocabulary}});
  if (declared.samples > 0) table.push_back({"samples", {declared.samples}});
  return {std::move(table)};
}

std::string list_text(const std::vector<int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

}  // namespace weft
