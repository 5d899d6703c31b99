#include "weft/train/session/foreign_additions.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "weft/base/printable.h"
#include "weft/base/text_file.h"
#include "weft/data/text/tokenizer.h"

namespace weft {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Nothing where the file is not there or is no JSON object: then transformers cannot read it either.
std::optional<json> read_json(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return std::nullopt;
  json read = json::parse(read_text(file, "tokenizer"), nullptr, false);
  if (!read.is_object()) return std::nullopt;
  return read;
}

struct AddedToken {
  std::string token;
  int64_t id = 0;
};
using AddedTokens = std::vector<AddedToken>;

bool is_special(const json& token) { return token.value("special", json()) == json(true); }

AddedToken token_of(const json& content, const json& id) {
  return {content.is_string() ? content.get<std::string>() : content.dump(),
          id.is_number_integer() ? id.get<int64_t>() : -1};
}

/// {"<pad>": 50257}
AddedTokens in_added_tokens(const json& file) {
  AddedTokens added;
  for (const auto& [token, id] : file.items()) added.push_back(token_of(token, id));
  return added;
}

/// {"added_tokens_decoder": {"50257": {"content": "<pad>", "special": true, …}}}
AddedTokens in_config(const json& file) {
  AddedTokens added;
  const json tokens = file.value("added_tokens_decoder", json::object());
  for (const auto& [id, token] : tokens.items()) {
    if (token.is_object() && !is_special(token))
      added.push_back(token_of(token.value("content", json()), json::parse(id, nullptr, false)));
  }
  return added;
}

/// {"added_tokens": [{"id": 50257, "content": "<pad>", "special": true, …}]}
AddedTokens in_tokenizer(const json& file) {
  AddedTokens added;
  const json tokens = file.value("added_tokens", json::array());
  for (const json& token : tokens) {
    if (token.is_object() && !is_special(token))
      added.push_back(token_of(token.value("content", json()), token.value("id", json())));
  }
  return added;
}

/// {"pad_token": "<pad>", "eos_token": {"content": "</s>", …}, "additional_special_tokens": ["<sep>"]}
std::set<std::string> special_tokens(const fs::path& folder) {
  const json file = read_json(folder / "special_tokens_map.json").value_or(json::object());
  std::set<std::string> names;
  const auto add = [&](const json& token) {
    const json name = token.is_object() ? token.value("content", json()) : token;
    if (name.is_string()) names.insert(name.get<std::string>());
  };
  for (const json& one : file) {
    for (const json& each : one.is_array() ? one : json::array({one})) add(each);
  }
  return names;
}

/// Whether the recipe's tokenizer has a token of this number; byte pairs also say which it is.
class Known {
 public:
  explicit Known(const fs::path& tokenizer)
      : tokenizer_(tokenizer), vocabulary_(read_json(tokenizer / "vocab.json")) {}

  bool has(const AddedToken& added) {
    if (vocabulary_) return vocabulary_->value(added.token, json()) == json(added.id);
    if (size_ < 0) size_ = make_tokenizer(tokenizer_.string())->vocabulary_size();
    return added.id >= 0 && added.id < size_;
  }

 private:
  fs::path tokenizer_;
  std::optional<json> vocabulary_;  ///< of byte pairs
  int64_t size_ = -1;               ///< -1: not asked for yet
};

}  // namespace

std::optional<std::string> foreign_additions(const fs::path& folder, const fs::path& tokenizer) {
  Known known(tokenizer);
  const std::set<std::string> special = special_tokens(folder);
  const std::pair<const char*, AddedTokens (*)(const json&)> files[] = {
      {"added_tokens.json", in_added_tokens},
      {"tokenizer_config.json", in_config},
      {"tokenizer.json", in_tokenizer}};
  for (const auto& [name, tokens_in] : files) {
    for (const AddedToken& added : tokens_in(read_json(folder / name).value_or(json::object()))) {
      if (special.contains(added.token) || known.has(added)) continue;
      return fmt::format("{}: adds the token \"{}\" as {}, which the recipe's tokenizer does not have",
                         (folder / name).string(), printable(added.token), added.id);
    }
  }
  const json config = read_json(folder / "tokenizer_config.json").value_or(json::object());
  for (const char* key : {"add_prefix_space", "add_bos_token", "add_eos_token"}) {
    if (config.value(key, json()) != json(true)) continue;
    return fmt::format("{}: {} is true, and the recipe's tokenizer adds nothing to a text",
                       (folder / "tokenizer_config.json").string(), key);
  }
  return std::nullopt;
}

}  // namespace weft
