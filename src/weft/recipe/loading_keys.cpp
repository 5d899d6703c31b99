#include "weft/recipe/loading_keys.h"

#include "weft/recipe/recipe.h"

namespace weft {

namespace {

/// The entries of a list of tables with two keys each; nothing where `value` is none.
std::optional<std::vector<const RecipeValue::Table*>> pairs_in(const RecipeValue& value) {
  const auto* list = value.as<RecipeValue::List>();
  if (list == nullptr) return std::nullopt;
  std::vector<const RecipeValue::Table*> tables;
  for (const RecipeValue& item : *list) {
    tables.push_back(item.as<RecipeValue::Table>());
    if (tables.back() == nullptr || tables.back()->size() != 2) return std::nullopt;
  }
  return tables;
}

const RecipeValue* entry(const RecipeValue::Table& table, std::string_view key) {
  for (const RecipeEntry& each : table) {
    if (each.key == key) return &each.value;
  }
  return nullptr;
}

const std::string* text_in(const RecipeValue::Table& table, std::string_view key) {
  const RecipeValue* value = entry(table, key);
  return value == nullptr ? nullptr : value->as<std::string>();
}

Complaint sampler_and_weights(const DataSection& data) {
  const LoadingKeys& loading = data.loading;
  const bool weighted = loading.sampler == SamplerKind::weighted;
  if (weighted && loading.weights.empty()) {
    return RecipeComplaint{"data.sampler", "data.sampler = \"weighted\" needs data.weights, a file"};
  }
  if (!weighted && !loading.weights.empty()) {
    return RecipeComplaint{"data.weights", "data.weights needs data.sampler = \"weighted\""};
  }
  if (loading.sampler != SamplerKind::uniform && !data.shuffle) {
    return RecipeComplaint{"data.sampler", "data.sampler draws samples at random, and data.shuffle is false"};
  }
  return std::nullopt;
}

Complaint mixture(const DataSection& data) {
  const LoadingKeys& loading = data.loading;
  if (loading.mix.empty()) return std::nullopt;
  if (loading.sampler != SamplerKind::uniform || !data.shuffle) {
    return RecipeComplaint{"data.mix",
                           "data.mix says itself how often samples come: it goes with data.sampler = "
                           "\"uniform\" and data.shuffle = true"};
  }
  if (!loading.checksums.empty()) {
    return RecipeComplaint{"data.mix", "data.checksums is of one data set, and data.mix names more"};
  }
  return std::nullopt;
}

Complaint cache_paths(const DataSection& data) {
  for (const CacheDirectory& cache : data.loading.cache) {
    if (cache.path.empty()) return RecipeComplaint{"data.cache", "data.cache has an empty path"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<ByteSize> Conversion<ByteSize>::from(const RecipeValue& value) {
  const std::string* text = value.as<std::string>();
  return text == nullptr ? std::nullopt : ByteSize::parse(*text);
}

std::string Conversion<ByteSize>::why_not(const RecipeValue& value) {
  const std::string* text = value.as<std::string>();
  return text == nullptr ? "" : not_a_size(*text);
}

std::optional<std::vector<CacheDirectory>> Conversion<std::vector<CacheDirectory>>::from(
    const RecipeValue& value) {
  const auto tables = pairs_in(value);
  if (!tables) return std::nullopt;
  std::vector<CacheDirectory> directories;
  for (const RecipeValue::Table* table : *tables) {
    const std::string* path = text_in(*table, "path");
    const std::string* size = text_in(*table, "size");
    const std::optional<ByteSize> bytes = size == nullptr ? std::nullopt : ByteSize::parse(*size);
    if (path == nullptr || !bytes || bytes->empty()) return std::nullopt;
    directories.push_back({*path, *bytes});
  }
  return directories;
}

std::string Conversion<std::vector<CacheDirectory>>::why_not(const RecipeValue& value) {
  for (const RecipeValue::Table* table : pairs_in(value).value_or(std::vector<const RecipeValue::Table*>())) {
    const std::string* size = text_in(*table, "size");
    if (size != nullptr && (size->empty() || !ByteSize::parse(*size))) return not_a_size(*size);
  }
  return "";
}

RecipeValue Conversion<std::vector<CacheDirectory>>::to(const std::vector<CacheDirectory>& directories) {
  RecipeValue::List list;
  for (const CacheDirectory& directory : directories) {
    list.push_back({RecipeValue::Table{{"path", {directory.path}}, {"size", {directory.size.text()}}}});
  }
  return {std::move(list)};
}

constexpr double kMostShare = 1000;

std::optional<std::vector<MixedSet>> Conversion<std::vector<MixedSet>>::from(const RecipeValue& value) {
  const auto tables = pairs_in(value);
  if (!tables) return std::nullopt;
  std::vector<MixedSet> sets;
  for (const RecipeValue::Table* table : *tables) {
    const std::string* path = text_in(*table, "path");
    const RecipeValue* number = entry(*table, "share");
    const std::optional<double> share = number == nullptr ? std::nullopt : Conversion<double>::from(*number);
    if (path == nullptr || path->empty() || !(share.value_or(0) > 0 && *share <= kMostShare))
      return std::nullopt;
    sets.push_back({*path, *share});
  }
  return sets;
}

RecipeValue Conversion<std::vector<MixedSet>>::to(const std::vector<MixedSet>& sets) {
  RecipeValue::List list;
  for (const MixedSet& set : sets) {
    list.push_back({RecipeValue::Table{{"path", {set.path}}, {"share", {set.share}}}});
  }
  return {std::move(list)};
}

std::string first_changed(const LoadingKeys& loading) {
  KeyLister usual;
  KeyLister given;
  const LoadingKeys defaults;
  LoadingKeys asked = loading;
  asked.machine = {};  // plans are priced by it, however data are loaded
  LoadingKeys::visit(usual, defaults);
  LoadingKeys::visit(given, asked);
  for (size_t i = 0; i < given.keys.size(); ++i) {
    if (toml_text(given.keys[i].initial) != toml_text(usual.keys[i].initial)) return given.keys[i].name;
  }
  return "";
}

Complaint check_loading(const Recipe& recipe) {
  for (const auto rule : {cache_paths, sampler_and_weights, mixture}) {
    if (Complaint complaint = rule(recipe.data)) return complaint;
  }
  return std::nullopt;
}

}  // namespace weft
