#include "weft/data/text/tokenizer.h"

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

std::vector<std::string> files_of_tokenizers() {
  std::vector<std::string> all;
  for (const TokenizerFormat& format : tokenizers().formats()) {
    all.insert(all.end(), format.files.begin(), format.files.end());
  }
  return all;
}

std::shared_ptr<const Tokenizer> make_tokenizer(const std::string& spec) {
  const Match best = match_of(spec);
  if (best.format == nullptr)
    user_error("data.tokenizer: \"{}\" is none, expected {}", spec, tokenizers_there_are());
  return best.format->open(spec);
}

}  // namespace weft
