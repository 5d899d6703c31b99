#include "weft/data/text/tokenizer.h"

#include <xxhash.h>

#include <filesystem>
#include <system_error>

#include "weft/base/check.h"

namespace weft {

namespace {

const TokenizerRegistry& tokenizers() {
  static const TokenizerRegistry kRegistry = [] {
    TokenizerRegistry registry;
    register_all_tokenizers(registry);
    return registry;
  }();
  return kRegistry;
}

constexpr int kCertain = 2;

struct Match {
  const TokenizerFormat* format = nullptr;
  int surest = 0;
};

Match match_of(const std::string& spec) {
  Match best;
  for (const TokenizerFormat& format : tokenizers().formats()) {
    const int match = format.matches(spec);
    if (match > best.surest) best = {&format, match};
  }
  return best;
}

}  // namespace

std::vector<int32_t> Tokenizer::encode_after(std::string_view /*before*/, std::string_view text) const {
  return encode(text);
}

uint64_t fingerprint(const Tokenizer& tokenizer) {
  // Ids may mean the same to tokenizers that join characters otherwise: both ways are looked at.
  constexpr std::string_view kProbe =
      "The quick brown fox can't jump over 12,345 lazy dogs!\n\n\tint main() { return 0; }  "
      "Gr\xc3\xbc\xc3\x9f"
      "e, \xe4\xb8\x96\xe7\x95\x8c.";
  const std::vector<int32_t> tokens = tokenizer.encode(kProbe);
  uint64_t hash = XXH3_64bits(tokens.data(), tokens.size() * sizeof(tokens[0]));
  const auto count = static_cast<int32_t>(tokenizer.vocabulary_size());
  for (int32_t id = 0; id < count; ++id) {
    const std::string text = tokenizer.decode({id});
    hash = XXH3_64bits_withSeed(text.data(), text.size(), hash);
  }
  return hash == 0 ? 1 : hash;
}

std::string tokenizers_there_are() {
  std::string text;
  for (const TokenizerFormat& format : tokenizers().formats()) {
    text += (text.empty() ? "" : ", or ") + format.takes;
  }
  return text;
}

bool tokenizer_is_there(const std::string& spec) {
  std::error_code error;
  const Match best = match_of(spec);
  return best.surest == kCertain || (best.format != nullptr && std::filesystem::exists(spec, error));
}

bool tokenizer_has_files(const std::string& spec) {
  const Match best = match_of(spec);
  return best.format == nullptr || !best.format->is_word;
}

std::vector<std::string> files_of_tokenizer(const std::string& spec) {
  const Match best = match_of(spec);
  return best.format == nullptr ? std::vector<std::string>{} : best.format->files;
}

std::shared_ptr<const Tokenizer> make_tokenizer(const std::string& spec) {
  const Match best = match_of(spec);
  if (best.format == nullptr || spec.empty())
    user_error("data.tokenizer: \"{}\" is none, expected {}", spec, tokenizers_there_are());
  return best.format->open(spec);
}

}  // namespace weft
