#include "weft/data/tokenizer.h"

#include <sentencepiece_processor.h>

#include <filesystem>

#include "weft/base/check.h"

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

class SentencePieceTokenizer final : public Tokenizer {
 public:
  explicit SentencePieceTokenizer(const std::string& path) {
    if (!std::filesystem::is_regular_file(path)) user_error("data.tokenizer: {} is no file", path);
    const auto status = processor_.Load(path);
    if (!status.ok()) user_error("data.tokenizer: {} is no SentencePiece model", path);
  }
  std::vector<int32_t> encode(std::string_view text) const override {
    std::vector<int> ids;
    processor_.Encode({text.data(), text.size()}, &ids);
    return {ids.begin(), ids.end()};
  }
  std::string decode(const std::vector<int32_t>& tokens) const override {
    const std::vector<int> ids(tokens.begin(), tokens.end());
    std::string text;
    processor_.Decode(ids, &text);
    return text;
  }
  int64_t vocabulary_size() const override { return processor_.GetPieceSize(); }

 private:
  sentencepiece::SentencePieceProcessor processor_;
};

}  // namespace

std::shared_ptr<const Tokenizer> make_tokenizer(const std::string& spec) {
  if (spec == "bytes") return std::make_shared<ByteTokenizer>();
  return std::make_shared<SentencePieceTokenizer>(spec);
}

}  // namespace weft
