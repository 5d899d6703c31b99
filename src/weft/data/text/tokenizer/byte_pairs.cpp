#define PCRE2_CODE_UNIT_WIDTH 8
#include "weft/data/text/tokenizer/byte_pairs.h"

#include <pcre2.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <queue>

#include "weft/base/check.h"
#include "weft/base/text_file.h"
#include "weft/base/utf8.h"
#include "weft/store/json_text.h"

namespace weft {

namespace {

/// How GPT-2 cuts text: contractions, words, numbers and signs, each with a space before it, then white space
/// of which the last stays with what follows. White space is Unicode's, of which PCRE's class has one letter
/// more.
constexpr std::string_view kPieces =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\t-\r\x{85}\p{Z}\p{L}\p{N}]+)"
    R"(|[\t-\r\x{85}\p{Z}]+(?![^\t-\r\x{85}\p{Z}])|[\t-\r\x{85}\p{Z}]+)";

/// GPT-2 writes bytes as letters: those that can be seen as themselves, the others as the letters from U+0100
/// on.
std::array<char32_t, 256> letters_of_bytes() {
  std::array<char32_t, 256> letters{};
  char32_t next = 256;
  for (size_t byte = 0; byte < 256; ++byte) {
    const bool seen = (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    letters[byte] = seen ? static_cast<char32_t>(byte) : next++;
  }
  return letters;
}

/// The next letter of UTF-8 that is sound, as JSON's parser has made sure.
char32_t next_letter(std::string_view text, size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  const int more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  char32_t letter = more == 0 ? first : first & (0x3fu >> more);
  for (int i = 0; i < more && at < text.size(); ++i) {
    letter = (letter << 6) | (static_cast<unsigned char>(text[at++]) & 0x3fu);
  }
  return letter;
}

/// The bytes that a token written in letters stands for; nothing where a letter is none of a byte.
std::optional<std::string> bytes_of_letters(std::string_view letters) {
  static const std::unordered_map<char32_t, char> kBytes = [] {
    std::unordered_map<char32_t, char> bytes;
    const auto all = letters_of_bytes();
    for (size_t byte = 0; byte < all.size(); ++byte) bytes.emplace(all[byte], static_cast<char>(byte));
    return bytes;
  }();
  std::string made;
  for (size_t at = 0; at < letters.size();) {
    const auto found = kBytes.find(next_letter(letters, at));
    if (found == kBytes.end()) return std::nullopt;
    made += found->second;
  }
  return made;
}

uint64_t key_of(int32_t left, int32_t right) {
  return (static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32) | static_cast<uint32_t>(right);
}

}  // namespace

bool is_match(int pcre_result) {
  if (pcre_result >= 0) return true;
  if (pcre_result == PCRE2_ERROR_NOMATCH) return false;
  std::array<PCRE2_UCHAR, 256> why{};
  pcre2_get_error_message(pcre_result, why.data(), why.size());
  user_error("data.tokenizer: the text cannot be cut into words: {}",
             reinterpret_cast<const char*>(why.data()));
}

struct BytePairs::Pattern {
  pcre2_code* code = nullptr;
  Pattern() {
    int error = 0;
    size_t at = 0;
    code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(kPieces.data()), kPieces.size(), PCRE2_UTF | PCRE2_UCP,
                         &error, &at, nullptr);
    WEFT_CHECK(code != nullptr, "GPT-2's pattern does not compile: error {} at {}", error, at);
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // slower without, and right
  }
  ~Pattern() { pcre2_code_free(code); }
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
};

BytePairs::BytePairs(std::string_view vocabulary, std::string_view merges, const std::string& source)
    : pattern_(std::make_unique<Pattern>()) {
  read_vocabulary(vocabulary, source);
  read_merges(merges, source);
}
BytePairs::~BytePairs() = default;

void BytePairs::read_vocabulary(std::string_view text, const std::string& source) {
  constexpr int64_t kMostIds = 10'000'000;
  if (!is_sound_json(text)) user_error("{}: vocab.json is no JSON", source);
  const nlohmann::json json = nlohmann::json::parse(text);
  if (!json.is_object() || json.empty()) user_error("{}: vocab.json has no tokens", source);
  for (const auto& [letters, value] : json.items()) {
    if (!value.is_number_integer() || value < 0 || value >= kMostIds) {
      user_error("{}: vocab.json gives the token \"{}\" the id {}, expected an integer from 0 on", source,
                 letters, value.dump());
    }
    const auto id = value.get<int32_t>();
    // Tokens such as <|endoftext|> are no bytes of a text, except as they are spelt.
    const std::string bytes = bytes_of_letters(letters).value_or(letters);
    if (std::ssize(bytes_of_) <= id) bytes_of_.resize(static_cast<size_t>(id) + 1);
    if (!bytes_of_[static_cast<size_t>(id)].empty()) {
      user_error("{}: vocab.json gives two tokens the id {}", source, id);
    }
    bytes_of_[static_cast<size_t>(id)] = bytes;
    ids_.emplace(bytes, id);
  }
  for (size_t byte = 0; byte < 256; ++byte) {
    const auto found = ids_.find(std::string(1, static_cast<char>(byte)));
    if (found == ids_.end()) user_error("{}: vocab.json has no token for the byte {}", source, byte);
    of_byte_[byte] = found->second;
  }
}

int32_t BytePairs::id_of(const std::string& letters) const {
  const auto bytes = bytes_of_letters(letters);
  const auto found = bytes ? ids_.find(*bytes) : ids_.end();
  return found == ids_.end() ? -1 : found->second;
}

