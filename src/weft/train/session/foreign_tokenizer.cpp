#include "weft/train/session/foreign_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "weft/base/check.h"
#include "weft/base/text_file.h"
#include "weft/data/text/tokenizer.h"
#include "weft/datasets/data_kind.h"
#include "weft/train/session/foreign_additions.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

/// The lines that mean something: neither empty, nor the version, nor how the lines end.
std::vector<std::string_view> merges_in(std::string_view text) {
  std::vector<std::string_view> lines;
  for (bool is_first = true; !text.empty(); is_first = false) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && !(is_first && line.starts_with("#version"))) lines.push_back(line);
  }
  return lines;
}

/// Files that say the same may be written otherwise: transformers sorts a vocabulary that it saves.
bool say_the_same(const fs::path& name, const std::string& mine, const std::string& theirs) {
  if (mine == theirs) return true;
  if (name == "merges.txt") return merges_in(mine) == merges_in(theirs);
  if (name.extension() != ".json") return false;
  const auto parsed = [](const std::string& text) { return nlohmann::json::parse(text, nullptr, false); };
  const nlohmann::json one = parsed(mine);
  return !one.is_discarded() && one == parsed(theirs);
}

/// vocab.json and merges.txt as a tokenizer.json has them.
bool has_the_byte_pairs(const std::string& tokenizer_json, const fs::path& folder) {
  const nlohmann::json json = nlohmann::json::parse(tokenizer_json, nullptr, false);
  if (!json.is_object() || !json.contains("model") || !json["model"].is_object()) return false;
  const nlohmann::json& model = json["model"];
  if (!model.contains("vocab") || !model.contains("merges") || !model["merges"].is_array()) return false;
  std::string merges;
  for (const nlohmann::json& pair : model["merges"]) {
    const bool is_text = pair.is_string();
    if (!is_text && !(pair.is_array() && pair.size() == 2 && pair[0].is_string() && pair[1].is_string()))
      return false;
    merges +=
        is_text ? pair.get<std::string>() : pair[0].get<std::string>() + " " + pair[1].get<std::string>();
    merges += "\n";
  }
  return say_the_same("vocab.json", read_text(folder / "vocab.json", "vocabulary"), model["vocab"].dump()) &&
         say_the_same("merges.txt", read_text(folder / "merges.txt", "list of merges"), merges);
}

bool is_the_recipes(const std::optional<fs::path>& tokenizer, const fs::path& theirs) {
  if (!tokenizer) return false;
  // Of which settings beside it make one tokenizer or another.
  if (theirs.filename() == "vocab.txt") {
    return fingerprint(*make_tokenizer(tokenizer->string())) == fingerprint(*make_tokenizer(theirs.string()));
  }
  std::error_code error;
  const bool is_folder = fs::is_directory(*tokenizer, error);
  const fs::path mine = is_folder ? *tokenizer / theirs.filename() : *tokenizer;
  const std::string text = read_text(theirs, "tokenizer");
  if (fs::is_regular_file(mine, error))
    return say_the_same(theirs.filename(), read_text(mine, "tokenizer"), text);
  return theirs.filename() == "tokenizer.json" && fs::is_regular_file(*tokenizer / "vocab.json", error) &&
         fs::is_regular_file(*tokenizer / "merges.txt", error) && has_the_byte_pairs(text, *tokenizer);
}

/// What makes it the recipe's tokenizer.
std::string cure_of(const fs::path& file) {
  if (file.filename() == "tokenizer.model") return "--set data.tokenizer=" + file.string();
  std::string folder = "--set data.tokenizer=" + file.parent_path().string();
  if (file.filename() != "tokenizer.json") return folder;
  return folder +
         " after tokenizer.backend_tokenizer.model.save(FOLDER), which writes vocab.json and merges.txt";
}

/// The forms in which a folder may have it; where it has several, they are of one tokenizer.
const std::vector<std::vector<const char*>>& forms() {
  static const std::vector<std::vector<const char*>> forms{
      {"vocab.json", "merges.txt"}, {"tokenizer.model"}, {"vocab.txt"}, {"tokenizer.json"}};
  return forms;
}

std::optional<fs::path> tokenizer_of(const Recipe& recipe) {
  std::optional<fs::path> tokenizer;
  for (const DataKind::KeptFile& kept : recipe.data.kind->files_to_keep())
    if (kept.key == "data.tokenizer") tokenizer = kept.path;
  return tokenizer;
}

}  // namespace

void compare_foreign_tokenizer(const Recipe& recipe, const fs::path& folder,
                               const std::function<void(const std::string&)>& complain) {
  const std::optional<fs::path> tokenizer = tokenizer_of(recipe);
  for (const auto& names : forms()) {
    bool has_form = false;
    for (const char* name : names) {
      const fs::path file = folder / name;
      std::error_code error;
      if (!fs::is_regular_file(file, error)) continue;
      has_form = true;
      if (is_the_recipes(tokenizer, file)) continue;
      return complain(
          fmt::format("{}: is not of the recipe's tokenizer, so every token would mean another (cure: {})",
                      file.string(), cure_of(file)));
    }
    if (!has_form) continue;
    if (const auto added = foreign_additions(folder, *tokenizer))
      complain(*added + ", so some texts would become other tokens");
    return;
  }
}

void expect_no_other_tokenizer(const Recipe& recipe, const fs::path& folder,
                               const std::vector<std::string>& replaced) {
  const std::optional<fs::path> tokenizer = tokenizer_of(recipe);
  for (const auto& names : forms()) {
    for (const std::string name : names) {
      std::error_code error;
      if (std::ranges::find(replaced, name) != replaced.end()) continue;
      if (!fs::is_regular_file(folder / name, error) || is_the_recipes(tokenizer, folder / name)) continue;
      user_error(
          "--to {}: its {} is not of the recipe's tokenizer, so transformers would read the exported weights "
          "with another; remove it, or export to another folder",
          folder.string(), name);
    }
  }
  if (replaced.empty()) return;
  if (const auto added = foreign_additions(folder, *tokenizer)) {
    user_error(
        "--to {}: {}, so transformers would read texts otherwise; remove the file, or export to another "
        "folder",
        folder.string(), *added);
  }
}

}  // namespace weft
