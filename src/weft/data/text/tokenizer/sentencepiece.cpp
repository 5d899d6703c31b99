// The pieces of a SentencePiece model (Kudo and Richardson, 2018).
#include <sentencepiece_processor.h>

#include <algorithm>
#include <filesystem>

#include "weft/base/check.h"
#include "weft/data/text/tokenizer.h"

namespace weft {

namespace {

class SentencePieceTokenizer final : public Tokenizer {
 public:
  explicit SentencePieceTokenizer(const std::string& path) : path_(path) {
    if (!std::filesystem::is_regular_file(path)) user_error("data.tokenizer: {} is no file", path);
    const auto status = processor_.Load(path);
    if (!status.ok()) user_error("data.tokenizer: {} is no SentencePiece model", path);
  }
  std::vector<int32_t> encode(std::string_view text) const override {
    std::vector<int> ids;
    processor_.Encode({text.data(), text.size()}, &ids);
    return {ids.begin(), ids.end()};
  }
  /// A text on its own gets a space before its first word, and may lose white space at its ends. So what goes
  /// before is encoded too, and its tokens taken away. Only a model whose pieces span words may have others
  /// at the seam than in one go.
  std::vector<int32_t> encode_after(std::string_view before, std::string_view text) const override {
    const std::vector<int32_t> first = encode(before);
    std::vector<int32_t> both = encode(std::string(before) + std::string(text));
    if (both.size() < first.size() || !std::equal(first.begin(), first.end(), both.begin()))
      return encode(text);
    both.erase(both.begin(), both.begin() + std::ssize(first));
    return both;
  }
  std::string decode(const std::vector<int32_t>& tokens) const override {
    const std::vector<int> ids(tokens.begin(), tokens.end());
    std::string text;
    processor_.Decode(ids, &text);
    return text;
  }
  int64_t vocabulary_size() const override { return processor_.GetPieceSize(); }
  int32_t unknown() const override { return processor_.unk_id(); }
  std::string name() const override { return path_; }

 private:
  std::string path_;
  sentencepiece::SentencePieceProcessor processor_;
};

}  // namespace

void register_sentencepiece(TokenizerRegistry& registry) {
  registry.add({"sentencepiece", "the file of a SentencePiece model",
                [](const std::string& spec) { return std::filesystem::is_directory(spec) ? 0 : 1; },
                [](const std::string& spec) -> std::shared_ptr<const Tokenizer> {
                  return std::make_shared<SentencePieceTokenizer>(spec);
                }});
}

}  // namespace weft
