#include "weft/data/text/tokenizer.h"

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

std::shared_ptr<const Tokenizer> make_tokenizer(const std::string& spec) {
  const TokenizerFormat* best = nullptr;
  int surest = 0;
  for (const TokenizerFormat& format : tokenizers().formats()) {
    const int match = format.matches(spec);
    if (match <= surest) continue;
    surest = match;
    best = &format;
  }
  if (best == nullptr)
    user_error("data.tokenizer: \"{}\" is none, expected {}", spec, tokenizers_there_are());
  return best->open(spec);
}

}  // namespace weft
