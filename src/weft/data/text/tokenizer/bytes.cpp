// Each byte is a token.
#include "weft/data/text/tokenizer.h"

namespace weft {

namespace {

class ByteTokenizer final : public Tokenizer {
 public:
  std::vector<int32_t> encode(std::string_view text) const override {
    std::vector<int32_t> tokens;
    tokens.reserve(text.size());
    for (const char c : text) tokens.push_back(static_cast<unsigned char>(c));
    return tokens;
  }
  std::string decode(const std::vector<int32_t>& tokens) const override {
    std::string text;
    for (const int32_t token : tokens) {
      if (token >= 0 && token < 256) text.push_back(static_cast<char>(token));
    }
    return text;
  }
  int64_t vocabulary_size() const override { return 256; }
};

}  // namespace

void register_bytes(TokenizerRegistry& registry) {
  registry.add({"bytes", "\"bytes\"", [](const std::string& spec) { return spec == "bytes" ? 2 : 0; },
                [](const std::string& /*spec*/) -> std::shared_ptr<const Tokenizer> {
                  return std::make_shared<ByteTokenizer>();
                },
                true});
}

}  // namespace weft