void BytePairs::read_merges(std::string_view text, const std::string& source) {
  int32_t rank = 0;
  int64_t number = 0;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || (number == 1 && line.starts_with("#version"))) continue;
    const size_t space = line.find(' ');
    const std::string left(line.substr(0, space));
    const std::string right(space == std::string_view::npos ? std::string_view() : line.substr(space + 1));
    const int32_t a = id_of(left);
    const int32_t b = id_of(right);
    const int32_t made = id_of(left + right);
    if (right.empty() || a < 0 || b < 0 || made < 0) {
      user_error("{}: line {} of merges.txt joins no two tokens of vocab.json to a third", source, number);
    }
    merges_.emplace(key_of(a, b), Merge{rank++, made});
  }
}

const BytePairs::Merge* BytePairs::merge_of(int32_t left, int32_t right) const {
  const auto found = merges_.find(key_of(left, right));
  return found == merges_.end() ? nullptr : &found->second;
}

/// Joins the pair of the least rank, the first where several are, until none can be joined: n log n.
std::vector<int32_t> BytePairs::encode_piece(std::string_view piece) const {
  struct Part {
    int32_t id;
    int64_t before, after;  ///< -1: none
  };
  struct Pair {
    int32_t rank;
    int64_t at;
    int32_t left, right;  ///< ids when it was found: a part may have grown since
    bool operator>(const Pair& other) const { return std::pair(rank, at) > std::pair(other.rank, other.at); }
  };
  std::vector<Part> parts;
  std::priority_queue<Pair, std::vector<Pair>, std::greater<>> pairs;
  const auto count = std::ssize(piece);
  for (int64_t i = 0; i < count; ++i) {
    const auto byte = static_cast<unsigned char>(piece[static_cast<size_t>(i)]);
    parts.push_back({of_byte_[byte], i - 1, i + 1 < count ? i + 1 : -1});
  }
  const auto part = [&](int64_t i) -> Part& { return parts[static_cast<size_t>(i)]; };
  const auto look = [&](int64_t at) {
    if (at < 0 || part(at).after < 0) return;
    const int32_t right = part(part(at).after).id;
    if (const Merge* merge = merge_of(part(at).id, right)) pairs.push({merge->rank, at, part(at).id, right});
  };
  for (int64_t i = 0; i < count; ++i) look(i);
  while (!pairs.empty()) {
    const Pair best = pairs.top();
    pairs.pop();
    Part& left = part(best.at);
    if (left.id != best.left || left.after < 0 || part(left.after).id != best.right) continue;
    Part& right = part(left.after);
    left.id = merge_of(best.left, best.right)->made;
    left.after = right.after;
    right.id = -1;  // joined to the left
    if (left.after >= 0) part(left.after).before = best.at;
    look(left.before);
    look(best.at);
  }
  std::vector<int32_t> tokens;
  for (const Part& each : parts) {
    if (each.id >= 0) tokens.push_back(each.id);
  }
  return tokens;
}

std::vector<int32_t> BytePairs::encode(std::string_view text) const {
  constexpr size_t kLongestKept = 64;
  std::unordered_map<std::string, std::vector<int32_t>> known;  // words come again and again
  std::vector<int32_t> tokens;
  const auto add = [&](std::string_view piece) {
    if (piece.size() > kLongestKept) {
      const std::vector<int32_t> made = encode_piece(piece);
      tokens.insert(tokens.end(), made.begin(), made.end());
      return;
    }
    auto [at, fresh] = known.try_emplace(std::string(piece));
    if (fresh) at->second = encode_piece(piece);
    tokens.insert(tokens.end(), at->second.begin(), at->second.end());
  };
  const std::unique_ptr<pcre2_match_data, void (*)(pcre2_match_data*)> match(
      pcre2_match_data_create(1, nullptr), &pcre2_match_data_free);
  // What is UTF-8 is found once: PCRE would look through all that follows at each match.
  const auto add_sound = [&](std::string_view sound) {
    for (size_t at = 0; at < sound.size();) {
      const int found = pcre2_match(pattern_->code, reinterpret_cast<PCRE2_SPTR>(sound.data()), sound.size(),
                                    at, PCRE2_NO_UTF_CHECK, match.get(), nullptr);
      WEFT_CHECK(is_match(found), "GPT-2's pattern leaves the letter at {} out", at);
      const size_t end = pcre2_get_ovector_pointer(match.get())[1];
      add(sound.substr(at, end - at));
      at = end;
    }
  };
  while (!text.empty()) {
    const size_t sound = utf8_bytes(text);
    add_sound(text.substr(0, sound));
    text.remove_prefix(sound);
    // Each byte that is no UTF-8 is a piece.
    if (text.empty()) break;
    add(text.substr(0, 1));
    text.remove_prefix(1);
  }
  return tokens;
}

std::string BytePairs::decode(const std::vector<int32_t>& tokens) const {
  std::string text;
  for (const int32_t token : tokens) {
    if (token >= 0 && token < std::ssize(bytes_of_)) text += bytes_of_[static_cast<size_t>(token)];
  }
  return text;
}

void register_byte_pairs(TokenizerRegistry& registry) {
  const auto has_files = [](const std::string& spec) {
    const std::filesystem::path folder = spec;
    std::error_code error;
    return std::filesystem::is_regular_file(folder / "vocab.json", error) &&
                   std::filesystem::is_regular_file(folder / "merges.txt", error)
               ? 2
               : 0;
  };
  registry.add({"byte_pairs",
                "a folder with GPT-2's vocab.json and merges.txt",
                has_files,
                [](const std::string& spec) -> std::shared_ptr<const Tokenizer> {
                  const std::filesystem::path folder = spec;
                  return std::make_shared<BytePairs>(read_text(folder / "vocab.json", "vocabulary"),
                                                     read_text(folder / "merges.txt", "list of merges"),
                                                     "data.tokenizer: " + spec);
                },
                false,
                {"vocab.json", "merges.txt"}});
}

}  // namespace weft
