#include "weft/data/text/tokenizer/wordpiece.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/base/printable.h"
#include "weft/base/text_file.h"
#include "weft/base/utf8.h"
#include "weft/store/json_text.h"

namespace weft {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view kGoesOn = "##";
/// White space that stays some when a text is cleaned.
constexpr std::string_view kGaps = " \t\n\r";

/// What BERT's tokenizers are made with. Another value, where transformers knows the key, makes other tokens.
struct Fixed {
  const char* key;
  const char* value;
};
constexpr Fixed kFixed[] = {{"do_basic_tokenize", "true"},
                            {"clean_text", "true"},
                            {"never_split", "[]"},
                            {"wordpieces_prefix", "\"##\""},
                            {"max_input_chars_per_word", "100"},
                            {"do_word_tokenize", "true"},
                            {"do_subword_tokenize", "true"},
                            {"word_tokenizer_type", "\"basic\""},
                            {"subword_tokenizer_type", "\"wordpiece\""}};

/// Those of transformers that are BERT's by another name; others read a vocab.txt otherwise.
constexpr std::string_view kClasses[] = {
    "BertTokenizer",       "DistilBertTokenizer", "ElectraTokenizer",
    "MobileBertTokenizer", "ConvBertTokenizer",   "LayoutLMTokenizer",
    "LxmertTokenizer",     "MPNetTokenizer",      "SqueezeBertTokenizer"};

void expect_berts_class(const json& config, const std::string& path) {
  const json said = config.value("tokenizer_class", json());
  if (said.is_null()) return;
  std::string name = said.is_string() ? said.get<std::string>() : said.dump();
  if (name.ends_with("Fast")) name.resize(name.size() - std::string_view("Fast").size());
  if (std::ranges::find(kClasses, name) != std::end(kClasses)) return;
  user_error(
      "data.tokenizer: {}: tokenizer_class is {}, which is not known to make the tokens of BertTokenizer",
      path, printable(said.dump()));
}

void expect_no_added_tokens(const json& config, const std::string& path) {
  const json added = config.value("added_tokens_decoder", json::object());
  for (const json& token : added) {
    if (!token.is_object() || token.value("special", json()) == json(true)) continue;
    user_error("data.tokenizer: {}: adds the token {}, and WordPiece has those of vocab.txt only", path,
               printable(token.value("content", json()).dump()));
  }
}

bool is_true(const json& config, const char* key, bool usual, const std::string& path) {
  const json said = config.value(key, json());
  if (said.is_null()) return usual;
  if (!said.is_boolean())
    user_error("data.tokenizer: {}: {} is {}, expected true or false", path, key, said.dump());
  return said.get<bool>();
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

/// As the decoder of `tokenizers` cleans each token of a text.
std::string as_english(std::string text) {
  struct Rule {
    const char* what;
    const char* by;
  };
  constexpr Rule kRules[] = {{" .", "."},   {" ?", "?"},     {" !", "!"},    {" ,", ","},
                             {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},  {" do not", " don't"},
                             {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  for (const Rule& rule : kRules) replace_all(text, rule.what, rule.by);
  return text;
}

bool goes_on(char c) { return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u; }  // of UTF-8

/// Without the last character.
void shorten(std::string& text) {
  while (goes_on(text.back())) text.pop_back();
  text.pop_back();
}

}  // namespace

WordPieceSettings WordPieceSettings::of(std::string_view tokenizer_config, const std::string& path) {
  if (!is_sound_json(tokenizer_config)) user_error("data.tokenizer: {}: is no JSON", path);
  const json config = json::parse(tokenizer_config);
  if (!config.is_object()) user_error("data.tokenizer: {}: is no JSON object", path);
  expect_berts_class(config, path);
  for (const Fixed& fixed : kFixed) {
    const json said = config.value(fixed.key, json());
    if (said.is_null() || said == json::parse(fixed.value)) continue;
    user_error("data.tokenizer: {}: {} is {}, expected {}, the only value that Weft makes tokens by", path,
               fixed.key, printable(said.dump()), fixed.value);
  }
  expect_no_added_tokens(config, path);
  WordPieceSettings settings;
  settings.rules.lower_case = is_true(config, "do_lower_case", true, path);
  settings.rules.strip_accents = is_true(config, "strip_accents", settings.rules.lower_case, path);
  settings.rules.split_ideographs = is_true(config, "tokenize_chinese_chars", true, path);
  json unknown = config.value("unk_token", json());
  if (unknown.is_object()) unknown = unknown.value("content", json());
  if (unknown.is_string()) {
    settings.unknown = unknown.get<std::string>();
  } else if (!unknown.is_null()) {
    user_error("data.tokenizer: {}: unk_token is {}, expected a token", path, printable(unknown.dump()));
  }
  return settings;
}

WordPiece::WordPiece(std::string_view vocabulary, const WordPieceSettings& settings, const std::string& path)
    : name_(path), rules_(settings.rules) {
  int64_t number = 0;
  while (!vocabulary.empty()) {
    const size_t end = std::min(vocabulary.find('\n'), vocabulary.size());
    const std::string_view line = vocabulary.substr(0, end);
    vocabulary.remove_prefix(std::min(end + 1, vocabulary.size()));
    ++number;
    if (!is_utf8(line)) user_error("data.tokenizer: {}: line {} is no UTF-8", path, number);
    const std::string token(without_trailing_space(line));
    if (const auto same = ids_.find(token); same != ids_.end()) {
      user_error("data.tokenizer: {}: lines {} and {} are both \"{}\", expected another token on each", path,
                 same->second + 1, number, printable(token));
    }
    add(token);
  }
  if (ids_.empty()) user_error("data.tokenizer: {}: is empty, expected a token a line", path);
  const auto found = ids_.find(settings.unknown);
  if (found == ids_.end()) {
    user_error("data.tokenizer: {}: no line is {}, the token of unknown words", path,
               printable(settings.unknown));
  }
  unknown_ = found->second;
}

void WordPiece::add(const std::string& token) {
  ids_.emplace(token, static_cast<int32_t>(ids_.size()));
  longest_bytes_ = std::max(longest_bytes_, token.size());
  first_.push_back(as_english(token));
  following_.push_back(as_english(token.starts_with(kGoesOn) ? token.substr(kGoesOn.size()) : " " + token));
}

void WordPiece::append_tokens(const std::string& word, std::vector<int32_t>& tokens) const {
  constexpr int64_t kMostCharacters = 100;
  if (std::ssize(word) - std::ranges::count_if(word, goes_on) > kMostCharacters) {
    tokens.push_back(unknown_);
    return;
  }
  const size_t before = tokens.size();
  for (size_t at = 0; at < word.size();) {
    const size_t prefix = at > 0 ? kGoesOn.size() : 0;
    std::string piece(kGoesOn.substr(0, prefix));
    piece += word.substr(at, longest_bytes_);  // which may end within a character, as no token does
    auto found = ids_.find(piece);
    while (found == ids_.end() && piece.size() > prefix) {
      shorten(piece);
      found = ids_.find(piece);
    }
    if (piece.size() == prefix) {
      tokens.resize(before);
      tokens.push_back(unknown_);
      return;
    }
    tokens.push_back(found->second);
    at += piece.size() - prefix;
  }
}

std::vector<int32_t> WordPiece::encode_part(std::string_view part) const {
  std::vector<int32_t> tokens;
  for (const std::string& word : bert_words(part, rules_)) append_tokens(word, tokens);
  return tokens;
}

std::vector<int32_t> WordPiece::encode(std::string_view text) const {
  constexpr size_t kLongestKept = 64;
  std::unordered_map<std::string, std::vector<int32_t>> known;  // words come again and again
  std::vector<int32_t> tokens;
  const auto append = [&](const std::vector<int32_t>& more) {
    tokens.insert(tokens.end(), more.begin(), more.end());
  };
  for (size_t at = text.find_first_not_of(kGaps); at < text.size();) {
    const size_t end = std::min(text.find_first_of(kGaps, at), text.size());
    const std::string_view part = text.substr(at, end - at);
    at = text.find_first_not_of(kGaps, end);
    if (part.size() > kLongestKept) {
      append(encode_part(part));
      continue;
    }
    const auto [kept, fresh] = known.try_emplace(std::string(part));
    if (fresh) kept->second = encode_part(part);
    append(kept->second);
  }
  return tokens;
}

/// Other white space may be a control character, which is left out, and joins what is around it.
bool WordPiece::may_cut(std::string_view /*before*/, std::string_view after) const {
  return !after.empty() && kGaps.find(after.front()) != std::string_view::npos;
}

std::string WordPiece::decode(const std::vector<int32_t>& tokens) const {
  std::string text;
  bool is_first = true;
  for (const int32_t token : tokens) {
    if (token < 0 || token >= vocabulary_size()) continue;
    text += (is_first ? first_ : following_)[static_cast<size_t>(token)];
    is_first = false;
  }
  return text;
}

namespace {

/// The vocab.txt that is meant, be it there or not.
fs::path vocabulary_of(const std::string& spec) {
  std::error_code error;
  return fs::is_directory(spec, error) ? fs::path(spec) / "vocab.txt" : fs::path(spec);
}

int match_of(const std::string& spec) {
  std::error_code error;
  const fs::path file = vocabulary_of(spec);
  if (!file.filename().string().ends_with("vocab.txt") || !fs::is_regular_file(file, error)) return 0;
  return fs::is_directory(spec, error) ? 1 : 2;  // a folder may have surer files beside it, as byte pairs'
}

std::shared_ptr<const Tokenizer> open(const std::string& spec) {
  const fs::path file = vocabulary_of(spec);
  const fs::path config = file.parent_path() / "tokenizer_config.json";
  std::error_code error;
  WordPieceSettings settings;
  if (fs::is_regular_file(config, error)) {
    settings = WordPieceSettings::of(read_text(config, "tokenizer"), config.string());
  }
  return std::make_shared<WordPiece>(read_text(file, "vocabulary"), settings, file.string());
}

}  // namespace

void register_wordpiece(TokenizerRegistry& registry) {
  registry.add({"wordpiece",
                "BERT's vocab.txt, or a folder that has one",
                match_of,
                open,
                false,
                {"vocab.txt", "tokenizer_config.json"}});
}

}  // namespace weft
